"""Coverage, recounted from the files alone."""

import csv
from collections import defaultdict

import pandas as pd
import pytest

from anticorruption import coverage, regions
from tests.paths import ROOT


@pytest.fixture(scope="module")
def lines():
    """Observations as the file has them, with the kind of their source."""
    with (ROOT / "data" / "sources.csv").open(encoding="utf-8") as file:
        kind = {row["source_id"]: row["kind"] for row in csv.DictReader(file)}
    with (ROOT / "data" / "observations.csv").open(encoding="utf-8") as file:
        return [row | {"kind": kind[row["source_id"]]} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def local():
    with (ROOT / "data" / "regions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        row["region_code"]: row
        for row in rows
        if row["level"] in ("kabupaten", "kota") and row["has_government"] == "true"
    }


WITHHELD = ("33.09", "spi", "2023")


def finals(lines, local, measure_ids):
    return [
        row
        for row in lines
        if row["measure_id"] in measure_ids
        and row["status"] == "final"
        and row["region_code"] in local
        and (row["region_code"], row["measure_id"], row["year"]) != WITHHELD
    ]


def test_counts_by_year_are_those_of_the_file(release_2026, lines, local):
    table = coverage.by_year(coverage.published(release_2026))
    for measure_id in ("mcp", "spi", "ombudsman", "bpk_opinion"):
        having = defaultdict(set)
        for row in finals(lines, local, {measure_id}):
            having[int(row["year"])].add(row["region_code"])
        expected = {year: len(codes) for year, codes in having.items()}
        found = table.loc[measure_id]
        assert found[found > 0].to_dict() == expected


def test_a_group_counts_a_government_once(release_2026, lines, local):
    groups = {"ombudsman": ("ombudsman", "ombudsman_zone"), "nothing": ("spip_maturity",)}
    table = coverage.by_group(coverage.published(release_2026), groups)
    wanted = {
        row["region_code"]
        for row in finals(lines, local, groups["ombudsman"])
        if row["year"] == "2023"
    }
    assert table.at["ombudsman", 2023] == len(wanted)
    assert table.loc["nothing"].sum() == 0
    assert list(table.columns) == list(range(table.columns[0], table.columns[-1] + 1))


def test_shares_of_provinces_are_those_of_the_file(release_2026, lines, local):
    values = coverage.published(release_2026)
    table = coverage.by_province(values, {"mcp": ["mcp"]}, 2023, 2024)
    assert "31" not in table.index
    size, having = defaultdict(int), defaultdict(set)
    for row in local.values():
        size[row["province_code"]] += 1
    for row in finals(lines, local, {"mcp"}):
        if row["year"] in ("2023", "2024"):
            having[local[row["region_code"]]["province_code"]].add(row["region_code"])
    for code, share in table["mcp"].items():
        assert share == pytest.approx(len(having[code]) / size[code])
    assert table["governments"].sum() == len(local) == 508


def test_gaps_add_up_to_all_governments(release_2026):
    groups = {"mcp": ["mcp"], "spi": ["spi"], "investigation": ["no_investigation"]}
    table = coverage.gaps(release_2026, groups, 2023, 2024)
    assert (table[["recent", "older", "interim_only", "none"]].sum(axis=1) == 508).all()
    assert table.at["spi", "missing"] == 0
    assert table.at["investigation", "none"] == 508


def test_classes_of_freshness_by_plain_loops(release_2026, lines, local):
    classes = coverage.latest_class(release_2026, ["mcp"], 2023, 2024)
    for code in local:
        own = [r for r in lines if r["region_code"] == code and r["measure_id"] == "mcp"]
        final = [int(r["year"]) for r in own if r["status"] == "final" and int(r["year"]) <= 2024]
        interim = any(r["status"] == "interim" and int(r["year"]) <= 2024 for r in own)
        if final:
            expected = "recent" if max(final) >= 2023 else "older"
        else:
            expected = "interim_only" if interim else "none"
        assert classes[code] == expected, code


def test_whole_lists_print_every_government_of_their_province(release_2026, lines, local):
    lists = coverage.whole_lists(release_2026, ["mcp"])
    found = {(r.source_id, str(r.year), r.province_code) for r in lists.itertuples()}
    printed = defaultdict(set)
    for row in finals(lines, local, {"mcp"}):
        key = row["source_id"], row["year"], row["region_code"][:2]
        printed[key].add(row["region_code"])
    everybody = defaultdict(set)
    for code in local:
        everybody[code[:2]].add(code)
    assert found == {key for key, codes in printed.items() if codes == everybody[key[2]]}


def test_reach_goes_from_official_over_lists_to_single_news(release_2026, lines, local):
    classes = coverage.reach(release_2026, ["mcp"])
    own = finals(lines, local, {"mcp"})
    official = {r["region_code"] for r in own if r["kind"] != "press"}
    press = {r["region_code"] for r in own if r["kind"] == "press"}
    assert set(classes.index[classes == "official"]) == official
    rest = set(classes.index[classes.isin(["whole_list", "single_news"])])
    assert rest == press - official
    assert set(classes.index[classes == "none"]) == set(local) - press - official


def test_representation_counts_every_government_of_a_group_once():
    classes = pd.Series({"a": "official", "b": "whole_list", "c": "single_news", "d": "none"})
    groups = pd.Series({"a": "x", "b": "x", "c": "x", "d": "y", "e": "y"})
    table = coverage.representation(classes, groups)
    assert table.loc["x"].to_dict() == {
        "governments": 3,
        "official": 1,
        "whole_list": 1,
        "single_news": 1,
        "none": 0,
        "press_share": pytest.approx(2 / 3),
    }
    assert table.at["y", "governments"] == 1


def test_lists_and_single_news_share_no_value(release_2026, lines, local):
    table = coverage.lists_against_news(release_2026, "mcp")
    press = {
        (r["region_code"], r["year"])
        for r in finals(lines, local, {"mcp"})
        if r["kind"] == "press" and r["value"]
    }
    assert table[["list_values", "news_values"]].to_numpy().sum() == len(press)
    lists = coverage.whole_lists(release_2026, ["mcp"])
    of_2023 = lists[lists["year"] == 2023]
    assert table.at[2023, "list_values"] == of_2023["governments"].sum()
    assert regions.governments("local").shape[0] == 508
