"""Claims of the article: supported, contradicted or neither, from the tables as they stand."""

import dataclasses

import pytest

from anticorruption import release
from anticorruption.errors import RefusedInput
from anticorruption.programme import claims
from tests.conftest import DATA


@pytest.fixture(scope="module")
def checked(release_2026):
    return claims.check(release_2026).set_index("claim_id")


def told(data, claim_id):
    """Verdict on one claim from a spoilt copy of the release."""
    return claims.check(data).set_index("claim_id").loc[claim_id]


def test_answers_are_those_of_the_tables(checked):
    by_answer = {answer: set(own.index) for answer, own in checked.groupby("answer")}
    assert by_answer[claims.CONTRADICTED] == {
        "assessment-october", "blitar-one-of-three", "criterion-spi-70",
    }  # fmt: skip
    assert by_answer[claims.CANNOT_TELL] == {"blitar-wtp-only"}
    assert len(by_answer[claims.SUPPORTED]) == len(checked) - 4 == 10


def test_places_of_the_survey_are_counted_from_the_highest(checked, release_2026):
    panel = release_2026.panel("spi", "local")
    east = panel[panel.index.str[:2] == "35"]
    places = [1 + int((east[year] > east.at["35.72", year]).sum()) for year in range(2021, 2026)]
    assert places == [2, 2, 1, 3, 14]
    told = "2 in 2021, 2 in 2022, 1 in 2023, 3 in 2024, 14 in 2025"
    assert told in checked.at["blitar-spi-third", "reason"]


def test_rows_and_sources_are_of_the_release(checked, release_2026):
    known = set(release_2026.table("sources")["source_id"])
    for claim in checked.itertuples():
        assert set(claim.source_ids) <= known
        own = release_2026.observations.loc[list(claim.rows)]
        assert set(own["measure_id"]) <= {claim.measure_id, "wtp_streak"}
        assert claim.rows or claim.source_ids


def test_a_claim_is_never_confirmed_by_its_own_article(release_2026, data_copy):
    publisher = release_2026.table("sources").set_index("source_id")["publisher"]
    article = release_2026.table("claims")["source_id"].iloc[0]
    own = publisher.index[publisher == publisher[article]]
    rows = release_2026.observations
    about = (rows["region_code"] == "35.72") & (rows["measure_id"] == "mcp")
    others = rows[about & (rows["year"] == 2024) & ~rows["source_id"].isin(own)]
    for line in sorted(others.index, reverse=True):
        data_copy.drop("observations", line)
    assert told(release.load(data_copy.folder), "blitar-mcp-9798")["answer"] == claims.CANNOT_TELL


def test_an_award_of_another_month_contradicts_the_article(data_copy):
    data_copy.replace("programmes/kabkota-2025.toml", "2025-12-09", "2025-11-09")
    data = release.load(data_copy.folder)
    assert told(data, "award-december")["answer"] == claims.CONTRADICTED


def test_a_claim_without_a_check_is_refused_with_its_row(release_2026):
    table = release_2026.table("claims")
    row = dataclasses.make_dataclass("Other", ["table", "folder"])
    other = row(lambda name: table.assign(claim_id="new"), DATA)
    with pytest.raises(RefusedInput, match="claims, row 2: 'new' has no check"):
        claims.check(other)
