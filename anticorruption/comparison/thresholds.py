"""How sure it is that the true score reaches a mark."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from anticorruption.comparison.checks import TIE, checked_scores
from anticorruption.errors import RefusedInput

CLEARLY_YES, CANNOT_TELL, CLEARLY_NO = "clearly yes", "cannot tell", "clearly no"


def probability_at_or_above(
    scores: pd.Series, standard_error: float | pd.Series, mark: float
) -> pd.Series:
    """Give the probability that the true score is at or above a mark.

    P = Phi((score - mark) / se): the error is taken as normal and nothing else is held to be
    known about the true score. A score that stands out among many is more likely to have had
    luck, so for a region picked for its high score this probability is too high.

    Parameters
    ----------
    scores : Series, index region_code
        Scores in any unit; missing ones stay missing.
    standard_error : float or Series, index region_code
        In the unit of the scores.
    mark : float
        In the unit of the scores.

    Returns
    -------
    Series, index as `scores`
        Probabilities, strictly between 0 and 1 wherever the standard error is above zero; 0 or 1
        where it is zero.

    Raises
    ------
    RefusedInput
        For duplicate regions, infinite scores, standard errors that are missing, negative or
        infinite, and a mark that is not a finite number.
    """
    known, errors = checked_scores(scores, standard_error)
    if not np.isfinite(mark):
        raise RefusedInput(f"A mark of {mark} cannot be reached or missed; give a finite number.")
    certain = np.where(known >= mark - TIE, 1.0, 0.0)
    exact = errors == 0
    chance = norm.cdf((known - mark) / errors.mask(exact))
    # Phi rounds to 0 and 1 far out, but a normal error never makes anything certain
    inside = np.clip(chance, np.finfo(float).tiny, np.nextafter(1.0, 0.0))
    probability = pd.Series(np.where(exact, certain, inside), index=known.index)
    return probability.reindex(scores.index).rename("probability")


def verdicts_at(
    scores: pd.Series,
    standard_error: float | pd.Series,
    mark: float,
    *,
    confidence: float = 0.90,
) -> pd.DataFrame:
    """Sort regions into clearly yes, cannot tell and clearly no at a mark.

    A verdict is clear when the two-sided confidence interval of the score lies wholly on one side
    of the mark.

    Parameters
    ----------
    scores, standard_error, mark
        As in `probability_at_or_above`.
    confidence : float
        Of each region's own interval, between 0 and 1.

    Returns
    -------
    DataFrame, index as `scores`
        `score_low` and `score_high` (the interval), `probability` (at or above the mark) and
        `verdict` ("clearly yes", "cannot tell", "clearly no"; missing without a score).

    Raises
    ------
    RefusedInput
        As `probability_at_or_above`, and for a confidence outside (0, 1).
    """
    probability = probability_at_or_above(scores, standard_error, mark)
    known, errors = checked_scores(scores, standard_error)
    reach = _two_sided(confidence) * errors
    low, high = known - reach, known + reach
    verdict = np.select(
        [low >= mark - TIE, high < mark - TIE], [CLEARLY_YES, CLEARLY_NO], CANNOT_TELL
    )
    table = pd.DataFrame({"score_low": low, "score_high": high}).reindex(scores.index)
    table["probability"] = probability
    table["verdict"] = pd.Series(verdict, index=known.index)
    return table


def overlap_multiplier(confidence: float = 0.95) -> float:
    """Give the error-bar length at which two bars that do not overlap mean two true scores.

    For two scores with equal standard errors, bars of this many standard errors either way part
    exactly when the difference is significant. It serves one pair named beforehand, not all
    pairs of a table.

    Parameters
    ----------
    confidence : float
        Between 0 and 1; one minus the two-sided significance level of the pair.

    Returns
    -------
    float
        z / sqrt(2): 1.386 at 95 %.

    Raises
    ------
    RefusedInput
        For a confidence outside (0, 1).

    References
    ----------
    Goldstein, H. & Healy, M. J. R. (1995). The graphical presentation of a collection of means.
    Journal of the Royal Statistical Society A 158(1), 175-177. https://doi.org/10.2307/2983411
    """
    return _two_sided(confidence) / float(np.sqrt(2.0))


def _two_sided(confidence: float) -> float:
    """Give the standard normal quantile of a two-sided interval."""
    if not 0 < confidence < 1:
        raise RefusedInput(f"A confidence of {confidence:g} is impossible; choose one in (0, 1).")
    return float(norm.ppf(0.5 + confidence / 2))
