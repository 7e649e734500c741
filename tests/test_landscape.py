"""The words of the field."""

from __future__ import annotations

import dataclasses

import pytest

from etisklandskab import Logic, Statement


@pytest.mark.parametrize("logic", Logic)
def test_a_logic_is_found_by_each_of_its_names(logic: Logic) -> None:
    for name in (logic.value, logic.danish, logic.theory, logic.danish.upper(), f" {logic.value} "):
        assert Logic.parse(name) is logic


def test_what_names_no_logic_is_refused_with_what_does() -> None:
    with pytest.raises(ValueError, match=r"'dyd' er ikke en logik.*pligt \(duty\)"):
        Logic.parse("dyd")


def test_the_codes_are_ascii_and_in_order() -> None:
    assert [str(logic) for logic in Logic] == ["duty", "proximity", "consequence", "none"]


def test_a_statement_does_not_change() -> None:
    statement = Statement("Lyt")
    with pytest.raises(dataclasses.FrozenInstanceError):
        statement.text = "Tal"  # type: ignore[misc]
    coded = statement.with_coding((0.1, 0.7, 0.1, 0.1), (Logic.PROXIMITY,), "m")
    assert statement.logic is None
    assert coded.logic is Logic.PROXIMITY


def test_no_logic_present_is_none() -> None:
    assert Statement("x").with_coding((0.1, 0.1, 0.1, 0.7), (), "m").logic is Logic.NONE


def test_fields_and_own_columns_are_values() -> None:
    statement = Statement("x", group="A", extra={"kommune": "Engholm"})
    assert (statement.value("group"), statement.value("kommune")) == ("A", "Engholm")
    with pytest.raises(KeyError):
        statement.value("farve")
