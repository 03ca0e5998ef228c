"""Charts that follow a slider: fixed layout, few artists, drawn in a few hundredths of a second.

A constrained layout measures every text several times over; here the margins are known beforehand.
"""

import textwrap
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from anticorruption.charts.style import (
    ACCENT,
    FAINT,
    INK,
    PEER,
    SECOND,
    WIDTH,
    evenly,
    house_style,
    steadied,
    whole,
)

#: Inches left for the names of the rows, and inches a row.
_NAMES, _ROW = 1.95, 0.185
_TITLE_WIDTH = 74
_MET, _OPEN, _OUT = ACCENT, "#BFD9EA", "#EDEDED"


@steadied
def scores_within(
    table: pd.DataFrame,
    names: Mapping[str, str],
    chosen: str,
    *,
    others: tuple[str, pd.Series] | None,
    marks: Sequence[tuple[float, str]],
    title: str,
    axis: str,
    bound_name: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw scores in order, each with its noise and with what a missing figure leaves open.

    Parameters
    ----------
    table : DataFrame
        Index region code; ``score`` (missing where only bounds are known), ``bound_low``,
        ``bound_high``, and ``low`` and ``high`` with the noise. Rows without bounds are left out.
    names : mapping
        Region code to name.
    chosen : str
        Region drawn in the accent.
    others : (name, Series), optional
        A second value of each region, drawn as a hollow circle, and what it is.
    marks : sequence of (value, name)
        Vertical lines, such as a threshold.
    bound_name : str
        What a hatched bar means; drawn where a score has bounds only.
    """
    middle = (table["bound_low"] + table["bound_high"]) / 2
    order = middle.dropna().sort_values(kind="stable").index
    rows, places = table.loc[order], np.arange(len(order))
    own = order == chosen
    with house_style():
        chart, axes = _panel(len(order), title, legend=True)
        open_ = rows["score"].isna().to_numpy()
        if open_.any():
            widths = (rows["bound_high"] - rows["bound_low"]).to_numpy()[open_]
            axes.barh(places[open_], widths, left=rows["bound_low"].to_numpy()[open_], height=0.5,
                      facecolor="white", edgecolor=FAINT, hatch="////", linewidth=0.5,
                      label=bound_name)  # fmt: skip
        for mask, colour, width in ((~own, PEER, 1.2), (own, ACCENT, 2.4)):
            low, high = rows["low"][mask], rows["high"][mask]
            axes.hlines(places[mask], low, high, color=colour, linewidth=width, alpha=0.75)
            axes.plot(rows["score"][mask], places[mask], linestyle="none", color=colour,
                      marker="D" if colour == ACCENT else "o",
                      markersize=6 if colour == ACCENT else 4.5)  # fmt: skip
        if others is not None:
            axes.plot(others[1].reindex(order), places, linestyle="none", marker="o",
                      markersize=6.5, markerfacecolor="none", markeredgecolor=INK,
                      markeredgewidth=0.9, label=others[0])  # fmt: skip
        for value, name in marks:
            axes.axvline(value, color=SECOND, linewidth=1.1, linestyle="--", label=name)
        _labels(axes, places, [names[code] for code in order], own)
        axes.set_xlabel(axis)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        axes.xaxis.set_major_formatter(whole(write))
        handles, labels = axes.get_legend_handles_labels()
        if labels:
            chart.legend(handles, labels, loc="lower left", bbox_to_anchor=(0.0, 0.0),
                         ncols=len(labels), fontsize=7.5, borderaxespad=0.3)  # fmt: skip
        return chart


@steadied
def answers(
    counts: pd.DataFrame,
    *,
    names: tuple[str, str, str],
    title: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw how many meet a criterion, how many are unknown and how many do not meet it.

    Parameters
    ----------
    counts : DataFrame
        Index the labels of the bars, from the top down, the last one set apart in bold; three
        columns of counts: met, unknown, not met.
    names : tuple of str
        What the three mean.
    """
    places = np.arange(len(counts))[::-1].astype(float)
    places[:-1] += 0.35
    total = counts.to_numpy().sum(axis=1).max()
    looks = ((_MET, ""), (_OPEN, "////"), (_OUT, ""))
    with house_style():
        chart, axes = _panel(len(counts) + 0.4, title, legend=True)
        start = np.zeros(len(counts))
        for (_, column), (colour, hatch), name in zip(counts.items(), looks, names, strict=True):
            sizes = column.to_numpy(float)
            axes.barh(places, sizes, left=start, height=0.74, color=colour, hatch=hatch,
                      edgecolor=ACCENT if colour != _OUT else FAINT, linewidth=0.5,
                      label=name)  # fmt: skip
            for place, left, size in zip(places, start, sizes, strict=True):
                if size > 0.045 * total:
                    _number(axes, left + size / 2, place, write(size, 0), colour)
            start += sizes
        bold = np.zeros(len(counts), bool)
        bold[-1] = True
        _labels(axes, places, list(counts.index), bold)
        axes.set_xlim(0, total)
        axes.set_ylim(-0.6, places[0] + 0.6)
        axes.grid(visible=False)
        axes.xaxis.set_visible(False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        chart.legend(loc="lower left", bbox_to_anchor=(0.0, 0.0), ncols=3, fontsize=7.5,
                     borderaxespad=0.3)  # fmt: skip
        return chart


def _panel(rows: float, title: str, *, legend: bool):
    """One panel whose margins in inches are the same whatever is drawn into it."""
    shown = evenly(title, _TITLE_WIDTH)
    top, bottom = 0.2 + 0.17 * len(shown.splitlines() or [""]), 0.46 + (0.26 if legend else 0)
    height = top + bottom + _ROW * max(rows, 3) + 0.1
    chart = Figure(figsize=(WIDTH, height), layout="none")
    left = _NAMES / WIDTH
    axes = chart.add_axes((left, bottom / height, 0.985 - left, 1 - (top + bottom) / height))
    chart.text(0.01, 1 - 0.06 / height, shown, ha="left", va="top", fontsize=10,
               fontweight="bold")  # fmt: skip
    return chart, axes


def _labels(axes, places, names: list[str], bold) -> None:
    axes.set_yticks(places, [textwrap.shorten(name, 34, placeholder="…") for name in names])
    for label, strong in zip(axes.get_yticklabels(), bold, strict=True):
        label.set(fontsize=7.5, fontweight="bold" if strong else "normal")
        label.set_color(ACCENT if strong else "#333333")
    axes.set_ylim(-0.7, max(places) + 0.7)


def _number(axes, across: float, down: float, text: str, colour: str) -> None:
    dark = colour == _MET
    box = None if colour != _OPEN else {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    axes.text(across, down, text, ha="center", va="center", fontsize=7,
              color="white" if dark else INK, bbox=box)  # fmt: skip
