"""Ranks of scores: ties, gaps, names, and any number of rows."""

import warnings

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite.ranking import ROWS_AT_ONCE, ascending_ranks, places, rank_scores

SCORES = pd.Series([80.0, 70, 70, np.nan, 60], list("abcde"), name="whole")


def test_scores_are_ranked_from_the_highest_and_keep_their_names():
    found = rank_scores(SCORES)
    pd.testing.assert_series_equal(
        found, pd.Series([1, 2, 2, np.nan, 4], list("abcde"), name="whole"))
    table = rank_scores(pd.DataFrame({"x": SCORES, "y": -SCORES}))
    pd.testing.assert_series_equal(table["x"], found, check_names=False)
    assert table["y"].tolist()[:3] == [4, 2, 2]


def test_scores_may_come_as_objects():
    objects = SCORES.astype(object)
    pd.testing.assert_series_equal(rank_scores(objects), rank_scores(SCORES))
    frame = rank_scores(pd.DataFrame({"x": objects}))
    pd.testing.assert_series_equal(frame["x"], rank_scores(SCORES), check_names=False)


def test_rounding_noise_orders_nobody_and_more_than_noise_does():
    scores = pd.Series([0.1 + 0.2, 0.3, 0.3 + 3e-9], list("abc"))
    assert rank_scores(scores).tolist() == [2, 2, 1]


def test_neighbours_tie_in_chains():
    """Each is within the tolerance of the next, so all three share the first place."""
    assert ascending_ranks(np.array([3.0, 1, 2, 5]), 1.0).tolist() == [1, 1, 1, 4]


@pytest.mark.parametrize("rows", [1, ROWS_AT_ONCE - 1, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE + 1])
def test_any_number_of_rows_is_ranked_row_by_row(rows):
    rng = np.random.default_rng(rows)
    values = rng.integers(0, 9, (rows, 7)).astype(float)
    values[rng.random(values.shape) < 0.1] = np.nan
    limits = rng.choice([0.0, 1.0], rows)
    found = ascending_ranks(values, limits)
    for row, limit, ranks in zip(values, limits, found, strict=True):
        np.testing.assert_array_equal(ascending_ranks(row, limit), ranks)
        if limit == 0:
            expected = [np.nan if np.isnan(x) else 1 + (row < x).sum() for x in row]
            np.testing.assert_array_equal(ranks, expected)
    cube = values.reshape(rows, 1, 7)
    np.testing.assert_array_equal(ascending_ranks(cube, limits[:, None])[:, 0], found)


def test_places_of_sorted_values_in_either_direction():
    for values in ([1.0, 2, 2, 4], [4.0, 2, 2, 1]):
        assert places(np.array(values)).tolist() == [1, 2, 2, 4]
    assert places(np.array([[1.0, 2, 3], [4, 5, 6]])).tolist() == [[1, 2, 3]]
    assert places(np.array([[1.0, 1, 3], [4, 5, 6]])).tolist() == [[1, 1, 3], [1, 2, 3]]


def test_endless_scores_are_ranked_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ascending_ranks(np.array([np.inf, 1.0, np.inf, 0.0])).tolist()[1::2] == [2, 1]
