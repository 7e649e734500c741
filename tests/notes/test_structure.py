"""Headings, groups, workshops and speakers, marked and unmarked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from etisklandskab import Statement
from etisklandskab.notes.structure import Place, name_place

Note = Callable[..., list[Statement]]


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("Workshop 1/Gruppe 3.docx", Place("Workshop 1", "Gruppe 3")),
        ("ws2_bord-4.txt", Place("Workshop 2", "Bord 4")),
        ("Hjemmeplejen Øst.txt", Place("", "Hjemmeplejen Øst")),
        ("Seminar/Gruppe 1 og 2.md", Place("Seminar", "Gruppe 1 og 2")),
        ("3. workshop - plenum.json", Place("Workshop 3", "plenum")),
    ],
)
def test_place_from_the_path(source: str, place: Place) -> None:
    assert name_place(source) == place


@pytest.mark.parametrize(
    "heading",
    [
        "SUNDT",
        "Hvad er et sundt liv?",
        "2. Sundt – hvad lægges til grund",
        "Dilemma 2: Birger vil ryge i sengen",
        "Sundt:",
        "## Sundt",
    ],
)
def test_headings_are_found_and_are_no_statements(note: Note, heading: str) -> None:
    text = f"Noter fra i dag\n\n{heading}\n- Lytte før vi handler\n- Aftale er aftale\n"
    statements = note(text, "Gruppe 1.md" if heading.startswith("#") else "Gruppe 1.txt")
    assert [s.text for s in statements][-2:] == ["Lytte før vi handler", "Aftale er aftale"]
    assert heading.strip("#: ") in statements[-1].heading


def test_a_question_that_nobody_answers_under_is_a_statement(note: Note) -> None:
    statements = note("SUNDT\n- Hvem har ansvaret for Birger?\n- Hvornår spiser vi?\n")
    assert [s.text for s in statements] == ["Hvem har ansvaret for Birger?", "Hvornår spiser vi?"]


def test_groups_and_concepts_in_either_order(note: Note) -> None:
    one = note("Gruppe 1\nSUNDT\n- a b\nVÆRDIGT\n- c d\nGruppe 2\nSUNDT\n- e f\n", "noter.txt")
    assert [(s.group, s.heading) for s in one] == [
        ("Gruppe 1", "SUNDT"),
        ("Gruppe 1", "VÆRDIGT"),
        ("Gruppe 2", "SUNDT"),
    ]
    two = note("SUNDT\nGruppe 1\n- a b\nGruppe 2\n- c d\nVÆRDIGT\nGruppe 1\n- e f\n", "noter2.txt")
    assert [(s.group, s.heading) for s in two] == [
        ("Gruppe 1", "SUNDT"),
        ("Gruppe 2", "SUNDT"),
        ("Gruppe 1", "VÆRDIGT"),
    ]


def test_a_workshop_by_heading_and_by_folder(note: Note) -> None:
    assert note("# Workshop 2\n- Lyt\n", "a/Noter.md")[0].workshop == "Workshop 2"
    assert note("- Lyt\n", "Workshop 3/Noter.md")[0].workshop == "Workshop 3"
    assert note("NOTER FRA WORKSHOP 1\n- Lyt\n", "Noter.txt")[0].workshop == "Workshop 1"


def test_the_theme_of_a_workshop_or_group_counts(note: Note) -> None:
    (one,) = note("# Workshop 3: Sammen om\n- Lyt\n", "Noter.md")
    assert (one.workshop, one.heading, one.concepts) == ("Workshop 3", "Sammen om", ("sammen om",))
    (two,) = note("# Gruppe 2 – Værdigt\n- Lyt\n", "Noter2.md")
    assert (two.group, two.concepts) == ("Gruppe 2", ("værdigt",))


def test_a_list_of_workshops_is_no_heading(note: Note) -> None:
    text = "Workshop 1: Det etiske landskab\nWorkshop 2: Dilemmaer\n\nVi mødes kl. 9.\n"
    assert all(s.workshop == "" for s in note(text, "plan.txt"))


def test_speakers(note: Note) -> None:
    statements = note(
        "Karsten: Grænsen går ved dørtrinnet.\nMK: Men vi har en nøgle.\n"
        "Karsten: Ja, og den er lånt.\nMK: Pointe: vi ringer på.\n"
    )
    assert [s.speaker for s in statements] == ["Karsten", "MK", "Karsten", "MK"]
    assert statements[0].text == "Grænsen går ved dørtrinnet."


@pytest.mark.parametrize(
    "text",
    [
        "[00:00:12] Lone Madsen: Aftale er aftale.\n[00:00:20] Karsten: Vi lytter for lidt til dem.\n",
        "Lone Madsen   0:03\nAftale er aftale.\n\nKarsten   0:12\nVi lytter for lidt til dem.\n",
        "00:12 Lone Madsen: Aftale er aftale.\n00:20 Karsten: Vi lytter for lidt til dem.\n",
    ],
    ids=["stamped", "teams", "clock"],
)
def test_speakers_with_times(note: Note, text: str) -> None:
    assert [(s.speaker, s.text) for s in note(text)] == [
        ("Lone Madsen", "Aftale er aftale."),
        ("Karsten", "Vi lytter for lidt til dem."),
    ]


def test_bold_lines_are_headings_where_unmarked_ones_would_stand(note: Note) -> None:
    (one,) = note("# Workshop 1\n\n**Gruppe 4**\n\n**Sundt**\n\n- Lyt til hende\n", "Noter.md")
    assert (one.workshop, one.group, one.heading) == ("Workshop 1", "Gruppe 4", "Sundt")


def test_bullets_on_one_line_are_several(note: Note) -> None:
    assert [s.text for s in note("• Lige adgang • Mindre røg • At blive hørt\n")] == [
        "Lige adgang",
        "Mindre røg",
        "At blive hørt",
    ]


def test_a_table_in_markdown(note: Note) -> None:
    statements = note("# Sundt\n\n| Citat | Hvem |\n|---|---|\n| Lyt først | Ida |\n", "a.md")
    assert [(s.speaker, s.text, s.heading) for s in statements] == [("Ida", "Lyt først", "Sundt")]


def test_a_word_before_a_colon_is_not_always_a_speaker(note: Note) -> None:
    statements = note("- Pointe: vi ringer på\n- Husk: nøglen er lånt\n")
    assert [s.speaker for s in statements] == ["", ""]


def test_the_head_of_minutes_is_left_out(note: Note) -> None:
    text = (
        "Referat af gruppemøde\n\nDato: 3. september\nTil stede: Karsten, MK, Bodil\n\n"
        "1. Sundt\n- Aftale er aftale\n\nEngholm Kommune, den 3. september 2025\n"
    )
    assert [s.text for s in note(text)] == ["Aftale er aftale"]


def test_a_quotation_has_its_source_as_speaker(note: Note) -> None:
    statements = note(
        "TANKER\n\n”Man skal være et ordentligt menneske”\n\nJens Ødegård, forfatter\n\n- Ja til det\n"
    )
    assert (statements[0].speaker, len(statements)) == ("Jens Ødegård, forfatter", 2)


def test_nested_bullets_stand_under_the_one_that_leads_them(note: Note) -> None:
    statements = note("# Sundt\n- Grænser:\n    - mad\n    - røg\n- Aftaler\n", "a.md")
    assert [(s.heading, s.text) for s in statements] == [
        ("Sundt › Grænser", "mad"),
        ("Sundt › Grænser", "røg"),
        ("Sundt", "Aftaler"),
    ]


def test_the_line_before_is_context_only_under_the_same_heading(note: Note) -> None:
    statements = note("SUNDT\n- Første\n- Anden\nVÆRDIGT\n- Tredje\n")
    assert [s.before for s in statements] == ["", "Første", ""]


def test_a_quotation_in_a_list_has_its_source_too(note: Note) -> None:
    statements = note(
        "TANKER\n\n- ”Alle kan noget”\n\nMikkel Holm, direktør i TV-Huset\n\nVi går videre nu.\n"
    )
    assert statements[0].speaker == "Mikkel Holm, direktør i TV-Huset"
    assert len(statements) == 2
