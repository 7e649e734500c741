"""REFI-QDA: projects (``.qdpx``) and codebooks (``.qdc``), the exchange of NVivo and its like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

from etisklandskab import __version__
from etisklandskab.errors import NotesError
from etisklandskab.exchange.archive import pack, parse_xml, unpack
from etisklandskab.exchange.coded import Coded, as_coded, gather, to_blocks
from etisklandskab.exchange.codes import (
    add_codes,
    code_guid,
    guid,
    known_codes,
    meaning,
    plain_guid,
)
from etisklandskab.exchange.layout import (
    describe,
    holdable,
    lay_out,
    place_line,
    read_description,
    surroundings,
)
from etisklandskab.files import new_file
from etisklandskab.landscape import Concept, Logic, Statement
from etisklandskab.notes.blocks import Block

__all__ = ["read_blocks", "read_qdc", "read_qdpx", "write_qdc", "write_qdpx"]

_NS = "urn:QDA-XML:project:1.0"
_CODEBOOK_NS = "urn:QDA-XML:codebook:1.0"
_PROGRAM = "etisklandskab"
# Several programs read no project without dates. This one stands for "not known".
_WHEN = "2000-01-01T00:00:00Z"


# -- writing -----------------------------------------------------------------------------


def write_qdpx(
    items: Iterable[Statement | Coded],
    path: str | Path,
    *,
    when: str = _WHEN,
    force: bool = False,
) -> None:
    """Write coded statements as a REFI-QDA project.

    NVivo, MAXQDA, ATLAS.ti and QualCoder open it: a text for each source, each
    statement marked at its place and coded, the program and each human as coders.

    Parameters
    ----------
    items : iterable of Statement or Coded
        Coded statements; the same one may come once for each human coder.
    path : str or Path
        Ends on ``.qdpx``.
    when : str, optional
        The date and time of everything in the project; by default a fixed one, so that
        the same statements give the same file.
    force : bool, default=False
        Replace a file that is there.

    Raises
    ------
    FileExistsError
        If the file exists and `force` is False.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> coded = Statement("Aftale er aftale").with_coding((1, 0, 0, 0), (Logic.DUTY,), "m")
    >>> with TemporaryDirectory() as folder:
    ...     write_qdpx([Coded(coded, "Anna", (Logic.PROXIMITY,))], Path(folder, "p.qdpx"))
    ...     back = read_qdpx(Path(folder, "p.qdpx"))
    >>> [(item.statement.logic.danish, item.coder, item.logics) for item in back]
    [('pligt', 'Anna', (<Logic.PROXIMITY: 'proximity'>,))]
    """
    with new_file(Path(path), force=force) as temporary:
        temporary.write_bytes(_Project(gather(as_coded(items)), when).pack())


def write_qdc(path: str | Path, *, force: bool = False) -> None:
    """Write the codebook of logics and concepts as REFI-QDA.

    Parameters
    ----------
    path : str or Path
        Ends on ``.qdc``.
    force : bool, default=False
        Replace a file that is there.

    Raises
    ------
    FileExistsError
        If the file exists and `force` is False.
    """
    root = ET.Element("CodeBook", xmlns=_CODEBOOK_NS, origin=f"{_PROGRAM} {__version__}")
    add_codes(root)
    with new_file(Path(path), force=force) as temporary:
        temporary.write_bytes(_to_bytes(root))


def _to_bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


class _Project:
    """A project as it grows: the elements in the order of the schema, and the texts."""

    def __init__(
        self, statements: list[tuple[Statement, dict[str, tuple[Logic, ...]]]], when: str
    ) -> None:
        self.root = ET.Element(
            "Project",
            xmlns=_NS,
            name="Det Etiske Landskab",
            origin=f"{_PROGRAM} {__version__}",
            creationDateTime=when,
        )
        self.when = when
        self.users = ET.SubElement(self.root, "Users")
        add_codes(ET.SubElement(self.root, "CodeBook"))
        self.variables: dict[str, str] = {}
        self.groups: dict[tuple[str, str], list[str]] = {}
        self.user_guids: dict[str, str] = {}
        self.texts: dict[str, bytes] = {}
        self.names: set[str] = set()
        by_source: dict[str, list[tuple[Statement, dict[str, tuple[Logic, ...]]]]] = {}
        for statement, coders in statements:
            by_source.setdefault(statement.source, []).append((statement, coders))
        sources = ET.Element("Sources")
        for source, content in by_source.items():
            self._add_source(sources, source, content)
        self._add_groups()
        if len(sources):
            self.root.append(sources)
        ET.SubElement(self.root, "Description").text = (
            "Udsagn kodet efter pligt-, nærheds- og konsekvensetik. Programmets koder og hver "
            "koders egne kan kendes på brugeren."
        )
        if not self.user_guids:
            self._user(_PROGRAM)

    def pack(self) -> bytes:
        """Return the project as a file."""
        return pack({"project.qde": _to_bytes(self.root), **self.texts})

    def _user(self, name: str) -> str:
        if name not in self.user_guids:
            self.user_guids[name] = guid("user", name)
            ET.SubElement(self.users, "User", guid=self.user_guids[name], name=holdable(name))
        return self.user_guids[name]

    def _add_source(
        self,
        sources: ET.Element,
        source: str,
        content: list[tuple[Statement, dict[str, tuple[Logic, ...]]]],
    ) -> None:
        laid = lay_out([statement for statement, _ in content])
        id_ = guid("source", source)
        self.texts[f"sources/{id_}.txt"] = laid.text.encode("utf-8")
        program = self._user(_program_name(content[0][0]))
        element = ET.SubElement(
            sources,
            "TextSource",
            guid=id_,
            name=self._file_name(source),
            plainTextPath=f"internal://{id_}.txt",
            creatingUser=program,
            creationDateTime=self.when,
        )
        ET.SubElement(element, "Description").text = holdable(source)
        for (statement, coders), (start, end) in zip(content, laid.spans, strict=True):
            self._add_selection(element, statement, coders, (start, end), laid.text[start:end])

    def _file_name(self, source: str) -> str:
        """Return a name that a program can use as a file's name, too."""
        plain = re.sub(r'\s*[\\/:*?"<>|\n\t]\s*', " – ", holdable(source)).strip() or "Udsagn"
        name, n = plain, 1
        while name.casefold() in self.names:
            n += 1
            name = f"{plain} ({n})"
        self.names.add(name.casefold())
        return name

    def _add_selection(
        self,
        parent: ET.Element,
        statement: Statement,
        coders: dict[str, tuple[Logic, ...]],
        span: tuple[int, int],
        text: str,
    ) -> None:
        id_ = guid("selection", parent.get("guid"), *span)
        program = self._user(_program_name(statement))
        selection = ET.SubElement(
            parent,
            "PlainTextSelection",
            guid=id_,
            name=text[:80],
            startPosition=str(span[0]),
            endPosition=str(span[1]),
            creatingUser=program,
            creationDateTime=self.when,
        )
        ET.SubElement(selection, "Description").text = describe(statement, text)
        codes: tuple[Logic | Concept, ...] = statement.concepts
        if statement.logic is not None:
            codes = (*(statement.logics or (Logic.NONE,)), *codes)
        for code in codes:
            self._add_coding(selection, program, code)
        for coder, logics in coders.items():
            for logic in logics or (Logic.NONE,):
                self._add_coding(selection, self._user(_human_name(coder)), logic)
        if statement.workshop or statement.group:
            self.groups.setdefault((statement.workshop, statement.group), []).append(id_)

    def _add_coding(self, selection: ET.Element, user: str, code: Logic | Concept) -> None:
        coding = ET.SubElement(
            selection,
            "Coding",
            guid=guid("coding", selection.get("guid"), user, code.value),
            creatingUser=user,
            creationDateTime=self.when,
        )
        ET.SubElement(coding, "CodeRef", targetGUID=code_guid(code))

    def _add_groups(self) -> None:
        """Add a case for each group, with its workshop and name as variables."""
        if not self.groups:
            return
        variables = ET.SubElement(self.root, "Variables")
        ids = {name: guid("variable", name) for name in ("Workshop", "Gruppe")}
        for name, id_ in ids.items():
            ET.SubElement(variables, "Variable", guid=id_, name=name, typeOfVariable="Text")
        cases = ET.SubElement(self.root, "Cases")
        for (workshop, group), selections in self.groups.items():
            name = place_line(Statement("", workshop=workshop, group=group))
            case = ET.SubElement(cases, "Case", guid=guid("case", workshop, group), name=name)
            for variable, value in zip(ids.values(), (workshop, group), strict=True):
                if value:
                    cell = ET.SubElement(case, "VariableValue")
                    ET.SubElement(cell, "VariableRef", targetGUID=variable)
                    ET.SubElement(cell, "TextValue").text = holdable(value)
            for selection in selections:
                ET.SubElement(case, "SelectionRef", targetGUID=selection)


def _program_name(statement: Statement) -> str:
    return f"{_PROGRAM} ({holdable(statement.model)})" if statement.model else _PROGRAM


def _human_name(coder: str) -> str:
    """Keep a human whose name is like the program's from being taken for it."""
    return f"({coder})" if _is_program(coder) else coder


def _is_program(user: str) -> bool:
    return user.casefold().startswith(_PROGRAM)


# -- reading -----------------------------------------------------------------------------


def read_qdpx(path: str | Path) -> list[Coded]:
    """Read the codings of a REFI-QDA project.

    Parameters
    ----------
    path : str or Path
        A ``.qdpx`` file of this program, or what another program made of it.

    Returns
    -------
    list of Coded
        In reading order; a statement that humans coded comes once for each of them, any
        other once with the program's own logics. Where codes of the program were taken
        away and nobody set others, the rest counts as the correction of a coder "ukendt".

    Raises
    ------
    NotesError
        If the file cannot be read; the message (Danish) names the file and the way out.
    """
    path = Path(path)
    return _read_project(path.read_bytes(), path.name)


def read_blocks(data: bytes, source: str) -> list[Block]:
    """Read a ``.qdpx`` project as rows for the reader of notes."""
    return to_blocks(_read_project(data, source))


def read_qdc(path: str | Path) -> dict[str, Logic | Concept | None]:
    """Read a REFI-QDA codebook: what each code's name stands for, None for a user's own.

    Parameters
    ----------
    path : str or Path
        A ``.qdc`` file.

    Raises
    ------
    NotesError
        If it cannot be read.
    """
    path = Path(path)
    root = parse_xml(path.read_bytes(), path.name)
    codes = [code for code in _named(root, "Code") if code.get("isCodable") != "false"]
    return {code.get("name", ""): meaning(code.get("name", "")) for code in codes}


def _local(element: ET.Element) -> str:
    # the namespace names the schema's version; what is read here is the same in all
    return element.tag.rpartition("}")[2]


def _named(parent: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in parent.iter() if _local(element) == name]


def _children(parent: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in parent if _local(element) == name]


def _text(parent: ET.Element, name: str) -> str:
    return next((child.text or "" for child in _children(parent, name)), "")


def _read_project(data: bytes, source: str) -> list[Coded]:
    files = unpack(data, source, (".qde", ".txt"))
    project = next((content for name, content in files.items() if name.endswith(".qde")), None)
    if project is None:
        raise NotesError(
            source, "filen er ikke et REFI-QDA-projekt.", "Eksportér projektet som .qdpx."
        )
    root = parse_xml(project, source)
    users = {plain_guid(u.get("guid")): u.get("name", "") for u in _named(root, "User")}
    codes = known_codes(_named(root, "Code"))
    reader = _Reader(users, codes, "ATLAS" in root.get("origin", "").upper(), source)
    texts = {name.rpartition("/")[2]: content for name, content in files.items()}
    return [
        coded for element in _named(root, "TextSource") for coded in reader.read(element, texts)
    ]


class _Found:
    """What stands at one place of a text: the description, and who set which codes."""

    def __init__(self) -> None:
        self.description = ""
        self.codes: dict[str, list[Logic | Concept]] = {}


class _Reader:
    """Reads the text sources of one project."""

    def __init__(
        self,
        users: dict[str, str],
        codes: dict[str, Logic | Concept],
        atlas: bool,
        source: str,
    ) -> None:
        self.users, self.codes, self.atlas, self.source = users, codes, atlas, source

    def read(self, element: ET.Element, texts: dict[str, bytes]) -> Iterator[Coded]:
        """Yield the codings of one text source."""
        text = self._plain_text(element, texts)
        places = self._places(element, text)
        name = _text(element, "Description").strip() or element.get("name", "")
        spans = sorted(places)
        # a place that a coder marked anew belongs to the statement that it overlaps most
        ours = [s for s in spans if _statement(places[s].description, "", {}, "") is not None]
        for span in sorted(places.keys() - set(ours)):
            home = _home(span, ours)
            if home is not None:
                for user, codes in places.pop(span).codes.items():
                    places[home].codes.setdefault(user, []).extend(codes)
        spans = [s for s in spans if s in places]
        around = surroundings(text, spans)
        for number, (span, near) in enumerate(zip(spans, around, strict=True), start=1):
            found = places[span]
            said = text[slice(*span)]
            statement = _statement(found.description, said, near, name)
            if statement is None:
                if not found.codes or not said.strip():
                    continue  # a note on the text, or codes that are none of ours
                statement = Statement(
                    said,
                    name,
                    near["workshop"],
                    near["group"],
                    near["heading"],
                    number,
                    near["speaker"],
                )
            yield from self._codings(statement, found.codes)

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
                self.source, f"teksten til »{element.get('name', '')}« er ikke UTF-8."
            ) from error
        # ATLAS.ti writes Windows line ends and counts each as one character
        return text.replace("\r\n", "\n") if self.atlas else text

    def _places(self, element: ET.Element, text: str) -> dict[tuple[int, int], _Found]:
        places: dict[tuple[int, int], _Found] = {}
        for selection in _children(element, "PlainTextSelection"):
            span = self._span(selection, text)
            found = places.setdefault(span, _Found())
            found.description = found.description or _text(selection, "Description")
            owner = selection.get("creatingUser") or selection.get("modifyingUser")
            for coding in _children(selection, "Coding"):
                user = coding.get("creatingUser") or coding.get("modifyingUser") or owner
                for ref in _children(coding, "CodeRef"):
                    code = self.codes.get(plain_guid(ref.get("targetGUID")))
                    if code is not None:
                        name = self.users.get(plain_guid(user), "")
                        found.codes.setdefault(name, []).append(code)
        return places

    def _span(self, selection: ET.Element, text: str) -> tuple[int, int]:
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

    def _codings(
        self, statement: Statement, codes: dict[str, list[Logic | Concept]]
    ) -> Iterator[Coded]:
        about = [c for u, found in codes.items() if not _is_program(u) for c in found]
        concepts = {c for c in about if isinstance(c, Concept)}
        if concepts:
            statement = replace(statement, concepts=tuple(c for c in Concept if c in concepts))
        logics = {user: _logics(found) for user, found in codes.items()}
        humans = {u: ls for u, ls in logics.items() if not _is_program(u) and ls is not None}
        if humans:
            for user, found in humans.items():
                yield Coded(statement, user or _UNKNOWN, found or ())
            return
        left = next((ls for ls in logics.values() if ls is not None), None)
        if statement.logic is not None and left is not None and {*left} != {*statement.logics}:
            yield Coded(statement, _UNKNOWN, left)
        else:
            yield Coded(statement, "", statement.logics)


_UNKNOWN = "ukendt"


def _statement(
    description: str, text: str, around: dict[str, str], source: str
) -> Statement | None:
    return read_description(description, text, around, source) if description else None


def _logics(codes: list[Logic | Concept]) -> tuple[Logic, ...] | None:
    """Return the logics among some codes, or None where a coder set none of them."""
    found = dict.fromkeys(code for code in codes if isinstance(code, Logic))
    return tuple(logic for logic in found if logic is not Logic.NONE) if found else None


def _home(span: tuple[int, int], homes: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the place that a span covers by half, or that covers half of it."""

    def shared(other: tuple[int, int]) -> int:
        return min(span[1], other[1]) - max(span[0], other[0])

    best = max(homes, key=shared, default=None)
    if best is None or shared(best) <= 0:
        return None
    shorter = min(span[1] - span[0], best[1] - best[0])
    return best if 2 * shared(best) >= shorter else None
