"""Shares with intervals: what must hold for any cells, and that the intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etisklandskab import Logic
from etisklandskab.landscape import ARGUED
from etisklandskab.model.reliability import Reliability
from etisklandskab.profile.shares import Evidence, posteriors, share_of, shares_of

SURE = Reliability(drift=0.0)
KINDS = ("group", "record")


def evidence(rows: list[tuple[float, ...]], document: str = "a") -> Evidence:
    p = np.array(rows, float)
    p /= p.sum(axis=1, keepdims=True)
    return Evidence(p, np.array([document] * len(p)), np.ones(len(p)), p.max(axis=1) == 1)


def known(duty: int, proximity: int, consequence: int, none: int) -> Evidence:
    counts = (duty, proximity, consequence, none)
    return evidence(np.repeat(np.eye(4), counts, axis=0).tolist())


rows = st.lists(st.tuples(*[st.floats(0.01, 1)] * 4), min_size=1, max_size=25)
cells = st.dictionaries(st.sampled_from("ABCD").map(lambda x: (x,)), rows, min_size=1)


@settings(max_examples=30, deadline=None)
@given(cells)
def test_a_share_lies_in_its_interval_and_shares_sum_to_one(some: dict) -> None:
    found = posteriors({key: evidence(own) for key, own in some.items()}, Reliability())
    assert set(found) == {*some, ()}
    for posterior in found.values():
        for kind in KINDS:
            assert np.allclose(posterior.draws(kind).sum(axis=1), 1)
        shares = shares_of(posterior)
        for share in shares.values():
            assert 0 <= share.low <= share.value <= share.high <= 1
        assert sum(shares[logic].value for logic in ARGUED) == pytest.approx(1, abs=0.002)


@settings(max_examples=20, deadline=None)
@given(cells, st.randoms())
def test_neither_the_order_of_groups_nor_that_of_statements_matters(some: dict, random) -> None:  # type: ignore[no-untyped-def]
    first = posteriors({key: evidence(own) for key, own in some.items()}, Reliability())
    keys = list(some)
    random.shuffle(keys)
    again = posteriors(
        {key: evidence(random.sample(some[key], len(some[key]))) for key in keys}, Reliability()
    )
    for key, posterior in first.items():
        for kind in KINDS:
            assert shares_of(posterior, kind) == shares_of(again[key], kind)


def test_the_record_of_what_is_known_is_known() -> None:
    found = posteriors({("A",): known(6, 3, 1, 10)}, Reliability())["A",]
    shares = shares_of(found, "record")
    assert [shares[logic].value for logic in Logic] == [0.6, 0.3, 0.1, 0.5]
    assert all(share.low == share.high for share in shares.values())


def test_the_group_is_less_sure_than_its_record() -> None:
    found = posteriors({("A",): evidence([(0.7, 0.1, 0.1, 0.1)] * 20)}, Reliability())["A",]
    group, record = shares_of(found), shares_of(found, "record")
    for logic in Logic:
        assert group[logic].high - group[logic].low > record[logic].high - record[logic].low


def test_errors_and_drift_of_the_classifier_widen_the_interval() -> None:
    def width(own: Evidence, reliability: Reliability) -> float:
        share = shares_of(posteriors({("A",): own}, reliability)["A",])[Logic.DUTY]
        return share.high - share.low

    doubtful = evidence([(0.7, 0.1, 0.1, 0.1)] * 20 + [(0.1, 0.7, 0.1, 0.1)] * 20)
    assert width(known(20, 20, 0, 0), SURE) < width(doubtful, SURE)
    assert width(doubtful, SURE) < width(doubtful, Reliability(drift=1.0))


def test_more_statements_narrow_it() -> None:
    small, large = (
        shares_of(posteriors({("A",): known(3 * n, 2 * n, n, n)}, SURE)["A",]) for n in (2, 20)
    )
    for logic in Logic:
        assert large[logic].high - large[logic].low < small[logic].high - small[logic].low


def test_a_mix_unlike_the_training_corpus_is_taken_account_of() -> None:
    # the model was calibrated where a tenth was duty; here nearly all is
    prior = Reliability((0.1, 0.3, 0.3, 0.3), 0.0)
    own = evidence([(0.5, 0.3, 0.1, 0.1)] * 60)
    naive = own.probabilities[:, 0].sum() / own.probabilities[:, :3].sum()
    assert shares_of(posteriors({("A",): own}, prior)["A",])[Logic.DUTY].value > naive + 0.2


def test_a_small_cell_leans_on_the_others_where_groups_hardly_differ() -> None:
    alike = {(f"G{n}",): known(10, 5, 5, 5) for n in range(8)}
    apart = {(f"G{n}",): known(*[20 if k == n % 3 else 1 for k in range(3)], 3) for n in range(8)}
    small = known(0, 0, 4, 1)
    leaning = shares_of(posteriors(alike | {("x",): small}, SURE)["x",])
    alone = shares_of(posteriors(apart | {("x",): small}, SURE)["x",])
    assert leaning[Logic.CONSEQUENCE].value < 0.45 < alone[Logic.CONSEQUENCE].value


def test_weights_count_and_their_scale_does_not() -> None:
    own = known(10, 10, 0, 0)
    heavy = np.where(own.probabilities[:, 0] == 1, 3.0, 1.0)

    def share(weights: np.ndarray) -> float:
        weighted = Evidence(own.probabilities, own.documents, weights, own.known)
        found = posteriors({("A",): weighted}, SURE)["A",]
        return shares_of(found, "record")[Logic.DUTY].value

    assert share(heavy) == share(10 * heavy) == 0.75


def test_both_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    held = {kind: [] for kind in KINDS}
    for _ in range(40):
        common = rng.dirichlet([4, 4, 4, 4])
        mixes, own = rng.dirichlet(20 * common, 5), {}
        truths = {}
        for at, mix in enumerate(mixes):
            truth = rng.choice(4, size=20, p=mix)
            scores = rng.normal(0, 1, (20, 4)) + 2.5 * np.eye(4)[truth]
            # what is known of a statement under equal priors: exact, so calibrated
            own[(str(at),)] = evidence(np.exp(2.5 * scores).tolist(), str(at))
            truths[(str(at),)] = np.bincount(truth, minlength=4)
        found = posteriors(own, SURE)
        for at, mix in enumerate(mixes):
            key = (str(at),)
            for kind, true in (("group", mix), ("record", truths[key])):
                shares = shares_of(found[key], kind)
                for k, logic in enumerate(ARGUED):
                    value = true[k] / true[:3].sum()
                    held[kind].append(
                        shares[logic].low - 1e-3 <= value <= shares[logic].high + 1e-3
                    )
    for kind in KINDS:
        assert 0.92 <= np.mean(held[kind]) <= 0.995, (kind, np.mean(held[kind]))


def test_an_interval_of_few_values_is_no_wider_than_it_need_be() -> None:
    # 3 % of the draws are elsewhere: the middle 95 % are at one value
    share = share_of(np.array([0.5] * 97 + [0.4, 0.6, 0.6]))
    assert (share.low, share.high) == (0.5, 0.501)
