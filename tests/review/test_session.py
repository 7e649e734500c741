"""A review that goes on: windows, processes, notes that are read again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from etisklandskab import EthicsClassifier, Logic, Statement, read_notes
from etisklandskab.columns import REMARK
from etisklandskab.report.coded import write_coded
from etisklandskab.review.session import Conflict, Session
from etisklandskab.review.store import Store

Run = Callable[..., tuple[int, str, str]]
Open = Callable[..., Session]
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "data" / "examples"


def texts(session: Session) -> list[str]:
    return [statement.text for statement in session.statements()]


def test_decisions_are_there_when_it_is_opened_again(start: Open, notes: Path) -> None:
    session = start(notes)
    one, two, three, *_ = session.sync().order
    session.decide(one, [Logic.DUTY, Logic.PROXIMITY])
    session.decide(two, [Logic.NONE])
    session.remark(three, "  spørg hende \n")
    for again in (start(), start(notes)):
        statements = again.statements()
        assert statements == session.statements()
        assert statements[0].logics == (Logic.DUTY, Logic.PROXIMITY)
        assert statements[1].logic is Logic.NONE
        assert [s.reviewed for s in statements] == [True, True, False, False, False, False][
            : len(statements)
        ]
        assert statements[2].extra[REMARK] == "spørg hende"


def test_who_decides_second_is_told_of_the_first(start: Open, notes: Path) -> None:
    mine, theirs = start(notes), start()
    name = mine.sync().order[0]
    first = mine.decide(name, [Logic.DUTY], window="a", key="1")
    with pytest.raises(Conflict) as told:
        theirs.decide(name, [Logic.PROXIMITY], window="b", key="2")
    assert told.value.item is not None
    assert told.value.item.decision == (Logic.DUTY,)
    second = theirs.decide(name, [Logic.PROXIMITY], seen=first.id, window="b", key="3")
    assert second.id > first.id
    assert mine.statements()[0].logic is Logic.PROXIMITY
    # split in the one, decided in the other
    theirs.split(name, "Aftale er aftale,", "og loven gælder for alle", seen=second.id)
    with pytest.raises(Conflict) as told:
        mine.decide(name, [Logic.DUTY], seen=second.id)
    assert told.value.item is None


def test_what_is_sent_twice_is_kept_once(start: Open, notes: Path) -> None:
    session = start(notes)
    name = session.sync().order[0]
    event = session.decide(name, [Logic.DUTY], key="k")
    assert start().decide(name, [Logic.DUTY], key="k") == event
    undone = session.undo(key="u")
    assert session.undo(key="u") == undone
    assert session.last == undone.id


def test_parts_are_coded_anew_and_undone(start: Open, notes: Path, light: EthicsClassifier) -> None:
    session = start(notes)
    before, label = session.statements(), light.bundle_.label
    name = session.sync().order[-1]
    whole = session.sync().items[name].statement.text
    words = whole.split()
    session.decide(name, [Logic.NONE])
    seen = session.last
    event = session.split(name, " ".join(words[:3]), " ".join(words[3:]), seen=seen)
    one, two = session.sync().order[-2:]
    assert (one, two) == event.made
    parts = session.statements()[-2:]
    assert all(s.model == label and s.logic is not None and not s.reviewed for s in parts)
    assert parts[1].before == parts[0].text
    session.join(one)
    assert texts(session) == [s.text for s in before]
    assert start().statements() == session.statements()
    for _ in range(3):
        start().undo()
    assert session.statements() == before
    with pytest.raises(ValueError, match="ikke mere"):
        session.undo()


def test_no_join_over_groups_or_documents(start: Open) -> None:
    said = [Statement("Lyt", source="a", group="1"), Statement("nu", source="a", group="2")]
    session = start([*said, Statement("her", source="b", group="2")])
    for name in session.sync().order:
        with pytest.raises(ValueError, match="intet næste"):
            session.join(name)


def test_notes_that_were_changed(start: Open, notes: Path) -> None:
    session = start(notes)
    order = session.sync().order
    for name in order:
        session.decide(name, [Logic.PROXIMITY])
    file = notes / "Gruppe 1.txt"
    as_it_was = file.read_text("utf-8")
    changed = as_it_was.replace("kl. 9", "kl. 10").replace("SUNDT\n", "SUNDT\n- Helt nyt herfra\n")
    file.write_text(changed, encoding="utf-8")
    file = file.rename(notes / "Gruppe 7.txt")
    again = start(notes)
    state = again.sync()
    assert texts(again) == [s.text for s in read_notes(notes)]
    undecided = [i.statement.text for i in state.items.values() if i.decision is None]
    assert undecided == ["Helt nyt herfra", "Mødet begynder kl. 10"]
    assert {s.group for s in again.statements()} == {"Gruppe 7"}
    assert [(item.statement.text, item.decision) for item in again.gone()] == [
        ("Mødet begynder kl. 9", (Logic.PROXIMITY,))
    ]
    # a process that has the file open follows
    assert texts(session) == texts(again)
    # and what is back in the notes is back as it was
    file.write_text(as_it_was, encoding="utf-8")
    back = start(notes)
    assert all(item.decision for item in back.sync().items.values())
    assert back.gone() == []


def test_a_file_that_could_not_be_read_keeps_its_statements(start: Open, notes: Path) -> None:
    (notes / "Gruppe 2.txt").write_text("SUNDT\n- Hun har ret til det\n", encoding="utf-8")
    session = start(notes)
    everything = texts(session)
    rest = [s for s in read_notes(notes) if s.source == "Gruppe 1.txt"]
    session.renew(rest, {"Gruppe 2.txt"})
    assert texts(session) == everything
    session.renew(rest)
    assert texts(session) == everything[:-1]


def test_raw_notes_take_nothing_from_what_a_workbook_said(
    start: Open, notes: Path, light: EthicsClassifier
) -> None:
    coded = light.code(read_notes(notes))
    coded[0] = replace(coded[0], extra={REMARK: "spørg Bodil"}).with_review([Logic.CONSEQUENCE])
    start(coded)
    again = start(notes).statements()[0]
    assert (again.logics, again.extra[REMARK]) == ((Logic.CONSEQUENCE,), "spørg Bodil")


def test_an_old_workbook_takes_back_no_newer_decision(start: Open, notes: Path) -> None:
    session = start(notes)
    name = session.sync().order[0]
    first = session.decide(name, [Logic.DUTY])
    exported = session.statements()
    session.decide(name, [Logic.PROXIMITY], seen=first.id)
    assert start(exported).statements()[0].logics == (Logic.PROXIMITY,)
    exported[0] = exported[0].with_review([Logic.CONSEQUENCE])  # she has corrected it there since
    assert start(exported).statements()[0].logics == (Logic.CONSEQUENCE,)


def test_two_that_read_notes_at_one_moment_hold_them_once(
    start: Open, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = start(), start()
    said, code = read_notes(notes), first._code

    def slow(statements: list[Statement]) -> list[Statement]:
        monkeypatch.undo()
        second.renew(said)  # while the first is still coding
        return code(statements)

    monkeypatch.setattr(first, "_code", slow)
    first.renew(said)
    assert texts(first) == texts(second) == [s.text for s in said]


def test_no_other_than_the_next_that_was_shown_is_joined(start: Open, notes: Path) -> None:
    session = start(notes)
    name, following, *_ = session.sync().order
    session.split(following, "Vi skal lytte til hende", "og møde hende, hvor hun er")
    with pytest.raises(Conflict):
        session.join(name, following)


def test_corrections_in_a_workbook_come_in_and_later_ones_count(
    start: Open, notes: Path, tmp_path: Path, light: EthicsClassifier
) -> None:
    book = tmp_path / "kodning.xlsx"
    coded = light.code(read_notes(notes))
    coded[0] = replace(coded[0], extra={REMARK: "hm"}).with_review([Logic.CONSEQUENCE, Logic.DUTY])
    write_coded(coded, book, model=light)
    session = start(book)
    assert session.statements()[0].logics == (Logic.CONSEQUENCE, Logic.DUTY)
    assert session.statements()[0].extra[REMARK] == "hm"
    assert (
        session.sync().items[session.sync().order[0]].statement.logics
        == light.code(read_notes(notes))[0].logics
    )
    session.decide(session.sync().order[0], [Logic.DUTY])
    assert start(book).statements()[0].logics == (Logic.DUTY,)  # the workbook says nothing new
    coded[0] = coded[0].with_review([Logic.PROXIMITY])
    write_coded(coded, book, model=light, force=True)
    assert start(book).statements()[0].logics == (Logic.PROXIMITY,)


def test_another_model_codes_what_the_first_had_coded(
    start: Open, notes: Path, db: Path, light: EthicsClassifier, model: EthicsClassifier
) -> None:
    session = start(notes)
    name = session.sync().order[0]
    session.split(name, "Aftale er aftale,", "og loven gælder for alle")
    with Store(db) as store:
        other = Session(store, model)
        assert {s.model for s in other.statements()} == {model.bundle_.label}
        assert [s.text for s in other.statements()] == texts(session)


def test_the_order_begins_with_what_is_most_worth_a_look(start: Open, notes: Path) -> None:
    session = start(notes)
    order = session.sync().order
    session.decide(order[2], [Logic.DUTY])
    found = session.by_importance()
    assert sorted(found) == sorted(order)
    assert found[-1] == order[2]


def test_the_words_that_carried_it(start: Open, notes: Path) -> None:
    session = start(notes)
    name = session.sync().order[1]
    words = session.words(name)
    assert words
    assert set(words) <= set(session.sync().items[name].statement.text.lower().split())
    assert session.words("99") == []


# -- the file as notes -------------------------------------------------------------------


def test_the_file_is_read_as_notes(start: Open, notes: Path, db: Path) -> None:
    session = start(notes)
    one, two, *_ = session.sync().order
    session.decide(one, [Logic.CONSEQUENCE, Logic.DUTY])
    session.remark(two, "hvem sagde det?")
    before = db.read_bytes()
    read = read_notes(db)
    assert db.read_bytes() == before
    assert [s.text for s in read] == texts(session)
    assert [s.reviewed for s in read[:2]] == [True, False]
    assert read[0].logics == (Logic.CONSEQUENCE, Logic.DUTY)
    assert read[1].extra[REMARK] == "hvem sagde det?"
    for field in ("source", "group", "heading", "position", "before", "concepts", "probabilities"):
        assert [getattr(s, field) for s in read] == [
            getattr(s, field) for s in session.statements()
        ]


def test_the_examples_come_back_as_they_were(
    start: Open, light: EthicsClassifier, db: Path
) -> None:
    session = start(EXAMPLES)
    for name in session.sync().order[::9]:
        session.decide(name, [Logic.DUTY], seen=0)
    read, meant = read_notes(db), session.statements()
    assert [(s.text, s.source, s.logics, s.reviewed, s.model) for s in read] == [
        (s.text, s.source, s.logics, s.reviewed, s.model) for s in meant
    ]
    assert [s.probabilities for s in read] == [s.probabilities for s in meant]


def test_beside_its_notes_it_is_read_in_their_stead(start: Open, notes: Path, db: Path) -> None:
    session = start(notes)
    session.decide(session.sync().order[0], [Logic.CONSEQUENCE])
    db.rename(notes / "rettelser.db")
    (notes / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0 Windows")
    skipped: list[str] = []
    read = read_notes(notes, on_skip=skipped.append)
    assert [s.text for s in read] == texts(session)
    assert read[0].reviewed
    assert sorted(skipped) == ["Gruppe 1.txt (rettet i rettelser.db)", "Thumbs.db"]
    assert not any(s.reviewed for s in read_notes(notes, but=notes / "rettelser.db"))


def test_a_foreign_database_is_told_of(run: Run, tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "andet.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    connection.close()
    code, _, err = run("profile", "--light", path)
    assert code == 1
    assert "andet.db: filen er en database, men ikke en med rettelser" in err
    assert run("review", "--light", "--no-open", path)[0] == 1


def test_commands_take_it(start: Open, notes: Path, db: Path, run: Run, tmp_path: Path) -> None:
    session = start(notes)
    for name in session.sync().order:
        session.decide(name, [Logic.CONSEQUENCE])
    session.remark(session.sync().order[0], "husk", seen=1)
    table = tmp_path / "kodning.xlsx"
    assert run("classify", "--light", db, "-o", table)[0] == 0
    again = read_notes(table)
    assert {s.logic for s in again} == {Logic.CONSEQUENCE}
    assert again[0].extra[REMARK] == "husk"
    code, out, _ = run("profile", "--light", db)
    assert code == 0
    assert "konsekvens" in out.lower()
    assert run("report", "--light", db, "-o", tmp_path / "notat.html")[0] == 0


def test_what_cannot_be_reviewed_is_told_of(run: Run, tmp_path: Path) -> None:
    code, _, err = run("review", "--light", "--no-open", tmp_path / "findes-ikke.db")
    assert code == 1
    assert "findes ikke" in err
    code, _, err = run("review", "--light", "--no-open", tmp_path, "-o", tmp_path / "x.xlsx")
    assert code == 1
    assert "Brug en af: .db" in err


def test_without_the_extra_it_says_what_to_install(
    run: Run, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    monkeypatch.delitem(sys.modules, "etisklandskab.review.server", raising=False)
    code, _, err = run("review", "--light", "--no-open", notes)
    assert code == 1
    assert 'pip install "etisklandskab[review]"' in err


def test_reading_the_file_imports_no_server() -> None:
    code = (
        "import sys, etisklandskab.notes.decisions\n"
        "assert not {'starlette', 'uvicorn'} & set(sys.modules), 'a server to read notes'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
