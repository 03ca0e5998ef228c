"""The codebook, and the edges of the dated bands as they were printed."""

import csv
import itertools

import pytest

from anticorruption import measures
from anticorruption.errors import RefusedInput
from tests.conftest import DATA


def named(measure_id, year, value, scheme=measures.PUBLISHED):
    band = measures.band_of(measure_id, year, value, scheme)
    return None if band is None else band.name


@pytest.mark.parametrize(
    ("measure_id", "year", "value", "band"),
    [
        # SPI 2024: "0-72.9, 73-77.9, 78-100", scores of two decimals.
        ("spi", 2024, 0, "rentan"),
        ("spi", 2024, 72.94, "rentan"),
        ("spi", 2024, 72.95, "waspada"),
        ("spi", 2024, 73, "waspada"),
        ("spi", 2024, 77.1, "waspada"),
        ("spi", 2024, 77.94, "waspada"),
        ("spi", 2024, 77.95, "terjaga"),
        ("spi", 2024, 78, "terjaga"),
        ("spi", 2024, 100, "terjaga"),
        # SPI 2023 has four bands and other edges.
        ("spi", 2023, 67.94, "sangat rentan"),
        ("spi", 2023, 67.95, "rentan"),
        ("spi", 2023, 73.64, "rentan"),
        ("spi", 2023, 73.65, "waspada"),
        ("spi", 2023, 77.44, "waspada"),
        ("spi", 2023, 77.45, "terjaga"),
        ("spi", 2025, 72.32, "rentan"),
        # MCP: a value on an edge belongs to the higher colour.
        ("mcp", 2019, 24.99, "merah"),
        ("mcp", 2019, 25, "kuning"),
        ("mcp", 2023, 50, "biru"),
        ("mcp", 2023, 74.99, "biru"),
        ("mcp", 2023, 75, "hijau"),
        ("mcp", 2023, 100, "hijau"),
        ("mcp", 2025, 78, "hijau"),
        # SAKIP: an edge belongs to the lower class.
        ("sakip", 2023, 80.00, "BB"),
        ("sakip", 2023, 80.004, "BB"),
        ("sakip", 2023, 80.01, "A"),
        ("sakip", 2021, 30, "D"),
        ("sakip", 2030, 90.01, "AA"),
        # SPBE: the top edge is closed.
        ("spbe", 2023, 1.79, "Kurang"),
        ("spbe", 2023, 1.8, "Cukup"),
        ("spbe", 2023, 4.19, "Sangat Baik"),
        ("spbe", 2023, 4.2, "Memuaskan"),
        ("spbe", 2023, 5.0, "Memuaskan"),
        # Ombudsman: colours in 2021, letters from 2022.
        ("ombudsman", 2021, 80, "kuning"),
        ("ombudsman", 2021, 81, "hijau"),
        ("ombudsman", 2022, 77.99, "C Kualitas Sedang"),
        ("ombudsman", 2022, 78, "B Kualitas Tinggi"),
        ("ombudsman", 2024, 88, "A Kualitas Tertinggi"),
        ("ombudsman", 2024, 31.99, "E Kualitas Terendah"),
        # Reform index: above 100 since 2023.
        ("rb", 2022, 90.01, "AA"),
        ("rb", 2023, 99.99, "A / A-"),
        ("rb", 2024, 100, "AA"),
        ("rb", 2024, 120, "AA"),
        ("kip", 2024, 39.94, "Tidak Informatif"),
        ("kip", 2024, 39.95, "Kurang Informatif"),
        ("kip", 2024, 97.86, "Informatif"),
        ("spip_maturity", 2024, 3, "Terdefinisi"),
        ("pilot_score", 2025, 90, "Istimewa"),
    ],
)
def test_a_value_on_or_beside_an_edge_gets_the_band_as_published(measure_id, year, value, band):
    assert named(measure_id, year, value) == band


@pytest.mark.parametrize(
    ("measure_id", "year", "value"),
    [
        ("ombudsman", 2021, 80.5),
        ("ombudsman", 2021, 80.01),
        ("ombudsman", 2021, 80.99),
        ("spi", 2021, 82.28),
        ("spi", 2022, 81.8),
        ("spi", 2026, 80),
        ("mcp", 2018, 90),
        ("mcp", 2024, 97.98),
        ("mcp", 2025, 77.99),
        ("ombudsman", 2025, 90),
        ("pilot_score", 2025, 89.99),
        ("spi", 2024, 100.5),
        ("spi", 2024, -1),
        ("spi", 2024, float("nan")),
        ("ipm", 2024, 78),
    ],
)
def test_gaps_and_years_without_bands_give_no_band(measure_id, year, value):
    assert measures.band_of(measure_id, year, value) is None


@pytest.mark.parametrize(
    ("value", "printed", "spoken"),
    [
        (72.99, "rentan", "rentan"),
        (73.0, "rentan", "waspada"),
        (77.5, "terjaga", "waspada"),
        (79.99, "terjaga", "waspada"),
        (80.0, "terjaga", "terjaga"),
        (60.0, "sangat rentan", "rentan"),
    ],
)
def test_contradictory_sets_of_2023_stand_beside_one_another(value, printed, spoken):
    assert named("spi", 2023, value) == printed
    assert named("spi", 2023, value, "spoken") == spoken


def test_a_set_that_nobody_published_is_empty():
    assert measures.bands("spi", 2024, "spoken").empty
    assert measures.band_of("spi", 2024, 80, "spoken") is None


def test_a_band_says_its_place_edges_and_standing():
    band = measures.band_of("spi", 2023, 75.0)
    assert (band.position, band.count, band.lower, band.upper) == (3, 4, 73.7, 77.4)
    assert (band.confidence, band.source_id) == ("medium", "kompas-8d0ada")


def test_bands_run_from_the_lowest_upwards():
    for year in (2021, 2023, 2025):
        for measure_id in ("spi", "mcp", "ombudsman", "sakip", "spbe", "kip", "rb"):
            frame = measures.bands(measure_id, year)
            assert frame["lower"].is_monotonic_increasing
            assert frame["position"].tolist() == list(range(1, len(frame) + 1))


def test_no_value_on_or_beside_an_edge_lies_in_two_bands():
    with (DATA / "bands.csv").open(encoding="utf-8", newline="") as file:
        sets = {(row["measure_id"], row["scheme"]) for row in csv.DictReader(file)}
    for (measure_id, scheme), year in itertools.product(sets, range(2018, 2027)):
        frame = measures.bands(measure_id, year, scheme)
        for value in {*frame["lower"], *frame["upper"]}:
            for near in (value - 0.01, value, value + 0.01):
                inside = [
                    row.band
                    for row in frame.itertuples()
                    if (row.lower < near or (row.lower_included and near == row.lower))
                    and (near < row.upper or (row.upper_included and near == row.upper))
                ]
                assert len(inside) <= 1, (measure_id, scheme, year, near, inside)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (72.95, 1, 73.0),
        (73.65, 1, 73.7),
        (0.125, 2, 0.13),
        (2.675, 2, 2.68),
        (1.005, 2, 1.01),
        (0.5, 0, 1.0),
        (1.5, 0, 2.0),
        (2.5, 0, 3.0),
        (-0.5, 0, -1.0),
        (99.994999, 2, 99.99),
        (83.76, 2, 83.76),
        (1e-9, 2, 0.0),
    ],
)
def test_halves_are_rounded_up_as_they_are_printed(value, places, rounded):
    assert measures.round_half_up(value, places) == rounded


def test_names_decimals_and_labels_of_the_codebook():
    assert measures.name("spip_maturity", "en") == "Internal control maturity (SPIP)"
    assert measures.name("bpk_opinion") == "Opini BPK atas LKPD"
    assert measures.decimals("spi") == 2 and measures.decimals("population") == 0
    assert measures.labels("bpk_opinion") == ("TMP", "TW", "WDP", "WTP-PSH", "WTP")
    assert measures.labels("spi") == ()


def test_every_measure_has_both_names_a_unit_and_a_direction():
    book = measures.codebook()
    assert book.index.is_unique
    assert (book[["name_ind", "name_eng", "unit", "publisher"]] != "").all(axis=None)
    assert set(book["direction"]) <= {-1, 0, 1}


@pytest.mark.parametrize("question", [measures.name, measures.decimals, measures.labels])
def test_an_unknown_measure_is_refused_by_name(question):
    with pytest.raises(RefusedInput, match="there is no measure called 'happiness'"):
        question("happiness")


def test_a_measure_that_is_misspelt_is_answered_with_those_near_it():
    with pytest.raises(RefusedInput, match="'mpc'; did you mean mcp"):
        measures.name("mpc")
