"""The command line: parse, call the API, print. What it says is Danish."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etisklandskab import __version__
from etisklandskab.danish import DanishCommand, DanishGroup, usage_error
from etisklandskab.errors import EtisklandskabError, MissingExtraError, NotesError
from etisklandskab.files import check_free

if TYPE_CHECKING:
    from etisklandskab.landscape import Statement
    from etisklandskab.model.classifier import EthicsClassifier
    from etisklandskab.profile.profile import Profile
    from etisklandskab.report.document import Document
    from etisklandskab.training.evaluating import Evaluation

app = typer.Typer(
    cls=DanishGroup,
    help="Koder udsagn fra workshops efter pligt-, nærheds- og konsekvensetik og viser gruppernes profil.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)

_TABLES = (".csv", ".xlsx", ".jsonl", ".parquet")
_PICTURES = (".png", ".svg", ".pdf")
_DOCUMENTS = (".docx", ".html")
_PATIENCE = 2.0  # seconds before a progress bar shows
_PORTION = 500  # statements coded between two looks at the clock

Paths = Annotated[
    list[str],
    typer.Argument(metavar="STI", help="Filer og mapper med noter; - er standard input."),
]
Force = Annotated[bool, typer.Option("--force", help="Erstat en fil, der findes i forvejen.")]
ModelPath = Annotated[
    Path | None, typer.Option("--model", help="Mappe med din egen model.", metavar="MAPPE")
]
Light = Annotated[
    bool,
    typer.Option("--light", help="Brug den lette model: hurtigere, men tager oftere fejl."),
]
Excel = Annotated[
    bool, typer.Option("--excel", help="Skriv CSV, som dansk Excel vil have det (semikolon, æøå).")
]


def _say(text: str) -> None:
    typer.echo(text, err=True)


# -- the work that several commands share ------------------------------------------------


@contextmanager
def _progress(total: int, text: str) -> Iterator[Callable[[int], None]]:
    """Give a function that tells how far it is; a bar shows after two seconds on a terminal."""
    started = time.monotonic()
    bar: Any = None

    def advance(done: int) -> None:
        nonlocal bar
        if bar is None and sys.stderr.isatty() and time.monotonic() - started > _PATIENCE:
            from rich.console import Console
            from rich.progress import Progress

            bar = Progress(console=Console(stderr=True), transient=True)
            bar.start()
            bar.add_task(text, total=total)
        if bar is not None:
            bar.update(bar.task_ids[0], completed=done)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.stop()


def _read(
    paths: Sequence[str], but: Path | None = None
) -> tuple[list[Statement], list[NotesError]]:
    from etisklandskab.notes import read_notes

    failed: list[NotesError] = []
    skipped: list[str] = []
    statements = read_notes(paths, on_error=failed.append, on_skip=skipped.append, but=but)
    if skipped:
        _say(f"Sprunget over: {', '.join(skipped)}")
    _hint(statements)
    return statements, failed


def _hint(statements: Sequence[Statement]) -> None:
    """Say in one line where the Danish spaCy model would help."""
    from etisklandskab.notes.splitting import SPACY_MODEL, model_installed

    # a row of a table is one statement however long
    long = sum(
        len(statement.text.split()) >= 60 and not statement.source.endswith(_TABLES)
        for statement in statements
    )
    if long and not model_installed():
        _say(
            f"Tip: {long} meget lange udsagn er vist flere. Tale uden punktummer deles bedre med "
            f'spaCy: pip install "etisklandskab[spacy]", så python -m spacy download {SPACY_MODEL}'
        )


def _code(statements: list[Statement], model: EthicsClassifier) -> list[Statement]:
    """Code statements where they stand: a large table is in memory once."""
    with _progress(len(statements), "Koder") as advance:
        for start in range(0, len(statements), _PORTION):
            part = slice(start, start + _PORTION)
            statements[part] = model.code(statements[part])
            advance(min(start + _PORTION, len(statements)))
    return statements


def _finish(failed: Sequence[NotesError]) -> None:
    """List what could not be read, and say by the exit code that something was."""
    if failed:
        _list_failed(failed)
        raise typer.Exit(1)


def _list_failed(failed: Sequence[NotesError]) -> None:
    files = "Én fil" if len(failed) == 1 else f"{len(failed)} filer"
    _say(f"\n{files} kunne ikke læses:")
    for error in failed:
        _say(f"  {error}")


def _check_output(output: Path | None, kinds: Sequence[str], force: bool) -> None:
    """Refuse what cannot be written before any work is done."""
    if output is None or str(output) == "-":
        return
    if output.suffix.lower() not in kinds:
        raise EtisklandskabError(
            f"{output}: endelsen »{output.suffix}« kendes ikke. Brug en af: {' '.join(kinds)}"
        )
    check_free(output, force=force)


def _console() -> Any:
    from rich.console import Console

    return Console(soft_wrap=False)


# -- commands ----------------------------------------------------------------------------


@app.command(cls=DanishCommand)
def classify(
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FIL", help="csv, xlsx, jsonl, parquet eller -."),
    ] = None,
    force: Force = False,
    excel: Excel = False,
    model: ModelPath = None,
    light: Light = False,
) -> None:
    """Kod hvert udsagn i noterne.

    Eksempler:

      etisklandskab classify noter/ -o kodet.xlsx

      etisklandskab classify "Gruppe 1.docx" -o kodet.csv --excel

      etisklandskab classify udsagn.csv -o -
    """
    from etisklandskab.model.classifier import load_model

    _check_output(output, _TABLES, force)
    statements, failed = _read(paths)
    if statements:
        classifier = load_model(model, light=light)
        coded = _code(statements, classifier)
        _write_coded(coded, output, classifier, force=force, excel=excel)
    _finish(failed)


def _write_coded(
    coded: list[Statement],
    output: Path | None,
    model: EthicsClassifier,
    *,
    force: bool,
    excel: bool,
) -> None:
    if output is None:
        _list(coded)
    elif str(output) == "-":
        from etisklandskab.report.coded import StatementRows, to_csv

        text = to_csv(StatementRows(coded), excel=excel)
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.flush()
    else:
        from etisklandskab.report.coded import write_coded

        write_coded(coded, output, force=force, excel=excel, model=model)
        _say(f"{len(coded)} udsagn skrevet til {output}")


def _list(coded: Sequence[Statement]) -> None:
    from rich.text import Text

    console = _console()
    place = None
    for statement in coded:
        here = statement.source, statement.group, statement.heading
        if here != place:
            console.print(Text(" · ".join(filter(None, here)), style="bold"))
            place = here
        logic, p = statement.logic, statement.probabilities
        assert logic is not None
        assert p is not None
        name = "/".join(x.danish for x in statement.logics) or logic.danish
        line = Text(f"  {name:<18}", style=logic.colour)
        sure = "rettet" if statement.reviewed else f"{100 * max(p):3.0f} %"
        line.append(f"{sure}{'?' if statement.unsure else ' '} ", style="dim")
        line.append(statement.text, style="default")
        console.print(line)


@app.command(cls=DanishCommand)
def review(
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FIL",
            help="Hvor rettelserne gemmes: en .db; ellers rettelser.db. En, der findes, fortsættes.",
        ),
    ] = None,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Åbn ikke browseren; vis kun adressen.")
    ] = False,
    model: ModelPath = None,
    light: Light = False,
) -> None:
    """Ret kodningen i browseren, ét udsagn ad gangen.

    Alt bliver på maskinen, og hver beslutning gemmes straks. Rettelserne kan bruges i stedet for
    noterne i de andre kommandoer.

    Eksempler:

      etisklandskab review noter/

      etisklandskab review rettelser.db

      etisklandskab review kodning.xlsx -o rettelser.db
    """
    from etisklandskab.model.classifier import load_model
    from etisklandskab.notes.files import DECISIONS
    from etisklandskab.review.server import Address, serve
    from etisklandskab.review.session import Session
    from etisklandskab.review.store import Store

    _check_output(output, (DECISIONS,), force=True)
    going_on = output is None and len(paths) == 1 and Path(paths[0]).suffix.lower() == DECISIONS
    path = Path(paths[0]) if going_on else output or Path("rettelser.db")
    if going_on and not path.exists():
        raise FileNotFoundError(2, "", str(path))
    classifier = load_model(model, light=light)
    statements, failed = ([], []) if going_on else _read(paths, but=path)
    if failed:
        _list_failed(failed)
    if not going_on and not statements:
        raise typer.Exit(1)
    with Store(path) as store:
        session = Session(store, classifier, lambda raw: _code(raw, classifier))
        if not going_on:
            session.renew(statements, {error.source for error in failed})
        _tell_of_gone(len(session.gone()))
        address = Address(session)
        typer.echo(f"Siden er på {address}")
        _say("Rettelserne gemmes løbende. Stop med Ctrl+C.")
        sys.stdout.flush()
        if not no_open:
            import webbrowser

            webbrowser.open(str(address))
        serve(session, address)
        state = session.sync()
        seen = sum(item.decision is not None for item in state.items.values())
        _say(
            f"\n{seen} af {len(state.order)} udsagn er set; alt er gemt i {path}.\n"
            f"Fortsæt:         etisklandskab review {_quoted(path)}\n"
            f"Skriv notatet:   etisklandskab report {_quoted(path)} -o notat.docx\n"
            f"Hent som Excel:  etisklandskab classify {_quoted(path)} -o kodning.xlsx"
        )


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)


def _tell_of_gone(n: int) -> None:
    if n:
        who = "Ét udsagn, der er taget" if n == 1 else f"{n} udsagn, der er taget"
        _say(
            f"{who} stilling til, står ikke længere i noterne. Beslutningerne er gemt, men tæller "
            "ikke med, før teksten er der igen; siden viser dem."
        )


@app.command(cls=DanishCommand)
def profile(
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FIL", help="json, csv, xlsx, jsonl, parquet, png, svg, pdf."
        ),
    ] = None,
    by: Annotated[
        str,
        typer.Option("--by", metavar="FELTER", help="Hvad der er en gruppe: group, workshop ..."),
    ] = "group",
    kind: Annotated[
        str,
        typer.Option(
            "--kind", metavar="SLAGS", help="Billedet: landscape, bars, heatmap eller sheet."
        ),
    ] = "landscape",
    force: Force = False,
    excel: Excel = False,
    model: ModelPath = None,
    light: Light = False,
) -> None:
    """Vis hver gruppes argumentationsprofil for sundt, værdigt og sammen om.

    Tager rå noter eller en tabel, som classify har kodet.

    Eksempler:

      etisklandskab profile noter/

      etisklandskab profile kodet.xlsx -o profil.png

      etisklandskab profile noter/ --by workshop,group -o profil.csv

      etisklandskab profile noter/ --kind bars -o soejler.pdf
    """
    from etisklandskab.columns import find_columns
    from etisklandskab.model.classifier import load_model
    from etisklandskab.profile.needed import tell_reviews
    from etisklandskab.profile.profile import aggregate

    _check_output(output, (".json", *_TABLES, *_PICTURES), force)
    classifier = load_model(model, light=light)
    statements, failed = _read(paths)
    if statements:
        coded = _coded(statements, classifier)
        fields = [name.strip() for name in by.split(",")]
        names = [find_columns([name]).get(0, name) for name in fields]
        result = aggregate(coded, names, model=classifier)
        _write_profile(result, output, kind, force=force, excel=excel)
        if told := tell_reviews(result):
            _say(told)
    _finish(failed)


def _coded(statements: list[Statement], classifier: EthicsClassifier) -> list[Statement]:
    """Code what is uncoded or coded by another model, and say so."""
    from etisklandskab.model.classifier import lacks_code, recoded

    label = classifier.bundle_.label
    n = sum(lacks_code(s, label) for s in statements)
    if 0 < n < len(statements):
        _say(f"{n} udsagn er ikke kodet med {label} og kodes nu.")
    return recoded(statements, label, lambda raw: _code(raw, classifier))


def _write_profile(
    result: Profile,
    output: Path | None,
    kind: str = "landscape",
    *,
    force: bool = False,
    excel: bool = False,
) -> None:
    if output is None:
        _console().print(result)
        return
    suffix = output.suffix.lower()
    if suffix in _PICTURES:
        from etisklandskab.report.pictures import save

        save(result, output, kind, force=force)
    elif suffix == ".json":
        from etisklandskab.files import new_file

        with new_file(output, force=force) as temporary:
            temporary.write_text(result.to_json(), encoding="utf-8", newline="")
    else:
        from etisklandskab.report.coded import write_rows

        write_rows(list(result.rows()), output, force=force, excel=excel)
    _say(f"Profilen er skrevet til {output}")


@app.command(cls=DanishCommand)
def report(
    paths: Paths,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FIL", help="Notatet: .docx eller .html.")
    ],
    kind: Annotated[
        str,
        typer.Option("--kind", metavar="SLAGS", help="notat, eller vision over alle workshops."),
    ] = "notat",
    title: Annotated[
        str | None, typer.Option("--title", metavar="TITEL", help="Overskriften.")
    ] = None,
    date: Annotated[
        str, typer.Option("--date", metavar="DATO", help="Datoen, som den skal stå.")
    ] = "",
    workshop: Annotated[
        str,
        typer.Option(
            "--workshop", metavar="NAVN", help="Kun denne workshop; de tidligere sammenlignes med."
        ),
    ] = "",
    pseudonymise: Annotated[
        bool,
        typer.Option(
            "--pseudonymise", help="Erstat navne, CPR- og telefonnumre, adresser og e-mails."
        ),
    ] = False,
    force: Force = False,
    model: ModelPath = None,
    light: Light = False,
) -> None:
    """Skriv notatet efter en workshop, eller visionsproduktet efter dem alle.

    Tager rå noter eller tabeller, som classify har kodet.

    Eksempler:

      etisklandskab report noter/ -o notat.docx --workshop "Workshop 2" --date "3. marts"

      etisklandskab report kodet.xlsx -o notat.html --pseudonymise

      etisklandskab report noter/ --kind vision -o vision.docx
    """
    from etisklandskab.model.classifier import load_model

    _check_output(output, _DOCUMENTS, force)
    if kind not in _KINDS:
        raise EtisklandskabError(f"--kind {kind} kendes ikke. Brug en af: {', '.join(_KINDS)}")
    if kind == "vision" and workshop:
        raise EtisklandskabError("--workshop hører til et notat; visionen er over alle workshops.")
    classifier = load_model(model, light=light)
    statements, failed = _read(paths)
    if statements:
        coded = _coded(statements, classifier)
        if pseudonymise:
            coded = _pseudonymised(coded)
        given = {"title": title, "date": date, "workshop": workshop}
        options = {name: value for name, value in given.items() if value}
        _write_report(_document(coded, classifier, kind, **options), output, kind, force=force)
    _finish(failed)


_KINDS = ("notat", "vision")


def _pseudonymised(coded: list[Statement]) -> list[Statement]:
    from etisklandskab.pseudonyms import pseudonymise

    result = pseudonymise(coded)
    _say(result.report())
    return result.statements


def _document(
    coded: list[Statement], classifier: EthicsClassifier, kind: str, **options: str
) -> Document:
    if kind == "vision":
        from etisklandskab.report.vision import build_vision

        return build_vision(coded, model=classifier, **options)
    from etisklandskab.report.notat import build_notat

    return build_notat(coded, model=classifier, **options)


def _write_report(document: Document, output: Path, kind: str, *, force: bool) -> None:
    from etisklandskab.report.document import write_document

    write_document(document, output, force=force)
    _say(f"{'Visionsproduktet' if kind == 'vision' else 'Notatet'} er skrevet til {output}")


@app.command(cls=DanishCommand)
def export(
    paths: Paths,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FIL", help="qdpx, qdc, json, csv eller parquet."),
    ],
    force: Force = False,
    model: ModelPath = None,
    light: Light = False,
) -> None:
    """Giv de kodede udsagn videre til et andet program.

    Endelsen bestemmer: qdpx til NVivo, MAXQDA, ATLAS.ti og QualCoder, qdc til kodebogen alene,
    json til Label Studio, csv og parquet med kodebog til R og Stata. Hvad der er rettet i en
    qdpx eller json, regner profile med.

    Eksempler:

      etisklandskab export noter/ -o projekt.qdpx

      etisklandskab export kodet.xlsx -o data.csv

      etisklandskab profile rettet.qdpx
    """
    from etisklandskab.exchange import KINDS
    from etisklandskab.exchange import export as write
    from etisklandskab.model.classifier import load_model

    _check_output(output, tuple(KINDS), force)
    statements, failed = _read(paths)
    if statements:
        write(_coded(statements, load_model(model, light=light)), output, force=force)
        _say(f"{len(statements)} udsagn skrevet til {output}")
    _finish(failed)


@app.command(cls=DanishCommand)
def evaluate(
    path: Annotated[Path, typer.Argument(metavar="FIL", help="Tabel med udsagn og facit.")],
    gold: Annotated[
        str | None, typer.Option("--gold", metavar="KOLONNE", help="Kolonnen med facit.")
    ] = None,
    model: ModelPath = None,
    light: Light = False,
) -> None:
    """Mål modellen mod en tabel med facit.

    Facit er pligt, nærhed, konsekvens eller ingen i en kolonne, der hedder facit, gold,
    primary eller rettet (eller den, som --gold nævner).

    Eksempel:

      etisklandskab evaluate facit.xlsx
    """
    from etisklandskab.model.classifier import load_model
    from etisklandskab.training.evaluating import evaluate as measure
    from etisklandskab.training.gold import read_gold

    statements, truth = read_gold(path, gold)
    classifier = load_model(model, light=light)
    _print_evaluation(
        measure(classifier.bundle_.linear.probabilities(statements), truth), classifier
    )


def _number(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


def _print_evaluation(result: Evaluation, classifier: EthicsClassifier) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from etisklandskab.landscape import Logic

    console = _console()
    console.print(f"{result.n} udsagn, {classifier.bundle_.label}")
    console.print(
        f"nøjagtighed {_number(result.accuracy)} · makro-F1 {_number(result.macro_f1)} · "
        f"Cohens kappa {_number(result.kappa)} · kalibreringsfejl {_number(result.calibration_error)}"
    )
    per_class = Table(box=SIMPLE_HEAD)
    for title in ("Logik", "Præcision", "Genfinding", "F1", "n"):
        per_class.add_column(title, justify="left" if title == "Logik" else "right")
    for logic, (precision, recall, f1, n) in result.per_class.items():
        per_class.add_row(logic.danish, _number(precision), _number(recall), _number(f1), str(n))
    console.print(per_class)
    confusion = Table(
        title="Facit (række) mod kodet (søjle)", box=SIMPLE_HEAD, title_justify="left"
    )
    confusion.add_column("")
    for logic in Logic:
        confusion.add_column(logic.danish, justify="right")
    for logic, row in zip(Logic, result.confusion, strict=True):
        confusion.add_row(logic.danish, *map(str, row))
    console.print(confusion)


@app.command(cls=DanishCommand)
def train(
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="MAPPE", help="Hvor modellen skrives."),
    ] = None,
    light: Annotated[
        bool, typer.Option("--light", help="Kun den lette model: under et minut.")
    ] = False,
    encoder: Annotated[
        Path | None,
        typer.Option(
            "--encoder", metavar="MAPPE", help="Tag sprogmodellen fra en færdig model: et minut."
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint", metavar="FIL", help="Gem undervejs, og fortsæt herfra efter et afbrud."
        ),
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option("--corpus", metavar="FIL", help="Korpus; ellers data/corpus.csv.")
    ] = None,
    force: Force = False,
) -> None:
    """Byg de medfølgende modeller af korpusset.

    Uden --light og --encoder finjusteres sprogmodellen; det tager omkring en time på to kerner.

    Eksempler:

      etisklandskab train --light -o models/light --force

      etisklandskab train --encoder models/full -o models/full --force

      etisklandskab train --checkpoint out/finjustering.pt -o models/full --force
    """
    from etisklandskab.model.bundle import load_bundle, save_bundle
    from etisklandskab.training.train import train_full, train_light

    target = output if output is not None else Path("models", "light" if light else "full")
    check_free(target, force=force)
    if light:
        bundle = train_light(corpus)
    else:
        fitted = None if encoder is None else load_bundle(encoder)
        bundle = train_full(corpus, fitted=fitted, checkpoint=checkpoint, say=_say)
    save_bundle(bundle, target, force=force)
    _say(f"{bundle.label} skrevet til {target}")


@app.command(cls=DanishCommand)
def learn(
    paths: Paths,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="MAPPE", help="Hvor din model skrives.")
    ],
    doubtful: Annotated[
        Path | None,
        typer.Option("--doubtful", metavar="FIL", help="Skriv de koder, der ligner fejl."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FIL", help="Skriv tallene som JSON.")
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Erstat, hvad der findes, og skriv også en dårligere model."),
    ] = False,
    model: ModelPath = None,
    light: Light = False,
) -> None:
    """Lær af det, du har rettet, og mål, om modellen er blevet bedre til dine noter.

    Alle udsagn, du har skrevet en logik ved i kolonnen Rettet, tæller: også dem, hvor du var enig.
    Modellen skrives ikke, hvis den er dårligere end den, du har.

    Eksempler:

      etisklandskab learn kodning.xlsx -o min-model

      etisklandskab learn "Workshop 1.xlsx" "Workshop 2.xlsx" -o min-model --doubtful tvivl.xlsx
    """
    from etisklandskab.model.classifier import EthicsClassifier, load_model
    from etisklandskab.training.learning import learn as teach

    for path, kinds in ((doubtful, _TABLES), (json, (".json",))):
        _check_output(path, kinds, force)
    taken = output.exists() and (not output.is_dir() or any(output.iterdir()))
    mine = None
    if (output / "manifest.json").is_file():
        mine = EthicsClassifier.load(output)  # measured beside the new one before it may go
    elif taken:
        check_free(output)  # no model: not even --force deletes it
    statements, failed = _read(paths)
    _finish(failed)  # a model of half the files would be measured on half of them
    base = None if model is None else load_model(model)
    learnt = teach(statements, model=base, light=light, beside=mine, say=_say)
    typer.echo(str(learnt))
    if doubtful is not None:
        from etisklandskab.report.coded import write_rows

        write_rows([one.row() for one in learnt.doubtful], doubtful, force=force)
        _say(f"{len(learnt.doubtful)} tvivlsomme koder skrevet til {doubtful}")
    if json is not None:
        from json import dumps

        from etisklandskab.files import new_file

        with new_file(json, force=force) as temporary:
            text = dumps(learnt.to_dict(), indent=1, ensure_ascii=False) + "\n"
            temporary.write_text(text, encoding="utf-8", newline="")
    if not learnt.worth_keeping and not force:
        raise EtisklandskabError(
            f"{output} er ikke skrevet: den nye model gør det ikke så godt som den, den begyndte som "
            "(se ovenfor). Ret flere udsagn, eller skriv --force."
        )
    if mine is not None and not force:
        raise EtisklandskabError(
            f"{output} er ikke erstattet: der ligger en model i forvejen ({mine.bundle_.label}). "
            "Sammenlign de to ovenfor, og vælg en anden mappe, eller skriv --force."
        )
    learnt.model.save(output, force=force)
    _say(f"{learnt.model.bundle_.label} skrevet til {output}. Brug den med --model {output}")


@app.command(cls=DanishCommand)
def agreement(
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FIL", help="Uenighederne: csv, xlsx, jsonl."),
    ] = None,
    force: Force = False,
    excel: Excel = False,
) -> None:
    """Mål, hvor enige flere kodere er.

    Giv en fil for hver koder, eller en tabel med en kolonne, der hedder Koder. Kun det, som et
    menneske har skrevet i kolonnen Rettet, tæller.

    Eksempler:

      etisklandskab agreement anna.xlsx bo.xlsx

      etisklandskab agreement anna.xlsx bo.xlsx -o uenige.xlsx
    """
    from etisklandskab.training.agreement import agreement as measure

    _check_output(output, _TABLES, force)
    found = measure(paths)
    typer.echo(str(found))
    if output is not None:
        from etisklandskab.report.coded import write_rows

        write_rows(found.rows(), output, force=force, excel=excel)
        _say(f"{len(found.disagreements)} uenigheder skrevet til {output}")


@app.command(cls=DanishCommand)
def demo(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="MAPPE", help="Hvor resultaterne skrives.")
    ] = Path("out"),
) -> None:
    """Kod eksempelprocessen, vis profilen, og skriv resultaterne i mappen out.

    Eksempel:

      etisklandskab demo
    """
    from etisklandskab.examples import example_notes
    from etisklandskab.model.classifier import load_model
    from etisklandskab.profile.profile import aggregate

    classifier = load_model()
    statements, failed = _read([str(example_notes())])
    coded = _code(statements, classifier)
    result = aggregate(coded, model=classifier)
    _console().print(result)
    # the demo's own folder: it writes its own files again
    for name in ("kodet.xlsx", "kodet.csv"):
        _write_coded(coded, output / name, classifier, force=True, excel=True)
    built = cache(lambda kind: _document(coded, classifier, kind))  # the notat is written twice
    steps: dict[str, Callable[[Path], None]] = {
        "profil.csv": lambda path: _write_profile(result, path, force=True, excel=True),
        "profil.json": lambda path: _write_profile(result, path, force=True),
        "landskab.png": lambda path: _write_profile(result, path, force=True),
        "notat.docx": lambda path: _write_report(built("notat"), path, "notat", force=True),
        "notat.html": lambda path: _write_report(built("notat"), path, "notat", force=True),
        "vision.docx": lambda path: _write_report(built("vision"), path, "vision", force=True),
    }
    for name, write in steps.items():
        try:
            write(output / name)
        except MissingExtraError as error:
            _say(f"Sprunget over: {error}")
    _finish(failed)


def _version(wanted: bool) -> None:
    if wanted:
        from etisklandskab.model.classifier import load_model

        typer.echo(f"etisklandskab {__version__} (model: {load_model().bundle_.label})")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Vis programmets udgave."),
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may not be UTF-8
            stream.reconfigure(errors="replace")
    try:
        code = app(args=arguments, standalone_mode=False)
    except (EtisklandskabError, FileExistsError) as error:
        _fail(str(error), 1)
    except ValueError as error:
        _fail(str(error), 1)
    except PermissionError as error:
        _fail(f"{error.filename}: der er ikke adgang. Luk filen i andre programmer.", 1)
    except FileNotFoundError as error:
        _fail(str(error) if error.filename is None else f"{error.filename} findes ikke.", 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        _fail("Afbrudt; intet er skrevet halvt.", 130)
    except Exception as error:
        if not hasattr(error, "exit_code"):
            raise
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        if message:
            _fail(usage_error(message), error.exit_code)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> None:
    _say(f"Fejl: {message}")
    sys.exit(code)


if __name__ == "__main__":
    main()
