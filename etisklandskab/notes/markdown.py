"""Markdown: headings, lists and tables."""

from __future__ import annotations

import re
from itertools import groupby

from etisklandskab.notes.blocks import Block
from etisklandskab.notes.tables import table_to_blocks
from etisklandskab.notes.text import decode, to_blocks

__all__ = ["read_markdown"]

_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULE = re.compile(r"^[\s|:-]+$")


def read_markdown(data: bytes, source: str) -> list[Block]:
    """Read a ``.md`` file."""
    blocks: list[Block] = []
    lines = decode(data, source).split("\n")
    for is_table, part in groupby(lines, key=lambda line: bool(_ROW.match(line))):
        if is_table:
            rows = [
                [cell.strip() for cell in line.strip().strip("|").split("|")]
                for line in part
                if not _RULE.match(line)
            ]
            blocks += table_to_blocks(rows, "tabel, række {}")
        else:
            blocks += to_blocks(part, markdown=True)
    return blocks
