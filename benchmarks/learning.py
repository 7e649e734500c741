"""What a model learns from a consultant's codes, by how many she gives.

Codes of whole documents of the split, at most so many in all, are given to ``learn``'s method;
the rest of the split, other documents, says how often the learnt model is right. Three hands: the
corpus's codes, as one who codes by the codebook; the last of a statement's logics instead of the
first, as one who weighs them the other way round; and one to whom every duty is a consequence.
Then the example workshops by the first of two blind coders (``data/examples-codes.csv``): from the
workshops before to the next, by ``learn`` as it is.

Run: python benchmarks/learning.py [--times 10]
"""

from __future__ import annotations

import argparse
import csv
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from etisklandskab import Logic, Statement, learn, load_model, read_notes
from etisklandskab.examples import example_notes
from etisklandskab.model.linear import CODES
from etisklandskab.training.adapting import adapt, see
from etisklandskab.training.corpus import read_corpus
from etisklandskab.training.learning import choose_strength

SIZES = (40, 100, 200, 400, 800)
CODED = Path(__file__).parents[1] / "data" / "examples-codes.csv"


def curve(split: str, times: int) -> None:
    """Print how often a learnt model is right on other documents than it learnt from."""
    rows = [row for row in read_corpus(splits=[split]) if row.genre != "kvartet"]
    seen = see(load_model().bundle_.linear, [row.statement for row in rows])
    sources = np.array([row.statement.source for row in rows])
    hands = {
        "the codebook": [row.primary for row in rows],
        "the other weighing": [(row.logics or (row.primary,))[-1] for row in rows],
        "duty is consequence": [
            Logic.CONSEQUENCE if row.primary is Logic.DUTY else row.primary for row in rows
        ],
    }
    print(
        "| hand | codes | before | after | better in | strengths |\n|---|---:|---:|---:|---:|---|"
    )
    for hand, codes in hands.items():
        y = np.array([CODES.index(code) for code in codes])
        rng = np.random.default_rng(2026)
        for size in SIZES:
            before, after, strengths = [], [], []
            for _ in range(times):
                given: list[int] = []
                for source in rng.permutation(np.unique(sources)):
                    given += np.flatnonzero(sources == source).tolist()
                    if len(given) >= size:
                        break
                train = np.array(given[:size])
                test = np.flatnonzero(~np.isin(sources, sources[train]))
                hers = [rows[i].statement.with_review([codes[i]]) for i in train]
                strength = choose_strength(hers, seen.part(train))
                move = adapt(seen.part(train), [codes[i] for i in train], strength)
                before.append(np.mean(seen.logits[test].argmax(axis=1) == y[test]))
                after.append(np.mean(move.logits(seen.part(test)).argmax(axis=1) == y[test]))
                strengths.append(strength)
            better = np.mean(np.array(after) > before)
            chosen = ", ".join(f"{s:g}" for s in sorted(set(strengths)))
            print(
                f"| {hand} | {size} | {np.mean(before):.3f} | {np.mean(after):.3f} | {better:.0%} "
                f"| {chosen} |",
                flush=True,
            )


def right(coded: Sequence[Statement], truth: Sequence[Logic]) -> float:
    return float(np.mean([s.logic is t for s, t in zip(coded, truth, strict=True)]))


def evenings() -> None:
    """Print what the workshops before taught of the next."""
    with CODED.open(encoding="utf-8", newline="") as file:
        codes = {(r["source"], int(r["position"])): r["coder1"] for r in csv.DictReader(file)}
    said = read_notes(example_notes())
    truth = [Logic(codes[s.source, s.position].split(",")[0]) for s in said]
    model = load_model()
    coded = model.code(said)
    print(f"\nExample workshops: {right(coded, truth):.3f} right, n={len(said)}\n")
    print(
        "| learnt from | codes | on | n | before | after | kept |\n|---|---:|---|---:|---:|---:|---|"
    )
    for before, after in (("1", "2"), ("12", "3")):
        hers = [
            s.with_review([t])
            for s, t in zip(coded, truth, strict=True)
            if s.workshop[-1] in before
        ]
        at = [n for n, s in enumerate(said) if s.workshop[-1] == after]
        own, true = [said[n] for n in at], [truth[n] for n in at]
        before_it = right([coded[n] for n in at], true)
        learnt = learn(hers, model=model)
        print(
            f"| workshop {' and '.join(before)} | {len(hers)} | workshop {after} | {len(at)} "
            f"| {before_it:.3f} | {right(learnt.model.code(own), true):.3f} "
            f"| {'yes' if learnt.worth_keeping else 'no'} |",
            flush=True,
        )


def main() -> None:
    """Print both tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="test", choices=["dev", "test"])
    parser.add_argument("--times", type=int, default=10)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    print(
        f"{load_model().bundle_.label}, {arguments.split} split, {arguments.times} draws of "
        "documents a row\n"
    )
    curve(arguments.split, arguments.times)
    evenings()


if __name__ == "__main__":
    main()
