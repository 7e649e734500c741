"""The classifier: what scikit-learn expects, and what a statement's code may not hang on."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import check_estimator

from etisklandskab import BundleError, EthicsClassifier, Logic, Statement, load_model
from etisklandskab.model.classifier import shipped_model
from etisklandskab.training.corpus import read_corpus

rows = read_corpus(splits=["dev"])[:240]
X = [row.statement for row in rows]
y = [row.primary.value for row in rows]
TEXTS = [statement.text for statement in X]


@cache
def loaded(light: bool) -> EthicsClassifier:
    return load_model(light=light)


# -- scikit-learn ------------------------------------------------------------------------


def test_scikit_learns_own_checks_pass() -> None:
    # Its checks on data feed numbers; for an estimator that says it takes text it leaves them out,
    # and what they look for is tested below.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(EthicsClassifier(), on_fail=None)
    assert [r for r in results if r["status"] == "failed"] == []


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_valid_tag_types,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_mixin_order,
        estimator_checks.check_estimator_cloneable,
    ],
)
def test_scikit_learns_checks_of_the_interface(check: Callable[..., None]) -> None:
    check("EthicsClassifier", EthicsClassifier())


def test_fitting_again_forgets_and_repeats() -> None:
    model = EthicsClassifier(cv=2)
    assert model.fit(X[:60], y[:60]) is model
    first = model.predict_proba(TEXTS)
    model.fit(X[60:], y[60:])
    assert not np.array_equal(model.predict_proba(TEXTS), first)
    assert np.array_equal(model.fit(X[:60], y[:60]).predict_proba(TEXTS), first)


def test_fitting_leaves_parameters_and_data_as_they_were() -> None:
    model, data = EthicsClassifier(C=3.0, cv=0), np.array(TEXTS[:40], dtype=object)
    model.fit(data, y[:40])
    assert model.get_params() == EthicsClassifier(C=3.0, cv=0).get_params()
    assert data.tolist() == TEXTS[:40]


def test_it_can_be_sent_to_another_process() -> None:
    model = EthicsClassifier(cv=0).fit(X[:60], y[:60])
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(TEXTS), model.predict_proba(TEXTS))


def test_params_clone_and_repr() -> None:
    model = EthicsClassifier(C=2.0, cv=0)
    assert clone(model).get_params() == model.get_params()
    assert is_classifier(model)
    assert repr(model) == "EthicsClassifier(C=2.0, cv=0)"
    with pytest.raises(ValueError, match="'D' is no parameter"):
        model.set_params(D=1)


def test_it_works_in_pipelines_and_searches() -> None:
    same = FunctionTransformer(validate=False)
    pipeline = Pipeline([("same", same), ("code", EthicsClassifier(cv=0))])
    assert cross_val_score(pipeline, TEXTS, y, cv=3).mean() > 0.3
    search = GridSearchCV(EthicsClassifier(cv=0), {"C": [0.5, 5.0]}, cv=2).fit(TEXTS, y)
    assert search.best_params_["C"] in (0.5, 5.0)


def test_it_learns_from_what_it_is_given() -> None:
    model = EthicsClassifier().fit(X, y)
    assert model.score(X, y) > 0.9
    assert list(model.classes_) == sorted(set(y))


def test_labels_may_be_danish_and_some_may_be_missing() -> None:
    two = [(x, label) for x, label in zip(X, y, strict=True) if label in ("duty", "none")]
    danish = [Logic.parse(label).danish for _, label in two]
    model = EthicsClassifier().fit([x for x, _ in two], danish)
    assert list(model.classes_) == ["duty", "none"]
    assert model.predict_proba(TEXTS).shape == (len(TEXTS), 2)


def test_sample_weights_count() -> None:
    texts, labels = ["Lyt til hende"] * 2, ["duty", "proximity"]
    heavy = EthicsClassifier(cv=0).fit(texts, labels, sample_weight=[1, 9])
    assert heavy.predict(texts).tolist() == ["proximity", "proximity"]


@pytest.mark.parametrize(
    ("texts", "labels", "says"),
    [
        ([], [], "no statements"),
        (["a"], ["duty", "none"], "1 statements, but 2 labels"),
        (["a", "b"], ["duty", "duty"], "only one class"),
        (["a", "b"], ["duty", "dyd"], "'dyd' er ikke en logik"),
        (["a", 3], ["duty", "none"], "not int"),
        ("a", ["duty"], "give a list"),
    ],
)
def test_what_cannot_be_fitted_on(texts: list[str], labels: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        EthicsClassifier().fit(texts, labels)


def test_one_that_is_not_fitted_says_so() -> None:
    with pytest.raises(NotFittedError):
        EthicsClassifier().predict(["Lyt"])


# -- codes -------------------------------------------------------------------------------


def test_plain_cases(model: EthicsClassifier) -> None:
    said = [
        "Hun har ret til selv at bestemme, sådan er loven for alle",
        "Vi skal lytte til ham og møde ham, hvor han er",
        "Det giver færre indlæggelser og sparer ressourcer på sigt",
        "Vi mødes igen på tirsdag kl. 9 i kantinen",
    ]
    assert model.predict(said).tolist() == ["duty", "proximity", "consequence", "none"]


def test_probabilities_are_probabilities(model: EthicsClassifier) -> None:
    p = model.predict_proba(TEXTS)
    assert p.shape == (len(TEXTS), 4)
    assert np.allclose(p.sum(axis=1), 1)
    assert ((p >= 0) & (p <= 1)).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=6), st.randoms())
@pytest.mark.parametrize("light", [False, True])
def test_a_code_hangs_on_the_statement_alone(light: bool, said: list[str], random: object) -> None:
    model = loaded(light)
    together = model.predict_proba(said)
    assert np.isfinite(together).all()
    order = list(range(len(said)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert np.array_equal(model.predict_proba([said[i] for i in order]), together[order])
    assert np.array_equal(np.vstack([model.predict_proba([x]) for x in said]), together)


def test_logics_hold_the_primary_first(model: EthicsClassifier, coded: list[Statement]) -> None:
    for statement in coded:
        assert statement.logic is (statement.logics[0] if statement.logics else Logic.NONE)
        assert Logic.NONE not in statement.logics
    assert any(len(statement.logics) > 1 for statement in coded)
    assert [s.logics for s in coded[:50]] == model.predict_logics(coded[:50])


def test_context_counts_among_the_words_where_it_is_given_weight() -> None:
    asked = Statement("Netop.", heading="Hvem har ansvaret?", before="Det er vores pligt")
    for weight in (0.0, 0.5):
        model = EthicsClassifier(context_weight=weight, cv=0, encoder=None).fit(X[:80], y[:80])
        alone, in_place = model.predict_proba(["Netop."]), model.predict_proba([asked])
        assert np.array_equal(alone, in_place) == (weight == 0)
        assert np.array_equal(model.predict_proba([Statement("Netop.")]), alone)


def test_the_shipped_model_reads_a_statement_in_its_place(model: EthicsClassifier) -> None:
    why = Statement("Det er derfor.", heading="Hvorfor?", before="Loven kræver, at alle høres")
    result = Statement("Det er derfor.", heading="Hvorfor?", before="Så falder antallet af fald")
    p = model.predict_proba([why, result, "Det er derfor."])
    duty, consequence = (list(model.classes_).index(c) for c in ("duty", "consequence"))
    assert p[0, duty] > p[1, duty]
    assert p[1, consequence] > p[0, consequence]


def test_codes_to_look_at_are_marked(model: EthicsClassifier, coded: list[Statement]) -> None:
    threshold = model.bundle_.linear.unsure
    assert 0.3 < threshold < 0.95
    for statement in coded:
        assert statement.probabilities is not None
        assert statement.unsure == (max(statement.probabilities) < threshold)
    assert 0 < sum(s.unsure for s in coded) < len(coded) / 2


def test_a_head_of_ones_own_is_fitted_on_the_shipped_encoder(model: EthicsClassifier) -> None:
    own = EthicsClassifier().fit(X[:120], y[:120])
    assert own.bundle_.linear.encoder is not None
    assert own.bundle_.linear.encoder.onnx == model.bundle_.linear.encoder.onnx
    light = EthicsClassifier(encoder=None).fit(X[:120], y[:120])
    assert own.score(X[120:], y[120:]) > light.score(X[120:], y[120:])


def test_a_folder_without_an_encoder_is_refused() -> None:
    with pytest.raises(BundleError, match="ingen sprogmodel"):
        EthicsClassifier(encoder=shipped_model(light=True)).fit(X[:20], y[:20])


def test_coding_keeps_order_and_everything_else(
    model: EthicsClassifier, coded: list[Statement]
) -> None:
    bare = [replace(s, logic=None, logics=(), probabilities=None, model="") for s in coded]
    assert model.code(bare) == coded
    assert {s.model for s in coded} == {model.bundle_.label}


def test_nothing_heavy_is_imported_to_code() -> None:
    code = (
        "import sys, etisklandskab as el\n"
        "coded = el.load_model().code([el.Statement('Lyt til hende. Vi har tid.')])\n"
        "el.aggregate(coded).to_json()\n"
        "heavy = {'sklearn', 'scipy', 'pandas', 'spacy', 'matplotlib', 'torch', 'joblib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- explanations ------------------------------------------------------------------------


def test_words_that_carried_the_code(model: EthicsClassifier) -> None:
    explanation = model.explain("Hun har ret til det ifølge loven")
    assert explanation.logic is Logic.DUTY
    assert {"ret", "loven"} & set(explanation.carrying(3))
    assert "pligt" in str(explanation)
    for pull in explanation:
        assert explanation.text[pull.start :].startswith(pull.word)
        assert abs(sum(pull.towards.values())) < 1e-9


def test_leaving_out_the_carrying_words_changes_more_than_leaving_out_others(
    model: EthicsClassifier,
) -> None:
    def fall(text: str, word: str, at: int) -> float:
        before, after = model.predict_proba([text, text.replace(word, "", 1)])[:, at]
        return float(before - after)

    carrying, others = [], []
    for text in TEXTS[:60]:
        pulls = list(model.explain(text))
        if len(pulls) < 4:
            continue
        at = int(model.predict_proba([text])[0].argmax())
        carrying.append(fall(text, pulls[0].word, at))
        others.append(fall(text, pulls[len(pulls) // 2].word, at))
    assert np.mean(carrying) > 3 * abs(np.mean(others))


def test_an_empty_statement_can_be_explained(model: EthicsClassifier) -> None:
    assert list(model.explain("")) == []


# -- on disk -----------------------------------------------------------------------------


def test_a_model_comes_back_as_it_was(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "min-model"
    model = EthicsClassifier(C=2.0).fit(X, y)
    model.save(path)
    again = EthicsClassifier.load(path)
    assert again.get_params() == model.get_params()
    assert again.bundle_.label == model.bundle_.label
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))
    assert again.classes_.tolist() == model.classes_.tolist()
    with pytest.raises(FileExistsError):
        model.save(path)
    model.save(path, force=True)
    assert not any(data.read_bytes().startswith(pickle.dumps(1)[:2]) for data in path.iterdir())
