"""Statements to weighted word and character n-grams.

N-grams are hashed, so a model holds no words: a colleague who is sent one
learns nothing of the notes it was fitted on, and loading reads no vocabulary.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import Statement

__all__ = ["BITS", "CHARACTERS", "CONTEXT", "WORDS", "Counts", "count", "words_of"]

BITS = 18
"""Features are numbered below ``2 ** BITS``."""

WORDS, CHARACTERS, CONTEXT = 0, 1, 2
"""The blocks of features; each is scaled to length one by itself."""

_MASK = (1 << BITS) - 1
_TOKEN = re.compile(r"\w+|[?!…]")
_LENGTHS = range(2, 6)

Counts = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]
"""Feature numbers (ascending), their counts, and the block each belongs to."""


def _hash(gram: str) -> int:
    return zlib.crc32(gram.encode("utf-8")) & _MASK


def words_of(text: str) -> list[str]:
    """Return a text's words in lower case; question marks and the like count as words.

    Examples
    --------
    >>> words_of("Hvem har ansvaret?")
    ['hvem', 'har', 'ansvaret', '?']
    """
    return _TOKEN.findall(text.lower())


@lru_cache(maxsize=1 << 16)
def _characters(word: str) -> tuple[int, ...]:
    padded = f" {word} "
    return tuple(
        _hash("c" + padded[i : i + n]) for n in _LENGTHS for i in range(len(padded) - n + 1)
    )


@lru_cache(maxsize=1 << 16)
def _word(word: str) -> int:
    return _hash("w" + word)


def count(statement: str | Statement, *, context: bool = True) -> Counts:
    """Count a statement's n-grams.

    Parameters
    ----------
    statement : str or Statement
        A bare string has no context; a statement brings its heading and the
        statement before it.
    context : bool, default=True
        Whether words of the context are counted.

    Returns
    -------
    Counts
        Words one by one and in pairs, characters in runs of two to five within
        words, and the words of the context by themselves.
    """
    if isinstance(statement, Statement):
        text, around = statement.text, (statement.heading, statement.before)
    else:
        text, around = statement, ("", "")
    words = words_of(text)
    blocks: Sequence[Iterable[int]] = (
        [
            *map(_word, words),
            *(_hash(f"w{a} {b}") for a, b in zip(["", *words], [*words, ""], strict=True)),
        ],
        [gram for word in words for gram in _characters(word)],
        [
            _hash(f"{where}{word}")
            for where, part in zip("hb", around if context else ("", ""), strict=True)
            for word in words_of(part)
        ],
    )
    numbers, counts, block = [], [], []
    for at, grams in enumerate(blocks):
        found, times = np.unique(np.fromiter(grams, np.int64), return_counts=True)
        numbers.append(found)
        counts.append(times.astype(np.float64))
        block.append(np.full(len(found), at))
    return np.concatenate(numbers), np.concatenate(counts), np.concatenate(block)
