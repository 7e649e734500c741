"""The figures of the model card: results on the test split, calibration and the learning curve.

The learning curve is that of the light model; it takes whole documents in a fixed
random order until it has so many statements. The start corpus is what there was
first: five writers' documents (D01 to D05), with the first coder's codes alone.

Run: python benchmarks/model_card.py [--light] [--no-curve] [--picture models/calibration.svg]
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from etisklandskab import EthicsClassifier, Logic, load_model
from etisklandskab.columns import read_labels
from etisklandskab.landscape import Concept, split_list
from etisklandskab.training.corpus import Labelled, corpus_path, read_corpus
from etisklandskab.training.evaluating import evaluate, f1_of_logics
from etisklandskab.training.train import fit_on


def by_genre(rows: Sequence[Labelled]) -> dict[str, list[Labelled]]:
    """Return the rows of each genre, and all of them."""
    parts: dict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        parts[row.genre].append(row)
    return {**dict(sorted(parts.items())), "all": list(rows)}


def result(model: EthicsClassifier, rows: Sequence[Labelled]) -> object:
    """Evaluate a model on rows."""
    p = model.bundle_.linear.probabilities([row.statement for row in rows])
    return evaluate(p, [row.primary for row in rows])


def start_corpus(rows: Sequence[Labelled]) -> list[Labelled]:
    """Return the first five writers' documents with the first coder's codes."""
    with corpus_path().open(encoding="utf-8", newline="") as file:
        first = {row["id"]: row["coder1"] for row in csv.DictReader(file)}
    chosen = [row for row in rows if row.id.startswith(("D01", "D02", "D03", "D04", "D05"))]
    return [replace(row, primary=read_labels(split_list(first[row.id])[0])[0]) for row in chosen]


def portion(rows: Sequence[Labelled], size: int) -> list[Labelled]:
    """Return whole documents with about so many statements."""
    documents: dict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        documents[row.statement.source].append(row)
    order = sorted(documents)
    random.Random(2026).shuffle(order)
    taken: list[Labelled] = []
    for name in order:
        if len(taken) >= size:
            break
        taken += documents[name]
    return taken


def is_right(p: np.ndarray, rows: Sequence[Labelled]) -> np.ndarray:
    """Return for each statement whether its likeliest logic is the settled one."""
    return p.argmax(axis=1) == [list(Logic).index(row.primary) for row in rows]


def unsure_of(p: np.ndarray, model: EthicsClassifier, rows: Sequence[Labelled]) -> None:
    """Print what the mark "unsure" is worth, and how well all logics of a statement are named."""
    linear = model.bundle_.linear
    right = is_right(p, rows)
    look = p.max(axis=1) < linear.unsure
    print(
        f"\nUnsure below {linear.unsure:.2f}: {look.mean():.1%} of the statements, which hold "
        f"{(~right & look).sum() / max(1, (~right).sum()):.1%} of the errors; "
        f"the others are right in {right[~look].mean():.1%}."
    )
    f1 = f1_of_logics([linear.logics(one) for one in p], [row.logics for row in rows])
    print(f"All logics of a statement, from {linear.present:.2f} on: F1 {f1:.3f}.")


def draw(p: np.ndarray, rows: Sequence[Labelled], path: Path) -> None:
    """Draw how often the model is right by how sure it was, in ten bins of equal size."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "etisklandskab"
    import matplotlib.pyplot as plt

    sure = p.max(axis=1)
    right = is_right(p, rows)
    bins = np.array_split(np.argsort(sure, kind="stable"), 10)
    figure, axes = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
    axes.plot([0.25, 1], [0.25, 1], color="#8c8c8c", linewidth=1, label="perfect")
    axes.plot(
        [sure[b].mean() for b in bins], [right[b].mean() for b in bins], "o-", color="#0072b2",
        label=f"test split, n={len(rows)}",
    )  # fmt: skip
    axes.set(xlabel="probability of the code", ylabel="share that is right",
             xlim=(0.25, 1.02), ylim=(0.25, 1.02), aspect="equal")  # fmt: skip
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=150)


def main() -> None:
    """Print all tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--no-curve", action="store_true")
    parser.add_argument("--picture", type=Path, help="where to draw the calibration")
    arguments = parser.parse_args()
    test = read_corpus(splits=["test"])
    model = load_model(light=arguments.light)
    print(f"{model.bundle_.label}, test split n={len(test)}\n")
    print("| genre | n | accuracy | macro-F1 | kappa | calibration error |")
    print("|---|---:|---:|---:|---:|---:|")
    parts = by_genre(test)
    for name, rows in parts.items():
        r = result(model, rows)
        print(
            f"| {name} | {r.n} | {r.accuracy:.3f} | {r.macro_f1:.3f} | {r.kappa:.3f} | "
            f"{r.calibration_error:.3f} |"
        )
    print("\n| concept | n | accuracy | kappa |\n|---|---:|---:|---:|")
    for concept in Concept:
        r = result(model, [row for row in test if concept in row.statement.concepts])
        print(f"| {concept.value} | {r.n} | {r.accuracy:.3f} | {r.kappa:.3f} |")
    r = result(model, test)
    print(
        "\n| true \\ coded | " + " | ".join(x.value for x in Logic) + " | precision | recall | F1 |"
    )
    print("|---|" + "---:|" * 7)
    for logic, row in zip(Logic, r.confusion, strict=True):
        precision, recall, f1, _ = r.per_class[logic]
        cells = " | ".join(map(str, row))
        print(f"| {logic.value} | {cells} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")
    p = model.bundle_.linear.probabilities([row.statement for row in test])
    wrong = [
        (float(q.max()), list(Logic)[int(q.argmax())].value, row)
        for q, row, right in zip(p, test, is_right(p, test), strict=True)
        if not right
    ]
    unsure_of(p, model, test)
    if arguments.picture:
        draw(p, test, arguments.picture)
    print("\nTen errors it was surest of:")
    for sure, coded, row in sorted(wrong, key=lambda x: (-x[0], x[2].id))[:10]:
        print(f"- {row.id}: {row.primary.value}, coded {coded} ({sure:.2f}): {row.statement.text}")
    if arguments.no_curve:
        return
    train = read_corpus(splits=["train"])
    print("\n| trained on | n | " + " | ".join(parts) + " |")
    print("|---|---:|" + "---:|" * len(parts))
    sets = {"start corpus": start_corpus(train)}
    sets |= {f"{size}": portion(train, size) for size in (1000, 2000, 4000)}
    sets["all"] = train
    for name, rows in sets.items():
        fitted = fit_on(rows)
        kappas = [f"{result(fitted, part).kappa:.2f}" for part in parts.values()]
        print(f"| {name} | {len(rows)} | " + " | ".join(kappas) + " |", flush=True)


if __name__ == "__main__":
    main()
