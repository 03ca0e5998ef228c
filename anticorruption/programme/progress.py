"""What changed between two dates of an assessment, split so that it adds up exactly."""

from dataclasses import dataclass

import pandas as pd

from anticorruption.comparison.gaps import weighted_gap
from anticorruption.errors import RefusedInput
from anticorruption.programme import weightings
from anticorruption.programme.assessment import KNOWN, Assessment


@dataclass(frozen=True, eq=False)
class Progress:
    """Change of the score of one region between two dates, under one reading of the weights.

    Attributes
    ----------
    reading : str
        Name of the reading.
    indicators, components : DataFrame
        ``change_low`` and ``change_high``: what each adds to the change of the score, in points of
        the score; equal where its scores are known at both dates. Each column adds up to the
        total of the same name. ``certain``: whether it is known.
    change_low, change_high : float
        Ends of the change of the score.
    """

    reading: str
    indicators: pd.DataFrame
    components: pd.DataFrame
    change_low: float
    change_high: float


def between(first: Assessment, last: Assessment, reading: str | None = None) -> Progress:
    """Split the change of the score between two dates.

    With weights w, the change of a weighted mean is the sum of w_i (x_i - z_i); for a weighted mean
    this is also the Shapley value, so the order in which indicators moved plays no part. What is
    missing at a date lies anywhere on the scale there, so that its part of the change is an
    interval: w_i (low - high before) to w_i (high - low before). Indicators are free of one
    another, so the ends add up too.

    Parameters
    ----------
    first, last : Assessment
        Of the same region and rubric.
    reading : str, optional
        One of the readings of the rubric; its first when None.

    Raises
    ------
    RefusedInput
        For assessments of two rubrics, or a reading that does not exist.

    References
    ----------
    :func:`anticorruption.comparison.gaps.weighted_gap`.
    """
    if first.rubric != last.rubric:
        raise RefusedInput(
            f"progress needs one rubric: the first assessment is of edition "
            f"{first.rubric.edition}, the last of edition {last.rubric.edition}, or their weights "
            f"differ."
        )
    known = weightings.readings(last.rubric)
    reading = next(iter(known)) if reading is None else reading
    if reading not in known:
        raise RefusedInput(f"there is no reading '{reading}'; there are {', '.join(known)}.")
    weights = known[reading]
    before, after = first.evidence, last.evidence
    frame = pd.DataFrame(
        {
            "component": after["component"],
            "change_low": weighted_gap(after["low"], before["high"], weights),
            "change_high": weighted_gap(after["high"], before["low"], weights),
            "certain": (before["state"] == KNOWN) & (after["state"] == KNOWN),
        }
    ).rename_axis("indicator")
    parts = frame.groupby("component", sort=False)
    components = parts[["change_low", "change_high"]].sum().assign(certain=parts["certain"].all())
    return Progress(
        reading,
        frame,
        components,
        float(frame["change_low"].sum()),
        float(frame["change_high"].sum()),
    )
