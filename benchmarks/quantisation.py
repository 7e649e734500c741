"""What eight-bit blocks cost: the shipped encoder against its weights in 32-bit floats.

Needs the state of the fine-tuning (`etisklandskab train --checkpoint FILE`), which does not ship.

Run: python benchmarks/quantisation.py out/finetuning.pt
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import torch

from etisklandskab import load_model
from etisklandskab.model.encoder import Encoder, Key, key_of
from etisklandskab.model.linear import softmax
from etisklandskab.training.base import prune, read_base
from etisklandskab.training.corpus import read_corpus
from etisklandskab.training.evaluating import evaluate
from etisklandskab.training.finetuning import Recipe
from etisklandskab.training.network import Network


@dataclass(frozen=True)
class Floats:
    """The fine-tuned network in PyTorch, seen as an encoder."""

    network: Network
    cutter: Encoder

    def encode(self, keys: list[Key]) -> np.ndarray:
        """Return a vector for each statement, one at a time: nothing is padded."""
        with torch.no_grad():
            return np.vstack(
                [
                    self.network.vectors(torch.tensor([pieces]), torch.tensor([text])).numpy()
                    for pieces, text in self.cutter.pieces(keys)
                ]
            )


def main() -> None:
    """Print kappa of both by genre of the test split, and how near their vectors are."""
    state = torch.load(sys.argv[1], weights_only=True)
    keys = [key_of(row.statement) for row in read_corpus(splits=["train"])]
    base, _ = prune(read_base(), dict.fromkeys(part for key in keys for part in key))
    network = Network(base, Recipe(**state["recipe"]).layers)
    network.load_state_dict(state["network"])
    linear = load_model().bundle_.linear
    assert linear.encoder is not None
    test = read_corpus(splits=["test"])
    seen = [key_of(row.statement) for row in test]
    grams = np.array([linear.scores(row.statement) for row in test])
    vectors = {
        "floats": Floats(network.eval(), linear.encoder).encode(seen),
        "shipped": linear.encoder.encode(seen),
    }
    near = (vectors["floats"] * vectors["shipped"]).sum(axis=1)
    print(f"cosine: mean {near.mean():.4f}, least {near.min():.4f}\n")
    p = {}
    for name, v in vectors.items():
        scores = grams + linear.dense_weight * (v.astype(float) @ linear.dense)
        p[name] = softmax(scores / linear.temperature + linear.shift)
    print("| genre | n | kappa, floats | kappa, shipped | difference |\n|---|---:|---:|---:|---:|")
    genre = np.array([row.genre for row in test])
    for name in [*sorted(set(genre)), "all"]:
        at = np.flatnonzero((genre == name) | (name == "all"))
        truth = [test[i].primary for i in at]
        one, other = (evaluate(p[kind][at], truth).kappa for kind in ("floats", "shipped"))
        print(f"| {name} | {len(at)} | {one:.3f} | {other:.3f} | {other - one:+.3f} |")


if __name__ == "__main__":
    main()
