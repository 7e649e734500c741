"""Each group's argumentation profile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from etisklandskab.columns import danish_title
from etisklandskab.errors import MissingExtraError
from etisklandskab.landscape import ARGUED, Concept, Logic, Statement
from etisklandskab.profile.shares import Confusion, Counts, Share, estimate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from rich.table import Table

    from etisklandskab.model.classifier import EthicsClassifier

__all__ = ["ALL", "TOTAL", "VERSION", "Cell", "Profile", "aggregate"]

VERSION = 1
"""Version of the JSON that `Profile.to_dict` gives; the schema is ``schema.json``."""

TOTAL = "I alt"
"""What the row over all groups is called."""

ALL = "alle"
"""What the cell over all concepts is called; it also holds statements on none of them."""

CONCEPTS = (*(concept.value for concept in Concept), ALL)

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typical:
    """The statement of a cell that is most surely of a logic."""

    probability: float
    text: str
    source: str
    position: int

    def rank(self) -> tuple[float, str, str, int]:
        """Order the surest first, and the same way wherever the statements come from."""
        return -self.probability, self.text, self.source, self.position


@dataclass(frozen=True)
class Cell:
    """What is known of one group and concept: sums alone, so that cells can be added.

    Parameters
    ----------
    counts : tuple of four ints
        Statements coded duty, proximity, consequence and none.
    typical : mapping of Logic to Typical
        The most typical statement of each logic that occurs.
    """

    counts: Counts
    typical: Mapping[Logic, Typical]

    @property
    def n(self) -> int:
        """All statements of the cell."""
        return sum(self.counts)

    @property
    def argued(self) -> int:
        """Those coded as one of the three logics."""
        return sum(self.counts[:3])

    def base(self, logic: Logic) -> int:
        """Return how many statements a logic's share is of."""
        return self.n if logic is Logic.NONE else self.argued

    def __add__(self, other: Cell) -> Cell:
        a, b = self.counts, other.counts
        typical = dict(self.typical)
        for logic, statement in other.typical.items():
            ours = typical.get(logic)
            typical[logic] = statement if ours is None else min(ours, statement, key=Typical.rank)
        return Cell((a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]), typical)


EMPTY = Cell((0, 0, 0, 0), {})


def _cell(statement: Statement, logic: Logic, probabilities: Sequence[float]) -> Cell:
    at = list(Logic).index(logic)
    typical = Typical(probabilities[at], statement.text, statement.source, statement.position)
    one = [int(k == at) for k in range(4)]
    return Cell((one[0], one[1], one[2], one[3]), {logic: typical})


def _natural(key: Key) -> list[tuple[tuple[int, int, str], ...]]:
    """Sort "Gruppe 2" before "Gruppe 10"."""
    return [
        tuple(
            (0, int(part), "") if part.isdigit() else (1, 0, part.casefold())
            for part in re.split(r"(\d+)", name)
            if part
        )
        for name in key
    ]


@dataclass(frozen=True)
class Profile:
    """How groups argue: shares of the logics with intervals, by group and concept.

    Made by `aggregate`. Print it in a terminal or show it in a notebook.

    Parameters
    ----------
    by : tuple of str
        The fields that make a group.
    cells : mapping
        From (values of `by`..., concept) to `Cell`; the concept ``"alle"`` holds
        all statements of a group, also those on none of the three.
    model : str
        Name and checksum of the model that coded the statements.
    confusion : tuple of four tuples of four floats
        Its confusion on held-out statements, from which the intervals come.
    """

    by: tuple[str, ...]
    cells: Mapping[Key, Cell]
    model: str
    confusion: Confusion

    @cached_property
    def groups(self) -> list[Key]:
        """The groups in natural order."""
        return sorted({key[:-1] for key in self.cells}, key=_natural)

    def cell(self, *group: str, concept: str = ALL) -> Cell:
        """Return a cell; without a group, the total over all of them.

        Parameters
        ----------
        *group : str
            Values of the fields in `by`.
        concept : str, default="alle"
            ``"sundt"``, ``"værdigt"``, ``"sammen om"`` or ``"alle"``.

        Raises
        ------
        KeyError
            If there is no such group or concept.
        """
        if concept not in CONCEPTS:
            raise KeyError(f"{concept!r} er ikke et begreb; brug en af {', '.join(CONCEPTS)}")
        if not group:
            cells = (cell for key, cell in self.cells.items() if key[-1] == concept)
            return sum(cells, EMPTY)
        if group not in self.groups:
            known = ", ".join(" / ".join(key) for key in self.groups)
            raise KeyError(f"der er ingen gruppe {' / '.join(group)!r}; der er: {known}")
        return self.cells.get((*group, concept), EMPTY)

    def shares(self, *group: str, concept: str = ALL) -> dict[Logic, Share | None]:
        """Return the four shares of a cell.

        Parameters
        ----------
        *group, concept
            As in `cell`.

        Returns
        -------
        dict of Logic to Share or None
            Shares between 0 and 1: the three logics' of the argued statements,
            none's of all. None where there is no statement to take a share of.
        """
        cell = self.cell(*group, concept=concept)
        if not cell.n:
            return dict.fromkeys(Logic)
        found = estimate(cell.counts, self.confusion)
        return {logic: found[logic] if cell.base(logic) else None for logic in Logic}

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the tidy table: a row for each group, concept and logic, totals last.

        Yields
        ------
        dict
            The fields of `by`, then concept, logic, n, share, low, high; n is how many
            statements the share is of.
        """
        for group in [*self.groups, ()]:
            names = group or (TOTAL,) * len(self.by)
            for concept in CONCEPTS:
                cell = self.cell(*group, concept=concept)
                if not cell.n:
                    continue
                for logic, share in self.shares(*group, concept=concept).items():
                    yield {
                        **dict(zip(self.by, names, strict=True)),
                        "concept": concept,
                        "logic": logic.value,
                        "n": cell.base(logic),
                        "share": share.value if share else None,
                        "low": share.low if share else None,
                        "high": share.high if share else None,
                    }

    def to_frame(self) -> pd.DataFrame:
        """Return the tidy table as a pandas frame.

        Returns
        -------
        pandas.DataFrame
            Columns: the fields of `by`, concept, logic, n, share, low, high.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtraError("Tabeller i pandas", "pandas") from error
        return pd.DataFrame(
            list(self.rows()), columns=[*self.by, "concept", "logic", "n", "share", "low", "high"]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as plain data, by the schema in ``profile/schema.json``."""
        name, _, checksum = self.model.rpartition(" ")
        cells = []
        for group in [*self.groups, ()]:
            for concept in CONCEPTS:
                cell = self.cell(*group, concept=concept)
                if not cell.n:
                    continue
                shares = self.shares(*group, concept=concept)
                cells.append(
                    {
                        "group": dict(zip(self.by, group, strict=True)) if group else None,
                        "concept": concept,
                        "n": cell.n,
                        "argued": cell.argued,
                        "logics": {
                            logic.value: {
                                "n": cell.counts[at],
                                "share": share.value if share else None,
                                "low": share.low if share else None,
                                "high": share.high if share else None,
                            }
                            for at, (logic, share) in enumerate(shares.items())
                        },
                        "typical": {
                            logic.value: {
                                "text": cell.typical[logic].text,
                                "source": cell.typical[logic].source,
                                "position": cell.typical[logic].position,
                            }
                            for logic in Logic
                            if logic in cell.typical
                        },
                    }
                )
        return {
            "version": VERSION,
            "model": {"name": name, "checksum": checksum},
            "by": list(self.by),
            "interval": {"level": 0.95, "method": "bayesian-confusion"},
            "cells": cells,
        }

    def to_json(self) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    def typical(self, *group: str, concept: str = ALL) -> dict[Logic, str]:
        """Return the most typical statement of each argued logic in a cell.

        Parameters
        ----------
        *group, concept
            As in `cell`.
        """
        found = self.cell(*group, concept=concept).typical
        return {logic: found[logic].text for logic in ARGUED if logic in found}

    @staticmethod
    def merge(first: Profile, second: Profile) -> Profile:
        """Return the profile of both inputs together.

        Raises
        ------
        ValueError
            If they were made by different fields or models.
        """
        if first.by != second.by or (first.model, first.confusion) != (
            second.model,
            second.confusion,
        ):
            raise ValueError(
                f"profilerne kan ikke lægges sammen: de er lavet efter {first.by} og {second.by} "
                f"med {first.model} og {second.model}"
            )
        cells = dict(first.cells)
        for key, cell in second.cells.items():
            cells[key] = cells.get(key, EMPTY) + cell
        return Profile(first.by, cells, first.model, first.confusion)

    def plot(self, **options: Any) -> list[Axes]:
        """Draw the landscape: a triangle for each concept with a point for each group.

        Parameters
        ----------
        **options
            Of `etisklandskab.report.pictures.landscape`.

        Returns
        -------
        list of matplotlib.axes.Axes
            One for each concept; ``axes[0].figure.savefig(...)`` writes it.

        Raises
        ------
        MissingExtraError
            If matplotlib and mpltern are not installed.
        """
        from etisklandskab.report.pictures import landscape

        return landscape(self, **options)

    def __rich__(self) -> Table:
        from etisklandskab.report.tables import rich_table

        return rich_table(self)

    def _repr_html_(self) -> str:
        from etisklandskab.report.tables import html_table

        return html_table(self)

    def __repr__(self) -> str:
        n = sum(cell.n for key, cell in self.cells.items() if key[-1] == ALL)
        by = ", ".join(danish_title(name).lower() for name in self.by)
        return f"<Profile: {n} udsagn i {len(self.groups)} dele efter {by}>"


def aggregate(
    statements: Iterable[Statement],
    by: str | Sequence[str] = "group",
    *,
    model: EthicsClassifier | None = None,
) -> Profile:
    """Aggregate coded statements to each group's profile.

    A statement on two concepts counts under both, and once under ``"alle"``.

    Parameters
    ----------
    statements : iterable of Statement
        Coded, all by the same model.
    by : str or sequence of str, default="group"
        Fields that make a group: ``"workshop"``, ``"speaker"``, ``("workshop", "group")``,
        or a column of the user's own.
    model : EthicsClassifier, optional
        The model that coded them; by default the shipped one.

    Returns
    -------
    Profile

    Raises
    ------
    ValueError
        If statements are not coded, or not all by that model; or have no such field.

    Examples
    --------
    >>> from etisklandskab import Statement, aggregate, load_model
    >>> said = [Statement("Det er deres ret", group="A"), Statement("Vi mødes kl. 9", group="B")]
    >>> aggregate(load_model().code(said))
    <Profile: 2 udsagn i 2 dele efter gruppe>
    """
    fields = (by,) if isinstance(by, str) else tuple(by)
    if model is None:
        from etisklandskab.model.classifier import load_model

        model = load_model()
    cells: dict[Key, Cell] = {}
    for statement in statements:
        logic, probabilities = statement.logic, statement.probabilities
        if logic is None or probabilities is None:
            raise ValueError(
                f"udsagnet {statement.source} nr. {statement.position} er ikke kodet; "
                "kod det først: load_model().code(statements)"
            )
        if statement.model != model.bundle_.label:
            raise ValueError(
                f"udsagnet {statement.source} nr. {statement.position} er kodet af "
                f"»{statement.model}«, ikke af »{model.bundle_.label}«; kod alle med samme model"
            )
        try:
            group = tuple(statement.value(name) or "(uden)" for name in fields)
        except KeyError as error:
            raise ValueError(f"udsagnene har intet felt {error}") from None
        one = _cell(statement, logic, probabilities)
        for concept in (*statement.concepts, ALL):
            key = (*group, str(concept))
            cells[key] = cells.get(key, EMPTY) + one
    confusion = tuple(tuple(row) for row in model.bundle_.confusion)
    return Profile(fields, cells, model.bundle_.label, confusion)
