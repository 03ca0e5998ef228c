"""Charts that follow a slider: what is drawn is what was given, in a layout known beforehand."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from anticorruption import charts

TABLE = pd.DataFrame(
    {
        "score": [70.0, np.nan, 60.0, np.nan],
        "bound_low": [70.0, 40.0, 60.0, np.nan],
        "bound_high": [70.0, 90.0, 60.0, np.nan],
        "low": [66.0, 36.0, 56.0, np.nan],
        "high": [74.0, 94.0, 64.0, np.nan],
    },
    index=["a", "b", "c", "d"],
)
NAMES = {"a": "Kota A", "b": "Kota B", "c": "Kota C", "d": "Kota D"}


def write(value, places=0):
    return f"{value:.{places}f}"


def drawn(**settings):
    given = {"others": None, "marks": [(68.0, "criterion")], "title": "t", "axis": "points"}
    return charts.scores_within(
        TABLE, NAMES, "a", bound_name="possible", write=write, **(given | settings)
    )


def test_known_scores_are_dots_and_bounded_ones_are_hatched_bars():
    axes = drawn().axes[0]
    (bar,) = axes.patches
    assert (bar.get_x(), bar.get_width(), bar.get_hatch()) == (40.0, 50.0, "////")
    dots = sorted(float(x) for line in axes.lines[:2] for x in line.get_xdata() if x == x)
    assert dots == [60.0, 70.0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["Kota C", "Kota B", "Kota A"]  # without bounds a region has no row


def test_the_chosen_region_is_bold_and_the_mark_is_named():
    chart = drawn()
    weights = {x.get_text(): x.get_fontweight() for x in chart.axes[0].get_yticklabels()}
    assert weights["Kota A"] == "bold" and weights["Kota C"] == "normal"
    assert {text.get_text() for text in chart.legends[0].get_texts()} == {"possible", "criterion"}


def test_the_interval_of_a_score_has_both_its_ends_in_the_row_of_its_region():
    axes = drawn().axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    ends = {
        labels[int(segment[0][1])]: (segment[0][0], segment[1][0])
        for lines in axes.collections
        for segment in lines.get_segments()
    }
    assert ends == {"Kota A": (66, 74), "Kota B": (36, 94), "Kota C": (56, 64)}


def test_a_second_value_is_hollow():
    second = pd.Series({"a": 71.0, "b": 72.0, "c": 61.0})
    line = drawn(others=("published", second)).axes[0].lines[2]
    assert list(line.get_xdata()) == [61.0, 72.0, 71.0]
    assert line.get_markerfacecolor() == "none"


def test_bars_of_answers_add_up_and_the_last_is_set_apart():
    counts = pd.DataFrame({"m": [30, 0], "u": [50, 40], "n": [20, 60]}, index=["one", "all"])
    chart = charts.answers(counts, names=("M", "U", "N"), title="t", write=write)
    axes = chart.axes[0]
    assert [patch.get_width() for patch in axes.patches] == [30, 0, 50, 40, 20, 60]
    assert [label.get_fontweight() for label in axes.get_yticklabels()] == ["normal", "bold"]
    assert [patch.get_x() for patch in axes.patches] == [0, 0, 30, 0, 80, 40]
    # Met is filled with the accent, open is hatched, out is plain: in the legend as in the bars.
    met, still_open, out = (bars for bars in axes.containers)
    assert [bars.get_label() for bars in axes.containers] == ["M", "U", "N"]
    assert to_hex(met[0].get_facecolor()).upper() == charts.ACCENT
    assert still_open[0].get_hatch() == "////" and not out[0].get_hatch()
    assert [text.get_text() for text in axes.texts] == ["30", "50", "40", "20", "60"]


@pytest.mark.parametrize("text", [True, False])
def test_drawings_are_the_same_bytes_each_time(text):
    first, second = (charts.svg(drawn(), text=text) for _ in range(2))
    assert first == second
    assert ("Kota A</text>" in first) is text
