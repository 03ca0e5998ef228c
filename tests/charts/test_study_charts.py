"""Tables and bars of counts, residuals and points on a line: what is drawn is what was given."""

import io

import matplotlib.image
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from anticorruption import charts


def write(value, places=0):
    return f"{value:.{places}f}"


def test_bars_add_up_and_a_known_zero_is_written():
    counts = pd.DataFrame({"known": [0, 30], "maybe": [70, 20], "out": [30, 50]}, index=["a", "b"])
    chart = charts.known_and_possible(
        counts, names=("k", "m", "o"), title="t", axis="regions", write=write, breaks=[1]
    )
    axes = chart.axes[0]
    widths = [patch.get_width() for patch in axes.patches]
    assert widths == [0, 30, 70, 20, 30, 50]
    assert axes.patches[3].get_x() == 30 and axes.patches[5].get_x() == 50
    assert [text.get_text() for text in axes.texts if text.get_position()[0] < 0] == ["0"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]


def test_known_is_filled_possible_is_hatched_and_each_count_stands_in_its_row():
    counts = pd.DataFrame({"known": [0, 30], "maybe": [70, 20], "out": [30, 50]}, index=["a", "b"])
    chart = charts.known_and_possible(
        counts, names=("k", "m", "o"), title="t", axis="regions", write=write, breaks=[1]
    )
    axes = chart.axes[0]
    known, maybe, out = axes.containers
    assert [bars.get_label() for bars in axes.containers] == ["k", "m", "o"]
    assert to_hex(known[1].get_facecolor()).upper() == charts.ACCENT
    assert maybe[0].get_hatch() == "////" and not out[0].get_hatch()
    rows = dict(zip(axes.get_yticks(), counts.index, strict=True))
    told = sorted((rows[t.get_position()[1]], int(t.get_text())) for t in axes.texts)
    assert told == sorted((row, count) for row in counts.index for count in counts.loc[row])


def test_a_number_stands_in_its_row_and_column_the_more_the_darker():
    numbers = pd.DataFrame({2023: [0, 5], 2024: [1, 10], 2025: [3, 0]}, index=["a", "b"])
    chart = charts.shaded_table(numbers, numbers / 10, title="t", write=str, none_name="none")
    axes = chart.axes[0]
    columns = [label.get_text() for label in axes.get_xticklabels()]
    assert columns == ["2023", "2024", "2025"]
    told = {t.get_text(): tuple(int(x) for x in t.get_position()) for t in axes.texts}
    assert told == {"1": (1, 0), "3": (2, 0), "5": (0, 1), "10": (1, 1)}
    light = {tuple(map(int, p.get_xy())): sum(p.get_facecolor()[:3]) for p in axes.patches}
    shades = [light[place] for place in ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1))]
    assert shades == sorted(shades, reverse=True) and len(set(shades)) == 5
    assert light[2, 1] == 3.0  # nobody is white


def test_empty_cells_are_hatched_and_carry_no_number():
    numbers = pd.DataFrame({2023: [0, 5]}, index=["a", "b"])
    chart = charts.shaded_table(numbers, numbers / 10, title="t", write=str, none_name="none")
    axes = chart.axes[0]
    assert [patch.get_hatch() for patch in axes.patches] == ["////", ""]
    assert [text.get_text() for text in axes.texts] == ["5"]


def test_the_edge_of_a_picture_cuts_no_long_label():
    rows = ["Southeast Minahasa Regency", "Kepulauan Siau Tagulandang Biaro Regency"]
    numbers = pd.DataFrame({"how groups are weighted": [1, 2]}, index=rows)
    chart = charts.shaded_table(numbers, numbers / 10, title="t", write=str, none_name="none")
    pixels = matplotlib.image.imread(io.BytesIO(charts.png(chart)))[:, :, :3]
    assert (pixels[:, :3] == 1).all() and (pixels[-3:] == 1).all()


def test_every_residual_is_drawn_in_its_year():
    index = pd.MultiIndex.from_product([["a", "b", "c"], [2021, 2022]])
    index = index.set_names(["region_code", "year"])
    residuals = pd.Series([0.0, -3.0, 0.01, 0.0, 0.0, -5.0], index)
    chart = charts.residuals_by_year(
        residuals, residuals < -1, names=("n", "f"), title="t", axis="points", write=write
    )
    drawn = [line for line in chart.axes[0].lines if line.get_linestyle() == "None"]
    heights = sorted(float(y) for line in drawn for y in line.get_ydata())
    assert heights == sorted(residuals)
    assert [label.get_text() for label in chart.axes[0].get_xticklabels()] == ["2021", "2022"]
    axes = chart.axes[0]
    for line in drawn:
        flagged = line.get_marker() == "D"
        assert all((y < -1) == flagged for y in line.get_ydata())
    two = {
        label.get_text(): x
        for label, x in zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)
    }
    years = {
        float(y): min(two, key=lambda year: abs(two[year] - x))
        for line in drawn
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    assert years[-3.0] == "2022" and years[0.01] == "2021" and years[-5.0] == "2022"
    told = {
        text.get_text(): handle.get_marker()
        for text, handle in zip(
            axes.get_legend().get_texts(), axes.get_legend().legend_handles, strict=True
        )
    }
    assert told == {"n": "o", "f": "D"}


def test_points_keep_their_kind_beside_the_line():
    across, heights = pd.Series([1.0, 2.0, 3.0]), pd.Series([3.0, 2.0, 5.0])
    kinds = [("on", heights < 4), ("off", heights >= 4)]
    chart = charts.on_a_line(
        across,
        heights,
        kinds,
        (4.0, -1.0),
        title="t",
        axes_names=("x", "y"),
        line_name="line",
        write=write,
    )
    line, on, off = chart.axes[0].lines
    assert list(line.get_ydata()) == pytest.approx([3.2, 0.8])
    assert list(on.get_ydata()) == [3.0, 2.0] and list(off.get_ydata()) == [5.0]
