"""The command that hands coded statements on, and reading corrections back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from etisklandskab import Logic, Statement, read_notes, write_coded
from etisklandskab.exchange import KINDS, export

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("suffix", KINDS)
def test_export_in_every_kind(
    run: Run, light: list[Statement], tmp_path: Path, suffix: str
) -> None:
    write_coded(light[:40], tmp_path / "kodet.csv")
    target = tmp_path / f"ud{suffix}"
    code, _, err = run("export", tmp_path / "kodet.csv", "-o", target)
    assert code == 0, err
    assert target.stat().st_size > 300
    assert str(target) in err
    assert run("export", tmp_path / "kodet.csv", "-o", target)[0] == 1  # never over a file


def test_raw_notes_are_coded_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Gruppe 1.txt").write_text("SUNDT\n- Det er hendes ret\n", "utf-8")
    code, _, err = run("export", tmp_path / "Gruppe 1.txt", "-o", tmp_path / "p.qdpx", "--light")
    assert code == 0, err
    (statement,) = read_notes(tmp_path / "p.qdpx")
    assert (statement.logic, statement.group) == (Logic.DUTY, "Gruppe 1")


@pytest.mark.parametrize("suffix", [".qdpx", ".json"])
def test_corrections_count_in_the_profile(
    run: Run, light: list[Statement], tmp_path: Path, suffix: str
) -> None:
    said = [replace(s, workshop="", group="Gruppe 1", extra={}) for s in light[:40]]
    export(said, tmp_path / f"foer{suffix}")
    export([s.with_review([Logic.DUTY]) for s in said], tmp_path / f"rettet{suffix}")
    shares = {}
    for name in ("foer", "rettet"):
        target = tmp_path / f"{name}.csv"
        code, _, err = run("profile", tmp_path / f"{name}{suffix}", "-o", target, "--light")
        assert code == 0, err
        assert "kodes nu" not in err
        shares[name] = target.read_text("utf-8")
    assert shares["foer"] != shares["rettet"]


def test_what_is_exported_among_the_notes_is_not_read_with_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Gruppe 1.txt").write_text("SUNDT\n- Det er hendes ret\n", "utf-8")
    for name in ("p.qdpx", "d.csv", "o.json", "c.qdc"):
        code, _, err = run("export", tmp_path, "-o", tmp_path / name, "--light")
        assert code == 0, err
        assert "1 udsagn" in err


def test_help_is_danish_with_an_example(run: Run) -> None:
    code, out, _ = run("export", "--help")
    assert code == 0
    assert "etisklandskab export" in out.split("Eksempler", 1)[-1]
    assert "Usage" not in out


def test_an_unknown_ending_is_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"endelsen \.doc kendes ikke"):
        export([], tmp_path / "a.doc")
    code, _, err = run("export", tmp_path, "-o", tmp_path / "a.doc")
    assert code == 1
    assert ".qdpx" in err


def test_exchange_waits_for_no_heavy_library() -> None:
    heavy = "sklearn pandas spacy matplotlib torch pyarrow lxml".split()
    program = f"import etisklandskab.exchange, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
