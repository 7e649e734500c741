"""Danish sentences: abbreviations, ordinals, quotations, ellipses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.training import Example

from etisklandskab.notes import splitting
from etisklandskab.notes.splitting import split_sentences


@pytest.mark.parametrize(
    "text",
    [
        "Vi skal ift. borgeren, jf. lov om social service § 83, gøre det.",
        "Mødet er kl. 9.15 d. 3. september i lokale nr. 2 på 1. sal.",
        "Det gælder bl.a. Karen, f.eks. når hun er træt, dvs. hver dag.",
        "Dr. Holm og K. Madsen sagde nej.",
        "Det koster 3.500 kr. pr. borger pr. år.",
        "»Hvorfor?« spurgte hun.",
        "Altså ... det er jo hans liv.",
        "3. september mødes vi.",
    ],
)
def test_one_sentence_stays_one(text: str) -> None:
    assert split_sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Det er sådan. Og det er godt!", ["Det er sådan.", "Og det er godt!"]),
        ("Hvem bestemmer? Det gør hun.", ["Hvem bestemmer?", "Det gør hun."]),
        ("Det var i 2019. Så kom loven.", ["Det var i 2019.", "Så kom loven."]),
        ("Rengøring, bad osv. Det hele.", ["Rengøring, bad osv.", "Det hele."]),
        ("Han sagde: ”Jeg vil ikke.” Så gik han.", ["Han sagde: ”Jeg vil ikke.”", "Så gik han."]),
        ("det er dyrt. men det virker", ["det er dyrt.", "men det virker"]),
        ("Jeg ved ikke … Karen gjorde det.", ["Jeg ved ikke …", "Karen gjorde det."]),
        ("Frist den 24. Og så er der kaffe.", ["Frist den 24.", "Og så er der kaffe."]),
    ],
)
def test_sentences_are_parted(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@given(st.text(alphabet='abæøå ABÆ.!?…,:;()"”»«0123-– \n', max_size=200))
def test_no_word_is_lost_or_added(text: str) -> None:
    pieces = split_sentences(text)
    assert " ".join(" ".join(pieces).split()) == " ".join(text.split())


@given(st.text(alphabet="abcABC.!? ", max_size=120))
def test_a_sentence_is_never_empty(text: str) -> None:
    assert all(re.search(r"\S", piece) for piece in split_sentences(text))


@pytest.fixture(scope="module")
def parser() -> Language:
    """A small pipeline of da_core_news_sm's components for sentences, trained on two examples."""
    nlp = spacy.blank("da")
    nlp.add_pipe("tok2vec")
    nlp.add_pipe("morphologizer")
    nlp.add_pipe("parser", config={"min_action_freq": 1})
    doc = nlp.make_doc("vi gik hjem han blev derude vi sov godt han sov ikke")
    example = Example.from_dict(
        doc,
        {
            "heads": [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10],
            "deps": ["nsubj", "ROOT", "advmod"] * 4,
            "sent_starts": [True, False, False] * 4,
            "tags": ["X"] * len(doc),
            "morphs": ["Number=Sing"] * len(doc),
            "pos": ["X"] * len(doc),
        },
    )
    nlp.initialize(lambda: [example])
    for _ in range(40):
        nlp.update([example])
    return nlp


def test_a_pipeline_is_asked_where_speech_has_no_full_stops(parser: Language) -> None:
    speech = " ".join(["vi gik hjem han blev derude vi sov godt han sov ikke"] * 4)
    assert split_sentences(speech) == [speech]
    assert len(split_sentences(speech, parser)) > 1


def test_a_pipeline_changes_nothing_where_punctuation_is_plain(parser: Language) -> None:
    text = "Det er sådan. Og det er godt! Hvem bestemmer? Det gør hun, bl.a. Karen."
    assert split_sentences(text, parser) == split_sentences(text)


def test_a_pipeline_is_loaded_at_the_first_doubt_only(parser: Language) -> None:
    loaded: list[Language] = []

    def load() -> Language:
        loaded.append(parser)
        return parser

    split_sentences("Det er sådan. Og det er godt, bl.a. for Karen!", load=load)
    assert loaded == []
    speech = " ".join(["vi gik hjem han blev derude vi sov godt han sov ikke"] * 4)
    assert split_sentences(speech, load=load) == split_sentences(speech, parser)
    assert loaded == [parser]


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    splitting.danish_pipeline.cache_clear()
    monkeypatch.setattr(splitting, "SPACY_MODEL", "da_core_news_not_there")
    yield
    splitting.danish_pipeline.cache_clear()


@pytest.mark.usefixtures("no_model")
def test_without_the_model_the_rules_do() -> None:
    assert splitting.danish_pipeline() is None


def test_an_installed_model_is_loaded_and_asked(
    monkeypatch: pytest.MonkeyPatch, parser: Language, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # a package as `spacy download` installs it: load() finds the pipeline in its folder
    folder = tmp_path_factory.mktemp("site") / "da_tests_sm"
    parser.to_disk(folder)
    (folder / "__init__.py").write_text(
        "from pathlib import Path\nfrom spacy.util import load_model_from_path\n"
        "def load(**overrides):\n    return load_model_from_path(Path(__file__).parent, **overrides)\n"
    )
    monkeypatch.syspath_prepend(str(folder.parent))
    monkeypatch.setattr(splitting, "SPACY_MODEL", "da_tests_sm")
    splitting.danish_pipeline.cache_clear()
    try:
        loaded = splitting.danish_pipeline()
        assert loaded is not None
        assert loaded.pipe_names == ["tok2vec", "morphologizer", "parser"]
    finally:
        splitting.danish_pipeline.cache_clear()
