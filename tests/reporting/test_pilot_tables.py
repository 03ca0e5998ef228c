"""Tables of the studies of the pilots, each number counted again by hand."""

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison import designs, estimators
from anticorruption.reporting import pilot_tables

PANEL = pd.DataFrame(
    {2023: [80.0, 70, 71, 69, 90], 2024: [78.0, 72, 70, 75, 70], 2025: [77.0, 71, 69, 99, 60]},
    index=["11.01", "11.02", "11.03", "11.04", "11.05"],
)


def test_pairs_of_one_edition_in_the_order_of_the_survey():
    """2024: a above b above c; the survey has b above a by one point and both far above c."""
    prints = pd.DataFrame(
        {"region_code": list("abcd"), "value": [96.0, 95, 94, 91], "year": [2024, 2024, 2024, 2025]}
    )
    scores = pd.Series({"a": 79.0, "b": 80, "c": 60, "d": 70})
    assert pilot_tables.pairs_in_order(prints, scores, 2.0) == (3, 2, 2, 2)
    assert pilot_tables.pairs_in_order(prints.iloc[:0], scores, 2.0) == (0, 0, 0, 0)


def test_no_print_of_a_final_score_is_interim(release_2026):
    found = pilot_tables.final_scores(release_2026, ["35.72", "51.03"])
    assert set(found["region_code"]) == {"35.72"} and (found["value"] == 92.15).all()
    assert set(found["printed_by"]) == {"press", "copy of a publication"}


def test_years_before_and_after_of_a_cohort():
    pilots = pd.Series({"11.01": 2024, "11.02": 2025}, name="edition").rename_axis("region_code")
    found = pilot_tables.cohorts(pilots, PANEL, 2.0)
    assert found["before_year"].tolist() == [2023, 2024]
    assert found["score"].tolist() == [80.0, 72.0]
    assert found["years_after"].tolist() == [1, 0]
    assert (found["score_high"] - found["score"]).tolist() == pytest.approx([3.2897] * 2, abs=1e-4)


def test_place_in_a_band_and_too_few_for_one():
    panel = pd.concat(
        [PANEL, pd.DataFrame(70.0, index=[f"12.{i:02}" for i in range(20)], columns=PANEL.columns)]
    )
    starts = pd.Series({"11.02": 2023, "11.04": 2023, "11.05": 2023})
    found = pilot_tables.bands_of(panel, starts, within=2, leave_out=["11.04", "99.99"])
    ends = pilot_tables.ends_of(found, 1.0).set_index("region_code")
    assert ends["place"].tolist()[:2] == ["above", "above"] and pd.isna(ends.at["11.05", "place"])
    assert ends.at["11.02", "regions"] == 21  # the twenty and 11.03; 11.04 is left out


def test_comparison_group_is_who_was_observed_and_never_chosen(release_2026):
    stages = release_2026.table("pilots")
    pilots = stages[stages["stage"] == "pilot"].set_index("region_code")["edition"]
    found = pilot_tables.comparison_group(stages, pilots, pd.Series(dtype=float), 1.0)
    assert not set(found["region_code"]) & set(pilots.index)
    assert found["edition_year"].value_counts().to_dict() == {2024: 11, 2025: 24}
    again = set(found.loc[found["status"] != "stays", "region_code"])
    assert again == {"53.15", "64.74", "73.09"}


def test_headings_stand_beside_their_ends():
    caption, columns, rows = pilot_tables.table(
        "Scores",
        PANEL.reset_index(names="region_code").rename(columns={2023: "score"}),
        ["region_code", "score"],
    )
    assert (caption, [c.title for c in columns]) == ("Scores", ["Region", "Score"])
    assert rows[0]["score"].text == "80.00"


def test_spread_of_two_groups_is_that_of_drawn_ones():
    values = pd.Series(np.random.default_rng(0).normal(0, 2, 5000))
    rng = np.random.default_rng(1)
    drawn = [rng.choice(values, 7).mean() - rng.choice(values, 35).mean() for _ in range(20_000)]
    assert estimators.spread_of_two_groups(values, 7, 35) == pytest.approx(np.std(drawn), rel=0.02)
    assert designs.smallest_difference(1.0) == pytest.approx(2.8016, abs=1e-4)
