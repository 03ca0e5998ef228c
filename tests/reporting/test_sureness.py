"""How sure a place is: pages for pilots, provinces, mixed and long lists, and for too few."""

import pandas as pd
import pytest

from anticorruption.comparison.profile import CANNOT_TELL
from anticorruption.comparison.recipes import Recipes
from anticorruption.language import Language
from anticorruption.reporting import studies, sureness
from anticorruption.reporting.display import Page

SEVEN = ["33.72", "13.76", "34.01", "51.03", "35.72", "52.71", "71.07"]


@pytest.fixture(scope="module")
def seven(national_2025):
    return studies.comparison(national_2025, SEVEN)


@pytest.fixture
def page(release_2026):
    return Page(release_2026, Language("en"))


def test_every_place_has_its_low_and_high_end_beside_it(page, seven):
    _, columns, rows = sureness.places(page, seven)
    keys = [column.key for column in columns]
    for stem in ("noise", "choice"):
        assert keys.index(f"{stem}_high") == keys.index(f"{stem}_low") + 1
    assert [row["region"].value for row in rows] == SEVEN
    for row in rows:
        assert row["noise_low"].value <= row["rank"].value <= row["noise_high"].value
        assert row["choice_low"].value <= row["choice_median"].value <= row["choice_high"].value
        assert row["score"].row and row["score"].sources


def test_the_list_changes_no_place(page, national_2025, seven):
    two = studies.comparison(national_2025, ["35.72", "11.01"])
    own = next(row for row in sureness.places(page, seven)[2] if row["region"].value == "35.72")
    assert sureness.places(page, two)[2][0] == own


def test_short_lists_are_told_why_they_are_no_field_of_their_own(page, national_2025, seven):
    assert "needs at least 10" in sureness.how(page, seven)[-1]
    long = studies.comparison(national_2025, [f"35.{n:02d}" for n in range(1, 12)])
    assert "refused" not in sureness.how(page, long)[-1]


def test_provinces_are_placed_among_provinces(page, national_2025):
    mixed = studies.comparison(national_2025, ["35", "34", "35.72"])
    assert sureness.levels(mixed) == ["local", "province"]
    counts = {row["region"].value: row["count"].value for row in sureness.places(page, mixed)[2]}
    assert counts == {"35": 38, "34": 38, "35.72": 508}
    assert {row["region"].value for row in sureness.told_apart(page, mixed)[2]} == {"35", "34"}
    assert len(sureness.pairs(page, mixed)) == 1
    chart, *_ = sureness.picture(page, mixed, "province")
    assert len(chart.axes[0].get_yticklabels()) == 2


def test_pairs_are_those_that_noise_and_recipes_both_order(page, seven, national_2025):
    field = national_2025.local_recipes
    limit = 1.6448536 * 2**0.5 * national_2025.noise.standard_error
    ranks = pd.DataFrame(-field.every.scores, index=field.every.regions).rank(method="min")
    both = 0
    for one in SEVEN:
        for other in SEVEN:
            lead = field.published[one] - field.published[other] > limit
            kept = (ranks.loc[one] < ranks.loc[other]).mean() >= 0.95
            both += bool(lead and kept)
    (told,) = sureness.pairs(page, seven)
    assert f"and {both} do both" in told and "Of 21 pairs" in told
    named = sureness.told_apart(page, seven)[2]
    for row in named:
        own = field.published[row["region"].value]
        assert all(field.published[c] > own for c in row["above"].value.split("; ") if c)
        assert all(field.published[c] < own for c in row["below"].value.split("; ") if c)
    assert sum(bool(row["above"].value) * len(row["above"].value.split("; ")) for row in named) == (
        both
    )
    assert all(
        row["open"].value
        == 6 - sum(len([c for c in row[k].value.split("; ") if c]) for k in ("above", "below"))
        for row in named
    )


def test_findings_count_the_verdicts_of_the_table(page, seven):
    words = [row["verdict"].value for row in sureness.places(page, seven)[2]]
    (told,) = sureness.findings(page, seven)
    assert f"of {words.count(CANNOT_TELL)} one cannot tell" in told


def test_too_few_governments_are_said_so_and_nothing_is_hidden(page, national_2025):
    full = national_2025.province_recipes
    few = full.scores[full.scores.index.get_level_values("region_code").isin(["34", "35", "36"])]
    small = Recipes(few, full.weights, full.errors, 2025)
    nation = studies.National(national_2025.release, national_2025.programme)
    nation.__dict__["province_recipes"] = small
    study = studies.comparison(nation, ["34", "35"])
    assert "fewer than 10 have a score" in sureness.how(page, study)[0]
    assert sureness.picture(page, study, "province") is None
    assert [row["score"].text for row in sureness.places(page, study)[2]] == ["not compared"] * 2
    assert sureness.told_apart(page, study)[2] == sureness.findings(page, study) == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_reads_in_both_languages(release_2026, seven, language):
    page = Page(release_2026, Language(language))
    chart, caption, alt, sources = sureness.picture(page, seven, "local")
    assert chart.axes and caption and alt.endswith(".") and sources
    assert sureness.reading(page.say)
    english = "recipe" in caption
    assert english == (language == "en")
