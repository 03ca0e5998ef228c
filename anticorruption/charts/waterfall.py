"""How steps lead from one value to another."""

import textwrap
from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from anticorruption.charts.style import (
    ACCENT,
    INK,
    PEER,
    SECOND,
    figure,
    finish,
    house_style,
    steadied,
)


@steadied
def waterfall(
    steps: Sequence[tuple[str, float]],
    start: tuple[str, float],
    end: tuple[str, float],
    *,
    title: str,
    axis: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw how steps lead from one value to another; the steps add up to the difference.

    Raises
    ------
    ValueError
        If start and steps do not add up to the end within half a hundredth.
    """
    level = start[1] + sum(size for _, size in steps)
    if abs(level - end[1]) > 0.005 + 1e-9:
        raise ValueError(f"the steps lead to {level:.4f}, not to {end[1]:.4f}")
    with house_style():
        chart = figure(2.9)
        axes = chart.add_subplot()
        heights = [start[1]]
        for _, size in steps:
            heights.append(heights[-1] + size)
        floor = min(*heights, end[1]) - max(1.5, 0.35 * (max(heights) - min(heights)))
        labels = [start[0], *(name for name, _ in steps), end[0]]
        axes.bar(0, start[1] - floor, bottom=floor, color=PEER, width=0.6)
        _number(axes, 0, start[1], write(start[1], 2), "bold")
        for place, (_, size) in enumerate(steps, 1):
            before, after = heights[place - 1], heights[place]
            axes.bar(
                place,
                abs(size),
                bottom=min(before, after),
                width=0.6,
                color=SECOND,
                hatch="///",
                edgecolor="white",
                linewidth=0,
            )
            axes.hlines(before, place - 0.7, place + 0.3, color=INK, linewidth=0.7)
            text = "\N{MINUS SIGN}" + write(abs(size), 2) if size < 0 else "+" + write(size, 2)
            _number(axes, place, max(before, after), text)
        last = len(labels) - 1
        axes.hlines(heights[-1], last - 0.7, last + 0.3, color=INK, linewidth=0.7)
        axes.bar(last, end[1] - floor, bottom=floor, color=ACCENT, width=0.6)
        _number(axes, last, end[1], write(end[1], 2), "bold")
        axes.set_xticks(range(len(labels)), [textwrap.fill(label, 18) for label in labels])
        axes.set(ylabel=axis, ylim=(floor, max(heights) + 0.12 * (max(heights) - floor)))
        finish(chart, axes, title, write, legend=False)
        return chart


def _number(axes: Axes, place: float, height: float, text: str, weight: str = "normal") -> None:
    """Write a number just above a bar, clear of the line that runs along its top."""
    axes.annotate(text, (place, height), (0, 2), textcoords="offset points", ha="center",
                  va="bottom", fontweight=weight)  # fmt: skip
