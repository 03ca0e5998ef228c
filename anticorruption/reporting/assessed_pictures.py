"""The charts of an assessment, each with its caption and text alternative."""

import pandas as pd

from anticorruption import charts
from anticorruption.charts import Staircase
from anticorruption.programme.assessment import DOUBT, KNOWN, MISSING
from anticorruption.programme.dossier import Dossier
from anticorruption.reporting import assessed_words as words
from anticorruption.reporting import sentences
from anticorruption.reporting.display import Page

Picture = tuple


def parts(page: Page, found: Dossier) -> Picture:
    """Known and possible score of each component, and of the whole under each reading."""
    say, now = page.say, found.now
    rows = {c.name(say.code): now.components.loc[c.id] for c in found.rubric.components}
    frame = pd.DataFrame(
        {name: {"low": row["low"], "high": row["high"]} for name, row in rows.items()}
    ).T
    whole = {
        say("Score, {reading}", reading=words.reading(say, key)): {
            "low": row["score_low"],
            "high": row["score_high"],
        }
        for key, row in now.readings.iterrows()
    }
    frame = pd.concat([frame, pd.DataFrame(whole).T])
    mark = say.number(now.mark, 0)
    surely = int((now.components["low"] >= now.mark - 1e-9).sum())
    never = int((now.components["high"] < now.mark - 1e-9).sum())
    title = say(
        "Of {count} components {surely} certainly stand at {mark} or above, {never} below",
        surely=surely, never=never, count=len(now.components), mark=mark,
    )  # fmt: skip
    chart = charts.score_parts(
        frame,
        (say("mark"), now.mark),
        names=(say("known"), say("possible, if what is missing is at its highest")),
        title=_noted(page, found, title),
        axis=say("Score (0-100)"),
        write=say.number,
        breaks=(len(rows),),
    )
    told = [f"{name}: {words.span(say, row['low'], row['high'], 1)}" for name, row in
            frame.iterrows()]  # fmt: skip
    caption = say("Known and possible scores of the components and of the whole")
    return chart, _noted(page, found, caption), "; ".join(told) + "."


def squares(page: Page, found: Dossier) -> Picture:
    """A square for each indicator: at the mark, below, in doubt, not assessed."""
    say, evidence, mark = page.say, found.now.evidence, found.now.mark
    names = {c.id: c.name(say.code) for c in found.rubric.components}
    rows = {}
    for code, row in evidence.iterrows():
        kind = {DOUBT: 2, MISSING: 3}.get(row["state"], 0 if row["low"] >= mark else 1)
        text = {
            KNOWN: say.number(row["low"], 1),
            DOUBT: f"{say.number(row['low'], 0)}–{say.number(row['high'], 0)}",
            MISSING: "?",
        }[row["state"]]
        rows[code] = {"row": names[row["component"]], "text": text, "kind": kind}
    frame = pd.DataFrame.from_dict(rows, orient="index")
    counts = frame["kind"].value_counts()
    kinds = (
        say("{mark} or above", mark=say.number(mark, 0)),
        say("below {mark}", mark=say.number(mark, 0)),
        say("assessors differ"),
        say("not assessed"),
    )
    title = say(
        "{count} of {all} indicators stand at {mark} or above",
        count=int(counts.get(0, 0)), all=len(frame), mark=say.number(mark, 0),
    )  # fmt: skip
    chart = charts.waffle(frame, names=kinds, title=_noted(page, found, title))
    told = [f"{kind}: {int(counts.get(place, 0))}" for place, kind in enumerate(kinds)]
    return chart, _noted(page, found, say("A square an indicator")), "; ".join(told) + "."


def path(page: Page, found: Dossier) -> Picture:
    """Three ways to the mark as staircases, and the gates as locks."""
    say, paths = page.say, found.paths
    weights = next(iter(found.now.readings.index))
    start = float(found.now.readings.at[weights, "score_low"])
    names = {i.id: f"{i.id} {i.name(say.code)}" for i in found.rubric.indicators}
    shares = words.first_weights(found)
    stairs = []
    for plan in paths.plans:
        steps = [
            (f"{names[code]} → {say.number(row['target'], 0)}", row["points"] * shares[code])
            for code, row in plan.steps.iterrows()
        ]
        missing = "" if plan.possible else say("no such way within the ceilings")
        stairs.append(Staircase(words.plan_name(say, plan.name, found), start, steps, missing))
    gates = [
        (found.rubric.criterion(row["criterion"]).name(say.code), row["answer"])
        for _, row in found.gates.iterrows()
    ]
    mark = say.number(found.now.mark, 0)
    counts = say.series([say.number(len(plan.steps), 0) for plan in paths.plans])
    title = say("Three ways to {mark}: {counts} indicators have to rise", mark=mark, counts=counts)
    if paths.closed:
        title = say("{title}; {count} gates stay closed", title=title, count=len(paths.closed))
    chart = charts.stepped_plans(
        stairs,
        (say("mark"), found.now.mark),
        gates,
        title=_noted(page, found, title),
        axis=say("Score, {reading}", reading=words.reading(say, weights)),
        gate_names=tuple(sentences.answer(say, a) for a in ("met", "not_met", "unknown")),
        write=say.number,
    )
    told = [
        f"{stair.name}: {'; '.join(label for label, _ in stair.steps) or stair.missing}"
        for stair in stairs
    ]
    caption = say("Ways to the mark, what is missing at the bottom of the scale; gates beside it")
    sources = [s for s in found.gates["source_id"] if s]
    return chart, _noted(page, found, caption), ". ".join(told) + ".", sources


def _noted(page: Page, found: Dossier, text: str) -> str:
    """Text with the warning of an example before it."""
    return f"[contoh / synthetic] {text}" if found.is_example else text
