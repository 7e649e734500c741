"""Zip archives and XML from elsewhere, read so that a hostile file can do no harm."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from etisklandskab.errors import NotesError

__all__ = ["pack", "parse_xml", "unpack"]

_LARGEST = 256 * 1024 * 1024  # bytes of all files that are read
_MANY = 20_000
_AGAIN = "Eksportér projektet igen fra det program, det kommer fra."


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive whose bytes depend on the files alone.

    They are stored as they are: what compression gives differs between builds of zlib.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def unpack(data: bytes, source: str, endings: tuple[str, ...]) -> dict[str, bytes]:
    """Return the files in a zip archive that end in one of some ways, by their lower-case names.

    Nothing is written to disk, so no name in the archive can lead out of a folder.

    Raises
    ------
    NotesError
        If the archive is damaged, encrypted or far too large.
    """
    files: dict[str, bytes] = {}
    left = _LARGEST
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [m for m in archive.infolist() if m.filename.lower().endswith(endings)]
            for member in members[: _MANY + 1]:
                with archive.open(member) as file:
                    # what the archive says of a file's size may be a lie
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0 or len(members) > _MANY:
                    raise NotesError(
                        source, "projektet er for stort til at blive læst.", "Del det i flere."
                    )
                files[member.filename.replace("\\", "/").lower()] = content
    except RuntimeError as error:
        raise NotesError(
            source, "projektet er beskyttet med adgangskode.", "Eksportér det uden."
        ) from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error) as error:
        raise NotesError(source, "projektet er beskadiget og kan ikke åbnes.", _AGAIN) from error
    return files


def parse_xml(data: bytes, source: str) -> ET.Element:
    """Return the root of an XML document that declares no types and no entities.

    Raises
    ------
    NotesError
        If it is no XML, or has a document type: exchange files have none, and entities
        in one can fill the memory or read other files.
    """
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = data.decode("utf-16")
        else:
            text = data.decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise NotesError(
                source, "filen rummer en dokumenttype (DOCTYPE) og læses ikke.", _AGAIN
            )
        return ET.fromstring(text)
    except (UnicodeDecodeError, ET.ParseError) as error:
        raise NotesError(source, "filen er ikke gyldig XML.", _AGAIN) from error
