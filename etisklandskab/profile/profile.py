"""Each group's argumentation profile."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from etisklandskab.columns import danish_title, natural_key
from etisklandskab.landscape import ARGUED, Concept, Logic, Statement
from etisklandskab.model.reliability import Reliability
from etisklandskab.profile.correction import ENOUGH, Correction, correct
from etisklandskab.profile.lots import random_part
from etisklandskab.profile.shares import (
    CHAINS,
    Evidence,
    Kind,
    Posterior,
    Share,
    posteriors,
    shares_of,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from rich.table import Table

    from etisklandskab.model.classifier import EthicsClassifier

__all__ = [
    "ALL",
    "CONCEPTS",
    "FEW",
    "LEAST",
    "TOTAL",
    "VERSION",
    "Cell",
    "Profile",
    "aggregate",
    "group_of",
    "name_of",
    "natural_group",
    "weight_of",
]

VERSION = 2
"""Version of the JSON that `Profile.to_dict` gives; the schema is ``schema.json``."""

TOTAL = "I alt"
"""What the row over all groups is called."""

ALL = "alle"
"""What the cell over all concepts is called; it also holds statements on none of them."""

CONCEPTS = (*(concept.value for concept in Concept), ALL)

LEAST = 5
"""How many statements a share must be of; with fewer, no figure is given."""

FEW = "for få udsagn"
"""What is said where there are fewer."""

KINDS: tuple[Kind, ...] = ("group", "record")

Key = tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """The statements of one group on one concept.

    Parameters
    ----------
    statements : tuple of Statement
        Coded, in the order of the notes.
    """

    statements: tuple[Statement, ...] = ()

    @cached_property
    def counts(self) -> dict[Logic, int]:
        """How many statements were given each code."""
        counts = dict.fromkeys(Logic, 0)
        for statement in self.statements:
            assert statement.logic is not None
            counts[statement.logic] += 1
        return counts

    @property
    def n(self) -> int:
        """All statements of the cell."""
        return len(self.statements)

    @property
    def argued(self) -> int:
        """Those coded as one of the three logics."""
        return sum(self.counts[logic] for logic in ARGUED)

    def base(self, logic: Logic) -> int:
        """Return how many statements a logic's share is of."""
        return self.n if logic is Logic.NONE else self.argued

    def typical(self, logic: Logic) -> Statement | None:
        """Return the statement that is most surely of a logic."""
        own = [s for s in self.statements if s.logic is logic]
        return min(own, key=lambda s: (-_chance(s), *_place(s)), default=None)


def _chance(statement: Statement) -> float:
    """Return how likely the model finds the statement's code, also where a human gave it."""
    assert statement.logic is not None
    return dict(zip(Logic, statement.probabilities or (), strict=False)).get(statement.logic, 0.0)


def _probabilities(statement: Statement) -> tuple[float, ...]:
    if statement.reviewed:
        return tuple(float(logic is statement.logic) for logic in Logic)
    return statement.probabilities or ()


def _place(statement: Statement) -> tuple[Any, ...]:
    """Order statements the same way wherever they come from."""
    return (
        statement.workshop,
        statement.source,
        statement.position,
        statement.group,
        statement.text,
        statement.probabilities or (),
        statement.logics if statement.reviewed else (),
        sorted(statement.extra.items()),
    )


@dataclass(frozen=True)
class Profile:
    """How groups argue: shares of the logics with intervals, by group and concept.

    Made by `aggregate`. Print it in a terminal or show it in a notebook. It holds the coded
    statements themselves and makes the figures of them when asked, so that profiles can be
    put together by `merge` as if they had been made at once.

    Parameters
    ----------
    by : tuple of str
        The fields that make a group.
    statements : tuple of Statement
        Coded, in a fixed order.
    model : str
        Name and checksum of the model that coded them.
    reliability : Reliability
        How far its probabilities can be trusted, from which the intervals come.
    weights : str, optional
        The column that says what a statement counts.
    """

    by: tuple[str, ...]
    statements: tuple[Statement, ...]
    model: str
    reliability: Reliability
    weights: str = ""
    _posteriors: dict[str, dict[Key, Posterior]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    # -- what is in it -------------------------------------------------------------------

    @cached_property
    def _cells(self) -> Mapping[str, Mapping[Key, Cell]]:
        found: dict[str, dict[Key, list[Statement]]] = {
            concept: defaultdict(list) for concept in CONCEPTS
        }
        for statement in self.statements:
            group = group_of(statement, self.by)
            for concept in (*statement.concepts, ALL):
                found[concept][group].append(statement)
        return {
            concept: {
                group: Cell(tuple(own))
                for group, own in sorted(groups.items(), key=lambda item: natural_group(item[0]))
            }
            for concept, groups in found.items()
        }

    @cached_property
    def groups(self) -> list[Key]:
        """The groups in natural order."""
        return list(self._cells[ALL])

    @cached_property
    def _totals(self) -> Mapping[str, Cell]:
        return {
            ALL: Cell(self.statements),
            **{
                concept.value: Cell(tuple(s for s in self.statements if concept in s.concepts))
                for concept in Concept
            },
        }

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
            return self._totals[concept]
        if group not in self._cells[ALL]:
            known = ", ".join(map(name_of, self.groups))
            raise KeyError(f"der er ingen gruppe {name_of(group)!r}; der er: {known}")
        return self._cells[concept].get(group, Cell())

    # -- figures -------------------------------------------------------------------------

    def posterior(self, *group: str, concept: str = ALL) -> Posterior:
        """Return draws of a cell's true shares.

        Parameters
        ----------
        *group, concept
            As in `cell`.

        Raises
        ------
        KeyError
            If the cell is empty, or there is no such group or concept.
        """
        if not self.cell(*group, concept=concept).n:
            raise KeyError(f"{' / '.join(group)}, {concept}: der er ingen udsagn")
        if concept not in self._posteriors:
            cells = {
                key: self.evidence(cell.statements) for key, cell in self._cells[concept].items()
            }
            self._posteriors[concept] = posteriors(
                cells, self.reliability, self.correction, whole=concept == ALL
            )
        return self._posteriors[concept][group]

    def evidence(self, statements: Iterable[Statement]) -> Evidence:
        """Return what is known of statements, as `shares.posteriors` takes it.

        What a human has coded is certain.
        """
        own = list(statements)
        return Evidence(
            np.array([_probabilities(s) for s in own], dtype=float).reshape(-1, 4),
            np.array([s.source for s in own], dtype=str),
            np.array([weight_of(s, self.weights) for s in own]),
            np.array([s.reviewed for s in own], dtype=bool),
        )

    @cached_property
    def correction(self) -> Correction | None:
        """How the model errs on these statements, where a human has coded a random part."""
        part = random_part(self.statements, self.reliability.learnt)
        if len(part) < ENOUGH:
            return None
        cells = {key: self.evidence(cell.statements) for key, cell in self._cells[ALL].items()}
        expected = posteriors(cells, self.reliability)[()].record[-CHAINS:]
        return correct(self.statements, part, self.reliability, expected, CHAINS)

    def shares(
        self, *group: str, concept: str = ALL, kind: Kind = "group"
    ) -> dict[Logic, Share | None]:
        """Return the four shares of a cell.

        Parameters
        ----------
        *group, concept
            As in `cell`.
        kind : {"group", "record"}, default="group"
            Whether value and interval are of the group (how it argues, of which the notes are a
            sample) or of the record (how what was noted argues).

        Returns
        -------
        dict of Logic to Share or None
            Shares between 0 and 1: the three logics' of the argued statements,
            none's of all. None where there are fewer than `LEAST` to take a share of.
        """
        cell = self.cell(*group, concept=concept)
        if cell.n < LEAST:
            return dict.fromkeys(Logic)
        found = shares_of(self.posterior(*group, concept=concept), kind)
        return {logic: found[logic] if cell.base(logic) >= LEAST else None for logic in Logic}

    def each_cell(self) -> Iterator[tuple[Key, str, Cell]]:
        """Yield group, concept and cell of all that are not empty; totals last, as ``()``."""
        for group in [*self.groups, ()]:
            for concept in CONCEPTS:
                cell = self.cell(*group, concept=concept)
                if cell.n:
                    yield group, concept, cell

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the tidy table: a row for each group, concept and logic, totals last.

        Yields
        ------
        dict
            The fields of `by`, then concept, logic, n (how many statements the share is of),
            coded (how many were given this logic), share, low, high (of the group),
            record_share, record_low, record_high (of the record), note.
        """
        for group, concept, cell in self.each_cell():
            names = group or (TOTAL,) * len(self.by)
            of_group, of_record = (
                self.shares(*group, concept=concept, kind=kind) for kind in KINDS
            )
            for logic in Logic:
                share, record = of_group[logic], of_record[logic]
                yield {
                    **dict(zip(self.by, names, strict=True)),
                    "concept": concept,
                    "logic": logic.value,
                    "n": cell.base(logic),
                    "coded": cell.counts[logic],
                    "share": share.value if share else None,
                    "low": share.low if share else None,
                    "high": share.high if share else None,
                    "record_share": record.value if record else None,
                    "record_low": record.low if record else None,
                    "record_high": record.high if record else None,
                    "note": "" if share else FEW,
                }

    def to_frame(self) -> pd.DataFrame:
        """Return the tidy table as a pandas frame.

        Returns
        -------
        pandas.DataFrame
            Columns as in `rows`.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        from etisklandskab.frames import frame_of

        return frame_of(list(self.rows()))

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as plain data, by the schema in ``profile/schema.json``."""
        name, _, checksum = self.model.rpartition(" ")
        cells = []
        for group, concept, cell in self.each_cell():
            shares = {kind: self.shares(*group, concept=concept, kind=kind) for kind in KINDS}
            typical = {logic.value: cell.typical(logic) for logic in Logic}
            cells.append(
                {
                    "group": dict(zip(self.by, group, strict=True)) if group else None,
                    "concept": concept,
                    "n": cell.n,
                    "argued": cell.argued,
                    "logics": {
                        logic.value: {
                            "n": cell.counts[logic],
                            **{kind: _plain(shares[kind][logic]) for kind in KINDS},
                        }
                        for logic in Logic
                    },
                    "typical": {
                        code: {"text": s.text, "source": s.source, "position": s.position}
                        for code, s in typical.items()
                        if s is not None
                    },
                }
            )
        return {
            "version": VERSION,
            "model": {"name": name, "checksum": checksum},
            "by": list(self.by),
            "weights": self.weights or None,
            "interval": {"level": 0.95, "method": "bayesian-hierarchical", "least": LEAST},
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
        cell = self.cell(*group, concept=concept)
        found = {logic: cell.typical(logic) for logic in ARGUED}
        return {logic: s.text for logic, s in found.items() if s is not None}

    @staticmethod
    def merge(first: Profile, second: Profile) -> Profile:
        """Return the profile of both inputs together.

        Raises
        ------
        ValueError
            If they were made by different fields or models.
        """
        if _made(first) != _made(second):
            raise ValueError(
                f"profilerne kan ikke lægges sammen: de er lavet efter {first.by} og {second.by} "
                f"med {first.model} og {second.model}"
            )
        statements = tuple(sorted(first.statements + second.statements, key=_place))
        return Profile(first.by, statements, first.model, first.reliability, first.weights)

    # -- how it looks --------------------------------------------------------------------

    def plot(
        self, kind: Literal["landscape", "bars", "heatmap", "sheet"] = "landscape", **options: Any
    ) -> list[Axes]:
        """Draw the profile.

        Parameters
        ----------
        kind : {"landscape", "bars", "heatmap", "sheet"}, default="landscape"
            A triangle for each concept with a point for each group; stacked bars with
            intervals; groups by concepts in colours; a small triangle for each group.
        **options
            Of the function of that name in `etisklandskab.report.pictures`; all take `ax`.

        Returns
        -------
        list of matplotlib.axes.Axes
            ``axes[0].figure.savefig(...)`` writes the picture.

        Raises
        ------
        ValueError
            If there is no such kind, or nothing to draw.
        MissingExtraError
            If matplotlib and mpltern are not installed.
        """
        from etisklandskab.report.pictures import draw

        return draw(self, kind, **options)

    def __rich__(self) -> Table:
        from etisklandskab.report.tables import rich_table

        return rich_table(self)

    def _repr_html_(self) -> str:
        from etisklandskab.report.tables import html_table

        return html_table(self)

    def __repr__(self) -> str:
        by = ", ".join(danish_title(name).lower() for name in self.by)
        return f"<Profile: {len(self.statements)} udsagn i {len(self.groups)} dele efter {by}>"


def _made(profile: Profile) -> tuple[Any, ...]:
    return profile.by, profile.model, profile.reliability, profile.weights


def natural_group(group: Key) -> list[Any]:
    """Return a key that sorts groups in natural order."""
    return [natural_key(name) for name in group]


def name_of(group: Key) -> str:
    """Return what a group is called; the total has its own name."""
    return " / ".join(group) or TOTAL


def _plain(share: Share | None) -> dict[str, float] | None:
    return {"share": share.value, "low": share.low, "high": share.high} if share else None


def group_of(statement: Statement, by: Sequence[str]) -> Key:
    """Return the group that a statement belongs to."""
    return tuple(statement.value(name) or "(uden)" for name in by)


def weight_of(statement: Statement, column: str) -> float:
    """Return what a statement counts: what its column says, or one.

    Raises
    ------
    ValueError
        If the column is missing there or holds no number above zero.
    """
    if not column:
        return 1.0
    try:
        weight = float(statement.value(column).replace(",", "."))
    except (KeyError, ValueError):
        weight = 0.0
    if not 0 < weight < float("inf"):
        raise ValueError(
            f"udsagnet {statement.source} nr. {statement.position} har ingen vægt over nul i "
            f"kolonnen »{column}«"
        )
    return weight


def aggregate(
    data: Iterable[Statement] | Any,
    by: str | Sequence[str] = "group",
    *,
    weights: str = "",
    model: EthicsClassifier | None = None,
    recode: bool = False,
) -> Profile:
    """Aggregate coded statements to each group's profile.

    A statement on two concepts counts under both, and once under ``"alle"``.

    Parameters
    ----------
    data : iterable of Statement, pandas.DataFrame or polars.DataFrame
        Coded, each by a human or by the same model; a frame as `from_frame` reads it.
    by : str or sequence of str, default="group"
        Fields that make a group: ``"workshop"``, ``"speaker"``, ``("workshop", "group")``,
        or a column of the user's own.
    weights : str, optional
        A column of the user's own that says what each statement counts.
    model : EthicsClassifier, optional
        The model that coded those that no human has; by default the shipped one.
    recode : bool, default=False
        Code statements that are uncoded or coded by another model with `model`, where
        they would be refused.

    Returns
    -------
    Profile

    Raises
    ------
    ValueError
        If statements are not coded, or not all by that model; have no such field; or no weight.

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
    label = model.bundle_.label
    statements = _statements(data)
    if recode:
        from etisklandskab.model.classifier import recoded

        statements = recoded(statements, label, model.code)
    for statement in statements:
        place = f"udsagnet {statement.source} nr. {statement.position}"
        if statement.logic is None:
            raise ValueError(f"{place} er ikke kodet; kod det først: load_model().code(statements)")
        if statement.model != label and not statement.reviewed:
            raise ValueError(
                f"{place} er kodet af »{statement.model}«, ikke af »{label}«; kod alle med samme "
                "model (recode=True)"
            )
        try:
            group_of(statement, fields)
        except KeyError as error:
            raise ValueError(f"udsagnene har intet felt {error}") from None
        weight_of(statement, weights)
    return Profile(
        fields, tuple(sorted(statements, key=_place)), label, model.bundle_.reliability, weights
    )


def _statements(data: Any) -> list[Statement]:
    if not hasattr(data, "columns"):
        return list(data)
    from etisklandskab.frames import from_frame

    return from_frame(data)
