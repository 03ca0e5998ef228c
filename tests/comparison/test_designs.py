"""Estimators on panels whose answer is known, and on the survey index of the release."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from anticorruption import regions
from anticorruption.comparison import designs, estimators, synthetic
from anticorruption.errors import RefusedInput

FIRST = ["33.72", "13.76", "34.01", "51.03"]
SECOND = ["35.72", "52.71", "71.07"]
BEFORE, AFTER = [2021, 2022, 2023], [2024, 2025]


def _two_way(added=0.0, regions_=60, seed=4, noise=0.0):
    """Region plus year plus noise, with so many points added to three regions after."""
    rng = np.random.default_rng(seed)
    codes = [f"r{i:02}" for i in range(regions_)]
    level = pd.Series(rng.normal(70, 5, regions_), index=codes)
    years = pd.Series([0.0, 1.5, -1.0, 2.0, 3.0], index=[*BEFORE, *AFTER])
    panel = pd.DataFrame(
        {y: level + years[y] + rng.normal(0, noise, regions_) for y in years.index}
    )
    panel.loc[codes[:3], AFTER] += added
    return panel, codes[:3]


def _study(panel, treated, **settings):
    return designs.design(panel, treated, before=BEFORE, after=AFTER, **settings)


def test_two_way_panel_gives_back_what_was_added():
    study = _study(*_two_way(added=4.0))
    assert designs.difference_in_differences(study) == pytest.approx(4.0)
    assert synthetic.synthetic_did(study) == pytest.approx(4.0)
    path = designs.path_beside(study, study.donors.index)
    assert path.tolist() == pytest.approx([0, 0, 0, 4, 4])
    assert designs.level_adjusted_difference(study) == pytest.approx(4.0)


def test_regression_to_the_mean_fools_one_and_not_the_other():
    """High scorers picked from noise fall back; adjusting for the level takes the fall off."""
    rng = np.random.default_rng(8)
    panel = pd.DataFrame(70 + rng.normal(0, 3, (2000, 5)), columns=[*BEFORE, *AFTER])
    panel.index = [f"r{i:04}" for i in range(2000)]
    top = panel[BEFORE].mean(axis=1).nlargest(40).index
    study = _study(panel, list(top))
    assert designs.difference_in_differences(study) < -3
    assert abs(designs.level_adjusted_difference(study)) < 1


def test_simplex_weights_are_those_of_a_general_solver():
    rng = np.random.default_rng(2)
    donors, target = rng.normal(70, 5, (3, 6)), rng.normal(72, 5, 3)
    found = synthetic.simplex_weights(donors, target, 0.5)

    def misfit(w):
        return ((donors @ w - target) ** 2).sum() + 0.25 * (w**2).sum()

    general = minimize(
        misfit,
        np.full(6, 1 / 6),
        bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert found.sum() == pytest.approx(1.0) and (found >= 0).all()
    assert found == pytest.approx(general.x, abs=1e-4)
    assert misfit(found) == pytest.approx(general.fun, rel=1e-8)


def test_region_that_is_a_mix_of_donors_is_copied_and_its_addition_found():
    panel, _ = _two_way(noise=3.0, regions_=12)
    panel.loc["r00"] = 0.5 * panel.loc["r01"] + 0.5 * panel.loc["r02"]
    panel.loc["r00", AFTER] += 5
    study = designs.design(panel, ["r00"], before=BEFORE, after=AFTER)
    reach = synthetic.synthetic_range(study).loc["r00"]
    assert reach["misfit"] == pytest.approx(0, abs=1e-9)
    assert reach["difference_low"] <= 5 <= reach["difference_high"]
    one = synthetic.synthetic_control(study).loc["r00", "difference"]
    assert reach["difference_low"] - 0.05 <= one <= reach["difference_high"] + 0.05


def test_range_of_copies_holds_every_copy_found_by_chance():
    panel, treated = _two_way(noise=3.0, regions_=40)
    study = _study(panel, treated[:1])
    reach = synthetic.synthetic_range(study).loc[treated[0]]
    rng, donors = np.random.default_rng(0), study.donors
    own = study.group.iloc[0]
    for _ in range(20):
        some = donors.sample(25, random_state=int(rng.integers(1e6)))
        weights = synthetic.simplex_weights(some[BEFORE].to_numpy().T, own[BEFORE].to_numpy(), 0.0)
        miss = np.abs(some[BEFORE].to_numpy().T @ weights - own[BEFORE]).max()
        if miss <= reach["misfit"] + synthetic.SLACK:
            said = own[AFTER].mean() - weights @ some[AFTER].mean(axis=1)
            assert reach["difference_low"] - 1e-6 <= said <= reach["difference_high"] + 1e-6


def test_spread_of_placebo_groups_is_that_of_all_of_them():
    values = pd.Series(
        np.random.default_rng(1).normal(0, 2, 14), index=[f"r{i}" for i in range(14)]
    )
    listed = designs.placebo_differences(values, 3, draws=0, seed=0)
    assert len(listed) == 364
    assert designs.placebo_spread(values, 3) == pytest.approx(listed.std())


def test_drawn_placebo_groups_repeat_with_their_seed():
    values = pd.Series(np.arange(60.0), index=[f"r{i:02}" for i in range(60)])
    first, again = (designs.placebo_differences(values, 5, draws=50, seed=9) for _ in range(2))
    assert (first == again).all() and len(first) == 50


def test_smallest_difference_is_found_four_times_in_five():
    rng = np.random.default_rng(3)
    true = designs.smallest_difference(1.3)
    assert true == pytest.approx(2.8016 * 1.3, rel=1e-4)
    found = np.abs(rng.normal(true, 1.3, 100_000)) > 1.959964 * 1.3
    assert found.mean() == pytest.approx(0.80, abs=0.01)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"before": [], "after": AFTER}, "before"),
        ({"before": [2024], "after": [2023]}, "order"),
        ({"before": BEFORE, "after": AFTER, "leave_out": ["r00"]}, "r00"),
        ({"before": BEFORE, "after": [2030]}, "2030"),
    ],
)
def test_impossible_designs_are_refused(settings, said):
    panel, treated = _two_way()
    with pytest.raises(RefusedInput, match=said):
        designs.design(panel, treated, **settings)
    with pytest.raises(RefusedInput, match="donors"):
        designs.design(panel.iloc[:8], treated, before=BEFORE, after=AFTER)


@pytest.fixture(scope="module")
def with_boyolali(release_2026):
    scores = release_2026.chosen.xs("spi", level="measure_id")["value"].unstack("year")
    local = regions.governments("local").index
    return scores.loc[scores.index.intersection(local), [*BEFORE, *AFTER]]


def test_measured_answers_of_the_first_cohort_disagree(with_boyolali):
    """All donors, as studied before this library was written: -3.3, +0.2 or +0.3, -0.1 and -0.5."""
    study = _study(with_boyolali, FIRST, leave_out=SECOND)
    assert designs.difference_in_differences(study) == pytest.approx(-3.3, abs=0.05)
    assert designs.level_adjusted_difference(study) == pytest.approx(0.2, abs=0.1)
    same = designs.donors_at_level(study, 78)
    assert len(same) == 33
    path = designs.path_beside(study, same)
    assert path.round(1).tolist() == [0.9, -0.9, 0.0, -0.1, -0.5]
    assert synthetic.synthetic_did(study) == pytest.approx(-3.0, abs=0.05)
    assert designs.overlap(study, 2)["on_average"].to_dict() == {
        "33.72": 2,
        "13.76": 98,
        "34.01": 47,
        "51.03": 23,
    }


def test_synthetic_control_has_no_single_answer(with_boyolali):
    """Every value from below -3 to above +7 fits the years before without error."""
    study = _study(with_boyolali, FIRST, leave_out=SECOND)
    reach = synthetic.synthetic_range(study)
    assert (reach["misfit"] < 1e-6).all()
    assert reach["difference_low"].mean() == pytest.approx(-3.1, abs=0.1)
    assert reach["difference_high"].mean() == pytest.approx(7.9, abs=0.1)
    assert (reach["difference_low"] < 0).all() and (reach["difference_high"] > 0).all()
    without = synthetic.synthetic_range(_study(with_boyolali, FIRST, leave_out=[*SECOND, "33.09"]))
    assert without.loc["33.72", "misfit"] > 1.5


def test_measured_smallest_differences(with_boyolali):
    study = _study(with_boyolali, FIRST, leave_out=[*SECOND, "33.09"])
    found = estimators.smallest_differences(study)["smallest"].round(1).tolist()
    assert found == [5.2, 4.5, 6.3, 5.5]


def test_estimates_side_by_side(with_boyolali):
    study = _study(with_boyolali, FIRST, leave_out=[*SECOND, "33.09"])
    table = estimators.estimates(study, level=78, observed=["13.04", "33.14"], draws=3, seed=1)
    assert estimators.OBSERVED not in table.index  # two regions are no comparison group
    assert table.at[estimators.NAIVE, "difference"] == designs.difference_in_differences(study)
    reach = table["difference_high"] - table["difference_low"]
    spread = designs.placebo_spread(study.change[study.donors.index], 4)
    assert reach[estimators.NAIVE] == pytest.approx(2 * 1.96 * spread)
    assert table.at[estimators.SAME_LEVEL, "donors"] == 32
