"""What reviewing buys: which statements to look at first, and how sure the shares are then.

Workshops of six groups drawn from the documents of the split, as in ``trust.py``, coded by the
shipped model; a human's codes are the corpus's. First, the curve: error and interval of the
groups' shares of what was noted, after 0 to 80 reviews, by our order, by the smallest margin
between the two likeliest logics, and by lot. Then the test in a new field: the model's
probabilities are spoilt, and the intervals must hold all the same once a random part is
reviewed; beside them the intervals of ppi-python on the same part, for the total.

Run: python benchmarks/reviewing.py [--split dev] [--workshops 20]
"""

from __future__ import annotations

import argparse
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from ppi_py import ppi_mean_ci
from trust import argued, drawn, pool

from etisklandskab import load_model
from etisklandskab.landscape import ARGUED, Logic, Statement
from etisklandskab.profile.correction import draw_of
from etisklandskab.profile.needed import half_width, reviews_needed
from etisklandskab.profile.priority import worth_a_look
from etisklandskab.profile.profile import Profile
from etisklandskab.profile.shares import share_of
from etisklandskab.training.corpus import read_corpus

SIZE, SPREAD = 30, 8.0
REVIEWS = (0, 20, 40, 80)
CODES = tuple(Logic)


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
        logic = CODES[self.truth[at]]
        return self.statements[at].with_review([] if logic is Logic.NONE else [logic])

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


def by_lot(statements: Sequence[Statement]) -> list[int]:
    return sorted(range(len(statements)), key=lambda at: draw_of(statements[at]))


def by_margin(statements: Sequence[Statement]) -> list[int]:
    p = np.sort([s.probabilities for s in statements], axis=1)
    return np.argsort(p[:, 3] - p[:, 2], kind="stable").tolist()


def ours(statements: Sequence[Statement]) -> list[int]:
    return [look.at for look in worth_a_look(statements, most=len(statements))]


ORDERS = {"ours": ours, "margin": by_margin, "by lot": by_lot}


def curve(given: Sequence[Workshop]) -> None:
    """Print the curve of each order."""
    print("| order | of | " + " | ".join(f"{k} reviewed" for k in REVIEWS) + " |")
    print("|---|---|" + "---:|" * len(REVIEWS))
    for name, order in ORDERS.items():
        found: dict[str, dict[int, list[tuple[float, ...]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for workshop in given:
            first = order(workshop.statements)
            for k in REVIEWS:
                for what, *figures in workshop.figures(workshop.profile(first[:k])):
                    found[what][k].append(tuple(figures))
        for what, of in found.items():
            cells = [np.mean(of[k], axis=0) for k in REVIEWS]
            texts = [f"{error:.3f} / {width:.2f} / {held:.0%}" for error, width, held in cells]
            print(f"| {name} | {what} | {' | '.join(texts)} |", flush=True)


def new_field(given: Sequence[Workshop], name: str) -> None:
    """Print how often intervals hold after a random part was reviewed."""
    found: dict[str, dict[int, list[tuple[float, ...]]]] = defaultdict(lambda: defaultdict(list))
    for workshop in given:
        lots = by_lot(workshop.statements)
        p = np.array([s.probabilities for s in workshop.statements])
        for k in (0, 20, 40, 80):
            profile = workshop.profile(lots[:k])
            for what, *figures in workshop.figures(profile):
                found[what][k].append(tuple(figures))
            draws = profile.posterior().record
            for j in range(4):
                true = (workshop.truth == j).mean()
                share = share_of(draws[:, j])
                held = share.low - 6e-4 <= true <= share.high + 6e-4
                figures = (abs(share.value - true), share.high - share.low, float(held))
                found["all, of the four: ours"][k].append(figures)
                if k:
                    human = (workshop.truth[lots[:k]] == j).astype(float)
                    (low,), (high,) = ppi_mean_ci(human, p[lots[:k], j], p[lots[k:], j], alpha=0.05)
                    middle = abs((low + high) / 2 - true)
                    found["all, of the four: ppi-python"][k].append(
                        (middle, high - low, float(low <= true <= high))
                    )
    for what, of in found.items():
        texts = []
        for k in (0, 20, 40, 80):
            error, width, held = np.mean(of[k], axis=0) if of[k] else [np.nan] * 3
            texts.append(f"{error:.3f} / {width:.2f} / {held:.0%}" if of[k] else "")
        print(f"| {name} | {what} | {' | '.join(texts)} |", flush=True)


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
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    given = list(workshops(arguments.split, arguments.workshops, as_it_is))
    print(
        f"{load_model().bundle_.label}, {arguments.split} split, {len(given)} workshops of six "
        f"groups of {SIZE} statements; error / width / held\n"
    )
    curve(given)
    print("\n| the model | of | 0 by lot | 20 | 40 | 80 |\n|---|---|---:|---:|---:|---:|")
    for name, spoil in SPOILT.items():
        new_field(list(workshops(arguments.split, arguments.workshops, spoil)), name)
    told(given[: max(1, len(given) // 4)])


if __name__ == "__main__":
    main()
