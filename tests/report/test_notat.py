"""The notat and the visionsprodukt: every section says what the profile bears, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etisklandskab import EthicsClassifier, Statement, aggregate, build_notat, build_vision, compare
from etisklandskab.profile.profile import CONCEPTS
from etisklandskab.report.document import (
    Bullets,
    Document,
    Heading,
    Landscape,
    Paragraph,
    Quotes,
    Shares,
    Table,
    Tension,
    write_document,
)
from etisklandskab.report.sentences import summary
from etisklandskab.report.vision import threads


@pytest.fixture(scope="module")
def notat(coded: list[Statement], model: EthicsClassifier) -> Document:
    return build_notat(coded, model=model)


@pytest.fixture(scope="module")
def vision(coded: list[Statement], model: EthicsClassifier) -> Document:
    return build_vision(coded, model=model)


def sections(document: Document) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            own = found.setdefault(block.text, [])
        else:
            own.append(block)
    return found


def points(blocks: list[object]) -> list[str]:
    return [item for block in blocks if isinstance(block, Bullets) for item in block.items]


def test_the_sections_of_a_notat(notat: Document) -> None:
    assert list(sections(notat)) == [
        "Sådan læses det",
        "Kort fortalt",
        "Landskabet",
        "Grupperne",
        "Dilemmaer",
        "Det, ingen sagde",
        "Fra workshop til workshop",
        "Spørgsmål at tage med",
        "Hvor sikkert er det?",
    ]


def test_how_to_read_it_takes_five_lines_and_names_the_logics(
    notat: Document, coded: list[Statement]
) -> None:
    lines = points(sections(notat)["Sådan læses det"])
    assert len(lines) == 5
    argued = sum(bool(s.logics) for s in coded)
    assert f"{len(coded)} udsagn fra 6 grupper" in lines[0]
    assert f"{argued} af dem giver en begrundelse" in lines[0]
    assert [line.split("*")[1] for line in lines[1:4]] == ["Pligt", "Nærhed", "Konsekvens"]


def test_in_short_are_the_totals_and_only_differences_that_are_borne(
    notat: Document, coded: list[Statement]
) -> None:
    profile = aggregate(coded)
    said = points(sections(notat)["Kort fortalt"])
    assert said[:3] == [summary(profile, concept=c) for c in ("sundt", "værdigt", "sammen om")]
    borne = [f"{d.words}." for d in compare(profile, to="rest").borne()]
    assert said[3:] == borne[:3]


def test_a_landscape_for_each_concept_with_alternative_text(notat: Document) -> None:
    shown = [b for b in notat.blocks if isinstance(b, Landscape)]
    assert [b.concept for b in shown] == ["sundt", "værdigt", "sammen om"]
    for block in shown:
        assert "Trekant" in block.alt
        assert "Gruppe 3" in block.alt


def test_each_group_has_its_profile_and_its_own_statements(
    notat: Document, coded: list[Statement]
) -> None:
    profile = aggregate(coded)
    blocks = sections(notat)["Grupperne"]
    names = [b.text for b in blocks if isinstance(b, Heading)]
    assert names == [" / ".join(g) for g in profile.groups]
    assert [b.group for b in blocks if isinstance(b, Shares)] == profile.groups
    quotes = [b for b in blocks if isinstance(b, Quotes)]
    assert [{s.group for s in q.statements} for q in quotes] == [{name} for name in names]
    paragraphs = [b.text for b in blocks if isinstance(b, Paragraph)]
    for group, text in zip(profile.groups, paragraphs, strict=True):
        assert summary(profile, *group) in text
        assert text.startswith(f"{profile.cell(*group).n} udsagn, ")


def test_dilemmas_and_tensions(notat: Document) -> None:
    blocks = sections(notat)["Dilemmaer"]
    assert any(isinstance(b, Quotes) for b in blocks)
    assert sum(isinstance(b, Tension) for b in blocks) == 4


def test_nothing_moved_is_said_where_nothing_did(notat: Document) -> None:
    (block,) = sections(notat)["Fra workshop til workshop"]
    assert isinstance(block, Paragraph)
    assert "Intet har flyttet sig mere, end tilfældet kan forklare" in block.text


def test_what_moved_since_the_last_workshop(model: EthicsClassifier) -> None:
    def said(text: str, workshop: str) -> list[Statement]:
        return [
            Statement(text, workshop=workshop, group="Gruppe 1", source=workshop, position=at)
            for at in range(25)
        ]

    some = model.code(
        said("Loven siger, at de har ret til det", "Workshop 1")
        + said("Man må sætte sig og lytte til hende", "Workshop 2")
    )
    document = build_notat(some, model=model, workshop="Workshop 2")
    (block,) = sections(document)["Siden sidste workshop"]
    assert isinstance(block, Bullets)
    assert block.items[0].startswith("Workshop 2 begrunder ")
    assert " end Workshop 1, " in block.items[0]
    # the first has nothing to be compared with
    first = build_notat(some, model=model, workshop="Workshop 1")
    assert "Siden sidste workshop" not in sections(first)


def test_a_notat_of_one_workshop_holds_what_was_said_there(
    coded: list[Statement], model: EthicsClassifier
) -> None:
    document = build_notat(coded, model=model, workshop="Workshop 2", date="3. marts 2026")
    assert document.subtitle == "Workshop 2 · 3. marts 2026"
    shown = [s for b in document.blocks if isinstance(b, Quotes) for s in b.statements]
    assert {s.workshop for s in shown} == {"Workshop 2"}
    with pytest.raises(ValueError, match="»Workshop 1«, »Workshop 2«, »Workshop 3«"):
        build_notat(coded, model=model, workshop="Workshop 9")


def test_how_sure_it_is_names_the_model_and_gives_every_figure(
    notat: Document, coded: list[Statement], model: EthicsClassifier
) -> None:
    blocks = sections(notat)["Hvor sikkert er det?"]
    text = " ".join(points(blocks))
    assert model.bundle_.label in text
    assert model.bundle_.label in notat.footer
    assert f"{sum(s.unsure for s in coded)} af {len(coded)} er mærket *usikker*" in text
    (table,) = [b for b in blocks if isinstance(b, Table)]
    assert len(table.rows) == sum(1 for _ in aggregate(coded).each_cell())
    assert all(len(row) == len(table.header) for row in table.rows)
    assert {row[1] for row in table.rows} == set(CONCEPTS)


def test_questions_end_with_a_question_mark(notat: Document) -> None:
    blocks = sections(notat)["Spørgsmål at tage med"]
    assert len(points(blocks)) >= 3
    assert all(question.endswith("?") for question in points(blocks))
    (own,) = [b for b in blocks if isinstance(b, Quotes)]
    assert all(s.text.endswith("?") for s in own.statements)


def test_nothing_argued_gives_no_notat(coded: list[Statement], model: EthicsClassifier) -> None:
    silent = [s for s in coded if not s.logics][:9]
    for build in (build_notat, build_vision):
        with pytest.raises(ValueError, match="ingen udsagn med en begrundelse"):
            build(silent, model=model)


def test_a_single_group_without_concepts_still_gives_one(model: EthicsClassifier) -> None:
    few = model.code([Statement("Det har hun ret til efter loven", position=at) for at in range(3)])
    document = build_notat(few, model=model)
    assert "Landskabet" in sections(document)
    assert "for få udsagn" in points(sections(document)["Kort fortalt"])[0]


def test_threads_run_through_groups_and_share_no_statement(coded: list[Statement]) -> None:
    found = threads(coded)
    assert len(found) == 5
    shown = [id(s) for thread in found for s in thread.statements]
    assert len(set(shown)) == len(shown)
    for thread in found:
        assert len(thread.groups) >= 2
        assert len(thread.statements) >= 4
        counted = sum(thread.counts.values())
        assert thread.words().startswith(f"{counted} begrundede udsagn fra ")
    assert threads([replace(s, group="Gruppe 1", workshop="") for s in coded]) == []


def test_the_sections_of_a_vision(vision: Document) -> None:
    assert list(sections(vision)) == [
        "Sundt",
        "Værdigt",
        "Sammen om",
        "Tråde, der går igennem",
        "Centrale spørgsmål",
        "Hvad det bygger på",
    ]
    assert not vision.contents


def test_the_ending_says_how_it_is_written(vision: Document, tmp_path) -> None:  # type: ignore[no-untyped-def]
    write_document(vision, tmp_path / "vision.html")
    assert "<!doctype html>" in (tmp_path / "vision.html").read_text("utf-8").lower()
    with pytest.raises(FileExistsError):
        write_document(vision, tmp_path / "vision.html")
    with pytest.raises(ValueError, match=r"\.docx eller \.html"):
        write_document(vision, tmp_path / "vision.pdf")
