"""The entry criteria: hand-made cases of every rule and reason, and all regions recomputed."""

import csv
import dataclasses
import functools
import math
from collections import defaultdict

import pandas as pd
import pytest

from anticorruption import regions, release
from anticorruption.errors import RefusedInput
from anticorruption.programme import rubric, screening
from tests.conftest import DATA

CODE = "35.72"
FALLING = [("mcp", 2023, 80), ("mcp", 2024, 70), ("mcp", 2025, 90)]
ZONE_2021 = [("ombudsman_zone", 2021, "hijau")]


def variants(criterion):
    return [threshold.variant for threshold in criterion.variants]


@pytest.fixture
def screened(small_copy):
    """Screen a region of which only the given observations are known, beside another region.

    Each is (measure, year, value or label) and may go on with the status.
    """

    def screen(observations, criterion, variant="base", until=None, edition=2025, code=CODE):
        header = small_copy.header("observations")
        rows = []
        elsewhere = ("spi", 2001, 70, "final", "11.01")
        for measure, year, printed, *more in (*observations, elsewhere):
            number = not isinstance(printed, str)
            status, where = (*more, *("final", code)[len(more) :])
            cells = {
                "region_code": where,
                "measure_id": measure,
                "year": str(year),
                "value": str(printed) if number else "",
                "label": "" if number else printed,
                "status": status,
                "source_id": "tajuk-aba20f",
                "confidence": "high",
            }
            rows.append([cells.get(column, "") for column in header])
        small_copy.write("observations", [header, *rows])
        programme = rubric.load(edition)
        asked = [c for c in programme.criteria if c.id == criterion or variant in variants(c)]
        answers = screening.screen(
            release.load(small_copy.folder),
            dataclasses.replace(programme, criteria=tuple(asked)),
            [code, "11.01"],
            variant,
            until,
        )
        return answers[answers["region_code"] == code].set_index("criterion").loc[criterion]

    return screen


@pytest.fixture(scope="module")
def everybody(release_2026):
    """Answers of all regions for an edition and a variant, computed once."""
    return functools.cache(
        lambda edition, variant="base": screening.screen(
            release_2026, rubric.load(edition, DATA), variant=variant
        )
    )


@pytest.mark.parametrize(
    ("criterion", "variant", "value", "answer", "margin"),
    [
        # "At least" is met on the mark itself, "above" is not.
        ("mcp", "base", 75, "met", 0),
        ("mcp", "base", 75.0, "met", 0),
        ("mcp", "base", 74.99, "not_met", -0.01),
        ("mcp", "base", 75.01, "met", 0.01),
        ("mcp", "base", 100, "met", 25),
        ("mcp", "base", 0, "not_met", -75),
        ("mcp", "mcp-above-70", 70, "not_met", 0),
        ("mcp", "mcp-above-70", 70.01, "met", 0.01),
        ("mcp", "mcp-above-70", 69.99, "not_met", -0.01),
        ("mcp", "mcp-90", 89.99, "not_met", -0.01),
        ("mcp", "mcp-90", 90, "met", 0),
        ("mcp", "spi-above-70", 75, "met", 0),
        ("spi", "base", 68, "met", 0),
        ("spi", "base", 67.99, "not_met", -0.01),
        ("spi", "spi-above-70", 70, "not_met", 0),
        ("spi", "spi-above-70", 70.3, "met", 0.3),
        ("spi", "mcp-90", 68, "met", 0),
    ],
)
def test_numbers_on_and_beside_the_mark(screened, criterion, variant, value, answer, margin):
    row = screened([(criterion, 2024, value)], criterion, variant)
    assert (row["answer"], row["reason"], row["margin"]) == (answer, "compared", margin)
    assert (row["value"], row["year"], row["row"]) == (value, 2024, 2)
    assert row["source_id"] == "tajuk-aba20f" and row["confidence"] == "high"


@pytest.mark.parametrize(
    ("observations", "until", "answer", "reason", "year"),
    [
        ([], None, "unknown", "no_value", None),
        ([("mcp", 2024, 95, "interim")], None, "unknown", "only_interim", None),
        ([("mcp", 2024, 52, "interim"), ("mcp", 2021, 80)], None, "met", "compared", 2021),
        ([("mcp", 2025, 95, "interim")], None, "unknown", "no_value", None),
        ([("mcp", 2025, 95, "interim")], 2025, "unknown", "only_interim", None),
        ([("mcp", 2025, 95)], None, "unknown", "no_value", None),
        ([("mcp", 2025, 95)], 2025, "met", "compared", 2025),
        (FALLING, None, "not_met", "compared", 2024),
        (FALLING, 2025, "met", "compared", 2025),
        (FALLING, 2023, "met", "compared", 2023),
        (FALLING, 2022, "unknown", "no_value", None),
    ],
)
def test_the_latest_final_value_up_to_the_year_before_the_edition_or_as_told(
    screened, observations, until, answer, reason, year
):
    row = screened(observations, "mcp", until=until)
    assert (row["answer"], row["reason"]) == (answer, reason)
    assert pd.isna(row["year"]) if year is None else row["year"] == year
    if answer == "unknown":
        assert pd.isna(row["value"]) and pd.isna(row["margin"]) and pd.isna(row["row"])
        assert row["source_id"] == "" and row["measure_id"] == "mcp"


def test_the_edition_of_2024_stops_at_2023(screened):
    values = [("spi", 2023, 60), ("spi", 2024, 90)]
    assert screened(values, "spi", edition=2024)["answer"] == "not_met"
    assert screened(values, "spi", edition=2025)["answer"] == "met"


def test_a_withheld_score_is_unknown_and_no_older_one_stands_in_for_it(screened):
    values = [("spi", 2022, 88.33), ("spi", 2023, 89.6)]
    row = screened(values, "spi", until=2023, code="33.09")
    assert (row["answer"], row["reason"], row["year"]) == ("unknown", "withheld", 2023)
    assert row["value"] == 89.6 and pd.isna(row["margin"])
    assert screened(values, "spi", until=2022, code="33.09")["answer"] == "met"


@pytest.mark.parametrize(
    ("observations", "answer", "reason", "measure", "year", "margin"),
    [
        ([("ombudsman", 2024, 78)], "met", "band_of_score", "ombudsman", 2024, 0),
        ([("ombudsman", 2024, 77.99)], "not_met", "band_of_score", "ombudsman", 2024, -0.01),
        ([("ombudsman", 2022, 98.19)], "met", "band_of_score", "ombudsman", 2022, 20.19),
        ([("ombudsman_zone", 2024, "hijau")], "met", "zone", "ombudsman_zone", 2024, None),
        ([("ombudsman_zone", 2024, "kuning")], "not_met", "zone", "ombudsman_zone", 2024, None),
        ([("ombudsman_zone", 2022, "merah")], "not_met", "zone", "ombudsman_zone", 2022, None),
        (
            [("ombudsman_zone", 2023, "belum kepatuhan tinggi")],
            "unknown",
            "zone_too_wide",
            "ombudsman_zone",
            2023,
            None,
        ),
        # Letters began in 2022, so a score of 2021 has none, however high.
        ([("ombudsman", 2021, 95)], "unknown", "no_such_category", "ombudsman", 2021, None),
        (ZONE_2021, "unknown", "no_such_category", "ombudsman_zone", 2021, None),
        # The newer of score and zone; the score where both are of one year.
        (
            [("ombudsman", 2023, 95), ("ombudsman_zone", 2024, "kuning")],
            "not_met",
            "zone",
            "ombudsman_zone",
            2024,
            None,
        ),
        (
            [("ombudsman", 2024, 70), ("ombudsman_zone", 2023, "hijau")],
            "not_met",
            "band_of_score",
            "ombudsman",
            2024,
            -8,
        ),
        (
            [("ombudsman", 2023, 70), ("ombudsman_zone", 2023, "hijau")],
            "not_met",
            "band_of_score",
            "ombudsman",
            2023,
            -8,
        ),
        ([("ombudsman", 2024, 95, "interim")], "unknown", "only_interim", "ombudsman", None, None),
        ([], "unknown", "no_value", "ombudsman", None, None),
    ],
)
def test_category_b_from_score_or_zone(
    screened, observations, answer, reason, measure, year, margin
):
    row = screened(observations, "ombudsman")
    assert (row["answer"], row["reason"], row["measure_id"]) == (answer, reason, measure)
    assert pd.isna(row["year"]) if year is None else row["year"] == year
    assert pd.isna(row["margin"]) if margin is None else row["margin"] == margin


def test_an_opinion_by_another_method_leaves_the_letter_of_the_year_before(screened):
    known = [("ombudsman", 2024, 90), ("ombudsman_zone", 2025, "kualitas tertinggi")]
    row = screened(known, "ombudsman", until=2025)
    assert (row["answer"], row["year"], row["value"]) == ("met", 2024, 90)


def opinions(**years):
    return [("bpk_opinion", int(year[1:]), label) for year, label in years.items()]


@pytest.mark.parametrize(
    ("observations", "answer", "reason", "year"),
    [
        (opinions(y2022="WTP", y2023="WTP"), "met", "opinions", 2023),
        (opinions(y2021="WDP", y2022="WTP", y2023="WTP"), "met", "opinions", 2023),
        (opinions(y2022="WTP-PSH", y2023="WTP"), "met", "opinions", 2023),
        (opinions(y2022="WDP", y2023="WTP"), "not_met", "opinions", 2022),
        (opinions(y2022="WTP", y2023="WDP"), "not_met", "opinions", 2023),
        (opinions(y2023="TMP"), "not_met", "opinions", 2023),
        (opinions(y2023="WTP"), "unknown", "year_before_missing", 2023),
        (opinions(y2021="WTP", y2023="WTP"), "unknown", "year_before_missing", 2023),
        # A printed streak counts from three, for sources differ by one year.
        ([("wtp_streak", 2023, 3)], "met", "streak", 2023),
        ([("wtp_streak", 2023, 2)], "unknown", "streak", 2023),
        ([("wtp_streak", 2023, 1)], "unknown", "streak", 2023),
        # The newer of the two speaks; the opinions where both are of one year.
        ([*opinions(y2022="WDP"), ("wtp_streak", 2024, 14)], "met", "streak", 2024),
        (
            [*opinions(y2024="WTP"), ("wtp_streak", 2023, 14)],
            "unknown",
            "year_before_missing",
            2024,
        ),
        ([*opinions(y2024="WTP"), ("wtp_streak", 2024, 14)], "met", "streak", 2024),
        ([*opinions(y2024="WDP"), ("wtp_streak", 2024, 14)], "not_met", "opinions", 2024),
        ([*opinions(y2023="WTP", y2024="WTP"), ("wtp_streak", 2024, 2)], "met", "opinions", 2024),
        ([], "unknown", "no_value", None),
    ],
)
def test_two_years_of_wtp_from_opinions_or_a_printed_streak(
    screened, observations, answer, reason, year
):
    row = screened(observations, "bpk")
    assert (row["answer"], row["reason"]) == (answer, reason)
    assert pd.isna(row["year"]) if year is None else row["year"] == year
    assert pd.isna(row["margin"]) and row["years_running"] == 2


def test_the_opinion_that_decides_is_the_one_reported(screened):
    row = screened(opinions(y2022="WDP", y2023="WTP"), "bpk")
    assert (row["label"], row["row"], row["measure_id"]) == ("WDP", 2, "bpk_opinion")
    assert row["year"] == 2022


@pytest.mark.parametrize(
    ("observations", "answer"),
    [
        (opinions(y2023="WTP"), "met"),
        (opinions(y2022="WDP", y2023="WTP"), "met"),
        (opinions(y2022="WTP", y2023="WDP"), "not_met"),
        ([("wtp_streak", 2023, 2)], "met"),
        ([("wtp_streak", 2023, 1)], "unknown"),
    ],
)
def test_the_variant_that_asks_for_the_latest_opinion_alone(screened, observations, answer):
    row = screened(observations, "bpk", "wtp-latest")
    assert (row["answer"], row["years_running"]) == (answer, 1)


@pytest.mark.parametrize(
    ("label", "answer", "reason"),
    [("yes", "met", "compared"), ("no", "not_met", "compared"), (None, "unknown", "not_collected")],
)
def test_investigations_are_yes_no_or_not_collected(screened, label, answer, reason):
    known = [("no_investigation", 2024, label)] if label else []
    row = screened(known, "no-investigation")
    assert (row["answer"], row["reason"]) == (answer, reason)


@pytest.mark.parametrize(
    ("criterion", "observations", "measure", "year"),
    [
        ("sakip", [("sakip", 2023, 99)], "sakip", 2023),
        ("sakip", [("sakip", 2023, 99), ("sakip_predicate", 2024, "AA")], "sakip_predicate", 2024),
        ("sakip", [("sakip", 2024, 99), ("sakip_predicate", 2021, "AA")], "sakip", 2024),
        ("spbe", [("spbe", 2024, 5.0)], "spbe", 2024),
        ("spip", [("spip_maturity", 2024, 3)], "spip_maturity", 2024),
        ("spip", [], "spip_maturity", None),
    ],
)
def test_criteria_without_a_public_number_are_reported_and_never_judged(
    screened, criterion, observations, measure, year
):
    row = screened(observations, criterion)
    assert (row["answer"], row["reason"]) == ("unknown", "no_threshold")
    assert row["measure_id"] == measure and row["threshold"] is None
    assert pd.isna(row["year"]) if year is None else row["year"] == year


@pytest.mark.parametrize(
    ("answers", "overall"),
    [
        ("met met met", "met"),
        ("met unknown met", "unknown"),
        ("unknown unknown", "unknown"),
        ("met not_met met", "not_met"),
        ("unknown not_met unknown", "not_met"),
        ("not_met", "not_met"),
        ("met", "met"),
    ],
)
def test_one_not_met_decides_and_any_unknown_leaves_it_open(answers, overall):
    given = answers.split()
    other = pd.DataFrame({"region_code": ["11.01"], "answer": ["met"]})
    frame = pd.DataFrame({"region_code": CODE, "answer": given})
    row = screening.overall(pd.concat([other, frame])).loc[CODE]
    assert row["answer"] == overall
    assert [row[a] for a in ("met", "not_met", "unknown")] == [
        given.count(a) for a in ("met", "not_met", "unknown")
    ]


def test_the_overall_answers_keep_the_order_of_the_regions_and_lead_the_counts():
    frame = pd.DataFrame({"region_code": ["71.07", "11.01", "71.07"],
                          "answer": ["met", "not_met", "unknown"]})  # fmt: skip
    drawn = screening.overall(frame)
    assert drawn.index.tolist() == ["71.07", "11.01"]
    assert drawn.columns.tolist() == ["answer", "met", "not_met", "unknown"]
    assert drawn["answer"].tolist() == ["unknown", "not_met"]


def test_the_eight_answers_come_in_the_order_of_the_regions_and_the_programme(
    release_2026, national_2025
):
    programme = national_2025.programme
    answers = screening.screen(release_2026, programme, ["71.07", "35.72"])
    criteria = [criterion.id for criterion in programme.criteria]
    assert answers["region_code"].tolist() == ["71.07"] * 8 + ["35.72"] * 8
    assert answers["criterion"].tolist() == criteria * 2
    assert set(answers["edition"]) == {2025} and set(answers["variant"]) == {"base"}


def test_kota_blitar_edition_2025(release_2026, national_2025):
    answers = screening.screen(release_2026, national_2025.programme, ["35.72"])
    rows = answers.set_index("criterion")
    assert rows.loc["mcp", ["value", "year", "margin"]].tolist() == [97.98, 2024, 22.98]
    assert rows.loc["spi", ["value", "year", "margin"]].tolist() == [77.1, 2024, 9.1]
    assert rows.at["mcp", "disputed"] and not rows.at["spi", "disputed"]
    assert rows.loc["bpk", ["answer", "measure_id", "value"]].tolist() == ["met", "wtp_streak", 15]
    assert rows.loc["ombudsman", ["answer", "margin"]].tolist() == ["met", 20.19]
    assert screening.overall(answers).at["35.72", "answer"] == "unknown"


def test_kota_payakumbuh_has_only_an_interim_mcp(release_2026, national_2025):
    answers = screening.screen(release_2026, national_2025.programme, ["13.76"])
    row = answers.set_index("criterion").loc["mcp"]
    assert (row["answer"], row["reason"]) == ("unknown", "only_interim")
    assert pd.isna(row["value"]) and pd.isna(row["year"])


def test_boyolali_is_unknown_where_its_score_was_withheld(release_2026):
    answers = screening.screen(release_2026, rubric.load(2024, DATA), ["33.09"])
    row = answers.set_index("criterion").loc["spi"]
    assert (row["answer"], row["reason"], row["year"]) == ("unknown", "withheld", 2023)


@functools.cache
def recomputed(edition):
    """Latest final MCP and SPI of every region, from the CSV files alone.

    Returns {measure: {region: (year, text of the value, line)}} and the regions asked.
    """

    def records(table):
        with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    sources = {row["source_id"]: row for row in records("sources")}
    found = defaultdict(lambda: defaultdict(list))
    for line, row in enumerate(records("observations"), 2):
        if row["measure_id"] in ("mcp", "spi") and row["status"] == "final":
            if int(row["year"]) >= edition:
                continue
            source = sources[row["source_id"]]
            date = (source["published"].replace("-", "") + "0" * 8)[:8]
            preference = (
                -int(row["year"]),
                ["official", "mirror", "press"].index(source["kind"]),
                ["high", "medium", "low"].index(row["confidence"]),
                -len(row["value"].partition(".")[2]),
                -int(date),
                row["source_id"],
            )
            fact = (preference, int(row["year"]), row["value"], line)
            found[row["measure_id"]][row["region_code"]].append(fact)
    withheld = {(r["region_code"], int(r["year"])) for r in records("flags")}
    local = [
        row["region_code"]
        for row in records("regions")
        if row["level"] in ("kabupaten", "kota") and row["has_government"] == "true"
    ]
    best = {
        measure: {code: min(facts)[1:] for code, facts in by_region.items()}
        for measure, by_region in found.items()
    }
    return best, withheld, local


@pytest.mark.parametrize(
    ("edition", "variant", "marks"),
    [
        (2024, "base", {"mcp": (75, False), "spi": (68, False)}),
        (2024, "spi-above-70", {"mcp": (75, False), "spi": (70, True)}),
        (2025, "base", {"mcp": (75, False), "spi": (68, False)}),
        (2025, "spi-above-70", {"mcp": (75, False), "spi": (70, True)}),
        (2025, "mcp-above-70", {"mcp": (70, True), "spi": (68, False)}),
        (2025, "mcp-90", {"mcp": (90, False), "spi": (68, False)}),
        (2025, "wtp-latest", {"mcp": (75, False), "spi": (68, False)}),
    ],
)
def test_spi_and_mcp_of_all_508_regions_recomputed_in_plain_python(
    everybody, edition, variant, marks
):
    best, withheld, local = recomputed(edition)
    answers = everybody(edition, variant)
    assert len(local) == 508 and len(answers) == 508 * 8
    assert list(dict.fromkeys(answers["region_code"])) == local
    for criterion, (mark, strict) in marks.items():
        rows = answers[answers["criterion"] == criterion].set_index("region_code")
        for code in local:
            row = rows.loc[code]
            fact = best[criterion].get(code)
            if fact is None:
                assert row["answer"] == "unknown" and pd.isna(row["value"])
                continue
            year, text, line = fact
            assert (row["year"], row["value"], row["row"]) == (year, float(text), line)
            if criterion == "spi" and (code, year) in withheld:
                assert row["answer"] == "unknown"
                continue
            hundredths = round(float(text) * 100) - mark * 100
            passed = hundredths > 0 if strict else hundredths >= 0
            assert row["answer"] == ("met" if passed else "not_met"), (code, criterion)
            assert math.isclose(row["margin"], hundredths / 100, abs_tol=1e-9)


@pytest.mark.parametrize("edition", [2024, 2025])
def test_overall_answers_of_all_regions_follow_from_their_eight(everybody, edition):
    answers = everybody(edition)
    drawn = screening.overall(answers)
    by_region = defaultdict(list)
    for code, answer in zip(answers["region_code"], answers["answer"], strict=True):
        by_region[code].append(answer)
    assert len(drawn) == len(by_region) == 508
    for code, given in by_region.items():
        expected = next((a for a in ("not_met", "unknown") if a in given), "met")
        assert drawn.at[code, "answer"] == expected
        assert drawn.loc[code, ["met", "not_met", "unknown"]].sum() == 8
    assert set(drawn["answer"]) == {"not_met", "unknown"}


def test_no_region_meets_a_criterion_without_a_public_number(everybody):
    answers = everybody(2025)
    silent = answers[answers["criterion"].isin(["sakip", "spip", "spbe", "no-investigation"])]
    assert set(silent["answer"]) == {"unknown"} and silent["margin"].isna().all()


def test_margins_and_answers_agree_wherever_a_number_is_judged(everybody, national_2025):
    for variant in national_2025.programme.variants():
        answers = everybody(2025, variant)
        judged = answers[answers["margin"].notna()]
        assert not (judged["answer"] == "unknown").any()
        assert (judged.loc[judged["answer"] == "met", "margin"] >= 0).all()
        assert (judged.loc[judged["answer"] == "not_met", "margin"] <= 0).all()


@pytest.mark.parametrize("code", ["35", "31.71", "31.01", "99.99", "00", "Kota Blitar", ""])
def test_provinces_areas_without_government_and_nobodies_are_refused(
    release_2026, national_2025, code
):
    with pytest.raises(RefusedInput, match="cannot be screened") as refused:
        screening.screen(release_2026, national_2025.programme, ["35.72", code])
    assert code in str(refused.value)
    if code in regions.table().index:
        assert regions.name(code) in str(refused.value)


def test_an_unknown_variant_is_refused_with_the_known_ones(release_2026, national_2025):
    with pytest.raises(RefusedInput, match=r"no variant 'spi-99'; there are base, mcp-above-70"):
        screening.screen(release_2026, national_2025.programme, ["35.72"], "spi-99")
    with pytest.raises(RefusedInput, match="edition 2024: no variant 'mcp-90'"):
        screening.screen(release_2026, rubric.load(2024, DATA), ["35.72"], "mcp-90")


def test_a_region_of_which_nothing_is_known_has_eight_unknowns(release_2026, national_2025):
    answers = screening.screen(release_2026, national_2025.programme, ["35.72"], until=2001)
    assert set(answers["answer"]) == {"unknown"} and len(answers) == 8
    assert set(answers["source_id"]) == set(answers["confidence"]) == {""}
    assert answers["value"].isna().all() and answers["row"].isna().all()


def test_no_regions_give_no_rows(release_2026, national_2025):
    answers = screening.screen(release_2026, national_2025.programme, [])
    assert answers.empty and list(answers.columns) == screening.COLUMNS
    assert screening.overall(answers).empty


def test_another_number_answers_as_the_published_variant_of_that_number(national_2025):
    nation = national_2025
    codes = [CODE, "34.01", "11.01", "13.76", "95.04", "33.09"]
    base = screening.screen(nation.release, nation.programme, codes)
    for criterion, rule, value, variant in (
        ("spi", "above", 70, "spi-above-70"),
        ("mcp", "above", 70, "mcp-above-70"),
        ("mcp", "at_least", 90, "mcp-90"),
    ):
        reading = screening.screen(nation.release, nation.programme, codes, variant)
        source = reading.loc[reading["criterion"] == criterion, "threshold_source_id"].iloc[0]
        moved = screening.with_threshold(base, criterion, rule, value, source)
        pd.testing.assert_frame_equal(
            moved, reading.assign(variant="base"), check_dtype=False, check_like=True
        )
    assert (base["threshold"] == 90).sum() == 0  # what was given is left as it was


def test_what_is_unknown_stays_unknown_under_any_number(national_2025):
    base = screening.screen(national_2025.release, national_2025.programme)
    unknown = (base["criterion"] == "mcp") & (base["answer"] == "unknown")
    for value in (0, 75, 100):
        moved = screening.with_threshold(base, "mcp", "at_least", value)
        assert unknown.sum() > 0 and (moved.loc[unknown, "answer"] == "unknown").all()
    all_met = screening.with_threshold(base, "mcp", "at_least", 0)
    own = all_met["criterion"] == "mcp"
    assert set(all_met.loc[own & ~unknown, "answer"]) == {"met"}


@pytest.mark.parametrize(
    ("criterion", "rule", "said"),
    [("bpk", "at_least", "cannot ask"), ("spi", "label", "cannot ask"), ("x", "above", "no crit")],
)
def test_only_a_criterion_that_compares_a_number_can_ask_another(
    national_2025, criterion, rule, said
):
    base = screening.screen(national_2025.release, national_2025.programme, [CODE])
    with pytest.raises(RefusedInput, match=said):
        screening.with_threshold(base, criterion, rule, 5.0)


def compared(*values, rule="at_least"):
    """Answers of one criterion with a number, as `screen` gives them, at the threshold 50."""
    frame = pd.DataFrame({"region_code": [f"r{n}" for n in range(len(values))], "value": values})
    frame["margin"] = frame["value"].astype(float) - 50
    frame["answer"] = frame["margin"].ge(0).map({True: "met", False: "not_met"})
    return frame.assign(
        criterion="spi", rule=rule, threshold=50.0, threshold_source_id="kpk", reason="compared"
    )


@pytest.mark.parametrize(
    ("rule", "answers"),
    [("at_least", ["not_met", "met", "met"]), ("above", ["not_met", "not_met", "met"])],
)
def test_a_number_asked_for_is_met_at_the_mark_or_above_it_as_the_rule_says(rule, answers):
    """72.3 - 72.2 is a little less than 0.1 in binary fractions; the margin is 0.1."""
    moved = screening.with_threshold(compared(72.1, 72.2, 72.3), "spi", rule, 72.2)
    assert moved["answer"].tolist() == answers
    assert moved["margin"].tolist() == [-0.1, 0.0, 0.1]
    assert set(moved["rule"]) == {rule} and set(moved["threshold"]) == {72.2}
    assert set(moved["threshold_source_id"]) == {""}


def test_both_rules_of_a_criterion_may_be_asked_at_once():
    both = pd.concat([compared(60.0), compared(60.0, rule="above")], ignore_index=True)
    assert screening.with_threshold(both, "spi", "above", 60)["answer"].tolist() == ["not_met"] * 2


def test_another_number_cannot_be_asked_of_labels():
    with pytest.raises(RefusedInput) as refused:
        screening.with_threshold(compared(60.0), "spi", "label", 5.0)
    assert str(refused.value) == (
        "criterion 'spi' cannot ask 'label' 5.0: only criteria that compare a number can, by one "
        "of at_least, above."
    )
