"""Scores: over the years inside their bands, in order with their noise, several side by side."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from anticorruption.charts.style import (
    ACCENT,
    BANDS,
    INK,
    LINES,
    MARKERS,
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
def trend(
    years: Sequence[int],
    own: pd.Series,
    groups: Mapping[str, pd.Series],
    *,
    bands: Mapping[int, Sequence[tuple[str, float, float]]],
    breaks: Sequence[int],
    flagged: Sequence[int],
    standard_error: float,
    title: str,
    axis: str,
    own_name: str,
    break_name: str,
    flag_name: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw a region's score over the years inside the bands of each year.

    Parameters
    ----------
    years : sequence of int
        Years on the axis.
    own : Series
        Score of the region by year, in the unit of ``axis``.
    groups : mapping
        Name and series by year of what it is compared with (medians), drawn in grey.
    bands : mapping
        Year to (name, lower, upper) of each band valid in it; years without bands stay white.
    breaks : sequence of int
        Years whose value is not comparable with the year before: a vertical line before each.
    flagged : sequence of int
        Years whose value carries a flag: drawn hollow.
    standard_error : float
        Noise of one year's score, drawn as plus and minus one standard error; 0 draws none.
    title, axis, own_name, break_name, flag_name : str
    write : callable
        Writes a number with so many decimals in the reader's language.
    """
    with house_style():
        chart = figure(3.7)
        axes = chart.add_subplot()
        shown = [s.reindex(years).to_numpy(float) for s in (own, *groups.values())]
        low, high = np.nanmin(shown) - 5, np.nanmax(shown) + 5
        _draw_bands(axes, years, bands, low, high)
        for year in breaks:
            axes.axvline(year - 0.5, color=INK, linewidth=1, linestyle=(0, (2, 2)))
        for place, (label, series) in enumerate(groups.items()):
            values = series.reindex(years)
            axes.plot(
                years,
                values,
                color=PEER,
                marker=MARKERS[place + 1],
                markersize=4,
                linewidth=1.2,
                linestyle=("-", "--", ":")[place % 3],
                label=label,
            )
        _draw_own(axes, years, own.reindex(years), flagged, standard_error, own_name, flag_name)
        near = 0.12 * (high - low)
        for year, value in own.reindex(years).dropna().items():
            # Written above its point, unless there it would lie on another line.
            others = [series.get(year, np.nan) for series in groups.values()]
            above = not any(0 <= other - value < near for other in others)
            axes.annotate(
                write(value, 1),
                (year, value),
                (0, 9 if above else -9),
                textcoords="offset points",
                ha="center",
                va="bottom" if above else "top",
                color=ACCENT,
                fontweight="bold",
            )
        if breaks:
            axes.plot([], [], color=INK, linewidth=1, linestyle=(0, (2, 2)), label=break_name)
        axes.set(ylim=(low, high), xlim=(years[0] - 0.5, years[-1] + 0.5), ylabel=axis)
        axes.set_xticks(list(years), [str(year) for year in years])
        finish(chart, axes, title, write, grid=False)
        return chart


def _draw_bands(axes: Axes, years, bands, low: float, high: float) -> None:
    # Bands are adjoined at the next one's lower edge: the printed gap (72.9 to 73) is rounding.
    for year in years:
        valid = [b for b in bands.get(year, ()) if b[2] > low and b[1] < high]
        every = list(bands.get(year, ()))
        for name, lower, _ in valid:
            place = every.index(next(b for b in every if b[0] == name))
            top = every[place + 1][1] if place + 1 < len(every) else high
            bottom, top = max(lower, low), min(top, high)
            axes.fill_between(
                [year - 0.5, year + 0.5],
                bottom,
                top,
                color=BANDS[place % len(BANDS)],
                zorder=0,
                linewidth=0,
            )
            axes.hlines(bottom, year - 0.5, year + 0.5, color="#AAAAAA", linewidth=0.7, zorder=0.5)
            if top - bottom > 1.5:
                axes.text(
                    year + 0.46,
                    bottom + 0.25,
                    name,
                    ha="right",
                    va="bottom",
                    fontsize=6.5,
                    color="#555555",
                    zorder=0.6,
                )


def _draw_own(axes: Axes, years, own, flagged, standard_error, own_name, flag_name) -> None:
    if standard_error > 0:
        axes.vlines(
            list(years),
            own - standard_error,
            own + standard_error,
            color=ACCENT,
            linewidth=4,
            alpha=0.22,
        )
    axes.plot(years, own, color=ACCENT, marker="o", label=own_name, zorder=4)
    hollow = [year for year in flagged if year in own.dropna().index]
    if hollow:
        axes.plot(
            hollow,
            own.loc[hollow],
            linestyle="none",
            marker="o",
            markersize=8,
            markerfacecolor="white",
            markeredgecolor=ACCENT,
            markeredgewidth=1.8,
            zorder=5,
            label=flag_name,
        )


@steadied
def scores_in_order(
    scores: pd.Series,
    names: Mapping[str, str],
    highlighted: Sequence[str],
    *,
    standard_error: float,
    marks: Sequence[tuple[float, str]],
    title: str,
    axis: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw regions sorted by score, each with its noise, the chosen ones in the accent.

    Parameters
    ----------
    scores : Series
        Score by region code.
    names : mapping
        Region code to name.
    highlighted : sequence of str
        Region codes drawn in the accent and in bold.
    standard_error : float
        Bars reach 1.645 standard errors to either side (a 90 % interval of one score).
    marks : sequence of (value, name)
        Vertical lines, such as a threshold.
    """
    ordered = scores.dropna().sort_values(ascending=True, kind="stable")
    places = np.arange(len(ordered))
    with house_style():
        chart = figure(max(1.6, 0.9 + 0.165 * len(ordered)))
        axes = chart.add_subplot()
        chosen = ordered.index.isin(highlighted)
        for mask, colour, width in ((~chosen, PEER, 1.0), (chosen, ACCENT, 2.2)):
            axes.hlines(
                places[mask],
                ordered[mask] - 1.645 * standard_error,
                ordered[mask] + 1.645 * standard_error,
                color=colour,
                linewidth=width,
                alpha=0.55 if colour == PEER else 0.8,
            )
            axes.plot(
                ordered[mask],
                places[mask],
                linestyle="none",
                color=colour,
                marker="o" if colour == PEER else "D",
                markersize=4 if colour == PEER else 5.5,
            )
        for value, name in marks:
            axes.axvline(value, color=SECOND, linewidth=1, linestyle="--")
            left = value < sum(axes.get_xlim()) / 2
            axes.annotate(
                name,
                (value, len(ordered) - 0.35),
                (3 if left else -3, 0),
                textcoords="offset points",
                color="#A04000",
                fontsize=7,
                ha="left" if left else "right",
                va="bottom",
            )
        axes.set_yticks(places, [names[code] for code in ordered.index])
        for label, bold in zip(axes.get_yticklabels(), chosen, strict=True):
            label.set(fontsize=7, fontweight="bold" if bold else "normal")
            label.set_color(ACCENT if bold else "#333333")
        axes.set(xlabel=axis, ylim=(-0.8, len(ordered) + (0.5 if marks else -0.2)))
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        # Whole numbers only: a tick at 67.5 must not be printed as 68.
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.xaxis.set_major_formatter(whole(write))
        set_title(chart, title)
        return chart


@steadied
def trajectories(
    panel: pd.DataFrame,
    names: Mapping[str, str],
    *,
    breaks: Sequence[int],
    flagged: Sequence[tuple[str, int]],
    title: str,
    axis: str,
    break_name: str,
    write: Callable[[float, int], str],
) -> Figure:
    """Draw the scores of several regions over the years, each line with its own marker and name.

    Parameters
    ----------
    panel : DataFrame
        Index region code, columns years.
    flagged : sequence of (region code, year)
        Values drawn hollow.
    """
    years = list(panel.columns)
    with house_style():
        chart = figure(3.9)
        axes = chart.add_subplot()
        for year in breaks:
            axes.axvline(year - 0.5, color=INK, linewidth=1, linestyle=(0, (2, 2)))
        ends = _apart(panel)
        for place, (code, row) in enumerate(panel.iterrows()):
            colour, marker = LINES[place % len(LINES)], MARKERS[place % len(MARKERS)]
            axes.plot(years, row, color=colour, marker=marker, linewidth=1.4)
            hollow = [year for region, year in flagged if region == code and pd.notna(row[year])]
            axes.plot(
                hollow,
                row[hollow],
                linestyle="none",
                marker=marker,
                markersize=7.5,
                markerfacecolor="white",
                markeredgecolor=colour,
                zorder=5,
            )
            if code in ends:
                last = row.last_valid_index()
                axes.annotate(
                    names[code],
                    (last, row[last]),
                    (years[-1] + 0.12, ends[code]),
                    fontsize=7.5,
                    color=colour,
                    va="center",
                    arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.5},
                )
        if breaks:
            axes.plot([], [], color=INK, linewidth=1, linestyle=(0, (2, 2)), label=break_name)
        axes.set(ylabel=axis, xlim=(years[0] - 0.2, years[-1] + 1.35))
        axes.set_xticks(years, [str(year) for year in years])
        finish(chart, axes, title, write, legend=bool(breaks))
        return chart


def _apart(panel: pd.DataFrame) -> dict[str, float]:
    """Heights for the labels at the line ends, pushed apart so that none hides another."""
    last = panel.apply(lambda row: row.dropna().iloc[-1] if row.notna().any() else np.nan, axis=1)
    last = last.dropna().sort_values()
    span = float(np.nanmax(panel.to_numpy()) - np.nanmin(panel.to_numpy())) if len(last) else 0
    gap = max(span, 1.0) * 0.055
    heights = last.to_numpy(float).copy()
    for place in range(1, len(heights)):
        heights[place] = max(heights[place], heights[place - 1] + gap)
    heights -= (heights - last.to_numpy()).mean() if len(heights) else 0
    return dict(zip(last.index, heights, strict=True))
