"""Notes without the names, numbers and addresses of the people in them.

E-mails, CPR numbers, telephone numbers and addresses are found by rules. Names are found by lists,
by who speaks, by titles and by how Danish is written: inside a sentence little else has a capital;
at its start a name that is also a word needs more to show for itself. What is a name in one place
is one in all. Where da_core_news_sm is installed, the persons that it sees are added. No list is
whole and no rule is sure, so the report says what was found and never that nothing is left.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
_LABEL = re.compile(rf"\[({'|'.join(_LABELS.values())}) (\d+)\](?:s\b)?")
_CAUTION = (
    "Læs teksten igennem: navne, som programmet ikke kender, og omtale, der kan genkendes, står der "
    "stadig."
)


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
    """Statements with labels for names, and what was found in them.

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
        """Return in Danish what was found, by which means, and what a reader must look for.

        Examples
        --------
        >>> print(pseudonymise([Statement("Skriv til kh@aabo.dk")]).report().splitlines()[0])
        e-mail: 1 sted erstattet, 1 forskellig (fundet ved: regel)
        """
        lines = [
            f"{f.kind}: {f.replaced} {'sted' if f.replaced == 1 else 'steder'} erstattet, "
            f"{f.different} {'forskellig' if f.different == 1 else 'forskellige'} "
            f"(fundet ved: {f.means})"
            for f in self.found
        ]
        return "\n".join([*(lines or ["Programmet fandt intet at erstatte."]), _CAUTION])


_Role = Literal["text", "speaker", "place"]


class _Cell(NamedTuple):
    """A text as it stands in a field, and what kind of field that is."""

    text: str
    role: _Role


@dataclass(frozen=True, slots=True)
class _Name:
    """What a name tells of a person; two may tell of the same."""

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

    def merged(self, other: _Name) -> _Name:
        return _Name(self.sex or other.sex, self.first or other.first, self.rest | other.rest)


class _Span(NamedTuple):
    """What is to be replaced: its place, how it was found, and what it stands for."""

    start: int
    end: int
    kind: str
    means: str
    key: _Name | str
    suffix: str = ""  # the genitive


_HIDDEN = "\ufffc"  # stands for what is no longer to be read, so that places in the text hold


def _hidden(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + _HIDDEN * (end - start) + text[end:]
    return text


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError("At pseudonymisere", "report") from None


# --- numbers and addresses ------------------------------------------------------------------

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CPR = re.compile(r"(?<![\d+.-])(\d{6})(?:\s?[-–]\s?|\s)?(\d{4})(?!\d|[-.]\d)")
_ADDRESS = re.compile(
    r"""
    (?:
        (?:\b[A-ZÆØÅ][\w.]*\s){0,3}\b\w{3,}(?:vej|gade|stræde|allé|boulevard)(?:en)?
        | (?:\b[A-ZÆØÅ][\w.]*\s){1,3}(?:Vej|Gade|Stræde|All[eé]|Boulevard|Torv|Plads|Park|Have|Vænge)
        # many homes and institutions have such names: "Enghaven 12 beboere" is no address
        | \b[A-ZÆØÅ]\w+(?:alle|torv|plads|vænge|toft|park|have|bakke|sti)(?:e?n|et)?
          (?=\s\d{1,3}\s?[A-Z]?(?:\s*$|[.,;:!?)]))
    )
    \s\d{1,3}(?:\s?[A-ZÆØÅ]\b|[a-h]\b)?(?!\d|[.,]\d|\s?(?:kr|pct|%))
    (?:,?\s(?:st|kl|\d{1,2})\.?(?:\s?sal)?,?\s?(?:t\.?[vh]|mf|dør\s\d+)\b\.?
        |,?\s\d{1,2}\.\ssal\b |,\s(?:st|kld)\b\.?)?
    (?:,?\s(?:DK-)?\d{4}\s[A-ZÆØÅ][a-zæøå]+(?:\s[A-ZÆØÅ]{1,2}\b)?)?
    """,
    re.VERBOSE,
)
# How Danes write telephone numbers; years, dates, weeks, times and amounts can look like them.
_TELEPHONE = re.compile(
    r"(?:45 ?)?(?:\(?[2-9]\d\)?([ .-]?)\d\d\1\d\d\1\d\d|[2-9]\d{3} \d{4}|[2-9]\d \d{3} \d{3})"
)
_DATES = re.compile(
    r"(?:19|20)\d\d[ ]?(?:19|20)\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"
)
_COUNTED = re.compile(r"(?:§+|\buger?(?:ne)?|\bside|\bs\.|\bkl\.?)\s*$", re.I)
_AMOUNT = re.compile(r"\s*(?:kr\b|mio\b|mia\b|pct\b|procent\b|%)", re.I)


def _numbers(text: str) -> Iterator[_Span]:
    """Find e-mails, CPR numbers, addresses and telephone numbers; no two overlap."""
    for find in (_mails, _cprs, _addresses, _telephones):
        spans = list(find(text))
        text = _hidden(text, (span[:2] for span in spans))
        yield from spans


def _mails(text: str) -> Iterator[_Span]:
    for match in _MAIL.finditer(text):
        yield _Span(*match.span(), "e-mail", "regel", match[0].casefold())


def _cprs(text: str) -> Iterator[_Span]:
    """Find a date and four digits; since 2007 the check digit of a CPR number need not hold."""
    for match in _CPR.finditer(text):
        cpr = _library("stdnum.dk.cpr")
        number = match[1] + match[2]
        try:
            cpr.get_birth_date(number)  # validate() would refuse a date to come: a slip of the pen
        except ValueError:
            continue
        means = "cifferkontrol" if cpr.checksum(number) == 0 else "gyldig dato"
        yield _Span(*match.span(), "cpr-nummer", means, number)


def _addresses(text: str) -> Iterator[_Span]:
    """Find streets with a number. Thousands live in a town: its postcode alone stays."""
    for match in _ADDRESS.finditer(text):
        key = " ".join(re.findall(r"\w+", match[0])).casefold()
        yield _Span(*match.span(), "adresse", "regel", key)


def _telephones(text: str) -> Iterator[_Span]:
    if sum(c.isdigit() for c in text) < 8:
        return
    phonenumbers = _library("phonenumbers")
    # POSSIBLE: numbers of a series too new for the library are somebody's, too
    for match in phonenumbers.PhoneNumberMatcher(text, "DK", phonenumbers.Leniency.POSSIBLE):
        raw, number = match.raw_string, match.number
        if raw.startswith(("+", "00")) or (
            _TELEPHONE.fullmatch(raw)
            and not _DATES.fullmatch(raw)
            and not _COUNTED.search(text, 0, match.start)
            and not _AMOUNT.match(text, match.end)
        ):
            key = f"{number.country_code} {number.national_number}"
            yield _Span(match.start, match.end, "telefonnummer", "phonenumbers", key)


# --- names ----------------------------------------------------------------------------------


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


# Danish names that Faker's Danish and Swedish lists lack.
_MORE_FIRSTS = _words("""
    Aase Amal Annelise Anny Asbjørn Aviaja Ayse Bertha Betina Bilal Bjarke Bjørn Dag Dorrit Edel
    Egil Eigil Ejgil Ejnar Ejner Ejvind Elva Farah Farid Farida Fatma Fie Goran Gro Gry Gudmund
    Halima Hasse Helmuth Hemming Henny Herluf Hjørdis Hodan Ingolf Iryna Jannick Jannik Jeanne
    Jeannette Jelena Jette Jimmi Johnni Jørn Kaja Kamilla Kamma Kathe Kathrine Ketty Khadija Kirsa
    Kit Knud Kresten Krista Kristen Lajla Layla Lillian Lis Lise Lissi Lissy Liv Lykke Magda Mai Maj
    Majbritt Malik Marlis Marna Matilde Max Merve Metha Mirsad Misse Muhammed Murat Nabil Nikoline
    Ninna Nis Nivi Noor Oksana Olaf Olena Oluf Orla Petrea Poula Rachid Rania Regin Rie Rudi Sabrina
    Sahra Salma Senada Shirin Sidse Sidsel Sofus Steffen Storm Sus Susie Sussi Svend Svitlana Tariq
    Tenna Terkel Thorkild Thorsten Thorvald Thyge Thyra Tinna Tonni Tor Torkil Torkild Trille Tulle
    Tyge Ulrikke Vibe Vibeke Vicki Vigga Villiam Villy Vita Vivi Yasin Yassin Youssef Yvette Zainab
    Zehra Zeinab
""")
_MORE_LASTS = _words("""
    Ask Bak Bang Bay Beck Birk Bjerre Bjerregaard Bonde Buch Dalgaard Damgaard Fryd Hald Have Hede
    Hedegaard Hjort Holt Høj Juhl Juul Kirkegaard Kofoed Kvist Kær Lyng Munk Nygaard Riis Rosenkilde
    Smed Storm Thorup Vang Vinter Villadsen Wulff
""")
# Names that are also words: a capital at the start of a sentence tells nothing ...
_ORDINARY = _words("""
    andres april ask august bak bang ben berg bill bjørn bo bonde bror dag dam dan dansen del eg
    frank fred fryd gro hald hans have hede hjort holm holt høj iver juli juni junior kristen kvist
    kær lage li lind liv lo love lund lykke lyng mai maj manuel mark max mio munk my møller nova per
    ravn ro rosa rose saga sam sine skov smed sol sten stig storm sus sys søs tage tages thi tim
    toft tom tone tor ture urban vang vega vibe vide viking vilde ville vinter
""")
_MONTHS = _words("april maj mai juni juli august")  # ... and not even within it
# ... and those that are words in lower case alone: "for søren da", "alt eller helle".
_OTHERWISE = _words("""
    ane bent ebbe else ernst frede helle jan kaj kim kåre line lærke palle rune signe stella svend
    søren trine viola vita
""")
# People and things with a capital that the notes tell nobody's secrets by.
_NOBODY = _words("""
    alzheimer alzheimers antonovsky aristoteles asperger bentham buber crohn down downs etikos
    foucault fanden grundtvig gud guds habermas herren huntington jesus kant kierkegaard korsakoff
    levinas lewy løgstrup marschall maslow mill nietzsche parkinson parkinsons platon sokrates
    tourette aldi antabus aula bilka brugsen cura dannebrog excel facebook falck fiat føtex google
    ikea instagram lidl messenger netto nexus opel panodil peugeot rema ritalin skype teams tiktok
    toyota volvo word youtube zoom aarhus afrika amager amerika asien berlin bornholm england europa
    falster fyn gaza jylland kreta kurdistan lolland london mallorca norden palæstina paris rom
    sjælland skotland nord syd øst vest mandag tirsdag onsdag torsdag fredag lørdag søndag januar
    februar marts september oktober november december jul påske pinse ramadan kors røde sankt sct
    skt bord center centret dem deres gruppe jer jeres kommune kommunen lov region service sundhed
    værdighed workshop
""")
# What a word that no list knows is not, when it ends so: a name; and a name by itself.
_THING = re.compile(r"(?:(?<!s)en|et|erne|ene|ium|ion|itet|hed|dom|ning|skab|else|ssen|dag)s?$")
_PLACE = re.compile(
    r"(?:sen|land|by|borg|rup|sted|bjerg|gård|huse?|vej|gade|stræde|torv|all[eé]|plads|park|bakke"
    r"|vang|skole|center|hjem|kirke|klub|service|tilbud|bolig|bro|havn|køb|pleje|råd)s?$"
)
# Before a name, or after it, these make it the name of an institution or a place.
_HEAD = re.compile(
    r"(?i:\w*(?:hjem|center|cent|fællesskab)|bosted|botilbud|skole|børnehave|vuggestue|hospital|kirke"
    r"|sankt|skt|sct|dronning|prins)(?:met|et|en|ret|n)?"
    r"|Nørre|Sønder|Vester|Øster|Store|Lille|Gammel|Gamle|Nye?|Gran"
)
_TAIL = frozenset(
    "Vej Gade Allé Alle Plads Torv Park Minde Kirke Skole Hus Gård Hospital Kommune Fond Bakke".split()
)
# Before a word that no list knows, these make it a place or a thing.
_PLACED = _words("""
    i på fra en et nr min mit mine din dit dine sin sit sine hans hendes vores deres jeres team
    distrikt område afdeling afdelingen projekt projektet firmaet hotel café caféen
""")
# Before a word with a capital, these make it a name: after the first of them, a surname.
_SEX = {"fru": "k", "frk": "k", "frøken": "k", "hr": "m", "herr": "m", "familien": ""}
_TITLE = re.compile(
    r"(?:doktor|dr|\w*(?:læge|plejerske|pædagog|terapeut|rådgiver|lærer|assistent|hjælper|leder|person)"
    r"|borgmester|søster|bror|tante|onkel|kollega|nabo|datter|søn|kone|mand|borger|beboer|patient"
    r"|bruger|veninde|ven)(?:e?n|s)?",
    re.I,
)
# Speakers without a name, besides Faker's job titles and common words.
_ROLE = re.compile(
    r"\w*(?:borger|beboer|bruger|deltager|taler|speaker|person|medlem|styrer|giver|ejer|tor|ør|ist|vært"
    r"|formand|forstander|mester|ende|mor|moder|far|søn|bror|søster|datter|hustru|kone|mand|kvinde"
    r"|dreng|pige|niece|nevø|nabo|ven|veninde|barn|ægtefælle|pårørende|gruppe|plenum|råd|forum|hus"
    r"|hjem|center|pleje|forening|forbund|region|praksis|økonomi|brev|citat|kommentar|controller|gæst"
    r"|anonym|frivillig|admin|køkken)(?:e?n|e?ne|e?r|e|s)?"
)
# What persons alone do: with these a name that is also a word is one ...
_SPEAKS = _words("""
    siger sagde spørger spurgte svarer svarede mener mente synes syntes tror troede fortæller
    fortalte ønsker ønskede nikker nikkede græder græd smiler smilede griner grinede ringer ringede
    bor boede elsker hader sover sov spiser spiste drikker drak vågner vågnede råber råbte skriver
    skrev takker takkede foreslår foreslog husker huskede glemmer glemte savner savnede sidder sad
    kører kørte arbejder arbejdede vil ville
""")
# ... and with these where it is known as one.
_ACTS = _SPEAKS | _words("""
    er var har havde kan kunne skal skulle må måtte får fik går gik kommer kom bliver blev tager tog
    ser så ved vidste står stod ligger lå giver gav gør gjorde hører hørte læser læste døde kalder
    kaldte holder holdt åbner åbnede lukker lukkede lægger lagde
""")
_PARTICLES = _words("abu al ben bin da de del der el la van von")
_ABBREVIATIONS = _words("a b bl dr eks evt f fl fr frk fx hr inkl jf obs pga tlf vedr")
_WORD = re.compile(r"[^\W\d_]+")
_CAPITALISED = re.compile(r"[^\W\d_a-zæøå][^\W\d_A-ZÆØÅ]{2,}")
_WITHIN = re.compile(r"[ ,;/&+\d%'’]*|-")  # between two words of a sentence
_GENITIVE = re.compile(r"['’]s?(?!\w)")
_ABBREVIATING = re.compile(r"\.(?=[,:)]|\s+[a-zæøå])")  # the full stop of an initial alone
_SPEAKER = re.compile(r"(?:[A-ZÆØÅ][^\W\d_]+[ -]?){1,3}(?:[(,].*)?$")
_INITIALS = re.compile(r"((?:[A-ZÆØÅ]\.? ?){1,2}[A-ZÆØÅ]\.?)(?:$|(:)\s)")
_NO_INITIALS = _words("ad ai fn hr it kl nb nn obs op pr ps sf so tr tv uu eu og ja")


class _Lists(NamedTuple):
    firsts: frozenset[str]
    lasts: frozenset[str]
    places: frozenset[str]
    words: frozenset[str]  # the language's most common
    jobs: tuple[str, ...]
    sexes: Mapping[str, str]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    """Return Faker's lists, casefolded."""

    def folded(provider: str, *names: str) -> frozenset[str]:
        kind = _library(f"faker.providers.{provider}").Provider
        return frozenset(word.casefold() for name in names for word in getattr(kind, name))

    women = folded("person.da_DK", "first_names_female")
    men = folded("person.da_DK", "first_names_male")
    # Sweden's list holds the names of immigrants, too; but "Hannes" is Hanne's in Danish
    swedish = (
        folded("person.sv_SE", "first_names") - _ORDINARY - {f"{name}s" for name in women | men}
    )
    firsts = women | men | swedish | _MORE_FIRSTS
    lasts = folded("person.da_DK", "last_names") | _MORE_LASTS
    return _Lists(
        firsts,
        lasts,
        folded("address.da_DK", "cities", "countries") - firsts - lasts,
        folded("lorem.da_DK", "word_list"),
        tuple(job.split()[-1] for job in folded("job.da_DK", "jobs")),
        dict.fromkeys(women - men, "k") | dict.fromkeys(men - women, "m"),
    )


@lru_cache(maxsize=1)
def _entity_pipeline() -> Any:
    """Return da_core_news_sm with what named entities need, or None where it is not installed."""
    if not splitting.model_installed():
        return None
    try:
        package = importlib.import_module(splitting.SPACY_MODEL)
        return package.load(exclude=["parser", "morphologizer", "lemmatizer", "attribute_ruler"])
    except (OSError, ImportError, ValueError):
        return None  # a model of another spaCy version: the rules do


class _Token(NamedTuple):
    word: str
    start: int
    end: int
    gap: str  # what stands between the word before and this one

    @property
    def capital(self) -> bool:
        return self.word[0].isupper()


def _tokens(text: str) -> list[_Token]:
    text = text.replace("_", " ")  # "samtale_karen_holm.docx"
    tokens: list[_Token] = []
    for match in _WORD.finditer(text):
        gap = text[tokens[-1].end if tokens else 0 : match.start()]
        tokens.append(_Token(match[0], *match.span(), gap))
    return tokens


def _is_initial(tokens: list[_Token], i: int) -> bool:
    """Tell whether a capital is due to its place: after a full stop, a quotation mark ..."""
    _, hidden, gap = tokens[i].gap.rpartition(_HIDDEN)
    if hidden or i == 0:
        return not hidden or not _WITHIN.fullmatch(gap)
    if gap in (". ", "."):
        before = tokens[i - 1].word
        return before.casefold() not in _ABBREVIATIONS and (len(before) > 1 or before == "I")
    return not _WITHIN.fullmatch(gap)


def _neighbours(tokens: list[_Token], i: int) -> tuple[str, str]:
    """Return the words beside a word, or "" where a sign parts them."""
    around = ["", ""]
    for side, j in ((0, i), (1, i + 1)):
        if 0 < j < len(tokens):
            left, right = tokens[j - 1], tokens[j]
            short = len(left.word) == 1 or left.word.casefold() in _ABBREVIATIONS
            if right.gap == " " or (short and right.gap in (". ", ".")):
                around[side] = (left, right)[side].word
    return around[0], around[1]


class _Finder:
    """Finds names in a text in the light of all of them."""

    def __init__(self, cells: Iterable[_Cell], nlp: Language | None) -> None:
        self.lists = _lists()
        self.tokens = {cell: _tokens(cell.text) for cell in cells}
        self.entities: dict[_Cell, list[tuple[int, int]]] = {}
        self.by_entity = ""
        if nlp is not None:
            self.by_entity = f"spaCy ({nlp.lang}_{nlp.meta['name']})"
            for cell, doc in zip(self.tokens, nlp.pipe(c.text for c in self.tokens), strict=True):
                ends = [(e.start_char, e.end_char) for e in doc.ents if e.label_.startswith("PER")]
                self.entities[cell] = ends
        self.known: dict[str, str] = {}  # words of names, and by which means they were found
        self.surnames: set[str] = set()
        self.lower: Counter[str] = Counter()
        self.within: Counter[str] = Counter()  # with a capital that no place asks for
        self.placed: set[str] = set()  # with a capital, and as a place or a thing
        for cell, tokens in self.tokens.items():
            if cell.role == "text":
                self._count(tokens)
        self._learn()

    def _count(self, tokens: list[_Token]) -> None:
        for i, token in enumerate(tokens):
            word = token.word.casefold()
            if not token.capital:
                self.lower[word] += 1
            elif i and not _is_initial(tokens, i):
                self.within[word] += 1
                before, article = _neighbours(tokens, i)[0], tokens[max(0, i - 2)].word
                thing = article in ("en", "et") and before.islower()  # "en hvid Opel"
                if thing or before in _PLACED or _HEAD.fullmatch(before):
                    self.placed |= {word, word.removesuffix("s")}

    def _learn(self) -> None:
        """Find until nothing new is known: a name that is sure in one place is one in all."""
        size = -1
        while size < (size := len(self.known) + len(self.surnames)):
            for cell in self.tokens:
                for span, name in self.find(cell):
                    for word in filter(None, (name.first, *name.rest)):
                        self.known.setdefault(word, span.means)
                    self.surnames |= name.rest - self.lists.firsts

    def find(self, cell: _Cell) -> Iterator[tuple[_Span, _Name]]:
        """Find the names in a text, in order."""
        tokens, i = self.tokens[cell], 0
        while i < len(tokens):
            means, j = self._means(cell, i), i + 1
            if means:
                while j < len(tokens) and self._goes_on(cell, j):
                    j += 1
                yield self._named(cell, i, j, means)
            i = j

    def _stem(self, word: str) -> str:
        """Return a word casefolded, and a name without the ending of the genitive."""
        key = word.casefold()
        bare = key.removesuffix("s")
        if bare == key or key in self.lists.firsts or key in self.lists.lasts or len(bare) < 2:
            return key
        named = bare in self.lists.firsts or self._is_surname(bare) or bare in self.known
        return bare if named or self.within[bare] or re.search(r"[dgklmnrtv]$", bare) else key

    def _is_surname(self, key: str) -> bool:
        patronymic = key.endswith("sen") and not self.lower[key] and key not in _ORDINARY
        return (
            key in self.lists.lasts
            or key in self.surnames
            or (patronymic and not self.lists.firsts.isdisjoint((key[:-2], key[:-3])))
        )

    def _is_ordinary(self, word: str, key: str) -> bool:
        """Tell whether a word is one of the language, too, for all that the notes show."""
        if word in _ORDINARY or key in _ORDINARY:
            return True
        listed = key in self.lists.firsts or key in self.lists.lasts
        return not listed and (word in self.lists.words or self.lower[word] > self.within[word])

    def _may_name(self, token: _Token, key: str) -> bool:
        """Tell whether a word that no list knows can be of a name."""
        both = {token.word.casefold(), key}
        return (
            bool(_CAPITALISED.fullmatch(token.word))
            and not _THING.search(token.word)
            and both.isdisjoint(self.lists.places)
            and both.isdisjoint(self.lists.words)
            and not any(self.lower[word] for word in both)
        )

    def _is_entity(self, cell: _Cell, token: _Token) -> bool:
        spans = self.entities.get(cell, ())
        return any(start <= token.start and token.end <= end for start, end in spans)

    def _means(self, cell: _Cell, i: int) -> str:
        """Return by which means a name is found to begin with this word, or "" where none does."""
        tokens = self.tokens[cell]
        token, (before, after) = tokens[i], _neighbours(tokens, i)
        word, key = token.word.casefold(), self._stem(token.word)
        beside = _HEAD.fullmatch(before) and before.casefold() not in self.known
        beside = beside or (after in _TAIL and after.casefold() not in self.known)
        if beside or {word, key} & (_NOBODY | _PARTICLES):
            return ""
        first, last = key in self.lists.firsts, self._is_surname(key)
        followed = after[:1].isupper() and self._is_surname(self._stem(after))
        named = first or last or key in self.known
        means = self.known.get(key) or ("navneliste" if named else "regel")
        ordinary = self._is_ordinary(word, key)
        initial = cell.role == "place" or _is_initial(tokens, i)
        if len(word) == 1:  # "K. Madsen"
            return "navneliste" if followed and tokens[i + 1].gap != " " else ""
        if not token.capital:
            sloppy = first and key in self.known and not ordinary and word not in _OTHERWISE
            return means if sloppy else ""
        if cell.role == "speaker" and (named or (i == 0 and self._is_new_speaker(cell, token))):
            return "talerens navn"
        if token.word.isupper():
            sure = key in self.known or (named and len(word) > 2)
            return means if sure and not ordinary else ""
        if before.casefold() in _SEX:
            return means
        if _TITLE.fullmatch(before) and (named or self._may_name(token, key)):
            return means
        if ordinary and (initial or word in _MONTHS):
            acts = after in (_ACTS if key in self.known else _SPEAKS)
            return means if named and (acts or followed) else ""
        if self._is_entity(cell, token) and not (initial and self.lower[word]):
            return self.by_entity
        if named:
            lives_there = before in ("i", "på") and not first and key not in self.known
            return "" if lives_there else means
        unlikely = initial or token.gap == "-" or _PLACE.search(word) or {word, key} & self.placed
        return means if not unlikely and self._may_name(token, key) else ""

    def _is_new_speaker(self, cell: _Cell, token: _Token) -> bool:
        """Tell whether a speaker that no list knows is a name: "Roya", "Roya (visitationen)"."""
        word = token.word.casefold()
        return (
            bool(_SPEAKER.match(cell.text))
            and not _ROLE.fullmatch(word)
            and not word.endswith(self.lists.jobs)
            and self._may_name(token, self._stem(word))
        )

    def _goes_on(self, cell: _Cell, j: int) -> bool:
        """Tell whether the name before goes on with this word."""
        token, before = self.tokens[cell][j], self.tokens[cell][j - 1]
        word, key = token.word.casefold(), self._stem(token.word)
        joined = token.gap in (" ", "-") or (len(before.word) == 1 and token.gap in (". ", "."))
        genitive = self._stem(before.word) != before.word.casefold()  # "Karens Ole" are two
        if not joined or genitive or word in _NOBODY or key in _NOBODY:
            return False
        if not token.capital:
            return before.word.islower() and token.gap == " " and key in self.surnames
        if len(word) == 1:
            return word != "i"
        if word in _PARTICLES:  # "Omar El Haddad"
            after = self.tokens[cell][j + 1 : j + 2]
            return token.gap == " " and any(t.capital and t.gap in (" ", "-") for t in after)
        if token.word.isupper() and not before.word.isupper():
            return False
        return (
            key in self.lists.firsts
            or self._is_surname(key)
            or key in self.known
            or self._is_entity(cell, token)
            or self._may_name(token, key)
        )

    def _named(self, cell: _Cell, i: int, j: int, means: str) -> tuple[_Span, _Name]:
        """Return the name that some words are."""
        tokens = self.tokens[cell]
        run, title = tokens[i:j], tokens[i - 1].word.casefold() if i else ""
        keys = [*(token.word.casefold() for token in run[:-1]), self._stem(run[-1].word)]
        end, suffix = run[-1].end, "s" if keys[-1] != run[-1].word.casefold() else ""
        if genitive := _GENITIVE.match(cell.text, end):
            end, suffix = genitive.end(), "s"
        elif len(keys[-1]) == 1 and _ABBREVIATING.match(cell.text, end):  # "Mette K. siger"
            end += 1
        parts: list[str] = []
        for token, key in zip(run, keys, strict=True):
            if parts and token.gap == "-":
                parts[-1] += f"-{key}"
            else:
                parts.append(key)
        parts = [part for part in parts if part not in _PARTICLES]
        sex, rest = _SEX.get(title, ""), frozenset(part for part in parts if len(part) > 1)
        lone = len(parts) == 1 and parts[0] not in self.lists.firsts
        if len(parts[0]) == 1 or (lone and (title in _SEX or self._is_surname(parts[0]))):
            name = _Name(sex, "", rest)
        else:
            sex = sex or self.lists.sexes.get(parts[0], "")
            name = _Name(sex, parts[0], frozenset(parts[1:]))
        if cell.role == "speaker" and cell.text[end:] == ".":
            end += 1
        return _Span(run[0].start, end, "personnavn", means, name, suffix), name


def _initials(cell: _Cell) -> Iterator[_Span]:
    """Find initials: as a speaker, or before a colon. Elsewhere capitals are abbreviations."""
    match = _INITIALS.match(cell.text)
    if match and (cell.role == "speaker" or (cell.role == "text" and match[2])):
        bare = re.sub(r"\W", "", match[1]).casefold()
        if bare not in _NO_INITIALS:
            name = _Name("", bare, frozenset())
            yield _Span(*match.span(1), "personnavn", "talerens navn", name)


def _persons(names: Iterable[_Name]) -> dict[_Name, int]:
    """Tell which names are of the same person: "Karen" is Karen Holm if there is one such."""
    persons: list[_Name] = []
    bearers: dict[str, set[int]] = defaultdict(set)
    person_of: dict[_Name, int] = {}
    for name in sorted(dict.fromkeys(names), key=lambda n: -(bool(n.first) + len(n.rest))):
        parts = {name.first, *name.rest} - {""}
        near = set().union(*(bearers[part] for part in parts))
        fits = [number for number in near if name.may_be(persons[number])]
        if len(fits) != 1:
            fits = [len(persons)]
            persons.append(name)
        number = person_of[name] = fits[0]
        persons[number] = persons[number].merged(name)
        for part in parts:
            bearers[part].add(number)
    return person_of


# --- the whole ------------------------------------------------------------------------------

_NAMING = re.compile(r"\bnavn|noteret|skrevet|referent|taler|hvem|kontakt|ansvarlig", re.I)


def _extra_role(statement: Statement, column: str) -> _Role:
    said_by = statement.extra[column] == statement.speaker or _NAMING.search(column)
    return "speaker" if said_by else "text"


def _cells(statement: Statement) -> Iterator[_Cell]:
    """Return what may hold names, in reading order."""
    yield _Cell(statement.heading, "text")
    yield _Cell(statement.before, "text")
    yield _Cell(statement.speaker, "speaker")
    yield _Cell(statement.text, "text")
    for column, value in statement.extra.items():
        yield _Cell(value, _extra_role(statement, column))
    # a group or a file may be called by somebody's name, and mostly by a place's
    for value in (statement.group, statement.workshop, statement.source):
        yield _Cell(value, "place")


def _rewritten(statement: Statement, new: Mapping[_Cell, str]) -> Statement:
    s = statement
    return replace(
        s,
        text=new[_Cell(s.text, "text")],
        before=new[_Cell(s.before, "text")],
        heading=new[_Cell(s.heading, "text")],
        speaker=new[_Cell(s.speaker, "speaker")],
        group=new[_Cell(s.group, "place")],
        workshop=new[_Cell(s.workshop, "place")],
        source=new[_Cell(s.source, "place")],
        extra={c: new[_Cell(value, _extra_role(s, c))] for c, value in s.extra.items()},
    )


class _Labels:
    """Numbers by first appearance, after the labels that the texts hold already."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.last: Counter[str] = Counter()
        for match in (match for text in texts for match in _LABEL.finditer(text)):
            self.last[match[1]] = max(self.last[match[1]], int(match[2]))
        self.given: dict[tuple[str, int | str], str] = {}

    def of(self, kind: str, key: int | str) -> str:
        if (kind, key) not in self.given:
            word = _LABELS[kind]
            self.last[word] += 1
            self.given[kind, key] = f"[{word} {self.last[word]}]"
        return self.given[kind, key]


def pseudonymise(statements: Iterable[Statement], *, nlp: Language | None = None) -> Pseudonymised:
    """Put numbered labels for names, CPR and telephone numbers, addresses and e-mails.

    The same person has the same label in all statements and columns, also by first name, by
    surname and in the genitive, where only one person can be meant. Codes stay as they are.

    Parameters
    ----------
    statements : iterable of Statement
        Read or coded ones; all of them at once, so that labels agree and more names are known.
    nlp : spacy.language.Language, optional
        A pipeline that finds persons (``PER``). By default da_core_news_sm if it is installed,
        else lists and rules alone.

    Returns
    -------
    Pseudonymised
        The statements, and what was found by which means.

    Raises
    ------
    MissingExtraError
        If the libraries of names and numbers are not installed.

    Examples
    --------
    >>> result = pseudonymise([Statement("Ring til Karen Holm på 20 30 40 50. Karens søn svarer.")])
    >>> result.statements[0].text
    'Ring til [Person 1] på [Telefonnummer 1]. [Person 1]s søn svarer.'
    """
    statements = list(statements)
    times = Counter(cell for statement in statements for cell in _cells(statement))
    spans: dict[_Cell, list[_Span]] = {}
    unread: dict[_Cell, _Cell] = {}  # with what the search for names is to pass over hidden
    for cell in times:
        text = _hidden(cell.text, (match.span() for match in _LABEL.finditer(cell.text)))
        spans[cell] = [] if cell.role == "place" else list(_numbers(text))
        text = _hidden(text, (span[:2] for span in spans[cell]))
        spans[cell] += _initials(_Cell(text, cell.role))
        unread[cell] = _Cell(_hidden(text, (span[:2] for span in spans[cell])), cell.role)
    finder = _Finder(dict.fromkeys(unread.values()), nlp or _entity_pipeline())
    for cell, found in spans.items():
        found += (span for span, _ in finder.find(unread[cell]))
        found.sort(key=lambda span: span.start)
    names = (span.key for found in spans.values() for span in found if isinstance(span.key, _Name))
    person_of = _persons(names)
    labels = _Labels(cell.text for cell in times)
    new: dict[_Cell, str] = {}
    tally: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for cell, found in spans.items():
        parts, end = [], 0
        for span in found:
            key = person_of[span.key] if isinstance(span.key, _Name) else span.key
            label = labels.of(span.kind, key)
            tally[span.kind, span.means][label] += times[cell]
            parts += [cell.text[end : span.start], label, span.suffix]
            end = span.end
        new[cell] = "".join([*parts, cell.text[end:]])
    kinds = list(_LABELS)
    return Pseudonymised(
        [_rewritten(statement, new) for statement in statements],
        tuple(
            Finding(kind, means, different.total(), len(different))
            for (kind, means), different in sorted(
                tally.items(), key=lambda t: kinds.index(t[0][0])
            )
        ),
    )
