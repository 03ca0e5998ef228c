"""A region beside its peers: the gap, how sure it is, and what it is made of."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import betainc

from anticorruption.comparison.checks import checked_scores
from anticorruption.comparison.gaps import shapley_gap
from anticorruption.comparison.profile import reach, verdicts
from anticorruption.errors import RefusedInput

FEWEST_PEERS = 3
_SPLIT = [
    "region_code",
    "part",
    "own",
    "peer_mean",
    "peer_spread",
    "contribution",
    "contribution_low",
    "contribution_high",
    "verdict",
]


def median_error(values: np.ndarray) -> float:
    """Give the standard error of a median by the formula that the bootstrap tends to.

    Parameters
    ----------
    values : array of float
        Three values or more.

    Returns
    -------
    float
        In the unit of the values.

    Raises
    ------
    RefusedInput
        For fewer than three values or missing ones.

    References
    ----------
    Maritz, J. S. & Jarrett, R. G. (1978). A note on estimating the variance of the sample median.
    Journal of the American Statistical Association 73(361), 194-196.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    if n < FEWEST_PEERS or not np.isfinite(ordered).all():
        raise RefusedInput(f"{n} values give no error of a median; three known ones are needed.")
    half = (n + 1) / 2
    weights = np.diff(betainc(half, half, np.arange(n + 1) / n))
    mean = weights @ ordered
    return float(np.sqrt(max(weights @ (ordered - mean) ** 2, 0.0)))


def gap_to_peers(
    scores: pd.Series,
    pairs: pd.DataFrame,
    region_codes: Sequence[str],
    *,
    standard_error: float,
    confidence: float = 0.90,
) -> pd.DataFrame:
    """Compare regions with the median of their peers.

    The standard error of the gap joins the noise of the region's own score with the standard
    error of the peer median, which comes from how much the peers differ (their noise included).

    Parameters
    ----------
    scores : Series, index region_code
        Scores of one year.
    pairs : DataFrame
        `region_code` and `peer_code`, as in `Peers.pairs`. Peers without a score are passed over.
    region_codes : sequence of str
        Regions to compare, in the order wanted.
    standard_error : float
        Noise of one score, in its unit.
    confidence : float
        Of each gap's own interval.

    Returns
    -------
    DataFrame, index region_code
        `score`, `peers` (those with a score), `peer_median`, `peer_low` and `peer_high` (their
        quartiles), `gap`, `gap_error`, `gap_low`, `gap_high` and `verdict`; missing for a region
        without a score or with fewer than three such peers.

    Raises
    ------
    RefusedInput
        For unusable scores or a confidence outside (0, 1).
    """
    known, _ = checked_scores(scores, standard_error)
    rows = {}
    for code in region_codes:
        codes = pairs.loc[pairs["region_code"] == code, "peer_code"]
        others = known.reindex(codes).dropna()
        row = {"score": known.get(code, np.nan), "peers": len(others)}
        if code in known.index and len(others) >= FEWEST_PEERS:
            row["peer_median"] = others.median()
            row["peer_low"], row["peer_high"] = others.quantile(0.25), others.quantile(0.75)
            row["gap"] = known[code] - others.median()
            row["gap_error"] = np.hypot(standard_error, median_error(others.to_numpy()))
        rows[code] = row
    columns = ["score", "peers", "peer_median", "peer_low", "peer_high", "gap", "gap_error"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=None).reindex(columns=columns)
    bar = reach(confidence) * table["gap_error"]
    table["gap_low"], table["gap_high"] = table["gap"] - bar, table["gap"] + bar
    table["verdict"] = verdicts(table["gap_low"], table["gap_high"])
    return table.rename_axis("region_code")


def gap_readings(
    scores: pd.Series,
    readings: Mapping[str, pd.DataFrame],
    region_codes: Sequence[str],
    *,
    standard_error: float,
    confidence: float = 0.90,
) -> pd.DataFrame:
    """Compare regions with their peers under several ways of choosing these.

    Parameters
    ----------
    readings : mapping
        Name of each way and its pairs.
    scores, region_codes, standard_error, confidence
        As in `gap_to_peers`.

    Returns
    -------
    DataFrame
        `reading`, `region_code` and the columns of `gap_to_peers`, in the order of the readings.
    """
    tables = [
        gap_to_peers(
            scores, pairs, region_codes, standard_error=standard_error, confidence=confidence
        )
        .reset_index()
        .assign(reading=name)
        for name, pairs in readings.items()
    ]
    frame = pd.concat(tables, ignore_index=True)
    return frame[["reading", *(column for column in frame if column != "reading")]]


def part_gaps(
    parts: pd.DataFrame,
    coefficients: pd.Series,
    pairs: pd.DataFrame,
    region_codes: Sequence[str],
    *,
    standard_errors: pd.Series,
    confidence: float = 0.90,
) -> pd.DataFrame:
    """Split the gap between each region and the mean of its peers into its parts, exactly.

    Parameters
    ----------
    parts : DataFrame, index region_code
        What the score is a weighted sum of, a column each, of one year.
    coefficients : Series, index the columns of `parts`
        Points of the score for one unit of each part; negative for deductions.
    pairs : DataFrame
        `region_code` and `peer_code`. Peers with a missing part are passed over.
    region_codes : sequence of str
        Regions to compare; those with a missing part or fewer than three peers are left out.
    standard_errors : Series, index the columns of `parts`
        Noise of one value of each part; zero for what carries none.
    confidence : float
        Of each contribution's own interval.

    Returns
    -------
    DataFrame
        `region_code`, `part`, `own`, `peer_mean`, `peer_spread` (standard deviation of the part
        among the peers), `contribution` (points of the score; adding up to the gap to the mean of
        the peers) with `contribution_low` and `contribution_high`, and `verdict`.

    Raises
    ------
    RefusedInput
        For columns without a coefficient or an error, and as `shapley_gap`.
    """
    lacking = parts.columns.difference(coefficients.index.intersection(standard_errors.index))
    if len(lacking):
        raise RefusedInput(f"Part {lacking[0]} has no coefficient or no standard error; give both.")
    full = parts.dropna()
    rows = []
    for code in region_codes:
        codes = pairs.loc[pairs["region_code"] == code, "peer_code"]
        others = full.loc[full.index.intersection(codes)]
        if code in full.index and len(others) >= FEWEST_PEERS:
            rows.append(_one_region(code, full.loc[code], others, coefficients, standard_errors))
    if not rows:
        return pd.DataFrame(columns=_SPLIT)
    table = pd.concat(rows, ignore_index=True)
    bar = reach(confidence) * table.pop("error")
    table["contribution_low"] = table["contribution"] - bar
    table["contribution_high"] = table["contribution"] + bar
    table["verdict"] = verdicts(table["contribution_low"], table["contribution_high"])
    return table[_SPLIT]


def _one_region(
    code: str,
    own: pd.Series,
    others: pd.DataFrame,
    coefficients: pd.Series,
    standard_errors: pd.Series,
) -> pd.DataFrame:
    """Split one gap; the error joins the region's noise with that of the mean of its peers."""
    factor = coefficients.reindex(own.index)
    mean, spread = others.mean(), others.std(ddof=1)
    error = np.hypot(standard_errors.reindex(own.index), spread / np.sqrt(len(others)))
    return pd.DataFrame(
        {
            "region_code": code,
            "part": own.index,
            "own": own.to_numpy(),
            "peer_mean": mean.to_numpy(),
            "peer_spread": spread.to_numpy(),
            "contribution": shapley_gap(own, mean, factor.to_numpy().dot).to_numpy(),
            "error": (factor.abs() * error).to_numpy(),
        }
    )
