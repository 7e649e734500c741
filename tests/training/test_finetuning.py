"""Fine-tuning, on an encoder small enough for a test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from etisklandskab import Logic, Statement
from etisklandskab.model.encoder import Encoder, key_of
from etisklandskab.training import finetuning
from etisklandskab.training.base import Base
from etisklandskab.training.corpus import Labelled, read_corpus
from etisklandskab.training.finetuning import Recipe, finetune, soft_targets

ROWS = read_corpus(splits=["train"])[:160]
RECIPE = Recipe(layers=2, epochs=2, batch=16, rate=1e-3, head_rate=1e-2)


def quiet(text: str) -> None:
    """Say nothing."""


def labelled(primary: Logic, logics: tuple[Logic, ...], *codings: tuple[Logic, ...]) -> Labelled:
    return Labelled("x", ROWS[0].statement, primary, logics, "tale", "train", codings)


def test_targets_are_the_mean_over_the_coders() -> None:
    duty, proximity = Logic.DUTY, Logic.PROXIMITY
    rows = [
        labelled(duty, (duty,), (duty,), (duty,)),
        labelled(duty, (duty,), (duty, proximity), (duty,)),
        labelled(Logic.NONE, (), (), (proximity,)),
    ]
    target = soft_targets(rows)
    assert target.sum(axis=1) == pytest.approx([1, 1, 1])
    assert target[0].tolist() == [1, 0, 0, 0]
    assert target[1, :2] == pytest.approx([2.65 / 3, 0.35 / 3])
    assert target[2] == pytest.approx([0, 1 / 3, 0, 2 / 3])


def test_every_target_of_the_corpus_has_the_settled_code_on_top() -> None:
    target = soft_targets(ROWS)
    sure = [row.codings[0] == row.codings[1] for row in ROWS]
    top = [list(Logic)[k] for k in target.argmax(axis=1)]
    assert all(t is row.primary for t, row, s in zip(top, ROWS, sure, strict=True) if s)


def test_it_learns(base: Base) -> None:
    signs = {"pligt": Logic.DUTY, "lytte": Logic.PROXIMITY, "virker": Logic.CONSEQUENCE}
    rows = [
        replace(
            labelled(signs.get(word, Logic.NONE), logics, logics, logics),
            statement=Statement(f"{'og ' * (n % 4)}{word} {'ja' * (n % 3)}"),
        )
        for n in range(10)
        for word in ("pligt", "lytte", "virker", "kl")
        for logics in [(signs[word],) if word in signs else ()]
    ]
    told: list[str] = []
    recipe = Recipe(layers=2, epochs=10, batch=4, rate=1e-3, head_rate=1e-2, blanks=0.0)
    finetune(rows, recipe, base=base, say=told.append)
    assert len(told) == 1  # a hundred steps
    loss = float(told[0].rsplit(" ", 1)[1])
    assert loss < 0.7  # half of what four logics by chance give, 1.39


def test_going_on_from_a_checkpoint_gives_what_one_run_gives(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, head = finetune(ROWS, RECIPE, base=base, say=quiet)
    monkeypatch.setattr(finetuning, "_SAVE", -1.0)  # at every step
    path, steps = tmp_path / "state.pt", 0
    padded = finetuning._padded

    def broken(*arguments: object) -> object:
        nonlocal steps
        steps += 1
        if steps == 8:
            raise KeyboardInterrupt
        return padded(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(finetuning, "_padded", broken)
    with pytest.raises(KeyboardInterrupt):
        finetune(ROWS, RECIPE, base=base, checkpoint=path, say=quiet)
    monkeypatch.setattr(finetuning, "_padded", padded)
    again, again_head = finetune(ROWS, RECIPE, base=base, checkpoint=path, say=quiet)
    assert again.onnx == whole.onnx
    assert np.array_equal(again_head, head)
    with pytest.raises(ValueError, match="en anden opskrift"):
        finetune(ROWS, Recipe(layers=1), base=base, checkpoint=path, say=quiet)


def test_the_head_belongs_to_the_vectors(base: Base) -> None:
    encoder, head = finetune(ROWS, RECIPE, base=base, say=quiet)
    assert isinstance(encoder, Encoder)
    vectors = encoder.encode([key_of(row.statement) for row in ROWS])
    assert (vectors @ head).shape == (len(ROWS), 4)


def test_batches_show_every_statement_once_a_pass_and_are_drawn_anew() -> None:
    pieces = [[([0] * (5 + i % 9), 5)] * 1 for i in range(50)]
    three = [[p[0] for p in pieces]] * 3
    one, two = (finetuning._batches(three, Recipe(batch=8), epoch) for epoch in (0, 1))
    for batches in (one, two):
        assert sorted(i for batch, _ in batches for i in batch) == list(range(50))
    assert one != two
    assert one == finetuning._batches(three, Recipe(batch=8), 0)
