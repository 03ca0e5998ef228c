"""The estimators side by side: one panel, one question, and answers that disagree."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from anticorruption.comparison import designs, synthetic
from anticorruption.comparison.designs import Design

#: Ways of comparing before with after, in the order shown.
NAIVE = "difference-in-differences, all donors"
ADJUSTED = "change adjusted for the earlier level"
SAME_LEVEL = "difference-in-differences, donors of the same level"
OBSERVED = "difference-in-differences, observed but not chosen"
SYNTHETIC = "synthetic control, evenest of all copies"
SYNTHETIC_DID = "synthetic difference-in-differences"


def estimates(
    study: Design, *, level: float, observed: Collection[str], draws: int, seed: int
) -> pd.DataFrame:
    """Compute every estimate of the same design.

    Parameters
    ----------
    study : Design
    level : float
        Mean score before from which a donor counts as one of the same level.
    observed : collection of str
        Regions that were observed but not chosen; those without all scores are passed over.
    draws, seed : int
        Placebo groups drawn for the synthetic difference-in-differences.

    Returns
    -------
    DataFrame, index estimator
        `difference` (points), `difference_low` and `difference_high`, `donors` and `range_of`:
        "placebo groups" (the difference plus and minus 1.96 times the spread that groups of the
        same size, drawn from its donors, show) or "equally good copies" (all that fit the years
        before as well).
    """
    after = list(study.after)
    same = designs.donors_at_level(study, level)
    near = [code for code in study.donors.index if code in set(observed)]
    size = len(study.treated)
    adjusted = designs.level_adjusted(study)[study.donors.index]
    rows = {
        NAIVE: _row(
            designs.difference_in_differences(study), study.change[study.donors.index], size
        ),
        ADJUSTED: _row(designs.level_adjusted_difference(study), adjusted, size),
    }
    for name, group in ((SAME_LEVEL, same), (OBSERVED, near)):
        if len(group) > size + 1:
            path = designs.path_beside(study, group)
            rows[name] = _row(path[after].mean(), study.change[group], size)
    copies = synthetic.synthetic_range(study)
    rows[SYNTHETIC] = {
        "difference": synthetic.synthetic_control(study)["difference"].mean(),
        "difference_low": copies["difference_low"].mean(),
        "difference_high": copies["difference_high"].mean(),
        "donors": len(study.donors),
        "range_of": "equally good copies",
    }
    found = synthetic.synthetic_did(study)
    spread = float(np.std(_placebo_dids(study, draws, seed), ddof=1))
    rows[SYNTHETIC_DID] = _around(found, spread, len(study.donors))
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("estimator")


def both_ways(
    without: Design,
    with_them: Design,
    *,
    level: float,
    observed: Collection[str],
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Compute every estimate without the withheld scores and with them.

    Parameters
    ----------
    without, with_them : Design
        The same design, withheld scores left out and put back.
    level, observed, draws, seed
        As in `estimates`.

    Returns
    -------
    DataFrame
        `estimator`, `withheld` ("left out" or "put back") and the columns of `estimates`.
    """
    tables = [
        estimates(each, level=level, observed=observed, draws=draws, seed=seed).assign(
            withheld=name
        )
        for name, each in (("left out", without), ("put back", with_them))
    ]
    return pd.concat(tables).reset_index()


def spread_of_two_groups(values: pd.Series, first: int, second: int) -> float:
    """Standard deviation of the difference of two means, from the spread of some values.

    Parameters
    ----------
    values : Series
        Changes of regions like those of both groups.
    first, second : int
        Regions in each group.

    References
    ----------
    Bloom (1995), as in :func:`anticorruption.comparison.designs.smallest_difference`.
    """
    return float(values.std(ddof=1) * np.sqrt(1 / first + 1 / second))


def smallest_differences(study: Design) -> pd.DataFrame:
    """Smallest difference that each way of comparing could find with 80 % power.

    Returns
    -------
    DataFrame
        `after` (the years compared), `estimator`, `spread` (of placebo groups drawn from all
        donors) and `smallest`, in points.
    """
    rows = []
    for after in dict.fromkeys([study.after, study.after[-1:]]):
        part = Design(study.panel, study.treated, study.before, after)
        donors = part.donors.index
        for name, values in (
            (NAIVE, part.change[donors]),
            (ADJUSTED, designs.level_adjusted(part)[donors]),
        ):
            spread = designs.placebo_spread(values, len(part.treated))
            smallest = designs.smallest_difference(spread)
            years = ", ".join(map(str, after))
            rows.append({"after": years, "estimator": name, "spread": spread, "smallest": smallest})
    return pd.DataFrame(rows)


def _row(difference: float, values: pd.Series, size: int) -> dict:
    return _around(difference, designs.placebo_spread(values, size), len(values))


def _around(difference: float, spread: float, donors: int) -> dict:
    return {
        "difference": float(difference),
        "difference_low": float(difference - 1.96 * spread),
        "difference_high": float(difference + 1.96 * spread),
        "donors": donors,
        "range_of": "placebo groups",
    }


def _placebo_dids(study: Design, draws: int, seed: int) -> list[float]:
    """Synthetic difference-in-differences of groups drawn from the donors."""
    rng = np.random.default_rng(seed)
    codes = study.donors.index.to_numpy()
    found = []
    for _ in range(draws):
        drawn = tuple(rng.choice(codes, len(study.treated), replace=False))
        found.append(
            synthetic.synthetic_did(Design(study.donors, drawn, study.before, study.after))
        )
    return found
