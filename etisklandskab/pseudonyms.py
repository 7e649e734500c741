"""Notes without the names, numbers and addresses of the people in them.

Rules find e-mails, CPR numbers, telephone numbers and addresses. Names come from Faker's lists,
from the speakers, from titles and from how Danish writes names: inside a sentence little else has
a capital. Where da_core_news_sm is installed, its named entities are added. No list is whole and no
rule is sure, so the report tells what was found and never that nothing is left.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from etisklandskab.errors import MissingExtraError
from etisklandskab.landscape import Statement
from etisklandskab.notes import splitting

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["Finding", "Pseudonymised", "pseudonymise"]

_LABELS = {
    "personnavn": "Person",
    "cpr-nummer": "CPR-nummer",
    "telefonnummer": "Telefonnummer",
    "adresse": "Adresse",
    "e-mail": "E-mail",
}
_LABEL = re.compile(rf"\[({'|'.join(_LABELS.values())}) (\d+)\]")
_HIDDEN = "\ufffc"  # stands for what is no longer to be read, so that places in the text hold


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


# Danish first names that Faker's Danish and Swedish lists lack.
_MORE_FIRSTS = _words("""
    Aase Amal Annelise Anny Asbjørn Aviaja Ayse Bertha Betina Bilal Bjarke Bjørn Dag Dorrit Edel Egil
    Eigil Ejgil Ejnar Ejner Ejvind Elva Farah Farid Farida Fatma Fie Goran Gro Gry Gudmund Halima
    Hasse Helmuth Hemming Henny Herluf Hjørdis Hodan Ingolf Iryna Jannick Jannik Jeanne Jeannette
    Jelena Jette Jimmi Johnni Jørn Kaja Kamilla Kamma Kathe Kathrine Ketty Khadija Kirsa Kit Knud
    Kresten Krista Kristen Lajla Layla Lillian Lis Lise Lissi Lissy Liv Lykke Magda Mai Maj Majbritt
    Malik Marlis Marna Matilde Max Merve Metha Mirsad Misse Muhammed Murat Nabil Nikoline Ninna Nis
    Nivi Noor Oksana Olaf Olena Oluf Orla Petrea Poula Rachid Rania Regin Rie Rudi Sabrina Sahra
    Salma Senada Shirin Sidse Sidsel Sofus Steffen Storm Sus Susie Sussi Svend Svitlana Tariq Tenna
    Terkel Thorkild Thorsten Thorvald Thyge Thyra Tinna Tonni Tor Torkil Torkild Trille Tulle Tyge
    Ulrikke Vibe Vibeke Vicki Vigga Villiam Villy Vita Vivi Yasin Yassin Youssef Yvette Zainab Zehra
    Zeinab
""")
_MORE_LASTS = _words("""
    Ask Bak Bang Bay Beck Birk Bjerre Bjerregaard Bonde Buch Damgaard Dalgaard Fryd Hald Have Hede
    Hedegaard Hjort Holt Høj Juhl Juul Kirkegaard Kofoed Kvist Kær Lyng Munk Nygaard Riis Roed Rosenkilde
    Smed Storm Thorup Vang Vinter Villadsen Wulff
""")
# Names that are also words: a capital at the start of a sentence tells nothing.
_ORDINARY = _words("""
    andres april ask august bak bang ben berg bill bjørn bo bonde bror dag dam dan del eg else frank
    fred fryd gro hald hans have hede hjort holm holt høj iver juli juni junior kvist kær lage li
    lind liv lo love lund lykke lyng lærke mai maj mark max mio munk my møller nova per ravn ro rosa
    rose saga sam sine skov smed sol sten stig storm sus sys søs tage tages thi tim toft tom tone
    tor ture urban vang vega vibe vide viking vilde ville vinter
""")
_MONTHS = _words("april maj mai juni juli august")
# Capitalised, and yet nobody in the notes.
_NOBODY = _words("""
    sankt skt sct i de dem deres jer jeres vi du han hun den det der dette denne disse hvad hvem hvor hvis når og
    men så ja nej jo jeg en et at alle ingen nogen gud guds jesus allah herren fanden satan
    kant løgstrup levinas bentham mill aristoteles sokrates platon buber habermas kierkegaard
    grundtvig maslow antonovsky foucault nietzsche marschall etikos tarzan
    parkinson alzheimer down downs huntington asperger tourette korsakoff lewy sjögren crohn
    facebook google teams word excel zoom netto brugsen bilka rema føtex aldi lidl ikea aula nexus
    cura youtube skype messenger instagram snapchat tiktok whatsapp volvo fiat toyota ford flextrafik
    falck mitid nemid antabus panodil ritalin
    danmark dansk jylland fyn sjælland amager bornholm lolland falster europa norden afrika asien
    amerika england skotland kurdistan palæstina gaza bosnien jugoslavien kosovo aarhus grenå
    mandag tirsdag onsdag torsdag fredag lørdag søndag januar februar marts september oktober
    november december jul påske pinse ramadan eid nord syd øst vest nørre sønder øster vester
    kommune region center centret social service lov kommunen workshop gruppe bord team sundhed
    værdighed sundt værdigt sammen borger borgeren ældre velfærd
""")
# What an unknown word with a capital is when it ends so: no surname; and no name by itself.
_THING = re.compile(r"(?:(?<!s)en|et|erne|ene|ium|ion|itet|hed|dom|ning|skab|else|ssen|dag)s?$")
_PLACE = re.compile(
    r"(?:sen|land|by|borg|rup|sted|bjerg|gård|huse?|vej|gade|stræde|torv|allé|alle|plads|park|bakke"
    r"|vang|skole|center|hjem|kirke|klub|kommune|service|tilbud|bolig|bro|havn|køb|pleje)s?$"
)
# Before or after a name, these make it the name of a place or an institution.
_HEAD = re.compile(
    r"(?:(?:pleje|bo|aktivitets|dag|social|sundheds|job)?(?:hjem|center|cent|sted|tilbud)|skole|børnehave"
    r"|vuggestue|hospital|klinik|team|region|distrikt|område|afdeling|forening|kirke|sankt|skt|sct"
    r"|café|kafé|hotel|bank|firma|projekt|program|kommune|lov|dronning|prins|bus|gård|hus)"
    r"(?:m?et|en|ret|n)?",
    re.I,
)
_TAIL = _words("""
    Vej Gade Allé Alle Plads Torv Park Parken Minde Kirke Skole Hus Gård Hospital Kommune Fond Fonden
    Bakke Boulevard Stiftelse Universitet Center
""")
_TITLE = re.compile(
    r"(?:fru|frk|frøken|hr|herr|doktor|dr|(?:\w*(?:læge|plejerske|pædagog|terapeut|rådgiver|lærer"
    r"|behandler|assistent|hjælper|leder|konsulent|mester|direktør|chef|præst|søster|bror|mor|far"
    r"|tante|onkel|kollega|nabo|datter|søn|kone|mand|person|vagt|borger|beboer|patient|bruger|veninde"
    r"|ven|familie))(?:e?n|n)?)",
    re.I,
)
_SEX = {"fru": "k", "frk": "k", "frøken": "k", "hr": "m", "herr": "m"}
_ROLE = re.compile(
    r"\w*(?:leder|chef|assistent|hjælper|plejerske|pædagog|terapeut|rådgiver|lærer|behandler|læge"
    r"|konsulent|direktør|mester|vært|formand|forstander|borger|beboer|bruger|patient|deltager|taler"
    r"|speaker|person|medarbejder|medlem|styrer|referent|interviewer|facilitator|pårørende|ægtefælle"
    r"|datter|søn|mor|far|bror|søster|hustru|kone|mand|kvinde|dreng|pige|niece|nevø|nabo|ven|veninde"
    r"|alle|plenum|gruppe|bord|hold|jurist|økonom|økonomi|præst|journalist|controller|tekniker|plejer"
    r"|vagt|visitator|frivillig|praksis|region|hjem|center|hus|råd|udvalg|forening|forbund|pleje"
    r"|brev|citat|svar|kommentar|ordfører|politiker|pensionist|ejer|chauffør|kok|tandlæge)"
    r"(?:e?n|n|e|ne|r|rne|et|s)?",
    re.I,
)
_SPEAKS = _words("""
    siger sagde spørger spurgte svarer svarede mener mente synes syntes tror troede fortæller
    fortalte ønsker ønskede nikker nikkede græder græd smiler smilede griner grinede ringer ringede
    bor boede elsker hader sover sov spiser spiste drikker drak vågner vågnede råber råbte skriver
    skrev takker takkede foreslår foreslog husker huskede glemmer glemte savner savnede sidder sad
    vil ville
""")
_ACTS = _SPEAKS | _words("""
    er var har havde kan kunne skal skulle må måtte får fik går gik kommer kom bliver blev tager tog
    ser så ved vidste står stod ligger lå giver gav gør gjorde hører hørte læser læste fylder døde
    kalder kaldte holder holdt åbner åbnede lukker lukkede lægger lagde
""")
_ABBREVIATION = _words("bl.a a f.eks eks fx evt inkl hr fr frk dr jf pga ca dvs fl vedr ift obs tlf")
_WORD = re.compile(r"[^\W\d_]+")
_CAPITALISED = re.compile(r"[^\W\d_a-zæøå][^\W\d_A-ZÆØÅ]+")
_WITHIN = re.compile(rf"[ ,;/&+\d%'’{_HIDDEN}]*|-")  # between words of one sentence
_PLACED = _words("i på en et nr")  # an unknown word after these is a place or a thing

_Role = Literal["text", "speaker", "file"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found by one means.

    Parameters
    ----------
    kind : str
        ``"personnavn"``, ``"cpr-nummer"``, ``"telefonnummer"``, ``"adresse"`` or ``"e-mail"``.
    means : str
        How it was found, in Danish: ``"navneliste"``, ``"talerens navn"``, ``"cifferkontrol"`` ...
    replaced : int
        How many places were replaced, over all columns.
    different : int
        How many different persons, numbers or addresses these are.
    """

    kind: str
    means: str
    replaced: int
    different: int


@dataclass(frozen=True, slots=True)
class Pseudonymised:
    """Statements without names, and what was found in them.

    Parameters
    ----------
    statements : list of Statement
        As many as before, in the same order, with the same codes.
    found : tuple of Finding
        By kind and means.
    """

    statements: list[Statement]
    found: tuple[Finding, ...]

    def report(self) -> str:
        """Return in Danish what was found, by which means, and what is left to read for."""
        lines = [
            f"{f.kind}: {f.replaced} steder, {f.different} forskellige (fundet ved: {f.means})"
            for f in self.found
        ]
        return "\n".join([*(lines or ["Programmet fandt intet at erstatte."]), _CAUTION])


_CAUTION = (
    "Læs teksten igennem: navne, som programmet ikke kender, og omtale, der kan genkendes, står der "
    "stadig."
)


class _Token(NamedTuple):
    word: str
    start: int
    end: int
    gap: str  # what stands between the word before and this one

    @property
    def capital(self) -> bool:
        return self.word[0].isupper()


class _Cell(NamedTuple):
    """A text as it stands in a field, and what kind of field that is."""

    text: str
    role: _Role


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as it is written in one place; two may be of the same person."""

    sex: str
    first: str
    rest: frozenset[str]

    def may_be(self, other: _Name) -> bool:
        shared = (self.first and self.first == other.first) or self.rest & other.rest
        return bool(
            shared
            and (self.sex == other.sex or not self.sex or not other.sex)
            and (self.first == other.first or not self.first or not other.first)
            and (self.rest <= other.rest or self.rest >= other.rest)
        )


class _Span(NamedTuple):
    """What is to be replaced in a text; of a name, `key` is a _Name, else its bare form."""

    start: int
    end: int
    kind: str
    means: str
    key: _Name | str
    suffix: str = ""


# --- numbers and addresses --------------------------------------------------------------------

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CPR = re.compile(r"(?<![\d+.-])(\d{6})(?:\s?[-–]\s?|\s)?(\d{4})(?!\d|[-.]\d)")
_NATIONAL = re.compile(
    r"(?:45 ?)?(?:[2-9]\d{7}|\(?[2-9]\d\)?([ .-]?)\d\d\1\d\d\1\d\d|[2-9]\d{3} \d{4}|[2-9]\d \d{3} \d{3})"
)
_YEARS = re.compile(r"(?:19|20)\d\d ?(?:19|20)\d\d")
_DATE = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"
)
_AMOUNT = re.compile(r"\s*(?:kr\b|mio\b|mia\b|pct\b|%|procent\b|timer\b|:)", re.I)
_COUNTED = re.compile(r"(?:§+|\buger?(?:ne)?|\bside|\bs\.|\bkl\.?|\bnr\.?)\s*$", re.I)
_ADDRESS = re.compile(
    r"""
    (?:
        (?:\b[A-ZÆØÅ][\w.]*\s){0,2}\b[A-ZÆØÅ]\w*(?:vej|gade|stræde|allé|alle|boulevard|torv|plads)(?:en|et)?
        | \b\w{3,}(?:vej|gade|stræde|allé)(?:en|et)?
        | (?:\b[A-ZÆØÅ][\w.]*\s){1,3}(?:Vej|Gade|Stræde|Allé|Alle|Boulevard|Torv|Plads|Have|Vænge|Park|Bakke)
        | \b[A-ZÆØÅ]\w*(?:vænge|toft|park|have|bakke|sti|gård|høj|krog|lund|eng|mark)(?:en|et)?
          (?=\s\d{1,3}\s?[A-Z]?(?:\s*$|[.,;:!?)]))
    )
    ,?\s\d{1,3}(?:\s?[A-ZÆØÅ]\b|[a-hæøå]\b)?(?!\d|[.,]\d)(?!\s?(?:kr|pct|%))
    (?:,?\s(?:st|kl|\d{1,2})\.?(?:\s?sal)?,?\s?(?:t\.?v|t\.?h|mf|dør\s\d+)\b\.?|,?\s\d{1,2}\.\ssal\b|,\s(?:st|kld)\b\.?)?
    (?:,?\s(?:DK-)?\d{4}\s[A-ZÆØÅ][a-zæøå]+(?:\s[A-ZÆØÅ]{1,2}\b)?)?
    """,
    re.VERBOSE,
)


def _numbers(text: str) -> Iterator[_Span]:
    """Find e-mails, CPR numbers, addresses and telephone numbers; no two overlap."""
    digits = sum(c.isdigit() for c in text)
    for find in (_mails, _cprs, _addresses, _telephones):
        if not digits and find is not _mails:
            return
        for span in find(text):
            text = text[: span.start] + _HIDDEN * (span.end - span.start) + text[span.end :]
            yield span


def _mails(text: str) -> list[_Span]:
    return [
        _Span(*match.span(), "e-mail", "regel", match[0].casefold())
        for match in _MAIL.finditer(text)
    ]


def _cprs(text: str) -> list[_Span]:
    """Find CPR numbers: a date and four digits; since 2007 the check digit need not hold."""
    spans = []
    for match in _CPR.finditer(text):
        cpr = _library("stdnum.dk.cpr")
        number = match[1] + match[2]
        try:
            cpr.get_birth_date(number)  # not validate: it refuses what is mistyped by a century
        except ValueError:
            continue
        means = "cifferkontrol" if cpr.checksum(number) == 0 else "datokontrol"
        spans.append(_Span(*match.span(), "cpr-nummer", means, number))
    return spans


def _addresses(text: str) -> list[_Span]:
    """Find streets with a number. A town with its postcode alone is nobody's address: it stays."""
    return [
        _Span(*match.span(), "adresse", "regel", re.sub(r"\W+", " ", match[0]).casefold())
        for match in _ADDRESS.finditer(text)
    ]


def _telephones(text: str) -> list[_Span]:
    if sum(c.isdigit() for c in text) < 8:
        return []
    phonenumbers = _library("phonenumbers")
    spans = []
    # POSSIBLE: numbers of a series that the library does not know yet are somebody's, too
    for match in phonenumbers.PhoneNumberMatcher(text, "DK", phonenumbers.Leniency.POSSIBLE):
        raw = match.raw_string
        bare = re.sub(r"\D", "", raw)
        abroad = raw.startswith(("+", "00"))
        if not abroad and (
            not _NATIONAL.fullmatch(raw)
            or _YEARS.fullmatch(raw)
            or _DATE.fullmatch(raw)
            or _AMOUNT.match(text, match.end)
            or _COUNTED.search(text, 0, match.start)
        ):
            continue
        key = f"{match.number.country_code}{match.number.national_number}" if abroad else bare[-8:]
        key = key.removeprefix("45") if len(key) == 10 else key
        spans.append(_Span(match.start, match.end, "telefonnummer", "phonenumbers", key))
    return spans


# --- names ------------------------------------------------------------------------------------


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError("At pseudonymisere", "report") from None


class _Lists(NamedTuple):
    firsts: frozenset[str]
    lasts: frozenset[str]
    places: frozenset[str]
    sexes: Mapping[str, str]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    """Return the lists of names and places, casefolded."""
    danish = _library("faker.providers.person.da_DK").Provider
    swedish = _library("faker.providers.person.sv_SE").Provider  # Sweden's immigrants are ours, too
    address = _library("faker.providers.address.da_DK").Provider
    women, men = _fold(danish.first_names_female), _fold(danish.first_names_male)
    firsts = women | men | _MORE_FIRSTS | (_fold(swedish.first_names) - _ORDINARY)
    lasts = _fold(danish.last_names) | _MORE_LASTS
    places = (_fold(address.countries) | _fold(address.cities)) - firsts - lasts
    sexes = dict.fromkeys(women - men, "k") | dict.fromkeys(men - women, "m")
    return _Lists(firsts, lasts, places, sexes)


def _fold(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


@lru_cache(maxsize=1)
def _entity_pipeline() -> Any:
    """Return da_core_news_sm with what named entities need, or None where it is not installed."""
    if not splitting.model_installed():
        return None
    try:
        package = importlib.import_module(splitting.SPACY_MODEL)
        return package.load(exclude=["parser", "lemmatizer", "attribute_ruler", "morphologizer"])
    except (OSError, ImportError, ValueError):
        return None  # a model of another spaCy version: the rules do


def _tokens(text: str) -> list[_Token]:
    tokens, end = [], 0
    for match in _WORD.finditer(text.replace("_", " ")):
        tokens.append(_Token(match[0], match.start(), match.end(), text[end : match.start()]))
        end = match.end()
    return tokens


class _Finder:
    """Finds names in the light of all the notes."""

    def __init__(self, cells: Iterable[_Cell], entities: Mapping[_Cell, list[tuple[int, int]]], spacy: str) -> None:
        self.lists = _lists()
        self.entities, self.spacy = entities, spacy
        self.tokens = {cell: _tokens(cell.text) for cell in cells}
        self.known: dict[str, str] = {}  # of words in names: by which means they were found
        self.lower: Counter[str] = Counter()
        self.within: Counter[str] = Counter()
        self.placed: Counter[str] = Counter()
        for cell, tokens in self.tokens.items():
            for i, token in enumerate(tokens):
                word = token.word.casefold()
                if not token.capital:
                    self.lower[word] += 1
                elif cell.role == "text" and not self._initial(tokens, i):
                    self.within[word] += 1
                    before = tokens[i - 1].word.casefold()
                    self.placed[word] += before in _PLACED or bool(_HEAD.fullmatch(before))
        self.surnames: set[str] = set()
        self._learn()

    def _learn(self) -> None:
        """Find until nothing new is known: a name that is sure in one place is one in all."""
        size = -1
        while len(self.known) + len(self.surnames) > size:
            size = len(self.known) + len(self.surnames)
            for cell in self.tokens:
                for span in self.find(cell):
                    assert isinstance(span.key, _Name)
                    for word in {span.key.first, *span.key.rest}:
                        if len(word) > 1:
                            self.known.setdefault(word, span.means)
                    self.surnames |= {word for word in span.key.rest if word not in self.lists.firsts}

    def find(self, cell: _Cell) -> Iterator[_Span]:
        """Find the names in a text."""
        tokens, i = self.tokens[cell], 0
        while i < len(tokens):
            means = self._means(cell, tokens, i)
            if not means:
                i += 1
                continue
            j = i + 1
            while j < len(tokens) and self._goes_on(tokens, j):
                j += 1
            yield self._span(cell, tokens, i, j, means)
            i = j

    def _initial(self, tokens: list[_Token], i: int) -> bool:
        """Tell whether a capital is due to the place: after a full stop, a quotation mark ..."""
        gap = tokens[i].gap
        if i == 0:
            return _HIDDEN not in gap or gap.rstrip().endswith((".", "!", "?", ":"))
        before = tokens[i - 1].word
        if gap in (". ", "."):
            return not (before.casefold() in _ABBREVIATION or (len(before) == 1 and before != "I"))
        return not _WITHIN.fullmatch(gap)

    def _stem(self, word: str) -> str:
        """Return a name without the ending of the genitive, casefolded."""
        key = word.casefold()
        bare = key.removesuffix("s")
        if key in self.lists.firsts or key in self.lists.lasts or len(bare) < 2:
            return key
        named = bare in self.lists.firsts or bare in self.lists.lasts or bare.endswith("sen")
        return bare if named or bare in self.known or self.within[bare] else key

    def _is_surname(self, key: str) -> bool:
        return (
            key in self.lists.lasts
            or key in self.surnames
            or (key.endswith("sen") and bool({key[:-2], key[:-3]} & self.lists.firsts) and not self.lower[key])
        )

    def _is_ordinary(self, word: str, key: str) -> bool:
        """Tell whether a word is also one of the language, for all that the notes show."""
        if word in _ORDINARY or key in _ORDINARY:
            return True
        return key not in self.lists.firsts and self.lower[word] > self.within[word]

    def _unknown_name(self, token: _Token, key: str) -> bool:
        """Tell whether a capitalised word that no list knows can be a name."""
        word = token.word.casefold()
        return (
            bool(_CAPITALISED.fullmatch(token.word))
            and len(word) > 2
            and not self.lower[word]
            and not self.lower[key]
            and not _THING.search(word)
            and key not in self.lists.places
            and word not in self.lists.places
        )

    def _means(self, cell: _Cell, tokens: list[_Token], i: int) -> str:
        """Return by which means a name is found to begin here, or "" if none does."""
        token = tokens[i]
        word, key = token.word.casefold(), self._stem(token.word)
        if len(word) == 1:
            return ""
        if word in _NOBODY or key in _NOBODY:
            return ""
        before = tokens[i - 1] if i and token.gap in (" ", ". ", "-") else None
        after = tokens[i + 1] if i + 1 < len(tokens) and tokens[i + 1].gap == " " else None
        if (before and token.gap == " " and _HEAD.fullmatch(before.word)) or (
            after and after.capital and after.word.casefold() in _TAIL
        ):
            return ""
        first, last = key in self.lists.firsts, self._is_surname(key)
        listed = "navneliste" if first or key in self.lists.lasts else self.known.get(key, "regel")
        ordinary = self._is_ordinary(word, key)
        if not token.capital:
            return self.known.get(key, "") if first and not ordinary else ""
        if cell.role == "speaker":
            if first or (last and not ordinary) or key in self.known:
                return "talerens navn"
        if token.word.isupper():
            return listed if not ordinary and ((first and len(word) > 2) or key in self.known) else ""
        if before and token.gap == " " and _TITLE.fullmatch(before.word) and not self.lower[word]:
            return listed
        next_key = self._stem(after.word) if after and after.capital else ""
        if ordinary and (word in _MONTHS or self._initial(tokens, i) or cell.role == "file"):
            acts = _ACTS if key in self.known else _SPEAKS
            sure = after is not None and (self._is_surname(next_key) or after.word in acts)
            return listed if sure and (first or last or key in self.known) else ""
        if first or last or key in self.known:
            return listed
        if cell.role == "file" or self._initial(tokens, i):
            return ""
        if (
            self._unknown_name(token, key)
            and not _PLACE.search(word)
            and not self.placed[word]
            and not self.placed[key]
        ):
            return "regel"
        return ""

    def _goes_on(self, tokens: list[_Token], j: int) -> bool:
        """Tell whether a name goes on with this word."""
        token, before = tokens[j], tokens[j - 1]
        initial = len(before.word) == 1
        if token.gap not in (" ", "-") and not (initial and token.gap in (". ", ".")):
            return False
        word, key = token.word.casefold(), self._stem(token.word)
        if self._stem(before.word) != before.word.casefold() or word in _NOBODY or key in _NOBODY:
            return False
        if not token.capital:
            return not before.capital and key in self.surnames and token.gap == " "
        if len(word) == 1:
            return True
        if token.word.isupper() != before.word.isupper() and not initial:
            return False
        return (
            key in self.lists.firsts
            or self._is_surname(key)
            or key in self.known
            or (not self._is_ordinary(word, key) and self._unknown_name(token, key))
        )

    def _span(self, cell: _Cell, tokens: list[_Token], i: int, j: int, means: str) -> _Span:
        run = tokens[i:j]
        end, suffix = run[-1].end, ""
        keys = [token.word.casefold() for token in run]
        keys[-1] = self._stem(run[-1].word)
        if keys[-1] != run[-1].word.casefold():
            suffix = "s"
        elif genitive := re.match(r"['’]s?(?!\w)", cell.text[end:]):
            end, suffix = end + genitive.end(), "s"
        parts: list[str] = []
        for token, key in zip(run, keys, strict=True):
            if parts and token.gap == "-":
                parts[-1] += "-" + key
            else:
                parts.append(key)
        title = tokens[i - 1].word.casefold() if i and run[0].gap in (" ", ". ") else ""
        lone = len(parts) == 1 and parts[0] not in self.lists.firsts and (
            self._is_surname(parts[0]) or title in _SEX
        )
        if lone or len(parts[0]) == 1:
            name = _Name(_SEX.get(title, ""), "", frozenset(p for p in parts if len(p) > 1 or lone))
        else:
            sex = _SEX.get(title, "") or self.lists.sexes.get(parts[0], "")
            name = _Name(sex, parts[0], frozenset(parts[1:]))
        return _Span(run[0].start, end, "personnavn", means, name, suffix)
