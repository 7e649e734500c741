"""What the tests of exchange share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from etisklandskab import Statement, load_model, read_notes

EXAMPLES = Path(__file__).parents[2] / "data" / "examples"


@pytest.fixture(scope="session")
def light() -> list[Statement]:
    """The example workshops coded by the light model, probabilities as tables hold them."""
    coded = load_model(light=True).code(read_notes(EXAMPLES))
    return [replace(s, probabilities=tuple(round(p, 4) for p in s.probabilities)) for s in coded]
