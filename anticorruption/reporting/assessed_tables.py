"""The tables of an assessment; the source of each score is its cell in the sheet."""

import pandas as pd

from anticorruption.programme import planning
from anticorruption.programme.assessment import DOUBT
from anticorruption.programme.dossier import Dossier
from anticorruption.reporting import assessed_words as words
from anticorruption.reporting import sentences
from anticorruption.reporting.display import Cell, Column, Page
from anticorruption.reporting.listings import Listing, answer_cell


def readings(page: Page, found: Dossier) -> Listing:
    """Score under each reading of the weights and under all of them."""
    say, now = page.say, found.now
    columns = [
        Column("reading", say("Weights")),
        Column("low", say("Lowest score"), "number"),
        Column("high", say("Highest score"), "number"),
        Column("answer", say("At the mark")),
    ]
    rows = [
        {
            "reading": Cell(words.reading(say, key)),
            "low": _number(page, row["score_low"]),
            "high": _number(page, row["score_high"]),
            "answer": answer_cell(page, row["answer"].replace(" ", "_")),
        }
        for key, row in now.readings.iterrows()
    ]
    if not now.weights_known:
        certain = {True: "met", False: "unknown"}[now.category == found.rubric.category]
        answer = "not_met" if now.category == "" else certain
        rows.append(
            {
                "reading": Cell(say("every admissible weighting"), tone="strong"),
                "low": _number(page, now.score_low),
                "high": _number(page, now.score_high),
                "answer": answer_cell(page, answer),
            }
        )
    return say("Score, with what is missing at its lowest and at its highest"), columns, rows


def scores(page: Page, found: Dossier) -> Listing:
    """The scores of the last date, with their state, evidence and cell."""
    say, last = page.say, found.latest
    columns = [
        Column("indicator", say("Indicator")),
        Column("component", say("Component")),
        Column("score", say("Score"), "number"),
        Column("state", say("State")),
        Column("evidence", say("Evidence")),
        Column("cell", say("Cell of the sheet")),
    ]
    names = {component.id: component.name(say.code) for component in found.rubric.components}
    rows = []
    for indicator in found.rubric.indicators:
        row = last.scores.loc[indicator.id]
        score = Cell(say("not assessed"), None, tone="missing")
        if pd.notna(row["low"]):
            same = row["low"] == row["high"]
            text = words.span(say, row["low"], row["high"])
            score = Cell(text, float(row["low"]) if same else text)
        rows.append(
            {
                "indicator": Cell(f"{indicator.id} {indicator.name(say.code)}"),
                "component": Cell(names[indicator.component]),
                "score": score,
                "state": Cell(say(row["state"]) if row["state"] else ""),
                "evidence": Cell(_evidence(page, found, indicator.id)),
                "cell": Cell(_cells(found, indicator.id)),
            }
        )
    dated = say.date(last.dated) if last.dated else say("no date given")
    return say("Scores of the indicators, {date}", date=dated), columns, rows


def worth(page: Page, found: Dossier) -> Listing:
    """How far the interval would shrink if each missing score were known."""
    say, now = page.say, found.now
    keys = list(now.readings.index)
    columns = [
        Column("indicator", say("Indicator")),
        Column("state", say("State")),
        *(Column(key, words.reading(say, key), "number") for key in keys),
    ]
    if not now.weights_known:
        columns.append(Column("at_least", say("every weighting, at least"), "number"))
    columns.append(Column("settles", say("Could settle the verdict alone")))
    rows = []
    for code, row in now.worth.iterrows():
        state = now.evidence.at[code, "state"]
        told = {
            "indicator": Cell(_named(page, found, code)),
            "state": Cell(say("assessors differ") if state == DOUBT else say("not assessed")),
            "settles": Cell(say("yes") if row["settles"] else say("no")),
        }
        told |= {key: _number(page, row[key]) for key in keys}
        rows.append(told | {"at_least": _number(page, row["at_least"])})
    caption = say("What each missing score is worth: points by which the interval would shrink")
    return caption, columns, rows


def gates(page: Page, found: Dossier) -> Listing:
    """The entry criteria as gates: open, closed or unknown, and who says so."""
    say = page.say
    columns = [
        Column("criterion", say("Gate")),
        Column("answer", say("Answer")),
        Column("asked", say("Asked for")),
        Column("by", say("Answered by")),
    ]
    rows = []
    for _, row in found.gates.iterrows():
        by_assessors = row["by"] == "assessors"
        source = () if by_assessors or not row["source_id"] else (row["source_id"],)
        rows.append(
            {
                "criterion": Cell(found.rubric.criterion(row["criterion"]).name(say.code)),
                "answer": answer_cell(page, row["answer"]),
                "asked": Cell(sentences.asked(say, row), sources=(row["threshold_source_id"],)),
                "by": Cell(
                    say("the assessors: {cell}", cell=_gate_cells(found, row["criterion"]))
                    if by_assessors
                    else say("the data release"),
                    sources=source,
                ),
            }
        )
    return say("Gates beside the score: no points open them"), columns, rows


def actions(page: Page, found: Dossier) -> Listing:
    """What to work on in coaching (bimtek): a row an indicator, a column an alternative."""
    say = page.say
    columns = [
        Column("indicator", say("Indicator")),
        Column("kind", say("What to do")),
        Column("start", say("Now"), "number"),
        *(Column(n, words.plan_name(say, n, found), "number") for n in planning.ALTERNATIVES),
    ]
    rows = []
    for code, row in planning.actions(found.paths).iterrows():
        told = {
            "indicator": Cell(_named(page, found, code)),
            "kind": Cell(say(words.KINDS[row["kind"]])),
            "start": _number(page, row["start"])
            if row["kind"] != planning.ASSESS
            else Cell(say("not assessed"), None, tone="missing"),
        }
        for plan in planning.ALTERNATIVES:
            target = row[plan]
            told[plan] = Cell("", None) if pd.isna(target) else _number(page, target, 0)
        rows.append(told)
    return say("Coaching (bimtek): scores to aim at, in three alternatives"), columns, rows


def progress(page: Page, found: Dossier) -> Listing:
    """Part of each component and indicator in the change, adding up to it."""
    say = page.say
    keys = [each.reading for each in found.progress]
    columns = [
        Column("part", say("Component or indicator")),
        *(Column(key, words.reading(say, key), "number") for key in keys),
    ]
    rows = []
    for component in found.rubric.components:
        rows.append(
            {"part": Cell(component.name(say.code), tone="strong")}
            | {
                each.reading: _change(page, each.components.loc[component.id], tone="strong")
                for each in found.progress
            }
        )
        for indicator in found.rubric.parts(component.id):
            rows.append(
                {"part": Cell(_named(page, found, indicator.id))}
                | {
                    each.reading: _change(page, each.indicators.loc[indicator.id])
                    for each in found.progress
                }
            )
    total = {"part": Cell(say("Change of the score"), tone="strong")}
    for each in found.progress:
        ends = pd.Series({"change_low": each.change_low, "change_high": each.change_high})
        total[each.reading] = _change(page, ends, tone="strong")
    return say("Points that each part adds to the change"), columns, [*rows, total]


def files(page: Page, found: Dossier) -> Listing:
    """The sheets read: file, hash, date and who assessed, as initials or role."""
    say = page.say
    columns = [
        Column("file", say("File")),
        Column("dated", say("Date")),
        Column("assessor", say("Assessor")),
        Column("sha256", "SHA-256"),
    ]
    rows = [
        {
            "file": Cell(sheet.file),
            "dated": Cell(say.date(sheet.dated) if sheet.dated else say("no date given")),
            "assessor": Cell(sheet.assessor),
            "sha256": Cell(sheet.sha256),
        }
        for sheet in found.files
    ]
    return say("Sheets that were read"), columns, rows


def findings(page: Page, found: Dossier) -> Listing:
    """What was understood although it was written otherwise, cell by cell."""
    say = page.say
    columns = [
        Column("file", say("File")),
        Column("cell", say("Cell of the sheet")),
        Column("value", say("As it stands there")),
        Column("understood", say("Understood as")),
        Column("rule", say("Rule")),
    ]
    rows = [
        {
            "file": Cell(each.file),
            "cell": Cell(f"{each.sheet}!{each.cell}"),
            "value": Cell(each.value),
            "understood": Cell(each.understood),
            "rule": Cell(each.rule),
        }
        for each in found.findings
    ]
    return say("What was understood although it was written otherwise"), columns, rows


def _number(page: Page, value: float, places: int = 2) -> Cell:
    return Cell(page.say.number(value, places), float(value))


def _change(page: Page, ends: pd.Series, tone: str = "") -> Cell:
    text = words.change(page.say, ends["change_low"], ends["change_high"])
    same = abs(ends["change_high"] - ends["change_low"]) < 0.005
    return Cell(text, float(ends["change_low"]) if same else text, tone=tone)


def _named(page: Page, found: Dossier, code: str) -> str:
    indicator = next(each for each in found.rubric.indicators if each.id == code)
    return f"{code} {indicator.name(page.say.code)}"


def _evidence(page: Page, found: Dossier, code: str) -> str:
    """Title, date and link of the evidence in every sheet of the last date, each once."""
    told = {}
    for sheet in found.latest.sheets:
        row = sheet.scores.loc[code]
        dated = page.say.date(row["dated"]) if row["dated"] else ""
        told[", ".join(part for part in (row["title"], dated, row["link"]) if part)] = None
    return "; ".join(text for text in told if text)


def _cells(found: Dossier, code: str) -> str:
    return ", ".join(dict.fromkeys(s.scores.at[code, "cell"] for s in found.latest.sheets))


def _gate_cells(found: Dossier, criterion: str) -> str:
    cells = [s.gates.loc[criterion] for s in found.latest.sheets]
    return ", ".join(dict.fromkeys(row["cell"] for row in cells if row["answer"]))
