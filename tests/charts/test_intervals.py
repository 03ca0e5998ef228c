"""Charts of differences, contributions, placebos and small panels: what is drawn, and how often."""

import numpy as np
import pandas as pd
import pytest

from anticorruption import charts

NAMES = {"a": "Kota A", "b": "Kabupaten B", "c": "Kota C"}


def write(value: float, places: int) -> str:
    return f"{value:.{places}f}"


def _table():
    return pd.DataFrame(
        {
            "value": [1.0, -2, np.nan],
            "low": [0.5, -4, np.nan],
            "high": [1.5, 0, np.nan],
            "clear": [True, False, False],
        },
        index=list(NAMES),
    )


def _differences():
    return charts.differences(
        {"one": _table(), "two": _table()},
        NAMES,
        title="finding",
        axis="points",
        zero_name="median",
        write=write,
    )


def _contributions():
    table = pd.DataFrame({"x": [1.0, -1, 0], "y": [2.0, -0.5, 0]}, index=list(NAMES))
    return charts.contributions(
        table,
        NAMES,
        {"x": "first", "y": "second"},
        title="finding",
        axis="points",
        total_name="gap",
        write=write,
    )


def _placebos():
    return charts.placebos(
        np.linspace(-3, 3, 500),
        [(1.0, "pilots")],
        title="finding",
        axis="points",
        count_axis="groups",
        write=write,
    )


def _band(count):
    years = [2023, 2024, 2025]
    band = pd.DataFrame({f"q{q:02}": [70.0 + q / 10] * 3 for q in (5, 25, 50, 75, 95)}, index=years)
    own = pd.Series([71.0, 72, 73, 70, 69], index=range(2021, 2026))
    return charts.paths_in_bands(
        {f"Kota {i}": (own, band) for i in range(count)},
        breaks=[2022, 2024],
        title="finding",
        axis="score",
        own_name="pilot",
        wide_name="wide",
        narrow_name="narrow",
        break_name="break",
        write=write,
    )


def test_clear_differences_are_filled_and_others_hollow():
    axes = _differences().axes[0]
    faces = [line.get_markerfacecolor() for line in axes.lines if line.get_marker() in "oD"]
    assert faces == ["white", charts.ACCENT]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(NAMES.values())


def test_pieces_of_a_contribution_end_at_their_sum():
    axes = _contributions().axes[0]
    first = [patch for patch in axes.patches if patch.get_y() > 1.5]
    assert max(patch.get_x() + patch.get_width() for patch in first) == pytest.approx(3.0)
    total = next(line for line in axes.lines if line.get_marker() == "D")
    assert total.get_xdata().tolist() == [3.0, -1.5, 0.0]


def test_every_placebo_group_is_counted():
    heights = [patch.get_height() for patch in _placebos().axes[0].patches]
    assert sum(heights) == 500


@pytest.mark.parametrize("count", [1, 4, 7, 9])
def test_every_region_has_its_panel(count):
    chart = _band(count)
    shown = [axes for axes in chart.axes if axes.axison]
    assert len(shown) == count
    assert [axes.get_title(loc="left") for axes in shown] == [f"Kota {i}" for i in range(count)]


@pytest.mark.parametrize("draw", [_differences, _contributions, _placebos, lambda: _band(3)])
def test_charts_give_the_same_bytes_twice(draw):
    assert charts.svg(draw()) == charts.svg(draw())
