"""What a famous spreadsheet got wrong, and cannot go wrong here unseen.

Reinhart and Rogoff (2010) left five countries out by a range one row too short, left years out
without saying so, and weighted by country what others weighted by year; Herndon, Ash and Pollin
(2014, https://doi.org/10.1093/cje/bet075) found it out three years later. Six kinds of test:
nobody falls out unsaid, every row counts, weights are told, names take in no strangers, official
figures come out of their parts, and a second route gives the same tables.
"""

import ast
import csv
import hashlib

import numpy as np
import pandas as pd
import pytest

from anticorruption import coverage, regions, release, spi
from anticorruption.comparison import noise
from anticorruption.composite import Method, build
from anticorruption.errors import RefusedInput
from anticorruption.programme import rubric, screening
from anticorruption.reporting.studies import SPI_YEARS
from tests import second_route
from tests.conftest import DATA
from tests.paths import ROOT

READINGS = [(edition, variant) for edition in (2024, 2025)
            for variant in second_route.variants(edition)]
REASONS = {"no_value", "only_interim", "withheld", "no_such_category", "zone_too_wide",
           "year_before_missing", "streak", "not_collected", "no_threshold"}
#: Kabupaten and kota with a published SPI; of 2021 the copy of the dashboard has 504 of them.
SCORED = {2021: 505, 2022: 503, 2023: 507, 2024: 508, 2025: 508}


@pytest.fixture(scope="module")
def answered(release_2026):
    """Answers of all regions under every reading of the thresholds."""
    return {(edition, variant): screening.screen(
                release_2026, rubric.load(edition, DATA), variant=variant)
            for edition, variant in READINGS}


# R1: read = scored + left out with a reason


def test_r1_every_region_is_judged_or_unknown_with_a_reason(answered):
    for answers in answered.values():
        assert answers.groupby("region_code").size().to_dict() == dict.fromkeys(
            regions.governments("local").index, 8)
        unknown = answers["answer"] == "unknown"
        assert set(answers.loc[unknown, "reason"]) <= REASONS
        assert answers.loc[~unknown, "row"].notna().all()


@pytest.mark.parametrize("year", SPI_YEARS)
def test_r1_every_score_read_is_ranked_withheld_or_missing(national_2025, year):
    local = regions.governments("local").index
    scored = national_2025.places(local, year)["rank"].notna()
    published = pd.Index(second_route.scores("spi", year, second_route.local()))
    held = {code for code, measure, of in second_route.withheld() if (measure, of) == ("spi", year)}
    assert set(local[scored]) == set(published)
    assert scored.sum() == SCORED[year]
    for code in local[~scored]:
        assert code in held or national_2025.release.value(code, "spi", year) is None


def test_r1_counts_of_the_coverage_tables_are_those_of_the_files(release_2026):
    counts = coverage.by_year(coverage.published(release_2026))
    for year in SPI_YEARS:
        assert counts.at["spi", year] == SCORED[year]
    expected = {}
    for code, measure, year in second_route.chosen():
        if code in second_route.local() and (code, measure, year) not in second_route.withheld():
            expected[measure, year] = expected.get((measure, year), 0) + 1
    found = counts.stack()
    assert found[found > 0].to_dict() == expected


def test_r1_a_thousand_tables_keep_every_region():
    """Each region of a table comes back: scored, or with a coverage of nought."""
    rng = np.random.default_rng(2010)
    codebook = pd.DataFrame({"code": ["a", "b", "c", "index"],
                             "parent": ["index", "index", "index", None],
                             "direction": 1, "weight": [1.0, 2.0, 3.0, None]})
    method = Method(normalisation="fixed_scale")
    for _ in range(1000):
        n = int(rng.integers(1, 12))
        values = rng.uniform(0, 100, (n, 3))
        values[rng.random(values.shape) < rng.random()] = np.nan
        table = pd.DataFrame(values, [f"r{place}" for place in rng.permutation(n)], list("abc"))
        result = build(table, codebook, method)
        scored = result.scores["index"].notna()
        assert list(result.scores.index) == list(table.index)
        assert (scored == table.notna().any(axis=1)).all()
        assert (result.coverage.loc[~scored, "index"] == 0).all()
        assert int(scored.sum()) + int((result.coverage["index"] == 0).sum()) == n


# R2: every row counts


def fingerprint(folder):
    """Number of figures of a release, and one hash over everything drawn from them."""
    opened = release.load(folder)
    answers = screening.screen(opened, rubric.load(2025, folder), ["13.76", "33.09", "35.72"])
    drawn = (opened.observations.drop(columns="row", errors="ignore"), opened.coverage(), answers)
    text = "".join(frame.to_csv(index=False) for frame in drawn)
    return len(opened.observations), hashlib.sha256(text.encode()).hexdigest(), opened.altered


def test_r2_deleting_any_one_of_fifty_rows_is_seen(small_copy):
    header, *rows = small_copy.rows("observations")
    rows = rows[-50:]
    small_copy.write("observations", [header, *rows])
    count, whole, _ = fingerprint(small_copy.folder)
    assert count == 50
    seen = {whole}
    for place in range(50):
        small_copy.write("observations", [header, *rows[:place], *rows[place + 1 :]])
        left, found, altered = fingerprint(small_copy.folder)
        assert left == 49
        assert "observations.csv" in altered
        seen.add(found)
    assert len(seen) == 51


# R3: weights are told, add up to one, and stand beside an unweighted reading


@pytest.mark.parametrize("weighting", ["given", "equal", "equal_by_parent", "pca"])
def test_r3_weights_below_every_code_add_up_to_one(weighting):
    rng = np.random.default_rng(7)
    table = pd.DataFrame(50 + 10 * (rng.normal(size=(30, 1)) + 0.5 * rng.normal(size=(30, 4))),
                         [f"r{n:02d}" for n in range(30)], list("abcd"))
    codebook = pd.DataFrame({"code": [*"abcd", "left", "right", "index"],
                             "parent": ["left", "left", "right", "right", "index", "index", None],
                             "direction": 1, "weight": [5.0, 1, 2, 3, 9, 1, None]})
    result = build(table, codebook, Method(normalisation="fixed_scale", weighting=weighting))
    for parts in (["a", "b"], ["c", "d"], ["left", "right"]):
        assert result.weights[parts].sum() == pytest.approx(1, abs=1e-12)
    assert result.effective_weights[list("abcd")].sum() == pytest.approx(1, abs=1e-12)
    expected = table @ result.effective_weights[list("abcd")]
    np.testing.assert_allclose(result.scores["index"], expected, rtol=1e-12)
    if weighting == "equal":
        np.testing.assert_allclose(result.scores["index"], table.mean(axis=1), rtol=1e-12)


def test_r3_recovered_weights_of_the_survey_add_up_to_one_although_nothing_forces_them(
    national_2025,
):
    weights = national_2025.weights
    assert weights.internal + weights.external + weights.expert == pytest.approx(1, abs=1e-4)


# R4: names and filters take in no strangers


def everyone():
    """Codes, levels and official names of all 508 kabupaten and kota."""
    rows = {row["region_code"]: row for row in second_route.records("regions")}
    return [(code, rows[code]["level"], rows[code]["name_ind"]) for code in second_route.local()]


def test_r4_each_of_508_names_means_its_own_region_however_it_is_printed():
    assert len(everyone()) == 508
    for place, (code, level, name) in enumerate(everyone()):
        short = {"kabupaten": "Kab. ", "kota": "KOTA "}[level] + name.partition(" ")[2]
        forms = (name, name.upper(), f"PEMERINTAH {name.upper()}", f"  {name} ", short)
        printed = forms[place % len(forms)]
        assert regions.require(printed) == code, printed


@pytest.mark.parametrize("stranger", [
    "SEKRETARIAT KABINET", "kab", "Kabupaten", "Kota", "KOTA", "Pemerintah Kabupaten", "ota",
    "Kementerian Dalam Negeri", "Mahkamah Agung", "%", ".*", "34.1", "3410", "34", "Indonesia"])
def test_r4_strangers_are_nobody_among_the_kabupaten_and_kota(stranger):
    try:
        found = regions.require(stranger)
    except RefusedInput:
        return
    assert found not in second_route.local()


def test_r4_tables_are_joined_by_code_and_codes_stay_text(release_2026, answered):
    local = set(second_route.local())
    for measure in ("spi", "mcp", "ombudsman"):
        panel = release_2026.panel(measure, "local")
        assert set(panel.index) <= local
        assert all(isinstance(code, str) and len(code) == 5 for code in panel.index)
    codes = {code for code in local if code.endswith("0")}
    assert len(codes) > 20
    assert codes <= set(answered[2025, "base"]["region_code"])


def test_r4_of_every_year_the_regions_without_a_score_are_named(release_2026):
    """Boyolali was withheld in 2023; what else is missing stands in no source at all."""
    panel = release_2026.panel("spi", "local").reindex(second_route.local())
    absent = {year: list(panel.index[panel[year].isna()]) for year in SPI_YEARS}
    assert {year: 508 - len(codes) for year, codes in absent.items()} == SCORED
    assert absent[2023] == ["33.09"]
    for year, codes in absent.items():
        for code in codes:
            key = (code, "spi", year)
            assert key in second_route.withheld() or key not in second_route.chosen()


# R5: official figures come out of their parts


def test_r5_all_2028_published_scores_come_out_of_their_parts(national_2025):
    rebuilt = national_2025.rebuilt
    codes = rebuilt.index.get_level_values("region_code")
    years = rebuilt.index.get_level_values("year")
    local = rebuilt[codes.isin(second_route.local()) & (years != 2022)]
    assert len(local) == 2028
    assert (local["residual"].abs() <= spi.TOLERANCE).all()
    assert not local["unexplained"].any()


def test_r5_the_year_that_its_parts_do_not_explain_is_flagged(national_2025):
    flagged = national_2025.rebuilt["unexplained"].groupby("year").sum()
    assert set(flagged.index[flagged > 0]) == {2022} == set(spi.UNEXPLAINED_YEARS)
    assert flagged[2022] > 100


# R6: two routes, the same tables


def test_r6_the_second_route_shares_nothing_with_the_library():
    tree = ast.parse((ROOT / "tests/second_route.py").read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.partition(".")[0])
    assert imported == {"collections", "csv", "fractions", "functools", "itertools", "json",
                        "math", "pathlib", "statistics", "tomllib"}  # fmt: skip


def test_r6_weights_and_rebuilt_scores_of_the_survey(national_2025):
    found = national_2025.weights.as_array()
    np.testing.assert_allclose(found, [float(w) for w in second_route.weights()], atol=1e-9)
    rebuilt = national_2025.rebuilt["rebuilt"]
    expected = second_route.rebuilt()
    assert set(rebuilt.index) == set(expected)
    np.testing.assert_allclose(rebuilt, [float(expected[key]) for key in rebuilt.index], atol=1e-9)


@pytest.mark.parametrize("year", SPI_YEARS)
def test_r6_ranks_with_their_intervals_and_medians(national_2025, year):
    codes = regions.governments("local").index
    places = national_2025.places(codes, year).dropna()
    known = second_route.scores("spi", year, second_route.local())
    expected = second_route.ranks(known, round(second_route.noise(), 2))
    assert set(places.index) == set(expected)
    for code, row in places.astype(int).iterrows():
        assert tuple(row) == expected[code], code
    panel = national_2025.release.panel("spi", "local")
    assert panel[year].median() == pytest.approx(float(second_route.median("spi", year)), abs=1e-9)


def test_r6_noise_of_the_survey(national_2025):
    """Reports use it rounded to the two decimals that they print."""
    exact = noise.panel_noise(national_2025.panel).standard_error
    assert exact == pytest.approx(second_route.noise(), abs=1e-9)
    assert national_2025.noise.standard_error == round(second_route.noise(), 2)


@pytest.mark.parametrize(("edition", "variant"), READINGS)
def test_r6_all_answers_of_all_regions_under_every_reading(answered, edition, variant):
    expected = second_route.screening(edition, variant)
    answers = answered[edition, variant]
    assert len(answers) == len(expected) == 508 * 8
    columns = ["region_code", "criterion", "answer", "reason", "year", "row", "margin"]
    for code, criterion, *found in answers[columns].itertuples(index=False):
        answer, reason, year, line, margin = expected[code, criterion]
        told = [None if pd.isna(x) else x for x in found]
        assert told[:4] == [answer, reason, year, line], (code, criterion)
        assert (told[4] is None) == (margin is None), (code, criterion)
        assert margin is None or abs(told[4] - margin) <= 1e-9, (code, criterion)
    drawn = screening.overall(answers)["answer"].to_dict()
    assert drawn == second_route.overall(expected)


def test_r6_both_routes_read_the_same_variants(answered):
    for edition in (2024, 2025):
        assert list(rubric.load(edition, DATA).variants()) == second_route.variants(edition)


def test_r6_every_line_of_the_file_is_a_line_of_the_release(release_2026):
    with (DATA / "observations.csv").open(encoding="utf-8", newline="") as file:
        lines = sum(1 for _ in csv.reader(file)) - 1
    assert len(release_2026.observations) == lines == len(second_route.records("observations"))
