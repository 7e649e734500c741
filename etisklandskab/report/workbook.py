"""Coded statements to a workbook that is made for correcting.

Three sheets: the statements with room for what a human thinks, those most worth looking at with
links to their rows, and how it is done. `etisklandskab.notes.tables` reads it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etisklandskab.columns import GUIDES, REMARK, REVIEW, danish_title, find_columns, to_row
from etisklandskab.landscape import ARGUED, Logic, Statement
from etisklandskab.profile.lots import worth_a_look
from etisklandskab.report.sheets import DARK, append, face, head, lines_of, print_on_a_page

if TYPE_CHECKING:
    from etisklandskab.model.classifier import EthicsClassifier

__all__ = ["STATEMENTS", "is_copy", "write_workbook"]

STATEMENTS = "Udsagn"
"""The sheet of the statements."""

# in the order in which one reads and corrects
_WIDTHS = {
    "order": 8,
    "workshop": 12,
    "group": 12,
    "heading": 24,
    "text": 60,
    "logic": 13,
    "logics": 13,
    "sure": 8,
    "carrying": 22,
    "corrected": 14,
    "also": 14,
    REMARK: 26,
    "concept": 14,
    "speaker": 14,
    "source": 24,
    "position": 8,
}
_OWN_WIDTH = 15
_TITLES = {"logic": "Modellens forslag", "logics": "Forslag, også"}
_HIDDEN = (*(f"p_{logic.value}" for logic in Logic), "unsure", "model", "check", "before")
_ALWAYS = ("order", "text", "logic", "logics", "sure", "corrected", "also", REMARK, *_HIDDEN)
_WRITTEN = (*REVIEW, REMARK)
_NUMBERS = ("order", "sure", "position")
_TORN, _SAMPLE = "modellen er i tvivl", "stikprøve: holder forslaget?"
_ROOM = 500  # rows below the last one that can be used as those above


def write_workbook(
    statements: Sequence[Statement], path: Path, model: EthicsClassifier | None = None
) -> None:
    """Write a workbook for correcting.

    Parameters
    ----------
    statements : sequence of Statement
        Coded, in reading order.
    path : Path
        Ends on ``.xlsx``.
    model : EthicsClassifier, optional
        The model that coded them, which tells the words that carried each code; without it they
        are left out.
    """
    from openpyxl import Workbook

    book = Workbook()
    letters = _write_statements(book.active, statements, model)
    _write_looks(book.create_sheet(GUIDES[0]), statements, letters)
    _write_guide(book.create_sheet(GUIDES[1]))
    book.save(path)


# -- the statements ----------------------------------------------------------------------


def _write_statements(
    sheet: Any, statements: Sequence[Statement], model: EthicsClassifier | None
) -> dict[str, str]:
    """Write the sheet of statements and return the letters of its columns by name."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side
    from openpyxl.utils import get_column_letter

    sheet.title = STATEMENTS
    rows = [_row(at, statement, model) for at, statement in enumerate(statements, start=1)]
    names = _columns(rows)
    letters = {name: get_column_letter(at) for at, name in enumerate(names, start=1)}
    append(sheet, [_TITLES.get(name, danish_title(name)) for name in names])
    wrapped, top = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")
    middle = Alignment(horizontal="center", vertical="top")
    line = Side(style="thin", color="D9D9D9")
    box = Border(left=line, right=line, top=line, bottom=line)
    plain, bold, paper = face(), face(b=True), PatternFill("solid", fgColor="FFF9DB")
    shown = [name for name in names if name not in _HIDDEN]
    for at, row in enumerate(rows, start=2):
        append(sheet, [row.get(name, "") for name in names])
        for column, name in enumerate(names, start=1):
            cell = sheet.cell(at, column)  # sheet[at] looks through all rows for the last column
            if name in _HIDDEN:
                continue
            cell.alignment = wrapped if name in _WIDTHS else top
            cell.border, cell.font = box, plain
            if name in _NUMBERS:
                cell.alignment = middle
            if name == "sure":
                cell.number_format = "0%"
            if name in _WRITTEN:
                cell.fill = paper
            if name in REVIEW:
                cell.font = bold
        lines = max(lines_of(row.get(name, ""), _WIDTHS.get(name, 999)) for name in shown)
        sheet.row_dimensions[at].height = 15 * lines
    for name, letter in letters.items():
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, _OWN_WIDTH)
        sheet.column_dimensions[letter].hidden = name in _HIDDEN
    head(sheet)
    for name in _WRITTEN:
        sheet[f"{letters[name]}1"].fill = PatternFill("solid", fgColor="7A5C00")
    print_on_a_page(sheet)
    sheet.print_area = (
        f"A1:{letters[REMARK]}{len(rows) + 1}"  # what is right of it is not for paper
    )
    last = len(rows) + 1 + _ROOM
    _offer_choices(sheet, letters, last)
    _colour_by_logic(sheet, letters, last)
    return letters


def _row(at: int, statement: Statement, model: EthicsClassifier | None) -> dict[str, Any]:
    """Return a statement's row; the proposal is the model's, also where a human has coded it."""
    row: dict[str, Any] = {**to_row(statement), "order": at, "logic": "", "logics": ""}
    p = statement.probabilities
    if p is not None:
        row["logic"] = tuple(Logic)[p.index(max(p))].danish
        row["logics"] = "" if statement.reviewed else _join(statement.logics[1:])
        row["sure"] = max(p)
        row["carrying"] = ", ".join(model.carrying_words(statement)) if model else ""
    if statement.reviewed and statement.logic is not None:
        row["corrected"] = statement.logic.danish
        row["also"] = _join(statement.logics[1:])
    return row


def _join(logics: Iterable[Logic]) -> str:
    return " + ".join(logic.danish for logic in logics)  # a comma would part two choices of a list


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns that say something, those for the program last."""
    own = dict.fromkeys(name for row in rows for name in row)
    names = [name for name in {**dict.fromkeys(_WIDTHS), **own} if name not in _HIDDEN]
    return [
        name
        for name in [*names, *_HIDDEN]
        if name in _ALWAYS or (any(row.get(name) for row in rows) and not is_copy(name, rows))
    ]


def is_copy(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether a column of the user's own has a standard one's title and says nothing else."""
    standard = find_columns([name]).get(0)
    return standard not in (None, name) and all(
        not row.get(name) or _plain(row[name]) == _plain(row.get(standard)) for row in rows
    )


def _plain(value: Any) -> str:
    return " ".join(str(value).split()).casefold()


def _offer_choices(sheet: Any, letters: Mapping[str, str], last: int) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    argued = [logic.danish for logic in ARGUED]
    pairs = [_join((a, b)) for at, a in enumerate(ARGUED) for b in ARGUED[at + 1 :]]
    for name, choices in (
        ("corrected", [*argued, Logic.NONE.danish]),
        ("also", [*argued, *pairs]),
    ):
        validation = DataValidation(
            type="list",
            formula1=f'"{",".join(choices)}"',
            allow_blank=True,
            showErrorMessage=True,
            errorTitle="Den logik kendes ikke",
            error=f"Vælg på listen: {', '.join(choices)}. Eller lad cellen være tom.",
        )
        validation.add(f"{letters[name]}2:{letters[name]}{last}")
        sheet.add_data_validation(validation)


def _colour_by_logic(sheet: Any, letters: Mapping[str, str], last: int) -> None:
    """Colour rows by logic: by the correction where there is one, else by the proposal.

    A proposal that is overruled is struck through. LibreOffice takes the first rule that holds
    and no more, so each says all that there is to say of its cells.
    """
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import Font, PatternFill

    def add(first: str, end: str, formula: str, colour: str, **look: Any) -> None:
        rule = FormulaRule([formula], fill=PatternFill(bgColor=colour), **look)
        sheet.conditional_formatting.add(f"{letters[first]}2:{letters[end]}{last}", rule)

    corrected, proposed = f"TRIM(${letters['corrected']}2)", f"${letters['logic']}2"
    for name in REVIEW:
        cell = f"TRIM(${letters[name]}2)"
        unknown = ",".join(f'LEFT({cell},{len(x.danish)})<>"{x.danish}"' for x in Logic)
        add(name, name, f'AND({cell}<>"",{unknown})', "FF9C9C")
    overruled = f'{corrected}<>"",LEFT({corrected},LEN({proposed}))<>{proposed}'
    for logic in Logic:
        counts = f'IF({corrected}<>"",{corrected},{proposed})'
        is_it, tint = f'LEFT({counts},{len(logic.danish)})="{logic.danish}"', _tint(logic)
        struck = Font(strike=True, color="7F7F7F")
        add("text", "text", is_it, tint)
        add("logic", "logics", f"AND({overruled},{is_it})", tint, font=struck)
        add("logic", "logics", is_it, tint)
        add("sure", "carrying" if "carrying" in letters else "sure", is_it, tint)
        add("corrected", "also", f'AND({corrected}<>"",{is_it})', tint)


def _tint(logic: Logic) -> str:
    """Return a logic's colour so light that black text is read on it."""
    parts = (int(logic.colour[at : at + 2], 16) for at in (1, 3, 5))
    return "".join(f"{round(255 - 0.22 * (255 - part)):02X}" for part in parts)


# -- those to look at first --------------------------------------------------------------


def _write_looks(sheet: Any, statements: Sequence[Statement], letters: Mapping[str, str]) -> None:
    """List the statements most worth a look; the links find their rows also after sorting."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side

    # no title that a column of statements has: this sheet is not read back
    titles = {
        "Løbenr.": 8,
        "Række": 9,
        "Hvad der blev sagt": 62,
        "Gruppe": 14,
        "Overskrift": 26,
        "Modellens forslag": 13,
        "Hvor sikker": 9,
        "Eller måske": 13,
        "Hvorfor det står her": 22,
        "Dit svar": 13,
    }
    append(sheet, list(titles))
    order, corrected = letters["order"], letters["corrected"]
    side = Side(style="thin", color="D9D9D9")
    box = Border(left=side, right=side, top=side, bottom=side)
    for at, place in enumerate(worth_a_look(statements), start=2):
        statement = statements[place]
        assert statement.logic is not None
        assert statement.probabilities is not None
        chances = dict(zip(Logic, statement.probabilities, strict=True))
        rival = sorted(Logic, key=chances.__getitem__)[-2]
        append(
            sheet,
            [
                place + 1,
                "",
                statement.text,
                statement.group,
                statement.heading,
                statement.logic.danish,
                max(chances.values()),
                rival.danish,
                _TORN if statement.unsure else _SAMPLE,
                "",
            ],
        )
        row = f"MATCH($A{at},{STATEMENTS}!${order}:${order},0)"
        sheet[f"B{at}"] = f'=HYPERLINK("#{STATEMENTS}!{corrected}"&{row},"Gå til")'
        answer = f"INDEX({STATEMENTS}!${corrected}:${corrected},{row})"
        sheet[f"J{at}"] = f'=IFERROR({answer}&"","")'
        for cell in sheet[at]:
            number = cell.column_letter in "ABG"
            cell.alignment = Alignment(
                horizontal="center" if number else None, wrap_text=True, vertical="top"
            )
            cell.border, cell.font = box, face()
        sheet[f"B{at}"].font = face(u="single", color="0563C1")
        sheet[f"F{at}"].fill = PatternFill("solid", fgColor=_tint(statement.logic))
        sheet[f"G{at}"].number_format = "0%"
        sheet[f"H{at}"].fill = PatternFill("solid", fgColor=_tint(rival))
        sheet[f"J{at}"].font = face(b=True)
        sheet.row_dimensions[at].height = 15 * max(
            lines_of(statement.text, 62), lines_of(statement.heading, 26), 2
        )
    for cell, width in zip(sheet[1], titles.values(), strict=True):
        sheet.column_dimensions[cell.column_letter].width = width
    head(sheet)
    print_on_a_page(sheet)


# -- how it is done ----------------------------------------------------------------------


def _write_guide(sheet: Any) -> None:
    """Write what ``guide.txt`` says; a line with ``|`` is a logic with its signs and an example."""
    from openpyxl.styles import Alignment, PatternFill

    wrap = Alignment(wrap_text=True, vertical="top")
    widths = {"A": 14, "B": 46, "C": 40, "D": 40}
    for letter, width in widths.items():
        sheet.column_dimensions[letter].width = width
    text = (files("etisklandskab.report") / "guide.txt").read_text("utf-8")
    previous = ""
    for line in text.splitlines():
        cells = [line.removeprefix("# ")]
        if line.startswith("|"):
            if not previous.startswith("|"):
                append(sheet, ["Logik", "Det gode", "Tegn", "Eksempel"])
                for cell in sheet[sheet.max_row]:
                    cell.font = face(b=True, color="FFFFFF")
                    cell.fill = PatternFill("solid", fgColor=DARK)
            name, signs, example = (part.strip() for part in line.split("|")[1:])
            logic = Logic.parse(name)
            cells = [logic.danish, logic.description, signs, example]
        append(sheet, cells)
        at = sheet.max_row
        for cell in sheet[at]:
            cell.alignment, cell.font = wrap, face()
        if line.startswith("|"):
            lines = max(lines_of(text, w) for text, w in zip(cells, widths.values(), strict=True))
            for cell in sheet[at]:
                cell.fill = PatternFill("solid", fgColor=_tint(logic))
            sheet[f"A{at}"].font = face(b=True)
        else:
            sheet.merge_cells(f"A{at}:D{at}")
            lines = lines_of(line, sum(widths.values()))
        sheet.row_dimensions[at].height = 15 * lines + 4
        if line.startswith("# "):
            sheet[f"A{at}"].font = face(b=True, sz=13)
            sheet.row_dimensions[at].height = 26
            sheet[f"A{at}"].alignment = Alignment(vertical="bottom")
        previous = line
    print_on_a_page(sheet)
    sheet.page_setup.fitToHeight = 1
