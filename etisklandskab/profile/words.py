"""Words and phrases that set groups or logics apart, with the statements behind them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import Logic, Statement
from etisklandskab.profile.profile import Key, group_of, natural_group

__all__ = ["Telling", "telling_words"]

LOUD = 0.25
"""How many documents or speakers a phrase must do without, times the root of their number.

The least with which documents dealt to groups by lot are told apart in no more than one of
twenty deals, of 8 documents or 1,200.
"""

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
    er var være været blev blive bliver blevet har havde have haft kan kunne kunnet vil ville villet
    gjorde gjort gør gøre fik få får fået
    hvad hvem hvilke hvilken hvilket hvor hvordan hvorfor hvornår
    anden andet andre nogen noget nogle
    allerede altså bare blot derfra dog egentlig eller endnu faktisk frem heller hen her igen ikke jo
    kun lidt lige ligesom måske nemlig nok nu næsten også stadig tilbage vel
    el ha hej hm hva ik ikk ja jamen ka ku mhm mm nej nå ogs ok okay oss osse sgu sk ska tak øh øhm
    to tre fire fem seks syv otte ni ti elleve tolv
    bl ca dvs eks evt frk fru fx hr ift ifm jf kl kr mht mhp mv nr osv pga pgf pkt pr pt vedr
    """.split()
)

# Inflected forms stay apart: "lov", "lovet" and "love" part the logics differently, and a stemmer
# of Danish cannot tell which of them belong together.
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
        Log of the ratio of its odds in the part to those in the others, shrunk by the prior.
    z : float
        `log_odds` over its standard error: what is both strong and often said has the highest.
    p : float
        The chance, at the most, that any phrase of any part would come out so clearly if the
        statements were dealt to the parts by lot.
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
    all that the part says, so that long statements do not weigh more. Function words (*og*, *hun*,
    *ikke*), numerals and names are no finding by themselves.

    Parameters
    ----------
    statements : iterable of Statement
        Coded where `by` is ``"logic"``; else the code only decides which of them are shown.
    by : str, default="group"
        The field that makes a part: ``"group"``, ``"workshop"``, ``"logic"`` (those without
        argument are a part of their own) ... or a column of the user's own.
    phrases : int, default=2
        How many words a phrase has at the most; it never runs across punctuation.
    least : int, default=3
        How many statements of the part it must be in.
    top : int, default=10
        How many phrases of a part are kept at the most.
    level : float, default=0.05
        The chance of finding anything at all where there is nothing. A higher one gives hints.
    prior : mapping of str to int, optional
        Counts of words and phrases in a background, such as earlier workshops, which are added
        to the statements' own before the prior is made of them.

    Returns
    -------
    list of Telling
        By part in natural order, the highest `z` first; empty where nothing is telling or there
        is only one part.

    Raises
    ------
    ValueError
        If the statements have no such field; `by` is ``"logic"`` and they are not coded; or
        `level` is not between 0 and 1, or `phrases` below 1.

    Notes
    -----
    `log_odds` and `z` are the paper's. The prior is the phrase's share of all that was said and
    weighs as many words as an average part says (alpha_0): some 1,000 in the example workshops. They
    rank. Whether a phrase is telling at all is decided by Fisher's exact test: in notes of some
    hundred statements `z` is far from normal, and low for what the others never say. The test is
    corrected by Bonferroni for every part and phrase that could come out at all (Tarone).

    The correction bears how many phrases are looked at. It does not bear that people repeat
    themselves and that a case fills the notes of the group that was handed it. Therefore a phrase
    must come from at least two documents (a source's workshop and group) and two speakers where
    the part has several, and stay telling without the one of them that says it most (of more than
    16, two; of more than 64, three ...); who speaks in other parts, too, is comparison enough and
    stays. Nothing here bears a part of a single document without speakers, whose topic may be all
    that sets it apart; several documents on the same case; errors of the coding; or how often
    one looks.

    References
    ----------
    Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 16 (2008), section 3.5.1.
    Tarone, "A Modified Bonferroni Method for Discrete Data", Biometrics 46 (1990).

    Examples
    --------
    >>> from etisklandskab import Statement
    >>> a = [Statement(f"Han har krav på {what}", group="A") for what in "hjælp bad ro mad".split()]
    >>> b = [Statement(f"Det er godt med {what}", group="B") for what in "te kage lys luft".split()]
    >>> [(one.part, one.phrase, one.n, one.n_others) for one in telling_words(3 * a + 3 * b)]
    [('A', 'krav på', 12, 0), ('B', 'godt med', 12, 0)]
    """
    if not 0 < level < 1:
        raise ValueError(f"level skal ligge mellem 0 og 1, ikke være {level}")
    if phrases < 1:
        raise ValueError(f"phrases skal være mindst 1, ikke {phrases}")
    said = list(statements)
    parts, where = _numbered([_part(statement, by) for statement in said])
    _, document = _numbered([(s.source, s.workshop, s.group) for s in said])
    _, speaker = _numbered([(s.speaker,) if s.speaker else None for s in said])
    talk = _Talk(said, phrases, least)
    weight = talk.prior(prior or {}, len(parts))
    sides = [_Side(talk, where, at, least, weight) for at in range(len(parts))]
    looked_at = _looked_at([side.least_p for side in sides], level)
    voices = _Voices(talk, where, document), _Voices(talk, where, speaker)
    found: list[Telling] = []
    for side in sides:
        clear: list[_Clear] = []
        for phrase in np.flatnonzero(side.p * looked_at <= level).tolist():
            mine = side.holding(phrase)
            p = max(side.p[phrase], *(v.p_without_loudest(side, phrase, mine) for v in voices))
            if p * looked_at <= level:
                z = float(side.z[phrase])
                clear.append(_Clear(phrase, talk.phrases[phrase], z, float(p), set(mine.tolist())))
        for one in _without_repeats(clear)[:top]:
            found.append(
                Telling(
                    parts[side.at][0],
                    " ".join(one.words),
                    len(one.mine),
                    int(talk.total[one.phrase]) - len(one.mine),
                    float(side.log_odds[one.phrase]),
                    one.z,
                    one.p * looked_at,
                    _shown([said[i] for i in one.mine]),
                )
            )
    return found


def _part(statement: Statement, by: str) -> Key:
    if by == "logic" and statement.logic is None:
        raise ValueError(
            f"udsagnet {statement.source} nr. {statement.position} er ikke kodet; "
            "kod det først: load_model().code(statements)"
        )
    try:
        return group_of(statement, (by,))
    except KeyError as error:
        raise ValueError(f"udsagnene har intet felt {error}") from None


def _numbered(keys: Sequence[Key | None]) -> tuple[list[Key], Ints]:
    """Return the different keys in natural order, and the number of each; -1 for None."""
    names = sorted({key for key in keys if key is not None}, key=_natural)
    number = {key: at for at, key in enumerate(names)}
    return names, np.array([-1 if key is None else number[key] for key in keys], dtype=np.int64)


def _natural(key: Key) -> tuple[list[object], Key]:
    # names that differ in case alone are ordered, too
    return natural_group(key), key


def _runs(text: str) -> Iterator[list[str]]:
    """Yield the words from one punctuation mark or number to the next."""
    run: list[str] = []
    for piece in _PIECE.findall(unicodedata.normalize("NFC", text)):
        if piece[0].isalpha():
            run.append(piece)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _phrases(run: Sequence[str], most: int) -> Iterator[Phrase]:
    words = [word.casefold() for word in run]
    for length in range(1, most + 1):
        for start in range(len(words) - length + 1):
            yield tuple(words[start : start + length])


def _names(runs: Iterable[Sequence[str]], speakers: Iterable[str]) -> set[str]:
    """Return the words that are names: Danish capitalises nothing else within a sentence."""
    capital, small = Counter[str](), Counter[str]()
    for run in runs:
        small.update(word for word in run if word.islower())
        capital.update(word.casefold() for word in run[1:] if not word.islower())
    for speaker in speakers:  # whose names may begin every sentence that they stand in
        for run in _runs(speaker):
            capital.update(word.casefold() for word in run if not word.islower())
    return {word for word, times in capital.items() if times > small[word]}


class _Talk:
    """Which statements hold which phrase, of those phrases that could be a finding.

    A phrase is measured against all phrases of as many words, function words and names included.
    """

    def __init__(self, said: Sequence[Statement], most: int, least: int) -> None:
        runs = [list(_runs(statement.text)) for statement in said]
        empty = FUNCTION_WORDS | _names(chain.from_iterable(runs), {s.speaker for s in said})
        number: dict[Phrase, int] = {}
        held = [
            {number.setdefault(one, len(number)) for run in some for one in _phrases(run, most)}
            for some in runs
        ]
        statement = np.repeat(np.arange(len(said)), _ints(map(len, held)))
        phrase = _ints(chain.from_iterable(held))
        total = np.bincount(phrase, minlength=len(number))
        length = _ints(map(len, number)) - 1
        self.words = np.array(
            [np.bincount(statement[length[phrase] == i], minlength=len(said)) for i in range(most)]
        )
        everything = self.words.sum(axis=1)
        self.phrases = sorted(
            one
            for one, i in number.items()
            if least <= total[i] < everything[length[i]]
            and not all(word in empty or len(word) == 1 for word in one)
        )
        kept = _ints(number[one] for one in self.phrases)
        self.total, self.length = total[kept], length[kept]
        self.everything = everything[self.length]
        new = np.full(len(number), -1)
        new[kept] = np.arange(len(kept))
        order = np.lexsort((statement, new[phrase]))
        order = order[new[phrase[order]] >= 0]
        self.statement, self.phrase = statement[order], new[phrase[order]]
        self._start = np.concatenate([[0], np.cumsum(self.total)])
        self._log_factorial = np.concatenate(
            [[0.0], np.cumsum(np.log(np.arange(1, everything.max(initial=0) + 1)))]
        )

    def prior(self, background: Mapping[str, int], parts: int) -> tuple[Floats, Floats]:
        """Return what the prior adds to each phrase, and to all phrases of as many words."""
        counts = Counter[Phrase]()
        for text, times in background.items():
            counts[tuple(text.casefold().split())] += times
        weights = Counter[int]()
        for phrase, times in counts.items():
            weights[len(phrase)] += times
        share = (self.total + _ints(counts[phrase] for phrase in self.phrases)) / (
            self.everything + _ints(weights[len(phrase)] for phrase in self.phrases)
        )
        strength = self.everything / parts
        return strength * share, strength

    def holding(self, phrase: int) -> Ints:
        """Return the statements that hold a phrase."""
        return self.statement[self._start[phrase] : self._start[phrase + 1]]

    def chance(self, k: Ints, m: Ints, n: Ints, everything: Ints) -> Floats:
        """Return the chance that just k of m places fall among n drawn by lot from everything."""
        f = self._log_factorial
        ways = f[m] - f[k] - f[m - k] + f[everything - m] - f[n - k] - f[everything - m - n + k]
        chance: Floats = np.exp(ways - f[everything] + f[n] + f[everything - n])
        return chance

    def chance_of_more(self, k: Ints, m: Ints, n: Ints, everything: Ints) -> Floats:
        """Return the chance of k or more: Fisher's exact test, one-sided."""
        term = self.chance(k, m, n, everything)
        total = term.copy()
        while (term > 1e-12 * total).any():
            term = term * ((m - k) * (n - k)) / ((k + 1) * (everything - m - n + k + 1))
            total, k = total + term, k + 1
        return np.minimum(total, 1.0)


class _Side:
    """One part against all the others."""

    def __init__(
        self, talk: _Talk, where: Ints, at: int, least: int, prior: tuple[Floats, Floats]
    ) -> None:
        self.talk, self.at, self._where = talk, at, where
        member = where == at
        m = talk.total
        self.k = k = np.bincount(talk.phrase[member[talk.statement]], minlength=len(m))
        self.n = n = talk.words[:, member].sum(axis=1)[talk.length]
        alpha, strength = prior
        ours, others = k + alpha, m - k + alpha
        self.log_odds = np.log(ours / (n + strength - ours)) - np.log(
            others / (talk.everything - n + strength - others)
        )
        self.z = self.log_odds / np.sqrt(1 / ours + 1 / others)
        self.least_p = talk.chance(np.minimum(m, n), m, n, talk.everything)
        self.p = np.ones(len(m))
        i = np.flatnonzero((k >= least) & (self.log_odds > 0))
        self.p[i] = talk.chance_of_more(k[i], m[i], n[i], talk.everything[i])

    def holding(self, phrase: int) -> Ints:
        """Return the statements of the part that hold a phrase."""
        holding = self.talk.holding(phrase)
        mine: Ints = holding[self._where[holding] == self.at]
        return mine

    def p_without(self, phrase: int, statements: int, words: int) -> float:
        """Return the p of a phrase where some of its statements, and their words, are left out."""
        talk, i = self.talk, np.array([phrase])
        return float(
            talk.chance_of_more(
                self.k[i] - statements,
                talk.total[i] - statements,
                self.n[i] - words,
                talk.everything[i] - words,
            )[0]
        )


def _looked_at(least_p: Sequence[Floats], level: float) -> int:
    """Return for how many comparisons to correct: those that could come out at all (Tarone)."""
    possible = np.sort(np.concatenate([np.empty(0), *(p[p <= level] for p in least_p)]))
    counts = np.arange(1, len(possible) + 2)
    enough = np.searchsorted(possible, level / counts, side="right") <= counts
    return int(counts[enough][0])


class _Voices:
    """Who said it: documents or speakers, as numbers for each statement (-1: not known)."""

    def __init__(self, talk: _Talk, where: Ints, voice: Ints) -> None:
        known = voice >= 0
        pairs = np.unique(np.stack([voice[known], where[known]]), axis=1)
        self._voice = voice
        self._only_here = np.bincount(pairs[0]) == 1
        size = int(where.max(initial=-1)) + 1
        self._in_part = np.bincount(pairs[1], minlength=size)
        self._only_in_part = np.bincount(pairs[1][self._only_here[pairs[0]]], minlength=size)
        self._words = [np.bincount(voice[known], weights=row[known]) for row in talk.words]

    def p_without_loudest(self, side: _Side, phrase: int, mine: Ints) -> float:
        """Return a phrase's p without those of the part who say it most; 1 where only one does."""
        if self._in_part[side.at] < 2:
            return 0.0
        voices, times = np.unique(self._voice[mine], return_counts=True)
        if len(voices) == 1 and voices[0] >= 0:
            return 1.0
        # who speaks in other parts, too, stays: had they a hobby horse, it would show there as well
        own = (voices >= 0) & self._only_here[voices]
        order = np.lexsort((voices[own], -times[own]))
        loudest = order[: math.ceil(LOUD * math.sqrt(self._only_in_part[side.at]))]
        words = self._words[side.talk.length[phrase]][voices[own][loudest]].sum()
        return side.p_without(phrase, int(times[own][loudest].sum()), int(words))


class _Clear(NamedTuple):
    """A phrase that passed the test, with the part's statements that hold it."""

    phrase: int
    words: Phrase
    z: float
    p: float
    mine: set[int]

    def repeats(self, other: _Clear) -> bool:
        """Whether it is nearly always said with the other, in words that they share."""
        shared = not set(self.words).isdisjoint(other.words)
        return shared and len(self.mine & other.mine) >= NEARLY * len(self.mine)


def _without_repeats(clear: Sequence[_Clear]) -> list[_Clear]:
    """Return the phrases, the highest z first, without those that another one stands for."""
    kept: list[_Clear] = []
    # of "har krav" and "krav på", said as often, the one that begins with a word of its own
    for one in sorted(clear, key=lambda c: (-c.z, c.words[0] in FUNCTION_WORDS, c.words)):
        longer = (other for other in clear if len(other.words) > len(one.words))
        if not any(map(one.repeats, chain(longer, kept))):
            kept.append(one)
    return kept


def _shown(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    shown: list[Statement] = []
    for statement in sorted(statements, key=_rank):
        words = _words(statement)
        if all(len(words & w) < COPY * len(words | w) for w in map(_words, shown)):
            shown.append(statement)
        if len(shown) == SHOWN:
            break
    return tuple(shown)


def _words(statement: Statement) -> set[Phrase]:
    return {word for run in _runs(statement.text) for word in _phrases(run, 1)}


def _rank(statement: Statement) -> tuple[bool, float, str, int, str, Key]:
    surest = max(statement.probabilities or (0.0,))
    place = statement.workshop, statement.group, statement.speaker
    return (
        statement.logic is Logic.NONE,
        -surest,
        statement.source,
        statement.position,
        statement.text,
        place,
    )


def _ints(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, dtype=np.int64)
