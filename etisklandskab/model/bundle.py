"""A model on disk: JSON, arrays and ONNX, never a pickle, with a checksum of every file."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from etisklandskab.errors import BundleError
from etisklandskab.files import new_folder
from etisklandskab.model.encoder import Encoder
from etisklandskab.model.linear import CODES, N_FEATURES, LinearModel
from etisklandskab.model.reliability import Reliability

__all__ = ["FORMAT", "Bundle", "load_bundle", "save_bundle"]

FORMAT = 3
"""Version of the layout; a program refuses bundles of a newer one."""

_MANIFEST, _SETTINGS, _WEIGHTS = "manifest.json", "model.json", "weights.npz"
_ENCODER, _TOKENIZER = "encoder.onnx", "tokenizer.json"  # together, or neither
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is written


@dataclass(frozen=True)
class Bundle:
    """A model with what it must be known by.

    Parameters
    ----------
    linear : LinearModel
        The model.
    name : str
        A short name: ``"etisklandskab-full"``.
    checksum : str
        The first 12 hex digits of SHA-256 over the files' sums.
    params : dict
        The settings that it was fitted with.
    reliability : Reliability
        How far its probabilities can be trusted on a document that it never saw.
    """

    linear: LinearModel
    name: str
    checksum: str
    params: dict[str, Any]
    reliability: Reliability

    @property
    def label(self) -> str:
        """Name and checksum, as every output carries it."""
        return f"{self.name} {self.checksum}"


def _array_file(arrays: dict[str, np.ndarray[Any, Any]]) -> bytes:
    """Return an ``.npz`` whose bytes depend on the arrays alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in sorted(arrays.items()):
            one = io.BytesIO()
            np.lib.format.write_array(one, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, one.getvalue(), compresslevel=9)
    return buffer.getvalue()


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _checksum(sums: dict[str, str]) -> str:
    return _sum("\n".join(f"{name} {value}" for name, value in sorted(sums.items())).encode())[:12]


def _files(
    linear: LinearModel, name: str, params: dict[str, Any], reliability: Reliability
) -> dict[str, bytes]:
    used = np.flatnonzero(linear.weights.any(axis=1) | (linear.idf != 0))
    # NaN and infinity are not JSON: a logic without training data has no intercept
    settings = {
        "name": name,
        "logics": [logic.value for logic in CODES],
        "params": params,
        "scale": linear.scale.tolist(),
        "intercept": [b if np.isfinite(b) else None for b in linear.intercept.tolist()],
        "block_weights": linear.block_weights.tolist(),
        "temperature": linear.temperature,
        "shift": linear.shift.tolist(),
        "present": linear.present,
        "unsure": linear.unsure,
        "dense_weight": linear.dense_weight,
        "reliability": {"prior": reliability.prior, "drift": reliability.drift},
    }
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "features": used.astype(np.uint32),
        "idf": linear.idf[used],
        "weights": linear.weights[used],
        "dense": linear.dense,
    }
    files = {_SETTINGS: _json(settings), _WEIGHTS: _array_file(arrays)}
    if linear.encoder is not None:
        files |= {_ENCODER: linear.encoder.onnx, _TOKENIZER: linear.encoder.tokenizer}
    return files


def make_bundle(
    linear: LinearModel, name: str, params: dict[str, Any], reliability: Reliability
) -> Bundle:
    """Return a bundle with its checksum."""
    sums = {file: _sum(data) for file, data in _files(linear, name, params, reliability).items()}
    return Bundle(linear, name, _checksum(sums), params, _knowing(reliability, params))


def _knowing(reliability: Reliability, params: dict[str, Any]) -> Reliability:
    """Return the reliability with what the model has learnt from a human, which `params` tell."""
    return replace(reliability, learnt=frozenset(params.get("learnt", {}).get("seen", ())))


def save_bundle(bundle: Bundle, path: str | Path, *, force: bool = False) -> None:
    """Write a bundle to a folder, at once or not at all.

    Parameters
    ----------
    bundle : Bundle
        The model.
    path : str or Path
        A folder that does not exist yet.
    force : bool, default=False
        Replace a bundle that is there.

    Raises
    ------
    FileExistsError
        If the folder exists and `force` is False.
    """
    files = _files(bundle.linear, bundle.name, bundle.params, bundle.reliability)
    manifest = {"format": FORMAT, "sha256": {name: _sum(data) for name, data in files.items()}}
    with new_folder(Path(path), force=force) as folder:
        for name, data in {**files, _MANIFEST: _json(manifest)}.items():
            (folder / name).write_bytes(data)


def load_bundle(path: str | Path) -> Bundle:
    """Load a bundle and check every byte of it.

    Parameters
    ----------
    path : str or Path
        Its folder.

    Raises
    ------
    BundleError
        If a file is missing or changed, or the format is newer than this program.
    """
    folder = Path(path)

    def read(name: str) -> bytes:
        try:
            return (folder / name).read_bytes()
        except OSError as error:
            raise BundleError(
                f"{folder}: modellen er ufuldstændig, {name} mangler. Hent eller træn den igen."
            ) from error

    written = read(_MANIFEST)
    try:
        manifest = json.loads(written)
        version, sums = int(manifest["format"]), dict(manifest["sha256"])
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{folder}: {_MANIFEST} er beskadiget. Hent modellen igen.") from error
    if version != FORMAT:
        way_out = "Opdatér etisklandskab." if version > FORMAT else "Træn modellen igen."
        raise BundleError(
            f"{folder}: modellen har format {version}, men dette program læser {FORMAT}. {way_out}"
        )
    files = {}
    for name in sorted({_SETTINGS, _WEIGHTS} | (sums.keys() & {_ENCODER, _TOKENIZER})):
        data = read(name)
        if sums.get(name) != _sum(data):
            raise BundleError(
                f"{folder}: {name} passer ikke med sin kontrolsum; filen er ændret eller "
                "beskadiget. Hent eller træn modellen igen."
            )
        files[name] = data
    settings = json.loads(files[_SETTINGS])
    with np.load(io.BytesIO(files[_WEIGHTS]), allow_pickle=False) as arrays:
        used = arrays["features"]
        idf = np.zeros(N_FEATURES, np.float32)
        weights = np.zeros((N_FEATURES, len(CODES)), np.int8)
        idf[used], weights[used] = arrays["idf"], arrays["weights"]
        dense = arrays["dense"]
    linear = LinearModel(
        idf=idf,
        weights=weights,
        scale=np.array(settings["scale"]),
        intercept=np.array([-np.inf if b is None else b for b in settings["intercept"]]),
        block_weights=np.array(settings["block_weights"]),
        temperature=settings["temperature"],
        shift=np.array(settings["shift"]),
        present=settings["present"],
        unsure=settings["unsure"],
        encoder=Encoder(files[_ENCODER], files[_TOKENIZER]) if _ENCODER in files else None,
        dense=dense,
        dense_weight=settings["dense_weight"],
    )
    known = settings["reliability"]
    reliability = Reliability(tuple(known["prior"]), known["drift"])
    params = settings["params"]
    return Bundle(linear, settings["name"], _checksum(sums), params, _knowing(reliability, params))
