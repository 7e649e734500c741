"""Write one CSV line for each group, concept and logic: an example for reporting scripts.

Reads a folder for each municipality, each with a folder for each workshop, codes what is not
coded by today's model, and weighs municipalities alike however many statements they sent.

Run: python notebooks/quarterly_report.py FOLDER FILE.csv
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import etisklandskab as el
from etisklandskab.report.coded import write_rows


def read(folder: Path) -> list[el.Statement]:
    """Return the statements of all municipalities, each with its name and weight."""
    found = [
        replace(statement, extra={**statement.extra, "kommune": part.name})
        for part in sorted(folder.iterdir())
        if part.is_dir()
        for statement in el.read_notes(part)
    ]
    sizes = Counter(statement.extra["kommune"] for statement in found)
    return [
        replace(s, extra={**s.extra, "vægt": str(len(found) / sizes[s.extra["kommune"]])})
        for s in found
    ]


def main(folder: str, output: str) -> None:
    """Aggregate and write."""
    profile = el.aggregate(
        read(Path(folder)), by=("kommune", "workshop", "group"), weights="vægt", recode=True
    )
    write_rows(list(profile.rows()), output)


if __name__ == "__main__":
    main(*sys.argv[1:])
