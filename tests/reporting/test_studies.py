"""What a report is about: one region, or several."""

import pandas as pd
import pytest

from anticorruption import regions, release
from anticorruption.errors import RefusedInput
from anticorruption.programme import screening
from anticorruption.reporting import studies


@pytest.fixture(scope="module")
def study(national_2025):
    """Opens the study of a region."""
    return lambda code: studies.region(national_2025, code)


def test_a_region_is_opened_by_code_or_name(study):
    assert study("35.72").code == study("Pemkot Blitar").code == study("35.72 ").code == "35.72"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("Blitar", "could mean: 35.05 Kabupaten Blitar; 35.72 Kota Blitar"),
        ("99.99", "is not the name or code"),
        ("", "is not the name or code"),
        ("31.71", "without a government of its own; ask for 31 instead"),
        ("31.01", "without a government of its own"),
        ("<script>", "is not the name or code"),
        ("00", "is not the name or code"),
    ],
)
def test_what_is_no_government_is_refused(study, asked, words):
    with pytest.raises(RefusedInput) as refused:
        study(asked)
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_all_six_areas_of_jakarta_are_refused_and_jakarta_is_not(study):
    table = regions.table()
    areas = table.index[~table["has_government"]]
    assert len(areas) == 6
    for code in areas:
        with pytest.raises(RefusedInput, match="ask for 31 instead"):
            study(code)
    assert study("31").is_province


def test_fellows_are_the_governments_of_the_province(study):
    assert len(study("35.72").fellows) == 38 and not study("35.72").is_province
    assert all(code.startswith("35.") for code in study("35.72").fellows)
    assert len(study("35.72").nationwide) == 508


def test_fellows_of_a_province_are_the_provinces(study):
    jatim = study("35")
    assert jatim.is_province and jatim.province_code == "35"
    assert len(jatim.fellows) == len(jatim.nationwide) == 38


def test_places_count_who_scored_higher(study, national_2025):
    blitar = study("35.72")
    for year, place in blitar.standing.iterrows():
        near = national_2025.panel[year].reindex(blitar.fellows).dropna()
        assert place["near_rank"] == 1 + (near > near["35.72"]).sum()
        assert place["near_count"] == len(near)
        every = national_2025.panel[year].reindex(blitar.nationwide).dropna()
        assert place["all_rank"] == 1 + (every > every["35.72"]).sum()
        assert place["all_count"] == len(every)


def test_no_place_stands_without_an_interval_around_it(study):
    for code in ("35.72", "95.04", "71.07", "35", "31", "33.09"):
        for _, place in study(code).standing.iterrows():
            for group in ("near", "all"):
                low, rank, high = (place[f"{group}_{edge}"] for edge in ("low", "rank", "high"))
                assert 1 <= low <= rank <= high <= place[f"{group}_count"]
        assert (study(code).standing["all_low"] < study(code).standing["all_high"]).all()


def test_a_withheld_score_is_no_score(study):
    boyolali = study("33.09")
    assert list(boyolali.scores.index) == [2021, 2022, 2024, 2025]
    assert list(boyolali.standing.index) == [2021, 2022, 2024, 2025]
    assert boyolali.spi.at[2023, "withheld"] and not boyolali.spi.at[2024, "withheld"]


def test_the_flag_of_2022_is_where_the_parts_do_not_explain_the_score(study):
    assert list(study("52.71").spi.index[study("52.71").spi["unexplained"]]) == [2022]
    assert not study("35.72").spi["unexplained"].any()


def test_eight_criteria_are_answered_and_counted(study):
    for code in ("35.72", "52.71", "95.04"):
        answers = study(code).criteria["answer"]
        assert len(answers) == 8
        overall = study(code).overall
        assert [overall[key] for key in ("met", "not_met", "unknown")] == [
            (answers == key).sum() for key in ("met", "not_met", "unknown")
        ]
    assert study("95.04").overall["answer"] == screening.NOT_MET


def test_a_province_is_not_screened(study):
    with pytest.raises(RefusedInput, match="the criteria are for kabupaten and kota"):
        study("35").criteria.empty  # noqa: B018


def test_other_readings_are_told_only_for_the_criteria_they_change(study, national_2025):
    rows = study("35.72").variants
    programme = national_2025.programme
    told = {(row.criterion, row.variant) for row in rows.itertuples()}
    assert told == {(c.id, t.variant) for c in programme.criteria for t in c.variants}
    assert set(rows["variant"]) == set(programme.variants()[1:])
    assert rows["overall_answer"].isin(["met", "not_met", "unknown"]).all()


def test_results_are_of_the_latest_edition_as_a_pilot(study):
    assert study("35.72").result["final_score"] == 92.15
    assert pd.isna(study("51.03").result["final_score"])
    assert study("95.04").result is None
    assert study("33.13").result is None and not study("33.13").pilots.empty


def test_an_observation_knows_its_measure_and_year(study):
    own = study("35.72").observation("spi", 2024)
    assert (own["measure_id"], own["year"], own["value"]) == ("spi", 2024, 77.1)
    assert study("35.72").observation("spi", 1999) is None
    assert study("95.04").latest("mcp") is None
    assert study("35.72").latest("spi")["year"] == 2025


def test_an_interim_reading_is_never_the_latest_value(study):
    assert study("13.76").latest("mcp") is None
    assert study("13.76").observation("mcp", 2024) is None
    assert study("35.72").latest("pilot_score")["value"] == 92.15


def test_a_comparison_keeps_the_order_asked_for(national_2025):
    asked = ["Kota Mataram", "35", "35.72"]
    study = studies.comparison(national_2025, asked)
    assert study.codes == ["52.71", "35", "35.72"]
    assert [each.code for each in study.local] == ["52.71", "35.72"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["35.72", "Kota Blitar"], "35.72 Kota Blitar is named twice"),
        (["35.72", "52.71", "35.72"], "named twice"),
        (["35.72"], "at least two regions"),
        ([], "at least two regions"),
        (["35.72", "Bandung"], "could mean"),
        (["35.72", "31.74"], "without a government of its own"),
    ],
)
def test_comparisons_that_make_no_sense_are_refused(national_2025, asked, words):
    with pytest.raises(RefusedInput, match=words):
        studies.comparison(national_2025, asked)


def test_an_edition_that_is_not_there_is_refused(release_2026):
    with pytest.raises(RefusedInput):
        studies.national(release_2026, 2019)


def test_both_editions_open(release_2026):
    for edition in (2024, 2025):
        nation = studies.national(release_2026, edition)
        assert studies.region(nation, "35.72").edition == edition
        assert len(studies.region(nation, "35.72").criteria) == 8


def test_the_noise_of_the_panel_is_plausible(national_2025):
    noise = national_2025.noise
    assert 1 < noise.low < noise.standard_error < noise.high < 6
    weights = national_2025.weights.as_array()
    assert weights.sum() == pytest.approx(1, abs=0.01)
    assert national_2025.weights.largest_residual <= 0.03


# Shared figures


def test_shared_figures_are_computed_once_until_a_table_changes(data_copy):
    first = studies.national(release.load(), 2025)
    assert studies.national(release.load(), 2025) is first
    assert studies.national(release.load(), 2024) is not first
    line = int(first.release.value("35.72", "spi", 2025)["row"])
    data_copy.set("observations", line, value="11.11")
    changed = studies.national(release.load(), 2025)
    assert changed is not first
    assert changed.panel.at["35.72", 2025] == 11.11 != first.panel.at["35.72", 2025]


def test_a_region_gets_the_same_answers_alone_and_from_all(national_2025):
    warm = studies.warm(studies.National(national_2025.release, national_2025.programme))
    cold = studies.National(national_2025.release, national_2025.programme)
    for code in ("35.72", "33.09", "95.04"):
        for variant in warm.programme.variants():
            alone, among = cold.answers(code, variant), warm.answers(code, variant)
            assert (
                alone.astype(object)
                .where(alone.notna(), None)
                .equals(among.astype(object).where(among.notna(), None))
            )
