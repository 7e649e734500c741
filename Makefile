# make demo and make test need Python 3.11 or later and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
endif
PY := $(BIN)/python

.PHONY: demo test lint types tests notebooks benchmark train lock clean

demo: $(VENV)/.demo
	$(PY) -m etisklandskab demo

test: lint types tests

lint: $(VENV)/.dev
	$(PY) -m ruff check
	$(PY) -m ruff format --check

types: $(VENV)/.dev
	$(PY) -m mypy

tests: $(VENV)/.dev
	$(PY) -m pytest

benchmark: $(VENV)/.dev
	$(PY) benchmarks/start.py
	$(PY) benchmarks/agreement.py
	$(PY) benchmarks/peers.py
	$(PY) benchmarks/speed.py
	$(PY) benchmarks/model_card.py
	$(PY) benchmarks/trust.py
	$(PY) benchmarks/reviewing.py

# The light model takes a minute, the full one an hour; see CONTRIBUTING.md.
train: $(VENV)/.dev
	$(PY) -m etisklandskab train --light -o models/light --force
	$(PY) -m etisklandskab train --checkpoint out/finetuning.pt -o models/full --force

# Versions and hashes, no addresses; see CONTRIBUTING.md. PyTorch is left out: a lock of it would
# bring the gigabytes of its CUDA build, so .dev installs the version below by name.
TORCH := 2.13.0
COMPILE := uv pip compile pyproject.toml --extra all --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q
lock: $(VENV)/.dev
	$(PY) -m $(COMPILE) -o requirements/demo.txt
	$(PY) -m $(COMPILE) --extra train --group dev --overrides requirements/without-torch.txt \
	  -o requirements/dev.txt

$(VENV)/.venv:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.demo: $(VENV)/.venv requirements/demo.txt pyproject.toml
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.venv requirements/dev.txt pyproject.toml
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check torch==$(TORCH)
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) dist build out .pytest_cache .mypy_cache .ruff_cache .hypothesis
