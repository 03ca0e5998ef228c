"""Scores of the nineteen indicators -> a score interval, a category, and what is certain.

Nothing is imputed. A missing indicator lies anywhere on the scale; where assessors differ it lies
anywhere between them; weights that nobody published may be any that are admissible.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from anticorruption.comparison.bounds import CERTAIN_FAIL, CERTAIN_PASS, verdicts_from_bounds
from anticorruption.composite.ranking import TOLERANCE
from anticorruption.errors import RefusedInput
from anticorruption.programme import weightings
from anticorruption.programme.rubric import Rubric

REACHES, MISSES = "certainly reaches the mark", "certainly does not"
ON_MISSING, ON_WEIGHTS = "depends on what is missing", "depends on the weights"
KNOWN, DOUBT, MISSING = "known", "doubt", "missing"


@dataclass(frozen=True, eq=False)
class Assessment:
    """What is known of the final score.

    Attributes
    ----------
    rubric : Rubric
    evidence : DataFrame, index indicator
        ``component``; ``low`` and ``high``, the ends of what the indicator can be; ``state``
        (known, doubt: assessors differ, missing).
    readings : DataFrame, index reading
        ``score_low``, ``score_high`` and ``answer`` at the mark (met, not met, unknown) under the
        weights given or under both equal readings.
    score_low, score_high : float
        Ends over everything that is missing, in doubt or not published.
    low_highest, high_lowest : float
        The highest score that any weighting gives to the worst values, and the lowest that any
        weighting gives to the best values; they tell apart the two reasons for not knowing.
    verdict : str
        One of the four meanings (:func:`verdict`).
    components : DataFrame, index component
        ``low``, ``high`` with the weights given inside it, or equal ones, and ``missing``: how
        many of its indicators are not known for certain.
    """

    rubric: Rubric
    evidence: pd.DataFrame
    readings: pd.DataFrame
    score_low: float
    score_high: float
    low_highest: float
    high_lowest: float
    verdict: str
    components: pd.DataFrame

    @property
    def mark(self) -> float:
        """Score from which the category is given."""
        return self.rubric.pass_mark

    @property
    def category(self) -> str | None:
        """The published category if it is certain, ``""`` if it is certainly not reached.

        None while it is not certain. No name of a category below the mark was ever published.
        """
        return {REACHES: self.rubric.category, MISSES: ""}.get(self.verdict)

    @cached_property
    def share(self) -> tuple[float | None, float | None]:
        """Share of the admissible weightings under which the worst and the best values pass.

        Weightings are drawn evenly (:func:`anticorruption.programme.weightings.drawn`); None where
        they are known or leave nothing to draw.
        """
        return _shares(self.rubric, self.evidence)

    @cached_property
    def worth(self) -> pd.DataFrame:
        """How far the interval would shrink if an indicator became known.

        Under a reading it shrinks by the weight times what is open, whatever the score turns out
        to be. Over every weighting it depends on the score: the width that is left is a convex
        function of it (a largest of sums less a smallest of sums), so the least shrinkage is at
        an end.

        Returns
        -------
        DataFrame, index indicator
            Those missing or in doubt. A column a reading; ``at_least``, over every weighting;
            ``settles``: whether some score of this indicator alone would make the verdict
            certain. Largest first.
        """
        return _worth(self.rubric, self.evidence)

    @property
    def weights_known(self) -> bool:
        """Whether the rubric leaves no weight open."""
        return weightings.known(self.rubric)

    @property
    def missing(self) -> list[str]:
        """Indicators without any score."""
        return list(self.evidence.index[self.evidence["state"] == MISSING])

    @property
    def in_doubt(self) -> list[str]:
        """Indicators on which assessors differ."""
        return list(self.evidence.index[self.evidence["state"] == DOUBT])

    @property
    def weights_matter_too(self) -> bool:
        """Whether the weights have a part in a verdict that depends on what is missing.

        They have none where every weighting reaches the mark with the best values and misses it
        with the worst.
        """
        never = _under(self.low_highest, self.mark) and not _under(self.high_lowest, self.mark)
        return self.verdict == ON_MISSING and not never


def assess(rubric: Rubric, scores: pd.DataFrame | pd.Series) -> Assessment:
    """Assess a region from the scores of its indicators.

    Parameters
    ----------
    rubric : Rubric
        Its weights are used where it has them; otherwise every admissible weighting.
    scores : Series or DataFrame, index indicator
        One score each, or columns ``low`` and ``high`` where assessors differ; on the scale of
        the rubric. Missing, or left out, means that nobody gave one.

    Returns
    -------
    Assessment

    Raises
    ------
    RefusedInput
        For an indicator the rubric does not know, a score outside the scale, or ends of which one
        is missing or that are upside down.

    References
    ----------
    Manski (2003), Partial Identification of Probability Distributions, chapter 1 (worst and best
    values); Foster, McGillivray & Seth (2013), Econometric Reviews 32, 35-56 (every weighting).
    """
    evidence = evidence_of(rubric, scores)
    ends = evidence[["low", "high"]].T
    over = weightings.extremes(rubric, ends)
    low_low, low_high = over.loc["low", ["score_low", "score_high"]]
    high_low, high_high = over.loc["high", ["score_low", "score_high"]]
    return Assessment(
        rubric=rubric,
        evidence=evidence,
        readings=_readings(rubric, evidence),
        score_low=float(low_low),
        score_high=float(high_high),
        low_highest=float(low_high),
        high_lowest=float(high_low),
        verdict=verdict(low_low, low_high, high_low, high_high, rubric.pass_mark),
        components=_components(rubric, evidence),
    )


def verdict(
    low_lowest: float, low_highest: float, high_lowest: float, high_highest: float, mark: float
) -> str:
    """Say what is certain about reaching the mark.

    Let L(w) and H(w) be the scores of the worst and of the best values under a weighting w.

    - certainly reaches the mark: L(w) >= mark for every w.
    - certainly does not: H(w) < mark for every w.
    - depends on the weights: open, and no values of what is missing settle it: even with the best
      values some weighting misses, even with the worst some weighting reaches
      (min H < mark <= max L).
    - depends on what is missing: open, and some values of what is missing settle it under every
      weighting (min H >= mark, or max L < mark). Where weights matter too, finding out what is
      missing comes first: it can be done, and it may be enough.

    The four exclude one another and leave nothing out. With known weights the third cannot
    happen; with nothing missing the fourth cannot.

    Parameters
    ----------
    low_lowest, low_highest : float
        Smallest and largest L(w).
    high_lowest, high_highest : float
        Smallest and largest H(w).
    mark : float
        A score at the mark reaches it.
    """
    if not _under(low_lowest, mark):
        return REACHES
    if _under(high_highest, mark):
        return MISSES
    if _under(high_lowest, mark) and not _under(low_highest, mark):
        return ON_WEIGHTS
    return ON_MISSING


def evidence_of(rubric: Rubric, scores: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """What each indicator can be: its score, what lies between assessors, or the whole scale."""
    frame = pd.DataFrame({"low": scores, "high": scores}) if scores.ndim == 1 else scores
    ids = [indicator.id for indicator in rubric.indicators]
    if strange := next((code for code in frame.index if code not in ids), None):
        raise RefusedInput(
            f"edition {rubric.edition} has no indicator '{strange}'; there are {', '.join(ids)}."
        )
    if frame.index.has_duplicates:
        twice = frame.index[frame.index.duplicated()][0]
        raise RefusedInput(f"indicator '{twice}' has two rows of scores; give one.")
    frame = frame.reindex(ids)[["low", "high"]].astype(float)
    least, most = rubric.scale_min, rubric.scale_max
    for code, low, high in frame.itertuples():
        if np.isnan(low) != np.isnan(high):
            raise RefusedInput(f"indicator '{code}' has one end of its interval only; give both.")
        if not np.isnan(low) and not least <= low <= high <= most:
            said = f"{low:g}" if low == high else f"{low:g} to {high:g}"
            raise RefusedInput(
                f"indicator '{code}': the score {said} does not lie on the scale "
                f"{least:g}-{most:g}."
            )
    missing = frame["low"].isna()
    state = np.select([missing, frame["high"] > frame["low"]], [MISSING, DOUBT], KNOWN)
    frame["low"] = frame["low"].fillna(least)
    frame["high"] = frame["high"].fillna(most)
    frame.insert(0, "component", [indicator.component for indicator in rubric.indicators])
    return frame.assign(state=state).rename_axis("indicator")


def _readings(rubric: Rubric, evidence: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            name: {
                "score_low": float(evidence["low"] @ weights),
                "score_high": float(evidence["high"] @ weights),
            }
            for name, weights in weightings.readings(rubric).items()
        }
    ).T.rename_axis("reading")
    said = {CERTAIN_PASS: "met", CERTAIN_FAIL: "not met"}
    certain = verdicts_from_bounds(frame, rubric.pass_mark).map(said)
    return frame.assign(answer=certain.fillna("unknown"))


def _shares(rubric: Rubric, evidence: pd.DataFrame) -> tuple[float | None, float | None]:
    if weightings.known(rubric):
        return None, None
    try:
        drawn = weightings.drawn(rubric)
    except RefusedInput:
        # Limits that leave a group a single point leave nothing to draw from.
        return None, None
    reached = drawn.to_numpy() @ evidence[["low", "high"]].to_numpy() >= rubric.pass_mark - 1e-9
    low, high = reached.mean(axis=0)
    return float(low), float(high)


def _worth(rubric: Rubric, evidence: pd.DataFrame) -> pd.DataFrame:
    opened = evidence[evidence["state"] != KNOWN]
    columns = [*weightings.readings(rubric), "at_least", "settles"]
    if opened.empty:
        return pd.DataFrame(columns=columns, index=opened.index)
    cases = {}
    for code in opened.index:
        for end in ("low", "high"):
            value = evidence.at[code, end]
            for side in ("low", "high"):
                cases[code, end, side] = evidence[side].where(evidence.index != code, value)
    cases["", "", "low"], cases["", "", "high"] = evidence["low"], evidence["high"]
    over = weightings.extremes(rubric, pd.DataFrame(cases).T)
    mark, rows = rubric.pass_mark, {}
    width = over.at[("", "", "high"), "score_high"] - over.at[("", "", "low"), "score_low"]
    for code, low, high in opened[["low", "high"]].itertuples():
        left, certain = [], False
        for end in ("low", "high"):
            lowest = over.at[(code, end, "low"), "score_low"]
            highest = over.at[(code, end, "high"), "score_high"]
            left.append(highest - lowest)
            certain = certain or not _under(lowest, mark) or _under(highest, mark)
        shrunk = {name: w[code] * (high - low) for name, w in weightings.readings(rubric).items()}
        rows[code] = shrunk | {"at_least": max(width - max(left), 0.0), "settles": certain}
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("indicator")
    return frame.sort_values(columns[0], ascending=False, kind="stable")


def _components(rubric: Rubric, evidence: pd.DataFrame) -> pd.DataFrame:
    weights = next(iter(weightings.readings(rubric).values()))
    rows = {}
    for component in rubric.components:
        parts = evidence[evidence["component"] == component.id]
        inside = weights[parts.index]
        # A component without weight still has a score of its own: its parts count the same.
        inside = inside / inside.sum() if inside.sum() > 0 else inside * 0 + 1 / len(parts)
        rows[component.id] = {
            "low": float(parts["low"] @ inside),
            "high": float(parts["high"] @ inside),
            "missing": int((parts["state"] != KNOWN).sum()),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("component")


def _under(score: float, mark: float) -> bool:
    """Whether a score misses the mark by more than rounding noise."""
    return bool(score < mark - TOLERANCE)
