"""The shipped bundle is what the corpus and the code give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from etisklandskab import Logic
from etisklandskab.model.bundle import load_bundle, save_bundle
from etisklandskab.model.classifier import shipped_model
from etisklandskab.training import train as module
from etisklandskab.training.corpus import Labelled, read_corpus


def test_the_light_model_is_rebuilt_bit_for_bit(tmp_path: Path) -> None:
    save_bundle(module.train_light(), tmp_path / "again")
    for file in shipped_model(light=True).iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_the_full_model_is_rebuilt_from_its_encoder() -> None:
    shipped = load_bundle(shipped_model())
    again = module.train_full(fitted=shipped)
    one, other = shipped.linear, again.linear
    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.dense, other.dense)
    # found on vectors, whose last digits are the processor's own
    assert one.dense_weight == pytest.approx(other.dense_weight, abs=0.03)
    assert one.temperature == pytest.approx(other.temperature, abs=0.03)
    assert one.shift == pytest.approx(other.shift, abs=0.03)
    assert one.present == pytest.approx(other.present, abs=0.011)
    assert one.unsure == pytest.approx(other.unsure, abs=0.011)


def test_a_model_without_an_encoder_has_none_to_give() -> None:
    with pytest.raises(ValueError, match="ingen sprogmodel"):
        module.train_full(fitted=load_bundle(shipped_model(light=True)))


def test_thresholds_are_the_cheapest_on_dev() -> None:
    linear = load_bundle(shipped_model(light=True)).linear
    dev = read_corpus(splits=["dev"])
    p = linear.probabilities([row.statement for row in dev])
    wrong = p.argmax(axis=1) != [list(Logic).index(row.primary) for row in dev]

    def cost(threshold: float) -> float:
        look = p.max(axis=1) < threshold
        return float(module.READING * look.sum() + (wrong & ~look).sum())

    assert all(cost(linear.unsure) <= cost(t) + 1e-9 for t in np.arange(0.2, 0.95, 0.05))


def test_training_never_asks_for_the_test_split(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def few(path: object = None, *, splits: list[str]) -> list[Labelled]:
        asked.extend(splits)
        return read_corpus(splits=splits)[:300]

    monkeypatch.setattr(module, "read_corpus", few)
    module.train_light()
    assert sorted(asked) == ["dev", "train"]
