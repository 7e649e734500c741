"""Recorded meetings: WebVTT and SRT subtitles, and transcripts in JSON."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from etisklandskab.errors import NotesError
from etisklandskab.notes.blocks import Block
from etisklandskab.notes.tables import records_to_blocks
from etisklandskab.notes.text import decode

__all__ = ["read_json", "read_srt", "read_vtt"]

_PAUSE = 2.0  # seconds of silence that end a turn even in mid-sentence
_LABEL = re.compile(
    r"^(?:[-–]\s*)?(?P<name>[A-ZÆØÅ][^\W\d_]*(?:[ .-][^\W\d_]+){0,2}\.?|[A-ZÆØÅ]{2,4}|(?:Taler|Speaker|SPEAKER)[ _]?\d+):\s+(?=\S)"
)
_ENDED = re.compile(r"[.!?][\"”»)]*$")


@dataclass(slots=True)
class _Cue:
    text: str
    speaker: str = ""
    start: float | None = None
    end: float | None = None


def _join(cues: Iterable[_Cue]) -> list[Block]:
    """Join cues over breaks: a turn ends with its speaker or a pause."""
    turns: list[_Cue] = []
    for cue in cues:
        text = " ".join(cue.text.split())
        if not text:
            continue
        last = turns[-1] if turns else None
        paused = (
            last is not None
            and last.end is not None
            and cue.start is not None
            and cue.start - last.end > _PAUSE
            and (bool(_ENDED.search(last.text)) or cue.start - last.end > 2 * _PAUSE)
        )
        if last is None or paused or (cue.speaker and cue.speaker != last.speaker):
            turns.append(_Cue(text, cue.speaker, cue.start, cue.end))
        elif text != last.text and not last.text.endswith(" " + text):
            last.text = f"{last.text} {text}"  # rolling subtitles repeat a line
            last.end = cue.end
    return [
        Block("speech", turn.text, gap=True, speaker=turn.speaker, place=_clock(turn.start))
        for turn in turns
    ]


def _clock(seconds: float | None) -> str:
    if seconds is None:
        return ""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _subtitles(data: bytes, source: str, kind: str) -> list[Block]:
    import webvtt

    text = decode(data, source)
    try:
        captions = webvtt.from_buffer(io.StringIO(text), format=kind)
    except webvtt.errors.MalformedFileError as error:
        name = {"vtt": "WebVTT", "srt": "SRT"}[kind]
        raise NotesError(
            source,
            f"filen er ikke {name}-undertekster.",
            "Hent udskriften igen, eller gem den som .txt.",
        ) from error
    cues: list[_Cue] = []
    for caption in captions:
        times = caption.start_in_seconds, caption.end_in_seconds
        for at, line in enumerate(caption.text.split("\n")):
            label = _LABEL.match(line)
            if label:
                cues.append(_Cue(line[label.end() :], label["name"], *times))
            elif at == 0:
                cues.append(_Cue(line, caption.voice or "", *times))
            else:
                cues[-1].text += " " + re.sub(r"^[-–]\s+", "", line)
    return _join(cues)


def read_vtt(data: bytes, source: str) -> list[Block]:
    """Read WebVTT subtitles with their voice tags."""
    return _subtitles(data, source, "vtt")


def read_srt(data: bytes, source: str) -> list[Block]:
    """Read SRT subtitles."""
    return _subtitles(data, source, "srt")


_TEXT_KEYS = ("text", "spokenText", "display", "content", "transcript")
_SPEAKER_KEYS = ("speakerDisplayName", "speakerName", "speaker", "speakerId", "voice")
_START_KEYS = ("start", "startOffset", "startDateTime", "offset")
_END_KEYS = ("end", "endOffset", "endDateTime")


def _first(record: dict[str, Any], keys: Iterable[str]) -> Any:
    return next((record[key] for key in keys if record.get(key) not in (None, "")), None)


def _seconds(value: Any) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    match = re.search(r"(\d+):(\d{2}):(\d{2}(?:[.,]\d+)?)", str(value or ""))
    if not match:
        return None
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3].replace(",", "."))


def read_json(data: bytes, source: str) -> list[Block]:
    """Read a transcript as Whisper, Teams and their like write it, or a list of statements."""
    try:
        document = json.loads(decode(data, source))
    except json.JSONDecodeError as error:
        raise NotesError(
            source,
            f"filen er ikke gyldig JSON (linje {error.lineno}).",
            "Hent udskriften igen, eller gem den som .txt.",
        ) from error
    segments: list[Any] | None
    if isinstance(document, list) and document and all(isinstance(r, dict) for r in document):
        if not any(_first(r, _START_KEYS) is not None for r in document):
            return records_to_blocks(document, source)
        segments = document
    elif isinstance(document, dict):
        # Whisper: segments, whisper.cpp: transcription, Teams/Stream: entries, Azure: recognizedPhrases
        keys = ("segments", "entries", "transcription", "recognizedPhrases", "statements")
        segments = next((document[k] for k in keys if isinstance(document.get(k), list)), None)
        if segments is None and isinstance(document.get("text"), str):
            segments = [{"text": document["text"]}]
    else:
        segments = None
    if segments is None or not all(isinstance(s, dict) for s in segments):
        raise NotesError(
            source,
            "JSON-filen er ikke en udskrift, som programmet kender (Whisper eller Teams).",
            "Gem udskriften som .vtt eller .txt.",
        )
    cues = []
    for segment in segments:
        best = segment.get("nBest")
        text = _first(best[0] if best else segment, _TEXT_KEYS)
        stamps = segment.get("timestamps", {})
        cues.append(
            _Cue(
                str(text or ""),
                str(_first(segment, _SPEAKER_KEYS) or ""),
                _seconds(_first(segment, _START_KEYS) or stamps.get("from")),
                _seconds(_first(segment, _END_KEYS) or stamps.get("to")),
            )
        )
    return _join(cues)
