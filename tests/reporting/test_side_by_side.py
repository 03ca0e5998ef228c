"""Several regions side by side: tables and sentences of a comparison."""

import pytest

from anticorruption import regions
from anticorruption.language import Language
from anticorruption.reporting import side_by_side, studies
from anticorruption.reporting.display import Cell, Page

SEVEN = ["13.76", "33.72", "34.01", "51.03", "35.72", "52.71", "71.07"]


@pytest.fixture(scope="module")
def seven(national_2025):
    return studies.comparison(national_2025, SEVEN)


def _text(cell) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def test_a_comparison_says_who_is_where_and_whether_noise_could_do_it(national_2025):
    page = Page(national_2025.release, Language("en"))
    found = side_by_side.headline(page, studies.comparison(national_2025, SEVEN))
    scores = national_2025.panel[2025].reindex(SEVEN)
    gap, limit = scores.max() - scores.min(), 1.645 * 2**0.5 * national_2025.noise.standard_error
    assert f"between {regions.name(scores.idxmin(), 'en')} (" in found.striptags()
    assert f"the {gap:.2f} points" in found
    assert ("are more than the" if gap > limit else "are within the") in found
    two = studies.comparison(national_2025, ["35.72", "51.03"])
    assert "are within the" in side_by_side.headline(page, two)


def test_a_comparison_counts_answers_results_and_flags(national_2025):
    page = Page(national_2025.release, Language("en"))
    study = studies.comparison(national_2025, SEVEN)
    criteria, results, flags = (f.striptags() for f in side_by_side.findings(page, study))
    answers = [each.overall["answer"] for each in study.local]
    assert f"{answers.count('met')} of 7 meet all" in criteria
    assert "No final score is published for: Badung Regency." in results
    assert "90.80" in results and "96.10" in results
    assert "Mataram City 2022" in flags


def test_a_comparison_without_pilots_or_kabupaten_says_so(national_2025):
    page = Page(national_2025.release, Language("en"))
    found = side_by_side.findings(page, studies.comparison(national_2025, ["35", "31"]))
    assert not any("criteria" in part for part in found)
    assert "None of them was a pilot of the programme so far." in found


def test_a_comparison_flags_scores_and_says_what_is_withheld(national_2025, seven):
    page = Page(national_2025.release, Language("en"))
    _, _, cells = side_by_side.surveys(page, seven)
    flagged = {(r["region"].text, y) for r in cells for y in r if "⚑" in _text(r[y])}
    assert {year for _, year in flagged} == {"2022"}
    assert ("Mataram City", "2022") in flagged
    pair = studies.comparison(national_2025, ["33.09", "35.72"])
    boyolali, blitar = side_by_side.surveys(page, pair)[2]
    assert boyolali["2023"].text == "withheld" and boyolali["2023"].value is None
    assert blitar["2023"].text == "82.48"


def test_results_stand_beside_the_missing_one(national_2025, seven):
    page = Page(national_2025.release, Language("en"))
    _, _, cells = side_by_side.results(page, seven)
    found = {row["region"].text: row["score"].text for row in cells}
    assert found["Badung Regency"] == "not published" and found["Blitar City"] == "92.15"
    assert len(found) == 7


def test_criteria_of_a_comparison_leave_provinces_out(national_2025):
    mixed = studies.comparison(national_2025, ["35", "35.72"])
    _, columns, cells = side_by_side.criteria(Page(national_2025.release, Language("en")), mixed)
    assert [column.key for column in columns] == ["criterion", "35.72"]
    assert len(cells) == 9 and cells[-1]["criterion"].text == "Overall"


def test_every_answer_and_every_year_is_that_of_its_own_cell(seven):
    page = Page(seven.nation.release, Language("en"))
    *rows, overall = side_by_side.criteria(page, seven)[2]
    for row, criterion in zip(rows, seven.nation.programme.criteria, strict=True):
        for each in seven.local:
            own = each.criteria.set_index("criterion").loc[criterion.id]
            assert row[each.code].value == own["answer"]
            if row[each.code].row is not None:
                assert row[each.code].row == own["row"]
    assert all(overall[e.code].value == e.overall["answer"] for e in seven.local)
    lines = seven.nation.release.observations
    for row in side_by_side.latest(page, seven)[2]:
        for cell in (row[code] for code in seven.codes):
            if cell.row is not None:
                year = lines.at[cell.row, "year"]
                assert cell.text.removesuffix("†").endswith(f"({year})")
