"""By which ethical logic people argued at Danish workshops, how sure that is, and what follows.

Examples
--------
>>> import etisklandskab as el
>>> statements = el.load_model().code([el.Statement("Hun har ret til selv at bestemme")])
>>> statements[0].logic.danish
'pligt'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etisklandskab.errors import BundleError, EtisklandskabError, MissingExtraError, NotesError
    from etisklandskab.frames import from_frame, to_frame
    from etisklandskab.landscape import Concept, Logic, Statement
    from etisklandskab.model.classifier import EthicsClassifier, load_model
    from etisklandskab.notes import read_notes
    from etisklandskab.profile.compare import Comparison, Difference, compare
    from etisklandskab.profile.profile import Profile, aggregate
    from etisklandskab.profile.words import telling_words
    from etisklandskab.pseudonyms import pseudonymise
    from etisklandskab.report.coded import write_coded
    from etisklandskab.report.document import write_document
    from etisklandskab.report.notat import build_notat
    from etisklandskab.report.vision import build_vision
    from etisklandskab.training.agreement import agreement
    from etisklandskab.training.learning import learn

__version__ = "0.1.0"

# Imported when first used: who reads notes need not wait for what draws pictures.
_WHERE = {
    "BundleError": "errors",
    "EtisklandskabError": "errors",
    "MissingExtraError": "errors",
    "NotesError": "errors",
    "Concept": "landscape",
    "Logic": "landscape",
    "Statement": "landscape",
    "EthicsClassifier": "model.classifier",
    "load_model": "model.classifier",
    "read_notes": "notes",
    "to_frame": "frames",
    "from_frame": "frames",
    "write_coded": "report.coded",
    "Profile": "profile.profile",
    "aggregate": "profile.profile",
    "Comparison": "profile.compare",
    "Difference": "profile.compare",
    "compare": "profile.compare",
    "telling_words": "profile.words",
    "pseudonymise": "pseudonyms",
    "build_notat": "report.notat",
    "build_vision": "report.vision",
    "write_document": "report.document",
    "learn": "training.learning",
    "agreement": "training.agreement",
}

__all__ = [
    "BundleError",
    "Comparison",
    "Concept",
    "Difference",
    "EthicsClassifier",
    "EtisklandskabError",
    "Logic",
    "MissingExtraError",
    "NotesError",
    "Profile",
    "Statement",
    "aggregate",
    "agreement",
    "build_notat",
    "build_vision",
    "compare",
    "from_frame",
    "learn",
    "load_model",
    "pseudonymise",
    "read_notes",
    "telling_words",
    "to_frame",
    "write_coded",
    "write_document",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
