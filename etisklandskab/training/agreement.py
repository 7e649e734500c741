"""How far several coders agree: kappa of each pair, Krippendorff's alpha, and where they differ."""

from __future__ import annotations

import itertools
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etisklandskab.columns import place_of
from etisklandskab.errors import EtisklandskabError, MissingExtraError, NotesError
from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.linear import CODES
from etisklandskab.notes import read_notes
from etisklandskab.training.paired import draws_of

__all__ = ["Agreement", "Coefficient", "Disagreement", "agreement", "strength_of"]

_DRAWS = 1000
_CODER = ("koder", "coder")
_WORDS = (
    (0.0, "ringere end tilfældig"),
    (0.2, "ubetydelig"),
    (0.4, "nogenlunde"),
    (0.6, "moderat"),
    (0.8, "betydelig"),
    (1.0, "næsten fuldkommen"),
)


def strength_of(value: float) -> str:
    """Return the Danish word for how strong an agreement is.

    References
    ----------
    Landis & Koch, "The Measurement of Observer Agreement for Categorical Data", Biometrics 33
    (1977), p. 165: poor, slight, fair, moderate, substantial, almost perfect.

    Examples
    --------
    >>> strength_of(0.72), strength_of(-0.1)
    ('betydelig', 'ringere end tilfældig')
    """
    if value < 0:
        return _WORDS[0][1]
    return next(word for limit, word in _WORDS[1:] if value <= limit + 1e-9)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A measure of agreement with its uncertainty.

    Parameters
    ----------
    name : str
        Of whom or of what: ``"Anna og Bo"``, ``"pligt"``.
    value : float or None
        None where it is undefined, since all codes are the same.
    low, high : float or None
        95% interval by the bootstrap.
    n : int
        Statements that at least two of the coders coded.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A statement on which the coders differ."""

    statement: Statement
    codes: Mapping[str, Logic]

    def row(self, coders: Sequence[str]) -> dict[str, str | int | float]:
        """Return it as a row of a table, a column a coder."""
        return {
            **place_of(self.statement),
            **{c: self.codes[c].danish if c in self.codes else "" for c in coders},
        }


@dataclass(frozen=True)
class Agreement:
    """How far coders agree on the weightiest logic.

    Parameters
    ----------
    coders : tuple of str
        Their names.
    n : int
        Statements that at least two of them coded.
    alpha : Coefficient
        Krippendorff's alpha (nominal) over all coders.
    pairs : tuple of Coefficient
        Cohen's kappa of each pair that has coded the same statements.
    logics : tuple of Coefficient
        Alpha of each logic against all others.
    disagreements : tuple of Disagreement
        In the order in which they were read.
    drawn_by : str
        What the bootstrap drew: ``"document"`` or ``"statement"``.
    saw_model : bool
        Whether a model had made a proposal when they coded.
    by_text : bool
        Whether statements were matched without their places, which fitted fewer.
    alone : mapping of str to int
        How many statements each coder alone coded; they do not count.
    """

    coders: tuple[str, ...]
    n: int
    alpha: Coefficient
    pairs: tuple[Coefficient, ...]
    logics: tuple[Coefficient, ...]
    disagreements: tuple[Disagreement, ...]
    drawn_by: str
    saw_model: bool
    by_text: bool
    alone: Mapping[str, int] = field(default_factory=dict)

    def rows(self) -> list[dict[str, str | int | float]]:
        """Return the disagreements as rows of a table."""
        return [one.row(self.coders) for one in self.disagreements]

    def __str__(self) -> str:
        from etisklandskab.training.told import tell_agreement

        return tell_agreement(self)


def agreement(
    coders: Sequence[str | Path] | Mapping[str, Iterable[Statement]],
) -> Agreement:
    """Measure how far several coders agree.

    Only what a human has coded counts. Statements are the same that have the same source, place
    and text; where the places fit nowhere, those that have the same text.

    Parameters
    ----------
    coders : sequence of path, or mapping of str to statements
        A file for each coder, or tables with a column »koder«; or the statements by coder.

    Raises
    ------
    EtisklandskabError
        If there are fewer than two coders, or no statement that two of them coded.
    MissingExtraError
        If scikit-learn or krippendorff is not installed.

    References
    ----------
    Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological
    Measurement 20 (1960); Krippendorff, "Content Analysis", 4th ed. 2019, chapter 12.

    Examples
    --------
    >>> from etisklandskab import Logic, Statement, agreement
    >>> said = [Statement(str(n), position=n) for n in range(8)]
    >>> anna = [s.with_review([(Logic.DUTY, Logic.NONE)[n % 2]]) for n, s in enumerate(said)]
    >>> agreement({"Anna": anna, "Bo": anna}).alpha.value
    1.0
    """
    _require_learn()
    given = coders if isinstance(coders, Mapping) else _read(coders)
    coded = {name: [s for s in found if s.reviewed] for name, found in given.items()}
    coded = {name: found for name, found in coded.items() if found}
    if len(coded) < 2:
        who = "ingen" if not coded else f"kun {next(iter(coded))}"
        raise EtisklandskabError(
            f"Enighed kræver mindst to kodere med rettede udsagn; her er {who}. Giv en fil for "
            "hver koder, eller en tabel med kolonnerne »Udsagn«, »Rettet« og »Koder«."
        )
    by_place, units = _matched(coded, place=True), _matched(coded, place=False)
    # a row put in moves all places below it
    by_text = len(units) > len(by_place)
    units = units if by_text else by_place
    if not units:
        raise EtisklandskabError(
            f"{', '.join(coded)} har ikke kodet et eneste udsagn fælles. Skal filerne være fra de "
            "samme noter?"
        )
    names = tuple(coded)
    table = np.full((len(units), len(names)), -1)
    for row, (_, codes) in zip(table, units, strict=True):
        for at, name in enumerate(names):
            if name in codes:
                row[at] = CODES.index(codes[name])
    documents = [statement.source for statement, _ in units]
    times, drawn_by = draws_of(documents, _DRAWS)
    pairs = []
    for a, b in itertools.combinations(range(len(names)), 2):
        both = (table[:, a] >= 0) & (table[:, b] >= 0)
        if both.any():
            label = f"{names[a]} og {names[b]}"
            pairs.append(_coefficient(label, table[both][:, [a, b]], times[:, both], _kappa))
    return Agreement(
        names,
        len(units),
        _coefficient("alle", table, times, _alpha),
        tuple(pairs),
        tuple(
            _coefficient(
                logic.danish, np.where(table < 0, -1, table == at).astype(int), times, _alpha
            )
            for at, logic in enumerate(CODES)
        ),
        tuple(
            Disagreement(statement, codes)
            for statement, codes in units
            if len(set(codes.values())) > 1
        ),
        drawn_by,
        any(s.probabilities is not None for found in coded.values() for s in found),
        by_text,
        {n: len(coded[n]) - sum(n in codes for _, codes in units) for n in names},
    )


def _coefficient(
    name: str,
    table: NDArray[np.int64],
    times: NDArray[np.int64],
    measure: Callable[[NDArray[np.int64]], float],
) -> Coefficient:
    """Measure it, and again on each draw; those on which it is undefined are left out."""
    value = measure(table)
    again = [measure(np.repeat(table, drawn, axis=0)) for drawn in times if drawn.any()]
    known = np.array([x for x in again if np.isfinite(x)])
    if not np.isfinite(value) or not len(known):
        return Coefficient(name, None, None, None, len(table))
    low, high = np.quantile(known, [0.025, 0.975])
    return Coefficient(name, value, float(low), float(high), len(table))


def _kappa(table: NDArray[np.int64]) -> float:
    from sklearn.metrics import cohen_kappa_score

    if len(np.unique(table)) < 2:
        return float("nan")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(cohen_kappa_score(table[:, 0], table[:, 1]))


def _alpha(table: NDArray[np.int64]) -> float:
    import krippendorff

    counts = np.stack([(table == code).sum(axis=1) for code in range(len(CODES))], axis=1)
    counts = counts[:, counts.any(axis=0)]
    if counts.shape[1] < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def _require_learn() -> None:
    try:
        import krippendorff  # noqa: F401
        import sklearn  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("At måle enighed", "learn") from error


def _read(paths: Sequence[str | Path]) -> dict[str, list[Statement]]:
    """Read statements by coder: by the column »koder«, by those who coded in one project, by file."""
    found: dict[str, list[Statement]] = {}
    stems = Counter(Path(path).stem for path in paths)
    for path in map(Path, paths):
        statements = read_notes(path)
        titles = dict.fromkeys(title for s in statements for title in s.extra)
        column = next((t for t in titles if t.casefold() in _CODER), None)
        name = path.stem if stems[path.stem] == 1 else str(path)
        for s in statements:
            named = {} if column else _named(s)
            for coder, logics in named.items():
                found.setdefault(coder, []).append(_at_home(s.with_review(logics), path))
            if named or not s.reviewed:
                continue
            coder = name if column is None else s.extra.get(column, "").strip()
            if not coder:
                raise NotesError(
                    str(path),
                    f"nr. {s.position} er kodet, men kolonnen »{column}« er tom.",
                    "Skriv, hvem der har kodet.",
                )
            found.setdefault(coder, []).append(_at_home(s, path))
    return found


def _named(statement: Statement) -> Mapping[str, Sequence[Logic]]:
    """Return the codes of those whose names another program gave, where there are any."""
    from etisklandskab.exchange.reviews import REVIEWER, cells_of, codes_of

    humans = codes_of(cells_of(statement), statement.extra).humans
    return humans if humans.keys() - {REVIEWER} else {}


def _at_home(statement: Statement, path: Path) -> Statement:
    """Forget a source that is but the coder's own file: each coder has another."""
    from dataclasses import replace

    own = Path(statement.source).name == path.name
    return replace(statement, source="") if own else statement


def _matched(
    coded: Mapping[str, Sequence[Statement]], *, place: bool
) -> list[tuple[Statement, dict[str, Logic]]]:
    """Return the statements that at least two have coded, with their codes."""
    units: dict[Any, tuple[Statement, dict[str, Logic]]] = {}
    for name, statements in coded.items():
        times: Counter[Any] = Counter()
        for s in statements:
            assert s.logic is not None  # reviewed
            text = " ".join(s.text.split())
            where = (s.source, s.position, text) if place else (s.source, text)
            times[where] += 1
            # said twice in the same place, it is two statements, also where places do not count
            key = (*where, 1 if place else times[where])
            units.setdefault(key, (s, {}))[1][name] = s.logic
    return [unit for unit in units.values() if len(unit[1]) > 1]
