"""Which statements are most worth a human's look."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import Logic, Statement
from etisklandskab.profile.correction import by_lot, draw_of
from etisklandskab.profile.profile import ALL, LEAST

__all__ = ["Look", "worth_a_look"]


@dataclass(frozen=True, slots=True)
class Look:
    """A statement to look at.

    Parameters
    ----------
    at : int
        Which of the statements it is, from 0.
    usefulness : float
        How much a look is expected to narrow the shares of the cells that it is in: the sum
        over cells and logics of the standard deviation that goes.
    cell : tuple of (str, str)
        The group and concept that it weighs most in.
    size : int
        How many statements that cell has.
    rival : Logic
        The second likeliest logic.
    drawn : bool
        Whether it stands here by lot: the random part shows how the model errs.
    """

    at: int
    usefulness: float
    cell: tuple[str, str]
    size: int
    rival: Logic
    drawn: bool = False


def worth_a_look(statements: Sequence[Statement], most: int = 40) -> list[Look]:
    """Return the statements that a human should look at first.

    Every second is the one that narrows the profile most, every second is drawn by lot: the
    first make the shares more precise where the model is right, the second show how far it is
    right (`correction.random_part`), wherever she stops.

    Parameters
    ----------
    statements : sequence of Statement
        Coded. Those that a human has coded are left out, and so are those that the model has not.
    most : int, default=40
        How many at the most: an evening's work.

    Examples
    --------
    >>> sure, torn = (0.9, 0.1, 0.0, 0.0), (0.5, 0.5, 0.0, 0.0)
    >>> said = [Statement("x").with_coding(p, [Logic.DUTY], "m") for p in [sure] * 8 + [torn]]
    >>> worth_a_look(said)[0].at
    8
    """
    useful = _useful(statements)
    looks = {look.at: look for look in useful}
    # the first lot of every workshop, then the second: each has a random part
    ranked = ((rank, at) for own in by_lot(statements) for rank, at in enumerate(own))
    lots = sorted((rank, draw_of(statements[at]), at) for rank, at in ranked if at in looks)
    found: dict[int, bool] = {}
    turns = zip_longest(looks, (at for *_, at in lots))
    for turn, at in enumerate(chain.from_iterable(turns)):
        found.setdefault(at, turn % 2 == 1)
        if len(found) == most:
            break
    return [replace(looks[at], drawn=drawn) for at, drawn in found.items()]


def _useful(statements: Sequence[Statement]) -> list[Look]:
    """Return all that can be looked at, the most useful first."""
    open_ = [at for at, s in enumerate(statements) if not s.reviewed and s.probabilities]
    cells: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at in open_:
        for cell in _cells(statements[at]):
            cells[cell].append(at)
    sizes = Counter(cell for statement in statements for cell in _cells(statement))
    usefulness = dict.fromkeys(open_, 0.0)
    weightiest: dict[int, tuple[float, tuple[str, str]]] = {}
    for cell, members in cells.items():
        p = np.array([statements[at].probabilities for at in members], dtype=float)
        for at, gain in zip(members, _gains(p, sizes[cell]).tolist(), strict=True):
            usefulness[at] += gain
            weightiest[at] = max(weightiest.get(at, (-1.0, cell)), (gain, cell))
    found = []
    for at in open_:
        chances = statements[at].probabilities or ()
        _, second, *_ = sorted(range(4), key=chances.__getitem__, reverse=True)
        cell = weightiest[at][1]
        found.append(Look(at, usefulness[at], cell, sizes[cell], tuple(Logic)[second]))
    found.sort(key=lambda look: (-look.usefulness, look.at))
    return found


def _gains(p: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return by how much the standard deviation of a cell's shares falls as each is known.

    A share of the argued is a ratio; to first order a statement moves it by
    (is it - share * is argued) / argued, which varies with what is not known of it. A cell below
    `LEAST` gets no figure, so it counts as one of that size.
    """
    argued = p[:, :3].sum(axis=1)
    total = max(float(argued.sum()), 1.0)
    shares = p[:, :3].sum(axis=0) / total
    mean = p[:, :3] - shares * argued[:, None]
    second = p[:, :3] * (1 - shares) ** 2 + (argued[:, None] - p[:, :3]) * shares**2
    scale = np.square(max(size, LEAST) * total / len(p))
    variances = np.maximum(second - mean**2, 0) / max(scale, 1.0)
    of_cell = variances.sum(axis=0)
    left = np.sqrt(np.maximum(of_cell - variances, 0))
    gains: NDArray[np.float64] = (np.sqrt(of_cell) - left).sum(axis=1)
    return gains


def _cells(statement: Statement) -> Iterator[tuple[str, str]]:
    for concept in statement.concepts:
        yield statement.group, concept.value
    yield statement.group, ALL
