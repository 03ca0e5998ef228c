"""The one figure of the reports that rests on random draws, drawn again as they were.

Only the generator is shared with the library: PCG64 with its seed, as numpy documents it.
"""

from functools import cache

import numpy as np

from tests import second_route as route

SEED, DRAWS = 20241209, 2000


@cache
def bootstrap(years=(2021, 2022, 2023, 2024, 2025)) -> tuple[float, float]:
    """90 % interval of the survey's noise, regions drawn anew with replacement."""
    by_year = [route.scores("spi", year, route.governments()) for year in years]
    # every government that is scored in any year takes part in the draw
    codes = sorted(set().union(*by_year))
    scored = np.array([[float(each.get(code, "nan")) for each in by_year] for code in codes])
    drawn = np.random.default_rng(SEED).multinomial(
        len(codes), np.full(len(codes), 1 / len(codes)), size=DRAWS
    )
    total, freedom = np.zeros(DRAWS), np.zeros(DRAWS)
    for at in range(len(years) - 2):
        three = scored[:, at : at + 3]
        whole = ~np.isnan(three).any(axis=1)
        first, second = (np.where(whole, gap, 0.0) for gap in np.diff(three).T)
        times = drawn * whole
        count = times.sum(axis=1)
        products = times @ (first * second) - (times @ first) * (times @ second) / count
        total += products
        freedom += count - 1
    errors = np.sqrt(np.maximum(-total / freedom, 0.0))
    low, high = np.quantile(errors, [0.05, 0.95])
    return float(low), float(high)
