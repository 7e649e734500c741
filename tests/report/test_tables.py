"""Profiles in the terminal and in a notebook."""

from __future__ import annotations

import io

from rich.console import Console

from etisklandskab import Statement, aggregate


def test_the_terminal_table_fits_eighty_columns(coded: list[Statement]) -> None:
    out = Console(file=io.StringIO(), width=80)
    out.print(aggregate(coded))
    text = out.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines())) <= 80
    for word in (
        "Gruppe 1",
        "sammen om",
        "Pligt",
        "Nærhed",
        "Konsekvens",
        "Ingen",
        "I alt",
        "95 %",
    ):
        assert word in text
    assert "…" not in text


def test_the_notebook_table_escapes_what_notes_say(coded: list[Statement]) -> None:
    from dataclasses import replace

    html = aggregate([replace(coded[0], group="<b>&")])._repr_html_()
    assert "&lt;b&gt;&amp;" in html
    assert "<b>&" not in html
