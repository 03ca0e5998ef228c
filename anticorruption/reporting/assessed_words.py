"""The sentences of an assessment: what is certain, what it rests on, and what would change it."""

import pandas as pd

from anticorruption import regions
from anticorruption.language import Language, deferred
from anticorruption.programme import planning, weightings
from anticorruption.programme.assessment import MISSES, ON_MISSING, ON_WEIGHTS, REACHES
from anticorruption.programme.dossier import Dossier
from anticorruption.programme.planning import Plan

_VERDICTS = {
    REACHES: deferred("{name} certainly reaches the mark of {mark}."),
    MISSES: deferred("{name} certainly does not reach the mark of {mark}."),
    ON_MISSING: deferred("Whether {name} reaches the mark of {mark} depends on what is missing."),
    ON_WEIGHTS: deferred("Whether {name} reaches the mark of {mark} depends on the weights."),
}
_MEANINGS = {
    REACHES: deferred(
        "It does so under every admissible weighting, whatever the missing scores may be."
    ),
    MISSES: deferred(
        "It misses it under every admissible weighting, whatever the missing scores may be."
    ),
    ON_MISSING: deferred(
        "Some values of what is missing or in doubt would settle it under every admissible "
        "weighting."
    ),
    ON_WEIGHTS: deferred(
        "Whatever the missing scores may be, some admissible weightings reach the mark and others "
        "do not."
    ),
}
_READINGS = {
    weightings.GIVEN: deferred("the weights given"),
    weightings.BY_COMPONENT: deferred("every component the same"),
    weightings.BY_INDICATOR: deferred("every indicator the same"),
}
PLANS = {
    planning.FEWEST: deferred("Fewest improvements"),
    planning.LEAST: deferred("Least points"),
    planning.ROBUST: deferred("Most robust"),
}
KINDS = {
    planning.RAISE: deferred("raise the score"),
    planning.SETTLE: deferred("settle what assessors differ on"),
    planning.ASSESS: deferred("assess: no score yet"),
}


def name(say: Language, found: Dossier) -> str:
    """Name of the region."""
    return regions.name(found.code, say.code)


def reading(say: Language, key: str) -> str:
    """Name of a reading of the weights."""
    return say(_READINGS[key])


def plan_name(say: Language, key: str, found: Dossier) -> str:
    """Name of a plan; with efforts of its own the least is not of points."""
    if key == planning.LEAST and found.options is not None and "effort" in found.options:
        return say("Least effort")
    return say(PLANS[key])


def without_a_sheet(say: Language) -> str:
    """Why there is no assessment in a report."""
    return say(
        "Not shown: the scores of the indicators are not published for any region. An assessment "
        "appears here when a filled sheet is given (anticorruption sheet writes an empty one)."
    )


def span(say: Language, low: float, high: float, places: int = 2) -> str:
    """An interval, or one number where both ends are the same."""
    if abs(high - low) < 0.5 * 10.0**-places:
        return say.number(low, places)
    return say("{low} to {high}", low=say.number(low, places), high=say.number(high, places))


def verdict(say: Language, found: Dossier) -> list[str]:
    """The verdict, and what exactly it means."""
    now, mark = found.now, say.number(found.now.mark, 0)
    told = [
        say(_VERDICTS[now.verdict], name=name(say, found), mark=mark),
        say(_MEANINGS[now.verdict]),
    ]
    if now.weights_matter_too and not now.weights_known:
        told.append(say("The weights, which are not published, matter too."))
    return told


def reasons(say: Language, found: Dossier) -> list[str]:
    """Score, category, what is missing, and the share of weightings that pass."""
    now = found.now
    told = [
        say("{reading}: {score}", reading=_first(reading(say, key)),
            score=span(say, row["score_low"], row["score_high"]))
        for key, row in now.readings.iterrows()
    ]  # fmt: skip
    if not now.weights_known:
        told.append(
            say("Every admissible weighting: {score}",
                score=span(say, now.score_low, now.score_high))
        )  # fmt: skip
    told.append(_category(say, found))
    told.append(_open(say, found))
    if now.share[0] is not None:
        low, high = (say.number(100 * share, 1) for share in now.share)
        told.append(
            say("Of {count} weightings drawn evenly from all admissible ones {share} % reach the "
                "mark.", count=say.number(weightings.DRAWS, 0),
                share=low if low == high else say("{low} to {high}", low=low, high=high))
        )  # fmt: skip
    if closed := found.paths.closed:
        told.append(
            say("Gates that are closed: {gates}. No score opens them.",
                gates=say.series([_gate(say, found, each) for each in closed]))
        )  # fmt: skip
    if unknown := found.paths.unknown:
        told.append(
            say("Gates of which nothing certain is known: {gates}.",
                gates=say.series([_gate(say, found, each) for each in unknown]))
        )  # fmt: skip
    return told


def plans(say: Language, found: Dossier) -> list[str]:
    """One sentence an alternative, and what holds for all of them."""
    told = [_plan(say, found, plan) for plan in found.paths.plans]
    told.append(
        say("Missing scores count at the bottom of the scale, scores in doubt at their low end. "
            "This is arithmetic: it says what would have to rise, not what can.")
    )  # fmt: skip
    return told


def progress(say: Language, found: Dossier) -> list[str]:
    """Change of the score under each reading, between the first and the last date."""
    first, last = found.rounds[0].dated, found.latest.dated
    told = [
        say("{reading}: {change} points from {first} to {last}.",
            reading=_first(reading(say, each.reading)),
            change=change(say, each.change_low, each.change_high),
            first=say.date(first), last=say.date(last))
        for each in found.progress
    ]  # fmt: skip
    each = found.progress[0]
    if not bool(each.indicators["certain"].all()):
        told.append(
            say("{count} of {all} indicators are not known for certain at both dates; their part "
                "of the change is an interval.",
                count=int((~each.indicators["certain"]).sum()), all=len(each.indicators))
        )  # fmt: skip
    return told


def change(say: Language, low: float, high: float) -> str:
    """A change with its sign, or its two ends."""
    if abs(high - low) < 0.005:
        return say.number(low, 2, signed=True)
    return say("{low} to {high}", low=say.number(low, 2, signed=True),
               high=say.number(high, 2, signed=True))  # fmt: skip


def _plan(say: Language, found: Dossier, plan: Plan) -> str:
    title = plan_name(say, plan.name, found)
    if not plan.possible:
        return say("{plan}: there is no such way within the ceilings.", plan=title)
    if plan.steps.empty:
        return say("{plan}: nothing has to rise, the mark is reached.", plan=title)
    values = {
        "plan": title,
        "count": len(plan.steps),
        "points": say.number(plan.steps["points"].sum(), 2),
    }
    if plan.name != planning.ROBUST:
        return say("{plan}: {count} indicators rise by {points} points of their own scale "
                   "together.", **values)  # fmt: skip
    if found.now.weights_known:
        return say("{plan}: {count} indicators rise by {points} points together; the mark is "
                   "reached even if any one of them comes to nothing.", **values)  # fmt: skip
    return say("{plan}: {count} indicators rise by {points} points together; the mark is reached "
               "under every admissible weighting.", **values)  # fmt: skip


def _category(say: Language, found: Dossier) -> str:
    now = found.now
    if now.category:
        return say("Category: {category}.", category=now.category)
    if now.category == "":
        return say("Category: not {category}; no other category was ever published.",
                   category=found.rubric.category)  # fmt: skip
    return say("Category: cannot tell; {category} begins at {mark}.",
               category=found.rubric.category, mark=say.number(now.mark, 0))  # fmt: skip


def _open(say: Language, found: Dossier) -> str:
    now = found.now
    if not now.missing and not now.in_doubt:
        return say("All {count} indicators have a score.", count=len(now.evidence))
    return say("Of {count} indicators {missing} have no score and {doubt} have scores that differ "
               "between assessors.", count=len(now.evidence), missing=len(now.missing),
               doubt=len(now.in_doubt))  # fmt: skip


def _gate(say: Language, found: Dossier, criterion: str) -> str:
    return found.rubric.criterion(criterion).name(say.code)


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


def first_weights(found: Dossier) -> pd.Series:
    """Weights of the first reading, the one in which steps are drawn."""
    return next(iter(weightings.readings(found.rubric).values()))
