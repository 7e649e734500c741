"""What README says can be done, can be done."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import pytest

from etisklandskab.notes.files import KINDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
SHELL = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
COMMANDS = [line for line in SHELL if line.startswith("etisklandskab ")]


def test_the_commands_of_make_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = [line.split()[1] for line in SHELL if line.startswith("make ")]
    assert targets == ["demo", "test"]
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_the_consultants_commands_in_order(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "data" / "examples", tmp_path / "noter")
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) >= 4
    for command in COMMANDS:
        code, _, err = run(*shlex.split(command, comments=True)[1:])
        assert code == 0, (command, err)


def test_the_python_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mpl.use("Agg")
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
    assert (tmp_path / "landskab.svg").stat().st_size > 1000


def test_every_kind_of_file_is_listed() -> None:
    table = README.split("## What it reads", 1)[1].split("\n## ", 1)[0]
    assert set(KINDS) - {".markdown"} <= set(re.findall(r"`(\.\w+)`", table))


def test_the_pictures_are_there() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file()


def test_no_placeholder_is_left() -> None:
    assert "@@" not in README
