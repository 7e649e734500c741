"""Which words pulled a statement towards which logic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.linear import CODES, LinearModel

__all__ = ["Explanation", "Pull", "explain"]

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Pull:
    """How much one word pulled.

    Parameters
    ----------
    word : str
        As it stands in the text.
    start : int
        Where in the text it begins.
    towards : dict of Logic to float
        For each logic, how much its probability would fall without the word
        (negative where it would rise), between -1 and 1.
    """

    word: str
    start: int
    towards: dict[Logic, float]

    @property
    def strongest(self) -> Logic:
        """The logic that it pulled most towards."""
        return max(self.towards, key=lambda logic: self.towards[logic])


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a statement was coded as it was.

    Iterating gives the words, those that carried the code first.
    """

    text: str
    logic: Logic
    probabilities: dict[Logic, float]
    pulls: tuple[Pull, ...]

    def __iter__(self) -> Iterator[Pull]:
        return iter(sorted(self.pulls, key=lambda pull: (-pull.towards[self.logic], pull.start)))

    def carrying(self, most: int = 5) -> list[str]:
        """Return the words that carried the code, the strongest first.

        Parameters
        ----------
        most : int, default=5
            How many at the most.
        """
        return [pull.word for pull in self if pull.towards[self.logic] > 0.005][:most]

    def __str__(self) -> str:
        share = round(100 * self.probabilities[self.logic])
        words = ", ".join(
            f"{pull.word} (+{100 * pull.towards[self.logic]:.0f})"
            for pull in self
            if pull.towards[self.logic] > 0.005
        )
        return f"{self.logic.danish}, {share} %: {words or 'ingen enkelte ord bar koden'}"


def explain(linear: LinearModel, statement: str | Statement) -> Explanation:
    """Tell which words carried a statement's code, by leaving each of them out in turn.

    Parameters
    ----------
    linear : LinearModel
        The model.
    statement : str or Statement
        The statement, with its context if it has one.

    Returns
    -------
    Explanation

    References
    ----------
    Leave-one-out occlusion: Li, Monroe and Jurafsky, "Understanding Neural Networks
    through Representation Erasure", arXiv:1612.08220, section 3.
    """
    text = statement.text if isinstance(statement, Statement) else statement
    words = list(_WORD.finditer(text))
    versions: list[str | Statement] = [statement]
    for match in words:
        without = text[: match.start()] + text[match.end() :]
        versions.append(_with_text(statement, without))
    p = linear.probabilities(versions)
    pulls = tuple(
        Pull(
            match.group(),
            match.start(),
            {logic: float(p[0, k] - p[at, k]) for k, logic in enumerate(CODES)},
        )
        for at, match in enumerate(words, start=1)
    )
    return Explanation(
        text,
        CODES[int(np.argmax(p[0]))],
        {logic: float(p[0, k]) for k, logic in enumerate(CODES)},
        pulls,
    )


def _with_text(statement: str | Statement, text: str) -> str | Statement:
    if isinstance(statement, Statement):
        from dataclasses import replace

        return replace(statement, text=text)
    return text
