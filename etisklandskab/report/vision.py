"""The visionsprodukt after all workshops: threads, central questions, the statements behind them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from etisklandskab.landscape import ARGUED, Concept, Logic, Statement
from etisklandskab.matters import matters_of
from etisklandskab.model.classifier import EthicsClassifier
from etisklandskab.profile.profile import Profile, aggregate
from etisklandskab.report.document import Block, Bullets, Document, Heading, Paragraph, Quotes
from etisklandskab.report.notat import footer
from etisklandskab.report.sentences import enumerate_danish, summary
from etisklandskab.report.telling import Telling

__all__ = ["Thread", "build_vision", "threads"]

_THREADS = 5  # what fits on four pages
_LEAST_OF_THREAD = 4  # statements


@dataclass(frozen=True)
class Thread:
    """A matter that several groups speak of.

    Parameters
    ----------
    title : str
        The matter.
    statements : tuple of Statement
        Argued, in the order of the notes.
    """

    title: str
    statements: tuple[Statement, ...]

    @property
    def groups(self) -> tuple[tuple[str, str], ...]:
        """Who speaks of it: workshop and group."""
        return tuple(dict.fromkeys((s.workshop, s.group) for s in self.statements))

    @property
    def counts(self) -> dict[Logic, int]:
        """How many statements argue by each logic."""
        return {logic: sum(s.logic is logic for s in self.statements) for logic in ARGUED}

    def words(self) -> str:
        """Return in Danish who speaks of it and by which logics."""
        names = len({s.group for s in self.statements if s.group})
        n = len(self.statements)
        carried = [
            f"{logic.danish} ({count})"
            for logic, count in sorted(self.counts.items(), key=lambda item: -item[1])
            if count
        ]
        who = "" if not names else f" fra {names} {'gruppe' if names == 1 else 'grupper'}"
        return f"{n} begrundede udsagn{who}, båret af {enumerate_danish(carried)}."

    def _worth(self) -> float:
        """Rank by how many groups speak of it, how much, and by how many logics."""
        n = len(self.statements)
        parts = [count / n for count in self.counts.values() if count]
        spread = -sum(p * math.log(p) for p in parts)
        return len(self.groups) * math.log(1 + n) * (0.3 + spread)


def threads(statements: Sequence[Statement], n: int = _THREADS) -> list[Thread]:
    """Return the matters that run through the groups, the weightiest first.

    A statement counts for one thread alone, so that two threads are not the same one.

    Parameters
    ----------
    statements : sequence of Statement
        Coded.
    n : int, default=5
        How many at most.
    """
    left: dict[str, list[Statement]] = {}
    for statement in statements:
        if statement.logics:
            for title in matters_of(statement):
                left.setdefault(title, []).append(statement)
    found: list[Thread] = []
    while len(found) < n:
        possible = [
            thread
            for title, own in left.items()
            if (thread := Thread(title, tuple(own))) and _runs_through(thread)
        ]
        if not possible:
            break
        best = max(possible, key=lambda thread: (thread._worth(), thread.title))
        found.append(best)
        taken = {id(s) for s in best.statements}
        left = {
            title: [s for s in own if id(s) not in taken]
            for title, own in left.items()
            if title != best.title
        }
    return found


def _runs_through(thread: Thread) -> bool:
    return len(thread.statements) >= _LEAST_OF_THREAD and len(thread.groups) >= 2


def build_vision(
    statements: Sequence[Statement],
    *,
    model: EthicsClassifier,
    title: str = "Sammen om et sundt og værdigt liv",
    date: str = "",
) -> Document:
    """Build the visionsprodukt over all workshops: four pages at the most.

    Parameters
    ----------
    statements : sequence of Statement
        Coded by `model`.
    model : EthicsClassifier
        What coded them.
    title, date : str
        As they are to stand.

    Raises
    ------
    ValueError
        If nothing gives a reason.
    """
    if not any(s.logics for s in statements):
        raise ValueError("noterne har ingen udsagn med en begrundelse at skrive om")
    profile = aggregate(statements, model=model)
    telling = Telling(statements, model.bundle_.linear)
    blocks = [
        *_words(profile, telling),
        *_threads(statements, telling),
        *_central(profile, telling),
        *_how(profile),
    ]
    subtitle = " · ".join(filter(None, ("Visionsprodukt", date)))
    return Document(title, subtitle, tuple(blocks), footer(profile), contents=False)


def _words(profile: Profile, telling: Telling) -> Iterator[Block]:
    for concept in Concept:
        cell = profile.cell(concept=concept.value)
        if cell.argued:
            yield Heading(concept.value.capitalize())
            yield Paragraph(summary(profile, concept=concept.value))
            yield Quotes(tuple(telling.of_each_logic(cell.statements)))


def _threads(statements: Sequence[Statement], telling: Telling) -> Iterator[Block]:
    found = threads(statements)
    if found:
        yield Heading("Tråde, der går igennem")
    for thread in found:
        yield Heading(thread.title, 2)
        yield Paragraph(thread.words())
        quotes = telling.of_each_logic(thread.statements)[:2]
        if quotes:
            yield Quotes(tuple(quotes))


def _central(profile: Profile, telling: Telling) -> Iterator[Block]:
    yield Heading("Centrale spørgsmål")
    own = telling.choose((s for s in telling.statements if s.text.endswith("?")), 4)
    if own:
        yield Quotes(tuple(own))
    weighing = telling.dilemmas(profile.statements, 2)
    if weighing:
        yield Paragraph("Her står to logikker over for hinanden i det samme udsagn:")
        yield Quotes(tuple(weighing))


def _how(profile: Profile) -> Iterator[Block]:
    cell = profile.cell()
    yield Heading("Hvad det bygger på")
    yield Bullets(
        (
            f"{cell.n} noterede udsagn, {cell.argued} med en begrundelse, kodet af programmet efter "
            "pligt, nærhed og konsekvens. [31–66] efter et tal er det interval, som det sande tal "
            "ligger i med 95 % sikkerhed.",
            "Tråde er sager, som ord i udsagnene nævner, og som mindst to grupper har talt om. "
            "Udsagn er valgt, fordi de er typiske for deres logik og ikke ligner hinanden.",
        )
    )
