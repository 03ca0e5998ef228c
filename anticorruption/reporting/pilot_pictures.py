"""Charts of the studies of the pilots, with caption and text alternative, in English like these."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from anticorruption import charts, spi
from anticorruption.comparison.profile import CANNOT_TELL
from anticorruption.reporting import neighbours, sentences
from anticorruption.reporting.display import Page
from anticorruption.reporting.neighbourhood import Neighbourhood
from anticorruption.reporting.pictures import Picture

_BREAK = "break in the series"


def parts_over_time(page: Page, near: Neighbourhood, sources: Sequence[str]) -> Picture:
    """Parts of each region's index by year, as points from the median of the nation."""
    clear = int((near.moves["verdict"] != CANNOT_TELL).sum())
    title = f"{clear} of {len(near.moves)} largest yearly moves are clearer than noise"
    names = neighbours.part_names(page.say)
    chart = charts.paths_of_parts(
        {sentences.name(page.say, code): near.from_median(code) for code in near.study.codes},
        {part: names[part] for part in spi.PARTS},
        breaks=near.breaks,
        title=title,
        axis="points from the nation's median",
        break_name=_BREAK,
        write=page.say.number,
    )
    return chart, "Parts of the SPI by year against the nation's median", f"{title}.", sources


def gaps_under(
    page: Page, panels: Mapping[str, pd.DataFrame], title: str, caption: str, sources: Sequence[str]
) -> Picture:
    """Gaps to the peers under several choices, a panel each.

    Parameters
    ----------
    panels : mapping
        Name of each choice to a table with `region_code`, `gap`, `gap_low`, `gap_high` and
        `verdict`.
    """
    tables = {name: _panel(table) for name, table in panels.items()}
    codes = list(next(iter(tables.values())).index)
    chart = charts.differences(
        tables,
        {code: sentences.name(page.say, code) for code in codes},
        title=title,
        axis="points; bars: 90 % interval",
        zero_name="median of the peers",
        write=page.say.number,
    )
    return chart, caption, f"{title}.", sources


def in_bands(
    page: Page,
    panel: pd.DataFrame,
    found: Mapping[str, pd.DataFrame],
    ends: pd.DataFrame,
    breaks: Sequence[int],
    sources: Sequence[str],
) -> Picture:
    """Scores of each pilot, and the band of the regions that started where it started."""
    known = ends.dropna(subset="place")
    inside = int((known["place"] == "inside").sum())
    title = f"{inside} of {len(known)} pilots lie inside the band of 9 in 10 that started alike"
    chart = charts.paths_in_bands(
        {sentences.name(page.say, code): (panel.loc[code], band) for code, band in found.items()},
        breaks=breaks,
        title=title,
        axis="SPI, score 0-100",
        own_name="pilot",
        wide_name="9 in 10 that started alike",
        narrow_name="middle half",
        break_name=_BREAK,
        write=page.say.number,
    )
    caption = "SPI of each pilot, and of the regions that stood beside it in its last year before"
    return chart, caption, f"{title}.", sources


def placebos(
    page: Page, spread: np.ndarray, observed: float, size: int, field: int, sources: Sequence[str]
) -> Picture:
    """Change of groups that nobody picked, and of the group followed among them."""
    number = page.say.number
    low, high = np.quantile(spread, [0.05, 0.95])
    where = "inside" if low <= observed <= high else "outside"
    title = (
        f"Nine in ten groups nobody picked lie between {number(low, 1, signed=True)} and "
        f"{number(high, 1, signed=True)}; the pilots lie {where}"
    )
    chart = charts.placebos(
        spread,
        [(observed, f"pilots {number(observed, 1, signed=True)}")],
        title=title,
        axis="change of the group less change of the others, points",
        count_axis="groups",
        write=number,
    )
    caption = f"Groups of {size} drawn from {field} regions that stood as high before"
    return chart, caption, f"{title}.", sources


def _panel(table: pd.DataFrame) -> pd.DataFrame:
    own = table.set_index("region_code")
    return pd.DataFrame(
        {
            "value": own["gap"],
            "low": own["gap_low"],
            "high": own["gap_high"],
            "clear": own["verdict"].notna() & (own["verdict"] != CANNOT_TELL),
        }
    )
