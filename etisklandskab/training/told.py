"""What learning and agreement found, in plain Danish."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etisklandskab.training.agreement import Agreement, Coefficient
    from etisklandskab.training.learning import Learning
    from etisklandskab.training.paired import Paired

__all__ = ["number", "tell_agreement", "tell_learning"]

_VERDICTS = {
    "better": "Den nye er bedre.",
    "same": "De er lige gode: forskellen er mindre end 5 procentpoint til hver side.",
    "worse": "Den nye er dårligere.",
    "few": "Der er for få udsagn til at sige, om den nye er bedre eller dårligere.",
}
_DRAWN = {"document": "dokumenter", "statement": "udsagn"}


def number(value: float, *, sign: bool = False) -> str:
    """Return a number with two decimals, as Danish writes it.

    Examples
    --------
    >>> number(0.805), number(-0.1, sign=True), number(0.1, sign=True), number(-0.001, sign=True)
    ('0,81', '−0,10', '+0,10', '0,00')
    """
    rounded = round(value + 1e-9, 2)
    if not rounded:
        return "0,00"
    text = f"{abs(rounded):.2f}".replace(".", ",")
    return ("−" if rounded < 0 else "+" if sign else "") + text


def tell_learning(learnt: Learning) -> str:
    """Return the report of a cross-validation.

    Parameters
    ----------
    learnt : Learning
        What `learn` gives.
    """
    documents = "1 dokument" if learnt.documents == 1 else f"{learnt.documents} dokumenter"
    whole = (
        "Et dokument er helt med eller helt ude."
        if learnt.by_document
        else "Med så få dokumenter er delene blokke i læserækkefølge; det måler lidt for venligt."
    )
    strength = f"{learnt.strength:g}".replace(".", ",")
    lines = [
        f"Lært af {learnt.n} rettede udsagn fra {documents}, ud fra {learnt.started_from}.",
        f"Målt i {learnt.folds} dele: hvert udsagn er kodet af en model, der ikke lærte af det. "
        + whole,
        f"Rettelsernes vægt: {strength} (valgt uden de udsagn, der måles på).",
    ]
    if learnt.repeated:
        lines.append(f"{learnt.repeated} udsagn var rettet flere gange; den sidste fil gælder.")
    lines += ["", *_table("Dine rettelser", learnt.hers, "før", "efter")]
    lines.append(
        "  Forbehold: du har valgt, hvad du rettede, og oftest det usikre. Derfor ser begge "
        "modeller, og mest den gamle, dårligere ud her, end de er på dine noter som helhed."
    )
    lines += [
        "",
        *_table(
            "Korpussets udviklingsdel (andre tekster end dine)", learnt.general, "før", "efter"
        ),
    ]
    if learnt.general.verdict == "worse":
        lines.append("  Den nye følger dig og er blevet ringere til andres tekster.")
    if learnt.beside is not None:
        title = "Modellen, du har i forvejen, på dine rettelser"
        lines += ["", *_table(title, learnt.beside, "den gamle", "den nye")]
        if learnt.beside_saw:
            lines.append(
                f"  Den gamle har lært af {learnt.beside_saw} af disse udsagn og kendte altså "
                "svarene; den nye kendte dem ikke. Tallene kan ikke sammenlignes ligeværdigt."
            )
    if learnt.doubtful:
        one = len(learnt.doubtful) == 1
        lines += [
            "",
            f"{len(learnt.doubtful)} af dine koder ligner {'en fejl' if one else 'fejl'} "
            "(modellen holder på noget andet efter at have lært af resten; du kan have ret):",
        ]
        for doubt in learnt.doubtful[:5]:
            s = doubt.statement
            place = ", ".join(filter(None, [s.source, f"nr. {s.position}" if s.position else ""]))
            logic = "" if s.logic is None else s.logic.danish
            lines.append(f"  {logic} → måske {doubt.suggested.danish}: {s.text} ({place})")
        if len(learnt.doubtful) > 5:
            lines.append("  ... resten skrives med --doubtful FIL.")
    return "\n".join(lines)


def _table(title: str, paired: Paired, old: str, new: str) -> list[str]:
    width = max(len(old), len(new), 9)
    rows = [
        f"  {name:<{width}}  nøjagtighed {number(one.accuracy)}   Cohens kappa {number(one.kappa)}"
        for name, one in ((old, paired.old), (new, paired.new))
    ]
    p = "p < 0,001" if paired.p < 0.001 else f"p = {paired.p:.3f}".replace(".", ",")
    return [
        f"{title}, n={paired.n}",
        *rows,
        f"  forskel     {number(paired.difference, sign=True)} "
        f"(95 % sikkert mellem {number(paired.low, sign=True)} og {number(paired.high, sign=True)}, "
        f"{_DRAWN[paired.by]} trukket om; McNemar: {paired.gained} vundet, {paired.lost} tabt, {p})",
        f"  {_VERDICTS[paired.verdict]}",
    ]


def tell_agreement(found: Agreement) -> str:
    """Return the report of how far coders agree.

    Parameters
    ----------
    found : Agreement
        What `agreement` gives.
    """
    lines = [
        f"{', '.join(found.coders)}: {found.n} udsagn er kodet af mindst to.",
        "",
        f"Krippendorffs alfa, alle: {_coefficient(found.alpha)}",
    ]
    lines += [f"Cohens kappa, {one.name}: {_coefficient(one)}" for one in found.pairs]
    lines += ["", "Krippendorffs alfa for hver logik mod de andre:"]
    lines += [f"  {one.name:<11} {_coefficient(one)}" for one in found.logics]
    n = len(found.disagreements)
    lines += [
        "",
        f"Uenige om {n} af {found.n} udsagn ({round(100 * n / found.n)} %).",
        f"95 %-intervaller ved at trække {_DRAWN[found.drawn_by]} om. Ordene for styrke er Landis og "
        "Kochs (1977); de er en vane, ikke en grænse.",
    ]
    if found.saw_model:
        lines.append(
            "Forbehold: koderne så modellens forslag. Så er enigheden højere, end hvis hver havde "
            "kodet for sig uden forslag."
        )
    if found.by_text:
        lines.append("Udsagnene er parret på teksten alene; deres numre passede ikke sammen.")
    alone = [f"{name} {n}" for name, n in found.alone.items() if n]
    if alone:
        lines.append(f"Kun kodet af én, så de tæller ikke med: {', '.join(alone)} udsagn.")
    return "\n".join(lines)


def _coefficient(one: Coefficient) -> str:
    if one.value is None or one.low is None or one.high is None:
        return f"kan ikke beregnes: alle koder er ens (n={one.n})"
    from etisklandskab.training.agreement import strength_of

    return (
        f"{number(one.value)} ({number(one.low)} til {number(one.high)}), "
        f"{strength_of(one.value)}, n={one.n}"
    )
