"""What a profile says, in Danish; each sentence says no more than its figures bear."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from etisklandskab.landscape import ARGUED, Concept, Logic
from etisklandskab.profile.profile import ALL, Profile, name_of
from etisklandskab.profile.shares import Share, of_argued

__all__ = ["about", "absent", "enumerate_danish", "interval", "leading", "silent", "summary"]

_SURE = 0.9  # probability from which a logic is said to be used most
_OPEN = 0.1  # and above which another still may be
_ABSENT = 8  # argued statements from which it is worth saying that a logic is not among them


def enumerate_danish(names: Sequence[str], word: str = "og") -> str:
    """Return names as a Danish list.

    Examples
    --------
    >>> enumerate_danish(["pligt", "nærhed", "konsekvens"])
    'pligt, nærhed og konsekvens'
    """
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last


def interval(share: Share) -> str:
    r"""Return a share with its interval for running text.

    Examples
    --------
    >>> interval(Share(0.48, 0.31, 0.66)).replace("\xa0", " ")
    '48 % [31–66]'
    """
    # a space that does not break lines: figures stay whole
    return f"{100 * share.value:.0f}\xa0% [{share.bounds}]"


def about(concept: str) -> str:
    """Return how a concept is spoken of: emphasised, or "alt" for all of them."""
    return "alt" if concept == ALL else f"*{concept}*"


def leading(profile: Profile, *group: str, concept: str = ALL) -> list[Logic]:
    """Return the logics of which one is argued by most: a single one only where that is sure.

    Returns
    -------
    list of Logic
        Likeliest first; empty where there are too few statements.
    """
    if profile.shares(*group, concept=concept)[Logic.DUTY] is None:
        return []
    draws = of_argued(profile.posterior(*group, concept=concept).group)
    chances = np.bincount(draws.argmax(axis=1), minlength=3) / len(draws)
    order = sorted(range(3), key=lambda k: -chances[k])
    if chances[order[0]] >= _SURE:
        return [ARGUED[order[0]]]
    return [ARGUED[k] for k in order if chances[k] >= _OPEN]


def summary(profile: Profile, *group: str, concept: str = ALL) -> str:
    """Return how a group, or all of them, argues about a concept."""
    shares = profile.shares(*group, concept=concept)
    who = name_of(group) if group else "Grupperne"
    begins = f"{who} begrunder {about(concept)}"
    cell = profile.cell(*group, concept=concept)
    most = leading(profile, *group, concept=concept)
    if not most:
        n = cell.argued
        count = "ingen begrundede udsagn" if not n else f"kun {_statements(n)}"
        return f"{who}, {about(concept)}: for få udsagn til tal ({count})."
    found = {logic: share for logic, share in shares.items() if share is not None}
    rest = [logic for logic in sorted(ARGUED, key=lambda k: -found[k].value) if logic not in most]
    parts = [f"{logic.danish} {interval(found[logic])}" for logic in rest]
    if len(most) == 1:
        first = most[0]
        text = f"{begins} mest med {first.danish}, {interval(found[first])}"
        return f"{text}; {enumerate_danish(parts)}."
    named = enumerate_danish([logic.danish for logic in most], "eller")
    figures = enumerate_danish([f"{logic.danish} {interval(found[logic])}" for logic in most])
    text = f"{begins} mest med {named}; tallene afgør ikke hvilken: {figures}"
    return f"{text}; {enumerate_danish(parts)}." if parts else f"{text}."


def _statements(n: int) -> str:
    return "ét begrundet udsagn" if n == 1 else f"{n} begrundede udsagn"


def absent(profile: Profile) -> list[str]:
    """Return what no group said: logics that do not occur on a concept, as the program reads it."""
    found = []
    for concept in Concept:
        cell = profile.cell(concept=concept.value)
        if cell.argued < _ABSENT:
            continue
        used = {logic for s in cell.statements for logic in s.logics}
        for logic in ARGUED:
            if logic not in used:
                found.append(
                    f"Ingen begrundede *{concept.value}* med {logic.danish} "
                    f"(0 af {cell.argued} begrundede udsagn)."
                )
    for group in profile.groups:
        for concept in Concept:
            cell = profile.cell(*group, concept=concept.value)
            used = {logic for s in cell.statements for logic in s.logics}
            missing = [logic.danish for logic in ARGUED if logic not in used]
            if cell.argued >= _ABSENT and missing:
                found.append(
                    f"{name_of(group)} begrundede ikke *{concept.value}* med "
                    f"{enumerate_danish(missing, 'eller')} "
                    f"(0 af {cell.argued} begrundede udsagn)."
                )
    return found


def silent(profile: Profile) -> list[str]:
    """Return which groups said nothing, or gave no reason, on which concepts."""
    found = []
    for group in profile.groups:
        empty = [c.value for c in Concept if not profile.cell(*group, concept=c.value).argued]
        if empty:
            words = enumerate_danish([f"*{concept}*" for concept in empty], "eller")
            found.append(f"{name_of(group)} har ingen begrundede udsagn om {words}.")
    return found
