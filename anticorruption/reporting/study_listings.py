"""Tables of the studies on data, the survey and the entry criteria, in English like these."""

from collections.abc import Mapping, Sequence

import pandas as pd

from anticorruption import measures, regions, spi
from anticorruption.language import Language
from anticorruption.programme.rubric import Rubric
from anticorruption.reporting import frames, sentences
from anticorruption.reporting.display import Cell, Column, Page
from anticorruption.reporting.listings import Listing, _preference
from anticorruption.reporting.studies import ComparisonStudy

#: Headings of the columns that these studies show.
HEADINGS = {
    "by": "By",
    "group": "Group",
    "measure": "Measure",
    "edition": "Edition",
    "variant": "Reading",
    "values_of": "Values of",
    "criterion": "Criterion",
    "region_code": "Province",
    "told": "Answer",
    "why": "How we know, or why not",
    "asks": "Asks for",
    "standing": "Who says so",
    "source_id": "Source",
    "governments": "Kabupaten and kota",
    "regions": "Kabupaten and kota",
    "figures": "Figures",
    "values": "Values not chosen",
    "kind": "Kind of source",
    "confidence": "Confidence",
    "places": "Decimals",
    "published": "Date",
    "largest": "Largest difference",
    "recent": "Recent final value",
    "older": "Older one only",
    "interim_only": "Interim only",
    "official": "Official or copy",
    "whole_list": "Press, list of a province",
    "single_news": "Press, singly",
    "none": "Nothing",
    "missing": "For KPK to bring",
    "threshold": "Threshold",
    "press_share": "Press only, share",
    "list_values": "In lists",
    "list_median": "Median in lists",
    "news_values": "Singly in the news",
    "news_median": "Median singly",
    "scores": "Scores",
    "internal": "Internal",
    "external": "External",
    "expert": "Expert",
    "total": "Sum",
    "largest_residual": "Largest residual, points",
    "constant": "Constant if allowed, points",
    "statistic": "Share of variance",
    "p": "p",
    "smallest_p": "Smallest p possible",
    "carry": "Carry one",
    "scored": "Scored",
    "share": "Share",
    "score": "Score",
    "carrying": "Mean of those that carry one",
    "others": "Mean of the others",
    "difference": "Difference",
    "within": "Difference inside provinces",
    "spi_internal": "Internal",
    "spi_external": "External",
    "spi_expert": "Expert",
    "spi_corr_integritas": "Correction, integrity",
    "spi_corr_prevalensi": "Correction, prevalence",
    "rest": "Rest",
    "spi": "SPI",
    "met": "Met",
    "unknown": "Cannot tell",
    "not_met": "Not met",
    "left_low": "Left so far, at least",
    "left_high": "Left so far, at most",
    "opened": "Opened against base",
    "closed": "Closed against base",
    "publishing": "Published for all",
    "open": "Open today",
    "asked": "Answer missing",
    "not_met_low": "Then out, at least",
    "not_met_high": "Then out, at most",
    "met_low": "Then in, at least",
    "met_high": "Then in, at most",
    "open_low": "Still open, at least",
    "open_high": "Still open, at most",
    "share_low": "Share that qualifies, low",
    "share_high": "Share that qualifies, high",
}


def table(
    caption: str,
    frame: pd.DataFrame,
    columns: Sequence[str],
    places: Mapping[str, int] | int = frames.WHOLE,
) -> Listing:
    """Columns of a frame as a table under the headings of :data:`HEADINGS`.

    Parameters
    ----------
    caption : str
    frame : DataFrame
    columns : sequence of str
        Columns shown, in their order; one without a heading keeps its name.
    places : mapping or int
        As in :func:`anticorruption.reporting.frames.listing`, but whole numbers unless said.
    """
    if not isinstance(places, int):
        places = dict.fromkeys(columns, frames.WHOLE) | dict(places)
    titles = {column: HEADINGS.get(column, column) for column in columns}
    return frames.listing(Language("en"), caption, frame, titles, places)


def records(caption: str, frame: pd.DataFrame, places: Mapping[str, int] | int = 0) -> Listing:
    """Whole frame as a table for the files, the columns under their own names.

    A column ``region_code`` becomes ``code``, the code as text, with ``region``, the name, behind.
    """
    named = frame.rename(columns={"region_code": "code"})
    if "code" in named:
        names = [regions.name(code) for code in named["code"]]
        named.insert(named.columns.get_loc("code") + 1, "region", names)
    columns = list(named.columns)
    if not isinstance(places, int):
        places = dict.fromkeys(columns, frames.WHOLE) | dict(places)
    titles = {column: column for column in columns}
    return frames.listing(Language("en"), caption, named, titles, places)


def disagreements(page: Page, frame: pd.DataFrame, caption: str) -> Listing:
    """Chosen and other values side by side, each linked to its line.

    Parameters
    ----------
    page : Page
    frame : DataFrame
        Rows of :func:`anticorruption.disagreements.disagreements`.
    caption : str
    """
    say = page.say
    columns = [
        Column("region", say("Region")),
        Column("measure", say("Measure")),
        Column("year", say("Year"), "number"),
        Column("chosen", say("Chosen"), "number"),
        Column("other", say("Other source prints"), "number"),
        Column("why", say("Chosen because")),
    ]
    lines = page.release.observations.reset_index().set_index("row", drop=False)
    rows = []
    for entry in frame.itertuples():
        best, other = lines.loc[entry.chosen_row], lines.loc[entry.other_row]
        rows.append(
            {
                "region": Cell(regions.name(entry.region_code, say.code), entry.region_code),
                "measure": Cell(measures.name(entry.measure_id, say.code), entry.measure_id),
                "year": Cell(str(entry.year), int(entry.year)),
                "chosen": page.figure_of(best, int(best["places"])),
                "other": page.figure_of(other, int(other["places"])),
                "why": Cell(_preference(page, best, other)),
            }
        )
    return caption, columns, rows


def rebuilt(page: Page, study: ComparisonStudy, year: int) -> Listing:
    """Score, parts and corrections of a year, each linked to its line, and the rebuilt score."""
    shown = ["spi", *spi.PARTS, *spi.CORRECTIONS]
    columns = [Column("region", page.say("Region"))]
    columns += [Column(measure, HEADINGS[measure], "number") for measure in shown]
    columns += [Column("rebuilt", "Rebuilt", "number"), Column("residual", "Residual", "number")]
    rows = []
    for each in study.studies:
        if year not in each.spi.index:
            continue
        row = {m: page.figure_of(each.observation(m, year)) for m in shown}
        for key in ("rebuilt", "residual"):
            value = float(each.spi.at[year, key])
            row[key] = Cell(page.say.number(value, 2), value)
        row["region"] = Cell(regions.name(each.code, page.say.code), each.code)
        rows.append(row)
    return f"Scores of {year} of the regions named in the parameters, rebuilt", columns, rows


def thresholds(page: Page, programme: Rubric) -> Listing:
    """Thresholds of an edition, the base reading of each criterion before its variants."""
    rows = [
        {
            "criterion": criterion.name("en"),
            "variant": reading.variant,
            "asks": sentences.asked(
                page.say,
                pd.Series(
                    {
                        "rule": reading.rule,
                        "threshold": reading.value,
                        "years_running": reading.years,
                    }
                ),
            ),
            "standing": reading.standing.replace("_", " "),
            "source_id": reading.source_id,
        }
        for criterion in programme.criteria
        for reading in (criterion.base, *criterion.variants)
    ]
    caption = f"Thresholds of edition {programme.edition}, the base reading first"
    return table(caption, pd.DataFrame(rows), list(rows[0]))


def reasons(page: Page, answers: pd.DataFrame, names: Mapping[str, str]) -> Listing:
    """How often each answer was given for each reason, in the rubric's order."""
    keys = ["criterion", "answer", "reason"]
    counts = answers.groupby(keys).size().rename("regions").reset_index()
    place = counts["criterion"].map({criterion: n for n, criterion in enumerate(names)})
    counts = counts.assign(_place=place).sort_values(["_place", "answer", "reason"])
    counts["told"] = [sentences.answer(page.say, code) for code in counts["answer"]]
    compared = "compared with the threshold"
    counts["why"] = [sentences.reason(page.say, code) or compared for code in counts["reason"]]
    counts["criterion"] = counts["criterion"].map(names)
    caption = "Answers and their reasons"
    return table(caption, counts, ["criterion", "told", "why", "regions"])
