"""The corpus to the shipped bundles: the light one of n-grams, and the full one with an encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from etisklandskab.model.bundle import Bundle, make_bundle
from etisklandskab.model.classifier import EthicsClassifier
from etisklandskab.model.encoder import Encoder, key_of
from etisklandskab.model.fitting import calibrate
from etisklandskab.model.linear import CODES, LinearModel, softmax
from etisklandskab.model.reliability import Reliability, measure
from etisklandskab.training.corpus import Labelled, read_corpus
from etisklandskab.training.evaluating import f1_of_logics
from etisklandskab.training.finetuning import Recipe, finetune

__all__ = [
    "FULL",
    "LIGHT",
    "SETTINGS",
    "blend",
    "present_threshold",
    "reliability_on",
    "train_full",
    "train_light",
    "unsure_threshold",
]

LIGHT, FULL = "etisklandskab-light", "etisklandskab-full"

# Chosen on the dev split: benchmarks/choose_settings.py
SETTINGS = EthicsClassifier(C=5.0, context_weight=0.0, present=0.25, cv=5, encoder=None)

READING = 0.25
"""What it costs to look at a statement's code, where an error that is left in costs 1."""

_GRID = np.round(np.arange(0.15, 0.96, 0.01), 2)


def train_light(path: str | Path | None = None) -> Bundle:
    """Fit the light model on the corpus's training split; the same bytes every time.

    Parameters
    ----------
    path : str or Path, optional
        The corpus; by default that of the checkout.

    Returns
    -------
    Bundle
        With its reliability on the dev split, which it was not fitted on.
    """
    fitted = fit_on(read_corpus(path, splits=["train"]))
    dev = read_corpus(path, splits=["dev"])
    linear = fitted.bundle_.linear
    if dev:
        linear = replace(linear, unsure=unsure_threshold(linear, dev))
    return make_bundle(linear, LIGHT, fitted.get_params(), reliability_on(linear, dev))


def train_full(
    path: str | Path | None = None,
    *,
    fitted: Bundle | None = None,
    recipe: Recipe | None = None,
    checkpoint: Path | None = None,
    say: Callable[[str], None] = print,
) -> Bundle:
    """Fine-tune the encoder on the training split and join it with the n-grams.

    Parameters
    ----------
    path : str or Path, optional
        The corpus; by default that of the checkout.
    fitted : Bundle, optional
        A full bundle whose encoder and head are taken as they are; then all that is left takes
        a minute and needs no torch.
    recipe : Recipe, optional
        How to fine-tune.
    checkpoint : Path, optional
        Where to keep the state of the fine-tuning, to go on from.
    say : callable
        Told how far it is.

    Returns
    -------
    Bundle
        With its reliability on the dev split; the weight of the encoder beside the n-grams, the
        calibration and the thresholds are of that split too.

    Raises
    ------
    ValueError
        If `fitted` has no encoder.
    """
    rows = read_corpus(path, splits=["train"])
    if fitted is None:
        encoder, dense = finetune(rows, recipe, checkpoint=checkpoint, say=say)
    elif fitted.linear.encoder is None:
        raise ValueError(f"{fitted.label} har ingen sprogmodel")
    else:
        encoder, dense = fitted.linear.encoder, fitted.linear.dense
    # not calibrated here: the two together are, on dev
    grams = fit_on(rows, EthicsClassifier(**SETTINGS.get_params() | {"cv": 0})).bundle_.linear
    dev = read_corpus(path, splits=["dev"])
    linear = blend(grams, encoder, dense, dev)
    params = SETTINGS.get_params() | {"encoder": "shipped"}
    return make_bundle(linear, FULL, params, reliability_on(linear, dev))


def fit_on(rows: Sequence[Labelled], settings: EthicsClassifier = SETTINGS) -> EthicsClassifier:
    """Fit a classifier with the given settings on rows of the corpus."""
    return EthicsClassifier(**settings.get_params()).fit(
        [row.statement for row in rows],
        [row.primary for row in rows],
        groups=[row.statement.source for row in rows],
    )


def blend(
    linear: LinearModel, encoder: Encoder, dense: NDArray[np.float64], dev: Sequence[Labelled]
) -> LinearModel:
    """Join a model of n-grams and an encoder with its head.

    Six numbers are found on the dev split, by the least cross-entropy: what the encoder counts
    beside the n-grams, the temperature and the shifts. Then two thresholds, by what they cost.

    Parameters
    ----------
    linear : LinearModel
        Fitted on n-grams alone.
    encoder : Encoder
        Fine-tuned.
    dense : ndarray of shape (d, 4)
        Its head.
    dev : sequence of Labelled
        Statements that neither was fitted on.
    """
    from scipy.optimize import minimize_scalar

    y = np.array([CODES.index(row.primary) for row in dev])
    grams = np.array([linear.scores(row.statement) for row in dev])
    vectors = encoder.encode([key_of(row.statement) for row in dev]).astype(float)
    read = (vectors[:, :, None] * dense).sum(axis=1)

    def loss(log_weight: float) -> float:
        scores = grams + np.exp(log_weight) * read
        temperature, shift = calibrate(scores, y)
        p = softmax(scores / temperature + shift)
        return float(-np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)).mean())

    best = minimize_scalar(loss, bounds=(-2, 3), method="bounded", options={"xatol": 1e-3})
    weight = float(np.round(np.exp(best.x), 2))
    temperature, shift = calibrate(grams + weight * read, y)
    joined = replace(
        linear,
        encoder=encoder,
        dense=dense,
        dense_weight=weight,
        temperature=temperature,
        shift=shift,
    )
    joined = replace(joined, present=present_threshold(joined, dev))
    return replace(joined, unsure=unsure_threshold(joined, dev))


def present_threshold(linear: LinearModel, rows: Sequence[Labelled]) -> float:
    """Return the threshold for a further logic with the best F1 over all logics named."""
    p = linear.probabilities([row.statement for row in rows])
    truth = [row.logics for row in rows]

    def f1(threshold: float) -> float:
        model = replace(linear, present=threshold)
        return f1_of_logics([model.logics(one) for one in p], truth)

    return float(max(_GRID[_GRID <= 0.5], key=f1))


def unsure_threshold(linear: LinearModel, rows: Sequence[Labelled]) -> float:
    """Return the probability below which looking at a code costs less than leaving it."""
    p = linear.probabilities([row.statement for row in rows])
    top = p.max(axis=1)
    wrong = p.argmax(axis=1) != np.array([CODES.index(row.primary) for row in rows])

    def cost(threshold: float) -> float:
        look = top < threshold
        return float(READING * look.sum() + (wrong & ~look).sum())

    return float(min(_GRID, key=cost))


def reliability_on(linear: LinearModel, rows: Sequence[Labelled]) -> Reliability:
    """Return the reliability on rows of the corpus that a model was not fitted on."""
    if not rows:
        return Reliability()
    return measure(
        linear.probabilities([row.statement for row in rows]),
        np.array([CODES.index(row.primary) for row in rows]),
        [row.statement.source for row in rows],
    )
