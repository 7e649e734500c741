"""The shipped bundle is what the corpus and the code give."""

from __future__ import annotations

from pathlib import Path

import pytest

from etisklandskab.model.bundle import save_bundle
from etisklandskab.model.classifier import shipped_model
from etisklandskab.training import train as module
from etisklandskab.training.corpus import Labelled, read_corpus


def test_the_shipped_model_is_rebuilt_bit_for_bit(tmp_path: Path) -> None:
    save_bundle(module.train(), tmp_path / "again")
    for name in ("manifest.json", "model.json", "weights.npz"):
        assert (tmp_path / "again" / name).read_bytes() == (shipped_model() / name).read_bytes()


def test_training_never_asks_for_the_test_split(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def few(path: object = None, *, splits: list[str]) -> list[Labelled]:
        asked.extend(splits)
        return read_corpus(splits=splits)[:300]

    monkeypatch.setattr(module, "read_corpus", few)
    module.train()
    assert sorted(asked) == ["dev", "train"]
