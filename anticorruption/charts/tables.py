"""Counts as pictures: a shaded table, and bars of what is known and what is possible."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from anticorruption.charts.style import (
    ACCENT,
    FAINT,
    INK,
    figure,
    house_style,
    set_title,
    steadied,
    whole,
)

#: Share of the longest bar below which a number does not fit inside a part.
_SHORTEST = 0.045


@steadied
def shaded_table(
    numbers: pd.DataFrame,
    shares: pd.DataFrame,
    *,
    title: str,
    write: Callable[[float], str],
    none_name: str,
    row_height: float = 0.21,
) -> Figure:
    """Draw a table whose cells are the darker the larger a share is; 0 is hatched.

    Parameters
    ----------
    numbers : DataFrame
        What is written into the cells; index and columns are the labels shown.
    shares : DataFrame
        Of the same shape, from 0 to 1: the shade.
    write : callable
        Writes a number of a cell.
    none_name : str
        What a hatched cell means, for the legend.
    row_height : float
        In inches.
    """
    rows, columns = numbers.shape
    with house_style():
        chart = figure(0.95 + row_height * rows)
        axes = chart.add_subplot()
        for place in np.ndindex(rows, columns):
            share, value = float(shares.iloc[place]), numbers.iloc[place]
            down, across = place
            axes.add_patch(
                Rectangle(
                    (across, down),
                    1,
                    1,
                    facecolor=_shade(share) if value else "white",
                    hatch="" if value else "////",
                    edgecolor="white" if value else "#CFCFCF",
                    linewidth=0.8 if value else 0.0,
                )
            )
            if value:
                axes.text(
                    across + 0.5,
                    down + 0.5,
                    write(value),
                    ha="center",
                    va="center",
                    fontsize=6.8,
                    color="white" if share > 0.5 else INK,
                )
        axes.set(xlim=(0, columns), ylim=(rows, 0))
        axes.set_xticks(np.arange(columns) + 0.5, [str(c) for c in numbers.columns], fontsize=7.5)
        axes.set_yticks(np.arange(rows) + 0.5, list(numbers.index), fontsize=7.5)
        axes.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
        axes.grid(visible=False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        empty = Patch(facecolor="white", hatch="////", edgecolor="#BBBBBB", label=none_name)
        axes.legend(handles=[empty], loc="upper left", bbox_to_anchor=(0, -0.01))
        set_title(chart, title)
        return chart


def _shade(share: float) -> tuple[float, ...]:
    """From a pale to the full accent; the palest still differs from white."""
    weight = 0.12 + 0.88 * min(max(share, 0.0), 1.0)
    return tuple(1 - weight * (1 - part) for part in to_rgb(ACCENT))


@steadied
def known_and_possible(
    counts: pd.DataFrame,
    *,
    names: tuple[str, str, str],
    title: str,
    axis: str,
    write: Callable[[float, int], str],
    breaks: Sequence[int] = (),
) -> Figure:
    """Draw bars of what is known to be, what may be and what is known not to be.

    Parameters
    ----------
    counts : DataFrame
        Index the labels of the bars, from the top down; three columns of counts: known, possible,
        ruled out. They are drawn one after the other and add up to everybody.
    names : tuple of str
        What the three mean, for the legend.
    axis : str
        Unit on the axis.
    breaks : sequence of int
        Bars before which a little room is left, to part groups of bars.
    """
    extra = np.cumsum([0.6 if place in breaks else 0.0 for place in range(len(counts))])
    places = np.arange(len(counts)) + extra
    styles = ((ACCENT, "", ACCENT), ("#BFD9EA", "////", ACCENT), ("#EDEDED", "", FAINT))
    with house_style():
        chart = figure(1.25 + 0.27 * (places[-1] + 1))
        axes = chart.add_subplot()
        start = np.zeros(len(counts))
        for (_, column), (colour, hatch, edge), name in zip(
            counts.items(), styles, names, strict=True
        ):
            sizes = column.to_numpy(float)
            axes.barh(
                places,
                sizes,
                left=start,
                height=0.68,
                color=colour,
                hatch=hatch,
                edgecolor=edge,
                linewidth=0.5,
                label=name,
            )
            for place, left, size in zip(places, start, sizes, strict=True):
                if size > _SHORTEST * counts.sum(axis=1).max():
                    _label(axes, left + size / 2, place, write(size, 0), colour)
            start = start + sizes
        # A known part too short for its number carries it on the left, 0 included.
        for place, known in zip(places, counts.iloc[:, 0], strict=True):
            if known <= _SHORTEST * counts.sum(axis=1).max():
                _outside(axes, start.max(), place, write(known, 0))
        axes.set_yticks(places, list(counts.index), fontsize=7.5)
        axes.tick_params(axis="y", pad=15)
        axes.set(ylim=(places[-1] + 0.6, -0.6), xlim=(0, start.max()), xlabel=axis)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(whole(write))
        chart.legend(loc="outside lower center", ncols=3)
        set_title(chart, title)
        return chart


def _outside(axes, widest: float, down: float, text: str) -> None:
    axes.text(
        -0.008 * widest,
        down,
        text,
        ha="right",
        va="center",
        fontsize=7,
        color=ACCENT,
        fontweight="bold",
    )


def _label(axes, across: float, down: float, text: str, colour: str) -> None:
    axes.text(
        across,
        down,
        text,
        ha="center",
        va="center",
        fontsize=7,
        color="white" if colour == ACCENT else INK,
        fontweight="bold" if colour == ACCENT else "normal",
        bbox=None
        if colour == ACCENT
        else {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85},
    )
