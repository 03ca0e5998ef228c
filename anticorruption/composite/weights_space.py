"""Every admissible weighting at once: extremes of a score, and who can be above whom, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from anticorruption.composite.admissible import AdmissibleWeights, Shares
from anticorruption.composite.aggregation import PowerMean, power_mean
from anticorruption.composite.chain import Inputs, prepare, read_inputs
from anticorruption.composite.method import Method
from anticorruption.composite.ranking import TOLERANCE
from anticorruption.errors import RefusedInput


def score_extremes(
    indicators: pd.DataFrame,
    codebook: pd.DataFrame,
    method: Method,
    admissible: AdmissibleWeights | None = None,
    code: str | None = None,
) -> pd.DataFrame:
    """Lowest and highest score of each region over every admissible weighting.

    Exact, by linear programming: the weights of different groups are free of one another, so
    the best of the whole is the best of each group given the best of its parts. A missing cell
    is at its worst for the lowest score and at its best for the highest.

    Parameters
    ----------
    indicators, codebook, method
        As for `build`; the weights of the codebook are not used.
    admissible : AdmissibleWeights, optional
        The weightings; all weights of at least zero when None.
    code : str, optional
        The code to score; the top of the codebook when None.

    Returns
    -------
    DataFrame
        Regions down; columns score_low, score_high.

    Raises
    ------
    RefusedInput
        For an aggregation that is not a power mean, or weights that cannot exist.

    References
    ----------
    Foster, McGillivray & Seth (2013), Econometric Reviews 32, 35-56 (robust comparisons over
    weights).
    """
    inputs, top, means = _ready(indicators, codebook, method, code)
    admissible = admissible or AdmissibleWeights()
    worst, best = _filled(inputs, method)
    ends = {}
    for name, values, sign in (("score_low", worst, -1.0), ("score_high", best, 1.0)):
        scores = dict(zip(inputs.tree.indicators, values.T, strict=True))
        for aggregate in inputs.tree.aggregates:
            if aggregate in means:
                parts = np.column_stack([scores[kid] for kid in inputs.tree.children[aggregate]])
                shares = admissible.group(inputs.tree, aggregate)
                scores[aggregate] = _extreme(parts, shares, means[aggregate], sign)
        ends[name] = scores[top]
    return pd.DataFrame(ends, index=inputs.regions).take(inputs.back)


def can_rank_above(
    indicators: pd.DataFrame,
    codebook: pd.DataFrame,
    method: Method,
    admissible: AdmissibleWeights | None = None,
    code: str | None = None,
    regions: Iterable | None = None,
) -> pd.DataFrame:
    """Whether any admissible weighting puts the region of the row above that of the column.

    Exact, by linear programming. Where the answer is False both ways the two regions tie under
    every weighting; where it is False one way, the row is never above the column. Missing cells
    are at their best for the row and at their worst for the column.

    Parameters
    ----------
    indicators, codebook, method, admissible, code
        As for `score_extremes`; the same power mean is needed at every level.
    regions : iterable, optional
        The regions to compare; all when None.

    Returns
    -------
    DataFrame of bool
        Regions by regions.

    Raises
    ------
    RefusedInput
        For means that differ between levels, or a region that is not there.
    """
    inputs, top, means = _ready(indicators, codebook, method, code)
    names = list(indicators.index if regions is None else regions)
    places = [_place(inputs, region) for region in names]
    pairs = [(a, b) for a in places for b in places]
    margins = _margins(inputs, method, means, admissible or AdmissibleWeights(), pairs)[0][top]
    possible = (margins > TOLERANCE).reshape(len(names), len(names))
    return pd.DataFrame(possible, index=names, columns=names)


def weights_in_favour(
    indicators: pd.DataFrame,
    codebook: pd.DataFrame,
    method: Method,
    above: str,
    below: str,
    admissible: AdmissibleWeights | None = None,
    code: str | None = None,
) -> tuple[float, pd.Series]:
    """The admissible weighting that does most to put one region above another.

    Parameters
    ----------
    indicators, codebook, method, admissible, code
        As for `can_rank_above`.
    above, below : str
        The two regions.

    Returns
    -------
    margin : float
        The largest possible lead of `above` over `below`, in points of the score for arithmetic
        means and on the scale of the mean (logarithms for geometric means) otherwise. Not above
        zero when no admissible weighting puts it ahead.
    weights : Series
        Code to share in its parent, at that optimum.
    """
    inputs, top, means = _ready(indicators, codebook, method, code)
    pair = [(_place(inputs, above), _place(inputs, below))]
    margins, shares = _margins(inputs, method, means, admissible or AdmissibleWeights(), pair)
    return float(margins[top][0]), pd.Series(
        {kid: share[0] for kid, share in shares.items()}, name="weight"
    )


def _ready(
    indicators: pd.DataFrame, codebook: pd.DataFrame, method: Method, code: str | None
) -> tuple[Inputs, str, dict[str, PowerMean]]:
    inputs = read_inputs(indicators, codebook)
    top = inputs.tree.top(code)
    below = set(inputs.tree.below(top))
    means = {}
    for aggregate, name in method.aggregations(inputs.tree).items():
        if aggregate in below:
            mean = power_mean(name, method.aggregation_options(name))
            if mean is None:
                raise RefusedInput(
                    f"the {name} of {aggregate!r} is not a power mean, so its "
                    "extremes over weights are not known exactly: draw weights."
                )
            means[aggregate] = mean
    return inputs, top, means


def _filled(inputs: Inputs, method: Method) -> tuple[np.ndarray, np.ndarray]:
    stage, gaps = prepare(inputs, method), np.isnan(inputs.values)
    return np.where(gaps, stage.worst, stage.values), np.where(gaps, stage.best, stage.values)


def _extreme(parts: np.ndarray, shares: Shares, mean: PowerMean, sign: float) -> np.ndarray:
    scale = _finite(mean.forward(parts))
    turn = sign if mean.increasing else -sign
    chosen = shares.best(turn * scale)
    # Zero times a weight above zero makes a geometric or harmonic mean zero.
    nought = (mean.power <= 0) & ((parts == 0) & (chosen > 1e-12)).any(axis=1)
    with np.errstate(over="ignore"):
        return np.where(nought, 0.0, mean.inverse((chosen * scale).sum(axis=1)))


def _finite(scale: np.ndarray) -> np.ndarray:
    """Replace the infinities of a zero by numbers that no other value comes near."""
    return np.nan_to_num(scale, neginf=-1e6, posinf=1e12)


def _margins(
    inputs: Inputs,
    method: Method,
    means: Mapping[str, PowerMean],
    admissible: AdmissibleWeights,
    pairs: list[tuple[int, int]],
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    if len({mean.power for mean in means.values()}) > 1:
        raise RefusedInput(
            "who can be above whom is known exactly only when every level has the "
            "same mean: draw weights instead."
        )
    worst, best = _filled(inputs, method)
    mean = next(iter(means.values()), PowerMean(1.0))
    turn = 1.0 if mean.increasing else -1.0
    first, second = (list(side) for side in zip(*pairs, strict=True))
    gaps = turn * (_finite(mean.forward(best))[first] - _finite(mean.forward(worst))[second])
    margins = dict(zip(inputs.tree.indicators, gaps.T, strict=True))
    shares: dict[str, np.ndarray] = {}
    for aggregate in inputs.tree.aggregates:
        if aggregate in means:
            kids = inputs.tree.children[aggregate]
            leads = np.column_stack([margins[kid] for kid in kids])
            chosen = admissible.group(inputs.tree, aggregate).best(leads)
            margins[aggregate] = (chosen * leads).sum(axis=1)
            shares.update(zip(kids, chosen.T, strict=True))
    return margins, shares


def _place(inputs: Inputs, region: str) -> int:
    if region not in inputs.regions:
        raise RefusedInput(f"region {region!r} is not among the indicators.")
    return int(inputs.regions.get_loc(region))
