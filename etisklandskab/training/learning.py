"""A consultant's own codes to a model of her own, and an honest answer to whether it is better."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etisklandskab.columns import check_of, natural_key, place_of
from etisklandskab.errors import EtisklandskabError, MissingExtraError
from etisklandskab.landscape import Logic, Statement
from etisklandskab.model.bundle import make_bundle
from etisklandskab.model.classifier import EthicsClassifier, shipped_model
from etisklandskab.model.linear import CODES, softmax
from etisklandskab.training.adapting import Seen, adapt, cool, moved, see
from etisklandskab.training.corpus import read_corpus
from etisklandskab.training.paired import Paired, pair
from etisklandskab.training.train import reliability_on, unsure_threshold

__all__ = [
    "LEAST",
    "STRENGTHS",
    "Doubtful",
    "Learning",
    "choose_strength",
    "learn",
    "mislabelled",
    "parts_of",
]

LEAST = 20
"""Fewer codes than this teach nothing that can be measured."""

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""What one of her codes counts against the weights as they were; chosen within the folds."""

_FOLDS, _INNER, _MANY, _LEAST_DOCUMENTS = 5, 3, 600, 3


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A code that looks like a slip of the hand.

    Parameters
    ----------
    statement : Statement
        With the code that a human gave.
    suggested : Logic
        What a model that did not see this code says.
    probability : float
        That model's probability of the code given.
    """

    statement: Statement
    suggested: Logic
    probability: float

    def row(self) -> dict[str, str | int | float]:
        """Return it as a row of a table."""
        s = self.statement
        return {
            **place_of(s),
            "Din kode": "" if s.logic is None else s.logic.danish,
            "Måske": self.suggested.danish,
            "Modellens sandsynlighed for din kode": round(self.probability, 2),
        }


@dataclass(frozen=True)
class Learning:
    """A model that has learnt from a consultant, and what can be said of it.

    Parameters
    ----------
    model : EthicsClassifier
        The new model.
    started_from : str
        Label of the model that it started from.
    n, documents : int
        How many codes it learnt from, and from how many documents.
    folds : int
        Parts of the cross-validation.
    by_document : bool
        Whether a document is whole within a part.
    strength : float
        Chosen on all codes.
    hers : Paired
        Before and after on her codes, each statement held out.
    general : Paired
        Before and after on the dev split of the corpus.
    beside : Paired or None
        A model that she had already, and the new one, on her codes.
    beside_saw : int
        How many of these codes that model learnt from.
    doubtful : tuple of Doubtful
        Codes that look like slips, the likeliest first.
    repeated : int
        Codes that were left out since the same statement is coded again in a later file.
    """

    model: EthicsClassifier
    started_from: str
    n: int
    documents: int
    folds: int
    by_document: bool
    strength: float
    hers: Paired
    general: Paired
    beside: Paired | None
    beside_saw: int
    doubtful: tuple[Doubtful, ...]
    repeated: int = 0

    @property
    def worth_keeping(self) -> bool:
        """Whether it is no worse than the one it started from.

        Not if it is less often right on her codes, nor if it is worse on other texts without being
        better on hers.
        """
        lost = self.general.verdict == "worse" and self.hers.verdict != "better"
        return self.hers.difference >= 0 and not lost

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        return {
            "model": self.model.bundle_.label,
            "started_from": self.started_from,
            "n": self.n,
            "documents": self.documents,
            "folds": self.folds,
            "folds_by": "document" if self.by_document else "block",
            "strength": self.strength,
            "hers": self.hers.to_dict(),
            "dev": self.general.to_dict(),
            "beside": None if self.beside is None else self.beside.to_dict(),
            "beside_saw": self.beside_saw,
            "doubtful": len(self.doubtful),
            "repeated": self.repeated,
        }

    def __str__(self) -> str:
        from etisklandskab.training.told import tell_learning

        return tell_learning(self)


def learn(
    statements: Iterable[Statement],
    *,
    model: EthicsClassifier | str | Path | None = None,
    light: bool = False,
    beside: EthicsClassifier | None = None,
    corpus: str | Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Learning:
    """Teach a model what a human has coded, and measure by cross-validation whether it helped.

    The weights on n-grams and on the encoder's vectors move; the encoder stays. Those codes count
    that a human accepted as well as those that she changed.

    Parameters
    ----------
    statements : iterable of Statement
        As `read_notes` gives them; only those `reviewed` are learnt from.
    model : EthicsClassifier, str or Path, optional
        What to start from; by default the shipped model, whatever the environment says: one's own
        model knows the answers already.
    light : bool, default=False
        Start from the shipped model of n-grams alone.
    beside : EthicsClassifier, optional
        A model to compare with as well.
    corpus : str or Path, optional
        The corpus; by default the one that ships. Only its dev split is read.
    say : callable, optional
        Told how far it is.

    Raises
    ------
    EtisklandskabError
        If there are too few codes, all the same, or the model to start from has learnt from them.
    MissingExtraError
        If scikit-learn or cleanlab is not installed.

    Examples
    --------
    >>> from etisklandskab import Logic, Statement, learn
    >>> hers = [
    ...     Statement(f"Det er {word} {n}", source=f"{n % 4}.docx", position=n).with_review([logic])
    ...     for n in range(12)
    ...     for word, logic in (("reglen", Logic.DUTY), ("virkningen", Logic.CONSEQUENCE))
    ... ]
    >>> learnt = learn(hers, light=True)
    >>> learnt.n, learnt.documents, learnt.hers.new.accuracy >= learnt.hers.old.accuracy
    (24, 4, True)
    """
    _require_learn()
    hers, repeated = _latest([s for s in statements if s.reviewed and s.logic is not None])
    base = _base(model, light)
    checks = {check_of(s) for s in hers}
    _check(hers, base, checks)
    dev = read_corpus(corpus, splits=["dev"])
    own_texts = {s.text for s in hers}
    dev = [row for row in dev if row.statement.text not in own_texts]  # else it is no other text

    linear = base.bundle_.linear
    say(f"Læser {len(hers)} rettede udsagn og {len(dev)} af korpusset ...")
    seen, seen_dev = see(linear, hers), see(linear, [row.statement for row in dev])
    labels = [_logic(s) for s in hers]
    documents = [s.source for s in hers]
    say("Måler på de udsagn, som modellen ikke lærer af ...")
    part, by_document = parts_of(hers, _FOLDS)
    held_out = np.zeros((len(hers), len(CODES)))
    for train, test in _sides(hers, part):
        strength = choose_strength([hers[i] for i in train], seen.part(train))
        move = adapt(seen.part(train), [labels[i] for i in train], strength)
        held_out[test] = softmax(move.logits(seen.part(test)))

    strength = choose_strength(hers, seen)
    move = adapt(seen, labels, strength)
    truth = [row.primary for row in dev]
    general_logits = move.logits(seen_dev)
    new = moved(linear, move, cool(general_logits, truth))
    new = _with_threshold(new, dev)
    earlier = base.bundle_.params.get("learnt", {})
    hers_paired = pair(softmax(seen.logits), held_out, labels, documents)
    general = pair(
        softmax(seen_dev.logits),
        softmax(general_logits),
        truth,
        [row.statement.source for row in dev],
    )
    params = base.bundle_.params | {
        "learnt": {
            "started_from": base.bundle_.label,
            "n": len(hers),
            "strength": strength,
            "hers": hers_paired.to_dict(),
            "dev": general.to_dict(),
            # by which a later `learn` knows what this model cannot be measured on
            "seen": sorted(checks | set(earlier.get("seen", ()))),
        }
    }
    learnt = EthicsClassifier(**base.get_params())
    learnt._take(make_bundle(new, "egen-model", params, reliability_on(new, dev)))
    beside_paired, saw = (None, 0) if beside is None else _beside(beside, hers, held_out)
    return Learning(
        learnt,
        base.bundle_.label,
        len(hers),
        len(set(documents)),
        len(np.unique(part)),
        by_document,
        strength,
        hers_paired,
        general,
        beside_paired,
        saw,
        mislabelled(hers, held_out),
        repeated,
    )


def mislabelled(
    statements: Sequence[Statement], probabilities: NDArray[np.float64]
) -> tuple[Doubtful, ...]:
    """Return the codes that look mislabelled, the likeliest first, by confident learning [1]_.

    Parameters
    ----------
    statements : sequence of Statement
        n statements that a human has coded.
    probabilities : ndarray of shape (n, 4)
        Of models that were not fitted on them.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in Dataset
       Labels", Journal of Artificial Intelligence Research 70 (2021).
    """
    _require_learn()
    import warnings

    from cleanlab.filter import find_label_issues  # type: ignore[import-untyped]

    y = np.array([CODES.index(_logic(s)) for s in statements])
    known = np.unique(y)  # a logic that she never gave cannot be hers by mistake
    p = probabilities[:, known] / np.maximum(probabilities[:, known].sum(axis=1), 1e-12)[:, None]
    own = np.searchsorted(known, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where a logic is rare
        ranked = find_label_issues(
            own, p, return_indices_ranked_by="self_confidence", filter_by="both", n_jobs=1
        )
    return tuple(
        Doubtful(
            statements[int(i)],
            CODES[int(probabilities[i].argmax())],
            float(probabilities[i, y[i]]),
        )
        for i in ranked
        if probabilities[i].argmax() != y[i]
    )


def parts_of(statements: Sequence[Statement], k: int) -> tuple[NDArray[np.int64], bool]:
    """Part statements for cross-validation: whole documents, or blocks in reading order.

    Parameters
    ----------
    statements : sequence of Statement
        n statements.
    k : int
        Parts at the most.

    Returns
    -------
    part : ndarray of shape (n,)
    by_document : bool
        False where there are fewer than three documents.

    Examples
    --------
    >>> two = [Statement("a", source=name, position=n) for name in "xy" for n in (1, 2)]
    >>> parts_of(two, 2)
    (array([0, 0, 1, 1]), False)
    """
    sizes: dict[str, int] = {}
    for s in statements:
        sizes[s.source] = sizes.get(s.source, 0) + 1
    if len(sizes) < _LEAST_DOCUMENTS:
        order = sorted(
            range(len(statements)),
            key=lambda i: (natural_key(statements[i].source), statements[i].position, i),
        )
        part = np.zeros(len(statements), np.int64)
        for number, block in enumerate(np.array_split(np.array(order, np.int64), k)):
            part[block] = number
        return part, False
    filled = [0] * min(k, len(sizes))
    where = {}
    for name in sorted(sizes, key=lambda name: (-sizes[name], natural_key(name))):
        where[name] = filled.index(min(filled))  # the largest first, each into the emptiest part
        filled[where[name]] += sizes[name]
    return np.array([where[s.source] for s in statements], np.int64), True


def _sides(
    statements: Sequence[Statement], part: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield what to learn from and what to measure on, for each part.

    What was said in the same words in another file, or coded by another in hers, is not learnt
    from: else a model would be measured on what it has learnt.
    """
    said = np.array([" ".join(s.text.split()).casefold() for s in statements])
    for one in np.unique(part):
        test = part == one
        yield np.flatnonzero(~test & ~np.isin(said, said[test])), np.flatnonzero(test)


def choose_strength(statements: Sequence[Statement], seen: Seen) -> float:
    """Return the weakest strength within one standard error of the best in parts held out [1]_.

    The best is the one with which most codes are right; a stronger one that is so by a few codes
    is so by chance, and costs elsewhere. Not the one under which the codes are likeliest: she
    corrects where the model was sure and wrong, so likelihood pays for making it less sure of
    everything, which is not what she taught it.

    Parameters
    ----------
    statements : sequence of Statement
        n that a human has coded.
    seen : Seen
        The same, as the model sees them.

    Returns
    -------
    float
        One of `STRENGTHS`.

    References
    ----------
    .. [1] Breiman et al., "Classification and Regression Trees", 1984, section 3.4.3.
    """
    rows = np.arange(len(statements))[:: max(1, -(-len(statements) // _MANY))]
    few, seen = [statements[i] for i in rows], seen.part(rows)
    labels = [_logic(s) for s in few]
    y = np.array([CODES.index(label) for label in labels])
    part, _ = parts_of(few, _INNER)
    right = {strength: np.zeros(len(few), dtype=int) for strength in STRENGTHS}
    for train, test in _sides(few, part):
        for strength in STRENGTHS:
            move = adapt(seen.part(train), [labels[i] for i in train], strength)
            logits = move.logits(seen.part(test))
            right[strength][test] = logits.argmax(axis=1) == y[test]
    best = max(STRENGTHS, key=lambda strength: (right[strength].sum(), -strength))

    def as_good(strength: float) -> bool:
        behind = right[best] - right[strength]
        return bool(behind.sum() <= np.sqrt(np.square(behind).sum()))  # as in McNemar's test

    return next(strength for strength in STRENGTHS if as_good(strength))


def _require_learn() -> None:
    try:
        import cleanlab  # type: ignore[import-untyped] # noqa: F401
        import sklearn  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("At lære af rettelser", "learn") from error


def _logic(statement: Statement) -> Logic:
    assert statement.logic is not None  # reviewed
    return statement.logic


def _latest(statements: Sequence[Statement]) -> tuple[list[Statement], int]:
    """Keep the last code of each statement, and tell how many were given up."""
    last = {(s.source, s.position, check_of(s)): s for s in statements}
    return list(last.values()), len(statements) - len(last)


def _base(model: EthicsClassifier | str | Path | None, light: bool) -> EthicsClassifier:
    if isinstance(model, EthicsClassifier):
        return model
    return EthicsClassifier.load(shipped_model(light=light) if model is None else model)


def _check(hers: Sequence[Statement], base: EthicsClassifier, checks: set[str]) -> None:
    if len(hers) < LEAST:
        raise EtisklandskabError(
            f"Der er kun {len(hers)} rettede udsagn, og modellen skal have mindst {LEAST} at lære "
            "af (helst 100 eller flere). Ret flere i kolonnen »Rettet«; skriv også logikken dér, "
            "hvor du er enig med forslaget."
        )
    given = {_logic(s) for s in hers}
    if len(given) == 1:
        raise EtisklandskabError(
            f"Alle {len(hers)} rettelser siger »{given.pop().danish}«. Ret også udsagn med andre "
            "logikker; ellers lærer modellen kun at sige det ene ord."
        )
    known = set(base.classes_)
    if not known >= given:
        names = ", ".join(sorted(logic.danish for logic in given if logic not in known))
        raise EtisklandskabError(
            f"{base.bundle_.label}: modellen kender ikke {names}. Lær ud fra en anden model."
        )
    again = checks & set(base.bundle_.params.get("learnt", {}).get("seen", ()))
    if again:
        raise EtisklandskabError(
            f"{base.bundle_.label} har allerede lært af {len(again)} af de {len(hers)} udsagn, så "
            "det kan ikke måles, om den bliver bedre. Udelad --model, og giv alle dine rettede "
            "filer på én gang: så læres der forfra."
        )


def _with_threshold(linear: Any, dev: Sequence[Any]) -> Any:
    from dataclasses import replace

    return replace(linear, unsure=unsure_threshold(linear, dev)) if dev else linear


def _beside(
    beside: EthicsClassifier, hers: Sequence[Statement], held_out: NDArray[np.float64]
) -> tuple[Paired, int]:
    """Compare with another model, on what it has not seen where that is enough to tell."""
    known = set(beside.bundle_.params.get("learnt", {}).get("seen", ()))
    fresh = np.array([check_of(s) not in known for s in hers])
    rows = np.flatnonzero(fresh) if fresh.sum() >= LEAST else np.arange(len(hers))
    some = [hers[int(i)] for i in rows]
    p = beside.bundle_.linear.probabilities(some)
    saw = 0 if fresh.sum() >= LEAST else int((~fresh).sum())
    return pair(p, held_out[rows], [_logic(s) for s in some], [s.source for s in some]), saw
