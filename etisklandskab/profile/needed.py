"""How many more statements to review until the shares are as sure as one wants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from etisklandskab.columns import check_of
from etisklandskab.landscape import ARGUED, Logic, Statement
from etisklandskab.profile.correction import ENOUGH
from etisklandskab.profile.lots import random_part, worth_a_look
from etisklandskab.profile.profile import LEAST, Profile

__all__ = ["half_width", "reviews_needed", "tell_reviews"]


def half_width(profile: Profile) -> float:
    """Return half the widest interval of the three logics over all that was noted.

    Parameters
    ----------
    profile : Profile
        With `LEAST` argued statements at the least.
    """
    shares = profile.shares(kind="record")
    return max(
        (share.high - share.low) / 2 for logic in ARGUED if (share := shares[logic]) is not None
    )


def reviews_needed(profile: Profile, width: float = 0.05) -> int:
    """Return how many more statements a human is expected to have to review.

    The next reviews, in the order of `worth_a_look`, are played through with logics drawn from
    what the model finds likely; the profile of the outcome tells how wide its intervals are.

    Parameters
    ----------
    profile : Profile
        Some of its statements perhaps reviewed.
    width : float, default=0.05
        Half the width of the widest interval of the whole record that is wanted,
        between 0 and 1.

    Returns
    -------
    int
        0 where it is as narrow already; at the most all that are left.
    """
    if half_width(profile) <= width:
        return 0
    statements = list(profile.statements)
    looks = worth_a_look(statements, most=len(statements))
    rng = np.random.Generator(np.random.PCG64(2026))
    played = {at: _played(statements[at], rng) for at in looks}

    def narrow(n: int) -> bool:
        seen = set(looks[:n])
        after = [played[at] if at in seen else s for at, s in enumerate(statements)]
        # the total is the same however it is parted, and alone is soonest drawn
        return half_width(replace(profile, by=(), statements=tuple(after))) <= width

    low, high = 0, len(looks)
    while high - low > max(1, len(looks) // 100):
        middle = (low + high) // 2
        low, high = (low, middle) if narrow(middle) else (middle, high)
    return high


def _played(statement: Statement, rng: np.random.Generator) -> Statement:
    p = np.array(statement.probabilities, dtype=float)
    return statement.with_review([tuple(Logic)[int(rng.choice(4, p=p / p.sum()))]])


def tell_reviews(profile: Profile, width: float = 0.05) -> str:
    """Say in Danish what a human has reviewed and how much more it takes.

    Parameters
    ----------
    profile : Profile
        Of coded statements.
    width : float, default=0.05
        As `reviews_needed` takes it.

    Returns
    -------
    str
        Empty where no human has coded anything, or too little is argued for a share.
    """
    reviewed = [statement for statement in profile.statements if statement.reviewed]
    if not reviewed or profile.cell().argued < LEAST:
        return ""
    seen = len(reviewed)
    learnt = sum(check_of(statement) in profile.reliability.learnt for statement in reviewed)
    drawn = len(random_part(profile.statements, profile.reliability.learnt))
    said = f"Et menneske har set {seen} udsagn, {drawn} af dem i rækkefølgen »Vigtigst at se på«"
    if drawn >= ENOUGH:
        said += "; tallene er rettet efter, hvor tit modellen tog fejl af dem."
    else:
        said += f" (fra {ENOUGH} kan modellens fejl måles på dem)."
    if learnt:
        said += f" Modellen har lært af {learnt} af dem; de viser ikke, hvor tit den tager fejl."
    now = half_width(profile)
    said += f" Det noterede i alt er sikkert på ±{100 * now:.0f} procentpoint."
    more = reviews_needed(profile, width)
    if more:
        said += (
            f" Ses omkring {more} mere i samme rækkefølge, ventes det at blive ±{100 * width:.0f}."
        )
    return said
