"""Places under every recipe: the published index comes back, and other code gives the same."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from anticorruption import spi
from anticorruption.comparison.profile import ABOVE, BELOW, CANNOT_TELL
from anticorruption.comparison.recipes import CHOICES, Recipes
from anticorruption.errors import RefusedInput

PARTS = ["spi_internal", "spi_external", "spi_expert"]


@pytest.fixture(scope="module")
def field(national_2025):
    return national_2025.local_recipes


@pytest.fixture(scope="module")
def provinces(national_2025):
    return national_2025.province_recipes


def _by_hand(release, weights, picks):
    """One recipe with pandas alone, from the table of observations."""
    years, corrections, weighting, scale, outliers, mean = picks
    chosen = release.chosen
    local = [code for code in chosen.index.get_level_values(0).unique() if len(code) == 5]
    told, deducted = [], {"both": 2, "integrity": 1, "neither": 0}[corrections]
    for year in (2025,) if years == "latest" else (2023, 2024, 2025):
        cut = chosen.xs(year, level="year")
        hidden = cut.xs("spi", level="measure_id")["withheld"]
        table = cut["value"].unstack("measure_id").reindex(local)
        table = table[~hidden.reindex(local).fillna(False).astype(bool)]
        taken = table[["spi_corr_integritas", "spi_corr_prevalensi"][:deducted]].sum(axis=1)
        told.append(table[PARTS].sub(taken, axis=0).reindex(local).round(6))
    scaled = []
    for table in told:
        if outliers == "winsorised":
            table = table.apply(_winsorised)
        if scale == "min_max":
            table = 1 + 99 * (table - table.min()) / (table.max() - table.min())
        elif scale == "z_score":
            table = 100 + 5 * (table - table.mean()) / table.std()
        elif scale == "place":
            table = table.rank(method="min")
        scaled.append(table)
    parts = sum(t.fillna(0) for t in scaled) / sum(t.notna().astype(float) for t in scaled)
    share = {"recovered": weights.as_array(), "equal": np.full(3, 1 / 3)}[weighting]
    share = share / share.sum()
    centre = parts @ share
    if mean == "geometric_mean":
        return np.exp(np.log(parts) @ share)
    if mean == "mazziotta_pareto":
        return centre - (parts.sub(centre, axis=0) ** 2) @ share / centre
    return centre


def _winsorised(column):
    """At most five extremes, moved one by one to the next value, while the rule is broken."""
    values = column.copy()
    for _ in range(5):
        if not (abs(values.skew()) > 2 and values.kurt() > 3.5):
            break
        if values.skew() < 0:
            values[values == values.min()] = values[values > values.min()].min()
        else:
            values[values == values.max()] = values[values < values.max()].max()
    return values


def test_the_first_recipe_is_the_publishers_and_gives_back_the_published_index(field):
    assert field.every.settings.iloc[0].tolist() == [each[0] for each in CHOICES.values()]
    gap = field.every.scores[:, 0] - field.published[field.every.regions].to_numpy()
    assert np.abs(gap).max() < spi.TOLERANCE
    assert np.abs(field.every.nominal["score"] - field.published).max() < spi.TOLERANCE


def test_every_combination_of_the_written_list_is_followed(field):
    assert field.count == np.prod([len(each) for each in CHOICES.values()]) == 432
    expected = list(product(*CHOICES.values()))
    assert [tuple(row) for row in field.every.settings.astype(str).to_numpy()] == expected


def test_recipes_are_those_that_pandas_alone_gives(field, release_2026, national_2025):
    settings = field.every.settings.astype(str)
    picked = settings[settings["weights"] != "component"].iloc[::13]
    assert len(picked) > 20 and all(picked[c].nunique() > 1 for c in picked)
    for place, picks in picked.iterrows():
        own = _by_hand(release_2026, national_2025.weights, picks.to_numpy())
        np.testing.assert_allclose(
            field.every.scores[:, place], own[field.every.regions], rtol=1e-9, err_msg=str(picks)
        )


def test_places_and_their_ends_are_those_of_the_recipes(field):
    ranks = pd.DataFrame(-field.every.scores.round(9)).rank(method="min").to_numpy()
    places = field.places
    np.testing.assert_array_equal(places["least"], ranks.min(axis=1))
    inside = (ranks >= places[["choice_low"]].to_numpy()) & (
        ranks <= places[["choice_high"]].to_numpy()
    )
    assert (inside.mean(axis=1) >= 0.9).all()
    assert (places["noise_low"] <= places["rank"]).all()
    assert (places["rank"] <= places["noise_high"]).all()


def test_scores_that_only_rounding_tells_apart_share_a_place(field):
    scores, ranks = field.every.scores, field.ranks.to_numpy()
    order = scores.argsort(axis=0)
    gaps = np.diff(np.take_along_axis(scores, order, 0), axis=0)
    steps = np.diff(np.take_along_axis(ranks, order, 0), axis=0)
    tied = (gaps > 0) & (gaps < 1e-9)
    assert tied.any() and (steps[tied] == 0).all()


def test_a_verdict_needs_noise_and_choice_to_agree(field):
    standing = field.standing
    clear = standing["by_both"] != CANNOT_TELL
    assert (standing.loc[clear, "by_noise"] == standing.loc[clear, "by_choice"]).all()
    assert {ABOVE, BELOW, CANNOT_TELL} == set(standing["by_both"])
    own = standing.loc["71.07"]
    median = np.median(standing["score"])
    assert (own["score_low"] > median) == (own["by_noise"] == ABOVE)


def test_an_order_of_two_is_never_kept_both_ways_and_tiers_follow_it(field):
    ordered = field.ordered.to_numpy()
    assert not (ordered & ordered.T).any()
    tiers, places = field.tiers, field.places
    for tier in range(2, int(tiers.max()) + 1):
        above, own = (tiers.index[tiers == each] for each in (tier - 1, tier))
        order = places.sort_values(["choice_median", "rank"], kind="stable").index
        leader, first = (next(code for code in order if code in group) for group in (above, own))
        assert field.ordered.at[leader, first]
        assert not field.ordered.loc[leader, above].any()


def test_noise_of_the_indicators_is_that_of_parts_and_corrections(field):
    loadings = field.shared_errors().loadings
    size = np.sqrt((loadings**2).sum(axis=1))
    errors = field.errors
    part, both = errors["spi_expert"], errors[list(spi.CORRECTIONS)]
    assert size["spi_expert:neither:2025"] == pytest.approx(part)
    assert size["spi_expert:both:2024"] == pytest.approx(np.sqrt(part**2 + (both**2).sum()))
    shared = loadings.loc["spi_expert:both:2025"] @ loadings.loc["spi_internal:both:2025"]
    assert shared == pytest.approx((both**2).sum())


def test_provinces_are_a_field_of_their_own(provinces):
    assert len(provinces.published) == 38
    assert provinces.count == 216  # no value of theirs breaks the rule for outliers
    assert "outliers" not in provinces.alternatives


def test_a_government_that_was_withheld_once_has_a_gap_and_still_a_place(field):
    gaps = field.indicators.loc["33.09"].isna()
    assert list(gaps.index[gaps]) == [c for c in field.indicators if c.endswith(":2023")]
    assert field.places.loc["33.09"].notna().all()


def test_without_earlier_years_the_years_are_no_choice(national_2025):
    early = national_2025.recipes("province", 2021)
    assert early.years == (2021,) and "years" not in early.alternatives


def test_a_field_of_a_few_is_refused(field):
    few = field.scores[field.scores.index.get_level_values("region_code").str.startswith("51")]
    small = Recipes(few, field.weights, field.errors, 2025)
    with pytest.raises(RefusedInput, match=r"9 governments .* are too few"):
        _ = small.every
    with pytest.raises(RefusedInput, match="no score of 2019"):
        _ = Recipes(few, field.weights, field.errors, 2019).published


def test_choices_that_change_the_input_move_most_and_the_index_of_the_mean_little(field):
    found = field.sensitivity(seed=5, points=64).pooled["total_order"]
    assert set(found.nlargest(2).index) == {"years", "corrections"}


def test_by_alternative_is_the_median_of_the_recipes_with_it(field):
    table = field.by_alternative(["35.72"]).set_index(["choice", "alternative"])
    scores = pd.DataFrame(-field.every.scores.round(9), index=field.every.regions)
    ranks = scores.rank(method="min")
    with_it = field.every.settings["corrections"] == "neither"
    expected = np.median(ranks.loc["35.72"].to_numpy()[with_it.to_numpy()])
    assert table.at[("corrections", "neither"), "median"] == expected
