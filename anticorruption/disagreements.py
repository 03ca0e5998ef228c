"""Sources that contradict one another, and the step of the written rule that chose between them."""

import numpy as np
import pandas as pd

from anticorruption.overlay import is_own
from anticorruption.release import KEY, Release

#: Steps of the written rule in their order, as :attr:`anticorruption.release.Release.chosen`
#: goes through them.
STEPS = ("kind", "confidence", "places", "published", "source_id")
#: Step that comes third where an overlay is in use: its files before what is public.
OVERLAY = "overlay"


def disagreements(release: Release) -> pd.DataFrame:
    """Every final value that cannot be a rounding of the chosen one.

    Parameters
    ----------
    release : Release

    Returns
    -------
    DataFrame
        One row a value that was not chosen, largest difference first, labels last:
        ``region_code``, ``measure_id``, ``year``; of the chosen and the other value ``chosen``
        and ``other`` (as printed), ``chosen_row`` and ``other_row`` (lines in
        ``observations.csv``), ``chosen_source`` and ``other_source``; ``difference`` (other less
        chosen, in the measure's unit, NaN for labels); ``step`` (one of :data:`STEPS`, or
        :data:`OVERLAY`) and ``note`` (remark on the other value).
    """
    final = release.observations[release.observations["status"] == "final"].reset_index()
    best = release.chosen[release.chosen["disputed"]].reset_index()
    both = final.merge(best, on=KEY, suffixes=("", "_best"))
    both = both[both["row"] != both["row_best"]]
    both = both[_apart(both)]
    frame = both[KEY].assign(
        chosen=both["printed_best"],
        other=both["printed"],
        difference=both["value"] - both["value_best"],
        step=_step(both),
        chosen_row=both["row_best"],
        other_row=both["row"],
        chosen_source=both["source_id_best"],
        other_source=both["source_id"],
        note=both["note"],
    )
    order = frame["difference"].abs().fillna(-1.0)
    frame = frame.assign(_order=-order).sort_values(["_order", *KEY, "other_row"])
    return frame.drop(columns="_order").reset_index(drop=True)


def _apart(both: pd.DataFrame) -> pd.Series:
    # The same tolerance as the release: half a unit of the coarser print.
    places = np.minimum(both["places"], both["places_best"])
    far = (both["value"] - both["value_best"]).abs() > 0.5 * 10.0**-places + 1e-9
    return far | (both["label"] != both["label_best"])


def _step(both: pd.DataFrame) -> pd.Series:
    """First step of the rule at which the two values differ."""
    step = pd.Series(STEPS[-1], index=both.index)
    for name in reversed(STEPS[2:-1]):
        step[both[name] != both[f"{name}_best"]] = name
    step[is_own(both["row"]) != is_own(both["row_best"])] = OVERLAY
    for name in reversed(STEPS[:2]):
        step[both[name] != both[f"{name}_best"]] = name
    return step


def settled_by(frame: pd.DataFrame) -> pd.DataFrame:
    """Count the values not chosen by measure and by the step that decided.

    Parameters
    ----------
    frame : DataFrame
        As :func:`disagreements` gives it.

    Returns
    -------
    DataFrame
        Index ``measure_id``, most values first; ``figures`` (region, measure and year at issue),
        ``values`` (not chosen), a column a step, ``median_difference`` and
        ``largest_difference`` (absolute, in the measure's unit).
    """
    grouped = frame.assign(size=frame["difference"].abs()).groupby("measure_id")
    figures = frame.drop_duplicates(KEY).groupby("measure_id").size()
    table = pd.DataFrame({"figures": figures, "values": grouped.size()})
    steps = frame.groupby(["measure_id", "step"]).size().unstack(fill_value=0)
    shown = [*STEPS, *([OVERLAY] if OVERLAY in steps else [])]
    table = table.join(steps.reindex(columns=shown, fill_value=0))
    table["median_difference"] = grouped["size"].median()
    table["largest_difference"] = grouped["size"].max()
    return table.sort_values(["values", "figures"], ascending=False, kind="stable")
