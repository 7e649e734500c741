"""The command line as a consultant meets it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from etisklandskab import __version__, load_model

EXAMPLES = Path(__file__).parents[1] / "data" / "examples"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "noter"
    folder.mkdir()
    (folder / "Gruppe 1.txt").write_text("SUNDT\n- Det er hendes ret\n- Lyt til hende\n", "utf-8")
    (folder / "Gruppe 2.txt").write_text("VÆRDIGT\n- Det virker og sparer penge\n", "utf-8")
    return folder


def test_version(run: Run) -> None:
    code, out, _ = run("--version")
    assert code == 0
    assert __version__ in out
    assert load_model().bundle_.label in out


@pytest.mark.parametrize(
    "command", [[], ["classify"], ["profile"], ["evaluate"], ["train"], ["demo"]]
)
def test_help_is_danish_with_an_example(run: Run, command: list[str]) -> None:
    code, out, _ = run(*command, "--help")
    assert code == 0
    for english in ("Usage", "Options:", "Show this", "Arguments:", "Commands:", "required"):
        assert english not in out
    if command:
        assert f"etisklandskab {command[0]}" in out.split("Eksempel", 1)[-1]


def test_classify_to_csv_and_to_standard_output(run: Run, notes: Path, tmp_path: Path) -> None:
    code, _, err = run("classify", notes, "-o", tmp_path / "k.csv")
    assert code == 0
    assert "3 udsagn skrevet" in err
    code, out, _ = run("classify", notes, "-o", "-")
    assert out == (tmp_path / "k.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["logic"] for row in rows] == ["duty", "proximity", "consequence"]
    assert [row["group"] for row in rows] == ["Gruppe 1", "Gruppe 1", "Gruppe 2"]
    assert [row["concept"] for row in rows] == ["sundt", "sundt", "værdigt"]


def test_classify_without_output_lists_in_danish(run: Run, notes: Path) -> None:
    code, out, _ = run("classify", notes)
    assert code == 0
    assert "pligt" in out
    assert "Det er hendes ret" in out


def test_nothing_is_written_over_without_force(run: Run, notes: Path, tmp_path: Path) -> None:
    target = tmp_path / "k.csv"
    target.write_text("mit")
    code, _, err = run("classify", notes, "-o", target)
    assert (code, target.read_text()) == (1, "mit")
    assert "--force" in err
    assert run("classify", notes, "-o", target, "--force")[0] == 0


def test_failures_are_listed_at_the_end_and_the_rest_is_done(
    run: Run, notes: Path, tmp_path: Path
) -> None:
    (notes / "tom.txt").write_bytes(b"")
    (notes / "gammel.doc").write_bytes(b"x")
    code, _, err = run("classify", notes, "-o", tmp_path / "k.csv")
    assert code == 1
    assert "2 filer kunne ikke læses" in err
    assert "tom.txt: filen er tom" in err
    assert "gem den som .docx" in err
    assert len((tmp_path / "k.csv").read_text("utf-8").splitlines()) == 4


def test_profile_from_notes_and_from_a_coded_table_is_the_same(
    run: Run, notes: Path, tmp_path: Path
) -> None:
    run("classify", notes, "-o", tmp_path / "k.xlsx")
    raw = run("profile", notes, "-o", tmp_path / "raw.json")
    table = run("profile", tmp_path / "k.xlsx", "-o", tmp_path / "table.json")
    assert raw[0] == table[0] == 0
    one = json.loads((tmp_path / "raw.json").read_text("utf-8"))
    assert one == json.loads((tmp_path / "table.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "suffix", [".json", ".csv", ".xlsx", ".png", ".svg", ".pdf", ".jsonl", ".parquet"]
)
def test_profile_in_every_kind(run: Run, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"profil{suffix}"
    code, _, err = run("profile", EXAMPLES / "Workshop 1", "-o", target)
    assert code == 0, err
    assert target.stat().st_size > 300


def test_profile_by_other_fields_also_in_danish(run: Run, tmp_path: Path) -> None:
    run("profile", EXAMPLES, "--by", "workshop,gruppe", "-o", tmp_path / "p.csv")
    header = (tmp_path / "p.csv").read_text("utf-8").splitlines()[0]
    assert header == (
        "workshop,group,concept,logic,n,coded,share,low,high,"
        "record_share,record_low,record_high,note"
    )


def test_profile_in_the_terminal(run: Run, notes: Path) -> None:
    code, out, _ = run("profile", notes)
    assert code == 0
    assert "Gruppe 2" in out
    assert "I alt" in out


def test_a_table_coded_by_an_older_model_is_coded_again(
    run: Run, notes: Path, tmp_path: Path
) -> None:
    run("classify", notes, "-o", tmp_path / "k.csv")
    label = load_model().bundle_.label
    text = (tmp_path / "k.csv").read_text("utf-8")
    (tmp_path / "old.csv").write_text(text.replace(label, "gammel 0123", 1), "utf-8")
    code, _, err = run("profile", tmp_path / "old.csv")
    assert code == 0
    assert "1 udsagn er ikke kodet med" in err


def test_evaluate(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "facit.csv"
    table.write_text(
        "udsagn;facit\nDet er hendes ret;pligt\nLyt til hende;nærhed\nKl. 9;ingen\n", "utf-8"
    )
    code, out, err = run("evaluate", table)
    assert code == 0, err
    for word in ("3 udsagn", "nøjagtighed", "makro-F1", "kappa", "kalibreringsfejl", "Præcision"):
        assert word in out
    table.write_text("udsagn;facit\nx y;dyd\n", "utf-8")
    code, _, err = run("evaluate", table)
    assert code == 1
    assert "række 2" in err
    table.write_text("udsagn;svar\nx y;pligt\n", "utf-8")
    assert "--gold" in run("evaluate", table)[2]


def test_demo_writes_all_it_promises(run: Run, tmp_path: Path) -> None:
    code, out, err = run("demo", "-o", tmp_path / "out")
    assert code == 0, err
    assert "Gruppe 5" in out
    names = {p.name for p in (tmp_path / "out").iterdir()}
    tables = {"kodet.csv", "kodet.xlsx", "profil.csv", "profil.json"}
    assert names == tables | {"landskab.png", "notat.docx", "notat.html", "vision.docx"}
    assert run("demo", "-o", tmp_path / "out")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["clasify"], 2, "Kommandoen »clasify« findes ikke"),
        (["classify"], 2, "Angiv"),
        (["classify", "--forse", "x"], 2, "--forse findes ikke"),
        (["classify", "nej.txt"], 1, "stien findes ikke"),
        (["classify", "nej.txt", "-o", "a.doc"], 1, "endelsen ».doc« kendes ikke"),
        (["profile", "nej.txt", "--model", "nej"], 1, "mangler"),
        (["evaluate", "nej.csv"], 1, "stien findes ikke"),
    ],
)
def test_mistakes_are_told_in_danish(run: Run, arguments: list[str], code: int, says: str) -> None:
    ended, _, err = run(*arguments)
    assert ended == code
    assert says in err
    assert "Traceback" not in err


def test_classify_and_profile_import_nothing_heavy(notes: Path) -> None:
    code = (
        "import sys\nfrom etisklandskab.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "heavy = {'sklearn', 'scipy', 'pandas', 'spacy', 'matplotlib', 'pyarrow'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    (notes / "tale.txt").write_text(
        "Det er sådan. Og det er godt, bl.a. fordi hun vil selv.\n", "utf-8"
    )
    for command in ("classify", "profile"):
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code, command, str(notes)],
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        )
        assert done.stderr.strip() == "[]"


def test_no_bar_where_there_is_no_terminal(notes: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "etisklandskab", "classify", str(notes), "-o", "-"],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "HOME": str(notes)},
    )
    assert done.stderr == ""
    assert done.stdout.startswith("source,")


def test_one_line_says_where_the_spacy_model_would_help(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from etisklandskab.notes import splitting

    speech = tmp_path / "tale.txt"
    speech.write_text("vi gik derud og hun sagde " * 14, "utf-8")
    monkeypatch.setattr(splitting, "SPACY_MODEL", "da_core_news_not_there")
    _, _, err = run("classify", speech, "-o", "-")
    (line,) = [line for line in err.splitlines() if line.startswith("Tip:")]
    assert "python -m spacy download" in line
    (tmp_path / "kort.txt").write_text("- Lyt til hende\n", "utf-8")
    assert run("classify", tmp_path / "kort.txt", "-o", "-")[2] == ""


# -- report ------------------------------------------------------------------------------------


def test_a_notat_in_word_and_a_vision_in_html_from_raw_notes(run: Run, tmp_path: Path) -> None:
    notat, vision = tmp_path / "notat.docx", tmp_path / "vision.html"
    title = "Notat fra Engholm"
    code, _, err = run("report", EXAMPLES, "-o", notat, "--light", "--title", title)
    assert code == 0, err
    assert f"Notatet er skrevet til {notat}" in err
    assert docx.Document(str(notat)).paragraphs[0].text == title
    code, _, err = run("report", EXAMPLES, "-o", vision, "--light", "--kind", "vision")
    assert code == 0, err
    assert "Tråde, der går igennem" in vision.read_text("utf-8")
    code, _, err = run("report", EXAMPLES, "-o", notat, "--light")
    assert code == 1
    assert "findes allerede" in err


def test_a_report_of_a_coded_table_is_that_of_the_notes(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "kodet.csv"
    assert run("classify", EXAMPLES, "-o", table, "--light")[0] == 0
    for name, source in (("a.html", EXAMPLES), ("b.html", table)):
        code, _, err = run("report", source, "-o", tmp_path / name, "--light", "--date", "3. marts")
        assert code == 0, err
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_pseudonyms_stand_for_names_and_it_says_what_was_found(run: Run, tmp_path: Path) -> None:
    note = tmp_path / "Gruppe 1.txt"
    note.write_text(
        "SUNDT\n- Karen Holm har ret til selv at bestemme\n- Vi skylder Karen et svar\n"
        "- ring på 20 30 40 50, det er vores pligt at svare\n",
        encoding="utf-8",
    )
    page = tmp_path / "notat.html"
    code, _, err = run("report", note, "-o", page, "--pseudonymise", "--light")
    assert code == 0, err
    text = page.read_text("utf-8")
    assert "Karen" not in text
    assert "20 30 40 50" not in text
    assert "[Person 1]" in text
    assert "personnavn: " in err
    assert "Læs" in err  # never claims that none are left


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "notat.pdf"], "endelsen ».pdf« kendes ikke. Brug en af: .docx .html"),
        (["-o", "n.html", "--kind", "brev"], "--kind brev kendes ikke. Brug en af: notat, vision"),
        (["-o", "n.html", "--kind", "vision", "--workshop", "1"], "visionen er over alle"),
        (["-o", "n.html", "--workshop", "Workshop 9"], "»Workshop 1«, »Workshop 2«"),
    ],
)
def test_what_cannot_be_reported_says_why(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run("report", EXAMPLES, *arguments, "--light")
    assert code == 1
    assert message in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["landscape", "bars", "heatmap", "sheet"])
def test_each_kind_of_picture(run: Run, tmp_path: Path, kind: str) -> None:
    picture = tmp_path / "p.svg"
    code, _, err = run("profile", EXAMPLES, "-o", picture, "--kind", kind, "--light")
    assert code == 0, err
    assert picture.read_bytes().startswith(b"<?xml")
