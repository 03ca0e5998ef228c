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


def _named(axes):
    """Name of the row at each place of an upright axis."""
    labels = [label.get_text() for label in axes.get_yticklabels()]
    return dict(zip(axes.get_yticks().tolist(), labels, strict=True))


def test_value_and_interval_stand_in_the_row_of_their_name():
    for axes in _differences().axes[:2]:
        names = _named(_differences().axes[0])
        dots = {
            names[y]: x
            for line in axes.lines
            if line.get_marker() in ("o", "D")
            for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
            if np.isfinite(x)
        }
        assert dots == {"Kota A": 1.0, "Kabupaten B": -2.0}
        ends = {
            names[segment[0][1]]: (segment[0][0], segment[1][0])
            for lines in axes.collections
            for segment in lines.get_segments()
            if len(segment) and np.isfinite(segment).all()
        }
        assert ends == {"Kota A": (0.5, 1.5), "Kabupaten B": (-4.0, 0.0)}


def test_a_contribution_has_its_name_its_row_and_its_sign():
    chart = _contributions()
    axes = chart.axes[0]
    names = _named(axes)
    assert {text.get_text(): names[text.xy[1]] for text in axes.texts} == {
        "+3.0": "Kota A", "-1.5": "Kabupaten B", "0.0": "Kota C",
    }  # fmt: skip
    drawn = {bars.get_label(): bars for bars in axes.containers if bars.get_label()[0] != "_"}
    assert {part: bars[0].get_width() for part, bars in drawn.items()} == {"first": 1, "second": 2}
    below = [bar.get_x() + bar.get_width() for bar in axes.patches if bar.get_width() < 0]
    assert min(below) == -1.5


def test_pieces_of_a_contribution_end_at_their_sum():
    axes = _contributions().axes[0]
    first = [patch for patch in axes.patches if patch.get_y() > 1.5]
    assert max(patch.get_x() + patch.get_width() for patch in first) == pytest.approx(3.0)
    total = next(line for line in axes.lines if line.get_marker() == "D")
    assert total.get_xdata().tolist() == [3.0, -1.5, 0.0]


def test_what_was_observed_stands_where_it_was_observed():
    axes = _placebos().axes[0]
    observed = [line for line in axes.lines if line.get_color() == charts.ACCENT]
    assert [line.get_xdata()[0] for line in observed] == [1.0]
    assert [(text.get_text(), text.xy[0]) for text in axes.texts] == [("pilots", 1.0)]


def test_every_placebo_group_is_counted():
    heights = [patch.get_height() for patch in _placebos().axes[0].patches]
    assert sum(heights) == 500


@pytest.mark.parametrize("count", [1, 4, 7, 9])
def test_every_region_has_its_panel(count):
    chart = _band(count)
    shown = [axes for axes in chart.axes if axes.axison]
    assert len(shown) == count
    assert [axes.get_title(loc="left") for axes in shown] == [f"Kota {i}" for i in range(count)]


def test_bands_hold_one_another_and_breaks_come_before_their_year():
    axes = _band(1).axes[0]
    heights = {
        band.get_label(): (band.get_paths()[0].vertices[:, 1].min(),
                           band.get_paths()[0].vertices[:, 1].max())
        for band in axes.collections
    }  # fmt: skip
    assert heights == {"wide": (70.5, 79.5), "narrow": (72.5, 77.5)}
    middle, own, *breaks = axes.lines
    assert list(middle.get_ydata()) == [75.0, 75.0, 75.0]
    assert (own.get_label(), list(own.get_ydata())) == ("pilot", [71, 72, 73, 70, 69])
    assert [line.get_xdata()[0] for line in breaks] == [2021.5, 2023.5]
    early = charts.paths_in_bands(
        {"Kota A": (pd.Series([1.0, 2.0], index=[2024, 2025]), pd.DataFrame(
            {f"q{q:02}": [0.0] for q in (5, 25, 50, 75, 95)}, index=[2025]))},
        breaks=[2022, 2024, 2025], title="t", axis="s", own_name="o", wide_name="w",
        narrow_name="n", break_name="b", write=write,
    )  # fmt: skip
    assert [line.get_xdata()[0] for line in early.axes[0].lines[2:]] == [2024.5]


def test_each_part_has_the_path_of_its_name():
    table = pd.DataFrame({"x": [1.0, 2.0], "y": [3.0, -1.0]}, index=[2024, 2025])
    chart = charts.paths_of_parts(
        {"Kota A": table, "Kota B": -table}, {"x": "first", "y": "second"}, breaks=[2025],
        title="t", axis="s", break_name="b", write=write,
    )  # fmt: skip
    for sign, axes in zip((1, -1), chart.axes, strict=True):
        paths = {line.get_label(): list(line.get_ydata()) for line in axes.lines[1:3]}
        assert paths == {"first": [sign, 2 * sign], "second": [3 * sign, -sign]}
        assert axes.lines[3].get_xdata()[0] == 2024.5


@pytest.mark.parametrize("draw", [_differences, _contributions, _placebos, lambda: _band(3)])
def test_charts_give_the_same_bytes_twice(draw):
    assert charts.svg(draw()) == charts.svg(draw())
