"""Which of the vision's words a statement is about.

The rule (codebook, "The concepts"): a column of the user's own decides; else
the statement's own words where they clearly speak of a concept; else the
nearest heading that does; else weaker words, of a heading or its own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from etisklandskab.landscape import Concept, Statement, split_list

__all__ = ["concepts_of", "find_concepts", "parse_concepts"]

# Job titles, laws and places of work name health without speaking of it.
_INSTITUTION = (
    r"(?:pleje|center|centr|lov|væsen|personale|assistent|sektor|forvaltning|afdeling|klynge|hus"
    r"|styrelse|platform|kort|reform|udvalg|minister|faglig|person|chef|aftale|data|journal)"
)
_STRONG = {
    Concept.SUNDT: rf"""
        \b(?:u|folke|tand|mund|super)?sund(?:t|e|ere|est|este)?\b(?!\s+fornuft)
        | \b\w*sundhed(?:en|s|ens)?\b | \b\w*sundheds(?!{_INSTITUTION})\w+ | \busundhed\w*
        | \bhelbred\w*
    """,
    Concept.VÆRDIGT: r"""
        \b(?:u|menneske|livs)?værdig(?:t|e|ere|st|ste)?\b
        | \b(?:u|menneske)?værdighed\w* | \bmenneskeværd\w* | \bnedværdig\w*
    """,
    Concept.SAMMEN_OM: r"""
        \bsammen\s+om\b | \bsammenom\b | \bsamarbejd\w* | \w+samarbejde\w*
        | \bsamskab\w* | \bfællesskab\w* | \w+fællesskab\w* | \bpå\s+tværs\b
        | \btvær(?:faglig|sektoriel|gående)\w* | \b(?:med)?inddrag\w* | \bmedborger\w*
        | \bnetværksmøde\w* | \bpartnerskab\w*
    """,
}
_WEAK = {
    Concept.SUNDT: r"""
        \btrivsel\w* | \btrives\b | \btrivs\w* | \brask\w* | \bsyg(?:e|t|dom\w*)?\b | \bmotion\w*
        | \bkost(?:en|vaner|råd\w*)?\b | \brygning\w* | \b\w*sundheds\w+ | \bsund\s+fornuft\b
    """,
    Concept.VÆRDIGT: r"""
        \brespekt\w* | \bligeværdig\w* | \bkrænk\w* | \bydmyg\w* | \bselvbestemmelse\w*
        | \bmenneskesyn\w*
    """,
    Concept.SAMMEN_OM: r"""
        \bpårørende\w* | \bfrivillig\w* | \bi\s+fælles\b | \bfælles\b | \bsammen\b
        | \bnetværk\w* | \bforening\w* | \bsilo\w* | \bmed\s+borgeren\b
    """,
}


def _compiled(table: dict[Concept, str]) -> dict[Concept, re.Pattern[str]]:
    flags = re.IGNORECASE | re.VERBOSE
    return {concept: re.compile(pattern, flags) for concept, pattern in table.items()}


_STRONG_RE, _WEAK_RE = _compiled(_STRONG), _compiled(_WEAK)


@lru_cache(maxsize=4096)
def find_concepts(text: str, *, weak: bool = False) -> tuple[Concept, ...]:
    """Return the concepts that a text's own words clearly speak of.

    Parameters
    ----------
    text : str
        A statement or a heading.
    weak : bool, default=False
        Also count words that only touch a concept (trivsel, respekt, pårørende).

    Returns
    -------
    tuple of Concept
        In the order of the vision's words: sundt, værdigt, sammen om.

    Examples
    --------
    >>> [str(c) for c in find_concepts("Folkesundhed er også værdighed")]
    ['sundt', 'værdigt']
    >>> find_concepts("En troværdig sundhedsplejerske")
    ()
    """
    return tuple(
        concept
        for concept in Concept
        if _STRONG_RE[concept].search(text) or (weak and _WEAK_RE[concept].search(text))
    )


def parse_concepts(cell: str) -> tuple[Concept, ...]:
    """Read the concepts in a table's cell: ``"Sundt; værdigt"``.

    Words that name no concept (``"andet"``, ``"-"``) give none.

    Examples
    --------
    >>> [str(c) for c in parse_concepts("Værdighed / sammen-om")]
    ['værdigt', 'sammen om']
    """
    found = {
        concept
        for part in split_list(cell)
        for concept in find_concepts(re.sub(r"[-_]", " ", part))
    }
    return tuple(concept for concept in Concept if concept in found)


def concepts_of(statement: Statement, column: str = "") -> Statement:
    """Return the statement with the concepts that it is about.

    Parameters
    ----------
    statement : Statement
        With its text and heading.
    column : str, default=""
        What the user's own concept column says; decides where it names a concept.

    Examples
    --------
    >>> [str(c) for c in concepts_of(Statement("Hun vil selv", heading="SUNDT")).concepts]
    ['sundt']
    """
    headings = statement.heading.split(" › ")[::-1]
    concepts = (
        parse_concepts(column)
        or find_concepts(statement.text)
        or next(filter(None, map(find_concepts, headings)), ())
        or next(filter(None, (find_concepts(heading, weak=True) for heading in headings)), ())
        or find_concepts(statement.text, weak=True)
    )
    return replace(statement, concepts=concepts)
