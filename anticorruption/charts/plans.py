"""Steps to a mark, parts known and possible, and squares of what is assessed."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc, Patch, Rectangle

from anticorruption.charts.style import (
    ACCENT,
    FAINT,
    INK,
    PEER,
    SECOND,
    WIDTH,
    figure,
    house_style,
    set_title,
    steadied,
    whole,
)

_POSSIBLE, _HATCH = "#BFD9EA", "////"
_CLEAR = {"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85}
#: Inches from one row of locks to the next.
_LOCK_ROW = 0.21
OPEN, SHUT, UNSURE = "met", "not_met", "unknown"


@dataclass(frozen=True)
class Staircase:
    """One way to a mark: its name, the score it starts from, and its steps in points of the score.

    Attributes
    ----------
    name : str
    start : float
    steps : sequence of (label, gain)
        Empty if there is nothing to do.
    missing : str
        Said in place of steps where there is no such way.
    """

    name: str
    start: float
    steps: Sequence[tuple[str, float]]
    missing: str = ""


@steadied
def stepped_plans(
    plans: Sequence[Staircase],
    mark: tuple[str, float],
    gates: Sequence[tuple[str, str]],
    *,
    title: str,
    axis: str,
    gate_names: tuple[str, str, str],
    write: Callable[[float, int], str],
) -> Figure:
    """Draw ways to a mark as staircases below one another, and the gates as locks.

    Parameters
    ----------
    plans : sequence of Staircase
    mark : (label, value)
        The score to reach, drawn as a line.
    gates : sequence of (label, answer)
        Answer is ``met`` (an open lock), ``not_met`` (a closed one) or ``unknown`` (hatched).
    title, axis : str
        The finding, and the unit on the axis.
    gate_names : tuple of str
        What an open, a closed and a hatched lock mean.
    write : callable
        Writes a number with so many decimals.
    """
    rows = [max(len(plan.steps), 1) + 1 for plan in plans]
    lowest = min((plan.start for plan in plans), default=0.0)
    ends = [plan.start + sum(gain for _, gain in plan.steps) for plan in plans]
    highest = max(mark[1], *ends)
    room = max(highest - lowest, 1.0)
    stairs_height = 0.85 + 0.24 * sum(rows)
    locks_height = 0.3 + _LOCK_ROW * (1 + (len(gates) + 1) // 2) if gates else 0.0
    with house_style():
        chart = figure(stairs_height + locks_height)
        heights = [stairs_height, locks_height] if gates else [stairs_height]
        parts = chart.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
        panels = parts[0].subplots(len(rows), 1, height_ratios=rows, sharex=True, squeeze=False)
        for axes, plan in zip(panels[:, 0], plans, strict=True):
            _stairs(axes, plan, mark[1], write)
        axes.set_xlim(lowest - 0.03 * room, highest + 0.17 * room)
        axes.xaxis.set_major_formatter(whole(write))
        axes.set_xlabel(axis)
        panels[0, 0].annotate(
            f"{mark[0]} {write(mark[1], 0)}", (mark[1], 1.0), xycoords=("data", "axes fraction"),
            xytext=(0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=7.5,
            color=SECOND,
        )  # fmt: skip
        if gates:
            _locks(parts[1].subplots(), gates, gate_names, locks_height)
        set_title(parts[0], title)
        return chart


def _stairs(axes: Axes, plan: Staircase, mark: float, write) -> None:
    labels, level = [], plan.start
    # Flush left with the labels, clear of the line of the mark.
    axes.annotate(
        plan.name, (0.01, 1.0), xycoords=(axes.figure.transSubfigure, axes.transAxes),
        xytext=(0, 2), textcoords="offset points", va="bottom", fontsize=8, fontweight="bold",
    )  # fmt: skip
    for place, (label, gain) in enumerate(plan.steps):
        axes.barh(place, gain, left=level, height=0.62, color=ACCENT)
        axes.vlines(level, place - 0.69, place + 0.31, color=INK, linewidth=0.7)
        level += gain
        axes.annotate(
            f"+{write(gain, 2)}", (level, place), xytext=(3, 0), textcoords="offset points",
            va="center", fontsize=7, bbox=_CLEAR,
        )  # fmt: skip
        labels.append(textwrap.shorten(label, 52, placeholder="…"))
    last = max(len(plan.steps), 1)
    axes.plot(level, last, marker="D", color=ACCENT, markersize=4)
    said = plan.missing or write(level, 2)
    axes.annotate(
        said, (level, last), xytext=(6, 0), textcoords="offset points", va="center", fontsize=7.5,
        fontweight="bold",
    )  # fmt: skip
    if plan.steps:
        axes.vlines(level, last - 0.7, last, color=INK, linewidth=0.7)
    axes.axvline(mark, color=SECOND, linewidth=1.2, linestyle="--")
    axes.set_yticks(range(len(labels)), labels, fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(last + 0.6, -0.6)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")


def _locks(
    axes: Axes, gates: Sequence[tuple[str, str]], names: tuple[str, str, str], height: float
) -> None:
    """Locks of the gates in two columns, with what the three kinds mean below them; in inches."""
    rows = (len(gates) + 1) // 2
    axes.set(xlim=(0, WIDTH), ylim=(height, 0), xticks=[], yticks=[])
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for place, (label, answer) in enumerate(gates):
        column, row = divmod(place, rows)
        across, down = 0.15 + column * WIDTH / 2, 0.2 + _LOCK_ROW * row
        _lock(axes, across, down, answer)
        short = textwrap.shorten(label, 48, placeholder="…")
        axes.text(across + 0.18, down, short, va="center", fontsize=7)
    across, down = 0.15, 0.3 + _LOCK_ROW * rows
    for answer, name in zip((OPEN, SHUT, UNSURE), names, strict=True):
        _lock(axes, across, down, answer)
        axes.text(across + 0.18, down, name, va="center", fontsize=7, color=PEER)
        across += 1.3


def _lock(axes: Axes, across: float, down: float, answer: str) -> None:
    """A padlock: its bow swung open, shut, or pale where nobody knows."""
    colour = {OPEN: ACCENT, SHUT: SECOND}.get(answer, PEER)
    wide, high = 0.13, 0.09
    axes.add_patch(
        Rectangle(
            (across - wide / 2, down - 0.01), wide, high, linewidth=0.9, edgecolor=colour,
            facecolor="white" if answer == UNSURE else colour,
        )
    )  # fmt: skip
    if answer == UNSURE:
        axes.text(across, down + 0.037, "?", ha="center", va="center", fontsize=5, color=colour)
    shift = 0.075 if answer == OPEN else 0.0
    bow = Arc(
        (across + shift, down - 0.01), 0.08, 0.14, theta1=180, theta2=360, color=colour, lw=1.2
    )
    axes.add_patch(bow)


@steadied
def score_parts(
    parts: pd.DataFrame,
    mark: tuple[str, float],
    *,
    names: tuple[str, str],
    title: str,
    axis: str,
    write: Callable[[float, int], str],
    breaks: Sequence[int] = (),
) -> Figure:
    """Draw scores as bars of what is known and what is possible, against a mark.

    Parameters
    ----------
    parts : DataFrame
        Index the labels from the top down; ``low`` and ``high``.
    mark : (label, value)
    names : tuple of str
        What the two parts of a bar mean.
    title, axis : str
    write : callable
    breaks : sequence of int
        Bars before which a little room is left.
    """
    places, shift = [], 0.0
    for place in range(len(parts)):
        shift += 0.6 if place in breaks else 0.0
        places.append(place + shift)
    with house_style():
        chart = figure(1.15 + 0.27 * (places[-1] + 1))
        axes = chart.add_subplot()
        low, high = parts["low"].to_numpy(float), parts["high"].to_numpy(float)
        axes.barh(places, low, height=0.66, color=ACCENT, label=names[0])
        axes.barh(
            places, high - low, left=low, height=0.66, color=_POSSIBLE, hatch=_HATCH,
            edgecolor=ACCENT, linewidth=0.5, label=names[1],
        )  # fmt: skip
        for place, least, most in zip(places, low, high, strict=True):
            same = abs(most - least) < 0.005
            said = write(least, 1) if same else f"{write(least, 1)}–{write(most, 1)}"
            axes.annotate(
                said, (most, place), xytext=(4, 0), textcoords="offset points", va="center",
                fontsize=7.5,
            )  # fmt: skip
        axes.axvline(mark[1], color=SECOND, linewidth=1.2, linestyle="--")
        axes.annotate(
            f"{mark[0]} {write(mark[1], 0)}", (mark[1], 1.0), xycoords=("data", "axes fraction"),
            xytext=(0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=7.5,
            color=SECOND,
        )  # fmt: skip
        axes.set_yticks(places, list(parts.index), fontsize=7.5)
        axes.set(ylim=(places[-1] + 0.6, -0.6), xlim=(0, 118), xlabel=axis)
        axes.set_xticks(range(0, 101, 20))
        axes.xaxis.set_major_formatter(whole(write))
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        chart.legend(loc="outside lower center", ncols=2)
        set_title(chart, title)
        return chart


@steadied
def waffle(
    squares: pd.DataFrame,
    *,
    names: tuple[str, str, str, str],
    title: str,
) -> Figure:
    """Draw a square for each indicator, a row a component.

    Parameters
    ----------
    squares : DataFrame, index indicator
        ``row`` (label of its row), ``text`` (written into the square) and ``kind``: 0 at the
        mark, 1 below it, 2 in doubt, 3 missing.
    names : tuple of str
        What the four kinds mean.
    title : str
    """
    styles = (
        {"facecolor": ACCENT, "edgecolor": "white"},
        {"facecolor": _POSSIBLE, "edgecolor": "white"},
        {"facecolor": "white", "edgecolor": ACCENT, "hatch": "///"},
        {"facecolor": "white", "edgecolor": FAINT, "linestyle": "--"},
    )
    rows = list(dict.fromkeys(squares["row"]))
    with house_style():
        chart = figure(0.95 + 0.36 * len(rows))
        axes = chart.add_subplot()
        filled = dict.fromkeys(rows, 0)
        for code, row, text, kind in squares[["row", "text", "kind"]].itertuples():
            across, down = filled[row], rows.index(row)
            filled[row] += 1
            axes.add_patch(Rectangle((across + 0.04, down + 0.06), 0.92, 0.88, **styles[kind]))
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if kind == 2 else None
            axes.text(
                across + 0.5, down + 0.5, f"{code}  {text}", ha="center", va="center",
                fontsize=6.8, color="white" if kind == 0 else INK, bbox=box,
            )  # fmt: skip
        axes.set(xlim=(0, max(filled.values())), ylim=(len(rows), 0), xticks=[])
        axes.set_yticks([place + 0.5 for place in range(len(rows))], rows, fontsize=7.5)
        axes.tick_params(length=0)
        axes.grid(visible=False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        handles = [Patch(**style, label=name) for style, name in zip(styles, names, strict=True)]
        chart.legend(handles=handles, loc="outside lower center", ncols=4)
        set_title(chart, title)
        return chart
