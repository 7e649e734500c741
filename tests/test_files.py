"""Files and folders are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from etisklandskab.files import new_file, new_folder


def test_a_folder_is_replaced_only_when_told(tmp_path: Path) -> None:
    target = tmp_path / "model"
    with new_folder(target) as folder:
        (folder / "a").write_text("1")
    with pytest.raises(FileExistsError), new_folder(target):
        pass
    with new_folder(target, force=True) as folder:
        (folder / "b").write_text("2")
    assert [p.name for p in target.iterdir()] == ["b"]
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("før")
    with pytest.raises(RuntimeError), new_file(target, force=True) as path:
        path.write_text("halvt")
        raise RuntimeError
    assert target.read_text() == "før"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_that_comes_meanwhile_is_not_lost(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with pytest.raises(FileExistsError), new_file(target) as path:
        path.write_text("vores")
        target.write_text("en andens")
    assert target.read_text() == "en andens"
