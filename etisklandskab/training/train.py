"""The corpus to the shipped bundle, the same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from etisklandskab.model.bundle import Bundle, make_bundle
from etisklandskab.model.classifier import EthicsClassifier
from etisklandskab.training.corpus import Labelled, read_corpus
from etisklandskab.training.evaluating import evaluate

__all__ = ["NAME", "SETTINGS", "train"]

NAME = "etisklandskab-ngram"

# Chosen on the dev split: benchmarks/choose_settings.py
SETTINGS = EthicsClassifier(C=5.0, context_weight=0.0, present=0.25, cv=5)


def train(path: str | Path | None = None) -> Bundle:
    """Fit the shipped model on the corpus's training split.

    Parameters
    ----------
    path : str or Path, optional
        The corpus; by default that of the checkout.

    Returns
    -------
    Bundle
        With its confusion on the dev split, which it was not fitted on.
    """
    fitted = fit_on(read_corpus(path, splits=["train"]))
    dev = read_corpus(path, splits=["dev"])
    confusion: list[list[float]] = []
    if dev:
        p = fitted.bundle_.linear.probabilities([row.statement for row in dev])
        confusion = evaluate(p, [row.primary for row in dev]).confusion.astype(float).tolist()
    return make_bundle(fitted.bundle_.linear, NAME, fitted.get_params(), confusion)


def fit_on(rows: Sequence[Labelled], settings: EthicsClassifier = SETTINGS) -> EthicsClassifier:
    """Fit a classifier with the given settings on rows of the corpus."""
    return EthicsClassifier(**settings.get_params()).fit(
        [row.statement for row in rows],
        [row.primary for row in rows],
        groups=[row.statement.source for row in rows],
    )
