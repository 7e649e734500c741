"""Tables for R and Stata and their codebook."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd import ODD, other, statements

from etisklandskab import Logic, Statement
from etisklandskab.exchange import write_tidy
from etisklandskab.exchange.tidy import ascii_name, tidy_rows


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_for_each_statement_with_numbers(light: list[Statement], tmp_path: Path) -> None:
    write_tidy(light, tmp_path / "d.csv")
    read = rows(tmp_path / "d.csv")
    assert [row["text"] for row in read] == [s.text for s in light]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name) for name in read[0])
    for row, statement in zip(read, light, strict=True):
        p = tuple(float(row[f"p_{logic.value}"]) for logic in Logic)
        assert p == statement.probabilities
        assert row["logic"] == statement.logic
        assert row["duty"] == str(int(Logic.DUTY in statement.logics))
        assert row["unsure"] == str(int(statement.unsure))
        assert row["concept_sammen_om"] in "01"


def test_columns_that_say_the_same_are_left_out(light: list[Statement], tmp_path: Path) -> None:
    write_tidy(light, tmp_path / "d.csv")
    header = rows(tmp_path / "d.csv")[0]
    assert "bemaerkning" in header
    assert not {"udsagn", "gruppe", "citat"} & header.keys()


def test_the_codebook_names_every_variable(light: list[Statement], tmp_path: Path) -> None:
    write_tidy(light, tmp_path / "d.csv")
    text = (tmp_path / "d.kodebog.md").read_text("utf-8")
    named = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert named == list(rows(tmp_path / "d.csv")[0])
    assert f"Rækker: {len(light)}" in text
    assert all(logic.description in text for logic in Logic)
    assert 'import delimited "d.csv"' in text


def test_a_humans_code_stands_with_the_programs_beside(light: list[Statement]) -> None:
    new = other(light[0].logics)
    said = replace(light[0], extra={"Kodet af Anna": new[0].danish}).with_review(new)
    row = tidy_rows([said])[0]
    assert (row["logic"], row["reviewed"], row["unsure"]) == (new[0].value, 1, 0)
    assert row["program_logic"] == light[0].logic
    assert row["kodet_af_anna"] == new[0].danish
    assert tidy_rows(light)[0]["reviewed"] == 0


def test_an_uncoded_statement_has_empty_cells() -> None:
    row = tidy_rows([Statement("a")])[0]
    assert (row["logic"], row["duty"], row["p_duty"]) == ("", None, None)


def test_parquet_keeps_the_types(light: list[Statement], tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    write_tidy(light, tmp_path / "d.parquet")
    table = pq.read_table(tmp_path / "d.parquet")
    assert str(table.schema.field("p_duty").type) == "double"
    assert str(table.schema.field("duty").type) == "int64"
    assert table.num_rows == len(light)


@given(st.lists(ODD, max_size=5, unique=True))
def test_names_are_ascii_and_unique(titles: list[str]) -> None:
    names: list[str] = []
    for title in titles:
        names.append(ascii_name(title, names))
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name) for name in names)


@given(st.lists(statements(), max_size=3))
def test_any_text_can_be_written(said: list[Statement]) -> None:
    for row in tidy_rows(said):
        "".join(map(str, row.values())).encode("utf-8")


def test_nothing_is_written_over(light: list[Statement], tmp_path: Path) -> None:
    (tmp_path / "d.kodebog.md").write_text("mit")
    with pytest.raises(FileExistsError):
        write_tidy(light[:1], tmp_path / "d.csv")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d.kodebog.md"]
