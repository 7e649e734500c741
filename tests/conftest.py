"""What the tests share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from etisklandskab import EthicsClassifier, Statement, load_model, read_notes
from etisklandskab.cli import main

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "data" / "examples"


@pytest.fixture(scope="session")
def model() -> EthicsClassifier:
    return load_model()


@pytest.fixture(scope="session")
def coded(model: EthicsClassifier) -> list[Statement]:
    """The example workshops, coded."""
    return model.code(read_notes(EXAMPLES))


@pytest.fixture(scope="session")
def light() -> list[Statement]:
    """The example workshops coded by the light model, probabilities as tables hold them."""
    said = load_model(light=True).code(read_notes(EXAMPLES))
    return [replace(s, probabilities=tuple(round(p, 4) for p in s.probabilities)) for s in said]


@pytest.fixture
def note(tmp_path: Path) -> Callable[..., list[Statement]]:
    """Write a note and read it: ``note("SUNDT\\n- ...", "Gruppe 1.txt")``."""

    def write(content: str | bytes, name: str = "Gruppe 1.txt") -> list[Statement]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_notes(path)

    return write


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command line: exit code, standard output, standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        sys.stdout.flush()
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return call
