"""Which words pulled a statement towards which logic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.linear import CODES, LinearModel

__all__ = ["Explanation", "Pull", "carrying_words", "explain"]

_WORD = re.compile(r"\w+")
# In a list to skim, words that stand everywhere tell nothing; "ikke", "skal" and "kan" do.
_COMMON = frozenset(
    """
    af at blev blive bliver da de dem den denne der deres det dette du en end er et for fra før han
    ham hans har havde hen hende hendes her hos hun hvor i jeg man med men mens mig nu når og også
    om op os over på sig sin sit som så til ud under var ved vi vores være
    """.split()
)


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


def carrying_words(linear: LinearModel, statement: Statement, most: int = 4) -> list[str]:
    """Return words that carried a coded statement's likeliest logic, the strongest first.

    For a table to skim: only the model's n-grams are asked, as in the light model. To leave out
    each word of the whole model takes some twenty times as long as to code the notes, this a
    fifth; on the example notes both name much the same words. `explain` asks the whole model.

    Parameters
    ----------
    linear : LinearModel
        The model.
    statement : Statement
        Coded, with probabilities.
    most : int, default=4
        How many at the most.
    """
    assert statement.probabilities is not None
    logic = CODES[int(np.argmax(statement.probabilities))]
    pulls = explain(replace(linear, encoder=None), statement).pulls
    pulls = tuple(sorted(pulls, key=lambda pull: (-pull.towards[logic], pull.start)))
    words = [p.word.lower() for p in pulls if p.towards[logic] > 0.01]
    telling = dict.fromkeys(w for w in words if w not in _COMMON and len(w) > 1 and w.isalpha())
    return list(telling)[:most]


def _with_text(statement: str | Statement, text: str) -> str | Statement:
    if isinstance(statement, Statement):
        return replace(statement, text=text)
    return text
