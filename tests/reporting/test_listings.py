"""The tables of a report."""

import pytest

from anticorruption.language import Language
from anticorruption.reporting import listings, side_by_side, studies
from anticorruption.reporting.display import Cell, Page

REGION_TABLES = (
    listings.criteria, listings.spi_by_year, listings.standing, listings.mcp, listings.interim,
    listings.opinions, listings.others, listings.programme, listings.gaps, listings.disagreements,
)  # fmt: skip
COMPARISON_TABLES = (
    side_by_side.latest, side_by_side.surveys, side_by_side.criteria,
    side_by_side.results, side_by_side.gaps,
)  # fmt: skip


@pytest.fixture
def rows(national_2025):
    """Rows of a table of a region: the text of each cell by the key of its column."""

    def made(table, code, language="en"):
        page = Page(national_2025.release, Language(language))
        _, _, cells = table(page, studies.region(national_2025, code))
        return [{key: _text(cell) for key, cell in row.items()} for row in cells]

    return made


@pytest.fixture(scope="module")
def seven(national_2025):
    """Comparison of the seven pilots."""
    codes = ["13.76", "33.72", "34.01", "51.03", "35.72", "52.71", "71.07"]
    return studies.comparison(national_2025, codes)


def _text(cell) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def check_shape(caption, columns, cells) -> None:
    keys = [column.key for column in columns]
    assert caption and len(set(keys)) == len(keys)
    assert all(column.title and column.kind in ("text", "number") for column in columns)
    assert all(keys[0] in row and len(set(keys) & set(row)) > 1 for row in cells)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("code", ["35.72", "52.71", "33.09", "95.04", "35", "31"])
def test_every_table_fits_its_columns(national_2025, code, language):
    page = Page(national_2025.release, Language(language))
    study = studies.region(national_2025, code)
    for table in REGION_TABLES:
        if not (study.is_province and table is listings.criteria):
            check_shape(*table(page, study))
    if study.is_province:
        check_shape(*listings.beside_provinces(page, study))


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_table_of_a_comparison_fits_its_columns(national_2025, seven, language):
    for table in COMPARISON_TABLES:
        check_shape(*table(Page(national_2025.release, Language(language)), seven))


@pytest.mark.parametrize("code", ["35.72", "13.76", "52.71", "33.72", "71.07", "35", "95.04"])
def test_linked_cells_print_what_their_line_says(national_2025, code):
    page, study = Page(national_2025.release, Language("en")), studies.region(national_2025, code)
    observations = national_2025.release.observations
    for table in REGION_TABLES:
        if study.is_province and table is listings.criteria:
            continue
        for row in table(page, study)[2]:
            for cell in row.values():
                if isinstance(cell, Cell) and cell.row is not None:
                    line = observations.loc[cell.row]
                    assert line["region_code"] == code
                    assert set(cell.sources) <= {line["source_id"]}
                    if isinstance(cell.value, float):
                        assert cell.value == line["value"]


def test_criteria_say_value_threshold_margin_and_answer(rows):
    found = rows(listings.criteria, "35.72")
    assert len(found) == 8
    spi = next(row for row in found if row["criterion"] == "SPI score")
    assert (spi["value"], spi["year"], spi["asked"]) == ("77.10", "2024", "at least 68")
    assert (spi["margin"], spi["answer"]) == ("+9.10", "✓ met")


def test_answers_are_told_by_a_sign_and_a_word_not_by_colour_alone(rows):
    both = rows(listings.criteria, "35.72") + rows(listings.criteria, "95.04")
    assert {row["answer"] for row in both} == {"✓ met", "✗ not met", "? unknown"}


def test_margins_below_the_threshold_are_negative(rows):
    (spi,) = [r for r in rows(listings.criteria, "95.04") if r["criterion"] == "SPI score"]
    assert spi["margin"] == "−9.77" and spi["answer"] == "✗ not met"


def test_criteria_without_a_public_threshold_are_reported_not_judged(rows):
    for code in ("35.72", "95.04"):
        for row in rows(listings.criteria, code):
            if row["asked"] == "no threshold published":
                assert row["answer"] == "? unknown" and row["margin"] == ""


def test_the_survey_table_has_a_row_for_every_year(rows):
    found = rows(listings.spi_by_year, "52.71")
    assert [row["year"] for row in found] == ["2021", "2022", "2023", "2024", "2025"]
    flagged = [row["year"] for row in found if "⚑" in row["residual"]]
    assert flagged == ["2022"]
    for row in found:
        parts = [float(row[key]) for key in ("internal", "external", "expert")]
        corrections = float(row["integritas"]) + float(row["prevalensi"])
        rebuilt = float(row["rebuilt"])
        assert min(parts) <= rebuilt + corrections + 0.02 and rebuilt <= max(parts)
        residual = float(row["residual"].replace("⚑ ", "").replace("−", "-"))
        assert float(row["score"]) == pytest.approx(rebuilt + residual, abs=0.011)


def test_years_without_published_bands_say_so(rows):
    found = {row["year"]: row["band"] for row in rows(listings.spi_by_year, "35.72")}
    assert found["2021"] == found["2022"] == "no band published"
    assert (found["2023"], found["2024"]) == ("terjaga", "waspada")


def test_a_withheld_score_has_no_value_for_machines(national_2025):
    page = Page(national_2025.release, Language("en"))
    _, _, cells = listings.spi_by_year(page, studies.region(national_2025, "33.09"))
    (row,) = [row for row in cells if row["year"].text == "2023"]
    assert row["score"].value is None and "withheld" in row["score"].text
    assert row["band"].text == ""


def test_final_and_interim_values_never_share_a_table(rows, national_2025):
    observations = national_2025.release.observations
    interim = observations[observations["status"] == "interim"]
    for code in interim["region_code"].unique()[:15]:
        if code == "00":
            continue
        page = Page(national_2025.release, Language("en"))
        study = studies.region(national_2025, code)
        own = set(interim.index[interim["region_code"] == code])
        for table in (listings.mcp, listings.others, listings.disagreements, listings.opinions):
            for row in table(page, study)[2]:
                assert not own & {c.row for c in row.values() if isinstance(c, Cell)}
        told = {row["value"].row for row in listings.interim(page, study)[2]}
        assert told == own


def test_interim_readings_say_their_date_or_that_it_is_not_stated(rows):
    for code in ("13.76", "52.71"):
        assert all(row["as_of"] for row in rows(listings.interim, code))
    assert "date not stated" in {r["as_of"] for r in rows(listings.interim, "52.71")}


def test_where_sources_disagree_the_chosen_and_the_other_figure_stand(rows):
    found = rows(listings.disagreements, "35.72")
    mcp = [(row["chosen"], row["other"], row["why"]) for row in found if row["year"] == "2024"]
    assert ("97.98", "98", "more decimals printed") in mcp
    assert any(other == "98.97" and why == "higher confidence" for _, other, why in mcp)
    assert all(row["chosen"] != row["other"] for row in found)


def test_measures_with_a_section_of_their_own_are_not_told_twice(rows, national_2025):
    page = Page(national_2025.release, Language("en"))
    for code in ("35.72", "33.72", "35"):
        study = studies.region(national_2025, code)
        _, _, cells = listings.others(page, study)
        told = {national_2025.release.observations.at[r["value"].row, "measure_id"] for r in cells}
        assert told.isdisjoint({"spi", "mcp", "bpk_opinion", "wtp_streak", "pilot_score"})
        assert not any(measure.startswith("spi_") for measure in told)


def test_gaps_and_known_years_make_up_the_years_asked_for(rows):
    def years(text):
        found = set()
        for part in text.split(", "):
            first, _, last = part.partition("–")
            found |= set(range(int(first), int(last or first) + 1)) if first != "none" else set()
        return found

    for row in rows(listings.gaps, "35.72"):
        first = 2021 if "SPI" in row["measure"] or "SPIP" in row["measure"] else 2018
        known, unknown = years(row["known"]), years(row["unknown"])
        assert not known & unknown and known | unknown >= set(range(first, 2026))


def test_a_withheld_year_is_a_gap(rows):
    (spi,) = [r for r in rows(listings.gaps, "33.09") if "(SPI)" in r["measure"]]
    assert spi["known"] == "2021–2022, 2024–2025" and spi["unknown"] == "2018–2020, 2023"


def test_runs_of_years_are_drawn_together():
    assert listings.runs_of_years([2018, 2020, 2021, 2022, 2025]) == "2018, 2020–2022, 2025"
    assert listings.runs_of_years([2018, 2019]) == "2018–2019"
    assert listings.runs_of_years([]) == ""


def test_units_have_words_in_indonesian(national_2025, codebook):
    page = Page(national_2025.release, Language("id"))
    for unit in ("score 0-100", "percent", "persons", "trillion rupiah", "points", "reports"):
        assert unit in {record["unit"] for record in codebook.values()}
        assert listings.unit(page, unit) != unit


def test_a_province_stands_beside_provinces_with_a_value_of_the_same_year(rows, national_2025):
    found = rows(listings.beside_provinces, "35")
    (spi,) = [row for row in found if "(SPI)" in row["measure"]]
    values = national_2025.panel[2025].reindex(studies.region(national_2025, "35").fellows)
    assert (spi["value"], spi["count"]) == ("75.23", "38")
    assert float(spi["median"]) == pytest.approx(values.median(), abs=0.006)


def test_every_place_and_part_of_the_survey_is_the_one_of_its_column(national_2025):
    page = Page(national_2025.release, Language("en"))
    study = studies.region(national_2025, "35.72")
    for row in listings.standing(page, study)[2]:
        place = study.standing.loc[row["year"].value]
        for group in ("near", "all"):
            low, high = int(place[f"{group}_low"]), int(place[f"{group}_high"])
            cell = row[f"{group}_range"]
            assert (cell.bounds, cell.text) == ((low, high), f"{low}–{high}")
            assert row[group].value == place[f"{group}_rank"]
    columns = {
        "internal": "spi_internal", "external": "spi_external", "expert": "spi_expert",
        "integritas": "spi_corr_integritas", "prevalensi": "spi_corr_prevalensi",
    }  # fmt: skip
    for row in listings.spi_by_year(page, study)[2]:
        for column, measure in columns.items():
            own = study.observation(measure, row["year"].value)
            assert row[column].row == (None if own is None else own["row"])
