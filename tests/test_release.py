"""The release: which of several sources counts, what is only interim, what is withheld."""

import csv
import itertools
from collections import defaultdict

import pandas as pd
import pytest

from anticorruption import regions, release
from anticorruption.errors import RefusedInput
from tests.conftest import DATA

#: Hand-made documents: kind and date of publication.
SOURCES = {
    "official-000001": ("official", "2020-01-01"),
    "mirror-000001": ("mirror", "2024-01-01"),
    "press-000001": ("press", "2024-05-01"),
    "press-000002": ("press", "2024-06-01"),
    "press-000003": ("press", "2024-06"),
    "press-000004": ("press", "2023"),
    "press-000005": ("press", ""),
    "press-000006": ("press", "2024-06-01"),
}
KEY = ("35.72", "spi", 2024)
_UNIQUE = itertools.count()


def real(table):
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def opened(small_copy):
    """Open a release that holds only hand-made observations of Kota Blitar's SPI 2024.

    Each is (source, confidence, printed) and may go on with the status.
    """
    header = small_copy.header("sources")
    made = [
        {"source_id": name, "publisher": "x", "title": "x", "published": date, "kind": kind}
        for name, (kind, date) in SOURCES.items()
    ]
    small_copy.write("sources", [header, *([row.get(c, "") for c in header] for row in made)])

    def open_with(observations, key=KEY):
        header = small_copy.header("observations")
        rows = []
        for source, confidence, printed, *status in observations:
            number = printed.replace(".", "").isdigit()
            cells = {
                "region_code": key[0],
                "measure_id": key[1],
                "year": str(key[2]),
                "value": printed if number else "",
                "label": "" if number else printed,
                "status": status[0] if status else "final",
                "source_id": source,
                "confidence": confidence,
                "note": f"made by hand {next(_UNIQUE)}",
            }
            rows.append([cells.get(column, "") for column in header])
        small_copy.write("observations", [header, *rows])
        return release.load(small_copy.folder)

    return open_with


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        # The kind of source goes before everything else.
        (("official-000001", "low", "77"), ("mirror-000001", "high", "77.12")),
        (("mirror-000001", "low", "77"), ("press-000002", "high", "77.12")),
        (("official-000001", "low", "77"), ("press-000002", "high", "77.12")),
        # Then confidence, before decimals and date.
        (("press-000004", "high", "77"), ("press-000002", "medium", "77.12")),
        (("press-000004", "medium", "77"), ("press-000002", "low", "77.12")),
        # Then the decimals printed, before the date.
        (("press-000004", "high", "77.12"), ("press-000002", "high", "77.1")),
        (("press-000004", "high", "77.1"), ("press-000002", "high", "77")),
        (("press-000004", "high", "77.10"), ("press-000002", "high", "77.9")),
        # Then the later publication, of whatever precision; no date is the oldest.
        (("press-000002", "high", "77.1"), ("press-000001", "high", "77.2")),
        (("press-000002", "high", "77.1"), ("press-000003", "high", "77.2")),
        (("press-000003", "high", "77.1"), ("press-000001", "high", "77.2")),
        (("press-000001", "high", "77.1"), ("press-000004", "high", "77.2")),
        (("press-000004", "high", "77.1"), ("press-000005", "high", "77.2")),
        # Last the name, so that the choice is always the same.
        (("press-000002", "high", "77.1"), ("press-000006", "high", "77.2")),
        # Final goes before interim, whoever says so.
        (("press-000005", "low", "77"), ("official-000001", "high", "77.12", "interim")),
    ],
)
@pytest.mark.parametrize("turned", [False, True], ids=["winner-first", "winner-last"])
def test_each_step_of_the_rule_decides_in_any_order_of_the_file(opened, winner, loser, turned):
    held = opened([loser, winner] if turned else [winner, loser])
    assert len(held.chosen) == 1
    value = held.value(*KEY)
    assert (value["source_id"], value["printed"]) == (winner[0], winner[2])
    others = held.alternatives(*KEY)
    finals = [] if "interim" in loser else [loser[0]]
    assert others["source_id"].tolist() == finals
    assert value["sources"] == 1 + len(finals)


@pytest.mark.parametrize(
    ("first", "second", "disputed"),
    [
        ("77.12", "77.12", False),
        ("77.1", "77.12", False),
        ("77.12", "77.1", False),
        ("98", "97.98", False),
        ("98", "97.5", False),
        ("98", "98.49", False),
        ("77.10", "77.1", False),
        ("77.1", "77.2", True),
        ("77.1", "77.16", True),
        ("83.76", "83.75", True),
        ("98", "97.4", True),
        ("98.97", "97.98", True),
        ("83", "83.76", True),
    ],
)
def test_a_rounding_is_no_dispute_and_another_value_is(opened, first, second, disputed):
    held = opened([("official-000001", "high", first), ("press-000001", "high", second)])
    value = held.value(*KEY)
    assert value["printed"] == first
    assert value["disputed"] == disputed


@pytest.mark.parametrize(("second", "disputed"), [("WTP", False), ("WDP", True)])
def test_another_label_is_a_dispute(opened, second, disputed):
    key = ("35.72", "bpk_opinion", 2023)
    rows = [("official-000001", "high", "WTP"), ("press-000001", "high", second)]
    value = opened(rows, key).value(*key)
    assert (value["label"], value["printed"]) == ("WTP", "WTP")
    assert value["disputed"] == disputed


def test_an_interim_reading_is_no_dispute_and_never_chosen(opened):
    interim = ("official-000001", "high", "52", "interim")
    held = opened([("press-000001", "low", "97.98"), interim])
    assert not held.value(*KEY)["disputed"]
    assert held.interim("35.72")["value"].tolist() == [52.0]
    alone = opened([interim])
    assert alone.chosen.empty and alone.value(*KEY) is None
    assert alone.latest("spi", 2030).empty
    assert alone.panel("spi").empty
    assert alone.interim("35.72", "spi")["printed"].tolist() == ["52"]
    assert alone.interim("35.72", "mcp").empty


def test_latest_takes_the_newest_year_up_to_the_one_asked_for(data_copy):
    header = data_copy.header("observations")
    rows = []
    for year, value in ((2019, "61"), (2022, "64"), (2024, "70")):
        cells = {"region_code": "35.72", "measure_id": "mcp", "year": str(year), "value": value}
        cells |= {"status": "final", "source_id": "tajuk-aba20f", "confidence": "high"}
        rows.append([cells.get(column, "") for column in header])
    data_copy.write("observations", [header, *rows])
    held = release.load(data_copy.folder)
    for until, year in ((2019, 2019), (2021, 2019), (2022, 2022), (2023, 2022), (2030, 2024)):
        assert held.latest("mcp", until).at["35.72", "year"] == year
    assert held.latest("mcp", 2018).empty


def test_kota_blitar_mcp_2024_is_97_98_beside_98_97_and_98(release_2026):
    value = release_2026.value("35.72", "mcp", 2024)
    assert (value["value"], value["printed"], value["disputed"]) == (97.98, "97.98", True)
    others = release_2026.alternatives("35.72", "mcp", 2024)
    assert sorted(others["printed"]) == ["97.98", "98", "98.97"]
    assert value["sources"] == 4 and value["row"] not in others.index


def test_kota_surakarta_spi_2023_is_83_76_beside_four_other_figures(release_2026):
    value = release_2026.value("33.72", "spi", 2023)
    assert (value["value"], value["kind"], value["disputed"]) == (83.76, "mirror", True)
    others = release_2026.alternatives("33.72", "spi", 2023)
    assert {"83", "83.8", "83.75", "83.76"} == set(others["printed"])


def test_kota_payakumbuh_has_mcp_2024_only_as_interim(release_2026):
    assert release_2026.value("13.76", "mcp", 2024) is None
    reading = release_2026.interim("13.76", "mcp")
    assert reading[["year", "value", "as_of"]].to_numpy().tolist() == [[2024, 52.0, "2024-09-20"]]
    panel = release_2026.panel("mcp")
    assert "13.76" not in panel.index or pd.isna(panel.loc["13.76"].get(2024))


def test_boyolali_2023_stays_out_of_panels_and_stays_visible(release_2026):
    assert pd.isna(release_2026.panel("spi").at["33.09", 2023])
    assert release_2026.panel("spi").at["33.09", 2022] == 88.33
    value = release_2026.value("33.09", "spi", 2023)
    assert (value["value"], value["withheld"]) == (89.6, True)
    assert release_2026.latest("spi", 2023).at["33.09", "withheld"]
    assert release_2026.latest("spi", 2023).at["33.09", "year"] == 2023
    assert release_2026.chosen["withheld"].sum() == 1


def test_no_chosen_value_is_interim_and_each_stands_in_its_row_of_the_file(release_2026):
    chosen = release_2026.chosen.reset_index()
    assert set(chosen["status"]) == {"final"}
    records = real("observations")
    for row in chosen.sample(300, random_state=1).itertuples():
        record = records[row.row - 2]
        assert (record["region_code"], record["measure_id"]) == (row.region_code, row.measure_id)
        assert record["year"] == str(row.year) and record["source_id"] == row.source_id
        assert row.printed == (record["value"] or record["label"])


def test_every_final_fact_has_one_chosen_value_and_no_other_fact_has(release_2026):
    facts = defaultdict(set)
    for record in real("observations"):
        if record["status"] == "final":
            key = (record["region_code"], record["measure_id"], int(record["year"]))
            facts[key].add(record["source_id"])
    chosen = release_2026.chosen
    assert chosen.index.is_unique and set(chosen.index) == set(facts)
    assert chosen["sources"].to_dict() == {key: len(names) for key, names in facts.items()}


def test_no_better_kind_of_source_is_ever_passed_over(release_2026):
    order = ["official", "mirror", "press"]
    kinds = {record["source_id"]: record["kind"] for record in real("sources")}
    best = defaultdict(lambda: 9)
    for record in real("observations"):
        if record["status"] == "final":
            key = (record["region_code"], record["measure_id"], int(record["year"]))
            best[key] = min(best[key], order.index(kinds[record["source_id"]]))
    chosen = release_2026.chosen["kind"].map(order.index)
    assert chosen.to_dict() == dict(best)


def test_a_panel_holds_governments_of_its_level_only(release_2026):
    local, province = release_2026.panel("spi", "local"), release_2026.panel("spi", "province")
    assert set(local.index) <= set(regions.governments("local").index)
    assert set(province.index) <= set(regions.governments("province").index)
    assert len(local) == 508 and len(province) == 38
    assert set(local.columns) == {2021, 2022, 2023, 2024, 2025}
    assert release_2026.panel("spi").shape[0] == 546
    assert release_2026.panel("no_investigation").empty


def test_blitar_spi_2024_is_77_10_at_place_3_of_38_in_jawa_timur(release_2026):
    scores = release_2026.panel("spi", "local")[2024]
    scores = scores[scores.index.str.startswith("35.")].sort_values(ascending=False)
    assert len(scores) == 38
    assert scores.index.get_loc("35.72") == 2
    assert release_2026.value("35.72", "spi", 2024)["printed"] in ("77.1", "77.10")


def test_coverage_counts_regions_with_a_final_value(release_2026):
    counted = defaultdict(set)
    for record in real("observations"):
        if record["status"] == "final":
            counted[record["measure_id"], int(record["year"])].add(record["region_code"])
    coverage = release_2026.coverage()
    for (measure_id, year), codes in counted.items():
        assert coverage.at[measure_id, year] == len(codes)
    assert int(coverage.sum().sum()) == sum(map(len, counted.values()))


def test_the_sealed_release_is_not_altered(release_2026):
    assert release_2026.altered == () and release_2026.title == release_2026.name == "2026.11"
    assert release.altered(DATA) == []


def test_one_changed_byte_alters_the_release_and_its_title_says_which_table(data_copy):
    data_copy.replace("pilots", "2025,35.72,pilot,92.15", "2025,35.72,pilot,92.16")
    data_copy.replace("programmes/kabkota-2025.toml", "value = 75", "value = 76")
    held = release.load(data_copy.folder)
    assert held.altered == ("pilots.csv", "programmes/kabkota-2025.toml")
    assert held.title == "2026.11 + pilots.csv, programmes/kabkota-2025.toml"
    assert release.load(DATA).altered == ()


def test_undoing_the_change_undoes_the_mark(data_copy):
    before = data_copy.path("flags").read_bytes()
    data_copy.path("flags").write_bytes(before + b"\n")
    assert release.altered(data_copy.folder) == ["flags.csv"]
    data_copy.path("flags").write_bytes(before)
    assert release.altered(data_copy.folder) == []


@pytest.mark.parametrize("file", ["breaks.csv", "programmes/kabkota-2024.toml"])
def test_a_missing_table_is_refused_by_name(data_copy, file):
    data_copy.path(file).unlink()
    with pytest.raises(RefusedInput, match=f"{file}: the table is missing"):
        release.load(data_copy.folder)


def test_a_folder_that_holds_no_release_is_refused(tmp_path):
    with pytest.raises(RefusedInput, match=r"datapackage\.json: not found"):
        release.load(tmp_path)
