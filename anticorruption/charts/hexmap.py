"""A map on which every kabupaten and kota has the same hexagon, whatever its area or population."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from anticorruption.charts.style import INK, figure, house_style, set_title, steadied

#: Corners of a hexagon that stands on its tip, from the top clockwise, one unit wide.
CORNERS = np.array([(0, -1), (1, -0.5), (1, 0.5), (0, 1), (-1, 0.5), (-1, -0.5)], dtype=float) * [
    0.5,
    1 / np.sqrt(3),
]
#: Edge n runs from corner n to corner n + 1; its neighbour lies this many half columns and rows
#: away.
_NEIGHBOURS = ((1, -1), (2, 0), (1, 1), (-1, 1), (-2, 0), (-1, -1))
_MARGIN = 1.2


@dataclass(frozen=True)
class Class:
    """How a class of regions is drawn: its name, its colour and, if any, its hatching."""

    name: str
    colour: str
    hatch: str = ""


#: Classes that every map may need.
NO_VALUE_COLOUR, NO_VALUE_HATCH = "#E4E4E4", "//////"
NO_GOVERNMENT_COLOUR, NO_GOVERNMENT_HATCH = "#FFFFFF", "xxxxxx"


@steadied
def hexmap(
    regions: pd.DataFrame,
    classes: pd.Series,
    legend: Mapping[str, Class],
    *,
    no_value: str,
    no_government: str,
    title: str,
    highlighted: Sequence[str] = (),
    highlight_name: str = "",
) -> Figure:
    """Draw the class of every kabupaten and kota on a map of hexagons.

    Positions keep neighbours near one another; the island groups stand apart and carry their
    name. Borders between provinces are drawn. A class is a kind of answer, never a place in a
    ranking.

    Parameters
    ----------
    regions : DataFrame
        Index ``region_code``; ``province_code``, ``island_group``, ``has_government``,
        ``hex_column`` and ``hex_row`` ("odd-r": odd rows are shifted half a column to the right,
        row 0 at the top). Rows without a position are left out.
    classes : Series
        Index ``region_code``; key of ``legend``. Regions without one are hatched grey.
    legend : mapping
        Key to how it is drawn, in the order of the legend.
    no_value, no_government : str
        Names of the regions without a class and of the areas without a government of their own,
        in the legend where there are any.
    title : str
    highlighted : sequence of str
        Region codes with a heavy outline, named ``highlight_name`` in the legend.

    Raises
    ------
    ValueError
        If a class is not in the legend or two regions share a hexagon.
    """
    shown = regions.dropna(subset=["hex_column", "hex_row"])
    if shown.duplicated(["hex_column", "hex_row"]).any():
        raise ValueError("two regions share a hexagon")
    if unknown := set(classes.dropna()) - set(legend):
        raise ValueError(f"class {sorted(unknown)[0]!r} is not in the legend")
    centres = positions(shown)
    governed = shown["has_government"].astype(bool)
    own = classes.reindex(shown.index)
    every = [(own == key, entry) for key, entry in legend.items()]
    every.append((own.isna() & governed, Class(no_value, NO_VALUE_COLOUR, NO_VALUE_HATCH)))
    # An area without a government has no value of its own, whatever the classes say.
    every = [(mask & governed, entry) for mask, entry in every]
    every.append((~governed, Class(no_government, NO_GOVERNMENT_COLOUR, NO_GOVERNMENT_HATCH)))
    with house_style():
        width, height = np.ptp(centres, axis=0) + 2 * _MARGIN
        chart = figure(6.3 * height / width + 0.75)
        axes = chart.add_subplot()
        for mask, entry in every:
            _draw(axes, centres[mask.to_numpy()], entry)
        axes.add_collection(
            LineCollection(borders(shown), colors=INK, linewidths=0.6, capstyle="round", zorder=3)
        )
        chosen = shown.index.isin(list(highlighted))
        _draw_outline(axes, centres[chosen])
        _name_groups(axes, shown, centres)
        axes.set(xlim=_span(centres[:, 0]), ylim=_span(centres[:, 1])[::-1], aspect="equal")
        axes.axis("off")
        used = [entry for mask, entry in every if mask.any()]
        _draw_legend(axes, used, highlight_name if chosen.any() else "")
        set_title(chart, title)
        return chart


def positions(regions: pd.DataFrame) -> np.ndarray:
    """Centres of the hexagons, one a row: x to the right, y downwards, one unit a column."""
    column = regions["hex_column"].to_numpy(float)
    row = regions["hex_row"].to_numpy(int)
    return np.column_stack([column + 0.5 * (row % 2), row * np.sqrt(3) / 2])


def borders(regions: pd.DataFrame) -> np.ndarray:
    """Edges between provinces and along the coast, as an array (edges, 2 ends, x and y)."""
    half = 2 * regions["hex_column"].to_numpy(int) + regions["hex_row"].to_numpy(int) % 2
    rows = regions["hex_row"].to_numpy(int)
    province = dict(zip(zip(half, rows, strict=True), regions["province_code"], strict=True))
    edges = []
    for place, (centre, own) in enumerate(
        zip(positions(regions), regions["province_code"], strict=True)
    ):
        for edge, (across, down) in enumerate(_NEIGHBOURS):
            if province.get((half[place] + across, rows[place] + down)) != own:
                edges.append(centre + CORNERS[[edge, (edge + 1) % 6]])
    return np.array(edges)


def group_names(regions: pd.DataFrame, centres: np.ndarray) -> list[tuple[str, float, float, str]]:
    """Where each island group's name stands: above or below it, where there is more room.

    Returns
    -------
    list of tuple
        Name, x and y in the units of :func:`positions`, and which side of the text lies there:
        "bottom" (the name stands above the group) or "top".
    """
    names = []
    for group in pd.unique(regions["island_group"]):
        own = centres[(regions["island_group"] == group).to_numpy()]
        others = centres[(regions["island_group"] != group).to_numpy()]
        across = own[:, 0].mean()
        spots = [
            (own[np.abs(own[:, 0] - across) < 4, 1].min() - 1.3, "bottom"),
            (own[np.abs(own[:, 0] - across) < 4, 1].max() + 1.3, "top"),
        ]
        room = [
            np.hypot(*((others - (across, height)) * (0.5, 1)).T).min() if len(others) else 1.0
            for height, _ in spots
        ]
        height, side = spots[int(np.argmax(room))]
        names.append((str(group), float(across), float(height), side))
    return names


def _draw(axes: Axes, centres: np.ndarray, entry: Class) -> None:
    if not len(centres):
        return
    axes.add_collection(
        PolyCollection(
            centres[:, None, :] + CORNERS,
            facecolors=entry.colour,
            edgecolors="#8A8A8A" if entry.hatch else "white",
            linewidths=0.35,
            hatch=entry.hatch,
        )
    )


def _draw_outline(axes: Axes, centres: np.ndarray) -> None:
    if len(centres):
        axes.add_collection(
            PolyCollection(
                centres[:, None, :] + 1.05 * CORNERS,
                facecolors="none",
                edgecolors=INK,
                linewidths=1.9,
                zorder=4,
            )
        )


def _name_groups(axes: Axes, regions: pd.DataFrame, centres: np.ndarray) -> None:
    for group, across, height, side in group_names(regions, centres):
        axes.text(across, height, group, ha="center", va=side, fontsize=7, color="#444444")


def _span(values: np.ndarray) -> tuple[float, float]:
    return values.min() - _MARGIN, values.max() + _MARGIN


def _draw_legend(axes: Axes, used: Sequence[Class], highlight: str) -> None:
    handles = [
        Patch(
            facecolor=entry.colour,
            hatch=entry.hatch,
            edgecolor="#8A8A8A",
            linewidth=0.5,
            label=entry.name,
        )
        for entry in used
    ]
    if highlight:
        handles.append(Patch(facecolor="none", edgecolor=INK, linewidth=1.9, label=highlight))
    axes.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=min(3, len(handles)),
        fontsize=7.5,
        columnspacing=1.4,
    )
