"""Charts of places: what is drawn for whom, and where the axis ends."""

import numpy as np
import pandas as pd

from anticorruption import charts

NAMES = {"a": "Kota A", "b": "Kabupaten B", "c": "Kota C"}


def write(value: float, places: int) -> str:
    return f"{value:.{places}f}"


def _table(low, high, value):
    return pd.DataFrame({"low": low, "high": high, "value": value}, index=["a", "b"])


def test_a_bar_holds_both_of_its_ends_and_a_region_without_a_place_stays_empty():
    chart = charts.places(
        {"noise": _table([1, 4], [9, 12], [3, 6]), "recipes": _table([2, 5], [4, 5], [3, 5])},
        NAMES,
        count=12,
        title="finding",
        axis="place",
        write=write,
    )
    axes = chart.axes[0]
    bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches]
    assert (0.5, 9.0) in bars and (4.5, 1.0) in bars
    assert sum(np.isfinite(width) for _, width in bars) == 4
    values = [sorted(x for x in line.get_xdata() if np.isfinite(x)) for line in axes.lines]
    assert values == [[3, 6], [3, 5]]
    assert axes.get_xticks()[0] == 1 and axes.get_xticks()[-1] == 12
    assert [text.get_text() for text in axes.get_yticklabels()] == list(NAMES.values())
    assert [text.get_text() for text in chart.legends[0].get_texts()] == ["noise", "recipes"]


def test_every_region_is_drawn_and_the_highlighted_ones_in_the_accent():
    codes = [f"r{n:03d}" for n in range(50)]
    table = pd.DataFrame({"low": range(1, 51), "high": range(1, 51)}, index=codes)
    chart = charts.every_place(
        {"one": table, "two": table.iloc[::-1]},
        ["r003", "r010"],
        title="finding",
        axis="places",
        down_axis="regions",
        highlight_name="pilots",
        write=write,
    )
    for axes in chart.axes:
        assert axes.get_ylim() == (50.5, 0.5)
        (lines,) = [each for each in axes.collections if hasattr(each, "get_segments")]
        # A region keeps its row in every panel, in whatever order its table comes.
        ends = [(*segment[0], segment[1][0]) for segment in lines.get_segments()]
        assert sorted(ends) == [(4, 4, 4), (11, 11, 11)]
    first = chart.axes[0].get_title(loc="left"), chart.axes[1].get_title(loc="left")
    assert first == ("one", "two")


def test_the_same_places_give_the_same_bytes():
    made = [
        charts.svg(
            charts.places(
                {"noise": _table([1, 4], [9, 12], [3, 6])},
                NAMES,
                count=12,
                title="finding",
                axis="place",
                write=write,
            )
        )
        for _ in range(2)
    ]
    assert made[0] == made[1]
