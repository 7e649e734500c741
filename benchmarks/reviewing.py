"""What reviewing buys: which statements to look at first, and how sure the shares are then.

Workshops of six groups drawn from the documents of the split, as in ``trust.py``, coded by the
shipped model; a human's codes are the corpus's. First the curve: error and interval of the
groups' shares of what was noted after 0 to 80 reviews, by our order (lots weighted by doubt), by
the smallest margin between the two likeliest logics, and by even lots. Then the test in a new
field: the model's probabilities are spoilt, and the intervals must hold all the same. Beside them
the intervals of ppi-python on the same even lots, for the total.

``--choose`` shows instead what ours was chosen by: how steep the lots are, and how far a model may
be off; ``--picture`` also draws the curve.

Run: python benchmarks/reviewing.py [--workshops 20] [--picture docs/reviewing.svg]
     python benchmarks/reviewing.py --split dev --choose
"""

from __future__ import annotations

import argparse
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
from ppi_py import ppi_mean_ci
from trust import argued, drawn, pool

from etisklandskab import load_model
from etisklandskab.landscape import ARGUED, Logic, Statement
from etisklandskab.profile.lots import worth_a_look
from etisklandskab.profile.needed import half_width, reviews_needed
from etisklandskab.profile.profile import Profile
from etisklandskab.profile.shares import share_of
from etisklandskab.training.corpus import read_corpus

SIZE, SPREAD = 30, 8.0
REVIEWS = (0, 20, 40, 80)
CURVE = (0, 10, 20, 30, 40, 50, 60, 80)
CODES = tuple(Logic)
Order = Callable[[Sequence[Statement]], list[int]]
Found = dict[str, dict[int, list[tuple[float, ...]]]]


class Workshop:
    """Coded statements with their true logics, ready to be reviewed."""

    def __init__(self, statements: list[Statement], truth: np.ndarray, mixes: np.ndarray) -> None:
        self.statements, self.truth, self.mixes = statements, truth, mixes

    def profile(self, reviewed: Sequence[int]) -> Profile:
        """Return the profile after a human has coded some."""
        model = load_model()
        seen = set(reviewed)
        own = tuple(self.reviewed(at) if at in seen else s for at, s in enumerate(self.statements))
        return Profile(("group",), own, model.bundle_.label, model.bundle_.reliability)

    def reviewed(self, at: int) -> Statement:
        """Return a statement with its true logic."""
        return self.statements[at].with_review([CODES[self.truth[at]]])

    def figures(self, profile: Profile) -> Iterator[tuple[str, float, float, float]]:
        """Yield what of, error, width and whether held, for each share of each cell."""
        groups = np.array([s.group for s in self.statements])
        cells = [((g,), groups == g, self.mixes[int(g)]) for g in np.unique(groups)]
        cells.append(((), np.ones(len(groups), dtype=bool), self.mixes.mean(axis=0)))
        for key, own, mix in cells:
            record = argued(np.bincount(self.truth[own], minlength=4))
            for kind, true in (("record", record), ("group", argued(mix))):
                shares = profile.shares(*key, kind=kind)
                for logic, value in zip(ARGUED, true, strict=True):
                    s = shares[logic]
                    if s is not None and not np.isnan(value):
                        what = f"{'a group' if key else 'all'}, {kind}"
                        held = s.low - 6e-4 <= value <= s.high + 6e-4
                        yield what, abs(s.value - value), s.high - s.low, float(held)


def workshops(split: str, n: int, spoil: Callable[..., np.ndarray]) -> Iterator[Workshop]:
    """Yield workshops drawn from a split; their statements stand in no order."""
    rows = [row for row in read_corpus(splits=[split]) if row.genre != "kvartet"]
    data = pool(rows, light=False)
    rng, label = np.random.default_rng(7), load_model().bundle_.label
    for _ in range(n):
        groups = drawn(data, SIZE, SPREAD, rng)
        statements: list[Statement] = []
        truth: list[int] = []
        for name, group in enumerate(groups):
            for at, p in zip(group.at, spoil(data.p[group.at], rng), strict=True):
                said = rows[at].statement
                logic = CODES[int(p.argmax())]
                statement = Statement(
                    said.text, source=said.source, position=len(statements), group=str(name)
                )
                present = [logic] if logic in ARGUED else []
                chances = tuple(np.round(p, 4).tolist())
                statements.append(statement.with_coding(chances, present, label))
                truth.append(data.y[at])
        yield Workshop(statements, np.array(truth), np.array([g.mix for g in groups]))


def as_it_is(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return p


def leaning(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    q = np.maximum(p, 1e-4) * np.exp([1.5, 0, -0.5, 0])
    return q / q.sum(axis=1, keepdims=True)


def swapped(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    two = rng.random(len(p)) < 0.4
    return np.where(two[:, None], p[:, [2, 0, 1, 3]], p)


def noise(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return p[rng.permutation(len(p))]


SPOILT = {
    "as it is": as_it_is,
    "leaning towards duty": leaning,
    "two of five mixed up": swapped,
    "noise": noise,
}


def ours(statements: Sequence[Statement]) -> list[int]:
    return worth_a_look(statements, most=len(statements))


def by_margin(statements: Sequence[Statement]) -> list[int]:
    p = np.sort([s.probabilities for s in statements], axis=1)
    return np.argsort(p[:, 3] - p[:, 2], kind="stable").tolist()


def by_lot(statements: Sequence[Statement]) -> list[int]:
    rng = np.random.default_rng(len(statements))
    return rng.permutation(len(statements)).tolist()


ORDERS: dict[str, Order] = {"ours": ours, "smallest margin": by_margin, "by lot": by_lot}


def after(workshop: Workshop, order: Sequence[int], k: int, even: bool) -> Profile:
    """Return the profile after the first k of an order; of even lots, all k show the errors."""
    profile = workshop.profile(order[:k])
    if even:
        with patch("etisklandskab.profile.profile.random_part", lambda *_: sorted(order[:k])):
            _ = profile.correction  # is kept
    return profile


def measured(given: Sequence[Workshop], name: str, reviews: Sequence[int]) -> Found:
    """Return error, width and whether held, of each kind of share, after so many reviews."""
    found: Found = defaultdict(lambda: defaultdict(list))
    for workshop in given:
        order = ORDERS[name](workshop.statements)
        for k in reviews:
            profile = after(workshop, order, k, even=name == "by lot")
            for what, *figures in workshop.figures(profile):
                found[what][k].append(tuple(figures))
    return found


def tell(first: str, found: Found, reviews: Sequence[int], which: str = "") -> None:
    """Print a row for each kind of share: error / width / held."""
    for what, of in found.items():
        if which in what:
            cells = [np.mean(of[k], axis=0) if of[k] else None for k in reviews]
            texts = ["" if c is None else f"{c[0]:.3f} / {c[1]:.2f} / {c[2]:.0%}" for c in cells]
            print(f"| {first} | {what} | {' | '.join(texts)} |", flush=True)


def head(reviews: Sequence[int], first: str = "the model | order") -> None:
    """Print the head of a table."""
    print(f"\n| {first} | of | " + " | ".join(f"{k} reviewed" for k in reviews) + " |")
    print("|---" * (first.count("|") + 2) + "|" + "---:|" * len(reviews))


def beside_ppi(given: Sequence[Workshop], name: str) -> None:
    """Print the four shares of all that was noted, by ours and by ppi-python on the same part."""
    found: Found = defaultdict(lambda: defaultdict(list))
    for workshop in given:
        order = by_lot(workshop.statements)
        p = np.array([s.probabilities for s in workshop.statements])
        for k in REVIEWS[1:]:
            draws = after(workshop, order, k, even=True).posterior().record
            for j in range(4):
                true = (workshop.truth == j).mean()
                share = share_of(draws[:, j])
                held = share.low - 6e-4 <= true <= share.high + 6e-4
                of = (abs(share.value - true), share.high - share.low, float(held))
                found["ours"][k].append(of)
                human = (workshop.truth[order[:k]] == j).astype(float)
                (low,), (high,) = ppi_mean_ci(human, p[order[:k], j], p[order[k:], j], alpha=0.05)
                middle = abs((low + high) / 2 - true)
                found["ppi-python"][k].append((middle, high - low, float(low <= true <= high)))
    tell(name, found, REVIEWS[1:])


def picture(curves: dict[str, Found], path: Path) -> None:
    """Draw error and width of a group's shares against the number reviewed."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    styles = dict(zip(curves, ("-", "--", ":"), strict=True))
    titles = ("Error of a group's share", "Width of its 95% interval")
    for column, (ax, title) in enumerate(zip(axes, titles, strict=True)):
        for name, found in curves.items():
            of = found["a group, record"]
            points = [100 * np.mean(of[k], axis=0)[column] for k in CURVE]
            ax.plot(CURVE, points, styles[name], color="black", label=name)
        ax.set(title=title, xlabel="statements reviewed of 180", ylim=(0, None))
        ax.set_ylabel("percentage points")
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].legend(frameon=False)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def choose(split: str, n: int) -> None:
    """Print what ours would be with lots of another steepness, and with other scales."""
    fields = [name for name in SPOILT if name != "noise"]
    print("Lots: floor of doubt and power; 0 is even lots")
    head(REVIEWS[1:], "the model | floor, power")
    for field in fields:
        given = list(workshops(split, n, SPOILT[field]))
        for floor, power in ((0.1, 0.0), (0.2, 2.0), (0.1, 2.0), (0.05, 2.0), (0.05, 3.0)):
            with patch.multiple("etisklandskab.profile.lots", _FLOOR=floor, _POWER=power):
                found = measured(given, "ours", REVIEWS[1:])
            tell(f"{field} | {floor}, {power:g}", found, REVIEWS[1:], "a group, record")
    print("\nHow much is believed of each scale of how far a model may be off")
    head(REVIEWS[1:], "the model | scales 0.1, 0.3, 1")
    for field in fields:
        given = list(workshops(split, n, SPOILT[field]))
        for beliefs in ((0, 1, 0), (1, 1, 1), (1, 1, 3), (0, 0, 1)):
            of = np.array(beliefs) / sum(beliefs)
            with patch("etisklandskab.profile.correction._BELIEFS", of):
                found = measured(given, "ours", REVIEWS[1:])
            shown = ", ".join(f"{belief:.1f}" for belief in of)
            tell(f"{field} | {shown}", found, REVIEWS[1:], "a group, record")


def told(given: Sequence[Workshop]) -> None:
    """Print how near the promised number of reviews comes to the wanted width."""
    promised, reached = [], []
    for workshop in given:
        n = reviews_needed(workshop.profile([]))
        promised.append(n)
        reached.append(half_width(workshop.profile(ours(workshop.statements)[:n])))
    print(
        f"\nFor ±5 points of all that was noted, {np.mean(promised):.0f} reviews are promised "
        f"(of {6 * SIZE}); after them it is ±{100 * np.mean(reached):.1f} on average "
        f"(from {100 * min(reached):.1f} to {100 * max(reached):.1f}; n={len(given)})"
    )


def main() -> None:
    """Print all tables as Markdown; in a cell: error / width / held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="test", choices=["dev", "test"])
    parser.add_argument("--workshops", type=int, default=20)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--choose", action="store_true")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    split, n = arguments.split, arguments.workshops
    print(
        f"{load_model().bundle_.label}, {split} split, {n} workshops of six groups of {SIZE} "
        "statements; error / width / held"
    )
    if arguments.choose:
        if split == "test":
            parser.error("nothing is chosen on the test split: --split dev")
        choose(split, n)
        return
    given = list(workshops(split, n, as_it_is))
    reviews = CURVE if arguments.picture else REVIEWS
    curves = {name: measured(given, name, reviews) for name in ORDERS}
    head(reviews)
    for name, found in curves.items():
        tell(f"as it is | {name}", found, reviews)
    if arguments.picture:
        picture(curves, arguments.picture)
    head(REVIEWS)
    for field, spoil in SPOILT.items():
        if spoil is not as_it_is:
            spoilt = list(workshops(split, n, spoil))
            for name in ORDERS:
                tell(f"{field} | {name}", measured(spoilt, name, REVIEWS), REVIEWS)
    head(REVIEWS[1:], "the model")
    for field, spoil in SPOILT.items():
        beside_ppi(list(workshops(split, n, spoil)), field)
    told(given)


if __name__ == "__main__":
    main()
