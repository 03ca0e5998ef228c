"""What is left of published scores when they are rebuilt, and what it goes with."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from anticorruption.charts.style import (
    ACCENT,
    INK,
    PEER,
    SECOND,
    figure,
    finish,
    house_style,
    set_title,
    steadied,
    whole,
)


@steadied
def residuals_by_year(
    residuals: pd.Series,
    flagged: pd.Series,
    *,
    names: tuple[str, str],
    title: str,
    axis: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw every residual, sorted within its year, one block a year.

    Parameters
    ----------
    residuals : Series
        Index (region_code, year), in points.
    flagged : Series of bool
        Same index: those drawn in the second colour.
    names : tuple of str
        What the two kinds are, unflagged first, for the legend.
    """
    years = sorted(set(residuals.index.get_level_values("year")))
    with house_style():
        chart = figure(3.1)
        axes = chart.add_subplot()
        for place, year in enumerate(years):
            own = residuals.xs(year, level="year").sort_values(kind="stable")
            marks = flagged.xs(year, level="year").reindex(own.index).to_numpy(bool)
            across = place + 0.06 + 0.88 * (np.arange(len(own)) + 0.5) / len(own)
            for mask, colour, marker, size in ((~marks, PEER, "o", 1.6), (marks, SECOND, "D", 2.4)):
                axes.plot(
                    across[mask],
                    own[mask],
                    linestyle="none",
                    marker=marker,
                    markersize=size,
                    markeredgewidth=0,
                    color=colour,
                )
            if place:
                axes.axvline(place, color="#CCCCCC", linewidth=0.7)
        for name, colour, marker in zip(names, (PEER, SECOND), ("o", "D"), strict=True):
            axes.plot([], [], linestyle="none", marker=marker, color=colour, label=name)
        axes.axhline(0, color=INK, linewidth=0.6, zorder=0.5)
        axes.set(xlim=(0, len(years)), ylabel=axis)
        axes.set_xticks(np.arange(len(years)) + 0.5, [str(year) for year in years])
        finish(chart, axes, title, write)
        return chart


@steadied
def on_a_line(
    across: pd.Series,
    heights: pd.Series,
    kinds: Sequence[tuple[str, pd.Series]],
    line: tuple[float, float],
    *,
    title: str,
    axes_names: tuple[str, str],
    line_name: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw points of several kinds and a straight line.

    Parameters
    ----------
    across, heights : Series
        Same index; where the points lie.
    kinds : sequence of (name, Series of bool)
        Kinds of points, each drawn with a colour and a marker of its own.
    line : (intercept, slope)
    axes_names : tuple of str
        Units of the horizontal and the vertical axis.
    line_name : str
        What the line says, for the legend.
    """
    styles = ((ACCENT, "o", 3.4), (SECOND, "^", 4.6), (INK, "s", 4.6))
    with house_style():
        chart = figure(3.5)
        axes = chart.add_subplot()
        ends = np.array([across.min() - 0.2, across.max() + 0.2])
        axes.plot(
            ends, line[0] + line[1] * ends, color=PEER, linewidth=1, zorder=0.8, label=line_name
        )
        for (name, mask), (colour, marker, size) in zip(kinds, styles, strict=False):
            axes.plot(
                across[mask],
                heights[mask],
                linestyle="none",
                marker=marker,
                markersize=size,
                color=colour,
                markeredgecolor="white",
                markeredgewidth=0.4,
                label=name,
            )
        axes.set(xlabel=axes_names[0], ylabel=axes_names[1], xlim=tuple(ends))
        axes.set_ylim(bottom=0)
        for each in (axes.xaxis, axes.yaxis):
            each.set_major_formatter(whole(write))
        chart.legend(loc="outside lower center", ncols=2)
        set_title(chart, title)
        return chart
