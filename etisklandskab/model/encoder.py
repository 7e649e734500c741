"""A statement in its place to a vector, by a transformer that onnxruntime runs.

The encoder reads the statement first, then its heading and the statement before it, and gives the
mean over the statement's own word pieces. What a statement gets does not depend on what it is
encoded together with: it is padded to a length of its own, never to that of a batch.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import Statement

__all__ = ["BEGIN", "END", "PAD", "POSITIONS", "PREFIX", "UNKNOWN", "Encoder", "Key", "key_of"]

Key = tuple[str, str, str]
"""What an encoder sees of a statement: its text, its heading and the statement before it."""

BEGIN, PAD, END, UNKNOWN = 0, 1, 2, 3
"""Numbers of the special word pieces."""

POSITIONS = 256
"""Word pieces of a statement with its context, at the most."""

PREFIX = "query: "  # what multilingual-e5 was pretrained to see before a text
_HEADING, _CONTEXT = 14, 36  # word pieces of the heading, and of heading and line before together
_TEXT = POSITIONS - _CONTEXT - 4  # less the four marks of begin and end
_STEP = 8  # lengths are rounded up to a multiple: fewer, larger batches
_BATCH = 1024  # word pieces run at once: more are no faster and take more memory
_CACHE = 4096  # vectors kept: about 6 MB


def key_of(statement: str | Statement) -> Key:
    """Return what is seen of a statement; a bare string has no context.

    Examples
    --------
    >>> key_of(Statement("Netop.", heading="Ansvar", before="Det er vores pligt"))
    ('Netop.', 'Ansvar', 'Det er vores pligt')
    """
    if isinstance(statement, Statement):
        return statement.text, statement.heading, statement.before
    return statement, "", ""


@dataclass(frozen=True)
class Encoder:
    """An encoder as it lies on disk; its session starts when it first encodes.

    Parameters
    ----------
    onnx : bytes
        The network, as `etisklandskab.training.export.to_onnx` writes it.
    tokenizer : bytes
        The word pieces, as the library tokenizers writes them (JSON).
    """

    onnx: bytes = field(repr=False)
    tokenizer: bytes = field(repr=False)
    _known: OrderedDict[Key, NDArray[np.float32]] = field(
        default_factory=OrderedDict, repr=False, compare=False
    )

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self.onnx, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _pieces(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_buffer(self.tokenizer)

    def __getstate__(self) -> tuple[bytes, bytes]:
        return self.onnx, self.tokenizer

    def __setstate__(self, state: tuple[bytes, bytes]) -> None:
        object.__setattr__(self, "onnx", state[0])
        object.__setattr__(self, "tokenizer", state[1])
        object.__setattr__(self, "_known", OrderedDict())

    def encode(self, keys: Sequence[Key]) -> NDArray[np.float32]:
        """Return a vector for each statement.

        Parameters
        ----------
        keys : sequence of tuple of three str
            n statements as `key_of` gives them; those that are the same are encoded once.

        Returns
        -------
        ndarray of shape (n, d), float32
            Vectors of length one.
        """
        new = [key for key in dict.fromkeys(keys) if key not in self._known]
        vectors = dict(self._run(new))
        for key in dict.fromkeys(keys):
            if key not in vectors:
                vectors[key] = self._known[key]
                self._known.move_to_end(key)
        for key in new[-_CACHE:]:
            self._known[key] = vectors[key]
        while len(self._known) > _CACHE:
            self._known.popitem(last=False)
        return np.stack([vectors[key] for key in keys])

    def _run(self, keys: Sequence[Key]) -> Iterator[tuple[Key, NDArray[np.float32]]]:
        """Encode statements in batches of one length each."""
        of_length: dict[int, list[tuple[Key, list[int], int]]] = defaultdict(list)
        for key, (pieces, text) in zip(keys, self.pieces(keys), strict=True):
            of_length[-(-len(pieces) // _STEP) * _STEP].append((key, pieces, text))
        for length, found in sorted(of_length.items()):
            size = max(1, _BATCH // length)
            for start in range(0, len(found), size):
                batch = found[start : start + size]
                ids = np.full((len(batch), length), PAD, np.int64)
                for row, (_, pieces, _) in zip(ids, batch, strict=True):
                    row[: len(pieces)] = pieces
                texts = np.array([text for _, _, text in batch], np.int64)
                (raw,) = self._session.run(None, {"ids": ids, "text": texts})
                lengths = np.sqrt(np.square(raw).sum(axis=1, keepdims=True))
                for (key, _, _), vector in zip(batch, raw / lengths, strict=True):
                    yield key, vector

    def pieces(self, keys: Sequence[Key]) -> list[tuple[list[int], int]]:
        """Cut statements into word pieces.

        Parameters
        ----------
        keys : sequence of tuple of three str
            n statements as `key_of` gives them.

        Returns
        -------
        list of tuple of (list of int, int)
            The numbers of the pieces: the statement between begin and end, then the ends of its
            heading and of the statement before it, if there is any context; and how many from the
            front are the statement. One that is too long loses its middle.
        """
        return [
            arrange(*parts)
            for parts in zip(
                *(
                    [found.ids for found in self._pieces.encode_batch(texts)]
                    for texts in (
                        [PREFIX + text for text, _, _ in keys],
                        [heading for _, heading, _ in keys],
                        [before for _, _, before in keys],
                    )
                ),
                strict=True,
            )
        ]


def arrange(text: list[int], heading: list[int], before: list[int]) -> tuple[list[int], int]:
    """Put a statement's pieces and its context's into one sequence.

    Examples
    --------
    >>> arrange([7, 8], [9], [])
    ([0, 7, 8, 2, 9, 2, 2], 4)
    >>> arrange([7, 8], [], [])
    ([0, 7, 8, 2], 4)
    """
    if len(text) > _TEXT:
        half = _TEXT // 2
        text = [*text[:half], *text[-half:]]
    pieces = [BEGIN, *text, END]
    size = len(pieces)
    if heading or before:
        heading = heading[-_HEADING:]
        pieces += [*heading, END, *before[-(_CONTEXT - len(heading)) :], END]
    return pieces, size
