"""A statement's vector depends on the statement in its place and on nothing else."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import numpy as np
import onnxruntime
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etisklandskab import Statement
from etisklandskab.model import encoder as module
from etisklandskab.model.bundle import load_bundle
from etisklandskab.model.classifier import shipped_model
from etisklandskab.model.encoder import BEGIN, END, POSITIONS, Encoder, Key, arrange, key_of
from etisklandskab.training.corpus import read_corpus

KEYS = [key_of(row.statement) for row in read_corpus(splits=["dev"])[:60]]


@pytest.fixture(scope="module")
def shipped() -> Encoder:
    found = load_bundle(shipped_model()).linear.encoder
    assert found is not None
    return found


@pytest.fixture
def fresh(shipped: Encoder) -> Iterator[Encoder]:
    """The shipped encoder with nothing remembered."""
    shipped._known.clear()
    yield shipped
    shipped._known.clear()


def test_what_is_seen_of_a_statement() -> None:
    assert key_of("Netop.") == ("Netop.", "", "")
    in_place = Statement("Netop.", heading="Ansvar", before="Det er vores pligt", group="A")
    assert key_of(in_place) == ("Netop.", "Ansvar", "Det er vores pligt")


numbers = st.lists(st.integers(4, 99), max_size=400)


@given(numbers, numbers, numbers)
def test_the_statement_stands_first_and_everything_fits(
    text: list[int], heading: list[int], before: list[int]
) -> None:
    pieces, size = arrange(text, heading, before)
    assert len(pieces) <= POSITIONS
    assert pieces[0] == BEGIN
    assert pieces[size - 1] == END
    assert pieces.count(END) == (3 if heading or before else 1)
    if len(text) < 200:
        assert pieces[1 : size - 1] == text
    else:  # the middle goes: an argument is made at the beginning or concluded at the end
        assert pieces[1] == text[0]
        assert pieces[size - 2] == text[-1]


def test_vectors_have_length_one(fresh: Encoder) -> None:
    vectors = fresh.encode(KEYS)
    assert vectors.shape == (len(KEYS), 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=60), st.text(max_size=20), st.text(max_size=30)),
             min_size=1, max_size=5),
    st.randoms(),
)  # fmt: skip
@example([("犬は好き", "", ""), ("🙂🙂", "Ο λόγος", "мы"), ("\ud800"[:0], "", "")], None)
def test_a_vector_does_not_depend_on_company_or_order(keys: list[Key], random: object) -> None:
    encoder = load_once()
    encoder._known.clear()
    together = encoder.encode(keys)
    assert np.isfinite(together).all()
    order = list(range(len(keys)))
    if random is not None:
        random.shuffle(order)  # type: ignore[attr-defined]
    encoder._known.clear()
    assert np.array_equal(encoder.encode([keys[i] for i in order]), together[order])
    for key, vector in zip(keys, together, strict=True):
        encoder._known.clear()
        assert np.array_equal(encoder.encode([key])[0], vector)


def load_once(known: list[Encoder] = []) -> Encoder:  # noqa: B006
    if not known:
        encoder = load_bundle(shipped_model()).linear.encoder
        assert encoder is not None
        known.append(encoder)
    return known[0]


def test_batches_of_any_size_give_the_same(fresh: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fresh.encode(KEYS)
    for size in (1, 100, 700):
        monkeypatch.setattr(module, "_BATCH", size)
        fresh._known.clear()
        assert np.array_equal(fresh.encode(KEYS), whole)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_any_number_of_threads_gives_the_same(shipped: Encoder, threads: int) -> None:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        shipped.onnx, options, providers=["CPUExecutionProvider"]
    )
    for pieces, text in shipped.pieces(KEYS[:12]):
        inputs = {"ids": np.array([pieces]), "text": np.array([text])}
        assert np.array_equal(session.run(None, inputs)[0], shipped._session.run(None, inputs)[0])


def test_the_same_statement_is_encoded_once(
    fresh: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut: list[int] = []
    pieces = Encoder.pieces

    def counted(self: Encoder, keys: list[Key]) -> list[tuple[list[int], int]]:
        cut.append(len(keys))
        return pieces(self, keys)

    monkeypatch.setattr(Encoder, "pieces", counted)
    first = fresh.encode([KEYS[0], KEYS[1], KEYS[0]])
    assert np.array_equal(first[0], first[2])
    again = fresh.encode([KEYS[1], KEYS[2]])
    assert np.array_equal(again[0], first[1])
    assert cut == [2, 1]


def test_what_is_remembered_is_bounded(fresh: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CACHE", 10)
    vectors = fresh.encode(KEYS[:25])
    assert len(fresh._known) == 10
    assert np.array_equal(fresh.encode(KEYS[:25]), vectors)


def test_context_changes_what_a_short_answer_means(fresh: Encoder) -> None:
    alone, duty, effect = fresh.encode(
        [
            ("Ja, netop.", "", ""),
            ("Ja, netop.", "Hvem har ansvaret?", "Det skylder vi alle borgere efter loven"),
            ("Ja, netop.", "Virker det?", "Så kommer der færre indlæggelser"),
        ]
    )
    assert alone @ duty < 0.999
    assert duty @ effect < 0.999


def test_it_can_be_sent_to_another_process(fresh: Encoder) -> None:
    again = pickle.loads(pickle.dumps(fresh))
    assert again == fresh
    assert np.array_equal(again.encode(KEYS[:3]), fresh.encode(KEYS[:3]))
