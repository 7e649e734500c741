"""Whether groups, workshops or concepts argue differently, and what the test bears."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from etisklandskab.columns import natural_key
from etisklandskab.landscape import ARGUED, Concept, Logic, Statement
from etisklandskab.profile.profile import ALL, CONCEPTS, LEAST, Key, Profile, name_of, weight_of
from etisklandskab.profile.shares import of_argued, posteriors, share_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "Difference", "compare"]

To = Literal["rest", "pairs", "previous", "concepts"]

_PERMUTATIONS, _MOST = 9999, 199_999
_LEVEL = 0.05
_DOCUMENTS = 5  # so many on each side, and whole documents change sides


@dataclass(frozen=True, slots=True)
class Difference:
    """How often two sides argue by one logic, and whether that differs.

    Parameters
    ----------
    first, second : str
        The sides: a group, a workshop or a concept.
    concept : str
        What both speak of; ``"alle"`` where the sides are concepts.
    logic : Logic
        One of the three.
    n_first, n_second : int
        Argued statements.
    share_first, share_second : float
        Shares of the logic, between 0 and 1.
    difference, low, high : float
        First minus second with its 95% interval (of the groups).
    distance : float
        Jensen-Shannon distance of the sides over all three logics (base 2, 0 to 1).
    p, p_holm : float
        Of the permutation test, by itself and after Holm's correction.
    unit : str
        What changed sides in the test: ``"udsagn"``, ``"talere"`` or ``"dokumenter"``.
    words : str
        The difference in Danish; what is said where the test bears it.
    """

    first: str
    second: str
    concept: str
    logic: Logic
    n_first: int
    n_second: int
    share_first: float
    share_second: float
    difference: float
    low: float
    high: float
    distance: float
    p: float
    p_holm: float
    unit: str
    words: str

    @property
    def borne(self) -> bool:
        """Whether the test bears that there is a difference."""
        return self.p_holm < _LEVEL


class Comparison(Sequence[Difference]):
    """Differences with a common correction; show it in a notebook.

    Examples
    --------
    >>> Comparison([]).words()
    ['Ingen forskel er større, end tilfældet kan forklare (0 sammenligninger).']
    """

    def __init__(self, differences: Iterable[Difference]) -> None:
        self._all = tuple(differences)

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, at: int) -> Difference: ...
    @overload
    def __getitem__(self, at: slice) -> Comparison: ...
    def __getitem__(self, at: int | slice) -> Difference | Comparison:
        return Comparison(self._all[at]) if isinstance(at, slice) else self._all[at]

    def borne(self) -> list[Difference]:
        """Return the differences that the test bears, the surest first."""
        return sorted((d for d in self if d.borne), key=lambda d: (d.p_holm, -abs(d.difference)))

    def words(self) -> list[str]:
        """Return in Danish what differs, a sentence each; one that says so where nothing does."""
        said = [difference.words for difference in self.borne()]
        n = len(self)
        return said or [
            "Ingen forskel er større, end tilfældet kan forklare "
            f"({n} sammenligning{'' if n == 1 else 'er'})."
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame, a row a difference.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        from etisklandskab.frames import frame_of

        names = [name for name in Difference.__slots__ if name != "words"]
        rows = [{name: getattr(d, name) for name in names} | {"borne": d.borne} for d in self]
        return frame_of(rows, [*names, "borne"]).astype({"logic": str})

    def _repr_html_(self) -> str:
        from etisklandskab.report.tables import html_comparison

        return html_comparison(self)

    def __repr__(self) -> str:
        return f"<Comparison: {len(self)} sammenligninger, {len(self.borne())} forskelle bæres>"


@dataclass(frozen=True)
class _Sides:
    """Two sets of statements to compare, and how to speak of them."""

    first: str
    second: str
    concept: str
    statements: tuple[tuple[Statement, ...], tuple[Statement, ...]]
    draws: Callable[[], tuple[NDArray[np.float64], NDArray[np.float64]]]
    sentence: str
    within_workshops: bool


def compare(
    profile: Profile,
    first: str | Key | None = None,
    second: str | Key | None = None,
    *,
    concept: str | None = None,
    to: To = "rest",
) -> Comparison:
    """Compare how groups, workshops or concepts argue.

    For each comparison and logic: the difference of shares with its interval, and a
    permutation test in which the sides are as they are and what was said changes sides.
    What belongs together stays together: whole documents change sides where each side has
    five or more of its own, else what a speaker of one side says in a document, else single
    statements; and only within a workshop, where a side is not itself one. All p-values are corrected together [1]_.

    Parameters
    ----------
    profile : Profile
        The profile.
    first, second : str or tuple of str, optional
        Two groups; `first` alone is compared with what `to` says; neither means every group.
    concept : str, optional
        One concept; by default each of the three and all together.
    to : {"rest", "pairs", "previous", "concepts"}, default="rest"
        Compare each group with all the others together, each pair of groups, each group with
        itself in the workshop before, or the concepts with each other within each group.

    Returns
    -------
    Comparison
        Without pairs of which a side has too few argued statements.

    Raises
    ------
    KeyError
        If there is no such group or concept.
    ValueError
        If `to` is none of these, or ``"previous"`` and the profile is not by workshop.

    References
    ----------
    .. [1] Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
       Statistics 6, 1979.

    Examples
    --------
    >>> from etisklandskab import Logic, aggregate, load_model
    >>> model = load_model(light=True)
    >>> def said(text, group, logic, n):
    ...     p = [0.97 if k is logic else 0.01 for k in Logic]
    ...     statement = Statement(text, group=group)
    ...     return [statement.with_coding(p, (logic,), model.bundle_.label)] * n
    >>> both = said("Loven gælder alle", "A", Logic.DUTY, 30)
    >>> both += said("Lyt til hende", "B", Logic.PROXIMITY, 30)
    >>> compare(aggregate(both, model=model), "A", "B").words()[0].split(",")[0]
    'A begrunder oftere med pligt end B'
    """
    first, second = _key(first), _key(second)
    concepts = [concept] if concept is not None else list(CONCEPTS)
    if first is not None and second is not None:
        sides = [_groups(profile, first, second, c) for c in concepts]
    else:
        groups = profile.groups if first is None else [first]
        sides = list(_all_sides(profile, groups, concepts, to))
    return Comparison(_tested([s for s in sides if _enough(s)], profile))


def _key(group: str | Key | None) -> Key | None:
    return (group,) if isinstance(group, str) else group


def _all_sides(
    profile: Profile, groups: Sequence[Key], concepts: Sequence[str], to: To
) -> Iterator[_Sides]:
    if to == "rest":
        if len(profile.groups) > 1:
            yield from (_rest(profile, group, c) for group in groups for c in concepts)
    elif to == "pairs":
        chosen = [p for p in combinations(profile.groups, 2) if set(p) & set(groups)]
        yield from (_groups(profile, a, b, c) for a, b in chosen for c in concepts)
    elif to == "previous":
        if "workshop" not in profile.by:
            raise ValueError('to="previous" kræver en profil efter workshop: by="workshop"')
        before = _previous(profile)
        chosen = [(group, before[group]) for group in groups if group in before]
        yield from (_groups(profile, a, b, c) for a, b in chosen for c in concepts)
    elif to == "concepts":
        yield from (
            _concepts(profile, group, a.value, b.value)
            for group in groups
            for a, b in combinations(Concept, 2)
        )
    else:
        raise ValueError(f'to={to!r}; brug "rest", "pairs", "previous" eller "concepts"')


def _previous(profile: Profile) -> dict[Key, Key]:
    """Find for each group the same one in the workshop before."""
    at = profile.by.index("workshop")
    found = {}
    for group in profile.groups:
        others = [
            other
            for other in profile.groups
            if other[:at] + other[at + 1 :] == group[:at] + group[at + 1 :]
            and natural_key(other[at]) < natural_key(group[at])
        ]
        if others:
            found[group] = max(others, key=lambda other: natural_key(other[at]))
    return found


# -- the sides of a comparison --------------------------------------------------------------


def _about(concept: str) -> str:
    return "" if concept == ALL else f" *{concept}*"


def _of_cells(
    profile: Profile, one: tuple[Key, str], other: tuple[Key, str], **told: Any
) -> _Sides:
    """Return two cells of the profile as sides, with what is told of them."""
    (a, about), (b, other_about) = one, other
    return _Sides(
        statements=(
            profile.cell(*a, concept=about).statements,
            profile.cell(*b, concept=other_about).statements,
        ),
        draws=lambda: (
            profile.posterior(*a, concept=about).group,
            profile.posterior(*b, concept=other_about).group,
        ),
        **told,
    )


def _groups(profile: Profile, a: Key, b: Key, concept: str) -> _Sides:
    workshop = profile.by.index("workshop") if "workshop" in profile.by else None
    one, other = name_of(a), name_of(b)
    return _of_cells(
        profile,
        (a, concept),
        (b, concept),
        first=one,
        second=other,
        concept=concept,
        sentence=f"{one} begrunder{_about(concept)} {{how}} med {{logic}} end {other}",
        within_workshops=workshop is None or a[workshop] == b[workshop],
    )


def _rest(profile: Profile, group: Key, concept: str) -> _Sides:
    own = profile.cell(*group, concept=concept).statements
    others = tuple(
        s
        for key in profile.groups
        if key != group
        for s in profile.cell(*key, concept=concept).statements
    )

    def draws() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        alone = {("de andre", *group): profile.evidence(others)}
        rest = posteriors(alone, profile.reliability, profile.correction)
        return profile.posterior(*group, concept=concept).group, rest[()].group

    name = name_of(group)
    return _Sides(
        name,
        "de andre",
        concept,
        (own, others),
        draws,
        f"{name} begrunder{_about(concept)} {{how}} med {{logic}} end de andre",
        within_workshops="workshop" not in profile.by,
    )


def _concepts(profile: Profile, group: Key, a: str, b: str) -> _Sides:
    name = name_of(group)
    return _of_cells(
        profile,
        (group, a),
        (group, b),
        first=f"{name}: {a}",
        second=f"{name}: {b}",
        concept=ALL,
        sentence=f"{name} begrunder *{a}* {{how}} med {{logic}} end *{b}*",
        within_workshops=True,
    )


# -- testing ----------------------------------------------------------------------------------


def _argued(statements: Iterable[Statement]) -> list[Statement]:
    return [s for s in statements if s.logic in ARGUED]


def _apart(sides: _Sides) -> tuple[list[Statement], list[Statement]]:
    """Return the argued statements of each side; what is on both sides cannot change sides."""
    one, other = map(_argued, sides.statements)
    both = {id(s) for s in one} & {id(s) for s in other}
    return [s for s in one if id(s) not in both], [s for s in other if id(s) not in both]


def _enough(sides: _Sides) -> bool:
    return min(map(len, _apart(sides))) >= LEAST


def _tested(all_sides: Sequence[_Sides], profile: Profile) -> list[Difference]:
    times = min(_MOST, max(_PERMUTATIONS, 40 * 3 * len(all_sides)))  # fine enough for Holm
    found: list[Difference] = []
    for sides in all_sides:
        p, unit = _permutation_test(sides, profile.weights, times)
        found += _differences(sides, p, unit)
    corrected = _holm([difference.p for difference in found])
    return [replace(difference, p_holm=p) for difference, p in zip(found, corrected, strict=True)]


def _differences(sides: _Sides, p: NDArray[np.float64], unit: str) -> Iterator[Difference]:
    one, other = (of_argued(draws) for draws in sides.draws())
    n = min(len(one), len(other))  # a large cell has fewer draws
    means = one.mean(axis=0), other.mean(axis=0)
    n_first, n_second = (len(_argued(side)) for side in sides.statements)
    for k, logic in enumerate(ARGUED):
        share = share_of(one[:n, k] - other[:n, k])
        a, b = float(means[0][k]), float(means[1][k])
        how = "oftere" if a > b else "sjældnere"
        low, high = (share.low, share.high) if a > b else (-share.high, -share.low)
        points = [round(100 * x) for x in (a, b)]
        words = (
            f"{sides.sentence.format(how=how, logic=logic.danish)}, {points[0]}\xa0% mod "
            f"{points[1]}\xa0%, forskel {abs(points[0] - points[1])} procentpoint "
            f"[{_hundredths(low)}–{_hundredths(high)}]"
        )
        yield Difference(
            sides.first,
            sides.second,
            sides.concept,
            logic,
            n_first,
            n_second,
            round(a, 3),
            round(b, 3),
            round(a - b, 3),
            share.low,
            share.high,
            round(_distance(*means), 3),
            float(p[k]),
            1.0,
            unit,
            words,
        )


def _hundredths(x: float) -> str:
    return f"{100 * x:.0f}".replace("-", "−")


def _distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the Jensen-Shannon distance, base 2."""
    middle = (a + b) / 2
    parts = [(x * np.log2(np.maximum(x, 1e-12) / middle)).sum() for x in (a, b)]
    return float(np.sqrt(max(0.0, sum(parts) / 2)))


def _unit(statement: Statement, which: str, at: int) -> str:
    """Return what changes sides with a statement: its document, its speaker's words, or itself."""
    if which == "dokumenter":
        return statement.source
    if which == "talere" and statement.speaker:
        return f"{statement.source}\x1f{statement.speaker}"
    return f"\x1f{at}"


def _units(
    side: Sequence[Statement], which: str, apart: frozenset[str], weights: str
) -> dict[str, list[tuple[float, float, float]]]:
    """Return by workshop what each unit of a side holds of each logic."""
    sums: dict[tuple[str, str], list[float]] = {}
    for at, s in enumerate(side):
        unit = _unit(s, which, at)
        if unit in apart:
            unit = _unit(s, "udsagn", at)
        row = sums.setdefault((s.workshop, unit), [0.0, 0.0, 0.0])
        row[ARGUED.index(s.logic or Logic.NONE)] += weight_of(s, weights)
    found: dict[str, list[tuple[float, float, float]]] = {}
    for (workshop, _), (duty, proximity, consequence) in sums.items():
        found.setdefault(workshop, []).append((duty, proximity, consequence))
    return found


def _permutation_test(sides: _Sides, weights: str, times: int) -> tuple[NDArray[np.float64], str]:
    """Return the two-sided p-value of each logic's difference, and what changed sides.

    Units that hold the same are alike, so how many of each kind land on the first side is
    multivariate hypergeometric: drawn at once for all permutations.
    """
    apart = _apart(sides)
    documents = [{s.source for s in side} for side in apart]
    if min(map(len, documents)) >= _DOCUMENTS and not documents[0] & documents[1]:
        which = "dokumenter"
    elif any(s.speaker for side in apart for s in side):
        which = "talere"
    else:
        which = "udsagn"
    # who speaks on both sides belongs to neither: what such a one says goes by itself
    names = [{_unit(s, "talere", -1) for s in side if s.speaker} for side in apart]
    both = frozenset(names[0] & names[1]) if which == "talere" else frozenset()
    one, other = (_units(side, which, both, weights) for side in apart)
    if not sides.within_workshops:
        one, other = ({"": [u for units in side.values() for u in units]} for side in (one, other))
    rng = np.random.Generator(np.random.PCG64(2026))
    first, everything = np.zeros((times, 3)), np.zeros(3)
    seen = np.zeros(3)
    for workshop in sorted(one.keys() | other.keys()):
        ours, theirs = one.get(workshop, []), other.get(workshop, [])
        kinds, numbers = np.unique(np.array(ours + theirs), axis=0, return_counts=True)
        drawn = rng.multivariate_hypergeometric(numbers, len(ours), size=times)
        first += drawn @ kinds
        seen += np.array(ours).reshape(-1, 3).sum(axis=0)
        everything += numbers @ kinds
    observed, permuted = _gap(seen[None], everything), _gap(first, everything)
    extreme = (np.abs(permuted) >= np.abs(observed) - 1e-9).sum(axis=0)
    p: NDArray[np.float64] = (1 + extreme) / (1 + times)
    return p, which


def _gap(first: NDArray[np.float64], everything: NDArray[np.float64]) -> NDArray[np.float64]:
    second = everything - first
    one, other = (np.maximum(side.sum(axis=1, keepdims=True), 1e-9) for side in (first, second))
    gap: NDArray[np.float64] = first / one - second / other
    return gap


def _holm(p: Sequence[float]) -> list[float]:
    corrected, highest = [1.0] * len(p), 0.0
    for rank, at in enumerate(sorted(range(len(p)), key=lambda k: p[k])):
        highest = max(highest, min(1.0, p[at] * (len(p) - rank)))
        corrected[at] = highest
    return corrected
