"""The charts of a report with their words."""

import re

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from anticorruption import charts
from anticorruption.language import Language
from anticorruption.reporting import pictures, studies
from anticorruption.reporting.display import Page

SEVEN = ["13.76", "33.72", "34.01", "51.03", "35.72", "52.71", "71.07"]


def title_of(chart: Figure) -> str:
    return " ".join(chart.get_suptitle().split())


@pytest.fixture
def drawn(national_2025):
    """Draws a picture of a region."""

    def draw(picture, code, language="en"):
        page = Page(national_2025.release, Language(language))
        return picture(page, studies.region(national_2025, code))

    return draw


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("code", ["35.72", "52.71", "33.09", "95.04", "35", "31", "96"])
@pytest.mark.parametrize("picture", [pictures.trend, pictures.making, pictures.nearby])
def test_pictures_have_title_caption_alternative_and_known_sources(
    drawn, documents, picture, code, language
):
    chart, caption, alt, sources = drawn(picture, code, language)
    assert isinstance(chart, Figure) and title_of(chart)
    assert caption and len(alt) > 20 and not re.search(r"[{}]|nan", caption + alt)
    assert sources and set(sources) <= set(documents)
    if language == "id":
        assert not re.search(r"\b(the|and|of|points)\b", title_of(chart) + caption + alt)


def test_the_alternative_of_the_trend_tells_every_score(drawn):
    alt = drawn(pictures.trend, "35.72")[2]
    for said in ("2021: 82.28", "2022: 81.80", "2023: 82.48", "2024: 77.10", "2025: 77.34"):
        assert said in alt


def test_a_withheld_score_is_in_no_picture(drawn):
    for picture in (pictures.trend, pictures.making, pictures.nearby):
        chart, caption, alt, _ = drawn(picture, "33.09")
        texts = [text.get_text() for text in chart.findobj(Text)]
        assert len(texts) > 5 and "89.6" not in " ".join([alt, caption, *texts])


def test_the_title_says_on_which_side_of_the_median_it_stood(drawn, national_2025):
    local = studies.region(national_2025, "35.72").nationwide
    medians = national_2025.panel.reindex(local).median()
    for code in ("35.72", "95.04"):
        score = national_2025.panel.at[code, 2025]
        side = "above" if score >= medians[2025] else "below"
        said = title_of(drawn(pictures.trend, code)[0])
        assert f"{abs(score - medians[2025]):.1f} points {side} the median in 2025" in said


def test_what_corrections_took_adds_up(drawn, national_2025):
    for code in ("35.72", "52.71", "95.04", "35"):
        own = studies.region(national_2025, code).spi.loc[2025]
        said = title_of(drawn(pictures.making, code)[0])
        taken = own["before_corrections"] - own["published"]
        found = float(re.search(r"took ([\d.]+) points off the SPI of 2025", said).group(1))
        assert found == pytest.approx(taken, abs=0.04)


def test_the_place_in_the_title_comes_with_its_interval(drawn, national_2025):
    place = studies.region(national_2025, "35.72").standing.loc[2025]
    said = title_of(drawn(pictures.nearby, "35.72")[0])
    assert said == (
        f"Place {place['near_rank']} of {place['near_count']}, but noise allows "
        f"{place['near_low']} to {place['near_high']}"
    )


def test_a_region_alone_in_its_province_is_drawn_too(drawn):
    assert drawn(pictures.nearby, "31")[0] is not None


def test_nothing_is_drawn_where_nothing_is_published(national_2025, monkeypatch):
    page = Page(national_2025.release, Language("en"))
    study = studies.region(national_2025, "95.04")
    monkeypatch.setitem(study.__dict__, "scores", study.scores.iloc[:0])
    monkeypatch.setitem(study.__dict__, "spi", study.spi.iloc[:0])
    assert pictures.making(page, study) is None
    assert pictures.nearby(page, study) is None
    assert pictures.trend(page, study)[0] is not None


@pytest.mark.parametrize("codes", [SEVEN, ["35.72", "95.04"], ["35", "31"], ["33.09", "35"]])
@pytest.mark.parametrize("picture", [pictures.paths, pictures.in_order])
def test_pictures_of_a_comparison(national_2025, documents, picture, codes):
    page = Page(national_2025.release, Language("en"))
    chart, caption, alt, sources = picture(page, studies.comparison(national_2025, codes))
    assert isinstance(chart, Figure) and caption and set(sources) <= set(documents)
    for code in codes:
        assert f"{national_2025.panel.at[code, 2025]:.2f}" in alt


def test_pairs_are_told_apart_by_the_noise_of_a_difference(national_2025):
    page = Page(national_2025.release, Language("en"))
    chart, caption, *_ = pictures.in_order(page, studies.comparison(national_2025, SEVEN))
    scores = list(national_2025.panel[2025].reindex(SEVEN))
    limit = 1.645 * 2**0.5 * national_2025.noise.standard_error
    apart = sum(abs(a - b) > limit for n, a in enumerate(scores) for b in scores[:n])
    assert title_of(chart) == f"{apart} of 21 pairs can be told apart in the SPI of 2025"
    assert f"more than {limit:.1f} points" in caption


def test_the_same_picture_is_drawn_with_the_same_bytes(drawn):
    for picture in (pictures.trend, pictures.making, pictures.nearby):
        first, again = (charts.svg(drawn(picture, "52.71")[0]) for _ in range(2))
        assert first == again and "<dc:date>" not in first
