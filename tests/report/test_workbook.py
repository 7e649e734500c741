"""The workbook for correcting: made for a human, and read back whatever she did to it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etisklandskab import (
    EthicsClassifier,
    Logic,
    NotesError,
    Statement,
    aggregate,
    read_notes,
    write_coded,
)
from etisklandskab.columns import GUIDES
from etisklandskab.profile.lots import worth_a_look
from etisklandskab.training.gold import read_gold

Run = Callable[..., tuple[int, str, str]]
EXAMPLES = Path(__file__).parents[2] / "data" / "examples"


class Book:
    """A workbook on disk, changed as a human would in a spreadsheet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)
        self.sheet = self.book["Udsagn"]
        self.at = {cell.value: cell.column for cell in self.sheet[1]}

    def put(self, row: int, title: str, value: object) -> None:
        self.sheet.cell(row, self.at[title]).value = value

    def get(self, row: int, title: str) -> Any:
        return self.sheet.cell(row, self.at[title]).value

    def rows(self) -> list[list[Any]]:
        return [[cell.value for cell in row] for row in self.sheet.iter_rows(min_row=2)]

    def arrange(self, rows: list[list[Any]]) -> None:
        self.sheet.delete_rows(2, self.sheet.max_row)
        for row in rows:
            self.sheet.append(row)

    def read(self) -> list[Statement]:
        self.book.save(self.path)
        return read_notes(self.path)


@pytest.fixture(scope="module")
def some(coded: list[Statement]) -> list[Statement]:
    """Statements of several files, two of them with columns of their own."""
    return coded[:8] + coded[80:88] + coded[-8:]


@pytest.fixture
def book(some: list[Statement], tmp_path: Path) -> Book:
    write_coded(some, tmp_path / "kodning.xlsx")
    return Book(tmp_path / "kodning.xlsx")


def bare(statement: Statement) -> Statement:
    return replace(statement, extra={})


# -- how it is made ----------------------------------------------------------------------


def test_it_has_what_correcting_needs(
    coded: list[Statement], model: EthicsClassifier, tmp_path: Path
) -> None:
    write_coded(coded, tmp_path / "a.xlsx", model=model)
    book = Book(tmp_path / "a.xlsx")
    sheet = book.sheet
    assert book.book.sheetnames == ["Udsagn", *GUIDES]
    titles = [str(cell.value) for cell in sheet[1]]
    shown = [t for t in titles if not sheet.column_dimensions[_letter(book, t)].hidden]
    assert shown[:12] == [
        "Løbenr.",
        "Workshop",
        "Gruppe",
        "Overskrift",
        "Udsagn",
        "Modellens forslag",
        "Forslag, også",
        "Hvor sikker",
        "Bærende ord",
        "Rettet",
        "Også",
        "Bemærkning",
    ]
    assert {"Model", "Kontrol", "Lige før", "Usikker"} <= set(titles) - set(shown)
    assert [book.get(row, "Udsagn") for row in range(2, len(coded) + 2)] == [s.text for s in coded]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert {book.get(row, "Rettet") for row in range(2, 50)} == {None}
    argued = [at for at, s in enumerate(coded, start=2) if s.logic is not Logic.NONE]
    assert sum(bool(book.get(row, "Bærende ord")) for row in argued) > 0.9 * len(argued)


def _letter(book: Book, title: str) -> str:
    return str(book.sheet.cell(1, book.at[title]).column_letter)


def test_the_lists_hold_the_logics_and_refuse_others_in_danish(book: Book) -> None:
    choices = {
        next(iter(v.sqref.ranges)).min_col: v for v in book.sheet.data_validations.dataValidation
    }
    rettet = choices[book.at["Rettet"]]
    assert rettet.formula1 == '"pligt,nærhed,konsekvens,ingen"'
    assert rettet.showErrorMessage
    assert "Vælg på listen" in rettet.error
    assert len(choices[book.at["Også"]].formula1) < 255  # what Excel bears
    for row in (2, book.sheet.max_row + 100):  # also for rows that are put in
        assert f"{_letter(book, 'Rettet')}{row}" in rettet.sqref


def test_the_guide_explains_the_three_logics(book: Book) -> None:
    said = [str(c.value) for row in book.book["Sådan gør du"] for c in row if c.value]
    for logic in Logic:
        assert logic.danish in said
        assert logic.description in said
    assert all(
        title.lower() in " ".join(said).lower() for title in ("Rettet", "Også", "Bemærkning")
    )


def test_what_to_look_at_first_leads_to_its_row(coded: list[Statement], tmp_path: Path) -> None:
    write_coded(coded, tmp_path / "a.xlsx")
    book = Book(tmp_path / "a.xlsx")
    sheet = book.book["Vigtigst at se på"]
    looks = worth_a_look(coded)
    assert sheet.max_row == len(looks) + 1 == 41
    for row, look in enumerate(looks, start=2):
        assert sheet.cell(row, 3).value == coded[look].text
        assert book.get(sheet.cell(row, 1).value + 1, "Udsagn") == coded[look].text
        why = str(sheet.cell(row, 9).value)
        assert why.startswith("modellen er i tvivl" if coded[look].unsure else "stikprøve")
        assert sheet.cell(row, 2).value.startswith('=HYPERLINK("#Udsagn!')


def test_control_characters_do_not_stop_it(some: list[Statement], tmp_path: Path) -> None:
    write_coded([replace(some[0], text="Lyt\x0b til hende")], tmp_path / "a.xlsx")
    assert read_notes(tmp_path / "a.xlsx")[0].text == "Lyt til hende"


# -- what is read back -------------------------------------------------------------------


def test_untouched_it_is_what_was_written(book: Book, some: list[Statement]) -> None:
    assert list(map(bare, book.read())) == list(map(bare, some))


def test_written_again_it_has_no_column_twice(book: Book, tmp_path: Path) -> None:
    write_coded(book.read(), tmp_path / "igen.xlsx")
    titles = list(Book(tmp_path / "igen.xlsx").at)
    assert sorted(titles) == sorted(book.at)


@pytest.mark.parametrize("word", ["nærhed", "Nærhed ", "NÆRHEDSETIK", "proximity"])
def test_a_correction_is_hers_and_the_probabilities_stay(
    book: Book, some: list[Statement], word: str
) -> None:
    book.put(2, "Rettet", word)
    book.put(2, "Også", "pligt + konsekvens")
    book.put(2, "Bemærkning", "spørg Bodil")
    first, *rest = book.read()
    assert first.reviewed
    assert first.logics == (Logic.PROXIMITY, Logic.DUTY, Logic.CONSEQUENCE)
    assert first.probabilities == some[0].probabilities
    assert first.extra["Bemærkning"] == "spørg Bodil"
    assert not any(s.reviewed for s in rest)


def test_ingen_is_an_answer_too(book: Book) -> None:
    book.put(2, "Rettet", "ingen")
    first = book.read()[0]
    assert (first.reviewed, first.logic, first.logics) == (True, Logic.NONE, ())


def test_only_også_lets_the_proposal_stand(book: Book, some: list[Statement]) -> None:
    at = next(i for i, s in enumerate(some) if s.logics == (Logic.CONSEQUENCE,))
    book.put(at + 2, "Også", "pligt")
    statement = book.read()[at]
    assert statement.reviewed
    assert statement.logics == (Logic.CONSEQUENCE, Logic.DUTY)


@pytest.mark.parametrize(
    ("title", "word", "says"),
    [
        ("Rettet", "plikt", "»plikt« er ikke en logik; mente du »pligt«?"),
        ("Rettet", "nærhet", "mente du »nærhed«?"),
        ("Også", "pligt, konsekvns", "»konsekvns« er ikke en logik; mente du »konsekvens«?"),
        ("Rettet", "?", "»?« er ikke en logik."),
    ],
)
def test_a_typo_is_told_with_its_cell(book: Book, title: str, word: str, says: str) -> None:
    book.put(7, title, word)
    with pytest.raises(NotesError) as error:
        book.read()
    message = str(error.value)
    assert message.startswith(f"kodning.xlsx: ark »Udsagn«, celle {_letter(book, title)}7: ")
    assert says in message
    assert message.endswith("Skriv pligt, nærhed, konsekvens eller ingen.")


def test_an_edited_statement_is_coded_again_unless_it_is_corrected(
    book: Book, some: list[Statement]
) -> None:
    for row in (2, 3):
        book.put(row, "Udsagn", "Noget helt andet")
    book.put(3, "Rettet", "pligt")
    book.put(4, "Overskrift", "En anden overskrift")
    edited, corrected, moved, *rest = book.read()
    assert edited.logic is edited.probabilities is moved.logic is None
    assert "Logik (egen)" not in edited.extra
    assert "logic (egen)" not in edited.extra
    assert (corrected.logic, corrected.probabilities) == (Logic.DUTY, None)
    assert list(map(bare, rest)) == list(map(bare, some[3:]))


def test_a_row_that_is_copied_and_split_gives_two_statements(
    book: Book, some: list[Statement]
) -> None:
    rows = book.rows()
    at = book.at["Udsagn"] - 1
    whole = rows[1][at]
    first, second = list(rows[1]), list(rows[1])
    first[at], second[at] = whole[:20], whole[20:]
    book.arrange([rows[0], first, second, *rows[2:]])
    read = book.read()
    assert len(read) == len(some) + 1
    assert [s.text for s in read[1:3]] == [whole[:20].strip(), whole[20:].strip()]
    assert [s.logic for s in read[1:3]] == [None, None]
    assert {(s.group, s.source, s.position) for s in read[1:3]} == {
        (some[1].group, some[1].source, some[1].position)
    }


def test_a_row_that_is_put_in_belongs_where_the_one_above_does(
    book: Book, some: list[Statement]
) -> None:
    rows = book.rows()
    new = [None] * len(rows[0])
    new[book.at["Udsagn"] - 1] = "og så gik vi hjem"
    book.arrange([*rows[:9][::-1], new, *rows[9:]])  # sorted, too
    read = book.read()
    assert [s.text for s in read[:2]] == [some[0].text, "og så gik vi hjem"]
    added = read[1]
    assert (added.group, added.heading, added.source) == (
        some[0].group,
        some[0].heading,
        some[0].source,
    )
    assert added.before == some[0].text
    assert added.logic is None


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_sorting_and_deleting_rows_leaves_the_others_as_they_were(
    some: list[Statement], tmp_path: Path, data: st.DataObject
) -> None:
    write_coded(some, tmp_path / "kodning.xlsx", force=True)
    book = Book(tmp_path / "kodning.xlsx")
    for row, word in ((2, "pligt"), (5, "ingen"), (12, "nærhed")):
        book.put(row, "Rettet", word)
    whole = book.read()
    order = data.draw(st.permutations(range(len(some))))
    kept = order[: data.draw(st.integers(1, len(some)))]
    rows = book.rows()
    book.arrange([rows[at] for at in kept])
    assert book.read() == [whole[at] for at in sorted(kept)]


def test_hidden_columns_and_filtered_rows_count(book: Book, some: list[Statement]) -> None:
    for title in ("Gruppe", "Overskrift", "Modellens forslag"):
        book.sheet.column_dimensions[_letter(book, title)].hidden = True
    for row in range(2, 9):
        book.sheet.row_dimensions[row].hidden = True
    assert list(map(bare, book.read())) == list(map(bare, some))


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".jsonl", ".parquet"])
def test_corrections_come_through_every_kind_of_table(
    some: list[Statement], tmp_path: Path, suffix: str
) -> None:
    reviewed = [some[0].with_review([Logic.DUTY, Logic.PROXIMITY]), *some[1:]]
    write_coded(reviewed, tmp_path / f"a{suffix}")
    read = read_notes(tmp_path / f"a{suffix}")
    assert list(map(bare, read)) == list(map(bare, reviewed))


def test_a_correction_that_is_taken_away_leaves_a_statement_to_code(
    some: list[Statement], tmp_path: Path
) -> None:
    write_coded([some[0].with_review([Logic.DUTY])], tmp_path / "kodning.xlsx")
    book = Book(tmp_path / "kodning.xlsx")
    assert book.get(2, "Modellens forslag") != "pligt"
    book.put(2, "Rettet", None)
    (again,) = book.read()
    assert (again.reviewed, again.logic) == (False, None)


def test_a_column_of_dates_that_is_called_rettet_is_the_users_own(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("udsagn;rettet\nLyt;3. april\n", "utf-8")
    (statement,) = read_notes(tmp_path / "a.csv")
    assert (statement.reviewed, statement.extra["rettet"]) == (False, "3. april")


def test_coding_again_keeps_what_she_wrote(some: list[Statement], model: EthicsClassifier) -> None:
    reviewed = replace(some[0], probabilities=None, model="").with_review([Logic.DUTY])
    (again,) = model.code([reviewed])
    assert (again.logic, again.reviewed, again.unsure) == (Logic.DUTY, True, False)
    assert again.probabilities == some[0].probabilities


@pytest.fixture
def office(tmp_path: Path) -> Callable[[Path], Path]:
    """Open and save a workbook in LibreOffice."""

    def save(path: Path) -> Path:
        program = shutil.which("soffice") or shutil.which("libreoffice")
        assert program, "LibreOffice mangler: installér det (apt install libreoffice-calc)"
        folder = tmp_path / "gemt"
        command = [
            program,
            f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}",
            "--headless",
            *("--convert-to", "xlsx:Calc MS Excel 2007 XML"),
            *("--outdir", str(folder), str(path)),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return folder / path.name

    return save


def test_saved_by_libreoffice_it_is_the_same(
    book: Book, office: Callable[[Path], Path], some: list[Statement]
) -> None:
    book.put(3, "Rettet", "nærhed")
    book.put(3, "Også", "pligt + konsekvens")
    before = book.read()
    saved = office(book.path)
    assert read_notes(saved) == before
    again = Book(saved)
    assert again.get(3, "Rettet") == "nærhed"
    assert len(again.sheet.data_validations.dataValidation) == 2
    assert again.sheet.conditional_formatting
    # its links and answers are worked out: the second statement's answer stands on the list
    values = openpyxl.load_workbook(saved, data_only=True)["Vigtigst at se på"]
    answers = {row[0]: row[-1] for row in values.iter_rows(min_row=2, values_only=True)}
    assert answers[2] == "nærhed"
    assert {row[1] for row in values.iter_rows(min_row=2, values_only=True)} == {"Gå til"}


# -- from notes to a corrected profile ---------------------------------------------------


def _widths(statements: list[Statement], model: EthicsClassifier) -> Iterator[float]:
    for logic, share in (
        aggregate(statements, model=model).shares("Gruppe 1", kind="record").items()
    ):
        if share is not None and logic is not Logic.NONE:
            yield share.high - share.low


def test_from_notes_to_a_profile_that_counts_corrections_as_true(
    run: Run, tmp_path: Path, model: EthicsClassifier
) -> None:
    assert run("classify", EXAMPLES / "Workshop 1", "-o", tmp_path / "kodning.xlsx")[0] == 0
    book = Book(tmp_path / "kodning.xlsx")
    before = book.read()
    seen = 0
    for row in range(2, book.sheet.max_row + 1):
        if book.get(row, "Gruppe") == "Gruppe 1":
            # she agrees, and now and then she does not
            answer = "nærhed" if row % 10 == 0 else book.get(row, "Modellens forslag")
            book.put(row, "Rettet", answer)
            seen += 1
    after = book.read()
    assert sum(s.reviewed for s in after) == seen > 20
    narrow, wide = list(_widths(after, model)), list(_widths(before, model))
    assert sum(narrow) == 0 < sum(wide)  # all of the group's record is known
    code, out, err = run("profile", tmp_path / "kodning.xlsx")
    assert code == 0
    assert err.startswith(f"Et menneske har set {seen} udsagn")
    assert "Gruppe 1" in out


def test_some_corrections_make_the_interval_narrower(
    coded: list[Statement], model: EthicsClassifier
) -> None:
    group = [s for s in coded if s.group == "Gruppe 1"]
    looks = set(worth_a_look(group, most=10))
    some_seen = [s.with_review(s.logics) if at in looks else s for at, s in enumerate(group)]
    assert sum(_widths(some_seen, model)) < sum(_widths(group, model))


def test_a_corrected_workbook_beside_its_notes_takes_their_place(run: Run, tmp_path: Path) -> None:
    notes = tmp_path / "noter"
    notes.mkdir()
    (notes / "Gruppe 1.txt").write_text("- Det er hendes ret\n- Lyt til hende\n", "utf-8")
    (notes / "Gruppe 2.txt").write_text("- Det virker\n", "utf-8")
    run("classify", notes / "Gruppe 1.txt", "-o", notes / "kodning.xlsx")
    assert len(read_notes(notes)) == 3
    book = Book(notes / "kodning.xlsx")
    book.put(2, "Rettet", "nærhed")
    book.read()
    skipped: list[str] = []
    read = read_notes(notes, on_skip=skipped.append)
    assert [(s.text, s.reviewed) for s in read] == [
        ("Det virker", False),
        ("Det er hendes ret", True),
        ("Lyt til hende", False),
    ]
    assert skipped == ["Gruppe 1.txt (rettet i kodning.xlsx)"]
    shutil.copy(notes / "kodning.xlsx", notes / "kopi.xlsx")
    with pytest.raises(NotesError, match="retter de samme noter"):
        read_notes(notes)


def test_evaluate_measures_against_the_corrections(book: Book, some: list[Statement]) -> None:
    book.put(2, "Rettet", "pligt")
    book.read()
    statements, truth = read_gold(book.path)
    assert [s.text for s in statements] == [some[0].text]
    assert truth == [Logic.DUTY]
