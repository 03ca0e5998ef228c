"""Tables of the studies of the pilots, in English like these."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from anticorruption.comparison import bands, trends
from anticorruption.comparison.profile import reach
from anticorruption.language import Language
from anticorruption.release import Release
from anticorruption.reporting import frames
from anticorruption.reporting.listings import Listing
from anticorruption.reporting.studies import COVERAGE, National

#: Headings of the columns that these studies show; an end of an interval stands beside its figure.
HEADINGS = {
    "region_code": "Region",
    "edition": "Edition",
    "edition_year": "Edition",
    "before_year": "Last year before",
    "start_year": "Start",
    "year": "Year",
    "from_year": "From",
    "to_year": "To",
    "part": "Part",
    "printed": "Final score as printed",
    "printed_by": "Kind of source",
    "confidence": "Confidence",
    "note": "Remark of the source",
    "reading": "Peers",
    "peers": "Number",
    "peer_median": "Median of the peers",
    "log_population": "without population",
    "ipm": "without human development",
    "island_group": "without island group",
    "change": "Change",
    "common_change": "Median change of all",
    "own_change": "Own change",
    "own_change_low": "low",
    "own_change_high": "high",
    "across": "Across a break",
    "score": "Score",
    "score_low": "low",
    "score_high": "high",
    "gap": "Gap",
    "gap_low": "low",
    "gap_high": "high",
    "gap_error": "Standard error",
    "q50": "Median of the band",
    "q05": "band from",
    "q95": "band to",
    "regions": "Regions in the band",
    "place": "Within 9 in 10",
    "verdict": "Verdict",
    "years_after": "Years wholly after",
    "end": "Group",
    "group": "Regions",
    "mean_before": "Mean before",
    "mean_after": "Mean after",
    "drift": "Drift",
    "common": "Change of all",
    "relative_drift": "Drift less change of all",
    "expected_from_noise": "Noise alone",
    "estimator": "Estimator",
    "withheld": "Withheld scores",
    "difference": "Says (points)",
    "difference_low": "low",
    "difference_high": "high",
    "range_of": "Range of",
    "donors": "Number of donors",
    "misfit": "Largest miss before",
    "heaviest": "Heaviest donor",
    "heaviest_weight": "Its weight",
    "level": "Mean score before",
    "on_average": "Donors alike on average",
    "in_every_year": "Donors alike in every year",
    "after": "Years after",
    "spread": "Spread of placebo groups",
    "smallest": "Smallest difference found (points)",
    "status": "Part in the plan",
    "source_id": "Source",
}
_COUNTS = dict.fromkeys(
    ("peers", "regions", "group", "years_after", "donors", "on_average", "in_every_year"), 0
)


def table(
    caption: str,
    frame: pd.DataFrame,
    columns: Sequence[str],
    places: Mapping[str, int] | None = None,
) -> Listing:
    """Columns of a frame as a table under the headings of :data:`HEADINGS`.

    Counts are printed whole, other numbers with two decimals unless ``places`` says otherwise.
    """
    titles = {column: HEADINGS[column] for column in columns}
    return frames.listing(Language("en"), caption, frame, titles, _COUNTS | dict(places or {}))


def final_scores(release: Release, region_codes: Sequence[str]) -> pd.DataFrame:
    """Every print of a final score of the assessment, with the kind of its source.

    Returns
    -------
    DataFrame
        Columns of :attr:`anticorruption.release.Release.observations` and ``printed_by``.
    """
    frame = release.observations
    frame = frame[(frame["measure_id"] == "pilot_score") & (frame["status"] == "final")]
    frame = frame[frame["region_code"].isin(region_codes)]
    kinds = {"mirror": "copy of a publication"}
    return frame.assign(
        printed_by=frame["kind"].replace(kinds), edition_year=frame["year"].astype("int64")
    )


def pairs_in_order(
    prints: pd.DataFrame, scores: pd.Series, standard_error: float
) -> tuple[int, int, int, int]:
    """Count pairs of one edition whose order in the assessment and in a survey can be compared.

    Returns
    -------
    tuple of int
        Pairs with different final scores, those in the same order in the survey, those that the
        survey can tell apart, and those of the latter in the same order.
    """
    final = prints.drop_duplicates("region_code").set_index("region_code")[["value", "year"]]
    final = final.assign(survey=scores.reindex(final.index)).dropna()
    both = final.merge(final, on="year", suffixes=("", "_other"))
    both = both[both["value"] > both["value_other"]]
    alike = both["survey"] > both["survey_other"]
    limit = reach(COVERAGE) * 2**0.5 * standard_error
    apart = (both["survey"] - both["survey_other"]).abs() > limit
    return len(both), int(alike.sum()), int(apart.sum()), int((alike & apart).sum())


def cohorts(pilots: pd.Series, panel: pd.DataFrame, standard_error: float) -> pd.DataFrame:
    """Pilots with their last year before, its score and how many years lie wholly after.

    Parameters
    ----------
    pilots : Series, index region_code
        Edition of each pilot.
    panel : DataFrame, index region_code, columns years
    standard_error : float

    Returns
    -------
    DataFrame
        `region_code`, `edition_year`, `before_year`, `score`, `score_low`, `score_high`,
        `years_after`.
    """
    frame = pilots.rename("edition_year").reset_index()
    frame["before_year"] = frame["edition_year"] - 1
    frame["score"] = [panel.at[row.region_code, row.before_year] for row in frame.itertuples()]
    frame["years_after"] = [sum(panel.columns > each) for each in frame["edition_year"]]
    return with_interval(frame, standard_error)


def with_interval(frame: pd.DataFrame, standard_error: float) -> pd.DataFrame:
    """Add the interval of one score to a frame with a column `score`."""
    bar = reach(COVERAGE) * standard_error
    return frame.assign(score_low=frame["score"] - bar, score_high=frame["score"] + bar)


def bands_of(
    panel: pd.DataFrame, starts: pd.Series, *, within: float, leave_out: Collection[str]
) -> dict[str, pd.DataFrame]:
    """Band of the regions that started where each region started.

    Parameters
    ----------
    panel : DataFrame, index region_code, columns years
    starts : Series, index region_code
        Year in which each region starts.
    within : float
        Points within which two regions start alike.
    leave_out : collection of str
        Regions that shape no band, whether they have scores or not.
    """
    away = set(leave_out) & set(panel.index)
    return {
        code: bands.same_start_band(panel, code, start, within=within, leave_out=away - {code})
        for code, start in starts.items()
    }


def ends_of(found: Mapping[str, pd.DataFrame], standard_error: float) -> pd.DataFrame:
    """Where regions lie inside their bands in the last year.

    Returns
    -------
    DataFrame
        `region_code`, `start_year`, `year`, `score` with its interval, the quantiles of the band,
        `regions` and `place` ("inside", "above", "below", or missing where too few started alike).
    """
    frame = pd.DataFrame(
        [
            {"region_code": code, "start_year": band.index[0], "year": band.index[-1]}
            | band.iloc[-1].to_dict()
            for code, band in found.items()
        ]
    )
    frame["place"] = "inside"
    frame.loc[frame["score"] < frame["q05"], "place"] = "below"
    frame.loc[frame["score"] > frame["q95"], "place"] = "above"
    frame.loc[frame["q05"].isna(), "place"] = None
    return with_interval(frame, standard_error)


def drifts(nation: National, panel: pd.DataFrame, breaks: Sequence[int]) -> pd.DataFrame:
    """What becomes of the highest and the lowest tenth of each year in the following one."""
    error = nation.noise.standard_error
    found = [
        trends.drift(panel, end=end, breaks=breaks, standard_error=error).assign(end=f"{end} tenth")
        for end in ("top", "bottom")
    ]
    frame = pd.concat(found, ignore_index=True).rename(columns={"common_change": "common"})
    return frame.assign(across=told(frame["across_break"]))


def told(flags: pd.Series) -> pd.Series:
    """Write true and false as yes and no."""
    return flags.astype(bool).map({True: "yes", False: "no"})


def comparison_group(
    stages: pd.DataFrame, pilots: pd.Series, scores: pd.Series, standard_error: float
) -> pd.DataFrame:
    """Regions that were observed in an edition of the pilots and not chosen.

    Returns
    -------
    DataFrame
        `region_code`, `edition_year`, `score` with its interval, `status` and `source_id`.
    """
    seen = stages[stages["stage"].isin(["observed", "candidate"])]
    again = set(seen.loc[seen["edition"] > pilots.max(), "region_code"])
    field = seen[seen["edition"].isin(pilots.unique()) & ~seen["region_code"].isin(pilots.index)]
    field = field.drop_duplicates("region_code").rename(columns={"edition": "edition_year"})
    status = ["leaves when chosen" if code in again else "stays" for code in field["region_code"]]
    field = field.assign(score=field["region_code"].map(scores), status=status)
    return with_interval(field, standard_error)
