"""What if: the default screen is the published one, and every other one is recomputed."""

import json
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from anticorruption import spi
from anticorruption.comparison.ranks import rank_intervals
from anticorruption.errors import RefusedInput
from anticorruption.programme import screening
from anticorruption.reporting import neighbourhood, studies, whatif
from anticorruption.reporting.whatif import Choices

CHOICES = Choices("35.72", 2025)
#: MCP is published for some of its peers alone.
WITH_MCP = replace(CHOICES, weights=(30.0, 30.0, 30.0, 10.0))


@pytest.fixture(scope="module")
def ground(national_2025):
    return whatif.ground(national_2025)


@pytest.fixture
def screen(ground):
    return lambda choices: whatif.screen(ground, choices)


def test_without_a_choice_the_scores_are_the_published_ones(ground, screen):
    shown = screen(CHOICES)
    panel = ground.nation.panel[2025].reindex(shown.codes)
    pd.testing.assert_series_equal(shown.scores["score"], panel, check_names=False)
    assert (shown.scores["change"] == 0).all()
    places = rank_intervals(panel, ground.nation.noise.standard_error, coverage=0.9)
    found = shown.scores[["place", "place_low", "place_high"]].to_numpy()
    assert (found == places.to_numpy()).all()


def test_peers_and_gap_are_those_of_the_studies(ground, screen):
    nation = ground.nation
    study = studies.comparison(nation, ["35.72", "34.01"])
    near = neighbourhood.around(study, 2025, 15)
    shown = screen(CHOICES)
    assert shown.codes[1:] == list(near.peers.of("35.72").index)
    theirs = near.gaps.loc["35.72"]
    wanted = [theirs["gap"], theirs["gap_low"], theirs["gap_high"]]
    assert shown.gap[["gap", "low", "high"]].astype(float).tolist() == pytest.approx(wanted)
    assert shown.gap["verdict"] == theirs["verdict"]


def test_own_weights_move_the_published_score_by_what_the_parts_differ(ground, screen):
    weights = np.array([50.0, 30.0, 20.0])
    shown = screen(replace(CHOICES, weights=(*weights, 0.0)))
    scores = ground.nation.scores.xs(2025, level="year").loc[shown.codes]
    change = weights / 100 - ground.nation.weights.as_array()
    by_hand = scores["spi"] + scores[list(spi.PARTS)] @ change
    assert shown.scores["score"].to_numpy() == pytest.approx(by_hand.to_numpy())
    assert shown.shares.tolist() == pytest.approx([0.5, 0.3, 0.2, 0.0])


def test_only_ratios_of_weights_count(screen):
    one = screen(replace(CHOICES, weights=(3.0, 2.0, 5.0, 0.0))).scores
    other = screen(replace(CHOICES, weights=(30.0, 20.0, 50.0, 0.0))).scores
    pd.testing.assert_frame_equal(one, other)


def test_a_missing_figure_leaves_bounds_and_nobody_a_place_of_one_number(screen):
    shown = screen(WITH_MCP)
    missing = shown.figures["mcp"].isna()
    assert 0 < missing.sum() < len(missing)
    table = shown.scores
    width = table["bound_high"] - table["bound_low"]
    assert width[missing].to_numpy() == pytest.approx(10.0)  # a tenth of the scale of MCP
    assert width[~missing].to_numpy() == pytest.approx(0.0)
    assert table.loc[missing, "score"].isna().all() and table["score"].notna().sum() > 0
    assert table["place"].isna().all() and shown.nationwide.isna()["rank"]
    assert (table["place_low"] <= table["place_high"]).all()


def test_bounds_hold_whatever_the_missing_figures_are(screen):
    shown = screen(WITH_MCP)
    rng = np.random.default_rng(7)
    survey = shown.scores["bound_low"] - 0.1 * shown.figures["mcp"].fillna(0)
    for _ in range(50):
        drawn = pd.Series(rng.uniform(0, 100, len(survey)), survey.index)
        score = survey + 0.1 * shown.figures["mcp"].fillna(drawn)
        place = score.rank(ascending=False, method="min")
        assert (place >= shown.scores["place_low"]).all()
        assert (place <= shown.scores["place_high"]).all()
        gap = score.iloc[0] - score.iloc[1:].median()
        assert shown.gap["low"] <= gap <= shown.gap["high"]


def test_a_relative_scale_runs_from_the_lowest_to_the_highest_shown(screen):
    shown = screen(replace(CHOICES, scale="relative", weights=(0.0, 0.0, 1.0, 0.0)))
    assert shown.few is None and shown.nationwide is None
    assert (shown.scores["score"].min(), shown.scores["score"].max()) == (0.0, 100.0)
    assert shown.scores["change"].isna().all()


def test_a_relative_scale_refuses_fewer_than_ten_regions(screen):
    eight = screen(replace(CHOICES, scale="relative", number_of_peers=8))
    assert eight.few == ("spi_internal", 9) and eight.scores.empty
    assert eight.gap["verdict"] is None
    nine = screen(replace(CHOICES, scale="relative", number_of_peers=9))
    assert nine.few is None and len(nine.scores) == 10
    sparse = screen(replace(WITH_MCP, scale="relative"))
    assert sparse.few[0] == "mcp" and sparse.few[1] < 10


def test_thresholds_answer_as_screening_does(ground, screen):
    nation = ground.nation
    shown = screen(replace(CHOICES, spi_rule="above", spi_threshold=70.0, wtp_years=1))
    for criterion, variant in (("spi", "spi-above-70"), ("bpk", "wtp-latest"), ("mcp", "base")):
        reading = screening.screen(nation.release, nation.programme, shown.codes, variant)
        theirs = reading[reading["criterion"] == criterion]["answer"].tolist()
        assert shown.answers[shown.answers["criterion"] == criterion]["answer"].tolist() == theirs
    assert shown.published_reading("spi") == "sinarperbatasan-24a958"
    assert list(shown.answers["region_code"].unique()) == shown.codes


def test_the_base_thresholds_turn_no_verdict_and_a_hard_one_closes_many(screen):
    assert screen(CHOICES).turned.tolist() == [0, 0]
    hard = screen(replace(CHOICES, spi_threshold=100.0))
    assert hard.published_reading("spi") == "" and hard.turned["opened"] == 0
    assert hard.counts.loc["all", "not_met"] == 508 == hard.counts.loc["spi", "not_met"]
    easy = screen(replace(CHOICES, spi_threshold=0.0, mcp_threshold=0.0))
    assert easy.counts.loc["spi", "not_met"] == 0 and easy.turned["opened"] > 0
    assert (easy.counts.sum(axis=1) == 508).all()


def test_a_mark_is_reached_missed_or_unknown(screen):
    table = screen(replace(CHOICES, pass_mark=94.75)).marks.set_index("region_code")
    assert table.at["13.76", "answer"] == "met" and table.at["13.76", "margin"] == 0
    assert table.at["35.72", "answer"] == "not_met"
    assert table.at["51.03", "answer"] == "unknown"  # its final score is not published


def test_a_withheld_score_stays_withheld(screen):
    shown = screen(Choices("33.09", 2023))
    assert np.isnan(shown.scores["score"].iloc[0]) and shown.nationwide is None
    assert shown.scores["score"].iloc[1:].notna().all()


def test_own_peers_are_kept_in_their_order_and_may_be_named(screen):
    shown = screen(replace(CHOICES, peers=("Kota Kediri", "34.01")))
    assert shown.codes == ["35.72", "35.71", "34.01"]
    assert shown.gap["verdict"] is None  # two peers have no median to be told from


def test_a_recipe_brings_the_same_screen_back(ground, screen):
    asked = replace(WITH_MCP, peers=("34.01", "33.72", "13.76"), spi_threshold=69.5, year=2024)
    text = whatif.recipe(screen(asked))
    read, about = whatif.read_recipe(text)
    again = screen(read)
    assert again.choices == screen(asked).choices
    pd.testing.assert_frame_equal(again.scores, screen(asked).scores)
    assert whatif.recipe(again) == text and whatif.differing(again, about) == []
    assert whatif.differing(again, about | {"data_sha256": "0", "code": "x"}) == [
        "data_sha256",
        "code",
    ]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[:40], "not readable as JSON"),
        (lambda text: "[" * 5000, "not readable as JSON"),
        (lambda text: "[]", "not a recipe"),
        (lambda text: text.replace(whatif.FORMAT, "other"), "not a recipe"),
        (lambda text: text + " " * 30_000, "too long"),
        (lambda text: text.replace('"year"', '"yaer"'), "no choice 'yaer'"),
        (lambda text: text.replace('"year"', f'"{"9" * 5_000}"'), "no choice '9999"),
        (lambda text: text.replace('"peers": []', '"peers": "34.01"'), "must be a list"),
        (lambda text: text.replace('"weights": []', '"weights": ["1"]'), "must be a number"),
        (lambda text: text.replace('"peers": []', f'"peers": "{"x" * 5_000}"'), "must be a list"),
        (lambda text: json.dumps({"format": whatif.FORMAT, "choices": {}}), "is missing"),
        (lambda text: json.dumps({"format": whatif.FORMAT}), "'choices' are missing"),
    ],
)
def test_what_is_no_recipe_is_refused_in_a_sentence(screen, spoil, said):
    with pytest.raises(RefusedInput, match=said) as refusal:
        whatif.read_recipe(spoil(whatif.recipe(screen(CHOICES))), "my.json")
    assert str(refusal.value).startswith(("my.json: ", "peers", "weights"))
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"region": "35"}, "not a kabupaten or kota"),
        ({"region": 35.72}, "region: 35.72 is not"),
        ({"region": "31.71"}, "not a kabupaten or kota"),
        ({"year": 1999}, "year is 1999"),
        ({"year": True}, "year is True"),
        ({"peers": ("35.72",)}, "the region itself"),
        ({"peers": ("34.01", "34.01")}, "named twice"),
        ({"number_of_peers": 2}, "whole number from 3 to 50"),
        ({"number_of_peers": 9.0}, "whole number"),
        ({"weights": (1, 2, 3)}, "there are 4"),
        ({"weights": (0, 0, 0, 0)}, "all are zero"),
        ({"weights": (1, -1, 1, 0)}, "weights is -1"),
        ({"weights": (1, float("nan"), 1, 0)}, "weights is nan"),
        ({"scale": "z"}, "choose one of points, relative"),
        ({"spi_rule": "below"}, "choose one of at_least, above"),
        ({"spi_threshold": 101.0}, "from 0 to 100"),
        ({"mcp_threshold": "75"}, "must be a number"),
        ({"wtp_years": 0}, "from 1 to 5"),
        ({"pass_mark": float("inf")}, "must be a number"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_a_sentence(screen, changed, said):
    with pytest.raises(RefusedInput, match=said):
        screen(replace(CHOICES, **changed))


def test_values_of_a_notebook_are_choices():
    values = asdict(CHOICES) | {"peers": [], "weights": []}
    assert whatif.of_values(values) == CHOICES
