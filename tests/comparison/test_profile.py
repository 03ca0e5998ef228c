"""Distances from the nation and moves over time, recomputed by hand and by other code."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from anticorruption.comparison import profile
from anticorruption.errors import RefusedInput


def _panel(seed=3, regions=200):
    rng = np.random.default_rng(seed)
    index = pd.Index([f"{10 + i // 99}.{i % 99:02}" for i in range(regions)], name="region_code")
    level = rng.normal(70, 5, regions)
    return pd.DataFrame(
        {year: level + rng.normal(0, 2, regions) for year in (2021, 2022, 2023, 2024)}, index=index
    )


PANEL = _panel()


def test_distance_of_five_regions_by_hand():
    """Scores 1, 2, 4, 7, 9: median 4, absolute deviations 3, 2, 0, 3, 5 with median 3."""
    panel = pd.DataFrame({2025: [1.0, 2, 4, 7, 9]}, index=list("abcde"))
    found = profile.distances(panel, ["e", "a"], 2025, standard_error=1.0)
    assert found["unit"].tolist() == pytest.approx([3 * 1.4826022] * 2)
    assert found["distance"].tolist() == [5.0, -3.0]
    assert found["distance_low"].tolist() == pytest.approx([5 - 1.6448536, -3 - 1.6448536])
    assert found["robust"].tolist() == pytest.approx([5 / 4.4478067, -3 / 4.4478067])
    assert found["verdict"].tolist() == [profile.ABOVE, profile.BELOW]


def test_unit_is_that_of_scipy():
    found = profile.distances(PANEL, [PANEL.index[0]], 2023, standard_error=2.0)
    wanted = stats.median_abs_deviation(PANEL[2023], scale="normal")
    assert found["unit"].iloc[0] == pytest.approx(wanted)


def test_noise_alone_makes_a_tenth_look_clear():
    same = pd.DataFrame(
        {2025: np.random.default_rng(1).normal(70, 2, 4000)}, index=[f"r{i}" for i in range(4000)]
    )
    found = profile.distances(same, list(same.index), 2025, standard_error=2.0)
    assert (found["verdict"] != profile.CANNOT_TELL).mean() == pytest.approx(0.10, abs=0.015)


def test_scores_all_alike_have_no_robust_unit():
    panel = pd.DataFrame({2025: [5.0, 5, 5, 8]}, index=list("abcd"))
    found = profile.distances(panel, ["d"], 2025, standard_error=1.0).loc["d"]
    assert found["distance"] == 3 and np.isnan(found["robust"])


def test_region_without_a_score_stays_unknown():
    panel = PANEL.copy()
    panel.loc[PANEL.index[3], 2024] = np.nan
    found = profile.distances(panel, [PANEL.index[3]], 2024, standard_error=2.0).iloc[0]
    assert np.isnan(found["distance"]) and pd.isna(found["verdict"])


def test_largest_move_by_other_code():
    code = PANEL.index[7]
    found = profile.largest_moves(PANEL, [code], standard_error=2.0, breaks=[2023]).loc[code]
    best = None
    for year in (2021, 2022, 2023):
        change = PANEL[year + 1] - PANEL[year]
        own = change[code] - np.median(change)
        if best is None or abs(own) > abs(best[0]):
            best = (own, year)
    assert found["own_change"] == pytest.approx(best[0])
    assert (found["from_year"], found["to_year"]) == (best[1], best[1] + 1)
    assert found["across_break"] == (best[1] == 2022)
    bar = stats.norm.ppf(1 - 0.05 / 3) * np.sqrt(2) * 2.0
    assert found["own_change_high"] - found["own_change"] == pytest.approx(bar)


def test_movement_of_everybody_is_no_movement_of_one():
    shifted = PANEL.assign(**{}).copy()
    shifted[2023] += 20
    before = profile.largest_moves(PANEL, list(PANEL.index[:9]), standard_error=2.0)
    after = profile.largest_moves(shifted, list(PANEL.index[:9]), standard_error=2.0)
    assert after["own_change"].to_numpy() == pytest.approx(before["own_change"].to_numpy())


def test_noise_alone_calls_few_largest_moves_clear():
    """At most a tenth of regions without any change has a move that is called clear."""
    rng = np.random.default_rng(5)
    panel = pd.DataFrame(rng.normal(70, 2, (3000, 5)), columns=range(2021, 2026))
    panel.index = [f"r{i}" for i in range(3000)]
    found = profile.largest_moves(panel, list(panel.index), standard_error=2.0)
    assert (found["verdict"] != profile.CANNOT_TELL).mean() < 0.11


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: profile.distances(PANEL, [], 1999, standard_error=1), "1999"),
        (lambda: profile.distances(PANEL, [], 2023, standard_error=-1), "-1"),
        (lambda: profile.distances(PANEL, [], 2023, standard_error=1, confidence=2), "2"),
        (lambda: profile.largest_moves(PANEL[[2021]], [], standard_error=1), "consecutive"),
        (lambda: profile.largest_moves(PANEL, [], standard_error=1, breaks=[1990]), "1990"),
    ],
)
def test_refusals_name_what_is_wrong(call, said):
    with pytest.raises(RefusedInput, match=said):
        call()
