"""The map of the index: a hexagon for every kabupaten and kota, drawn as SVG that can be clicked.

What a hexagon says is said three times: by its sign, by its fill and in its text alternative.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from anticorruption.charts.hexmap import CORNERS, borders, group_names, positions

#: Units of the drawing for one column of hexagons: whole numbers keep the file small.
_UNIT = 20
#: Room around the hexagons and the names, in columns.
_ROOM = 1.0


@dataclass(frozen=True)
class Hexagon:
    """Where a region's hexagon lies, in units of the drawing."""

    code: str
    x: int
    y: int


@dataclass(frozen=True)
class GroupName:
    """Name of an island group and the middle of its base line."""

    name: str
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    """Everything of the map that does not depend on what is known of a region.

    Attributes
    ----------
    view : str
        Box of the drawing ("x y width height").
    hexagon : str
        Path of one hexagon around the origin.
    borders : str
        Path of the borders between provinces and of the coasts.
    places : mapping
        Region code to its hexagon.
    names : tuple of GroupName
    """

    view: str
    hexagon: str
    borders: str
    places: Mapping[str, Hexagon]
    names: tuple[GroupName, ...]


def drawing(regions: pd.DataFrame) -> Drawing:
    """Lay out the map.

    Parameters
    ----------
    regions : DataFrame
        Index ``region_code``; ``province_code``, ``island_group``, ``hex_column`` and
        ``hex_row``. Rows without a position are left out.
    """
    shown = regions.dropna(subset=["hex_column", "hex_row"])
    centres = positions(shown)
    names = tuple(
        # A name below its group hangs from its spot: its base line lies a letter lower.
        GroupName(name, _units(x), _units(y + (0.9 if side == "top" else 0)))
        for name, x, y, side in group_names(shown, centres)
    )
    heights = [y * _UNIT for y in centres[:, 1]] + [name.y for name in names]
    left, right = (_units(x) for x in (centres[:, 0].min() - _ROOM, centres[:, 0].max() + _ROOM))
    top, bottom = (int(y) for y in (min(heights) - _ROOM * _UNIT, max(heights) + _ROOM * _UNIT))
    return Drawing(
        view=f"{left} {top} {right - left} {bottom - top}",
        hexagon="M" + "L".join(_point(corner) for corner in CORNERS) + "z",
        borders="".join(f"M{_point(start)}L{_point(end)}" for start, end in borders(shown)),
        places={
            code: Hexagon(code, _units(x), _units(y))
            for code, (x, y) in zip(shown.index, centres, strict=True)
        },
        names=names,
    )


def _units(length: float) -> int:
    return int(np.floor(length * _UNIT + 0.5))


def _point(point: np.ndarray) -> str:
    return f"{_units(point[0])} {_units(point[1])}"
