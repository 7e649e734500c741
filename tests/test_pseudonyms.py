"""Labels for names, numbers and addresses: what is found, what stays, and who is the same."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from etisklandskab import Logic, MissingExtraError, Statement, pseudonyms, read_notes
from etisklandskab.examples import example_notes
from etisklandskab.notes import splitting
from etisklandskab.pseudonyms import Finding, pseudonymise


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lists and rules alone, also where somebody has da_core_news_sm."""
    pseudonyms._entity_pipeline.cache_clear()
    monkeypatch.setattr(splitting, "SPACY_MODEL", "da_core_news_not_there")
    yield
    pseudonyms._entity_pipeline.cache_clear()


def texts(*notes: str, speaker: str = "") -> list[str]:
    statements = [Statement(note, speaker=speaker) for note in notes]
    return [statement.text for statement in pseudonymise(statements).statements]


def text(note: str) -> str:
    return texts(note)[0]


# --- e-mails, CPR numbers, telephone numbers and addresses


@pytest.mark.parametrize(
    ("note", "labelled"),
    [
        ("Skriv til karen.holm@aabo-kommune.dk.", "Skriv til [E-mail 1]."),
        ("Cpr 211062-5629 står på låget", "Cpr [CPR-nummer 1] står på låget"),
        ("cpr. 0101801234, det var hende", "cpr. [CPR-nummer 1], det var hende"),
        ("Han er 311280 4444 i systemet", "Han er [CPR-nummer 1] i systemet"),
        ("Ring på 20 30 40 50 efter kl. 9.15", "Ring på [Telefonnummer 1] efter kl. 9.15"),
        ("tlf. 86123456 eller +45 2030 4050", "tlf. [Telefonnummer 1] eller [Telefonnummer 2]"),
        ("datteren: +46 70 123 45 67", "datteren: [Telefonnummer 1]"),
        ("sagsnr. 24012345", "sagsnr. [Telefonnummer 1]"),  # who knows what it is
        ("Hun bor Nørregade 12, 2. tv., 8000 Aarhus C nu", "Hun bor [Adresse 1] nu"),
        ("Lindevej 4B i kælderen", "[Adresse 1] i kælderen"),
        ("ude på møllevej 7 st. th.", "ude på [Adresse 1]"),
        ("H.C. Andersens Boulevard 12", "[Adresse 1]"),
        ("Han er flyttet til Enghaven 12.", "Han er flyttet til [Adresse 1]."),
    ],
)
def test_what_leads_to_a_person_gets_a_label(note: str, labelled: str) -> None:
    assert text(note) == labelled


@pytest.mark.parametrize(
    "note",
    [
        "Det koster 12.500.000 kr. eller 20 000 000 kr.",
        "Mødet er d. 12.03.2024 kl. 20.30-22.30",
        "I 2023-2024 og 2019 2020, fra 24.12.2023, notat 20240312",
        "SEL 107 og § 83, stk. 2, jf. lov nr. 1089",
        "Uge 23 24 25 26 er ferie",
        "Sag 321380-1234",  # no such day
        "Ring 112 eller 1813",
        "Samme regler for alle 24 boliger på Møllevej",
        "Enghaven 12 beboere, Solgården 40",
        "Sundhedshuset i 8000 Aarhus",  # thousands live there
    ],
)
def test_amounts_dates_times_paragraphs_and_places_stay(note: str) -> None:
    assert text(note) == note


def test_the_same_number_has_the_same_label_however_it_is_written() -> None:
    assert texts("20 30 40 50", "+45 20304050", "211062-5629", "2110625629") == [
        "[Telefonnummer 1]",
        "[Telefonnummer 1]",
        "[CPR-nummer 1]",
        "[CPR-nummer 1]",
    ]


# --- names


@pytest.mark.parametrize(
    ("note", "labelled"),
    [
        (
            "Bodil mente, at det bliver et fattigt liv",
            "[Person 1] mente, at det bliver et fattigt liv",
        ),
        ("Han smiler til Bent og til Hassan", "Han smiler til [Person 1] og til [Person 2]"),
        ("Det sagde Anne-Grethe Ravnsborg også", "Det sagde [Person 1] også"),
        ("Omar El Haddad bor der endnu", "[Person 1] bor der endnu"),
        ("Vi spurgte K. Madsen og Mette K. om det", "Vi spurgte [Person 1] og [Person 2] om det"),
        ("bl.a. Svend synger", "bl.a. [Person 1] synger"),
        ("HUSK BODIL", "HUSK [Person 1]"),
        # titles tell of names that no list knows
        ("Hr. Ørsted og fru Demir sov", "Hr. [Person 1] og fru [Person 2] sov"),
        (
            "Sygeplejerske Fjolla kom, og familien Nordbo",
            "Sygeplejerske [Person 1] kom, og familien [Person 2]",
        ),
        # and so does a capital that nothing else asks for
        ("Man lo, og Ifrah gik ned på knæ", "Man lo, og [Person 1] gik ned på knæ"),
    ],
)
def test_names_are_found(note: str, labelled: str) -> None:
    assert text(note) == labelled


@pytest.mark.parametrize(
    ("note", "labelled"),
    [
        ("Karens søn", "[Person 1]s søn"),
        ("Jens' søn og Lars's hund", "[Person 1]s søn og [Person 2]s hund"),
        (
            "Går man med Mogens, går man i Mogens’ tempo",
            "Går man med [Person 1], går man i [Person 1]s tempo",
        ),
        ("Fru Holms hæl", "Fru [Person 1]s hæl"),
        (
            "Rashids ansigt. Det var, fordi Rashid kom",
            "[Person 1]s ansigt. Det var, fordi [Person 1] kom",
        ),
    ],
)
def test_the_genitive_is_kept(note: str, labelled: str) -> None:
    assert text(note) == labelled


@pytest.mark.parametrize(
    "note",
    [
        "Kant, Løgstrup, Levinas, Bentham og Mill står i Etikos' bog",
        "Hun er flyttet fra Odense til Aarhus, nu til Norge og Region Hovedstaden",
        "Bad før Sankt Hans på Plejecenter Solgården, siger Visitationen",
        "Det står i Lov om Social Service, i Serviceloven og hos KL og Ankestyrelsen",
        "Mandag i Maj, til August og den 3. Juni i Danmark",
        "HVAD ER ET VÆRDIGT LIV? SAMMEN OM DET SUNDE",
        "Hun har Downs, og han har Alzheimers",
        "Hun sad i sin Peugeot, i en rød Saab og med min Samsung",
        "De to og I andre, sagde Hun",
        "e-Boks og MitID er for svært, og Møllevej ligger langt ude",
    ],
)
def test_what_has_a_capital_and_is_no_name_stays(note: str) -> None:
    assert text(note) == note


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Hans mor ringer", "Hans ringer tit"),
        ("Bo alene kan han ikke", "Bo siger nej"),
        ("Tage imod hjælp er svært", "Tage svarede ikke"),
        ("Per borger er det dyrt", "Per vil hjem"),
        ("Dag ud og dag ind", "Dag Jensen kom"),
        ("Storm på vej", "Storm græder"),
    ],
)
def test_a_name_that_is_also_a_word_needs_more_at_the_start(word: str, name: str) -> None:
    assert text(word) == word
    assert text(name).startswith("[Person 1]")
    first = name.split()[0]
    assert text(f"Vi hører {first}").endswith("[Person 1]")


def test_what_is_known_elsewhere_in_the_notes_needs_less() -> None:
    assert text("Else har ret, men Bo har ikke") == "[Person 1] har ret, men [Person 2] har ikke"
    assert texts("Bo har sin stok", "Bo alene") == ["Bo har sin stok", "Bo alene"]
    assert texts("Bo har sin stok", "Bo alene", "Vi så Bo") == [
        "[Person 1] har sin stok",
        "Bo alene",
        "Vi så [Person 1]",
    ]
    assert texts("Ifrah synger", "Så kom Ifrah") == ["[Person 1] synger", "Så kom [Person 1]"]


def test_lower_case_names_are_found_where_the_notes_know_them() -> None:
    assert texts("karen vil ikke ha bad", "det sagde Karen") == [
        "[Person 1] vil ikke ha bad",
        "det sagde [Person 1]",
    ]
    assert texts("karen holm sover", speaker="Karen Holm") == ["[Person 1] sover"]
    assert text("karen vil ikke ha bad") == "karen vil ikke ha bad"
    sloppy = ["for søren da, og hans mor", "det sagde Søren, og så kom Hans"]
    assert texts(*sloppy)[0] == sloppy[0]


# --- who is the same


def test_one_person_has_one_label_by_first_name_surname_and_title() -> None:
    assert texts("Karen Holm kom", "Så gik Karen", "Karens hat", "det var fru Holm", "og Holm") == [
        "[Person 1] kom",
        "Så gik [Person 1]",
        "[Person 1]s hat",
        "det var fru [Person 1]",
        "og [Person 1]",
    ]


def test_a_first_name_before_the_full_name_is_of_the_same_person() -> None:
    assert texts("Karen kom", "Karen Holm kom") == ["[Person 1] kom", "[Person 1] kom"]


def test_where_two_can_be_meant_nobody_is_taken_for_another() -> None:
    assert texts("Karen Holm og Karen Bech", "Så gik Karen") == [
        "[Person 1] og [Person 2]",
        "Så gik [Person 3]",
    ]
    assert text("Fru Holm vil, hr. Holm vil ikke") == "Fru [Person 1] vil, hr. [Person 2] vil ikke"
    assert text("Hr. Holm er ikke Karen Holm") == "Hr. [Person 1] er ikke [Person 2]"


def test_labels_are_numbered_in_reading_order_after_those_that_are_there() -> None:
    assert texts("Ole så Bent", "Bent så Ole") == [
        "[Person 1] så [Person 2]",
        "[Person 2] så [Person 1]",
    ]
    assert texts("[Person 4] så Bent", "Ole") == ["[Person 4] så [Person 5]", "[Person 6]"]


# --- speakers and the other fields


@pytest.mark.parametrize(
    ("speaker", "labelled"),
    [
        ("Karsten", "[Person 1]"),
        ("Søren P.", "[Person 1]"),
        ("Roya", "[Person 1]"),
        ("Roya (visitationen)", "[Person 1] (visitationen)"),
        ("Maj", "[Person 1]"),
        ("MK", "[Person 1]"),
        ("H.K.", "[Person 1]"),
        ("Oversygeplejerske Grete", "Oversygeplejerske [Person 1]"),
        ("borger, 84 år (v. Karsten)", "borger, 84 år (v. [Person 1])"),
        ("pårørende til Bodil", "pårørende til [Person 1]"),
    ],
)
def test_a_speaker_is_called_by_a_label(speaker: str, labelled: str) -> None:
    (statement,) = pseudonymise([Statement("Ja", speaker=speaker)]).statements
    assert statement.speaker == labelled


@pytest.mark.parametrize(
    "speaker",
    [
        *("Ordstyrer", "Alle", "Borger", "Sosu-assistent", "Centerchefen", "Mand, 52", "Taler 3"),
        *("Ældrerådet", "Sygeplejerske", "Leder, økonomi", "Mor til dreng på 9", "HR", "B", ""),
    ],
)
def test_a_role_stays(speaker: str) -> None:
    (statement,) = pseudonymise([Statement("Ja", speaker=speaker)]).statements
    assert statement.speaker == speaker


def test_a_speaker_whom_no_list_knows_is_known_in_the_text() -> None:
    assert texts("Roya siger nej", speaker="Roya") == ["[Person 1] siger nej"]


def test_initials_are_names_before_a_colon_and_abbreviations_elsewhere() -> None:
    assert text("MK: hun er habil") == "[Person 1]: hun er habil"
    assert texts("IT, KL og MK", "OBS: husk", "KL: nej") == ["IT, KL og MK", "OBS: husk", "KL: nej"]


def test_all_fields_agree() -> None:
    statement = Statement(
        "Fru Holm spiser ikke",
        source="Workshop 1/samtale_karen_holm.docx",
        workshop="Workshop 1",
        group="Karens gruppe",
        heading="Dilemma 1: Karen Holm",
        speaker="Dorrit Lund",
        before="Så kom Dorrit",
        extra={"Noteret af": "Fjolla", "Taler": "Dorrit Lund", "Bemærkning": "svar til Karen"},
    )
    (new,) = pseudonymise([statement]).statements
    assert new == Statement(
        "Fru [Person 1] spiser ikke",
        source="Workshop 1/samtale_[Person 1].docx",
        workshop="Workshop 1",
        group="[Person 1]s gruppe",
        heading="Dilemma 1: [Person 1]",
        speaker="[Person 2]",
        before="Så kom [Person 2]",
        extra={
            "Noteret af": "[Person 3]",
            "Taler": "[Person 2]",
            "Bemærkning": "svar til [Person 1]",
        },
    )


def test_groups_and_files_that_name_nobody_stay() -> None:
    statement = Statement("Ja", source="ws1 - Hjemmeplejen Øst 20304050.txt", group="Team Lund")
    assert pseudonymise([statement]).statements == [statement]


def test_codes_stay() -> None:
    statement = Statement("Bodil har ret", position=7).with_coding(
        (0.9, 0.04, 0.03, 0.03), (Logic.DUTY, Logic.PROXIMITY), "eksempel 1", unsure=True
    )
    (new,) = pseudonymise([statement]).statements
    assert new.text == "[Person 1] har ret"
    for field in ("logic", "logics", "probabilities", "model", "unsure", "position", "concepts"):
        assert getattr(new, field) == getattr(statement, field)


# --- the report


def test_the_report_says_how_many_by_which_means_and_asks_to_read_on() -> None:
    result = pseudonymise(
        [
            Statement("Bodil og Bent ringer til Bent på 20304050", speaker="Roya"),
            Statement("211062-5629 og 010180-1235 bor Nørregade 12, skriv til b@a.dk"),
        ]
    )
    assert result.found == (
        Finding("personnavn", "talerens navn", 1, 1),
        Finding("personnavn", "navneliste", 3, 2),
        Finding("cpr-nummer", "cifferkontrol", 1, 1),
        Finding("cpr-nummer", "gyldig dato", 1, 1),
        Finding("telefonnummer", "phonenumbers", 1, 1),
        Finding("adresse", "regel", 1, 1),
        Finding("e-mail", "regel", 1, 1),
    )
    lines = result.report().splitlines()
    assert lines[1] == "personnavn: 3 steder erstattet, 2 forskellige (fundet ved: navneliste)"
    assert lines[-1].startswith("Læs teksten igennem")


def test_where_nothing_is_found_the_report_does_not_say_that_nothing_is_there() -> None:
    report = pseudonymise([Statement("ham fra tredje sal")]).report()
    assert report.startswith("Programmet fandt intet at erstatte.")
    assert "kan genkendes, står der stadig" in report


def test_no_statements_give_none() -> None:
    assert pseudonymise([]).statements == []


def test_a_missing_library_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faker.providers.person.da_DK", None)
    pseudonyms._lists.cache_clear()
    try:
        with pytest.raises(MissingExtraError, match=r"At pseudonymisere .*etisklandskab\[report\]"):
            pseudonymise([Statement("Bodil")])
    finally:
        pseudonyms._lists.cache_clear()


# --- with spaCy


@pytest.fixture(scope="module")
def nlp() -> Language:
    """A pipeline that labels some persons, rightly and wrongly, as a small model does."""
    nlp = spacy.blank("da", meta={"name": "core_news_sm"})
    ruler = nlp.add_pipe("entity_ruler")
    names = ("Qutaiba", "Qutaiba Al-Masri", "Fru Hansen", "Kant", "Hans", "Vasketøj", "Solgården")
    ruler.add_patterns([{"label": "PER", "pattern": name} for name in names])
    ruler.add_patterns([{"label": "LOC", "pattern": "Xanten"}])
    return nlp


def test_persons_that_spacy_sees_are_added(nlp: Language) -> None:
    statements = [Statement("Qutaiba Al-Masri kom. Det gjorde Bodil også i Xanten")]
    assert pseudonymise(statements).statements == [
        Statement("Qutaiba Al-Masri kom. Det gjorde [Person 1] også i Xanten")
    ]
    result = pseudonymise(statements, nlp=nlp)
    assert result.statements == [Statement("[Person 1] kom. Det gjorde [Person 2] også i Xanten")]
    assert Finding("personnavn", "spaCy (da_core_news_sm)", 1, 1) in result.found


def test_spacy_is_not_believed_against_what_is_certain(nlp: Language) -> None:
    notes = ["Kant siger nej", "Hans mor", "Vasketøj", "alt det vasketøj", "Fru Hansen"]
    new = [s.text for s in pseudonymise(map(Statement, notes), nlp=nlp).statements]
    assert new == [*notes[:4], "Fru [Person 1]"]


def test_an_installed_model_is_asked(
    monkeypatch: pytest.MonkeyPatch, nlp: Language, tmp_path: Path
) -> None:
    # a package as `spacy download` installs it: load() finds the pipeline in its folder
    folder = tmp_path / "da_tests_names"
    nlp.to_disk(folder)
    (folder / "__init__.py").write_text(
        "from pathlib import Path\nfrom spacy.util import load_model_from_path\n"
        "def load(**overrides):\n    return load_model_from_path(Path(__file__).parent, **overrides)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(splitting, "SPACY_MODEL", "da_tests_names")
    pseudonyms._entity_pipeline.cache_clear()
    assert text("Qutaiba kom") == "[Person 1] kom"


# --- of all notes

WORDS = re.findall(
    r"\[.*?\]|\S+",
    "Karen karen Karens Holm holm Hans hans Bo Bodil BODIL Roya Ifrah Mogens' Anne-Grethe K. MK: fru "
    "Fru hr. sygeplejerske siger har og i på en den Den . , : ( Det Kant Aarhus Solgården Hus Tage "
    "tage Linus linus Storm Nørregade 12 2. tv. 8000 20304050 211062-5629 a@b.dk El Haddad Nørre Sand "
    "sand de De I 24.12.2023 kr. Vagners Vagner e-Boks [Person 2] [Adresse 1]",
)
NOTES = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
STATEMENTS = st.lists(
    st.builds(
        Statement,
        text=NOTES,
        heading=NOTES,
        speaker=st.sampled_from(
            ["", "MK", "Karen Holm", "Roya", "Ordstyrer", "Hans", "Bo (leder)"]
        ),
        group=st.sampled_from(["Gruppe 1", "Karens gruppe", "Holm"]),
        extra=st.dictionaries(st.sampled_from(["Navn", "Note"]), NOTES, max_size=2),
        position=st.integers(1, 9),
    ),
    max_size=5,
)


@given(STATEMENTS)
@settings(deadline=None)
def test_doing_it_twice_changes_nothing_and_finds_nothing(statements: list[Statement]) -> None:
    once = pseudonymise(statements)
    twice = pseudonymise(once.statements)
    assert twice.statements == once.statements
    assert twice.found == ()


@given(STATEMENTS)
@settings(deadline=None)
def test_order_and_number_and_all_but_names_are_kept(statements: list[Statement]) -> None:
    new = pseudonymise(statements).statements
    assert [s.position for s in new] == [s.position for s in statements]
    assert [list(s.extra) for s in new] == [list(s.extra) for s in statements]


@given(STATEMENTS)
@settings(deadline=None)
def test_no_number_or_mail_that_is_one_for_certain_is_left(statements: list[Statement]) -> None:
    for statement in pseudonymise(statements).statements:
        for part in (statement.text, statement.heading, *statement.extra.values()):
            assert not {"a@b.dk", "211062-5629"} & set(part.split())


def test_the_example_workshops_name_nobody_by_a_name_that_the_lists_know() -> None:
    result = pseudonymise(read_notes(example_notes()))
    left = {
        word
        for s in result.statements
        for word in re.findall(r"\w+", f"{s.heading} {s.speaker} {s.text}")
    }
    names = "Bodil Karsten Dorrit Kim Ulla Preben Lotte Finn Jytte Sofie Dennis Vibeke Lassen Toft"
    assert not set(names.split()) & left
    assert {"Ordstyrer", "Tranestykket", "Engvej"} <= left
