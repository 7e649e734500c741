"""From the probabilities of a cell's statements to its shares, with intervals of two kinds.

Of a cell two things can be asked. *Of the record*: how the statements that were noted
argue; unknown only because the classifier errs. *Of the group*: how the group argues, of
which the notes are a sample; unknown for both reasons.

A group's true mix is drawn from a Dirichlet distribution around the mix of all groups
together, and each statement's true logic from that mix. The classifier tells of a
statement how likely each logic is, given the mix that it was calibrated on; taken over to
the group's own mix by Bayes' rule [1]_, with an offset for each document that is as large
as the classifier's errors vary between documents. True logics, mixes and offsets are drawn in turn
(Gibbs sampling): the drawn logics are the record, the drawn mix is the group. How much
groups differ is learnt from all of them [2]_: where they hardly do, a small cell leans on the total.

References
----------
.. [1] Saerens, Latinne and Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori
   Probabilities", Neural Computation 14(1), 2002, section 2; here with a prior and drawn, not
   maximised.
.. [2] Gelman et al., "Bayesian Data Analysis", 3rd ed., 2013, section 5.3 (hierarchical models).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from etisklandskab.landscape import ARGUED, Logic
from etisklandskab.model.reliability import Reliability
from etisklandskab.profile.correction import Correction

__all__ = [
    "CHAINS",
    "Evidence",
    "Kind",
    "Posterior",
    "Share",
    "posteriors",
    "share_of",
    "shares_of",
]

Kind = Literal["group", "record"]
Floats = NDArray[np.float64]

CHAINS = 128
"""How many chains are drawn side by side."""

_WARM_UP, _KEPT = 12, 16  # steps thrown away, steps kept
_LEVEL = 0.95
_STRENGTHS = np.array([2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0])
_MIXES = 16  # mixes drawn for each chain to learn the concentration from
_FLAT = np.ones(4)
_TINY = 0.05  # a smaller parameter of a Dirichlet distribution underflows


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95% interval, all between 0 and 1."""

    value: float
    low: float
    high: float

    @property
    def bounds(self) -> str:
        """The interval in percent, as a reader sees it: ``"31–66"``."""
        return f"{100 * self.low:.0f}–{100 * self.high:.0f}"


@dataclass(frozen=True)
class Evidence:
    """What is known of the n statements of a cell.

    Parameters
    ----------
    probabilities : ndarray of shape (n, 4)
        Of duty, proximity, consequence and none.
    documents : ndarray of shape (n,)
        Which document each is from.
    weights : ndarray of shape (n,)
        What each counts.
    known : ndarray of bool, shape (n,)
        Whether a human has coded it: then one probability is 1.
    """

    probabilities: Floats
    documents: NDArray[np.str_]
    weights: Floats
    known: NDArray[np.bool_]


@dataclass(frozen=True)
class Posterior:
    """Draws of a cell's true shares of duty, proximity, consequence and none.

    Parameters
    ----------
    group, record : ndarray of shape (draws, 4)
        Of each kind; rows sum to 1.
    """

    group: Floats
    record: Floats

    def draws(self, kind: Kind) -> Floats:
        """Return the draws of a kind."""
        return self.group if kind == "group" else self.record


def posteriors(
    cells: Mapping[tuple[str, ...], Evidence],
    reliability: Reliability,
    correction: Correction | None = None,
    *,
    whole: bool = False,
) -> dict[tuple[str, ...], Posterior]:
    """Draw the true shares of groups and of their total.

    Parameters
    ----------
    cells : mapping
        From a group to its evidence, none of them empty.
    reliability : Reliability
        Of the model that gave the probabilities.
    correction : Correction, optional
        How the model errs on the material, where that was measured.
    whole : bool, default=False
        Whether the cells make up the material of the correction: then it alone says what their
        total is, where else the statements' own likelihoods do.

    Returns
    -------
    dict
        From a group to its posterior; ``()`` is the total. The same draws for the same
        cells, in whichever order they are given.

    Examples
    --------
    >>> sure = np.eye(4)[[0] * 30 + [1] * 5 + [2] * 5 + [3] * 10]
    >>> evidence = Evidence(sure, np.array(["a"] * 50), np.ones(50), np.ones(50, dtype=bool))
    >>> found = posteriors({("A",): evidence}, Reliability())
    >>> shares_of(found["A",], "record")[Logic.DUTY]
    Share(value=0.75, low=0.75, high=0.75)
    """
    parts = list(cells.values())
    everything = Evidence(
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.documents for part in parts]),
        np.concatenate([part.weights for part in parts]),
        np.concatenate([part.known for part in parts]),
    )
    flat = np.tile(_FLAT, (CHAINS, 1))
    total = _draw(everything, flat, reliability, (), correction, fixed=whole)
    if len(cells) == 1:
        return {(): total} | dict.fromkeys(cells, total)
    sizes = np.array([part.weights.sum() for part in parts])
    common = {a: _common_mix(total, sizes, a) for a in _STRENGTHS}
    chances = _strengths([_likely(part, reliability, correction) for part in parts], common)
    found: dict[tuple[str, ...], Posterior] = {(): total}
    for key, part in cells.items():
        rng = _rng("strength", *key)
        strengths = rng.choice(_STRENGTHS, size=CHAINS, p=chances)
        prior = np.array([a * common[a][at] for at, a in enumerate(strengths)])
        found[key] = _draw(part, prior, reliability, key, correction)
    return found


def _common_mix(total: Posterior, sizes: Floats, strength: float) -> Floats:
    """Draw the mix around which groups lie, a row for each chain.

    The more groups differ, the less each of a group's statements tells of it: a
    Dirichlet-multinomial count of n is worth n (a + 1) / (n + a) independent ones.
    """
    worth = (sizes * (strength + 1) / (sizes + strength)).sum()
    drawn = _rng("common", str(strength)).standard_gamma(_FLAT + worth * total.record[-CHAINS:])
    result: Floats = drawn / drawn.sum(axis=1, keepdims=True)
    return result


def _rng(*names: str) -> np.random.Generator:
    """Seed by the cell's name: the same each time, and two cells independent of each other."""
    return np.random.Generator(np.random.PCG64([2026, zlib.crc32("\x1f".join(names).encode())]))


def _likelihoods(evidence: Evidence, reliability: Reliability) -> Floats:
    """Return how likely what the model saw is under each logic: posterior over prior."""
    result: Floats = evidence.probabilities / np.maximum(reliability.prior, 1e-3)
    return result


def _likely(evidence: Evidence, reliability: Reliability, correction: Correction | None) -> Floats:
    """Return likelihoods corrected by the mean of the draws."""
    likelihoods = _likelihoods(evidence, reliability)
    if correction is not None:
        unknown = ~evidence.known
        likelihoods[unknown] = correction.apply(likelihoods[unknown]).mean(axis=0)
    return likelihoods


def _strengths(parts: Sequence[Floats], common: Mapping[float, Floats]) -> Floats:
    """Return how likely each concentration of groups around the common mix is.

    A flat prior on how far groups lie apart (on 1 / sqrt(a); BDA section 5.3), and the
    likelihood of every cell with its own mix averaged over.
    """
    score = -0.5 * np.log(_STRENGTHS)
    for at, strength in enumerate(_STRENGTHS):
        rng = _rng("mixes", str(strength))
        mixes = rng.standard_gamma(
            np.maximum(strength * common[strength], _TINY), (_MIXES, CHAINS, 4)
        )
        mixes /= mixes.sum(axis=2, keepdims=True)
        of_common = np.zeros(CHAINS)
        for part in parts:
            seen = np.tensordot(mixes, part, axes=(2, 1))
            of_common += _log_mean(np.log(np.maximum(seen, 1e-300)).sum(axis=2), axis=0)
        score[at] += _log_mean(of_common, axis=0)
    chances = np.exp(score - score.max())
    result: Floats = chances / chances.sum()
    return result


def _log_mean(logs: Floats, axis: int) -> Floats:
    top = logs.max(axis=axis, keepdims=True)
    mean = np.log(np.exp(logs - top).mean(axis=axis, keepdims=True)) + top
    result: Floats = mean.squeeze(axis)
    return result


def _draw(
    evidence: Evidence,
    prior: Floats,
    reliability: Reliability,
    key: tuple[str, ...],
    correction: Correction | None = None,
    *,
    fixed: bool = False,
) -> Posterior:
    """Draw true logics and mix in turn; `prior` has a row for each chain.

    With `fixed`, true logics are drawn from the mix that the correction found.
    """
    order = np.lexsort((evidence.weights, *evidence.probabilities.T, evidence.documents))
    weights = evidence.weights[order]
    names, document = np.unique(evidence.documents[order], return_inverse=True)
    likelihoods = _likelihoods(evidence, reliability)[order]
    n = len(likelihoods)
    chains = int(np.clip(400_000 // n, 32, CHAINS))  # a large cell's draws hardly differ
    prior = np.maximum(prior[:chains], _TINY)
    rng = _rng(*key)
    offset = np.exp(rng.normal(0, reliability.drift, (chains, len(names), 4)))
    seen = np.tile(likelihoods, (chains, 1, 1))
    if correction is not None:
        unknown = ~evidence.known[order]
        seen[:, unknown] = correction.apply(likelihoods[unknown])[:chains]
        for at, name in enumerate(names):
            if name in correction.offsets:
                offset[:, at] = np.exp(correction.offsets[name][:chains])
    seen *= offset[:, document]
    # statements that count unequally tell less about the group (Kish's effective size)
    effective = weights * (weights.sum() / np.square(weights).sum())
    mix = prior / prior.sum(axis=1, keepdims=True)
    found = correction.mix[:chains] if fixed and correction is not None else None
    groups, records = [], []
    for step in range(_WARM_UP + _KEPT):
        reach = np.cumsum(seen * (mix if found is None else found)[:, None, :], axis=2)
        chosen = (rng.random((chains, n, 1)) * reach[:, :, 3:] > reach[:, :, :3]).sum(axis=2)
        truth = chosen[:, :, None] == np.arange(4)
        drawn = rng.standard_gamma(prior + effective @ truth)
        mix = drawn / drawn.sum(axis=1, keepdims=True)
        if step >= _WARM_UP:
            groups.append(mix)
            records.append(weights @ truth / weights.sum())
    return Posterior(np.concatenate(groups), np.concatenate(records))


def shares_of(posterior: Posterior, kind: Kind = "group") -> dict[Logic, Share]:
    """Return the four shares of a cell.

    Parameters
    ----------
    posterior : Posterior
        Of the cell.
    kind : {"group", "record"}, default="group"
        What the interval is of.

    Returns
    -------
    dict of Logic to Share
        The three logics' shares are of what is argued, none's of all. The value is the
        posterior's mean, the interval its middle 95%.
    """
    draws = posterior.draws(kind)
    argued = of_argued(draws)
    parts = {logic: argued[:, k] for k, logic in enumerate(ARGUED)}
    parts[Logic.NONE] = draws[:, 3]
    return {logic: share_of(part) for logic, part in parts.items()}


def of_argued(draws: Floats) -> Floats:
    """Return the three logics' shares of what is argued: shape (draws, 3), rows sum to 1.

    Draws of a record in which nothing is argued are left out.
    """
    argued = draws[:, :3].sum(axis=1)
    shares: Floats = draws[argued > 0, :3] / argued[argued > 0, None]
    return shares


def share_of(draws: Floats) -> Share:
    """Return the mean of draws and their middle 95%.

    The record of a small cell takes few values; quantiles of the mid-distribution keep the
    interval from being wider than it need be [1]_.

    References
    ----------
    .. [1] Ma, Genton and Parzen, "Asymptotic properties of sample quantiles of discrete
       distributions", Annals of the Institute of Statistical Mathematics 63, 2011, section 2.
    """
    if not len(draws):
        return Share(float("nan"), 0.0, 1.0)
    values, counts = np.unique(np.round(draws, 9), return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / len(draws)
    edge = (1 - _LEVEL) / 2
    low = values[min(int(np.searchsorted(middle, edge)), len(values) - 1)]
    high = values[max(int(np.searchsorted(middle, 1 - edge, "right")) - 1, 0)]
    value = draws.mean()
    low, high = min(low, value), max(high, value)
    return Share(*(float(np.round(x, 3)) for x in (value, low, high)))
