"""Gaps to peers: the error of a median, splits without remainder, and choices of peers."""

import numpy as np
import pandas as pd
import pytest

from anticorruption import spi
from anticorruption.comparison import peer_gaps, profile
from anticorruption.comparison.context import context
from anticorruption.comparison.peers import context_peers, leave_one_out, peer_stability
from anticorruption.errors import RefusedInput

PILOTS = ["33.72", "13.76", "34.01", "51.03", "35.72", "52.71", "71.07"]
PAIRS = pd.DataFrame({"region_code": list("aaaabb"), "peer_code": list("bcdeac")})


@pytest.mark.parametrize("size", [3, 7, 15])
def test_error_of_a_median_is_that_of_the_bootstrap(size):
    """Maritz & Jarrett (1978): for odd sizes the formula is the limit of the bootstrap."""
    rng = np.random.default_rng(size)
    values = rng.normal(70, 4, size)
    drawn = np.median(rng.choice(values, (200_000, size)), axis=1)
    assert peer_gaps.median_error(values) == pytest.approx(drawn.std(), rel=0.01)


def test_gap_by_hand():
    scores = pd.Series({"a": 80.0, "b": 70, "c": 72, "d": 74, "e": 90})
    found = peer_gaps.gap_to_peers(scores, PAIRS, ["a", "b"], standard_error=2.0)
    assert found.loc["a", ["peers", "peer_median", "gap"]].tolist() == [4, 73.0, 7.0]
    error = np.hypot(2.0, peer_gaps.median_error(np.array([70, 72, 74, 90])))
    assert found.loc["a", "gap_error"] == pytest.approx(error)
    assert found.loc["a", "gap_high"] == pytest.approx(7 + 1.6448536 * error)
    assert found.loc["b", "peers"] == 2 and np.isnan(found.loc["b", "gap"])


def test_region_without_a_score_has_no_gap_and_no_verdict():
    scores = pd.Series({"a": np.nan, "b": 70, "c": 72, "d": 74, "e": 90})
    found = peer_gaps.gap_to_peers(scores, PAIRS, ["a"], standard_error=2.0).loc["a"]
    assert np.isnan(found["gap"]) and pd.isna(found["verdict"])


def test_nobody_asked_for_gives_empty_tables():
    scores = pd.Series({"a": 1.0, "b": 2})
    assert peer_gaps.gap_to_peers(scores, PAIRS, [], standard_error=1.0).empty
    parts = pd.DataFrame({"x": [1.0, 2]}, index=["a", "b"])
    one = pd.Series({"x": 1.0})
    assert peer_gaps.part_gaps(parts, one, PAIRS, [], standard_errors=one).empty


def test_parts_without_a_coefficient_are_refused():
    parts = pd.DataFrame({"x": [1.0, 2]}, index=["a", "b"])
    with pytest.raises(RefusedInput, match="Part x"):
        peer_gaps.part_gaps(
            parts, pd.Series({"y": 1.0}), PAIRS, ["a"], standard_errors=pd.Series({"x": 1.0})
        )


@pytest.fixture(scope="module")
def field(release_2026):
    around = context(release_2026)
    return around, {"exact": around.exact, "categories": around.categories}


def test_every_government_has_a_context(field):
    around, _ = field
    assert len(around.numbers) == 508 and not around.numbers.isna().any().any()
    assert set(around.exact["level"]) == {"kabupaten", "kota"}


def test_peers_agree_with_a_plain_search(field):
    """Distances of Kota Blitar to every kota, computed one by one."""
    around, settings = field
    found = context_peers(around.numbers, **settings).of("35.72")
    z = (around.numbers - around.numbers.mean()) / around.numbers.std(ddof=0)
    share = around.categories["island_group"].value_counts(normalize=True)
    apart = 1 / np.sqrt((share * (1 - share)).sum())
    plain = {}
    for code in z.index:
        if code != "35.72" and around.exact.at[code, "level"] == "kota":
            squared = ((z.loc[code] - z.loc["35.72"]) ** 2).sum()
            here, there = (around.categories.at[c, "island_group"] for c in ("35.72", code))
            plain[code] = np.sqrt(squared + (2 * apart**2 if here != there else 0))
    nearest = pd.Series(plain).nsmallest(15)
    assert found.index.tolist() == nearest.index.tolist()
    assert found["distance"].tolist() == pytest.approx(nearest.tolist())


def test_a_category_counts_as_much_as_a_number():
    """Mean squared distance between two regions at random is two, as in a standard variable."""
    rng = np.random.default_rng(0)
    column = pd.Series(rng.choice(list("abcd"), 400, p=[0.5, 0.3, 0.15, 0.05]), name="island")
    marks = pd.get_dummies(column).to_numpy(float)
    layout = marks / np.sqrt(marks.var(axis=0).sum())
    squared = ((layout[:, None] - layout[None]) ** 2).sum(axis=2)
    assert squared.mean() == pytest.approx(2.0)
    numbers = pd.DataFrame({"x": rng.normal(size=400)})
    pairs = context_peers(numbers, categories=column.to_frame(), k=399).pairs
    assert (pairs["distance"] ** 2).sum() / 400**2 == pytest.approx(2.0 + 2.0)


def test_categories_that_are_all_alike_or_forbidden_are_refused(field):
    around, _ = field
    alike = pd.DataFrame({"island": "Jawa"}, index=around.numbers.index)
    with pytest.raises(RefusedInput, match="island"):
        context_peers(around.numbers, categories=alike)
    with pytest.raises(RefusedInput, match="island"):
        context_peers(around.numbers, categories=alike, forbidden=["island"])


def test_leaving_one_out_covers_numbers_and_categories(field):
    around, settings = field
    fewer = leave_one_out(around.numbers, **settings)
    assert set(fewer) == {"log_population", "ipm", "island_group"}
    plain = context_peers(around.numbers, exact=around.exact).pairs
    pd.testing.assert_frame_equal(
        fewer["island_group"][["region_code", "peer_code"]], plain[["region_code", "peer_code"]]
    )
    kept = peer_stability(around.numbers, **settings)
    whole = context_peers(around.numbers, **settings)
    both = set(whole.of("52.71").index) & set(
        plain.loc[plain["region_code"] == "52.71", "peer_code"]
    )
    assert kept.loc["52.71", "island_group"] == pytest.approx(len(both) / 15)


def test_split_of_the_pilots_adds_up_to_the_published_gap(field, national_2025):
    around, settings = field
    pairs = context_peers(around.numbers, **settings).pairs
    scores = spi.parts(national_2025.release).xs(2025, level="year")
    made = national_2025.rebuilt.xs(2025, level="year")
    table = scores[[*spi.PARTS, *spi.CORRECTIONS]].assign(residual=made["residual"])
    w = national_2025.weights
    factors = pd.Series([w.internal, w.external, w.expert, -1, -1, 1], index=table.columns)
    errors = pd.Series(1.0, index=table.columns)
    split = peer_gaps.part_gaps(table, factors, pairs, PILOTS, standard_errors=errors)
    for code, rows in split.groupby("region_code"):
        peers = pairs.loc[pairs["region_code"] == code, "peer_code"]
        gap = scores.at[code, "spi"] - scores.loc[peers, "spi"].mean()
        assert rows["contribution"].sum() == pytest.approx(gap, abs=1e-9)
        expert = rows.set_index("part").loc["spi_expert"]
        plain = w.expert * (scores.at[code, "spi_expert"] - scores.loc[peers, "spi_expert"].mean())
        assert expert["contribution"] == pytest.approx(plain)


def test_readings_are_the_gaps_one_by_one():
    scores = pd.Series({"a": 80.0, "b": 70, "c": 72, "d": 74, "e": 90})
    ways = {"all": PAIRS, "three": PAIRS.iloc[:3]}
    found = peer_gaps.gap_readings(scores, ways, ["a"], standard_error=2.0)
    assert found["reading"].tolist() == ["all", "three"]
    assert found["peer_median"].tolist() == [73.0, 72.0]
    assert set(found["verdict"]) <= {profile.ABOVE, profile.CANNOT_TELL, profile.BELOW}
