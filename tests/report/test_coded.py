"""Coded tables: written whole or not at all, and read back as they were."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from etisklandskab import Statement, read_notes, write_coded
from etisklandskab.report import coded as module

COLUMNS = "source workshop group heading concept position speaker text logic logics p_duty p_proximity p_consequence p_none"


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl", ".parquet"])
def test_a_coded_table_comes_back(coded: list[Statement], tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"kodet{suffix}"
    write_coded(coded, path)
    again = read_notes(path)
    for old, new in zip(coded, again, strict=True):
        assert new.text == old.text
        assert (new.group, new.workshop, new.heading, new.speaker) == (
            old.group,
            old.workshop,
            old.heading,
            old.speaker,
        )
        assert (new.source, new.position, new.before) == (old.source, old.position, old.before)
        assert (new.logic, new.logics, new.concepts, new.model) == (
            old.logic,
            old.logics,
            old.concepts,
            old.model,
        )
        assert new.probabilities == pytest.approx(old.probabilities, abs=1e-4)


def test_the_columns_are_there_and_the_users_own_after_them(
    coded: list[Statement], tmp_path: Path
) -> None:
    write_coded(coded, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert header[: len(COLUMNS.split())] == COLUMNS.split()
    assert {"Nr", "Bemærkning"} <= set(header)


def test_csv_for_danish_excel(coded: list[Statement], tmp_path: Path) -> None:
    write_coded(coded[:3], tmp_path / "a.csv", excel=True)
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfsource;workshop;")
    assert b"0,0" in data
    assert [s.text for s in read_notes(tmp_path / "a.csv")] == [s.text for s in coded[:3]]


def test_the_workbook_is_made_for_reading(coded: list[Statement], tmp_path: Path) -> None:
    write_coded(coded, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Udsagn"]
    titles = [cell.value for cell in sheet[1]]
    assert titles[:11] == [
        "Løbenr.",
        "Workshop",
        "Gruppe",
        "Overskrift",
        "Udsagn",
        "Modellens forslag",
        "Forslag, også",
        "Hvor sikker",
        "Rettet",
        "Også",
        "Bemærkning",
    ]
    assert titles.count("Udsagn") == titles.count("Gruppe") == 1
    assert sheet.freeze_panes == "A2"
    assert {sheet.cell(row, 6).value for row in range(2, 60)} <= {
        "pligt",
        "nærhed",
        "konsekvens",
        "ingen",
    }


def test_a_statement_is_never_a_formula(coded: list[Statement], tmp_path: Path) -> None:
    from dataclasses import replace

    odd = replace(coded[0], text="=> hun vil selv", extra={})
    write_coded([odd], tmp_path / "a.xlsx")
    cells = openpyxl.load_workbook(tmp_path / "a.xlsx")["Udsagn"]
    assert [c.data_type for c in cells[2] if c.value == "=> hun vil selv"] == ["s"]
    write_coded([odd], tmp_path / "a.csv", excel=True)
    assert "'=> hun vil selv" in (tmp_path / "a.csv").read_text("utf-8-sig")


def test_nothing_is_written_over(coded: list[Statement], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mit")
    with pytest.raises(FileExistsError, match="--force"):
        write_coded(coded, path)
    assert path.read_text() == "mit"
    write_coded(coded[:1], path, force=True)
    assert path.read_text() != "mit"


def test_an_interrupted_run_leaves_no_half_file(
    coded: list[Statement], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(rows: object, path: Path, excel: bool) -> None:
        path.write_text("halvt")
        raise KeyboardInterrupt

    monkeypatch.setitem(module.KINDS, ".csv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_coded(coded, tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_ending_is_refused(coded: list[Statement], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"endelsen \.doc kendes ikke"):
        write_coded(coded, tmp_path / "a.doc")
