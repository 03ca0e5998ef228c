"""Places with what they leave open: several regions in rows, or every region of a country."""

from collections.abc import Callable, Collection, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from anticorruption.charts.style import (
    ACCENT,
    FAINT,
    INK,
    SECOND,
    figure,
    house_style,
    set_title,
    steadied,
    whole,
)


@steadied
def places(
    kinds: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    *,
    count: int,
    title: str,
    axis: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw the places that two kinds of doubt leave open, one bar a kind and region.

    Parameters
    ----------
    kinds : mapping
        Name of each kind (at most two) to a table, index region code, with `value`, `low` and
        `high`; regions without a place stay empty.
    names : mapping
        Region code to name, in the order of the rows from the top.
    count : int
        Number of regions that are ranked; the axis runs from 1 to it.
    """
    codes = list(names)
    down = np.arange(len(codes))[::-1]
    looks = [
        {"colour": FAINT, "edge": INK, "marker": "o", "face": "white"},
        {"colour": ACCENT, "edge": ACCENT, "marker": "D", "face": ACCENT},
    ]
    with house_style():
        chart = figure(1.35 + 0.36 * len(codes))
        axes = chart.add_subplot()
        for place, ((name, table), look) in enumerate(zip(kinds.items(), looks, strict=False)):
            own, at = table.reindex(codes), down + 0.17 - 0.34 * place
            axes.barh(
                at,
                own["high"] - own["low"] + 1,
                left=own["low"] - 0.5,
                height=0.26,
                color=look["colour"],
                alpha=1.0 if place == 0 else 0.45,
                hatch="" if place == 0 else "////",
                edgecolor="white",
                linewidth=0.4,
                label=name,
            )
            axes.plot(
                own["value"],
                at,
                linestyle="none",
                marker=look["marker"],
                markersize=5,
                markerfacecolor=look["face"],
                markeredgecolor=look["edge"],
                markeredgewidth=1.2,
                zorder=4,
            )
        axes.set_yticks(down, [names[code] for code in codes])
        axes.set(xlim=(0.5, count + 0.5), ylim=(-0.6, len(codes) - 0.4), xlabel=axis)
        _count(axes, count, write)
        axes.grid(visible=False, axis="y")
        chart.legend(loc="outside lower center", ncols=1)
        set_title(chart, title)
        return chart


@steadied
def every_place(
    panels: Mapping[str, pd.DataFrame],
    highlighted: Collection[str],
    *,
    title: str,
    axis: str,
    down_axis: str,
    highlight_name: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw the places left open for every region, a panel a kind of doubt.

    Parameters
    ----------
    panels : mapping
        Heading to a table, index region code, with `low` and `high`; all of the same regions,
        which are drawn from the top in the order of the first table.
    highlighted : collection of str
        Region codes drawn in the accent, named ``highlight_name`` in the legend.
    """
    codes = next(iter(panels.values())).index
    down = np.arange(1, len(codes) + 1)
    with house_style():
        chart = figure(3.9)
        every = chart.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, (heading, table) in zip(every, panels.items(), strict=True):
            own = table.reindex(codes)
            axes.fill_betweenx(down, own["low"], own["high"], color=FAINT, linewidth=0)
            chosen = codes.isin(list(highlighted))
            axes.hlines(
                down[chosen],
                own["low"][chosen],
                own["high"][chosen],
                color=SECOND,
                linewidth=1.6,
                label=highlight_name,
            )
            axes.plot(down, down, color=INK, linewidth=0.7, linestyle=(0, (2, 2)))
            axes.set_title(heading, fontsize=8.5, fontweight="normal", loc="left")
            axes.set(xlim=(0.5, len(codes) + 0.5), ylim=(len(codes) + 0.5, 0.5), xlabel=axis)
            _count(axes, len(codes), write)
            axes.grid(visible=False, axis="y")
        every[0].set_ylabel(down_axis)
        every[0].yaxis.set_major_formatter(whole(write))
        handles, labels = every[0].get_legend_handles_labels()
        chart.legend(handles, labels, loc="outside lower center")
        set_title(chart, title)
        return chart


def _count(axes: Axes, count: int, write: Callable[[float, int], str]) -> None:
    """Ticks of places: whole numbers, the first place and the last among them."""
    inner = MaxNLocator(5, integer=True).tick_values(1, count)
    step = inner[1] - inner[0]
    kept = [tick for tick in inner if 1 + step / 2 < tick < count - step / 2]
    axes.set_xticks([1, *kept, count])
    axes.xaxis.set_major_formatter(whole(write))
    axes.grid(visible=True, axis="x")
