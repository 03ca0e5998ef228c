"""Regions beside nation and peers: pages for pilots, provinces and withheld scores."""

import re

import pandas as pd
import pytest

from anticorruption.comparison.profile import ABOVE, BELOW, CANNOT_TELL
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.reporting import neighbourhood, neighbours, studies
from anticorruption.reporting.display import Page

PILOTS = ["33.72", "13.76", "34.01", "51.03", "35.72", "52.71", "71.07"]


@pytest.fixture(scope="module")
def near(national_2025):
    return neighbourhood.around(studies.comparison(national_2025, PILOTS))


@pytest.fixture
def page(release_2026):
    return Page(release_2026, Language("en"))


def _scores(release, year):
    chosen = release.chosen.xs("spi", level="measure_id").xs(year, level="year")
    return chosen.loc[~chosen["withheld"], "value"]


def test_latest_year_and_fifteen_peers_by_default(near):
    assert (near.year, near.number) == (2025, 15)


def test_distance_is_that_of_the_released_figures(near, release_2026):
    """Median of the 508 governments, from the table of observations alone."""
    scores = _scores(release_2026, 2025)
    local = scores[[len(code) == 5 for code in scores.index]]
    own = near.distances.set_index(["part", "region_code"])["distance"]
    assert len(local) == 508
    assert own["spi", "71.07"] == pytest.approx(scores["71.07"] - local.median())


def test_gap_is_that_of_the_released_figures(near, release_2026):
    scores = _scores(release_2026, 2025)
    for code in PILOTS:
        peers = near.peers.of(code).index
        assert near.gaps.at[code, "gap"] == pytest.approx(scores[code] - scores[peers].median())
        total = near.mean_gaps.at[code, "contribution"]
        assert total == pytest.approx(scores[code] - scores[peers].mean(), abs=1e-9)


def test_no_score_of_kpk_is_matched_on(near):
    matched = {*near.context.numbers, *near.context.exact, *near.context.categories}
    assert not matched & set(near.scores.columns)


def test_every_score_has_its_interval_beside_it(page, near):
    for listing in (neighbours.strengths, neighbours.gaps, neighbours.gap_parts):
        _, columns, _ = listing(page, near)
        keys = [column.key for column in columns]
        for stem in ("distance", "robust", "gap", "contribution"):
            if stem in keys:
                place = keys.index(stem)
                assert keys[place + 1 : place + 3] == [f"{stem}_low", f"{stem}_high"]


def test_sentences_name_only_what_is_clear(page, near):
    told = {
        re.match(r"[^:]+", each)[0]: str(each) for each in neighbours.strengths_told(page, near)
    }
    assert len(told) == 7
    assert "no part can be told apart" in told["Mataram City"]
    assert told["Blitar City"].endswith("with internal respondents and experts.")


def test_provinces_have_a_nation_and_no_peers(page, national_2025):
    study = studies.comparison(national_2025, ["31", "35", "35.72"])
    near = neighbourhood.around(study)
    provinces = near.distances[near.distances["region_code"] == "31"]
    assert provinces["median"].notna().all() and near.local_codes == ["35.72"]
    _, _, rows = neighbours.peers(page, near)
    assert [row["peers"].tone for row in rows] == ["missing", "missing", ""]
    only = neighbourhood.around(studies.comparison(national_2025, ["31", "35"]))
    assert only.gaps.empty and only.split.empty
    assert neighbours.gaps_picture(page, only) is None
    assert neighbours.gap_parts_picture(page, only) is None
    assert neighbours.gap_parts(page, only)[2] == neighbours.gaps(page, only)[2] == []


def test_parts_of_a_withheld_score_are_withheld_with_it(page, national_2025):
    study = studies.comparison(national_2025, ["33.09", "35.72"])
    near = neighbourhood.around(study, 2023)
    _, _, rows = neighbours.strengths(page, near)
    own = [row for row in rows if row["region"].value == "33.09"]
    assert {row["value"].text for row in own} == {"withheld"}
    assert all(pd.isna(near.gaps.loc["33.09", key]) for key in ("gap", "verdict"))
    assert "33.09" not in set(near.split["region_code"])


@pytest.mark.parametrize(("year", "number"), [(2019, 15), ("2025", 15), (2025, 2), (2025, "15")])
def test_impossible_years_and_numbers_are_refused(national_2025, year, number):
    with pytest.raises(RefusedInput, match=str(year if number == 15 else number)):
        neighbourhood.around(studies.comparison(national_2025, PILOTS), year, number)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_part_can_be_shown(release_2026, near, language, capsys):
    page = Page(release_2026, Language(language))
    for listing in (neighbours.strengths, neighbours.peers, neighbours.gaps, neighbours.gap_parts):
        page.table(*listing(page, near))
    for picture in ("strengths_picture", "gaps_picture", "gap_parts_picture"):
        page.picture(getattr(neighbours, picture)(page, near))
    page.text(neighbours.by_chance(page, near), neighbours.how_peers_are_found(page, near))


@pytest.mark.parametrize(
    ("word", "told"),
    [
        (ABOVE, "▲ clearly above"),
        (CANNOT_TELL, "· cannot tell"),
        (BELOW, "▼ clearly below"),
        (None, "not published"),
    ],
)
def test_each_verdict_has_its_sign_and_its_word(word, told):
    cell = neighbours.verdict(Language("en"), word)
    assert (cell.text, cell.value) == (told, word)


def test_differences_are_told_with_their_sign_and_levels_without():
    row = {"gap": -1.5, "gap_low": -3.0, "gap_high": 2.0, "gap_error": 1.2, "peer_median": 70.0}
    cells = neighbours._numbers(Language("en"), row, tuple(row))
    assert {key: cell.value for key, cell in cells.items()} == row
    assert [cell.text for cell in cells.values()] == ["−1.50", "−3.00", "+2.00", "1.20", "70.00"]
    (lost,) = neighbours._numbers(Language("en"), {"gap": float("nan")}, ("gap",)).values()
    assert (lost.text, lost.value, lost.tone) == ("not published", None, "missing")


def test_the_ends_of_an_interval_stand_under_their_own_headings():
    columns = neighbours._with_ends(Language("en"), "gap", "Gap")
    assert [(column.key, column.title) for column in columns] == [
        ("gap", "Gap"), ("gap_low", "low"), ("gap_high", "high"),
    ]  # fmt: skip
