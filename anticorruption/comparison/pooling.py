"""Pooling of multiple imputations: one estimate with the spread that guessing adds.

Regions that hide figures are not missing at random. The worst and best case of `bounds` stand
beside every pooled estimate, and no verdict rests on one.
"""

import numpy as np
import pandas as pd
from scipy.stats import t

from anticorruption.errors import RefusedInput


def pool_imputations(
    estimates: pd.DataFrame,
    variances: pd.DataFrame,
    *,
    complete_degrees: float = np.inf,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Pool the estimates of several imputed data sets by Rubin's rules.

    With m imputations, estimate q_i and variance u_i: the estimate is the mean of q, its variance
    T = mean(u) + (1 + 1/m) var(q), and the degrees of freedom are those of Barnard and Rubin.

    Parameters
    ----------
    estimates : DataFrame, index region_code, a column an imputation
        Estimates in any unit.
    variances : DataFrame of the same shape and labels
        Their variances, in the squared unit.
    complete_degrees : float
        Degrees of freedom if nothing were missing (n - k for n cases and k parameters); infinite
        for a large sample.
    confidence : float
        Of the interval, between 0 and 1.

    Returns
    -------
    DataFrame, index region_code
        `estimate`, `within` (mean variance), `between` (variance of the estimates), `total`,
        `standard_error`, `degrees`, `relative_increase` (of the variance through missingness),
        `missing_information` (its share, between 0 and 1), `low`, `high`.

    Raises
    ------
    RefusedInput
        For fewer than two imputations, labels that differ, missing or infinite values, negative
        variances, degrees of freedom of zero or less, or a confidence outside (0, 1).

    References
    ----------
    Rubin, D. B. (1987). Multiple Imputation for Nonresponse in Surveys. Wiley, chapter 3.
    Barnard, J. & Rubin, D. B. (1999). Small-sample degrees of freedom with multiple imputation.
    Biometrika 86(4), 948-955. https://doi.org/10.1093/biomet/86.4.948
    """
    _refuse_unfit(estimates, variances, complete_degrees, confidence)
    m = estimates.shape[1]
    estimate = estimates.mean(axis=1)
    within = variances.mean(axis=1)
    between = estimates.var(axis=1, ddof=1)
    total = within + (1 + 1 / m) * between
    added = (1 + 1 / m) * between
    increase = (added / within).where(within > 0, np.where(added > 0, np.inf, 0.0))
    degrees = _degrees((added / total).where(total > 0, 0.0), m, complete_degrees)
    reach = t.ppf(0.5 + confidence / 2, degrees) * np.sqrt(total)
    # (r + 2 / (df + 3)) / (r + 1), written so that an infinite r gives its limit of 1
    missing = 1 - (1 - 2 / (degrees + 3)) / (1 + increase)
    return pd.DataFrame(
        {
            "estimate": estimate,
            "within": within,
            "between": between,
            "total": total,
            "standard_error": np.sqrt(total),
            "degrees": degrees,
            "relative_increase": increase,
            "missing_information": missing,
            "low": estimate - reach,
            "high": estimate + reach,
        }
    )


def _degrees(lost: pd.Series, m: int, complete: float) -> pd.Series:
    """Combine Rubin's degrees of freedom with those of the observed data.

    `lost` is the share of the variance that missingness adds; without any, only the observed data
    limit the degrees of freedom.
    """
    # the reciprocals stay finite when nothing is lost or the sample is large
    rubin = lost**2 / (m - 1)
    if np.isinf(complete):
        observed = 0.0 * lost
    else:
        observed = (complete + 3) / ((complete + 1) * complete * (1 - lost).clip(lower=1e-300))
    reciprocal = rubin + observed
    return (1 / reciprocal.where(reciprocal > 0)).fillna(np.inf)


def _refuse_unfit(estimates, variances, complete_degrees, confidence) -> None:
    """Refuse what cannot be pooled, in a sentence that names it."""
    if estimates.shape[1] < 2:
        raise RefusedInput(
            f"{estimates.shape[1]} imputation shows no spread between imputations; "
            "make two or more, better twenty."
        )
    if not (
        estimates.index.equals(variances.index) and estimates.columns.equals(variances.columns)
    ):
        raise RefusedInput(
            "Estimates and variances carry different regions or imputations; give both the same "
            "labels in the same order."
        )
    for what, table in (("estimate", estimates), ("variance", variances)):
        wrong = ~np.isfinite(table.astype(float))
        if what == "variance":
            wrong |= table < 0
        if wrong.to_numpy().any():
            where = table.index[wrong.any(axis=1)][0]
            raise RefusedInput(
                f"A {what} of region {where} is missing, infinite or negative; leave the region "
                "out or impute again."
            )
    if not complete_degrees > 0 or not 0 < confidence < 1:
        raise RefusedInput(
            f"{complete_degrees:g} degrees of freedom at a confidence of {confidence:g} give no "
            "interval; take degrees above 0 and a confidence in (0, 1)."
        )
