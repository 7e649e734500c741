"""REFI-QDA written: projects (``.qdpx``) and codebooks (``.qdc``), the exchange of NVivo and its like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from etisklandskab import __version__
from etisklandskab.exchange.archive import pack
from etisklandskab.exchange.codes import add_codes, code_guid, guid
from etisklandskab.exchange.layout import holdable, lay_out, place_line
from etisklandskab.exchange.memo import describe
from etisklandskab.exchange.reviews import PROGRAM, cells_of, codes_of
from etisklandskab.files import new_file
from etisklandskab.landscape import Concept, Logic, Statement

__all__ = ["write_qdc", "write_qdpx"]

_NS = "urn:QDA-XML:project:1.0"
_CODEBOOK_NS = "urn:QDA-XML:codebook:1.0"
# Several programs read no project without dates. This one stands for "not known".
_WHEN = "2000-01-01T00:00:00Z"


def write_qdpx(
    statements: Iterable[Statement],
    path: str | Path,
    *,
    when: str = _WHEN,
    force: bool = False,
) -> None:
    """Write coded statements as a REFI-QDA project, which `read_notes` reads back.

    NVivo, MAXQDA, ATLAS.ti and QualCoder open it: a text for each source, each
    statement marked at its place and coded, the program and each human as coders.

    Parameters
    ----------
    statements : iterable of Statement
        Coded statements.
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
    >>> from etisklandskab import read_notes
    >>> coded = Statement("Aftale er aftale").with_coding((0.1, 0.9, 0, 0), (Logic.PROXIMITY,), "m")
    >>> with TemporaryDirectory() as folder:
    ...     write_qdpx([coded.with_review([Logic.DUTY])], Path(folder, "p.qdpx"))
    ...     (back,) = read_notes(Path(folder, "p.qdpx"))
    >>> back.logic.danish, back.reviewed, back.probabilities
    ('pligt', True, (0.1, 0.9, 0.0, 0.0))
    """
    # what has no text has no place in one
    project = _Project([s for s in statements if s.text.strip()], when)
    with new_file(Path(path), force=force) as temporary:
        temporary.write_bytes(project.pack())


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
    root = ET.Element("CodeBook", xmlns=_CODEBOOK_NS, origin=f"{PROGRAM} {__version__}")
    add_codes(root)
    with new_file(Path(path), force=force) as temporary:
        temporary.write_bytes(_to_bytes(root))


def _to_bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


class _Project:
    """A project as it grows: the elements in the order of the schema, and the texts."""

    def __init__(self, statements: list[Statement], when: str) -> None:
        self.root = ET.Element(
            "Project",
            xmlns=_NS,
            name="Det Etiske Landskab",
            origin=f"{PROGRAM} {__version__}",
            creationDateTime=when,
        )
        self.when = when
        self.users = ET.SubElement(self.root, "Users")
        add_codes(ET.SubElement(self.root, "CodeBook"))
        self.groups: dict[tuple[str, str], list[str]] = {}
        self.user_guids: dict[str, str] = {}
        self.texts: dict[str, bytes] = {}
        self.names: set[str] = set()
        by_source: dict[str, list[Statement]] = {}
        for statement in statements:
            by_source.setdefault(statement.source, []).append(statement)
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
            self._user(PROGRAM)

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
        content: list[Statement],
    ) -> None:
        laid = lay_out(content)
        id_ = guid("source", source)
        self.texts[f"sources/{id_}.txt"] = laid.text.encode("utf-8")
        program = self._user(_program_name(content[0]))
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
        for statement, (start, end) in zip(content, laid.spans, strict=True):
            self._add_selection(element, statement, (start, end), laid.text[start:end])

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
        span: tuple[int, int],
        text: str,
    ) -> None:
        """Mark a place once for each who codes it: QualCoder gives its codes to who marked it."""
        codes = codes_of(cells_of(statement), statement.extra)
        program = self._user(_program_name(statement))
        own = () if codes.program is None else codes.program or (Logic.NONE,)
        # the program's is there without codes, too: it holds what is known of the statement
        said: list[tuple[str, tuple[Logic | Concept, ...]]] = [
            (program, (*own, *statement.concepts)),
            *((self._user(coder), set_ or (Logic.NONE,)) for coder, set_ in codes.humans.items()),
        ]
        for user, set_ in said:
            id_ = guid("selection", parent.get("guid"), *span, user)
            selection = ET.SubElement(
                parent,
                "PlainTextSelection",
                guid=id_,
                name=text[:80],
                startPosition=str(span[0]),
                endPosition=str(span[1]),
                creatingUser=user,
                creationDateTime=self.when,
            )
            ET.SubElement(selection, "Description").text = describe(statement, text)
            self._add_codings(selection, user, set_)
            if statement.workshop or statement.group:
                self.groups.setdefault((statement.workshop, statement.group), []).append(id_)

    def _add_codings(
        self, selection: ET.Element, user: str, codes: Iterable[Logic | Concept]
    ) -> None:
        for code in codes:
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
    return f"{PROGRAM} ({holdable(statement.model)})" if statement.model else PROGRAM
