"""The notebooks and example scripts run from top to end."""

from __future__ import annotations

import csv
import runpy
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # the kernel's own libraries
def test_a_notebook_runs(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not [output for output in outputs if output.output_type == "error"]


def test_the_quarterly_report_has_a_line_for_each_group_concept_and_logic(tmp_path: Path) -> None:
    examples = Path(__file__).parents[1] / "data" / "examples"
    for name, workshops in (("Engholm", ("Workshop 1", "Workshop 3")), ("Havby", ("Workshop 1",))):
        for workshop in workshops:
            shutil.copytree(examples / workshop, tmp_path / "noter" / name / workshop)
    script = runpy.run_path(str(NOTEBOOKS[0].parent / "quarterly_report.py"))
    script["main"](str(tmp_path / "noter"), str(tmp_path / "a.csv"))
    script["main"](str(tmp_path / "noter"), str(tmp_path / "b.csv"))
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [(r["kommune"], r["workshop"], r["group"], r["concept"], r["logic"]) for r in rows]
    assert len(set(keys)) == len(keys)
    assert {"Engholm", "Havby", "I alt"} == {key[0] for key in keys}
    assert all(r["note"] == "for få udsagn" or 0 <= float(r["share"]) <= 1 for r in rows)
