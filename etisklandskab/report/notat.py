"""The notat after a workshop: what was said, by which logics, and what it leaves to talk about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from etisklandskab import __version__
from etisklandskab.columns import natural_key
from etisklandskab.landscape import ARGUED, Concept, Logic, Statement
from etisklandskab.model.classifier import EthicsClassifier
from etisklandskab.profile.compare import Difference, compare
from etisklandskab.profile.profile import ALL, CONCEPTS, FEW, Profile, aggregate, name_of
from etisklandskab.profile.words import telling_words
from etisklandskab.report.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Landscape,
    Paragraph,
    Quotes,
    Shares,
    Table,
    Tension,
)
from etisklandskab.report.sentences import (
    absent,
    enumerate_danish,
    interval,
    silent,
    summary,
)
from etisklandskab.report.telling import Telling

__all__ = ["build_notat", "footer", "how_to_read"]

_QUESTIONS = {
    Logic.DUTY: "Hvad har borgeren ret til, og hvad skylder vi alle, når vi taler om *{}*?",
    Logic.PROXIMITY: "Hvad betyder *{}* for netop det menneske, vi står over for, og hvordan får vi det at vide?",
    Logic.CONSEQUENCE: "Hvad kommer der ud af det, vi gør for *{}*, for hvem, og hvor ved vi det fra?",
}


def build_notat(
    statements: Sequence[Statement],
    *,
    model: EthicsClassifier,
    title: str = "Notat: det etiske landskab",
    date: str = "",
    workshop: str = "",
) -> Document:
    """Build the notat after a workshop.

    Parameters
    ----------
    statements : sequence of Statement
        Coded by `model`; of this workshop and, if there are any, of those before.
    model : EthicsClassifier
        What coded them.
    title, date : str
        As they are to stand; without a date, none stands there.
    workshop : str, optional
        The workshop it is about; what was said in those before is only compared with. By
        default it is about everything.

    Raises
    ------
    ValueError
        If there is no such workshop, or nothing in it gives a reason.
    """
    now = [s for s in statements if not workshop or s.workshop == workshop]
    if not now:
        known = sorted({s.workshop for s in statements if s.workshop}, key=natural_key)
        names = ", ".join(f"»{name}«" for name in known) or "ingen"
        raise ValueError(f"noterne har ingen workshop »{workshop}«; der er: {names}")
    if not any(s.logics for s in now):
        raise ValueError("noterne har ingen udsagn med en begrundelse at skrive et notat om")
    profile = aggregate(now, model=model)
    telling = Telling(now, model.bundle_.linear)
    differences = compare(profile, to="rest").borne()
    blocks = [
        *how_to_read(profile),
        *_briefly(profile, differences),
        *_landscapes(profile, differences),
        *_groups(profile, telling, differences),
        *_dilemmas(telling, now),
        *_unsaid(profile),
        *_changes(statements, workshop, model),
        *_questions(profile, telling, differences),
        *_certainty(profile),
    ]
    return Document(title, _subtitle(workshop, date), tuple(blocks), footer(profile))


def _subtitle(workshop: str, date: str) -> str:
    return " · ".join(filter(None, (workshop, date)))


def footer(profile: Profile) -> str:
    """Return by what the document was made."""
    return f"Lavet med etisklandskab {__version__} · model: {profile.model}"


def how_to_read(profile: Profile) -> Iterator[Block]:
    """Yield five lines for a reader who never heard of the three logics."""
    cell = profile.cell()
    yield Heading("Sådan læses det")
    yield Bullets(
        (
            f"{_count(profile)}. {cell.argued} af dem giver en begrundelse; dem handler tallene om.",
            *(f"*{logic.danish.capitalize()}*: {_lower(logic.description)}" for logic in ARGUED),
            "Ingen af logikkerne er den rigtige. Et procenttal står med det interval, som det "
            "sande tal ligger i med 95 % sikkerhed: 48 % [31–66]. Overlapper to intervaller meget, "
            "kan forskellen være tilfældig.",
        )
    )


def _count(profile: Profile) -> str:
    n, groups = profile.cell().n, len(profile.groups)
    return (
        f"Noterne rummer {n} udsagn fra {groups} {'gruppe' if groups == 1 else 'grupper'}, kodet "
        "efter den etiske logik, de begrundes med"
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _briefly(profile: Profile, differences: Sequence[Difference]) -> Iterator[Block]:
    yield Heading("Kort fortalt")
    points = [
        summary(profile, concept=c.value) for c in Concept if profile.cell(concept=c.value).n
    ] or [summary(profile)]
    points += [f"{difference.words}." for difference in differences[:3]]
    if not differences and len(profile.groups) > 1:
        points.append("Forskellene mellem grupperne er ikke større, end tilfældet kan forklare.")
    yield Bullets(tuple(points))


def _landscapes(profile: Profile, differences: Sequence[Difference]) -> Iterator[Block]:
    yield Heading("Landskabet")
    spoken_of = [c.value for c in Concept if profile.cell(concept=c.value).argued] or [ALL]
    for concept in spoken_of:
        yield Heading(concept.capitalize(), 2)
        yield Paragraph(summary(profile, concept=concept))
        placed = [
            name_of(group)
            for group in profile.groups
            if profile.shares(*group, concept=concept)[Logic.DUTY] is not None
        ]
        if placed:
            yield Landscape(
                profile,
                concept,
                f"Sådan begrunder grupperne »{concept}«. Et hjørne er en logik; fladen rummer "
                "gruppens plads med 95 % sikkerhed.",
                f"Trekant med hjørnerne pligt, nærhed og konsekvens og et punkt for "
                f"{enumerate_danish(placed)}. "
                + " ".join(summary(profile, *g, concept=concept) for g in profile.groups),
            )
        own = tuple(f"{d.words}." for d in differences if d.concept == concept)
        if own:
            yield Bullets(own)


def _groups(
    profile: Profile, telling: Telling, differences: Sequence[Difference]
) -> Iterator[Block]:
    yield Heading("Grupperne")
    words = telling_words(profile.statements, "group")
    for group in profile.groups:
        cell = profile.cell(*group)
        name = name_of(group)
        yield Heading(name, 2)
        yield Paragraph(
            f"{cell.n} udsagn, {cell.argued} med begrundelse. {summary(profile, *group)}"
        )
        if profile.shares(*group)[Logic.DUTY] is not None:
            yield Shares(
                profile,
                group,
                f"{name}: andel af de begrundede udsagn.",
                " ".join(
                    summary(profile, *group, concept=concept)
                    for concept in CONCEPTS
                    if profile.cell(*group, concept=concept).n
                ),
            )
        own = [f"{d.words}." for d in differences if d.first == name]
        own_words = [f"»{w.phrase}«" for w in words if w.part == name][:5]
        if own_words:
            own.append(f"Ord, der skiller gruppen ud: {enumerate_danish(own_words)}.")
        if own:
            yield Bullets(tuple(own))
        quotes = telling.of_each_logic(cell.statements)
        if quotes:
            yield Quotes(tuple(quotes))


def _dilemmas(telling: Telling, statements: Sequence[Statement]) -> Iterator[Block]:
    weighing, tensions = telling.dilemmas(statements, 6), telling.tensions(4)
    if weighing or tensions:
        yield Heading("Dilemmaer")
    if weighing:
        yield Heading("Udsagn, der vejer to logikker", 2)
        yield Quotes(tuple(weighing))
    if tensions:
        yield Heading("Om det samme, men med hver sin logik", 2)
        for first, second in tensions:
            yield Tension(first, second)


def _unsaid(profile: Profile) -> Iterator[Block]:
    points = [*absent(profile), *silent(profile)]
    yield Heading("Det, ingen sagde")
    if points:
        yield Paragraph("Sådan som programmet læser noterne:")
        yield Bullets(tuple(points))
    else:
        yield Paragraph(
            "Alle tre logikker er i brug om alle begreberne i alle grupper med mere end en "
            "håndfuld udsagn."
        )


def _changes(
    statements: Sequence[Statement], workshop: str, model: EthicsClassifier
) -> Iterator[Block]:
    upto = [
        s
        for s in statements
        if s.workshop and (not workshop or natural_key(s.workshop) <= natural_key(workshop))
    ]
    names = sorted({s.workshop for s in upto}, key=natural_key)
    if len(names) < 2:
        return
    yield Heading("Siden sidste workshop" if workshop else "Fra workshop til workshop")
    if workshop:
        upto = [s for s in upto if s.workshop in names[-2:]]
    compared = [
        compare(aggregate(upto, by, model=model), to="previous")
        for by in (("workshop",), ("workshop", "group"))
    ]
    borne = [f"{d.words}." for comparison in compared for d in comparison.borne()]
    if borne:
        yield Bullets(tuple(borne))
    else:
        n = sum(map(len, compared))
        yield Paragraph(
            f"Intet har flyttet sig mere, end tilfældet kan forklare ({n} sammenligninger af "
            "andele, samlet og gruppe for gruppe)."
        )


def _questions(
    profile: Profile, telling: Telling, differences: Sequence[Difference]
) -> Iterator[Block]:
    yield Heading("Spørgsmål at tage med")
    asked: list[str] = []
    for concept in Concept:
        shares = profile.shares(concept=concept.value)
        found = {k: share for k in ARGUED if (share := shares[k]) is not None}
        if found:  # what is argued by least may be what is overlooked
            least = min(found, key=lambda k: found[k].value)
            asked.append(_QUESTIONS[least].format(concept.value))
    for d in differences[:3]:
        more = "oftere" if d.difference > 0 else "sjældnere"
        topic = "" if d.concept == ALL else f" *{d.concept}*"
        asked.append(
            f"Hvad ser {d.first}, siden den {more} end de andre begrunder{topic} med "
            f"{d.logic.danish}?"
        )
    if not asked:
        asked = [_QUESTIONS[logic].format("det, vi er sammen om") for logic in ARGUED]
    yield Bullets(tuple(asked))
    own = telling.choose((s for s in telling.statements if s.text.endswith("?")), 4)
    if own:
        yield Heading("Grupperne spurgte selv", 2)
        yield Quotes(tuple(own))


def _certainty(profile: Profile) -> Iterator[Block]:
    statements = profile.statements
    unsure = sum(s.unsure for s in statements)
    expected = float(np.mean([max(s.probabilities or (0.0,)) for s in statements]))
    yield Heading("Hvor sikkert er det?")
    yield Bullets(
        (
            f"Koderne er givet af programmets model ({profile.model}), ikke af mennesker. Den venter "
            f"selv at have ret i omkring {100 * expected:.0f} % af udsagnene, og {unsure} af "
            f"{len(statements)} er mærket *usikker*: se dem efter først.",
            "Intervallerne er gruppernes: de rummer både, at modellen koder forkert, og at noterne "
            "er et udsnit af, hvad en gruppe mener. I tabellen står også referatets: hvordan netop "
            "det, der blev noteret, fordeler sig.",
            "En forskel er kun nævnt som en forskel, hvor en permutationstest med Holms korrektion "
            "for alle sammenligninger bærer den. Små grupper viser derfor sjældent forskelle.",
            "Tallene siger, hvordan der blev argumenteret, ikke hvad nogen mener, og intet om den "
            "enkelte deltager eller borger.",
        )
    )
    yield Table(
        "Andele med 95 %-intervaller: gruppens / referatets",
        ("Gruppe", "Begreb", "Begrundede", *(logic.danish.capitalize() for logic in ARGUED)),
        tuple(_rows(profile)),
    )


def _rows(profile: Profile) -> Iterator[tuple[str, ...]]:
    for group, concept, cell in profile.each_cell():
        of_group = profile.shares(*group, concept=concept)
        of_record = profile.shares(*group, concept=concept, kind="record")
        figures = []
        for logic in ARGUED:
            share, record = of_group[logic], of_record[logic]
            figures.append(
                FEW
                if share is None or record is None
                else f"{interval(share)} / {interval(record)}"
            )
        yield (name_of(group), concept, str(cell.argued), *figures)
