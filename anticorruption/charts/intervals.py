"""Differences with their intervals: several regions in rows, several scores in panels."""

import textwrap
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
    PEER,
    SECOND,
    figure,
    house_style,
    set_title,
    steadied,
    whole,
)


@steadied
def differences(
    panels: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    *,
    title: str,
    axis: str,
    zero_name: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw differences from zero with their intervals; the clear ones filled, the others hollow.

    Parameters
    ----------
    panels : mapping
        Heading of each panel to a table, index region code, with `value`, `low`, `high`, `clear`
        (drawn filled and in the accent) and, optionally, `spread_low` and `spread_high` (a light
        bar behind: how much those compared with differ among themselves).
    names : mapping
        Region code to name, in the order of the rows from the top.
    title, axis, zero_name : str
    write : callable
        Writes a number with so many decimals in the reader's language.
    """
    codes = list(names)
    places = np.arange(len(codes))[::-1]
    with house_style():
        chart = figure(1.35 + 0.27 * len(codes))
        every = chart.subplots(1, len(panels), sharey=True, sharex=True, squeeze=False)[0]
        for axes, (heading, table) in zip(every, panels.items(), strict=True):
            axes.axvline(0, color=INK, linewidth=0.9)
            _rows(axes, table.reindex(codes), places)
            wrapped = textwrap.fill(heading, max(10, 66 // len(panels) - 4))
            axes.set_title(wrapped, fontsize=8.5, fontweight="normal", loc="left")
            axes.grid(visible=True, axis="x")
            axes.grid(visible=False, axis="y")
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            axes.xaxis.set_major_formatter(whole(write))
        every[0].set_yticks(places, [names[code] for code in codes])
        every[0].set_ylim(-0.6, len(codes) - 0.4)
        chart.supxlabel(f"{axis}; 0 = {zero_name}", fontsize=8.5)
        set_title(chart, title)
        return chart


def _rows(axes: Axes, table: pd.DataFrame, places: np.ndarray) -> None:
    if "spread_low" in table:
        axes.hlines(places, table["spread_low"], table["spread_high"], color=FAINT, linewidth=7)
    clear = table["clear"].fillna(False).astype(bool).to_numpy()
    for mask, colour, face in ((~clear, PEER, "white"), (clear, ACCENT, ACCENT)):
        axes.hlines(
            places[mask], table["low"][mask], table["high"][mask], color=colour, linewidth=1.6
        )
        axes.plot(
            table["value"][mask],
            places[mask],
            linestyle="none",
            marker="D" if face == ACCENT else "o",
            markersize=5.5,
            markerfacecolor=face,
            markeredgecolor=colour,
            markeredgewidth=1.3,
        )


@steadied
def contributions(
    table: pd.DataFrame,
    names: Mapping[str, str],
    parts: Mapping[str, str],
    *,
    title: str,
    axis: str,
    total_name: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw what gaps are made of: pieces to the right add, pieces to the left take away.

    Parameters
    ----------
    table : DataFrame
        Index region code, a column a part, in points; rows add up to the gap.
    names : mapping
        Region code to name, in the order of the rows from the top.
    parts : mapping
        Part to its name, in the order of the pieces from zero outwards.
    """
    looks = [(ACCENT, ""), (FAINT, "..."), (SECOND, "///"), ("#444444", ""), ("#CCE3F0", "\\\\\\")]
    codes = list(names)
    places = np.arange(len(codes))[::-1]
    with house_style():
        chart = figure(1.7 + 0.3 * len(codes))
        axes = chart.add_subplot()
        ends = {1: np.zeros(len(codes)), -1: np.zeros(len(codes))}
        for number, (part, name) in enumerate(parts.items()):
            colour, hatch = looks[number % len(looks)]
            sizes = table.reindex(codes)[part].fillna(0).to_numpy()
            for sign in (1, -1):
                piece = np.where(sign * sizes > 0, sizes, 0.0)
                axes.barh(
                    places,
                    piece,
                    left=ends[sign],
                    height=0.55,
                    color=colour,
                    hatch=hatch,
                    edgecolor="white",
                    linewidth=0.4,
                    label=name if sign == 1 else None,
                )
                ends[sign] = ends[sign] + piece
        total = table.reindex(codes)[list(parts)].sum(axis=1)
        axes.plot(
            total,
            places,
            linestyle="none",
            marker="D",
            markersize=6,
            markerfacecolor="white",
            markeredgecolor=INK,
            markeredgewidth=1.4,
            label=total_name,
            zorder=5,
        )
        for place, value, edge in zip(places, total, ends[1], strict=True):
            text = write(value, 1) if value <= 0 else "+" + write(value, 1)
            axes.annotate(
                text,
                (edge, place),
                (6, 0),
                textcoords="offset points",
                va="center",
                fontweight="bold",
                fontsize=7.5,
            )
        axes.axvline(0, color=INK, linewidth=0.9)
        axes.set_yticks(places, [names[code] for code in codes])
        axes.set(xlabel=axis, ylim=(-0.6, len(codes) - 0.4))
        axes.margins(x=0.1)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(whole(write))
        chart.legend(loc="outside lower center", ncols=3, fontsize=7.5, columnspacing=1.2)
        set_title(chart, title)
        return chart


@steadied
def placebos(
    spread: np.ndarray,
    observed: Sequence[tuple[float, str]],
    *,
    title: str,
    axis: str,
    count_axis: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw what groups that nobody picked show, and where the group followed lies among them.

    Parameters
    ----------
    spread : array
        Difference of each placebo group.
    observed : sequence of (value, name)
        Vertical lines.
    """
    with house_style():
        chart = figure(2.7)
        axes = chart.add_subplot()
        axes.hist(spread, bins=41, color=FAINT, edgecolor="white", linewidth=0.3)
        top = axes.get_ylim()[1]
        axes.axvline(0, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
        for value, name in observed:
            axes.axvline(value, color=ACCENT, linewidth=2)
            axes.annotate(
                name,
                (value, top),
                (5, -4),
                textcoords="offset points",
                color=ACCENT,
                fontweight="bold",
                va="top",
                fontsize=8,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
            )
        axes.set(xlabel=axis, ylabel=count_axis)
        for side in (axes.xaxis, axes.yaxis):
            side.set_major_formatter(whole(write))
        set_title(chart, title)
        return chart
