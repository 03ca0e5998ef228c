"""The house charts: what is marked on them, and the same bytes every time."""

import hashlib
import itertools
import os
import re
import subprocess
import sys
from datetime import date

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from anticorruption import charts
from anticorruption.charts import style
from tests.paths import ROOT

YEARS = [2021, 2022, 2023, 2024]
OWN = pd.Series({2021: 80.86, 2022: 70.37, 2023: 73.8, 2024: 75.82})
BANDS = {
    2023: [("rentan", 0, 73.6), ("waspada", 73.7, 77.4), ("terjaga", 77.5, 100)],
    2024: [("rentan", 0, 72.9), ("waspada", 73, 77.9), ("terjaga", 78, 100)],
}
STEPS = [("integrity correction", -4.54), ("prevalence correction", -0.64), ("rest", -3.06)]


def write(value, places):
    return f"{value:.{places}f}"


def trend(**changes):
    given = {
        "years": YEARS,
        "own": OWN,
        "groups": {"national": pd.Series(72.0, index=YEARS)},
        "bands": BANDS,
        "breaks": [2022, 2024],
        "flagged": [2022],
        "standard_error": 1.5,
        "title": "Mataram stood below the median",
        "axis": "SPI, points",
        "own_name": "Mataram",
        "break_name": "break in the series",
        "flag_name": "not explained",
        "write": write,
    }
    return charts.trend(**given | changes)


def scores_in_order(**changes):
    given = {
        "scores": pd.Series({"a": 70.0, "b": 80.0, "c": 75.0, "d": np.nan}),
        "names": {"a": "Region A", "b": "Region B", "c": "Region C", "d": "Region D"},
        "highlighted": ["c"],
        "standard_error": 2.0,
        "marks": [(68.0, "mark 68")],
        "title": "Region C in the middle",
        "axis": "SPI, points",
        "write": write,
    }
    return charts.scores_in_order(**given | changes)


def waterfall(**changes):
    given = {
        "steps": STEPS,
        "start": ("parts", 78.61),
        "end": ("published", 70.37),
        "title": "How the score is made",
        "axis": "points",
        "write": write,
    }
    return charts.waterfall(**given | changes)


def trajectories(**changes):
    panel = pd.DataFrame(
        [[82.0, 81.8, 82.5], [80.9, 70.4, 73.8], [np.nan, 70.5, 73.7]],
        index=["a", "b", "c"],
        columns=[2021, 2022, 2023],
    )
    given = {
        "panel": panel,
        "names": {"a": "Blitar", "b": "Mataram", "c": "Third"},
        "breaks": [2022],
        "flagged": [("b", 2022), ("c", 2021)],
        "title": "Three regions",
        "axis": "SPI, points",
        "break_name": "break in the series",
        "write": write,
    }
    return charts.trajectories(**given | changes)


DRAWN = [trend, scores_in_order, waterfall, trajectories]


def texts(chart):
    return [text.get_text() for text in chart.axes[0].texts]


def hollow(chart):
    """Points drawn hollow, as (x, y)."""
    return [
        point
        for line in chart.axes[0].get_lines()
        if line.get_marker() != "None" and line.get_markerfacecolor() == "white"
        for point in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


def upright_lines(chart):
    """Places of the lines that run over the whole height."""
    return [
        line.get_xdata()[0]
        for line in chart.axes[0].get_lines()
        if list(line.get_ydata()) == [0, 1] and len(set(line.get_xdata())) == 1
    ]


@pytest.mark.parametrize("draw", DRAWN)
def test_every_chart_is_a_figure_with_the_finding_as_title_and_the_unit_on_its_axis(draw):
    chart = draw(title="The finding", axis="the unit")
    assert isinstance(chart, Figure)
    assert chart.get_suptitle() == "The finding"
    assert "the unit" in (chart.axes[0].get_ylabel(), chart.axes[0].get_xlabel())


@pytest.mark.parametrize("draw", DRAWN)
def test_a_long_title_is_broken_into_lines(draw):
    words = "a finding that takes rather more words than one line of the page can hold " * 2
    lines = draw(title=words.strip()).get_suptitle().split("\n")
    assert len(lines) > 1 and max(map(len, lines)) <= 78
    assert " ".join(lines) == words.strip()


@pytest.mark.parametrize("draw", DRAWN)
def test_drawn_twice_a_chart_has_the_same_bytes(draw):
    assert charts.svg(draw()) == charts.svg(draw())


@pytest.mark.parametrize("draw", DRAWN)
def test_the_picture_names_no_date_and_no_maker(draw):
    picture = charts.svg(draw())
    assert picture.startswith("<?xml") and picture.rstrip().endswith("</svg>")
    assert "dc:date" not in picture and "dc:creator" not in picture
    assert date.today().isoformat() not in picture
    assert not re.search(r"\d{2}:\d{2}:\d{2}|[Mm]atplotlib v\d", picture)


def test_another_process_with_another_clock_and_hash_seed_draws_the_same_bytes():
    code = (
        "import hashlib; from anticorruption import charts; from tests import test_charts as t; "
        "print(hashlib.sha256(''.join(charts.svg(d()) for d in t.DRAWN).encode()).hexdigest())"
    )
    own = hashlib.sha256("".join(charts.svg(draw()) for draw in DRAWN).encode()).hexdigest()
    other = {"PYTHONHASHSEED": "7", "TZ": "Asia/Jayapura", "SOURCE_DATE_EPOCH": "0", "LC_ALL": "C"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | other,
        text=True,
        capture_output=True,
        check=True,
    )
    assert run.stdout.strip() == own


@pytest.mark.parametrize("draw", DRAWN)
def test_drawing_leaves_the_settings_and_open_figures_of_others_alone(draw):
    before, figures = dict(mpl.rcParams), plt.get_fignums()
    charts.svg(draw())
    assert dict(mpl.rcParams) == before and plt.get_fignums() == figures


def test_the_settings_of_others_do_not_reach_a_chart():
    plain = charts.svg(waterfall())
    with mpl.rc_context({"font.size": 20, "svg.fonttype": "none", "axes.grid": False}):
        assert charts.svg(waterfall()) == plain


def test_the_style_can_be_set_for_the_whole_process():
    with mpl.rc_context():
        charts.use_style()
        assert mpl.rcParams["svg.hashsalt"] == "anticorruption"
        assert mpl.rcParams["axes.spines.top"] is False


def test_an_empty_figure_has_the_width_of_the_page():
    assert charts.figure(2).get_size_inches().tolist() == [style.WIDTH, 2]


def band_shades(chart):
    """Filled bands as {(year, band shade): (bottom, top)}."""
    found = {}
    for area in chart.axes[0].collections:
        if type(area).__name__ not in ("PolyCollection", "FillBetweenPolyCollection"):
            continue
        corners = area.get_paths()[0].vertices
        colour = to_hex(area.get_facecolor()[0]).upper()
        year = round(corners[:, 0].mean())
        found[year, style.BANDS.index(colour)] = (corners[:, 1].min(), corners[:, 1].max())
    return found


def test_the_bands_of_each_year_are_shaded_and_named_and_years_without_stay_white():
    chart = trend()
    shades = band_shades(chart)
    assert {year for year, _ in shades} == {2023, 2024}
    # The axis reaches from five points below the lowest to five above the highest value.
    assert chart.axes[0].get_ylim() == (70.37 - 5, 80.86 + 5)
    assert shades[2024, 0] == (pytest.approx(65.37), 73)
    assert shades[2024, 1] == (73, 78)
    assert shades[2024, 2] == (78, pytest.approx(85.86))
    assert shades[2023, 1] == (73.7, 77.5)
    assert texts(chart).count("waspada") == texts(chart).count("terjaga") == 2


def test_a_band_that_lies_outside_the_picture_is_not_drawn():
    high = pd.Series({2023: 90.0, 2024: 91.0})
    chart = trend(own=high, groups={}, years=[2023, 2024], flagged=[], breaks=[])
    assert set(band_shades(chart)) == {(2023, 2), (2024, 2)}
    assert "rentan" not in texts(chart) and "waspada" not in texts(chart)


def test_a_flagged_year_is_hollow_and_named_and_others_are_not():
    chart = trend()
    assert hollow(chart) == [(2022, 70.37)]
    legend = [text.get_text() for text in chart.axes[0].get_legend().get_texts()]
    assert "not explained" in legend
    plain = trend(flagged=[])
    assert hollow(plain) == []
    assert "not explained" not in [t.get_text() for t in plain.axes[0].get_legend().get_texts()]


def test_a_flag_on_a_year_without_a_value_marks_nothing():
    assert hollow(trend(own=OWN.drop(2022))) == []


def test_breaks_are_lines_before_their_years_and_named():
    chart = trend()
    assert upright_lines(chart) == [2021.5, 2023.5]
    assert "break in the series" in [t.get_text() for t in chart.axes[0].get_legend().get_texts()]
    assert upright_lines(trend(breaks=[])) == []


def test_values_stand_beside_their_points_in_the_readers_numbers():
    chart = trend(write=lambda value, places: f"{value:.{places}f}".replace(".", ","))
    assert {"80,9", "70,4", "73,8", "75,8"} <= set(texts(chart))


def test_the_noise_of_a_year_reaches_one_standard_error_to_either_side():
    def bars(chart):
        lines = [c for c in chart.axes[0].collections if type(c).__name__ == "LineCollection"]
        return [
            (segment[0][0], segment[0][1], segment[1][1])
            for collection in lines
            for segment in collection.get_segments()
            if segment[0][0] == segment[1][0]
        ]

    assert [bar[0] for bar in bars(trend())] == YEARS
    for year, low, high in bars(trend()):
        assert (low, high) == (pytest.approx(OWN[year] - 1.5), pytest.approx(OWN[year] + 1.5))
    assert bars(trend(standard_error=0)) == []


def test_groups_are_grey_and_told_apart_by_dash_and_marker():
    groups = {name: pd.Series(70.0 + n, index=YEARS) for n, name in enumerate(("one", "two"))}
    lines = {line.get_label(): line for line in trend(groups=groups).axes[0].get_lines()}
    assert lines["one"].get_color() == lines["two"].get_color() == charts.PEER
    assert lines["one"].get_linestyle() != lines["two"].get_linestyle()
    assert lines["one"].get_marker() != lines["two"].get_marker()
    assert lines["Mataram"].get_color() == charts.ACCENT


def test_regions_stand_in_the_order_of_their_scores_and_the_unknown_is_left_out():
    axes = scores_in_order().axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["Region A", "Region C", "Region B"]


def test_the_chosen_region_is_bold_coloured_and_another_shape():
    axes = scores_in_order().axes[0]
    bold = [t.get_text() for t in axes.get_yticklabels() if t.get_fontweight() == "bold"]
    assert bold == ["Region C"]
    points = {
        line.get_color(): (line.get_marker(), list(line.get_xdata()))
        for line in axes.get_lines()
        if line.get_marker() != "None"
    }
    assert points[charts.ACCENT] == ("D", [75.0])
    assert points[charts.PEER] == ("o", [70.0, 80.0])


def test_bars_are_90_percent_intervals_of_one_score():
    axes = scores_in_order().axes[0]
    spans = {
        (segment[0][0] + segment[1][0]) / 2: segment[1][0] - segment[0][0]
        for bars in axes.collections
        for segment in bars.get_segments()
    }
    assert set(spans) == {70.0, 75.0, 80.0}
    assert list(spans.values()) == pytest.approx([2 * 1.645 * 2.0] * 3)


def test_marks_are_upright_lines_with_their_name():
    assert upright_lines(scores_in_order()) == [68.0] and texts(scores_in_order()) == ["mark 68"]
    assert upright_lines(scores_in_order(marks=[])) == [] == texts(scores_in_order(marks=[]))


def test_steps_lead_from_the_first_bar_to_the_last():
    axes = waterfall().axes[0]
    start, *steps, end = axes.patches
    assert start.get_y() + start.get_height() == pytest.approx(78.61)
    assert end.get_y() + end.get_height() == pytest.approx(70.37)
    assert start.get_y() == end.get_y() == axes.get_ylim()[0]
    level = 78.61
    for bar, (_, size) in zip(steps, STEPS, strict=True):
        edges = sorted((level, level + size))
        assert [bar.get_y(), bar.get_y() + bar.get_height()] == pytest.approx(edges)
        level += size
    assert level == pytest.approx(70.37)


def test_steps_are_written_with_their_sign_and_hatched_for_grey_print():
    chart = waterfall(steps=[("up", 2.5), ("down", -1.25)], start=("a", 70.0), end=("b", 71.25))
    assert texts(chart) == ["70.00", "+2.50", "\N{MINUS SIGN}1.25", "71.25"]
    assert [bar.get_hatch() for bar in chart.axes[0].patches] == [None, "///", "///", None]
    names = [label.get_text() for label in chart.axes[0].get_xticklabels()]
    assert names == ["a", "up", "down", "b"]


@pytest.mark.parametrize("end", [70.36, 70.38, 78.61, 0.0, 70.376])
def test_steps_that_do_not_add_up_are_refused(end):
    with pytest.raises(ValueError, match=r"the steps lead to 70\.3700, not to"):
        waterfall(end=("published", end))


@pytest.mark.parametrize("end", [70.37, 70.374, 70.366])
def test_half_a_hundredth_of_rounding_is_no_error(end):
    assert isinstance(waterfall(end=("published", end)), Figure)


def test_each_region_has_a_line_a_marker_and_a_name_of_its_own():
    chart = trajectories()
    lines = [line for line in chart.axes[0].get_lines() if len(line.get_xdata()) == 3]
    assert len({line.get_color() for line in lines}) == 3
    assert len({line.get_marker() for line in lines}) == 3
    assert sorted(texts(chart)) == ["Blitar", "Mataram", "Third"]


def test_more_regions_than_colours_stay_apart_by_marker():
    codes = [f"r{place}" for place in range(10)]
    panel = pd.DataFrame({2021: range(60, 70), 2022: range(70, 80)}, index=codes, dtype=float)
    chart = trajectories(panel=panel, names={c: c for c in codes}, breaks=[], flagged=[])
    lines = [line for line in chart.axes[0].get_lines() if len(line.get_xdata()) == 2]
    assert len(lines) == 10
    assert len({(line.get_color(), line.get_marker()) for line in lines}) == 10


def test_flagged_values_of_a_trajectory_are_hollow_where_there_is_a_value():
    assert hollow(trajectories()) == [(2022, 70.4)]
    assert upright_lines(trajectories()) == [2021.5]


def test_names_at_the_line_ends_do_not_hide_one_another():
    heights = {t.get_text(): t.xyann[1] for t in trajectories().axes[0].texts}
    ordered = sorted(heights.values())
    assert min(b - a for a, b in itertools.pairwise(ordered)) > 0.5
    assert heights["Blitar"] > heights["Mataram"] > heights["Third"]


def test_a_region_without_any_value_gets_no_name_and_no_point():
    panel = pd.DataFrame([[82.0, 81.8], [np.nan, np.nan]], index=["a", "b"], columns=[2021, 2022])
    chart = trajectories(panel=panel, flagged=[("b", 2021)])
    assert texts(chart) == ["Blitar"] and hollow(chart) == []


@pytest.mark.parametrize(("text", "lines"), [
    ("", [""]),
    ("Nilai", ["Nilai"]),
    ("Dari 508 peringkat, derau membuka 147",
     ["Dari 508 peringkat,", "derau membuka 147"]),
])  # fmt: skip
def test_titles_are_parted_into_lines_of_about_the_same_length(text, lines):
    made = style.evenly(text, 33).split("\n")
    assert made == lines


def test_a_score_is_written_below_its_point_where_another_line_runs_just_above():
    years = [2024, 2025]
    own, group = pd.Series([75.0, 76.8], years), pd.Series([82.0, 78.0], years)
    chart = charts.trend(years, own, {"median": group}, bands={}, breaks=(), flagged=(),
                         standard_error=0, title="t", axis="SPI", own_name="own",
                         break_name="b", flag_name="f",
                         write=lambda v, d: f"{v:.{d}f}")  # fmt: skip
    places = {text.get_text(): text.get_va() for text in chart.axes[0].texts}
    assert places == {"75.0": "bottom", "76.8": "top"}


def test_the_legend_of_trajectories_lies_outside_their_axes():
    panel = pd.DataFrame([[70.0, 60.0], [75.0, 80.0]], ["11.01", "11.02"], [2024, 2025])
    chart = charts.trajectories(panel, {"11.01": "A", "11.02": "B"}, breaks=[2025], flagged=(),
                                title="t", axis="SPI", break_name="b",
                                write=lambda v, d: f"{v:.{d}f}")  # fmt: skip
    style.svg(chart)
    axes = chart.axes[0]
    legend = axes.get_legend().get_window_extent()
    assert legend.y1 < axes.get_window_extent().y0


def test_a_step_of_a_waterfall_hangs_where_the_one_before_ended():
    sizes = [-4.5, 2.0, -5.75]
    steps = [(f"step {place}", size) for place, size in enumerate(sizes)]
    axes = waterfall(steps=steps, end=("published", 70.36)).axes[0]
    start, *bars, end = axes.patches
    level = 78.61
    assert start.get_y() + start.get_height() == pytest.approx(level)
    joints = [lines.get_segments()[0][0][1] for lines in axes.collections]
    for bar, joint, text, size in zip(bars, joints, axes.texts[1:], sizes, strict=False):
        ends = sorted((level, level + size))
        assert [bar.get_y(), bar.get_y() + bar.get_height()] == pytest.approx(ends)
        assert joint == pytest.approx(level) and text.xy[1] == pytest.approx(ends[1])
        level += size
    assert joints[-1] == end.get_y() + end.get_height() == pytest.approx(70.36)


def test_the_last_digits_of_a_processor_change_no_number_of_a_chart():
    """A half at the last printed digit falls to one side or the other, if nothing is rounded."""
    below, above = (72.955 * (1 + shift) for shift in (-1e-12, 1e-12))
    assert write(below, 2) != write(above, 2)
    plain, other = (waterfall(end=("p", value), steps=[("rest", value - 78.61)])
                    for value in (below, above))  # fmt: skip
    assert texts(plain) == texts(other)
    assert charts.svg(plain) == charts.svg(other)
