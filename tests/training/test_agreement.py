"""Agreement of coders: by hand, and by the libraries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from etisklandskab import EtisklandskabError, Logic, Statement, agreement, read_notes, write_coded
from etisklandskab.training import agreement as module
from etisklandskab.training.agreement import strength_of

D, P, C, N = Logic


def coder(logics: str, source: str = "a.docx") -> list[Statement]:
    """Make a coder of letters: d, p, c, n; a dot is a statement that she left out."""
    which = dict(zip("dpcn", Logic, strict=True))
    said = [(Statement(f"Udsagn {i}", source, position=i), x) for i, x in enumerate(logics)]
    return [s.with_review([which[x]]) if x != "." else s for s, x in said]


def test_kappa_by_hand() -> None:
    # agree on 3 of 4; by chance 0.5 * 0.75 + 0.5 * 0.25 = 0.5; (0.75 - 0.5) / 0.5
    found = agreement({"A": coder("ddnn"), "B": coder("dddn")})
    assert found.pairs[0].value == pytest.approx(0.5)
    assert found.pairs[0].n == found.n == 4
    assert [one.statement.position for one in found.disagreements] == [2]
    # alpha: 1 - 7 * 2 / (2 * 5 * 3 / ... ) by the coincidences: 5 d, 3 n, 2 off the diagonal
    assert found.alpha.value == pytest.approx(1 - (8 - 1) * 2 / (2 * 5 * 3))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(["dd", "dn", "pp", "cp", "nn", "cc"]), min_size=6, max_size=25))
def test_as_the_libraries_say(codes: list[str]) -> None:
    a, b = ("".join(pair) for pair in zip(*codes, strict=True))
    module._DRAWS, before = 20, module._DRAWS
    try:
        found = agreement({"A": coder(a), "B": coder(b)})
    finally:
        module._DRAWS = before
    if len(set(a + b)) == 1:
        assert found.alpha.value is None
        assert "kan ikke beregnes" in str(found)
        return
    assert found.pairs[0].value == pytest.approx(cohen_kappa_score(list(a), list(b)))
    data = [["dpcn".index(x) for x in one] for one in (a, b)]
    assert found.alpha.value == pytest.approx(
        krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
    )
    assert len(found.disagreements) == sum(x != y for x, y in zip(a, b, strict=True))


def test_the_order_of_coders_does_not_matter() -> None:
    a, b = coder("ddnnpc"), coder("ddnpcc")
    one, other = agreement({"A": a, "B": b}), agreement({"B": b, "A": a})
    assert one.alpha.value == pytest.approx(other.alpha.value)
    assert one.pairs[0].value == pytest.approx(other.pairs[0].value)


def test_who_left_out_a_statement_has_no_say_in_it() -> None:
    found = agreement({"A": coder("ddnn.c"), "B": coder("dd.npc"), "C": coder("d.nnpc")})
    assert [one.n for one in found.pairs] == [4, 4, 4]
    assert found.n == 6
    assert found.disagreements == ()
    assert found.alpha.value == 1.0


def test_intervals_hold_the_value_and_documents_are_drawn() -> None:
    rng = np.random.default_rng(0)
    a = "".join(rng.choice(list("dpcn"), 120))
    b = "".join(x if rng.random() < 0.8 else "n" for x in a)
    said = [[], []]
    for at in range(6):
        part = slice(20 * at, 20 * at + 20)
        said[0] += coder(a[part], f"{at}.docx")
        said[1] += coder(b[part], f"{at}.docx")
    found = agreement(dict(zip("AB", said, strict=True)))
    assert found.drawn_by == "document"
    for one in (found.alpha, *found.pairs, *found.logics):
        assert one.low is not None
        assert one.low <= one.value <= one.high


def write(path: Path, rows: list[str], head: str = "Udsagn;Rettet") -> Path:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_file_a_coder(tmp_path: Path) -> None:
    one = write(tmp_path / "anna.csv", ["Ja;pligt", "Nej;nærhed", "Måske;ingen"])
    two = write(tmp_path / "bo.csv", ["Ja;pligt", "Nej;konsekvens", "Måske;ingen"])
    found = agreement([one, two])
    assert found.coders == ("anna", "bo")
    assert not found.by_text
    assert found.rows()[0]["anna"] == "nærhed"
    assert "Landis" in str(found)


def test_one_table_with_a_column_of_coders(tmp_path: Path) -> None:
    rows = ["Ja;pligt;Anna", "Nej;nærhed;Anna", "Ja;pligt;Bo", "Nej;ingen;Bo"]
    found = agreement([write(tmp_path / "alle.csv", rows, "Udsagn;Rettet;Koder")])
    assert found.coders == ("Anna", "Bo")
    assert found.n == 2
    assert found.by_text  # a row of its own for each coder
    empty = write(tmp_path / "tom.csv", ["Ja;pligt;"], "Udsagn;Rettet;Koder")
    with pytest.raises(EtisklandskabError, match="kolonnen »Koder« er tom"):
        agreement([empty])


def test_only_what_a_human_coded_counts(coded: list[Statement]) -> None:
    with pytest.raises(EtisklandskabError, match="mindst to kodere"):
        agreement({"A": coded, "B": coded})
    seen = [s.with_review(s.logics) for s in coded[:30]]
    found = agreement({"A": [*seen, *coded[30:]], "B": seen})
    assert found.n == 30
    assert found.saw_model
    assert "så modellens forslag" in str(found)


def test_nothing_in_common_is_said(tmp_path: Path) -> None:
    one = write(tmp_path / "a.csv", ["Ja;pligt"])
    two = write(tmp_path / "b.csv", ["Nej;pligt"])
    with pytest.raises(EtisklandskabError, match="ikke kodet et eneste udsagn fælles"):
        agreement([one, two])


@pytest.mark.parametrize(
    ("value", "word"),
    [(-0.01, "ringere"), (0.0, "ubetydelig"), (0.2, "ubetydelig"), (0.21, "nogenlunde"),
     (0.41, "moderat"), (0.61, "betydelig"), (0.81, "næsten"), (1.0, "næsten")],
)  # fmt: skip
def test_words_of_strength(value: float, word: str) -> None:
    assert strength_of(value).startswith(word)


def test_the_command(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    one = write(tmp_path / "anna.csv", ["Ja;pligt", "Nej;nærhed", "Måske;ingen"])
    two = write(tmp_path / "bo.csv", ["Ja;pligt", "Nej;konsekvens", "Måske;ingen"])
    code, out, err = run("agreement", one, two, "-o", tmp_path / "uenige.xlsx")
    assert code == 0, err
    assert "Cohens kappa, anna og bo" in out
    assert [s.text for s in read_notes(tmp_path / "uenige.xlsx")] == ["Nej"]


def test_a_row_put_in_parts_nobody() -> None:
    anna = coder("ddnnpc" * 5)
    moved = [replace(s, position=s.position + (s.position > 3)) for s in anna]
    extra = Statement("En række mere", "a.docx", position=4).with_review([D])
    found = agreement({"Anna": anna, "Bo": [*moved, extra]})
    assert (found.n, found.by_text, found.alone) == (30, True, {"Anna": 0, "Bo": 1})
    assert "Kun kodet af én, så de tæller ikke med: Bo 1 udsagn." in str(found)


def test_coders_in_one_project_are_told_apart(tmp_path: Path) -> None:
    said = [
        Statement(f"Udsagn nr. {n} om noget", "a.docx", position=n, extra={"Kodet af Bo": bo})
        for n, bo in enumerate(["pligt", "nærhed", "ingen", "ingen"] * 3, start=1)
    ]
    said = [replace(s, extra=s.extra | {"Kodet af Anna": "pligt"}) for s in said]
    write_coded([s.with_review([D]) for s in said], tmp_path / "fælles.xlsx")
    found = agreement([tmp_path / "fælles.xlsx"])
    assert set(found.coders) == {"Anna", "Bo"}
    assert (found.n, len(found.disagreements)) == (12, 9)
