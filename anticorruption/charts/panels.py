"""One small chart a region: its parts over the years, or its path inside a band."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from anticorruption.charts.style import (
    ACCENT,
    FAINT,
    INK,
    LINES,
    MARKERS,
    PEER,
    figure,
    house_style,
    set_title,
    steadied,
    whole,
)

_ACROSS = 4
_DASHES = ("-", "--", ":", "-.")


@steadied
def paths_of_parts(
    tables: Mapping[str, pd.DataFrame],
    parts: Mapping[str, str],
    *,
    breaks: Sequence[int],
    title: str,
    axis: str,
    break_name: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw several parts of each region's score over the years, a panel a region.

    Parameters
    ----------
    tables : mapping
        Name of each region to its table: index year, a column a part.
    parts : mapping
        Part to its name.
    breaks : sequence of int
        Years in which a new series begins: a vertical line before each.
    """
    with house_style():
        chart, every = _grid(len(tables))
        for axes, (name, table) in zip(every, tables.items(), strict=False):
            axes.axhline(0, color=INK, linewidth=0.8)
            for place, (part, label) in enumerate(parts.items()):
                axes.plot(
                    table.index,
                    table[part],
                    color=LINES[place],
                    marker=MARKERS[place],
                    linestyle=_DASHES[place],
                    markersize=3.5,
                    linewidth=1.3,
                    label=label,
                )
            _frame(axes, name, list(table.index), breaks, break_name, write)
        _legend(chart, every, len(tables))
        chart.supylabel(axis, fontsize=8.5)
        set_title(chart, title)
        return chart


@steadied
def paths_in_bands(
    paths: Mapping[str, tuple[pd.Series, pd.DataFrame]],
    *,
    breaks: Sequence[int],
    title: str,
    axis: str,
    own_name: str,
    wide_name: str,
    narrow_name: str,
    break_name: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw each region's scores inside the band of the regions that started where it started.

    Parameters
    ----------
    paths : mapping
        Name of each region to its scores by year and its band: index year from the start on,
        columns `q05`, `q25`, `q50`, `q75` and `q95`.
    breaks : sequence of int
        Years in which a new series begins.
    """
    with house_style():
        chart, every = _grid(len(paths))
        for axes, (name, (own, band)) in zip(every, paths.items(), strict=False):
            years = list(band.index)
            axes.fill_between(
                years, band["q05"], band["q95"], color="#E2E2E2", linewidth=0, label=wide_name
            )
            axes.fill_between(
                years, band["q25"], band["q75"], color=FAINT, linewidth=0, label=narrow_name
            )
            axes.plot(years, band["q50"], color=PEER, linewidth=1, linestyle="--")
            axes.plot(
                own.index, own, color=ACCENT, marker="o", markersize=3.8, label=own_name, zorder=4
            )
            _frame(axes, name, list(own.index), breaks, break_name, write)
        _legend(chart, every, len(paths))
        chart.supylabel(axis, fontsize=8.5)
        set_title(chart, title)
        return chart


def _grid(count: int) -> tuple[Figure, np.ndarray]:
    across = min(_ACROSS, max(count, 1))
    down = -(-count // across)
    chart = figure(1.1 + 1.55 * down)
    every = chart.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
    for spare in every[count:]:
        spare.set_axis_off()
    # years stand below the lowest panel of each column, also where the last row is not full
    for place in range(max(count - across, 0), count):
        every[place].tick_params(labelbottom=True)
    return chart, every


def _frame(axes: Axes, name: str, years: list, breaks, break_name: str, write) -> None:
    for place, year in enumerate(year for year in breaks if years[0] < year <= years[-1]):
        label = break_name if place == 0 else None
        axes.axvline(year - 0.5, color=INK, linewidth=0.9, linestyle=(0, (2, 2)), label=label)
    axes.set_title(name, fontsize=8, fontweight="normal", loc="left", pad=3)
    axes.set_xticks(years, [f"\N{RIGHT SINGLE QUOTATION MARK}{year % 100:02d}" for year in years])
    axes.tick_params(labelsize=7)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(whole(write))


def _legend(chart: Figure, every: np.ndarray, count: int) -> None:
    handles, labels = every[0].get_legend_handles_labels()
    spare = every[count:]
    if len(spare):
        # an empty place of the grid holds the legend; nothing is lost below the chart
        spare[0].legend(handles, labels, loc="center left", fontsize=7.5, borderaxespad=0)
    else:
        chart.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=7.5)
