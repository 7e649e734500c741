"""The codebook of REFI-QDA: a code for every logic and concept, known again by id or name."""

from __future__ import annotations

import re
import uuid
from xml.etree import ElementTree as ET

from etisklandskab.landscape import Concept, Logic

__all__ = ["add_codes", "guid", "known_codes", "meaning"]

_OURS = uuid.UUID("6f1c7d1e-3c52-5a0b-9f0e-8d6a4f2b7c11")

LOGICS = "Etisk logik"
CONCEPTS = "Begreb"


def guid(*parts: object) -> str:
    """Return an id that is the same whenever the parts are.

    Examples
    --------
    >>> guid("code", "duty") == guid("code", "duty")
    True
    """
    # lone surrogates have no UTF-8 and are spelled out
    name = "\x1f".join(map(str, parts)).encode("utf-8", "backslashreplace").decode()
    return str(uuid.uuid5(_OURS, name))


def code_guid(code: Logic | Concept) -> str:
    """Return the id of a logic's or concept's code."""
    return guid("code", code.value)


def add_codes(parent: ET.Element) -> None:
    """Add the element ``Codes`` with all logics and concepts."""
    codes = ET.SubElement(parent, "Codes")
    logics = _code(codes, guid("code", LOGICS), LOGICS, "Hvad udsagnet begrunder med.", False)
    for logic in Logic:
        code = _code(logics, code_guid(logic), logic.danish, _description(logic))
        code.set("color", logic.colour)
    concepts = _code(codes, guid("code", CONCEPTS), CONCEPTS, "Hvad udsagnet handler om.", False)
    for concept in Concept:
        _code(concepts, code_guid(concept), concept.value, _description(concept))


def _description(code: Logic | Concept) -> str:
    if isinstance(code, Concept):
        return f"Et af visionens ord: {code.value}."
    return f"{code.theory.capitalize()}. {code.description}"


def _code(
    parent: ET.Element, id_: str, name: str, description: str, codable: bool = True
) -> ET.Element:
    code = ET.SubElement(
        parent, "Code", guid=id_, name=name, isCodable="true" if codable else "false"
    )
    ET.SubElement(code, "Description").text = description
    return code


def meaning(name: str) -> Logic | Concept | None:
    """Return what a code's name stands for, or None for a code of the user's own.

    Examples
    --------
    >>> meaning("Etisk logik/Nærhed"), meaning("interessant")
    (<Logic.PROXIMITY: 'proximity'>, None)
    """
    last = re.split(r"[/\\>|]|::", name)[-1].strip()
    try:
        return Logic.parse(last)
    except ValueError:
        pass
    try:
        return Concept(last.casefold())
    except ValueError:
        return None


def known_codes(codes: list[ET.Element]) -> dict[str, Logic | Concept]:
    """Return the logics and concepts by the ids that their codes have in a project.

    A code that was renamed is known by its id or description; below a known code all
    codes are kinds of it.

    Parameters
    ----------
    codes : list of Element
        Each before the codes below it.
    """
    ours = {code_guid(code): code for code in (*Logic, *Concept)}
    told = {_description(code): code for code in (*Logic, *Concept)}
    found: dict[str, Logic | Concept] = {}
    for code in codes:
        id_, inside = plain_guid(code.get("guid")), [*code]
        texts = [(e.text or "").strip() for e in inside if e.tag.endswith("Description")]
        known = ours.get(id_) or meaning(code.get("name", ""))
        known = known or next((told[text] for text in texts if text in told), found.get(id_))
        if known is not None:
            found[id_] = known
            for sub in inside:
                if sub.tag.endswith("Code"):
                    found.setdefault(plain_guid(sub.get("guid")), known)
    return found


def plain_guid(text: str | None) -> str:
    """Return an id in the one spelling that is compared: some programs write ``{GUID}``."""
    return (text or "").strip().strip("{}").lower()
