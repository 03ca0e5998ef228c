"""Tables and bars of counts, residuals and points on a line: what is drawn is what was given."""

import io

import matplotlib.image
import pandas as pd
import pytest

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
