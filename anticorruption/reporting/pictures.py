"""The charts of a report, with caption, text alternative and sources."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from anticorruption import charts, measures, spi
from anticorruption.language import Language, deferred
from anticorruption.reporting import sentences
from anticorruption.reporting.display import Page
from anticorruption.reporting.studies import SPI_YEARS, ComparisonStudy, RegionStudy

#: What :meth:`anticorruption.reporting.display.Page.figure` takes.
Picture = tuple[Figure, str, str, Sequence[str]]


def _writer(say: Language):
    return lambda value, places: say.number(value, places)


def _breaks(study: RegionStudy | ComparisonStudy) -> list[int]:
    frame = study.nation.breaks
    return [int(year) for year in frame.loc[frame["measure_id"] == "spi", "year"]]


def trend(page: Page, study: RegionStudy) -> Picture:
    """SPI by year inside the bands of each year, beside the medians of province and country."""
    say = page.say
    near, every = (study.nation.medians(group) for group in (study.fellows, study.nationwide))
    groups = {say("median of all provinces"): near}
    if not study.is_province:
        groups = {
            say("median in {province}", province=sentences.province(say, study)): near,
            say("median of kabupaten and kota"): every,
        }
    bands = {
        year: [(b.band, b.lower, b.upper) for b in measures.bands("spi", year).itertuples()]
        for year in SPI_YEARS
    }
    flagged = [int(y) for y in study.spi.index[study.spi["unexplained"] | study.spi["withheld"]]]
    chart = charts.trend(
        list(SPI_YEARS),
        study.scores,
        groups,
        bands=bands,
        breaks=_breaks(study),
        flagged=flagged,
        standard_error=study.nation.noise.standard_error,
        title=_trend_title(say, study),
        axis=say("SPI, score 0-100"),
        own_name=sentences.name(say, study.code),
        break_name=say("break in the series"),
        flag_name=say("score not explained by its parts"),
        write=_writer(say),
    )
    caption = say(
        "SPI of {name} by year; the light bar is one standard error of noise, the shading the "
        "bands of that year (none published for 2021 and 2022)",
        name=sentences.name(say, study.code),
    )
    listed = ", ".join(f"{y}: {say.number(v, 2)}" for y, v in study.scores.items())
    alt = say("Line chart of the SPI by year. {values}.", values=listed)
    return chart, caption, alt, _sources(study, "spi")


def _trend_title(say: Language, study: RegionStudy) -> str:
    scores = study.scores
    if len(scores) < 2:
        return say("SPI of {name}", name=sentences.name(say, study.code))
    year = int(scores.index[-1])
    median = study.nation.medians(study.nationwide)[year]
    gap = scores[year] - median
    name = sentences.name(say, study.code)
    message = (
        deferred("{name} stood {gap} points above the median in {year}")
        if gap >= 0
        else deferred("{name} stood {gap} points below the median in {year}")
    )
    return say(message, name=name, gap=say.number(abs(gap), 1), year=year)


def _sources(study: RegionStudy, measure_id: str) -> list[str]:
    own = study.chosen[study.chosen.index.get_level_values("measure_id") == measure_id]
    return list(own["source_id"].unique())


def making(page: Page, study: RegionStudy) -> Picture | None:
    """From the weighted mean of the parts down to the published score of the latest year."""
    if study.spi.empty:
        return None
    say, year = page.say, int(study.spi.index[-1])
    made = study.spi.loc[year]
    steps = [
        (say("correction, survey integrity"), -made[spi.CORRECTIONS[0]]),
        (say("correction, prevalence"), -made[spi.CORRECTIONS[1]]),
        (say("rounding, or not explained"), made["residual"]),
    ]
    # A residual inside rounding is no step of its own: it joins the weighted mean.
    start = made["before_corrections"]
    if not made["unexplained"]:
        start, steps = start + made["residual"], steps[:2]
    lost = -sum(size for _, size in steps)
    title = say(
        "Corrections took {points} points off the SPI of {year}",
        points=say.number(lost, 2),
        year=year,
    )
    chart = charts.waterfall(
        steps,
        (say("weighted mean of the three parts"), start),
        (say("published score"), made["published"]),
        title=title,
        axis=say("SPI, score 0-100"),
        write=_writer(say),
    )
    caption = say(
        "From what respondents said to the published SPI of {year} (weights recovered, not "
        "published; the axis does not begin at zero)",
        year=year,
    )
    alt = say(
        "Waterfall chart: {start} before corrections, {end} published.",
        start=say.number(start, 2),
        end=say.number(made["published"], 2),
    )
    return chart, caption, alt, _sources(study, "spi")


def nearby(page: Page, study: RegionStudy) -> Picture | None:
    """Every region ranked with it in the latest year, each with its noise."""
    if study.scores.empty:
        return None
    say, year = page.say, int(study.scores.index[-1])
    scores = study.nation.panel[year].reindex(study.fellows).dropna()
    place = study.standing.loc[year]
    marks = [] if study.is_province else [_threshold(say, study)]
    title = say(
        "Place {rank} of {count}, but noise allows {low} to {high}",
        rank=place["near_rank"],
        count=place["near_count"],
        low=place["near_low"],
        high=place["near_high"],
    )
    chart = charts.scores_in_order(
        scores,
        {code: sentences.name(say, code) for code in scores.index},
        [study.code],
        standard_error=study.nation.noise.standard_error,
        marks=marks,
        title=title,
        axis=say("SPI {year}, score 0-100; bars: 90 % interval of one score", year=year),
        write=_writer(say),
    )
    where = say("provinces") if study.is_province else sentences.province(say, study)
    caption = say("SPI {year} in {where}, in order of score", year=year, where=where)
    best = sentences.name(say, scores.idxmax())
    alt = say(
        "Dot chart of {count} scores in order. Highest: {best}, {score}.",
        count=len(scores),
        best=best,
        score=say.number(scores.max(), 2),
    )
    sources = study.release.chosen.xs("spi", level="measure_id").xs(year, level="year")
    return chart, caption, alt, list(sources.loc[scores.index, "source_id"].unique())


def _threshold(say: Language, study: RegionStudy | ComparisonStudy) -> tuple[float, str]:
    base = study.nation.programme.criterion("spi").base
    return float(base.value), say("criterion {value}", value=say.number(base.value, 0))


def paths(page: Page, study: ComparisonStudy) -> Picture:
    """SPI of the compared regions by year."""
    say = page.say
    panel = study.nation.panel.reindex(study.codes)
    flagged = [
        (s.code, int(year)) for s in study.studies for year in s.spi.index[s.spi["unexplained"]]
    ]
    spread = {year: panel[year].max() - panel[year].min() for year in panel}
    first, last = panel.columns[0], panel.columns[-1]
    title = say(
        "They lay {first_gap} points apart in {first} and {last_gap} in {last}",
        first_gap=say.number(spread[first], 1),
        first=first,
        last_gap=say.number(spread[last], 1),
        last=last,
    )
    chart = charts.trajectories(
        panel,
        {code: sentences.name(say, code) for code in panel.index},
        breaks=_breaks(study),
        flagged=flagged,
        title=title,
        axis=say("SPI, score 0-100"),
        break_name=say("break in the series"),
        write=_writer(say),
    )
    caption = say("SPI by year; hollow marks are scores that their parts do not explain")
    listed = "; ".join(
        f"{sentences.name(say, code)} {say.number(row[last], 2)}" for code, row in panel.iterrows()
    )
    alt = say("Line chart of the SPI by year. In {year}: {values}.", year=last, values=listed)
    sources = pd.unique(pd.Series([sid for s in study.studies for sid in _sources(s, "spi")]))
    return chart, caption, alt, list(sources)


def in_order(page: Page, study: ComparisonStudy) -> Picture:
    """Compared regions in order of the latest SPI, each with its noise and the criterion."""
    say = page.say
    year = int(study.nation.panel.columns[-1])
    scores = study.nation.panel[year].reindex(study.codes).dropna()
    limit = 1.645 * 2**0.5 * study.nation.noise.standard_error
    ordered = scores.sort_values()
    apart = sum(
        ordered.iloc[j] - ordered.iloc[i] > limit
        for i in range(len(ordered))
        for j in range(i + 1, len(ordered))
    )
    pairs = len(ordered) * (len(ordered) - 1) // 2
    title = say(
        "{apart} of {pairs} pairs can be told apart in the SPI of {year}",
        apart=apart,
        pairs=pairs,
        year=year,
    )
    chart = charts.scores_in_order(
        scores,
        {code: sentences.name(say, code) for code in scores.index},
        list(scores.index),
        standard_error=study.nation.noise.standard_error,
        marks=[_threshold(say, study)],
        title=title,
        axis=say("SPI {year}, score 0-100; bars: 90 % interval of one score", year=year),
        write=_writer(say),
    )
    caption = say(
        "SPI {year} with noise; a pair is told apart when it differs by more than {limit} points",
        year=year,
        limit=say.number(limit, 1),
    )
    listed = "; ".join(
        f"{sentences.name(say, code)} {say.number(value, 2)}"
        for code, value in scores.sort_values(ascending=False).items()
    )
    alt = say("Dot chart of the SPI of {year}: {values}.", year=year, values=listed)
    sources = pd.unique(pd.Series([sid for s in study.studies for sid in _sources(s, "spi")]))
    return chart, caption, alt, list(sources)
