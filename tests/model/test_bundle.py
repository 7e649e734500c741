"""A model on disk is refused if it is not what was written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from etisklandskab import BundleError, load_model
from etisklandskab.model.bundle import FORMAT, load_bundle, save_bundle
from etisklandskab.model.classifier import shipped_model


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_model(), tmp_path / "model"))


def test_the_shipped_model_loads_and_names_itself() -> None:
    bundle = load_bundle(shipped_model())
    assert bundle.label.startswith("etisklandskab-ngram ")
    assert len(bundle.confusion) == 4


def test_writing_it_again_gives_the_same_bytes(tmp_path: Path) -> None:
    save_bundle(load_bundle(shipped_model()), tmp_path / "again")
    for file in shipped_model().iterdir():
        if file.name != "README.md":
            assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("name", ["model.json", "weights.npz"])
def test_a_changed_byte_is_refused(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(BundleError, match=f"{name} passer ikke med sin kontrolsum"):
        load_model(copy)


@pytest.mark.parametrize("name", ["manifest.json", "model.json", "weights.npz"])
def test_a_missing_file_is_refused(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(BundleError, match=f"{name} mangler"):
        load_model(copy)


def test_a_newer_format_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "format": FORMAT + 1}))
    with pytest.raises(BundleError, match="Opdatér etisklandskab"):
        load_model(copy)


def test_a_damaged_manifest_is_refused(copy: Path) -> None:
    (copy / "manifest.json").write_text("{")
    with pytest.raises(BundleError, match="beskadiget"):
        load_model(copy)


def test_there_is_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="mangler"):
        load_model(tmp_path / "nej")
