"""A consultant's codes to a model of her own: what she means is learnt, and noise is not praised."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from etisklandskab import EthicsClassifier, EtisklandskabError, Logic, Statement, learn, load_model
from etisklandskab.model.linear import softmax
from etisklandskab.training import learning as module
from etisklandskab.training.adapting import adapt, cool, moved, see
from etisklandskab.training.corpus import read_corpus
from etisklandskab.training.learning import LEAST, Learning, mislabelled, parts_of
from etisklandskab.training.paired import draws_of, mcnemar, pair

ROWS = [row for row in read_corpus(splits=["train"]) if row.genre == "tale"][:90]
LINEAR = load_model(light=True).bundle_.linear


def coded(rule: Callable[[int], Logic], n: int = 90) -> list[Statement]:
    return [row.statement.with_review([rule(i)]) for i, row in enumerate(ROWS[:n])]


def all_duty_is_consequence(i: int) -> Logic:
    return Logic.CONSEQUENCE if ROWS[i].primary is Logic.DUTY else ROWS[i].primary


@pytest.fixture(scope="module")
def learnt() -> Learning:
    return learn(coded(all_duty_is_consequence), light=True)


def test_a_rule_of_her_own_is_learnt(learnt: Learning) -> None:
    assert learnt.hers.verdict == "better"
    assert learnt.hers.new.accuracy > learnt.hers.old.accuracy + 0.08
    assert learnt.worth_keeping
    assert "Den nye er bedre." in str(learnt)


def test_it_says_what_it_lost_on_other_texts(learnt: Learning) -> None:
    assert learnt.general.verdict == "worse"
    assert learnt.general.n > 1900
    assert "ringere til andres tekster" in str(learnt)
    assert "oftest det usikre" in str(learnt)


def test_the_model_written_is_the_one_that_was_measured(learnt: Learning, tmp_path: Path) -> None:
    learnt.model.save(tmp_path / "m")
    again = EthicsClassifier.load(tmp_path / "m")
    dev = read_corpus(splits=["dev"])
    right = again.predict([row.statement for row in dev]) == [row.primary.value for row in dev]
    assert right.mean() == pytest.approx(learnt.general.new.accuracy, abs=0.005)  # in 255 steps
    assert again.bundle_.label == learnt.model.bundle_.label
    assert again.bundle_.params["learnt"]["n"] == 90
    assert 0 < again.bundle_.linear.unsure < 1


def test_the_same_codes_give_the_same_model(learnt: Learning) -> None:
    again = learn(coded(all_duty_is_consequence), light=True)
    assert again.model.bundle_.label == learnt.model.bundle_.label
    assert again.to_dict() == learnt.to_dict()


def test_labels_at_random_are_not_called_better() -> None:
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        found = learn(coded(lambda _: list(Logic)[rng.integers(4)]), light=True)  # noqa: B023
        assert found.hers.verdict != "better"


def test_only_what_a_human_coded_is_learnt_from(learnt: Learning) -> None:
    model = load_model(light=True)
    others = model.code([row.statement for row in read_corpus(splits=["dev"])[:50]])
    again = learn([*others, *coded(all_duty_is_consequence)], light=True)
    assert again.model.bundle_.label == learnt.model.bundle_.label


def test_neither_train_nor_test_split_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def few(path: object = None, *, splits: list[str]) -> object:
        asked.extend(splits)
        return read_corpus(splits=splits)[:200]

    monkeypatch.setattr(module, "read_corpus", few)
    learn(coded(lambda i: ROWS[i].primary, 40), light=True)
    assert asked == ["dev"]


def test_a_statement_coded_twice_counts_once_as_it_was_last() -> None:
    first = coded(lambda i: ROWS[i].primary, 40)
    second = [first[0].with_review([Logic.NONE])]
    found = learn([*first, *second], light=True)
    assert (found.n, found.repeated) == (40, 1)


def test_too_little_to_learn_from_is_said_in_danish() -> None:
    with pytest.raises(EtisklandskabError, match=rf"kun 19 .* mindst {LEAST}"):
        learn(coded(lambda i: ROWS[i].primary, 19), light=True)
    with pytest.raises(EtisklandskabError, match="siger »pligt«"):
        learn(coded(lambda _: Logic.DUTY, 30), light=True)


def test_a_model_is_not_measured_on_what_it_learnt_from(learnt: Learning) -> None:
    with pytest.raises(EtisklandskabError, match="har allerede lært af 90 af de 90"):
        learn(coded(all_duty_is_consequence), model=learnt.model)


def test_a_model_she_has_already_knew_the_answers(learnt: Learning) -> None:
    found = learn(coded(all_duty_is_consequence), light=True, beside=learnt.model)
    assert found.beside is not None
    assert found.beside_saw == 90
    assert "kendte altså svarene" in str(found)


# -- on the command line ---------------------------------------------------------------------


def table(path: Path, statements: list[Statement]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["Udsagn", "Kilde", "Overskrift", "Rettet"])
        for s in statements:
            assert s.logic is not None
            out.writerow([s.text, s.source, s.heading, s.logic.danish])
    return path


def test_the_command_writes_a_model_that_works(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    path, target = table(tmp_path / "r.csv", coded(all_duty_is_consequence)), tmp_path / "min"
    code, out, err = run(
        "learn",
        path,
        "-o",
        target,
        "--light",
        "--json",
        tmp_path / "t.json",
        "--doubtful",
        tmp_path / "d.csv",
    )
    assert code == 0, err
    assert "Den nye er bedre." in out
    assert json.loads((tmp_path / "t.json").read_text("utf-8"))["hers"]["verdict"] == "better"
    assert (tmp_path / "d.csv").is_file()
    assert load_model(target).bundle_.params["learnt"]["n"] == 90
    before = sorted((f.name, f.read_bytes()) for f in target.iterdir())
    code, out, err = run("learn", path, "-o", target, "--light")
    assert code == 1
    assert "Modellen, du har i forvejen" in out
    assert "--force" in err
    assert sorted((f.name, f.read_bytes()) for f in target.iterdir()) == before
    assert run("learn", path, "-o", target, "--light", "--force")[0] == 0


def test_a_worse_model_is_not_written(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_odds(i: int) -> Logic:  # what one document teaches is wrong in the next
        turn = sorted({row.statement.source for row in ROWS}).index(ROWS[i].statement.source)
        return list(Logic)[(list(Logic).index(ROWS[i].primary) + turn) % 4]

    monkeypatch.setattr(module, "STRENGTHS", (10.0,))
    path, target = table(tmp_path / "r.csv", coded(at_odds)), tmp_path / "min"
    code, out, err = run("learn", path, "-o", target, "--light")
    assert code == 1, out
    assert "er ikke skrevet: den nye model gør det ikke så godt" in err
    assert not target.exists()
    assert run("learn", path, "-o", target, "--light", "--force")[0] == 0
    assert target.is_dir()


def test_no_folder_of_other_things_is_replaced(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "noter").mkdir()
    (tmp_path / "noter" / "vigtigt.txt").write_text("mit")
    path = table(tmp_path / "r.csv", coded(all_duty_is_consequence))
    code, _, _ = run("learn", path, "-o", tmp_path / "noter", "--light", "--force")
    assert code == 1
    assert (tmp_path / "noter" / "vigtigt.txt").read_text() == "mit"


# -- what it is made of ----------------------------------------------------------------------


def test_planted_slips_are_found_above_chance() -> None:
    """A tenth of the codes are wrong; the list must hold many more than a tenth of wrong ones."""
    rows = read_corpus(splits=["dev"])[:400]
    rng = np.random.default_rng(5)
    planted = set(rng.choice(400, 40, replace=False).tolist())
    hers = [
        row.statement.with_review(
            [list(Logic)[(list(Logic).index(row.primary) + 1) % 4] if i in planted else row.primary]
        )
        for i, row in enumerate(rows)
    ]
    found = mislabelled(hers, softmax(see(LINEAR, hers).logits))
    hits = [next(i for i, s in enumerate(hers) if s is d.statement) in planted for d in found]
    assert sum(hits) >= 20
    assert np.mean(hits) > 0.3
    assert np.mean(hits[:20]) > 0.4


def test_without_strength_nothing_moves_and_with_it_the_codes_are_likelier() -> None:
    hers = coded(all_duty_is_consequence, 40)
    seen, labels = see(LINEAR, hers), [s.logic for s in hers if s.logic]
    y = [list(Logic).index(label) for label in labels]
    losses = []
    for strength in (0.0, 0.1, 1.0, 10.0):
        p = softmax(adapt(seen, labels, strength).logits(seen))
        losses.append(-np.log(p[np.arange(40), y]).sum())
    assert losses[0] == pytest.approx(-np.log(softmax(seen.logits)[np.arange(40), y]).sum())
    assert losses == sorted(losses, reverse=True)


def test_a_moved_model_gives_what_the_move_promised() -> None:
    hers = coded(all_duty_is_consequence, 40)
    seen, labels = see(LINEAR, hers), [s.logic for s in hers if s.logic]
    move = adapt(seen, labels, 1.0)
    for temperature in (1.0, 2.0):
        p = moved(LINEAR, move, temperature).probabilities(hers)
        # the weights are kept in 255 steps
        assert p == pytest.approx(softmax(move.logits(seen) / temperature), abs=0.03)


def test_the_temperature_is_found_that_the_scores_were_multiplied_by() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (4000, 4))
    labels = [list(Logic)[rng.choice(4, p=p)] for p in softmax(logits)]
    assert cool(3 * logits, labels) == pytest.approx(3, abs=0.25)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_binomial_test(gained: int, lost: int) -> None:
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar(gained, lost) == pytest.approx(expected)


@given(st.lists(st.integers(0, 7), min_size=10, max_size=60), st.integers(2, 5))
def test_no_document_is_in_two_parts(numbers: list[int], k: int) -> None:
    said = [Statement("x", source=f"{n}.txt", position=i) for i, n in enumerate(numbers)]
    part, by_document = parts_of(said, k)
    if by_document:
        for name in {s.source for s in said}:
            assert len({int(p) for p, s in zip(part, said, strict=True) if s.source == name}) == 1
    assert len(np.unique(part)) == min(k, len(set(numbers)) if by_document else k)


def test_whole_documents_are_drawn() -> None:
    times, by = draws_of(["a", "a", "b", "c", "d", "e"], 50)
    assert by == "document"
    assert (times[:, 0] == times[:, 1]).all()
    assert draws_of(["a", "a", "b"], 5)[1] == "statement"


def test_a_pair_of_equals_is_the_same_and_few_are_too_few() -> None:
    truth = [Logic.DUTY, Logic.NONE] * 50
    right = np.array([[0.9, 0, 0, 0.1], [0.1, 0, 0, 0.9]] * 50)
    assert pair(right, right, truth, ["a"] * 100).verdict == "same"
    wrong = right.copy()
    wrong[:2] = wrong[:2, ::-1]
    assert pair(wrong[:8], right[:8], truth[:8], ["a"] * 8).verdict == "few"
    assert pair(right[:, ::-1], right, truth, ["a"] * 100).verdict == "better"
    assert pair(right, right[:, ::-1], truth, ["a"] * 100).verdict == "worse"


def test_the_same_words_in_another_file_teach_nothing_about_themselves() -> None:
    rng = np.random.default_rng(5)
    random = coded(lambda _: list(Logic)[rng.integers(4)], 60)
    copies = [replace(s, source=f"{file} {s.source}") for file in ("Anna", "Bo") for s in random]
    found = learn(copies, light=True)
    assert found.hers.new.accuracy < found.hers.old.accuracy + 0.1
    assert found.hers.verdict != "better"
    # each file is all of it: nothing is left to learn from, and nothing is claimed
    whole = [replace(s, source=file) for file in ("Anna", "Bo", "Cleo") for s in random]
    assert learn(whole, light=True).hers.difference == 0
