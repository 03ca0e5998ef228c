"""Bounds on ranks, verdicts at a mark, and shares with missing answers."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import rank_bounds, share_bounds, verdicts_at_mark
from anticorruption.errors import RefusedInput


def test_rank_bounds_are_reached_by_some_scores_and_passed_by_none():
    generator = np.random.default_rng(1)
    for _ in range(20):
        low = generator.integers(0, 10, 4).astype(float)
        high = low + generator.integers(0, 5, 4)
        best, worst = rank_bounds(pd.DataFrame({"x": low}), pd.DataFrame({"x": high}))
        seen = [np.array([1 + sum(other > own for other in scores) for own in scores])
                for scores in product(*(np.unique([a, (a + b) / 2, b])
                                        for a, b in zip(low, high, strict=True)))]
        np.testing.assert_array_equal(best["x"], np.min(seen, axis=0))
        np.testing.assert_array_equal(worst["x"], np.max(seen, axis=0))


def test_an_unknown_end_reaches_everywhere():
    low = pd.DataFrame({"x": [10.0, np.nan, 30]})
    high = pd.DataFrame({"x": [10.0, np.nan, 30]})
    best, worst = rank_bounds(low, high)
    assert best["x"].tolist() == [2, 1, 1]
    assert worst["x"].tolist() == [3, 3, 2]


def test_verdicts():
    low, high = pd.Series([90.0, 89, 50, np.nan]), pd.Series([95.0, 91, 89.9, np.nan])
    assert list(verdicts_at_mark(low, high, 90)) == ["met", "unknown", "not met", "unknown"]
    almost = pd.Series([90 - 1e-12])
    assert list(verdicts_at_mark(almost, almost, 90)) == ["met"]


def test_share_of_nothing_is_refused():
    with pytest.raises(RefusedInput, match="no answers"):
        share_bounds(pd.Series([], dtype=object))
    assert share_bounds(pd.Series([None, None])) == (0, 1)
