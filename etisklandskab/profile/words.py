"""Words and phrases that set groups or logics apart, with the statements behind them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import Logic, Statement
from etisklandskab.profile.profile import _natural

__all__ = ["Telling", "telling_words"]

STRENGTH = 500
"""How many words the prior weighs as, the paper's alpha_0."""

NEARLY = 0.9
"""The share from which statements with one phrase are nearly always statements with another."""

COPY = 0.6
"""The overlap of their words (Jaccard) from which two statements are near-copies."""

SHOWN = 3
"""How many statements are shown with a phrase."""

# Words that carry no point by themselves. Those that an argument turns on are not among them:
# skal, må, bør; alle, ingen, samme, selv; altid, aldrig; hvis, fordi, ellers; mere, flere, bedre.
FUNCTION_WORDS = frozenset(
    """
    ad af bag blandt efter for foran forbi fra før gennem hos i igennem imellem imod ind inde inden
    med mellem mod ned nede om omkring op oppe over på siden til trods ud ude uden under ved
    at da end enten hverken men mens når og om samt selvom som så
    de dem den denne der det dette disse en et én ét sådan sådanne sådant
    jeg mig min mine mit du dig din dine dit han ham hans hun hende hendes man sig sin sine sit
    vi os vor vores jer jeres deres dens dets hinanden hinandens
    er var være været blev blive bliver blevet har have havde haft kan kunne kunnet vil ville villet
    gjorde gjort gør gøre fik få får fået
    hvad hvem hvilke hvilken hvilket hvor hvordan hvorfor hvornår
    anden andet andre nogen noget nogle
    bare blot derfra dog eller endnu faktisk frem her hen heller hermed ikke igen jo kun lidt lige
    ligesom måske nemlig nok nu næsten også stadig tilbage vel allerede altså egentlig
    hej hm ik ikk ja jamen mhm mm nej nå ok okay osse sgu tak øh øhm
    to tre fire fem seks syv otte ni ti elleve tolv
    bl ca dvs eks evt fx ift ifm jf kl kr mht mhp mv nr osv pga pgf pkt pr pt vedr
    """.split()
)

# Inflected forms stay apart: "ret" (a right), "retten" (the court) and "rettigheder" part the
# logics differently, and no stemmer of Danish tells "lov" from "lovet" and "love".
_PIECE = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")

Phrase = tuple[str, ...]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Telling:
    """A word or phrase that sets one part apart from the others.

    Parameters
    ----------
    part : str
        The group, or the machine code of the logic.
    phrase : str
        In lower case, its words parted by a space.
    n, n_others : int
        How many statements of the part hold it, and how many of the others.
    log_odds : float
        Log of the ratio of its odds in the part and in the others, after shrinkage by the prior.
    z : float
        `log_odds` over its standard error: strong and often said weighs most.
    p : float
        The chance that any phrase of any part would come out so clearly if the
        statements were dealt to the parts by lot, at the most.
    statements : tuple of Statement
        Up to three of the part that hold the phrase: those that argue before those that do not,
        the surest coded first, and no near-copies.
    """

    part: str
    phrase: str
    n: int
    n_others: int
    log_odds: float
    z: float
    p: float
    statements: tuple[Statement, ...]


def telling_words(
    statements: Iterable[Statement],
    by: str = "group",
    *,
    phrases: int = 2,
    least: int = 3,
    top: int = 10,
    level: float = 0.05,
    prior: Mapping[str, int] | None = None,
) -> list[Telling]:
    """Find the words and phrases that each part uses more than all the others together.

    A phrase counts once in a statement, however often it stands there, and is measured against
    all words that the part says, so that long statements do not count for more. Words such as
    *og*, *hun* and *ikke*, numerals and names are no finding by themselves.

    Parameters
    ----------
    statements : iterable of Statement
        Coded where `by` is ``"logic"``; else the code only decides which of them are shown.
    by : str, default="group"
        The field that makes a part: ``"group"``, ``"workshop"``, ``"logic"`` (those without
        argument are a part of their own) ... or a column of the user's own.
    phrases : int, default=2
        Of how many words a phrase is at the most; it never runs across punctuation.
    least : int, default=3
        In how many statements of the part it must be.
    top : int, default=10
        How many phrases of a part are kept at the most.
    level : float, default=0.05
        The chance of finding anything where there is nothing to find. A higher one gives hints.
    prior : mapping of str to int, optional
        Counts of words and phrases in a background, such as earlier workshops, that are added
        to the statements' own before the prior is made.

    Returns
    -------
    list of Telling
        By part in natural order, then the highest `z` first. Empty where nothing is telling or
        there is only one part.

    Raises
    ------
    ValueError
        If the statements have no such field, or are not coded and `by` is ``"logic"``.

    Notes
    -----
    `log_odds` and `z` are the paper's, with an informative prior: the phrase's share of all that is
    said, weighing as 500 words (alpha_0). They rank. Whether a phrase is telling at all is
    Fisher's exact test, since `z` is far from normal in notes of some hundred statements: a
    phrase that others never say can hardly reach a high one. The test is Bonferroni's over all
    parts and phrases that could come out at all (Tarone).

    That bears how many phrases are looked at. People also repeat themselves, and a case that
    a group was handed fills its notes. Therefore a phrase must come from at least two documents and
    two speakers where the part has more (a document is a source, workshop and group), and stay
    telling without the tenth of them, at least one, who say it most; unless those speak in
    other parts, too, which then is comparison enough. What this cannot bear: a part of a single
    document, without speakers, where the topic may be all that sets it apart; two documents or more
    about the same case; errors of the coding; and the choice of what to compare.

    References
    ----------
    Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 16 (2008), section 3.5.1.
    Tarone, "A modified Bonferroni method for discrete data", Biometrics 46 (1990).

    Examples
    --------
    >>> from etisklandskab import Statement, telling_words
    >>> a = [Statement(f"Han har krav på {what}", group="A") for what in "hjælp bad ro mad".split()]
    >>> b = [Statement(f"Det virker på {what}", group="B") for what in "sigt lang kort tid".split()]
    >>> [(found.part, found.phrase, found.n) for found in telling_words(a * 3 + b * 3)]
    [('A', 'krav på', 12), ('B', 'virker på', 12)]
    """
    said = list(statements)
    part_of = [_part(statement, by) for statement in said]
    parts = sorted(set(part_of), key=lambda part: _natural((part,)))
    number = {part: at for at, part in enumerate(parts)}
    talk = _Talk.of(said, np.array([number[part] for part in part_of], dtype=np.int64), phrases)
    found: list[Telling] = []
    for part, at, p in talk.telling(len(parts), least, level):
        ...
    return found


def _part(statement: Statement, by: str) -> str:
    if by == "logic" and statement.logic is None:
        raise ValueError(
            f"udsagnet {statement.source} nr. {statement.position} er ikke kodet; "
            "kod det først: load_model().code(statements)"
        )
    try:
        return statement.value(by) or "(uden)"
    except KeyError as error:
        raise ValueError(f"udsagnene har intet felt {error}") from None
