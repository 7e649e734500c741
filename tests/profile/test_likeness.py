"""Likeness: what statements speak of, not how they argue."""

from __future__ import annotations

import numpy as np

from etisklandskab import load_model
from etisklandskab.profile.likeness import likeness
from etisklandskab.training.corpus import read_corpus

LINEAR = load_model(light=True).bundle_.linear


def test_rare_words_tell_and_common_ones_do_not() -> None:
    alike = likeness(
        ["Tandlægen er for dyr for ham", "Han er bange for tandlægen", "Hun er for træt for ham"],
        LINEAR,
    )
    assert alike[0, 1] > 3 * alike[0, 2]


def test_it_is_a_similarity() -> None:
    alike = likeness(["Et brev", "To breve", "Et brev"], LINEAR)
    assert np.allclose(alike, alike.T)
    assert np.allclose(alike.diagonal(), 1)
    assert alike[0, 2] == alike[0, 0]
    assert ((alike >= 0) & (alike <= 1)).all()


def test_a_statement_without_words_is_like_nothing() -> None:
    assert likeness(["…", "Et brev"], LINEAR)[0, 1] == 0


def test_it_finds_the_same_matter_in_other_logics() -> None:
    # a quartet is one matter argued in four ways; these it was not fitted on
    rows = [r for r in read_corpus(splits=["dev", "test"]) if r.genre == "kvartet"]
    alike = likeness([r.statement.text for r in rows], LINEAR)
    np.fill_diagonal(alike, -1)
    quartets = [r.statement.source for r in rows]
    nearest = [quartets[at] for at in alike.argmax(axis=1)]
    found = np.mean([a == b for a, b in zip(quartets, nearest, strict=True)])
    assert found > 0.2  # by chance: less than 0.01
