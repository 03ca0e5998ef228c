"""Several regions side by side: the tables and the sentences of a comparison.

Tables come as :meth:`anticorruption.reporting.display.Page.table` takes them; every sentence is
computed from the figures it speaks of.
"""

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from anticorruption import measures
from anticorruption.comparison.profile import reach
from anticorruption.language import deferred
from anticorruption.programme import screening
from anticorruption.reporting.display import Cell, Column, Page, sentence
from anticorruption.reporting.listings import (
    EXPECTED,
    Listing,
    answer_cell,
    between,
    runs_of_years,
    stage_cells,
    years_known,
    years_running,
)
from anticorruption.reporting.sentences import _after, name
from anticorruption.reporting.studies import COVERAGE, SPI_YEARS, ComparisonStudy, RegionStudy

#: Measures that stand side by side unless others are named.
_MAIN = (
    "spi",
    "mcp",
    "bpk_opinion",
    "wtp_streak",
    "ombudsman",
    "ombudsman_zone",
    "sakip_predicate",
    "spbe",
    "rb",
    "kip",
    "ipm",
    "population",
)


def findings(page: Page, study: ComparisonStudy) -> list[Markup]:
    """Findings of a comparison: criteria, programme results, and what to be careful about."""
    found = [_criteria_counts(page, study), _result_counts(page, study), _flags(page, study)]
    return [finding for finding in found if finding]


def _criteria_counts(page: Page, study: ComparisonStudy) -> Markup:
    if not study.local:
        return Markup()
    say = page.say
    answers = [each.overall["answer"] for each in study.local]
    failing = [name(say, e.code) for e in study.local if e.overall["answer"] == screening.NOT_MET]
    counted = sentence(
        say,
        "Under the entry criteria of edition {edition}, {met} of {count} meet all, {not_met} do "
        "not, and {unknown} stay open because something is not public.",
        edition=study.nation.programme.edition,
        count=len(answers),
        met=answers.count(screening.MET),
        not_met=answers.count(screening.NOT_MET),
        unknown=answers.count(screening.UNKNOWN),
    )
    if not failing:
        return counted
    named = sentence(say, "Not all met: {names}.", names=say.series(failing))
    return Markup("{} {}").format(counted, named)


def _result_counts(page: Page, study: ComparisonStudy) -> Markup:
    say = page.say
    pilots = [(each, each.result) for each in study.studies if each.result is not None]
    if not pilots:
        return sentence(say, "None of them was a pilot of the programme so far.")
    scored = [(r["final_score"], each, r) for each, r in pilots if pd.notna(r["final_score"])]
    silent = [name(say, each.code) for each, r in pilots if pd.isna(r["final_score"])]
    parts = []
    if scored:
        low, high = min(scored, key=lambda s: s[0]), max(scored, key=lambda s: s[0])
        parts.append(
            sentence(
                say,
                "Published final scores lie between {low_score} ({low}{low_source}) and "
                "{high_score} ({high}{high_source}); scores of different editions come from "
                "different assessments.",
                low_score=say.number(low[0], 2),
                low=name(say, low[1].code),
                low_source=_after(page, low[2]["source_id"]),
                high_score=say.number(high[0], 2),
                high=name(say, high[1].code),
                high_source=_after(page, high[2]["source_id"]),
            )
        )
    if silent:
        parts.append(
            sentence(say, "No final score is published for: {names}.", names=say.series(silent))
        )
    return Markup(" ").join(parts)


def _flags(page: Page, study: ComparisonStudy) -> Markup:
    say = page.say
    flagged = [
        f"{name(say, each.code)} {year}"
        for each in study.studies
        for year in each.spi.index[each.spi["unexplained"]]
    ]
    disputed = sum(int(each.chosen["disputed"].sum()) for each in study.studies)
    first = sentence(
        say, "Figures of theirs on which sources contradict one another: {count}.", count=disputed
    )
    if not flagged:
        return first
    second = sentence(
        say, "SPI scores that their parts do not explain: {names}.", names=say.series(flagged)
    )
    return Markup("{} {}").format(first, second)


def headline(page: Page, study: ComparisonStudy) -> Markup:
    """Who stands highest in the latest common year, and whether that can be told apart."""
    say, panel = page.say, study.nation.panel
    scores = panel.reindex(study.codes)
    common = [year for year in scores if scores[year].notna().sum() >= 2]
    if not common:
        return sentence(say, "No two of these regions have an SPI score of the same year.")
    year = common[-1]
    known = scores[year].dropna().sort_values(ascending=False)
    top, low = known.index[0], known.index[-1]
    gap = known.iloc[0] - known.iloc[-1]
    limit = reach(COVERAGE) * 2**0.5 * study.nation.noise.standard_error
    message = (
        deferred(
            "In the SPI of {year} they lie between {low} ({low_score}) and {top} ({top_score}); "
            "the {gap} points between these two are more than the {limit} that noise can bring."
        )
        if gap > limit
        else deferred(
            "In the SPI of {year} they lie between {low} ({low_score}) and {top} ({top_score}); "
            "the {gap} points between these two are within the {limit} that noise can bring."
        )
    )
    by_code = {s.code: s for s in study.studies}
    return sentence(
        say,
        message,
        year=year,
        low=name(say, low),
        top=name(say, top),
        low_score=page.inline(page.figure_of(by_code[low].observation("spi", year))),
        top_score=page.inline(page.figure_of(by_code[top].observation("spi", year))),
        gap=say.number(gap, 2),
        limit=say.number(limit, 1),
    )


def latest(page: Page, study: ComparisonStudy, wanted: Sequence[str] = _MAIN) -> Listing:
    """Latest final value of each measure wanted, the main ones by default, a column a region."""
    say = page.say
    columns = [Column("measure", say("Measure"))]
    columns += [Column(s.code, name(say, s.code), "number") for s in study.studies]
    rows = []
    for measure_id in wanted:
        row = {"measure": Cell(measures.name(measure_id, say.code))}
        for each in study.studies:
            own = each.latest(measure_id)
            cell = page.figure_of(own)
            if own is not None:
                text = say("{value} ({year})", value=cell.text, year=own["year"])
                cell = Cell(text, cell.value, cell.row, cell.sources, cell.tone)
            row[each.code] = cell
        rows.append(row)
    return say("Latest final value of each measure, with its year"), columns, rows


def surveys(page: Page, study: ComparisonStudy) -> Listing:
    """SPI of every year, a row a region, with the place nationwide in the latest year."""
    say = page.say
    years = [str(year) for year in SPI_YEARS]
    columns = [Column("region", say("Region"))]
    columns += [Column(year, year, "number") for year in years]
    columns += [
        Column("year", say("Year of the place"), "number"),
        Column("rank", say("Place in the country"), "number"),
        Column("range", say("possible places")),
        Column("count", say("of"), "number"),
    ]
    rows = []
    for each in study.studies:
        row: dict[str, Cell] = {"region": Cell(name(say, each.code))}
        for year in SPI_YEARS:
            own = each.observation("spi", year)
            cell = page.figure_of(own)
            if own is not None and own["withheld"]:
                cell = page.unknown(say("withheld"))
            elif year in each.spi.index and each.spi.at[year, "unexplained"]:
                cell = Cell(f"⚑ {cell.text}", cell.value, cell.row, cell.sources, "flag")
            row[str(year)] = between(study.nation, cell)
        if not each.standing.empty:
            place = each.standing.iloc[-1]
            year = int(each.standing.index[-1])
            bounds = int(place["all_low"]), int(place["all_high"])
            low, high = (say.number(end, 0) for end in bounds)
            row |= {
                "year": Cell(str(year), year),
                "rank": Cell(say.number(place["all_rank"], 0), int(place["all_rank"])),
                "range": Cell(f"{low}–{high}", bounds=bounds),
                "count": Cell(say.number(place["all_count"], 0), int(place["all_count"])),
            }
        rows.append(row)
    return say("SPI by year; ⚑ marks a score that its parts do not explain"), columns, rows


def criteria(page: Page, study: ComparisonStudy) -> Listing:
    """The eight criteria, a column a region, and the overall answer."""
    say = page.say
    columns = [Column("criterion", say("Criterion"))]
    columns += [Column(s.code, name(say, s.code)) for s in study.local]
    rows = []
    for place, criterion in enumerate(study.nation.programme.criteria):
        row = {"criterion": Cell(criterion.name(say.code))}
        for each in study.local:
            row[each.code] = _answer_and_value(page, each, each.criteria.iloc[place])
        rows.append(row)
    overall = {"criterion": Cell(say("Overall"), tone="strong")}
    for each in study.local:
        overall[each.code] = answer_cell(page, each.overall["answer"])
    caption = say("The entry criteria of edition {edition}", edition=study.nation.programme.edition)
    return caption, columns, [*rows, overall]


def _answer_and_value(page: Page, study: RegionStudy, row: pd.Series) -> Cell:
    cell = answer_cell(page, row["answer"])
    if pd.isna(row["row"]) or row["reason"] == "withheld":
        return cell
    known = page.figure_of(study.observation(row["measure_id"], int(row["year"])))
    if row["measure_id"] == "wtp_streak":
        known = years_running(page, known)
    text = page.say(
        "{answer}: {value} ({year})", answer=cell.text, value=known.text, year=row["year"]
    )
    return Cell(text, row["answer"], known.row, known.sources, cell.tone)


def results(page: Page, study: ComparisonStudy) -> Listing:
    """Programme results of the regions that were pilots."""
    say = page.say
    columns = [
        Column("region", say("Region")),
        Column("edition", say("Edition"), "number"),
        Column("score", say("Final score"), "number"),
        Column("category", say("Category")),
        Column("assessed", say("Assessed on")),
        Column("remark", say("Remark")),
    ]
    rows = []
    for each in study.studies:
        if each.result is not None:
            stage = stage_cells(page, each.result)
            source = (each.result["source_id"],)
            region = Cell(name(say, each.code), each.code, sources=source)
            rows.append({"region": region} | stage)
    return say("Final scores of the pilot assessment"), columns, rows


def gaps(page: Page, study: ComparisonStudy) -> Listing:
    """Number of years with a final value, a column a region."""
    say = page.say
    columns = [Column("measure", say("Measure"))]
    columns += [Column(s.code, name(say, s.code)) for s in study.studies]
    rows = []
    for measure_id in EXPECTED:
        row = {"measure": Cell(measures.name(measure_id, say.code))}
        for each in study.studies:
            known = years_known(each, measure_id)
            row[each.code] = Cell(runs_of_years(known)) if known else page.unknown()
        rows.append(row)
    return say("Years with a published final value"), columns, rows
