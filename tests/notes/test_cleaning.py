"""What is not part of a statement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etisklandskab.notes.cleaning import clean, is_furniture, is_murmur


@pytest.mark.parametrize(
    ("line", "statement"),
    [
        ("- Aftale er aftale", "Aftale er aftale"),
        ("• Aftale er aftale", "Aftale er aftale"),
        ("[x] Aftale er aftale", "Aftale er aftale"),
        ("[00:12:31] Aftale er aftale", "Aftale er aftale"),
        ("00:12 Aftale er aftale", "Aftale er aftale"),
        ("Aftale er aftale (latter)", "Aftale er aftale"),
        ("Aftale [utydeligt] er aftale", "Aftale er aftale"),
        ("<v Lone>Aftale er aftale</v>", "Aftale er aftale"),
        ("**Aftale** er *aftale*", "Aftale er aftale"),
        ("*MK:* hun er habil", "MK: hun er habil"),
        ("(alle nikker)", ""),
        ("Hun ringer selv (og det er nyt)", "Hun ringer selv (og det er nyt)"),
        ("Kl. 9.15 kom hun", "Kl. 9.15 kom hun"),
        ("”Ledelse er [...] at have ansvar”", "”Ledelse er [...] at have ansvar”"),
        ("”Derfor gjorde vi det.", "Derfor gjorde vi det."),
        ("2-3 gange om ugen", "2-3 gange om ugen"),
    ],
)
def test_marks_times_and_asides_go(line: str, statement: str) -> None:
    assert clean(line) == statement


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once_on_what_it_leaves(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == cleaned.strip()
    assert "\n" not in cleaned


@pytest.mark.parametrize(
    "text", ["Mm.", "Ja. Tak.", "Nej, okay.", "Øh", "Det har den.", "Tak for i dag"]
)
def test_murmurs(text: str) -> None:
    assert is_murmur(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ja, men det er hendes hjem",
        "Lytte før vi handler",
        "Det er dyrt",
        "Respekt",
        "Nej tak til bad",
    ],
)
def test_no_murmurs(text: str) -> None:
    assert not is_murmur(text)


@pytest.mark.parametrize(
    "line", ["3", "- 3 -", "Side 3 af 7", "8.45:", "Kl. 10.00 – 11.00", "-----", "www.kommune.dk"]
)
def test_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize("line", ["Side om side", "3 gange om dagen", "Kl. 10 spiser vi"])
def test_no_furniture(line: str) -> None:
    assert not is_furniture(line)
