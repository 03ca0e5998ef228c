"""How the integrity survey index (SPI) is put together, and which scores its parts do not explain.

The index is a weighted mean of what internal, external and expert respondents say, less two
corrections. KPK does not publish the weights; they can be recovered from the published parts.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anticorruption.errors import RefusedInput
from anticorruption.release import Release

PARTS = ("spi_internal", "spi_external", "spi_expert")
CORRECTIONS = ("spi_corr_integritas", "spi_corr_prevalensi")
#: The year whose scores carry deductions that the published parts do not show.
UNEXPLAINED_YEARS = (2022,)
#: Largest residual that rounding of the printed parts can cause, in points.
TOLERANCE = 0.03


@dataclass(frozen=True)
class Weights:
    """Recovered weights of the three respondent groups.

    Attributes
    ----------
    internal, external, expert : float
        Shares; they sum to one within rounding although nothing forces them to.
    scores : int
        Number of scores they were recovered from.
    largest_residual : float
        Largest distance, in points, between a published score used here and its rebuilt one.
    """

    internal: float
    external: float
    expert: float
    scores: int
    largest_residual: float

    def as_array(self) -> np.ndarray:
        """Weights in the order of :data:`PARTS`."""
        return np.array([self.internal, self.external, self.expert])


def parts(release: Release) -> pd.DataFrame:
    """Published score, parts and corrections of every government and year.

    Returns
    -------
    DataFrame
        Index (region_code, year); columns ``spi``, the parts and the corrections, all in points
        on the 0-100 scale; only rows in which all six are published. ``withheld`` marks scores
        that KPK withheld although a copy prints them.
    """
    wanted = ["spi", *PARTS, *CORRECTIONS]
    rows = release.chosen.reset_index()
    rows = rows[rows["measure_id"].isin(wanted)]
    wide = rows.pivot(index=["region_code", "year"], columns="measure_id", values="value")
    withheld = rows[rows["measure_id"] == "spi"].set_index(["region_code", "year"])["withheld"]
    wide = wide.reindex(columns=wanted).dropna()
    return wide.assign(withheld=withheld.reindex(wide.index).fillna(False).astype(bool))


def recover_weights(
    scores: pd.DataFrame, leave_out: tuple[int, ...] = UNEXPLAINED_YEARS
) -> Weights:
    """Recover the weights of the three respondent groups by least squares.

    The published index plus both corrections is regressed, without a constant, on the three
    parts.

    Parameters
    ----------
    scores : DataFrame
        As :func:`parts` gives it.
    leave_out : tuple of int
        Years whose scores the parts are known not to explain.

    Raises
    ------
    RefusedInput
        If fewer than ten scores remain: three weights need more than a handful of equations.

    References
    ----------
    The composition (three respondent groups less correction factors) is KPK's, as published for
    SPI 2022 to 2024; the weights are this estimate and no publication of KPK.
    """
    used = scores[~scores.index.get_level_values("year").isin(leave_out)]
    if len(used) < 10:
        raise RefusedInput(
            f"SPI: {len(used)} scores with all their parts are too few to recover weights from; "
            f"ten are needed."
        )
    before_corrections = used["spi"] + used[list(CORRECTIONS)].sum(axis=1)
    design = used[list(PARTS)].to_numpy()
    weights, *_ = np.linalg.lstsq(design, before_corrections.to_numpy(), rcond=None)
    residual = before_corrections.to_numpy() - design @ weights
    return Weights(*map(float, weights), len(used), float(np.abs(residual).max()))


def rebuild(scores: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """Rebuild every score from its parts and flag those that the parts do not explain.

    Returns
    -------
    DataFrame
        Index of ``scores``; columns ``before_corrections`` (weighted mean of the parts),
        ``corrections`` (points deducted, both together), ``rebuilt``, ``published``,
        ``residual`` (published less rebuilt, points) and ``unexplained`` (the residual is
        larger than rounding can make it).
    """
    before = scores[list(PARTS)] @ weights.as_array()
    corrections = scores[list(CORRECTIONS)].sum(axis=1)
    rebuilt = before - corrections
    residual = scores["spi"] - rebuilt
    return pd.DataFrame(
        {
            "before_corrections": before,
            "corrections": corrections,
            "rebuilt": rebuilt,
            "published": scores["spi"],
            "residual": residual,
            "unexplained": residual.abs() > TOLERANCE,
        }
    )
