"""Tables and charts of the study on how sure a ranking is, in English like it."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from anticorruption import charts, measures, regions, spi
from anticorruption.charts import Class
from anticorruption.comparison import dominance, noise, ranks, thresholds
from anticorruption.comparison.profile import ABOVE, BELOW, CANNOT_TELL
from anticorruption.comparison.recipes import CHOICES, Recipes
from anticorruption.composite import Sensitivity
from anticorruption.language import Language
from anticorruption.release import Release
from anticorruption.reporting import frames, sentences, sureness
from anticorruption.reporting.display import Page
from anticorruption.reporting.listings import Listing
from anticorruption.reporting.pictures import Picture

#: Headings of the columns that the study shows; the ends of an interval stand beside its figure.
HEADINGS = {
    "region_code": "Region",
    "group": "Noise of",
    "standard_error": "Standard error, points",
    "low": "low",
    "high": "high",
    "regions": "Governments",
    "from_year": "From",
    "to_year": "To",
    "correlation": "Correlation",
    "moved": "Moved 5 points or more, %",
    "median_places": "Median move, places",
    "stayed": "Of the first 50, still there",
    "error_if_still": "Error if nothing had changed, points",
    "assumed": "Standard error assumed, points",
    "confidence": "Confidence, %",
    "reading": "Sets hold",
    "span": "Median span, places",
    "narrowest": "narrowest",
    "widest": "widest",
    "yes": "clearly at or above",
    "open": "cannot tell",
    "no": "clearly below",
    "score": "Score",
    "score_low": "low",
    "score_high": "high",
    "rank": "Place",
    "noise_low": "noise from",
    "noise_high": "noise to",
    "choice_median": "Median place of the recipes",
    "choice_low": "9 in 10 recipes from",
    "choice_high": "9 in 10 recipes to",
    "least": "any recipe from",
    "most": "any recipe to",
    "upper_share": "Recipes in the upper half, %",
    "by_noise": "Noise alone",
    "by_choice": "Choice alone",
    "by_both": "Both",
    "tier": "Tier",
    "chance": "Chance to be at or above, %",
    "verdict": "Verdict",
    "measure": "Measure",
    "best_year": "Fullest year",
    "governments": "With a value that year",
    "recent": "In any of the latest three years",
    "why": "In the recipes, or why not",
    "choice": "Choice",
    "alternatives": "Alternatives, KPK's first",
    "reason": "Why each can be defended",
    "factor": "What is left open",
    "first_order": "Alone, %",
    "first_low": "low",
    "first_high": "high",
    "total_order": "With all it plays into, %",
    "total_low": "low",
    "total_high": "high",
    "alternative": "Alternative",
    "median": "Median place",
    "what": "Two governments are put in order if",
    "pairs": "Pairs",
    "share": "Share of all pairs, %",
    "dominates": "At least as good as",
    "dominated_by": "Not as good as",
    "incomparable": "Neither",
    "rank_low": "place from",
    "rank_high": "place to",
    "layer": "Layer",
}
#: Columns of counts and places, printed without decimals.
_WHOLE = (
    *("regions", "median_places", "stayed", "span", "narrowest", "widest", "yes", "open", "no"),
    *("rank", "noise_low", "noise_high", "choice_median", "choice_low", "choice_high", "least"),
    *("most", "upper_share", "tier", "chance", "governments", "recent", "median", "pairs"),
    *("dominates", "dominated_by", "incomparable", "rank_low", "rank_high", "layer", "confidence"),
)
#: The alternatives of each choice in words, in the order of the written list.
ALTERNATIVES = {
    "years": {"latest": "the latest year alone", "three_years": "mean of the latest three years"},
    "corrections": {
        "both": "both corrections deducted",
        "integrity": "survey integrity alone",
        "neither": "neither: what respondents say",
    },
    "weights": {
        "recovered": "recovered from KPK's scores",
        "equal": "equal",
        "component": "first principal component",
    },
    "scale": {
        "printed": "points as printed",
        "min_max": "from the lowest to the highest",
        "z_score": "standard scores",
        "place": "places",
    },
    "outliers": {"kept": "kept", "winsorised": "winsorised"},
    "mean": {
        "arithmetic_mean": "arithmetic",
        "geometric_mean": "geometric",
        "mazziotta_pareto": "arithmetic less a penalty for unevenness",
    },
}
REASONS = {
    "years": "One year is news; three years carry less noise, but reach across changes of method.",
    "corrections": "KPK deducts both. The one for prevalence counts cases, not answers; both can "
    "be seen as other things than what was asked.",
    "weights": "KPK's weights are not published. Equal ones need no argument; the component "
    "weighs what the groups have in common.",
    "scale": "Points keep KPK's unit; the others give each group of respondents the same say, "
    "however far apart its answers lie.",
    "outliers": "A few scores far from all others can stretch a scale.",
    "mean": "In an arithmetic mean one good group makes up for a bad one; in the others less so.",
}
#: Years of the survey that count as recent.
_RECENT = 3
#: A measure is listed if at least so many governments have a value in some year.
_LISTED = 20


def table(
    caption: str,
    frame: pd.DataFrame,
    columns: Sequence[str],
    places: Mapping[str, int] | None = None,
) -> Listing:
    """Columns of a frame as a table under the headings of :data:`HEADINGS`.

    Parameters
    ----------
    caption : str
    frame : DataFrame
    columns : sequence of str
    places : mapping, optional
        Decimals by column where they are not those of counts and places (none) or two.
    """
    titles = {column: HEADINGS[column] for column in columns}
    decimals = dict.fromkeys(_WHOLE, frames.WHOLE) | dict(places or {})
    return frames.listing(Language("en"), caption, frame, titles, decimals)


def noise_table(panel: pd.DataFrame) -> pd.DataFrame:
    """Noise of all scores, by year and by level of the score.

    Returns
    -------
    DataFrame
        `group`, `standard_error`, `low`, `high`, `regions`.
    """
    whole = noise.panel_noise(panel)
    first = pd.DataFrame(
        [["all years together", whole.standard_error, whole.low, whole.high, whole.regions]],
        columns=["group", "standard_error", "low", "high", "regions"],
    )
    by_year = noise.noise_by_year(panel).reset_index()
    by_year["group"] = [f"{year} (from {year - 1} to {year + 1})" for year in by_year["year"]]
    by_level = noise.noise_by_level(panel).reset_index(drop=True)
    thirds = zip(("lowest", "middle", "highest"), by_level.itertuples(), strict=True)
    by_level["group"] = [
        f"the {third} third (mean scores {row.mean_from:.1f} to {row.mean_to:.1f})"
        for third, row in thirds
    ]
    return pd.concat([first, by_year, by_level], ignore_index=True)[list(first)]


def errors_by_level(panel: pd.DataFrame, scores: pd.Series) -> pd.Series:
    """Standard error of each score, that of its third of all governments by their mean score."""
    found = noise.noise_by_level(panel)
    means = panel.mean(axis=1).reindex(scores.index)
    third = np.searchsorted(found["mean_to"].to_numpy()[:-1], means, side="left")
    return pd.Series(found["standard_error"].to_numpy()[third], index=scores.index)


def spans(
    scores: pd.Series, errors: Sequence[float], confidences: Sequence[float] = (0.95, 0.90)
) -> pd.DataFrame:
    """How many places the set of a government spans, both ends counted.

    Parameters
    ----------
    scores : Series, index region_code
    errors : sequence of float
        Standard errors that are assumed in turn.
    confidences : sequence of float

    Returns
    -------
    DataFrame
        `assumed`, `confidence` (percent), `reading`, `span` (median over governments),
        `narrowest`, `widest`.
    """
    rows = []
    for confidence in confidences:
        for together in (False, True):
            for error in errors:
                found = ranks.rank_intervals(
                    scores, error, coverage=confidence, simultaneous=together
                )
                reading = "for all governments at once" if together else "for one named beforehand"
                rows.append([error, 100 * confidence, reading, *_spans(found)])
    columns = ["assumed", "confidence", "reading", "span", "narrowest", "widest"]
    return pd.DataFrame(rows, columns=columns)


def drawn_span(scores: pd.Series, errors: pd.Series, confidence: float, seed: int) -> float:
    """Median span where the critical values are drawn, as they are for unequal errors."""
    found = ranks.rank_intervals(scores, errors, coverage=confidence, seed=seed)
    return _spans(found)[0]


def _spans(found: pd.DataFrame) -> list[float]:
    span = found["rank_high"] - found["rank_low"] + 1
    return [float(each) for each in (span.median(), span.min(), span.max())]


def nearly_equal(scores: pd.Series, error: float) -> pd.Series:
    """Standard errors equal but for a hair, so that critical values are drawn, not integrated."""
    errors = pd.Series(float(error), index=scores.index)
    errors.iloc[0] *= 1 + 1e-9
    return errors


def at_mark(
    scores: pd.Series, errors: Sequence[float], mark: float, confidences=(0.90, 0.95)
) -> pd.DataFrame:
    """How many governments are clearly at or above a mark, clearly below it, or neither.

    Returns
    -------
    DataFrame
        `assumed`, `confidence` (percent), `yes`, `open`, `no`.
    """
    rows = []
    for confidence in confidences:
        for error in errors:
            found = thresholds.verdicts_at(scores, error, mark, confidence=confidence)["verdict"]
            counts = found.value_counts()
            words = (thresholds.CLEARLY_YES, thresholds.CANNOT_TELL, thresholds.CLEARLY_NO)
            rows.append([error, 100 * confidence, *(int(counts.get(word, 0)) for word in words)])
    return pd.DataFrame(rows, columns=["assumed", "confidence", "yes", "open", "no"])


def chances(
    scores: pd.Series, error: float, mark: float, region_codes: Sequence[str]
) -> pd.DataFrame:
    """Score, interval, chance and verdict of regions at a mark.

    Returns
    -------
    DataFrame
        `region_code`, `score`, `score_low`, `score_high`, `chance` (percent, 1 to 99), `verdict`.
    """
    found = thresholds.verdicts_at(scores, error, mark).loc[list(region_codes)]
    # Noise that is only estimated makes nothing certain: never print 0 or 100.
    chance = (100 * found["probability"]).round().clip(1, 99)
    words = {thresholds.CLEARLY_YES: "clearly at or above", thresholds.CLEARLY_NO: "clearly below"}
    frame = found.assign(score=scores, chance=chance, verdict=found["verdict"].replace(words))
    return frame.rename_axis("region_code").reset_index()


def coverage_of_measures(release: Release, years: Sequence[int]) -> pd.DataFrame:
    """Which measures cover the governments, and which of them are in the recipes.

    Parameters
    ----------
    release : Release
    years : sequence of int
        The latest years.

    Returns
    -------
    DataFrame
        `measure_id`, `measure`, `best_year`, `governments`, `recent`, `why`; the fullest first.
    """
    local = regions.governments("local").index
    chosen = release.chosen.reset_index()
    chosen = chosen[chosen["region_code"].isin(local) & ~chosen["withheld"]]
    counts = chosen.groupby(["measure_id", "year"])["region_code"].nunique().unstack("year")
    recent = chosen[chosen["year"].isin(years)].groupby("measure_id")["region_code"].nunique()
    book, rows = measures.codebook(), []
    for measure in counts.index[counts.max(axis=1) >= _LISTED]:
        rows.append(
            {
                "measure_id": measure,
                "measure": measures.name(measure, "en"),
                "best_year": int(counts.loc[measure].idxmax()),
                "governments": int(counts.loc[measure].max()),
                "recent": int(recent.get(measure, 0)),
            }
        )
    frame = pd.DataFrame(rows)
    frame["why"] = [
        _why(row.measure_id, book.at[row.measure_id, "kind"], row.recent, len(local))
        for row in frame.itertuples()
    ]
    order = ["recent", "governments"]
    return frame.sort_values(order, ascending=False, kind="stable", ignore_index=True)


def _why(measure: str, kind: str, recent: int, governments: int) -> str:
    if measure in (*spi.PARTS, *spi.CORRECTIONS):
        return "in"
    if measure == "spi":
        return "in through its parts"
    if kind == "context":
        return "no: a condition, not a conduct"
    if kind == "derived":
        return "no: not a publisher's figure, years pooled, low confidence"
    missing = 100 * (1 - recent / governments)
    return f"no: nothing recent for {missing:.0f} % of the governments"


def choices(field: Recipes) -> pd.DataFrame:
    """The written list of choices.

    Returns
    -------
    DataFrame
        `choice`, `alternatives`, `reason`.
    """
    names = sureness.choice_names(Language("en"))
    rows = [
        [names[each], "; ".join(ALTERNATIVES[each].values()), REASONS[each]]
        for each in CHOICES
        if each in field.alternatives
    ]
    return pd.DataFrame(rows, columns=["choice", "alternatives", "reason"])


def shares(table: pd.DataFrame) -> pd.DataFrame:
    """Sobol indices in percent, with the choices in words.

    Parameters
    ----------
    table : DataFrame
        `Sensitivity.pooled` or `Sensitivity.by_region`.
    """
    names = sureness.choice_names(Language("en"))
    columns = [column for column in table if column != "rank_variance"]
    frame = (100 * table[columns]).reset_index()
    return frame.assign(factor=frame["factor"].map(names))


def by_alternative(field: Recipes, region_codes: Sequence[str], choice: str) -> pd.DataFrame:
    """Median place of regions under each alternative of one choice, in words."""
    frame = field.by_alternative(list(region_codes))
    frame = frame[frame["choice"] == choice]
    return frame.assign(alternative=frame["alternative"].map(ALTERNATIVES[choice]))


def in_order(field: Recipes) -> pd.DataFrame:
    """How many pairs of governments can be put in order, by what one asks for.

    Returns
    -------
    DataFrame
        `what`, `pairs`, `share` (percent of all pairs).
    """
    count = len(field.published)
    whole = count * (count - 1) // 2
    told = {
        "their scores differ by more than noise": field.ordered_by_noise,
        "at least 95 % of the recipes order them alike": field.ordered_by_choice,
        "both": field.ordered,
        "one is at least as good in all parts and corrections": dominance.dominance_matrix(
            parts(field)
        ),
    }
    rows = [[what, int(found.to_numpy().sum())] for what, found in told.items()]
    frame = pd.DataFrame(rows, columns=["what", "pairs"])
    return frame.assign(share=100 * frame["pairs"] / whole)


def parts(field: Recipes) -> pd.DataFrame:
    """Parts and corrections of the year, higher better in every column, without any weights."""
    frame = field.scores.xs(field.year, level="year").loc[field.published.index]
    negative = -frame[list(spi.CORRECTIONS)]
    return pd.concat([frame[list(spi.PARTS)], negative], axis=1).astype(float)


def dominated(field: Recipes) -> pd.DataFrame:
    """What holds of every government whatever the weights: dominance, places, layers."""
    found = dominance.dominance_counts(parts(field))
    return found.assign(layer=dominance.dominance_layers(parts(field)))


def everything(field: Recipes) -> pd.DataFrame:
    """Every government with its score, places, verdicts, tier and dominance, for the files."""
    standing = field.standing.drop(columns="score")
    frame = field.places.join(standing).join(field.tiers)
    frame["upper_share"] = 100 * frame["upper_share"]
    frame = frame.join(dominated(field)[["dominates", "dominated_by", "layer"]])
    return frame.rename_axis("region_code").reset_index()


def every_place(page: Page, field: Recipes, region_codes: Sequence[str], sources) -> Picture:
    """Places that noise and the choice of a recipe leave open to every government."""
    say, table = page.say, field.places.sort_values("rank", kind="stable")
    kinds = {}
    for kind, heading in (
        ("noise", "what noise leaves open (90 % sets)"),
        ("choice", "what 9 in 10 recipes give"),
    ):
        own = table[[f"{kind}_low", f"{kind}_high"]].set_axis(["low", "high"], axis=1)
        kinds[heading] = own
    spans = [(own["high"] - own["low"] + 1).median() for own in kinds.values()]
    title = (
        f"Noise leaves a typical government {say.number(spans[0], 0)} of {len(table)} places, the "
        f"choice of a recipe {say.number(spans[1], 0)}"
    )
    chart = charts.every_place(
        kinds,
        region_codes,
        title=title,
        axis="places left open",
        down_axis="governments, the highest score at the top",
        highlight_name="regions named in the parameters",
        write=say.number,
    )
    caption = f"Places left open to each of {len(table)} governments, SPI {field.year}"
    return chart, caption, f"{title}.", sources


def who_moves_whom(
    page: Page, found: Sensitivity, region_codes: Sequence[str], sources: Sequence[str]
) -> Picture:
    """Share of each region's variance of places that goes with each choice."""
    names = sureness.choice_names(page.say)
    totals = found.by_region["total_order"].unstack("factor")[list(found.factors)]
    rows = {sentences.name(page.say, code): totals.loc[code] for code in region_codes}
    frame = pd.DataFrame(rows).T
    frame.loc["all governments"] = found.pooled["total_order"]
    frame = frame.clip(0, 1).fillna(0)
    largest = frame.idxmax(axis=1)
    counts = largest.iloc[:-1].value_counts()
    title = "The choice that moves a region most: " + "; ".join(
        f"{names[factor]}, {count} of {len(region_codes)}" for factor, count in counts.items()
    )
    frame.columns = [textwrap.fill(names[each], 13) for each in frame]
    chart = charts.shaded_table(
        (100 * frame).round(),
        frame,
        title=title,
        write="{:.0f}".format,
        none_name="below half a percent",
        row_height=0.3,
    )
    caption = (
        "Percent of the variance of a region's place that involves a choice; rows add up to more "
        "than 100 where choices play into one another"
    )
    return chart, caption, f"{title}.", sources


def against_the_median(
    page: Page, field: Recipes, region_codes: Sequence[str], sources: Sequence[str]
) -> Picture:
    """Every government clearly above the median, clearly below it or neither, on the map."""
    counts = field.standing["by_both"].value_counts()
    legend = {
        ABOVE: Class("clearly above the median", "#0072B2"),
        CANNOT_TELL: Class("cannot tell", "#DDE6EC"),
        BELOW: Class("clearly below the median", "#E69F00", "...."),
    }
    area = regions.table()
    title = (
        f"{counts.get(ABOVE, 0)} stand clearly above the median, {counts.get(BELOW, 0)} clearly "
        f"below; of {counts.get(CANNOT_TELL, 0)} one cannot tell"
    )
    chart = charts.hexmap(
        area[area["level"] != "province"],
        field.standing["by_both"],
        legend,
        no_value="no score published",
        no_government="no government of its own",
        title=title,
        highlighted=region_codes,
        highlight_name="regions named in the parameters",
    )
    caption = f"SPI {field.year} against the median: beyond noise, and whatever the recipe"
    return chart, caption, f"Map of hexagons. {title}.", sources
