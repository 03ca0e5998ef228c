"""Changes between two dates add up exactly, also where something is missing."""

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.gaps import shapley_gap
from anticorruption.errors import RefusedInput
from anticorruption.programme import progress, weightings
from anticorruption.programme.assessment import assess
from anticorruption.programme.rubric import Weight
from tests.programme.conftest import small_rubric


def series(*values):
    return pd.Series(values, index=[f"i{n}" for n in range(len(values))], dtype=float)


MADE = small_rubric([2, 1, 2])
FIRST, LAST = series(5, 6, 7, 4, 8), series(6, 8, 7, 3, 9.5)


@pytest.mark.parametrize("reading", ["by_component", "by_indicator"])
def test_parts_add_up_to_the_change_of_the_score_and_are_its_shapley_values(reading):
    first, last = assess(MADE, FIRST), assess(MADE, LAST)
    found = progress.between(first, last, reading)
    change = last.readings.at[reading, "score_low"] - first.readings.at[reading, "score_low"]
    assert found.change_low == found.change_high == pytest.approx(change, abs=1e-12)
    weights = weightings.readings(MADE)[reading].to_numpy()
    shapley = shapley_gap(LAST, FIRST, lambda values: values @ weights)
    assert np.allclose(found.indicators["change_low"], shapley)
    assert found.components["change_low"].sum() == pytest.approx(change)
    assert found.indicators["certain"].all()


def test_golden_shapley_gap():
    """tests/golden/shapley_gap: (60, 80, 90) against (85, 75, 95), weights .40 .35 .25."""
    made = small_rubric([1, 1, 1], top=100.0, weights=[Weight(w) for w in (0.4, 0.35, 0.25)])
    found = progress.between(
        assess(made, series(85, 75, 95)), assess(made, series(60, 80, 90)), "given"
    )
    assert list(found.indicators["change_low"]) == pytest.approx([-10.0, 1.75, -1.25])
    assert found.change_low == pytest.approx(-9.5)


def test_what_is_missing_at_a_date_is_an_interval_that_holds_every_fill():
    before, after = series(5, np.nan, 7, 4, 8), series(6, 8, np.nan, 3, 9)
    found = progress.between(assess(MADE, before), assess(MADE, after))
    assert found.change_low < found.change_high
    assert found.indicators["change_low"].sum() == pytest.approx(found.change_low)
    assert list(found.indicators.index[~found.indicators["certain"]]) == ["i1", "i2"]
    for value in (0, 3.3, 10):
        one = assess(MADE, before.fillna(value)).readings.at["by_component", "score_low"]
        for later in (0, 6.6, 10):
            two = assess(MADE, after.fillna(later)).readings.at["by_component", "score_low"]
            assert found.change_low - 1e-9 <= two - one <= found.change_high + 1e-9


def test_two_rubrics_or_an_unknown_reading_are_refused():
    first, last = assess(MADE, FIRST), assess(small_rubric([1, 2, 2]), LAST)
    with pytest.raises(RefusedInput, match="one rubric"):
        progress.between(first, last)
    with pytest.raises(RefusedInput, match="no reading 'given'; there are by_component"):
        progress.between(first, assess(MADE, LAST), "given")
