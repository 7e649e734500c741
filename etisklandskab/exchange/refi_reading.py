"""REFI-QDA read: what NVivo and its like made of a project."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from etisklandskab.concepts import parse_concepts
from etisklandskab.errors import NotesError
from etisklandskab.exchange.archive import parse_xml, unpack
from etisklandskab.exchange.codes import known_codes, plain_guid
from etisklandskab.exchange.layout import surroundings
from etisklandskab.exchange.memo import read_memo
from etisklandskab.exchange.reviews import REVIEWER, Codes, is_program, to_block
from etisklandskab.landscape import Concept, Logic
from etisklandskab.notes.blocks import Block

__all__ = ["read_blocks"]

Span = tuple[int, int]

# They write Windows line ends and count each as one character: QualCoder does on Windows.
_ONE_END = ("ATLAS", "QUALCODER")


def read_blocks(data: bytes, source: str) -> list[Block]:
    """Read a ``.qdpx`` project as rows for the reader of notes.

    Raises
    ------
    NotesError
        If the file cannot be read; the message (Danish) names the file and the way out.
    """
    files = unpack(data, source, (".qde", ".txt"))
    project = next((content for name, content in files.items() if name.endswith(".qde")), None)
    if project is None:
        raise NotesError(
            source, "filen er ikke et REFI-QDA-projekt.", "Eksportér projektet som .qdpx."
        )
    root = parse_xml(project, source)
    users = {plain_guid(u.get("guid")): u.get("name", "") for u in _named(root, "User")}
    codes = known_codes(_named(root, "Code"))
    origin = root.get("origin", "").upper()
    used = {codes.get(plain_guid(ref.get("targetGUID"))) for ref in _named(root, "CodeRef")}
    concepts = [concept for concept in Concept if concept in used]
    reader = _Reader(users, codes, concepts, any(name in origin for name in _ONE_END), source)
    texts = {name.rpartition("/")[2]: content for name, content in files.items()}
    return [
        block for element in _named(root, "TextSource") for block in reader.read(element, texts)
    ]


def _local(element: ET.Element) -> str:
    # the namespace names the schema's version; what is read here is the same in all
    return element.tag.rpartition("}")[2]


def _named(parent: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in parent.iter() if _local(element) == name]


def _children(parent: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in parent if _local(element) == name]


def _text(parent: ET.Element, name: str) -> str:
    return next((child.text or "" for child in _children(parent, name)), "")


class _Found:
    """What stands at one place of a text: the memo, and who set which codes."""

    def __init__(self) -> None:
        self.memo = ""
        self.codes: dict[str, list[Logic | Concept]] = {}

    def add(self, other: _Found) -> None:
        """Add the codes of another place."""
        for user, codes in other.codes.items():
            self.codes.setdefault(user, []).extend(codes)

    def logics(self) -> Codes:
        """Return who set which logics."""
        program: tuple[Logic, ...] | None = None
        humans: dict[str, tuple[Logic, ...]] = {}
        for user, codes in self.codes.items():
            found = dict.fromkeys(code for code in codes if isinstance(code, Logic))
            if not found:
                continue
            logics = tuple(logic for logic in found if logic is not Logic.NONE)
            if is_program(user):
                program = logics
            else:
                humans[user or REVIEWER] = logics
        return Codes(program, humans)

    def concepts(self, written: str, used: list[Concept]) -> str:
        """Return the concepts: the humans', or else the program's as they are now.

        One that is coded nowhere may have no code in the other program: it is as it was written.
        """
        by_human = {c for user, set_ in self.codes.items() if not is_program(user) for c in set_}
        by_program = {c for user, set_ in self.codes.items() if is_program(user) for c in set_}
        kept = {*parse_concepts(written)} - {*used}
        now = by_human.intersection(Concept) or (by_program | kept)
        return ", ".join(concept for concept in Concept if concept in now)


class _Reader:
    """Reads the text sources of one project."""

    def __init__(
        self,
        users: dict[str, str],
        codes: dict[str, Logic | Concept],
        concepts: list[Concept],
        one_end: bool,
        source: str,
    ) -> None:
        self.users, self.codes, self.concepts = users, codes, concepts
        self.one_end, self.source = one_end, source
        self.hands = not any(map(is_program, users.values()))
        self.known = {code for code in codes.values() if isinstance(code, Logic)}

    def read(self, element: ET.Element, texts: dict[str, bytes]) -> Iterator[Block]:
        """Yield the statements of one text source."""
        if not _children(element, "PlainTextSelection"):
            return  # a report in Word beside, say: where nothing is marked no text is needed
        text = self._plain_text(element, texts)
        places = self._places(element, text)
        title = element.get("name", "")
        source = _text(element, "Description").strip() or title
        ours = [span for span in sorted(places) if any(read_memo(places[span].memo))]
        # a place that a coder marked anew belongs to the statements that it covers
        for span in sorted(places.keys() - {*ours}):
            homes = _homes(span, ours)
            for home in homes:
                places[home].add(places[span])
            if homes:
                del places[span]
        spans = sorted(places)
        for number, (span, near) in enumerate(
            zip(spans, surroundings(text, spans), strict=True), start=1
        ):
            found, said = places[span], text[slice(*span)]
            columns, extra = read_memo(found.memo)
            if not said.strip() or not (columns or found.codes):
                continue  # a note on the text, or codes that are none of ours
            columns = {"source": source, "position": f"{number}", **near, "text": said, **columns}
            columns["concept"] = found.concepts(columns.get("concept", ""), self.concepts)
            place = f"udsagn {number} i »{title}«"
            yield to_block(
                columns, extra, found.logics(), place, hands=self.hands, known=self.known
            )

    def _plain_text(self, element: ET.Element, texts: dict[str, bytes]) -> str:
        inline = _children(element, "PlainTextContent")
        if inline:
            return inline[0].text or ""
        path = element.get("plainTextPath", "")
        content = texts.get(path.replace("\\", "/").rpartition("/")[2].lower())
        if content is None or not path.startswith("internal:"):
            raise NotesError(
                self.source,
                f"teksten til »{element.get('name', '')}« er ikke med i projektet.",
                "Eksportér projektet med alle tekster lagt ind i filen.",
            )
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise NotesError(
                self.source,
                f"teksten til »{element.get('name', '')}« er ikke UTF-8.",
                "Eksportér projektet igen fra det program, det kommer fra.",
            ) from error
        return re.sub(r"\r+\n", "\n", text) if self.one_end else text

    def _places(self, element: ET.Element, text: str) -> dict[Span, _Found]:
        places: dict[Span, _Found] = {}
        for selection in _children(element, "PlainTextSelection"):
            span = self._span(selection, text)
            found = places.setdefault(span, _Found())
            found.memo = found.memo or _text(selection, "Description")
            owner = selection.get("creatingUser") or selection.get("modifyingUser")
            for coding in _children(selection, "Coding"):
                user = coding.get("creatingUser") or coding.get("modifyingUser") or owner
                for ref in _children(coding, "CodeRef"):
                    code = self.codes.get(plain_guid(ref.get("targetGUID")))
                    if code is not None:
                        name = self.users.get(plain_guid(user), "")
                        found.codes.setdefault(name, []).append(code)
        return places

    def _span(self, selection: ET.Element, text: str) -> Span:
        try:
            start, end = (int(selection.get(f"{end}Position", "")) for end in ("start", "end"))
        except ValueError:
            start, end = 0, -1
        if not 0 <= start <= end <= len(text):
            raise NotesError(
                self.source,
                f"et kodet sted ({selection.get('startPosition')}–"
                f"{selection.get('endPosition')}) ligger uden for sin tekst.",
                "Eksportér projektet igen.",
            )
        return start, end


def _homes(span: Span, ours: list[Span]) -> list[Span]:
    """Return the places that a span covers by half, or else the one that covers half of it.

    Parameters
    ----------
    span : tuple of int
        From and to.
    ours : list of tuple of int
        Sorted; they do not overlap one another.
    """

    def shared(other: Span) -> int:
        return max(0, min(span[1], other[1]) - max(span[0], other[0]))

    near = ours[max(0, bisect_left(ours, span) - 1) : bisect_left(ours, (span[1], 0))]
    covered = [home for home in near if 2 * shared(home) >= home[1] - home[0] > 0]
    best = max(near, key=shared, default=None)
    if covered or best is None:
        return covered
    return [best] if 2 * shared(best) >= span[1] - span[0] > 0 else []
