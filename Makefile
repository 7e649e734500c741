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
	$(PY) benchmarks/model_card.py

train: $(VENV)/.dev
	$(PY) -m etisklandskab train -o models/ngram --force

# Versions and hashes, no addresses; see CONTRIBUTING.md.
lock: $(VENV)/.dev
	$(PY) -m uv pip compile pyproject.toml --extra all --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements/demo.txt
	$(PY) -m uv pip compile pyproject.toml --extra all --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements/dev.txt

$(VENV)/.venv:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.demo: $(VENV)/.venv requirements/demo.txt pyproject.toml
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.venv requirements/dev.txt pyproject.toml
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) dist build out .pytest_cache .mypy_cache .ruff_cache .hypothesis
