"""Whole-process time to code one note, against a plain scikit-learn script, in one run.

The peer does what a plain script does: it imports scikit-learn, loads a TF-IDF and
logistic-regression pipeline that joblib wrote, and predicts the note's lines. Both
processes run in turn, five times after a warm-up; the ratio is of the medians.

Run: python benchmarks/start.py [NOTE] [--runs 5]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTE = ROOT / "data" / "examples" / "Workshop 1" / "Gruppe 2.txt"

PEER_NAME = "scikit-learn script"
PEER = """
import sys
import joblib
import sklearn
pipeline = joblib.load(sys.argv[1])
lines = open(sys.argv[2], encoding="utf-8").read().splitlines()
for line, label in zip(lines, pipeline.predict(lines)):
    print(label, line)
"""


def fit_peer(path: Path) -> None:
    """Fit and store the peer's pipeline on the training split."""
    import joblib
    from peers import labels, texts, tfidf_pipeline

    from etisklandskab.training.corpus import read_corpus

    rows = read_corpus(splits=["train"])
    pipeline = tfidf_pipeline().fit(texts(rows), labels(rows))
    joblib.dump(pipeline, path)


def seconds(command: list[str]) -> float:
    """Return the wall time of a process."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Time both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("note", nargs="?", type=Path, default=NOTE)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    from etisklandskab import read_notes

    lines = [statement.text for statement in read_notes(arguments.note)]
    with tempfile.TemporaryDirectory() as folder:
        stored, text = Path(folder, "peer.joblib"), Path(folder, "note.txt")
        fit_peer(stored)
        text.write_text("\n".join(lines), encoding="utf-8")
        full = [sys.executable, "-m", "etisklandskab", "classify", str(arguments.note), "-o", "-"]
        peer = [sys.executable, "-c", PEER, str(stored), str(text)]
        commands = {PEER_NAME: peer, "full model": full, "light model": [*full, "--light"]}
        times: dict[str, list[float]] = {name: [] for name in commands}
        for run in range(arguments.runs + 1):
            for name, command in commands.items():
                taken = seconds(command)
                if run:
                    times[name].append(taken)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    print(f"{arguments.note.name}: {len(lines)} statements, {arguments.runs} runs each, in turn")
    for name, taken in times.items():
        spread = f"{min(taken):.2f}-{max(taken):.2f}"
        ratio = medians[name] / medians[PEER_NAME]
        print(f"  {name:<20} median {medians[name]:.2f} s ({spread} s), ratio {ratio:.3f}")
    print("  aim: a ratio of at most 0.15")


if __name__ == "__main__":
    main()
