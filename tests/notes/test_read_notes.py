"""Files of every kind to statements, and what is said of those that cannot be read."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odfdo import Document, Header, List
from pypdf import PdfReader, PdfWriter

from etisklandskab import NotesError, Statement, read_notes

EXAMPLES = Path(__file__).parents[2] / "data" / "examples"
Note = Callable[..., list[Statement]]


# -- the example workshops ---------------------------------------------------------------


def test_every_example_is_read_into_its_group_and_workshop() -> None:
    statements = read_notes(EXAMPLES)
    assert {s.workshop for s in statements} == {"Workshop 1", "Workshop 2", "Workshop 3"}
    assert {s.group for s in statements} - {f"Gruppe {n}" for n in range(1, 6)} <= {
        "plenum",
        "Gruppe 1 og 2",
    }
    assert len({(s.source, s.position) for s in statements}) == len(statements)


@pytest.mark.parametrize(
    ("file", "about", "first", "last"),
    [
        ("Workshop 1/Gruppe 1.docx", 43, "Vi ser det i tandkødet", "Prøv at gå til barnedåb"),
        (
            "Workshop 1/Gruppe 2.txt",
            38,
            "man ordinerer ikke grøntsager",
            "næste gang er 24. september",
        ),
        ("Workshop 1/grupper.xlsx", 75, "Ole smiler ikke til træning", ""),
        ("Workshop 2/Gruppe 1 og 2.md", 60, "", "Lotte har ikke sagt ja"),
        ("Workshop 2/Gruppe 3.vtt", 70, "Okay, øh, nu kører den", "Jeg stopper den her"),
        (
            "Workshop 2/Gruppe 4.pdf",
            41,
            "Gruppen fulgte den udsendte",
            "Næste workshop afholdes den 8. oktober",
        ),
        ("Workshop 3/Gruppe 1.txt", 70, "Så er vi i gang", "Sig det med døren"),
        (
            "Workshop 3/Gruppe 2, 3, 5.csv",
            75,
            "Det første halve år sad Dennis",
            "AB sætter næste møde",
        ),
        ("Workshop 3/Gruppe 4.srt", 42, "Ja, velkommen tilbage", "Så siger vi tak"),
        (
            "Workshop 3/plenum.json",
            23,
            "Ja, så skal vi have grupperne",
            "Og så må I meget gerne",
        ),
    ],
)
def test_examples_statement_by_statement(file: str, about: int, first: str, last: str) -> None:
    statements = read_notes(EXAMPLES / file)
    assert abs(len(statements) - about) <= 2
    assert statements[0].text.startswith(first)
    assert statements[-1].text.startswith(last)


def test_a_pdf_keeps_no_header_footer_or_hyphen() -> None:
    text = " ".join(s.text for s in read_notes(EXAMPLES / "Workshop 2" / "Gruppe 4.pdf"))
    assert "Side 1" not in text
    assert "Referat – Workshop" not in text
    assert "bemærkede" in text
    assert "regnestykket" in text
    assert "type 2-diabetes" in text


# -- kinds of file -----------------------------------------------------------------------

LINES = ["Aftale er aftale", "Lytte før vi handler"]


def _docx() -> bytes:
    document = docx.Document()
    document.add_heading("Gruppe 7", 1)
    document.add_heading("Værdigt", 2)
    for line in LINES:
        document.add_paragraph(line, style="List Bullet")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _odt() -> bytes:
    document = Document("text")
    document.body.clear()
    document.body.append(Header(1, "Gruppe 7"))
    document.body.append(Header(2, "Værdigt"))
    document.body.append(List(LINES))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Gruppe", "Begreb", "Udsagn", "Bemærkning"])
    for line in LINES:
        book.active.append(["Gruppe 7", "Værdigt", line, "x"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_BULLETS = "Gruppe 7\nVÆRDIGT\n" + "".join(f"- {line}\n" for line in LINES)
_TABLE = "Gruppe;Begreb;Udsagn\n" + "".join(f"Gruppe 7;Værdigt;{line}\n" for line in LINES)
_RTF = (
    r"{\rtf1\ansi\ansicpg1252 Gruppe 7\par V\'c6RDIGT\par "
    + "".join(rf"\bullet  {line.replace('ø', chr(92) + chr(39) + 'f8')}\par " for line in LINES)
    + "}"
)
_VTT = (
    "WEBVTT\n\n1\n00:00:01.000 --> 00:00:03.000\n<v Lone>Nu er temaet altså værdigt.</v>\n\n"
    "2\n00:00:03.000 --> 00:00:05.000\n<v Karsten>Aftale er\n\n"
    "3\n00:00:05.000 --> 00:00:06.000\n<v Karsten>aftale</v>\n\n"
    "4\n00:00:20.000 --> 00:00:22.000\n<v Lone>Lytte før vi handler</v>\n"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", _BULLETS.encode()),
        ("a.md", f"# Gruppe 7\n## Værdigt\n- {LINES[0]}\n- {LINES[1]}\n".encode()),
        ("a.docx", _docx()),
        ("a.odt", _odt()),
        ("a.rtf", _RTF.encode("latin-1")),
        ("a.csv", _TABLE.encode("cp1252")),
        ("a.tsv", _TABLE.replace(";", "\t").encode()),
        ("a.xlsx", _xlsx()),
        (
            "a.jsonl",
            "".join(
                json.dumps({"udsagn": x, "gruppe": "Gruppe 7", "begreb": "værdigt"}) + "\n"
                for x in LINES
            ).encode(),
        ),
    ],
)
def test_kinds(note: Note, name: str, content: bytes) -> None:
    statements = note(content, name)
    assert [s.text for s in statements] == LINES
    assert {s.group for s in statements} == {"Gruppe 7"}
    assert {s.concepts for s in statements} == {("værdigt",)}


def test_every_line_of_a_cell_is_a_statement(note: Note) -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table.rows[0].cells, ("Skal holdes", "Må brydes"), strict=True):
        cell.text = text
    table.rows[1].cells[0].text = "Loven gælder alle\nTavshed er tavshed"
    table.rows[1].cells[1].text = "Skemaet kan vente"
    buffer = io.BytesIO()
    document.save(buffer)
    assert [(s.heading, s.text) for s in note(buffer.getvalue(), "a.docx")] == [
        ("Skal holdes", "Loven gælder alle"),
        ("Skal holdes", "Tavshed er tavshed"),
        ("Må brydes", "Skemaet kan vente"),
    ]


def test_subtitles_are_joined_over_cues_and_keep_their_speakers(note: Note) -> None:
    statements = note(_VTT, "Gruppe 7.vtt")
    assert [(s.speaker, s.text) for s in statements[1:]] == [
        ("Karsten", "Aftale er aftale"),
        ("Lone", "Lytte før vi handler"),
    ]
    assert {s.concepts for s in statements} == {("værdigt",)}


@pytest.mark.parametrize(
    "document",
    [
        {
            "text": "x",
            "language": "da",
            "segments": [
                {"id": 0, "start": 0.0, "end": 2.0, "text": " Aftale er"},
                {"id": 1, "start": 2.0, "end": 3.0, "text": " aftale."},
            ],
        },
        {
            "version": "1.0.0",
            "type": "Transcript",
            "entries": [
                {
                    "id": "a",
                    "speakerDisplayName": "Lone",
                    "text": "Aftale er aftale.",
                    "startOffset": "00:00:01.2",
                    "endOffset": "00:00:02.9",
                }
            ],
        },
        {
            "transcription": [
                {
                    "timestamps": {"from": "00:00:00,000", "to": "00:00:02,000"},
                    "text": " Aftale er aftale.",
                }
            ]
        },
        {"recognizedPhrases": [{"speaker": 1, "nBest": [{"display": "Aftale er aftale."}]}]},
        [
            {
                "startDateTime": "2025-01-01T10:00:00",
                "endDateTime": "2025-01-01T10:00:02",
                "speakerName": "Lone",
                "spokenText": "Aftale er aftale.",
            }
        ],
        [{"udsagn": "Aftale er aftale."}],
        {"text": "Aftale er aftale."},
    ],
    ids=["whisper", "teams", "whisper.cpp", "azure", "graph", "statements", "text"],
)
def test_shapes_of_json(note: Note, document: object) -> None:
    assert [s.text for s in note(json.dumps(document), "a.json")] == ["Aftale er aftale."]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_encodings(note: Note, encoding: str) -> None:
    text = "SUNDT\n- Spise når man er sulten, også ærter på åen\n"
    assert note(text.encode(encoding))[0].text == "Spise når man er sulten, også ærter på åen"


def test_a_table_keeps_its_own_columns_and_order(note: Note) -> None:
    statements = note("Nr,tekst,Bemærkning\n3,Lyt,a\n1,Aftale,b\n2,,c\n", "a.csv")
    assert [(s.text, s.extra["Nr"], s.extra["Bemærkning"]) for s in statements] == [
        ("Lyt", "3", "a"),
        ("Aftale", "1", "b"),
    ]
    assert [s.position for s in statements] == [2, 3]


def test_codes_of_the_users_own_are_kept(note: Note) -> None:
    assert note("text,logic\nLyt,nærhed\n", "a.csv")[0].extra["logic (egen)"] == "nærhed"


def test_a_parquet_file_comes_back(note: Note, tmp_path: Path, coded: list[Statement]) -> None:
    from etisklandskab import write_coded

    write_coded(coded[:20], tmp_path / "a.parquet")
    assert [s.text for s in read_notes(tmp_path / "a.parquet")] == [s.text for s in coded[:20]]


def test_standard_input() -> None:
    code = "from etisklandskab import read_notes; print([s.text for s in read_notes('-')])"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        input="- Lyt\n- Aftale\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "['Lyt', 'Aftale']"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(alphabet="abcdefæøå ,", min_size=4, max_size=60).filter(
            lambda x: len(x.split()) > 1
        ),
        min_size=1,
        max_size=8,
    )
)
def test_every_bullet_is_one_statement(note: Note, lines: list[str]) -> None:
    statements = note("SUNDT\n" + "".join(f"- x{line.strip()}y\n" for line in lines))
    assert [s.text.replace(" ", "") for s in statements] == [
        f"x{line.strip()}y".replace(" ", "") for line in lines
    ]


# -- what cannot be read -----------------------------------------------------------------


def _encrypted_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(EXAMPLES / "Workshop 2" / "Gruppe 4.pdf"))
    writer.encrypt("hemmelig", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "filen er tom"),
        ("a.txt", b"   \n\n", "filen er tom"),
        ("a.txt", bytes(range(256)) * 20, "ikke tekst"),
        ("a.txt", b"SUNDT\n\n- Mm.\n", "ingen udsagn"),
        ("a.txt", b"%PDF-1.7 ...", "er en PDF"),
        ("a.txt", _docx(), "Omdøb den, så den ender på .docx"),
        ("a.xlsx", _docx(), "Omdøb den, så den ender på .docx"),
        ("a.docx", b"Aftale er aftale", "ikke sådan et dokument"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"x" * 600, "adgangskode"),
        ("a.docx", _docx()[:600], "beskadiget"),
        ("a.pdf", _encrypted_pdf(), "adgangskode"),
        ("a.pdf", b"Aftale", "ikke en PDF"),
        ("a.pdf", b"%PDF-1.7\nxxxx", "beskadiget"),
        ("a.csv", b"navn,alder\nKaj,58\n", "ingen kolonne med udsagn"),
        ("a.json", b"{", "ikke gyldig JSON"),
        ("a.json", b'{"a": 1}', "ikke en udskrift"),
        ("a.jsonl", b"[1]\n", "linje 1"),
        ("a.vtt", b"Aftale er aftale", "ikke WebVTT"),
        ("a.doc", b"x", "gem den som .docx"),
        ("a.mp3", b"ID3xx", "kan ikke læses"),
        ("a.txt", ("ord " * 25_000).encode(), "tegn uden punktum"),
        ("a.parquet", b"PAR1xx", "ikke en Parquet-fil"),
    ],
)
def test_bad_files_are_named_with_a_way_out(
    note: Note, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(NotesError) as error:
        note(content, name)
    assert error.value.source == name
    assert says in str(error.value)


def test_in_a_folder_the_rest_is_still_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("- Lyt\n")
    (tmp_path / "b.txt").write_bytes(b"")
    (tmp_path / "c.png").write_bytes(b"x")
    (tmp_path / "~$d.docx").write_bytes(b"x")
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "f.md").write_text("- Aftale\n")
    failed: list[NotesError] = []
    skipped: list[str] = []
    statements = read_notes(tmp_path, on_error=failed.append, on_skip=skipped.append)
    assert [s.text for s in statements] == ["Lyt", "Aftale"]
    assert [error.source for error in failed] == ["b.txt"]
    assert skipped == ["c.png"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("- Lyt\n")
    assert len(read_notes([tmp_path / "a.txt", tmp_path / "a.txt", tmp_path])) == 1


def test_a_missing_path_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("- Lyt\n")
    failed: list[NotesError] = []
    statements = read_notes([tmp_path / "nej.txt", tmp_path / "a.txt"], on_error=failed.append)
    assert len(statements) == len(failed) == 1


def test_the_programs_own_output_in_the_folder_is_not_counted_again(
    tmp_path: Path, model: object
) -> None:
    from etisklandskab import load_model, write_coded

    (tmp_path / "a.txt").write_text("- Lyt\n- Aftale\n")
    write_coded(load_model().code(read_notes(tmp_path)), tmp_path / "kodet.csv")
    skipped: list[str] = []
    assert len(read_notes(tmp_path, on_skip=skipped.append)) == 2
    assert skipped == ["kodet.csv"]
    assert len(read_notes(tmp_path / "kodet.csv")) == 2


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".vtt", ".srt", ".rtf"]),
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300),
        st.lists(
            st.sampled_from(
                ["SUNDT", "# Sundt", "Gruppe 2", "- Lyt", "* a:", "  - b", "MK: ja", "MK: nej tak", "?", "|a|b|", "|-|-|", "===",
                 "1. x", "2. y", "Hvad er et sundt liv?", "WEBVTT", "00:01.000 --> 00:02.000", "<v A>Hej", "text;gruppe", "a;b",
                 '{"text": "x"}', "[", "”citat”", "Kilde, 2020", "", "Workshop 1", "(latter)", "•a • b", "A B   0:03"]
            ),
            max_size=14,
        ).map("\n".join),
    ),
)  # fmt: skip
def test_whatever_a_file_holds_there_are_statements_or_a_clear_message(
    note: Note, suffix: str, content: bytes | str
) -> None:
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    try:
        statements = note(data, f"Gruppe 1{suffix}")
    except NotesError as error:
        assert error.source == f"Gruppe 1{suffix}"
        assert error.problem
    else:
        assert all(statement.text.strip() for statement in statements)
