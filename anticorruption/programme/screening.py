"""The eight entry criteria: met, not met or unknown, with the margin and the source."""

from collections.abc import Sequence

import pandas as pd

from anticorruption import measures, regions
from anticorruption.errors import RefusedInput
from anticorruption.programme.rubric import BASE, Criterion, Rubric, Threshold
from anticorruption.release import Release

MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"

#: A published streak is the least reliable kind of figure: sources differ by one year. So it
#: shows two years running only from three upwards.
_STREAK_MARGIN = 1
#: Rules that compare a value with a number.
_NUMBER_RULES = ("at_least", "above")

COLUMNS = [
    "edition",
    "region_code",
    "variant",
    "criterion",
    "measure_id",
    "year",
    "value",
    "label",
    "rule",
    "threshold",
    "years_running",
    "answer",
    "reason",
    "margin",
    "disputed",
    "confidence",
    "row",
    "source_id",
    "threshold_source_id",
]


def screen(
    release: Release,
    rubric: Rubric,
    region_codes: Sequence[str] | None = None,
    variant: str = BASE,
    until: int | None = None,
) -> pd.DataFrame:
    """Answer every entry criterion for every region.

    Parameters
    ----------
    release : Release
    rubric : Rubric
        Programme of an edition.
    region_codes : sequence of str, optional
        Kabupaten and kota; by default all 508 that have a government.
    variant : str
        Name of a threshold reading (:meth:`Rubric.variants`); criteria without that reading
        keep their base threshold.
    until : int, optional
        Latest year a value may be of; by default the year before the edition.

    Returns
    -------
    DataFrame
        A row for each region and criterion, in the rubric's order: ``answer`` (met, not_met or
        unknown), ``reason`` (why it is unknown, or what decides it), the ``year``, ``value`` or
        ``label`` judged, ``threshold``, ``margin`` (value less threshold, in the measure's unit;
        NaN where the rule has no number), ``disputed`` (another source prints another value),
        ``confidence`` of the value, ``row`` (line in ``observations.csv``) and the sources of
        value and threshold.

    Raises
    ------
    RefusedInput
        If a region has no government of its own or is a province, or the variant is unknown.
    """
    codes = _screened(region_codes)
    if variant not in rubric.variants():
        known = ", ".join(rubric.variants())
        raise RefusedInput(f"edition {rubric.edition}: no variant '{variant}'; there are {known}.")
    until = rubric.edition - 1 if until is None else until
    answers = [
        {"edition": rubric.edition, "region_code": code, "variant": variant} | answer
        for criterion in rubric.criteria
        for code, answer in _answers(release, criterion, variant, codes, until).items()
    ]
    frame = pd.DataFrame(answers, columns=COLUMNS).astype({"year": "Int64", "row": "Int64"})
    order = {code: place for place, code in enumerate(codes)}
    return frame.sort_values("region_code", key=lambda c: c.map(order), kind="stable").reset_index(
        drop=True
    )


def overall(answers: pd.DataFrame) -> pd.DataFrame:
    """Draw the answers of each region together.

    One criterion that is not met decides; otherwise any unknown leaves the matter open.

    Returns
    -------
    DataFrame
        Index ``region_code``; columns ``answer`` and the counts ``met``, ``not_met``,
        ``unknown``.
    """
    counts = (
        answers.groupby(["region_code", "answer"], sort=False)
        .size()
        .unstack(fill_value=0)
        .reindex(columns=[MET, NOT_MET, UNKNOWN], fill_value=0)
    )
    answer = pd.Series(MET, index=counts.index)
    answer[counts[UNKNOWN] > 0] = UNKNOWN
    answer[counts[NOT_MET] > 0] = NOT_MET
    counts.insert(0, "answer", answer)
    return counts.rename_axis(columns=None)


def with_threshold(
    answers: pd.DataFrame, criterion: str, rule: str, value: float, source_id: str = ""
) -> pd.DataFrame:
    """Answers as they would be if a criterion with a number asked for another number.

    Parameters
    ----------
    answers : DataFrame
        As :func:`screen` gives it.
    criterion : str
        A criterion whose rule compares a number.
    rule : {"at_least", "above"}
    value : float
        Number asked for, in the unit of the measure.
    source_id : str
        Source of that threshold; empty for one that nobody published.

    Returns
    -------
    DataFrame
        As ``answers``; an answer that is unknown for want of a value stays unknown.

    Raises
    ------
    RefusedInput
        If the rule is another one, or the criterion is not there or does not compare a number.
    """
    own = answers["criterion"] == criterion
    if rule not in _NUMBER_RULES or not set(answers.loc[own, "rule"]) <= set(_NUMBER_RULES):
        raise RefusedInput(
            f"criterion '{criterion}' cannot ask '{rule}' {value!r}: only criteria that compare a "
            f"number can, by one of {', '.join(_NUMBER_RULES)}."
        )
    if not own.any():
        raise RefusedInput(f"there is no criterion '{criterion}' among the answers.")
    changed = answers.copy()
    changed.loc[own, "rule"] = rule
    changed["threshold"] = changed["threshold"].mask(own, value)
    changed.loc[own, "threshold_source_id"] = source_id
    judged = own & (changed["reason"] == "compared")
    margin = (changed.loc[judged, "value"].astype(float) - value).round(6)
    passed = margin > 0 if rule == "above" else margin >= 0
    changed.loc[judged, "margin"] = margin
    changed.loc[judged, "answer"] = passed.map({True: MET, False: NOT_MET})
    return changed


def _screened(region_codes: Sequence[str] | None) -> list[str]:
    local = regions.governments("local").index
    if region_codes is None:
        return list(local)
    for code in region_codes:
        if code not in local:
            known = code in regions.table().index
            called = f"{code} {regions.name(code)}" if known else f"'{code}'"
            raise RefusedInput(
                f"{called} cannot be screened: the criteria are for kabupaten and kota that have "
                f"a government of their own."
            )
    return list(region_codes)


def _answers(
    release: Release, criterion: Criterion, variant: str, codes: list[str], until: int
) -> dict[str, dict]:
    threshold = criterion.threshold(variant)
    judge = _JUDGES[threshold.rule]
    fixed = {
        "criterion": criterion.id,
        "rule": threshold.rule,
        "threshold": threshold.value,
        "years_running": threshold.years,
        "threshold_source_id": threshold.source_id,
    }
    candidates = [
        release.latest(measure, until) for measure in (criterion.measure_id, *criterion.supporting)
    ]
    interim = release.with_interim(criterion.measure_id, until)
    answers = {}
    for code in codes:
        known = [frame.loc[code] for frame in candidates if code in frame.index]
        answer = judge(threshold, known, release, code)
        if answer["answer"] == UNKNOWN and answer["reason"] == "no_value" and code in interim:
            answer["reason"] = "only_interim"
        answers[code] = fixed | {"measure_id": criterion.measure_id} | answer
    return answers


def _told(value: pd.Series, answer: str, reason: str, margin: float | None = None) -> dict:
    """Answer about one chosen observation."""
    return {
        "measure_id": value["measure_id"],
        "year": value["year"],
        "value": value["value"],
        "label": value["label"],
        "answer": answer,
        "reason": reason,
        "margin": margin,
        "disputed": bool(value["disputed"]),
        "confidence": value["confidence"],
        "row": value["row"],
        "source_id": value["source_id"],
    }


def _nothing(reason: str) -> dict:
    """Answer where nothing is published: unknown, with empty texts and missing numbers."""
    texts = {"label": "", "confidence": "", "source_id": ""}
    return {"answer": UNKNOWN, "reason": reason, "disputed": False} | texts


def _judge_number(threshold: Threshold, known: list, release: Release, code: str) -> dict:
    if not known:
        return _nothing("no_value")
    value = known[0]
    if value["withheld"]:
        return _told(value, UNKNOWN, "withheld")
    # Margins are differences of two-decimal figures; binary dust must not decide.
    margin = round(value["value"] - threshold.value, 6)
    passed = margin > 0 if threshold.rule == "above" else margin >= 0
    return _told(value, MET if passed else NOT_MET, "compared", margin)


def _judge_category(threshold: Threshold, known: list, release: Release, code: str) -> dict:
    """Ombudsman's letter: from the score's band, else from the zone of the same years.

    Where score and zone are of different years the newer one is judged.
    """
    known = sorted(known, key=lambda value: -value["year"])
    for value in known:
        letters = measures.bands("ombudsman", int(value["year"]))
        asked = letters[letters["band"].str.split().str[0] == threshold.value]
        if asked.empty:
            continue
        lower = float(asked["lower"].iloc[0])
        if pd.notna(value["value"]):
            margin = round(value["value"] - lower, 6)
            return _told(value, MET if margin >= 0 else NOT_MET, "band_of_score", margin)
        zone = _zone_answer(value["label"], asked, letters)
        if zone:
            return _told(value, zone, "zone")
        return _told(value, UNKNOWN, "zone_too_wide")
    return _told(known[0], UNKNOWN, "no_such_category") if known else _nothing("no_value")


def _zone_answer(zone: str, asked: pd.DataFrame, letters: pd.DataFrame) -> str | None:
    """Answer that every letter of a colour zone agrees on, if they do."""
    inside = letters[letters["zone"] == zone]
    reaches = (inside["position"] >= asked["position"].iloc[0]).unique()
    if len(reaches) != 1:
        return None
    return MET if reaches[0] else NOT_MET


def _judge_years(threshold: Threshold, known: list, release: Release, code: str) -> dict:
    """Label held several years running, from the yearly opinions, else from a printed streak."""
    if not known:
        return _nothing("no_value")
    opinions = [value for value in known if value["measure_id"] == "bpk_opinion"]
    streaks = [value for value in known if value["measure_id"] == "wtp_streak"]
    latest = opinions[0] if opinions else None
    streak = streaks[0] if streaks else None
    if latest is not None and (streak is None or latest["year"] >= streak["year"]):
        answer = _from_opinions(threshold, latest, release, code)
        if answer["answer"] != UNKNOWN:
            return answer
        if streak is not None and streak["year"] == latest["year"]:
            return _from_streak(threshold, streak)
        return answer
    return _from_streak(threshold, streak)


def _from_opinions(threshold: Threshold, latest: pd.Series, release: Release, code: str) -> dict:
    for back in range(threshold.years):
        value = release.value(code, "bpk_opinion", int(latest["year"]) - back)
        if value is None:
            return _told(latest, UNKNOWN, "year_before_missing")
        # WTP-PSH is WTP with an emphasis paragraph: still a WTP opinion.
        if not value["label"].startswith(threshold.value):
            told = value.copy()
            told["measure_id"], told["year"] = "bpk_opinion", int(latest["year"]) - back
            return _told(told, NOT_MET, "opinions")
    return _told(latest, MET, "opinions")


def _from_streak(threshold: Threshold, streak: pd.Series) -> dict:
    long_enough = streak["value"] >= threshold.years + _STREAK_MARGIN
    return _told(streak, MET if long_enough else UNKNOWN, "streak")


def _judge_label(threshold: Threshold, known: list, release: Release, code: str) -> dict:
    if not known:
        return _nothing("not_collected")
    value = known[0]
    return _told(value, MET if value["label"] == threshold.value else NOT_MET, "compared")


def _judge_nothing(threshold: Threshold, known: list, release: Release, code: str) -> dict:
    """No public threshold: the newest of what is known is reported, not judged."""
    newest = max(known, key=lambda value: value["year"], default=None)
    return _nothing("no_threshold") if newest is None else _told(newest, UNKNOWN, "no_threshold")


_JUDGES = {
    "at_least": _judge_number,
    "above": _judge_number,
    "category_at_least": _judge_category,
    "label_years_running": _judge_years,
    "label": _judge_label,
    "not_published": _judge_nothing,
}
