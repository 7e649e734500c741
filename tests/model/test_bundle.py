"""A model on disk is refused if it is not what was written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from etisklandskab import BundleError, load_model
from etisklandskab.model.bundle import FORMAT, load_bundle, save_bundle
from etisklandskab.model.classifier import shipped_model

FILES = ["model.json", "weights.npz", "encoder.onnx", "tokenizer.json"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_model(), tmp_path / "model"))


@pytest.mark.parametrize("light", [False, True])
def test_the_shipped_models_load_and_name_themselves(light: bool) -> None:
    bundle = load_bundle(shipped_model(light=light))
    assert bundle.label.startswith(f"etisklandskab-{'light' if light else 'full'} ")
    assert 0 < bundle.reliability.drift < 1
    assert (bundle.linear.encoder is None) == light


@pytest.mark.parametrize("light", [False, True])
def test_writing_one_again_gives_the_same_bytes(tmp_path: Path, light: bool) -> None:
    folder = shipped_model(light=light)
    save_bundle(load_bundle(folder), tmp_path / "again")
    for file in folder.iterdir():
        if file.name != "README.md":
            assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_the_encoder_is_as_small_as_it_must_be() -> None:
    assert (shipped_model() / "encoder.onnx").stat().st_size <= 32_000_000


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_refused(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(BundleError, match=f"{name} passer ikke med sin kontrolsum"):
        load_model(copy)


@pytest.mark.parametrize("name", ["manifest.json", *FILES])
def test_a_missing_file_is_refused(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(BundleError, match=f"{name} mangler"):
        load_model(copy)


def test_a_newer_format_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "format": FORMAT + 1}))
    with pytest.raises(BundleError, match="Opdatér etisklandskab"):
        load_model(copy)


def test_an_older_format_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "format": FORMAT - 1}))
    with pytest.raises(BundleError, match="Træn modellen igen"):
        load_model(copy)


def test_a_damaged_manifest_is_refused(copy: Path) -> None:
    (copy / "manifest.json").write_text("{")
    with pytest.raises(BundleError, match="beskadiget"):
        load_model(copy)


def test_there_is_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="mangler"):
        load_model(tmp_path / "nej")


def test_the_environment_names_ones_own_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    light = shipped_model(light=True)
    monkeypatch.setenv("ETISKLANDSKAB_MODEL", str(light))
    assert load_model().bundle_.name == "etisklandskab-light"
    assert load_model(shipped_model()).bundle_.name == "etisklandskab-full"  # what is said wins
    monkeypatch.setenv("ETISKLANDSKAB_MODEL", str(shipped_model()))
    assert load_model(light=True).bundle_.name == "etisklandskab-light"
    monkeypatch.setenv("ETISKLANDSKAB_MODEL", " ")
    assert load_model().bundle_.name == "etisklandskab-full"
    for broken in (tmp_path / "nej", tmp_path):
        monkeypatch.setenv("ETISKLANDSKAB_MODEL", str(broken))
        with pytest.raises(BundleError, match="miljøvariablen ETISKLANDSKAB_MODEL"):
            load_model()
