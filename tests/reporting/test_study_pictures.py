"""Pictures of the studies: bars, colours and sentences agree with the counts they were given."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from anticorruption import coverage, regions
from anticorruption.language import Language
from anticorruption.reporting import pilot_pictures, study_pictures
from anticorruption.reporting.display import Page


@pytest.fixture
def page(release_2026):
    return Page(release_2026, Language("en"))


def title(chart) -> str:
    return " ".join(chart.get_suptitle().split())


def bars(chart) -> dict[str, list[float]]:
    """Name in the legend to the widths of its bars."""
    return {c.get_label(): [bar.get_width() for bar in c] for c in chart.axes[0].containers}


FUNNEL = pd.DataFrame(
    {"met": [300, 0, 5], "unknown": [8, 508, 500], "not_met": [200, 0, 3],
     "left_low": [300, 0, 0], "left_high": [308, 307, 305]},
    index=["spi", "case", "mcp"],
)  # fmt: skip


def test_who_is_left_is_left_and_who_is_out_is_out(page):
    chart, _, alt, _ = study_pictures.left(page, FUNNEL, 508, 2, 2025)
    assert bars(chart) == {
        "certainly left": [300, 0, 0], "possibly left": [8, 307, 305], "out": [200, 201, 203],
    }  # fmt: skip
    assert "spi: 300 certainly left, 8 possibly, 200 out" in alt
    assert "0 to 307 are left; after all, 0 to 305" in title(chart)


def test_answers_have_their_names_and_their_sentence(page):
    names = {"spi": "SPI", "case": "Case", "mcp": "MCP"}
    chart, _, alt, _ = study_pictures.criteria_alone(page, FUNNEL, names, 2025)
    assert bars(chart) == {
        "known to be met": [300, 0, 5], "cannot tell": [8, 508, 500],
        "known not to be met": [200, 0, 3],
    }  # fmt: skip
    assert title(chart).startswith("1 of 3 criteria") and "MCP: 5 met, 500 unknown, 3" in alt


def test_readings_and_groups_keep_who_meets_and_who_fails_apart(page):
    table = pd.DataFrame(
        {"edition": [2024, 2025, 2025], "variant": ["base", "base", "hard"], "met": [1, 2, 3],
         "unknown": [20, 30, 40], "not_met": [500, 600, 700]}
    )  # fmt: skip
    chart, _, alt, _ = study_pictures.readings(page, table, ["s"])
    assert bars(chart) == {
        "known to meet all": [1, 2, 3], "cannot tell": [20, 30, 40],
        "known not to meet one": [500, 600, 700],
    }  # fmt: skip
    assert "500 to 700 are known not to qualify and 1 to 3 known to" in title(chart)
    assert "2025, hard: 3 met, 40 unknown, 700 not met" in alt
    own = pd.DataFrame(
        {"by": ["level", "island", "island"], "group": ["kota", "Java", "Papua"], "met": [1, 2, 3],
         "unknown": [20, 30, 40], "not_met": [50, 60, 70], "share_high": [0.5, 0.7, 0.2]}
    )  # fmt: skip
    chart, *_ = study_pictures.groups(page, own, 2025)
    assert bars(chart)["known not to meet one"] == [50, 60, 70]
    assert title(chart) == "At most 70 % can qualify in Java, at most 20 % in Papua"


def colours(chart) -> dict[str, int]:
    """Colour of the hexagons to how many there are."""
    return {
        to_hex(each.get_facecolor()[0]): len(each.get_paths())
        for each in chart.axes[0].collections
        if len(each.get_facecolor())
    }


def named(chart) -> dict[str, str]:
    legend = chart.axes[0].get_legend()
    return {p.get_label(): to_hex(p.get_facecolor()) for p in legend.get_patches()}


def test_the_map_of_freshness_counts_its_classes_in_its_colours(page):
    codes = regions.governments("local").index
    classes = pd.Series(coverage.NONE, index=codes)
    classes[codes[:200]], classes[codes[200:250]] = coverage.RECENT, coverage.OLDER
    classes[codes[250:253]] = coverage.INTERIM_ONLY
    chart, _, alt, _ = study_pictures.freshness(page, classes, "SPI", 2023, 2025, ["35.72"])
    found, legend = colours(chart), named(chart)
    assert found[legend["final value of 2023–2025"]] == 200
    assert found[legend["older final value"]] == 50
    assert found[legend["interim readings only"]] == 3
    assert found[legend["no value published"]] == 508 - 253
    assert title(chart).startswith("A recent final SPI is public for 200 of 508 governments; for")
    assert "200 final value of 2023–2025, 50 older final value, 3 interim" in alt


def test_the_map_of_deductions_names_the_islands_of_most_and_least(page):
    codes = regions.governments("local").index
    island = regions.table()["island_group"].reindex(codes)
    shares = {name: place / 10 for place, name in enumerate(dict.fromkeys(island))}
    carries = pd.concat(
        [pd.Series([n < round(shares[name] * len(own)) for n in range(len(own))], own.index)
         for name, own in island.groupby(island, sort=False)]
    )  # fmt: skip
    chart, _, alt, _ = study_pictures.deduction_map(page, carries, 2022, ())
    most, least = list(shares)[-1], next(iter(shares))
    told = title(chart)
    assert told.index(most) < told.index(least) and told.endswith(f" and 0 % of {least}")
    assert colours(chart)[named(chart)["further deduction"]] == int(carries.sum())
    assert alt.index(least) < alt.index(most)


def test_steps_of_the_mean_change_have_their_sizes(page):
    moved = pd.DataFrame(
        {"spi_internal": [1.0], "spi_external": [2.0], "spi_expert": [-0.5],
         "spi_corr_integritas": [-1.0], "spi_corr_prevalensi": [0.25], "rest": [0.0],
         "spi": [1.75]}
    )  # fmt: skip
    chart, _, alt, _ = study_pictures.mean_change(page, moved, 70.0, (2023, 2024), ())
    assert "internal +1.00; external +2.00; expert −0.50" in alt
    assert "moved by +1.75 points, its makings by 4.8 in all" in title(chart)


def test_residuals_name_the_years_that_their_parts_do_not_explain(page):
    index = pd.MultiIndex.from_product([["a", "b"], [2021, 2022]], names=["region_code", "year"])
    table = pd.DataFrame({"residual": [0.0, -3.0, 0.01, -1.0]}, index)
    table["unexplained"] = table["residual"] < -0.03
    chart, _, alt, _ = study_pictures.residuals(page, table, ())
    assert title(chart) == "2 of 4 scores come out of their parts; the others are of 2022"
    assert alt.endswith("2022, from −3.0 to −1.0 points.")


def test_shares_of_provinces_stand_in_percent_under_their_names(page):
    columns = {"governments": [23, 38], "SPI": [0.5, 1.0], "SAKIP (letter)": [0.0, 1.0]}
    shares = pd.DataFrame(columns, index=["11", "35"])
    chart, caption, _, _ = study_pictures.criteria_by_province(page, shares, 2023, 2025)
    axes = chart.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Aceh", "Jawa Timur"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["SPI", "SAKIP"]
    assert sorted(text.get_text() for text in axes.texts) == ["100", "100", "50"]
    assert "2023–2025" in caption


# Pictures of the studies of the pilots


@pytest.mark.parametrize(("observed", "where"), [(0.5, "inside"), (9.0, "outside")])
def test_the_pilots_lie_where_they_lie_among_groups_that_nobody_picked(page, observed, where):
    spread = pd.Series(range(-50, 51)).to_numpy() / 10
    chart, caption, alt, _ = pilot_pictures.placebos(page, spread, observed, 4, 60, ())
    assert title(chart).endswith(f"between −4.5 and +4.5; the pilots lie {where}")
    assert alt == f"{title(chart)}." and "Groups of 4 drawn from 60" in caption


def test_pilots_inside_their_band_are_counted_among_those_with_a_band(page):
    panel = pd.DataFrame({2024: [70.0, 80], 2025: [71.0, 60]}, index=["35.72", "33.72"])
    band = pd.DataFrame({f"q{q:02}": [70.0, 70] for q in (5, 25, 50, 75, 95)}, index=[2024, 2025])
    ends = pd.DataFrame({"place": ["inside", "below", None]})
    found = {"35.72": band, "33.72": band}
    chart, *_ = pilot_pictures.in_bands(page, panel, found, ends, [2025], ())
    assert title(chart).startswith("1 of 2 pilots lie inside")
    assert [axes.get_title(loc="left") for axes in chart.axes[:2]] == [
        "Blitar City", "Surakarta City",
    ]  # fmt: skip
