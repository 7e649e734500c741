"""A profile as a table in the terminal and in a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from etisklandskab.columns import danish_title
from etisklandskab.landscape import ARGUED, Logic
from etisklandskab.profile.profile import ALL, LEAST, TOTAL, Profile
from etisklandskab.profile.shares import Share

if TYPE_CHECKING:
    from rich.table import Table

    from etisklandskab.profile.compare import Comparison

__all__ = ["html_comparison", "html_table", "percent", "rich_table"]

NOTE = (
    "Procent af de begrundede udsagn; »ingen« er af alle udsagn. [95 %-intervallet] er gruppens: "
    "det rummer både, at noterne er et udsnit, og at modellen koder forkert. – er for få udsagn "
    f"(under {LEAST})."
)


def percent(share: Share | None) -> str:
    """Return a share in percent with its interval, as a reader sees it.

    Examples
    --------
    >>> percent(Share(0.43, 0.076, 0.794))
    '43 [8–79]'
    """
    if share is None:
        return "–"
    return f"{100 * share.value:.0f} [{share.bounds}]"


def _lines(profile: Profile) -> list[tuple[tuple[str, ...], str, int, dict[Logic, Share | None]]]:
    return [
        (
            group or (TOTAL, *[""] * (len(profile.by) - 1)),
            concept,
            cell.n,
            profile.shares(*group, concept=concept),
        )
        for group, concept, cell in profile.each_cell()
    ]


def rich_table(profile: Profile) -> Table:
    """Return a table for the terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        caption=NOTE, caption_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False
    )
    for name in profile.by:
        table.add_column(danish_title(name), overflow="fold", min_width=9)
    table.add_column("Begreb", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    for logic in (*ARGUED, Logic.NONE):
        table.add_column(logic.danish.capitalize(), justify="right", no_wrap=True)
    previous = None
    for names, concept, n, shares in _lines(profile):
        if previous not in (None, names):
            table.add_row()
        shown = names if names != previous else ("",) * len(names)
        style = "bold" if concept == ALL else ""
        table.add_row(*shown, concept, str(n), *map(percent, shares.values()), style=style)
        previous = names
    return table


def html_table(profile: Profile) -> str:
    """Return a table for a notebook."""
    heads = [*map(danish_title, profile.by), "Begreb", "Udsagn"]
    heads += [logic.danish.capitalize() for logic in Logic]
    head = "".join(f"<th>{escape(title)}</th>" for title in heads)
    body = []
    for names, concept, n, shares in _lines(profile):
        cells = [*names, concept, str(n), *map(percent, shares.values())]
        weight = ' style="font-weight: bold"' if concept == ALL else ""
        body.append(f"<tr{weight}>" + "".join(f"<td>{escape(c)}</td>" for c in cells) + "</tr>")
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"
        f"</table><p><small>{escape(NOTE)}</small></p>"
    )


def html_comparison(comparison: Comparison) -> str:
    """Return differences as a table for a notebook: those that the test bears in bold."""
    heads = ("Første", "Anden", "Begreb", "Logik", "Forskel", "p", "p (Holm)")
    body = []
    for d in comparison:
        share = Share(d.difference, d.low, d.high)
        p, p_holm = (f"{x:.4f}".replace(".", ",") for x in (d.p, d.p_holm))
        cells = (d.first, d.second, d.concept, d.logic.danish, percent(share), p, p_holm)
        weight = ' style="font-weight: bold"' if d.borne else ""
        body.append(f"<tr{weight}>" + "".join(f"<td>{escape(c)}</td>" for c in cells) + "</tr>")
    said = "".join(f"<li>{escape(words)}</li>" for words in comparison.words())
    head = "".join(f"<th>{title}</th>" for title in heads)
    return f"<ul>{said}</ul><table><tr>{head}</tr>{''.join(body)}</table>"
