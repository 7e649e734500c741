"""How far a group's shares can be trusted: error, skill, coverage and width of each estimator.

The artificial prevalence protocol: workshops of six groups, whose true mixes lie around a common
one, strongly or mildly apart; each group gets 5, 10, 20 or 50 statements of the test split in its
mix, document after document, so that what one document has in common stays together. Then the
same with real documents: every document of the test split is a group as it is. Quartets are left
out: they are written in one mix.

Peers are those of QuaPy, fitted on the dev split; nothing is fitted or chosen on test. Skill is 1
less the error in units of the error of giving each group the mix of all.

Run: python benchmarks/trust.py [--split dev] [--workshops 40]
"""

from __future__ import annotations

import argparse
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from etisklandskab import load_model
from etisklandskab.landscape import ARGUED
from etisklandskab.model.linear import CODES
from etisklandskab.profile.shares import Evidence, Kind, posteriors, shares_of
from etisklandskab.training.corpus import Labelled, read_corpus

GROUPS, SPREADS, SIZES = 6, (4.0, 20.0), (5, 10, 20, 50)
SECOND: tuple[Kind, Kind] = ("record", "group")


@dataclass(frozen=True)
class Pool:
    """Statements to draw from: probabilities, true logics, documents."""

    p: np.ndarray
    y: np.ndarray
    documents: np.ndarray


@dataclass(frozen=True)
class Group:
    """The statements of a group, and its true mix (that of the record for a real document)."""

    at: np.ndarray
    mix: np.ndarray


def pool(rows: Sequence[Labelled], light: bool) -> Pool:
    rows = [row for row in rows if row.genre != "kvartet"]
    model = load_model(light=light)
    p = model.bundle_.linear.probabilities([row.statement for row in rows])
    y = np.array([CODES.index(row.primary) for row in rows])
    return Pool(np.round(p, 4), y, np.array([row.statement.source for row in rows]))


def argued(mix: np.ndarray) -> np.ndarray:
    """Return the shares of the three logics, NaN where nothing is argued."""
    with np.errstate(invalid="ignore"):
        return mix[..., :3] / mix[..., :3].sum(axis=-1, keepdims=True)


def drawn(data: Pool, n: int, spread: float, rng: np.random.Generator) -> list[Group]:
    """Draw a workshop's groups, document after document until each mix is complete."""
    common = rng.dirichlet(np.full(4, 8.0))
    names = np.unique(data.documents)
    groups = []
    for _ in range(GROUPS):
        mix = rng.dirichlet(np.maximum(spread * common, 0.05))
        needed, got = rng.multinomial(n, mix), []
        for name in rng.permutation(names):
            own = data.documents == name
            for logic in range(4):
                taken = rng.permutation(np.flatnonzero(own & (data.y == logic)))[: needed[logic]]
                needed[logic] -= len(taken)
                got += taken.tolist()
            if not needed.any():
                break
        groups.append(Group(np.array(got), mix))
    return groups


def real(data: Pool) -> list[Group]:
    """Return every document as a group."""
    names = np.unique(data.documents)
    at = [np.flatnonzero(data.documents == name) for name in names]
    return [Group(own, np.bincount(data.y[own], minlength=4) / len(own)) for own in at]


class Given(ClassifierMixin, BaseEstimator):
    """A classifier that hands on the probabilities that it is given."""

    def __init__(self) -> None:
        self.classes_ = np.arange(4)

    def fit(self, X: np.ndarray, y: np.ndarray) -> Given:
        """Do nothing."""
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likeliest logics."""
        return X.argmax(axis=1)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return what was given."""
        return X


def peers(dev: Pool) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """Return QuaPy's quantifiers, fitted on dev."""
    from quapy.method import aggregative as quapy

    made = {
        "classify and count": quapy.CC(Given(), fit_classifier=False),
        "mean probability (PCC)": quapy.PCC(Given(), fit_classifier=False),
        "adjusted count (ACC)": quapy.ACC(Given(), fit_classifier=False, val_split=None),
        "maximum likelihood (SLD)": quapy.EMQ(Given(), fit_classifier=False, val_split=None),
        "KDEy": quapy.KDEyML(Given(), fit_classifier=False, val_split=None, random_state=0),
    }
    for method in made.values():
        method.fit(dev.p, dev.y)
    return {name: method.predict for name, method in made.items()}


def wilson(k: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of a share that counts no error of the classifier."""
    n, z = max(n, 1), 1.96
    middle = (k + z * z / 2) / (n + z * z)
    half = z * np.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
    return middle - half, middle + half


def measured(
    workshops: Sequence[list[Group]], data: Pool, dev: Pool, light: bool, flat: bool
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each estimator's figures over all groups of the workshops."""
    sums: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    quantify = peers(dev)
    reliability = load_model(light=light).bundle_.reliability

    def note(name: str, truth: np.ndarray, value: np.ndarray, base: np.ndarray) -> None:
        known = ~np.isnan(truth)
        value = np.where(np.isnan(value), 1 / 3, value)
        sums[name]["error"] += np.abs(value - truth)[known].tolist()
        sums[name]["base"] += np.abs(base - truth)[known].tolist()

    def cover(name: str, kind: str, truth: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        for t, a, b in zip(truth, low, high, strict=True):
            if not np.isnan(t):
                sums[name][f"{kind} held"].append(float(a - 6e-4 <= t <= b + 6e-4))
                sums[name][f"{kind} width"].append(float(b - a))

    for groups in workshops:
        evidence = {
            (str(at),): Evidence(
                data.p[g.at],
                data.documents[g.at],
                np.ones(len(g.at)),
                np.zeros(len(g.at), dtype=bool),
            )
            for at, g in enumerate(groups)
        }
        found = {"ours": posteriors(evidence, reliability)}
        if flat:
            one_by_one = {k: posteriors({k: e}, reliability)[()] for k, e in evidence.items()}
            found["ours, without the other groups"] = one_by_one
        base = argued(np.bincount(data.y[np.concatenate([g.at for g in groups])], minlength=4))
        for at, g in enumerate(groups):
            record = argued(np.bincount(data.y[g.at], minlength=4))
            for name, predict in quantify.items():
                note(name, record, argued(predict(data.p[g.at])), base)
            counts = np.bincount(data.p[g.at].argmax(axis=1), minlength=4)[:3]
            cover("classify and count", "group", argued(g.mix), *wilson(counts, counts.sum()))
            note("the mix of all", record, base, base)
            for name, posterior in found.items():
                for kind in SECOND:
                    shares = [shares_of(posterior[(str(at),)], kind)[logic] for logic in ARGUED]
                    value, low, high = np.array([(s.value, s.low, s.high) for s in shares]).T
                    if kind == "record":
                        note(name, record, value, base)
                    cover(name, kind, record if kind == "record" else argued(g.mix), low, high)
    for name, lists in sums.items():
        yield name, {what: float(np.mean(values)) for what, values in lists.items()}


def table(title: str, results: Iterator[tuple[str, dict[str, float]]], *, group: bool) -> None:
    print(f"\n{title}\n")
    print("| estimator | error | skill | record: held | width | group: held | width |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, r in results:
        cells = [f"{r['error']:.3f}", f"{1 - r['error'] / r['base']:.2f}"]
        for kind in SECOND:
            held = f"{kind} held" in r and (group or kind == "record")
            cells += [f"{r[f'{kind} held']:.1%}", f"{r[f'{kind} width']:.2f}"] if held else ["", ""]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Print all tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="test", choices=["dev", "test"])
    parser.add_argument("--workshops", type=int, default=40, help="of each size and spread")
    parser.add_argument("--light", action="store_true")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    dev = pool(read_corpus(splits=["dev"]), arguments.light)
    data = dev if arguments.split == "dev" else pool(read_corpus(splits=["test"]), arguments.light)
    print(
        f"{load_model(light=arguments.light).bundle_.label}, {arguments.split} split, "
        f"{len(data.y)} statements of {len(np.unique(data.documents))} documents"
    )
    for n in SIZES:
        rng = np.random.default_rng(n)
        workshops = [
            drawn(data, n, spread, rng) for spread in SPREADS for _ in range(arguments.workshops)
        ]
        title = f"Groups of {n} statements ({len(workshops) * GROUPS} groups)"
        table(title, measured(workshops, data, dev, arguments.light, flat=True), group=True)
    documents = real(data)
    sizes = [len(g.at) for g in documents]
    title = f"Real documents ({len(documents)} of {min(sizes)} to {max(sizes)} statements)"
    table(title, measured([documents], data, dev, arguments.light, flat=True), group=False)


if __name__ == "__main__":
    main()
