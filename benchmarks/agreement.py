"""How far the coders of the corpus agree, by genre.

Kappa is Cohen's between the first and the second coder on the primary logic;
alpha is Krippendorff's (nominal) over all coders of a statement; `sets` is how
often the first two name exactly the same logics.

Run: python benchmarks/agreement.py
"""

from __future__ import annotations

import csv
from collections import Counter

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score

from etisklandskab.landscape import Logic, split_list
from etisklandskab.training.corpus import corpus_path

CODES = [logic.value for logic in Logic]


def primary(cell: str) -> float:
    """Return the number of a coder's primary logic, NaN for no code."""
    parts = split_list(cell)
    return float(CODES.index(parts[0])) if parts else np.nan


def line(name: str, rows: list[dict[str, str]]) -> str:
    """Return a row of the table."""
    table = np.array([[primary(row[f"coder{k}"]) for row in rows] for k in (1, 2, 3)])
    twice = ~np.isnan(table[1])
    first, second = table[0, twice], table[1, twice]
    sets = np.mean([set(split_list(r["coder1"])) == set(split_list(r["coder2"])) for r in rows])
    alpha = krippendorff.alpha(table, level_of_measurement="nominal", value_domain=[0, 1, 2, 3])
    return (
        f"| {name} | {len(rows)} | {np.mean(first == second):.3f} | "
        f"{cohen_kappa_score(first, second):.3f} | {alpha:.3f} | {sets:.3f} |"
    )


def main() -> None:
    """Print the table, and how often which two primaries were confused."""
    with corpus_path().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    print("| genre | n | agree | kappa | alpha | sets |")
    print("|---|---:|---:|---:|---:|---:|")
    for genre in sorted({row["genre"] for row in rows}):
        print(line(genre, [row for row in rows if row["genre"] == genre]))
    print(line("all", rows))
    print(line("test split", [row for row in rows if row["split"] == "test"]))
    pairs = Counter(
        tuple(sorted((split_list(row["coder1"])[0], split_list(row["coder2"])[0])))
        for row in rows
        if row["coder2"]
    )
    print("\nprimaries confused:", {p: n for p, n in pairs.most_common() if p[0] != p[1]})
    print("settled:", dict(Counter(row["settled"] for row in rows)))


if __name__ == "__main__":
    main()
