"""The tables of a report: frames turned into rows of cells that lead to their source.

Every function returns what :meth:`anticorruption.reporting.display.Page.table` takes: a caption,
the columns and the rows.
"""

from dataclasses import replace

import pandas as pd

from anticorruption import measures, spi
from anticorruption.overlay import is_own
from anticorruption.reporting import sentences
from anticorruption.reporting.display import CLASSES, Cell, Column, Page
from anticorruption.reporting.studies import SPI_YEARS, National, RegionStudy

Listing = tuple[str, list[Column], list[dict[str, Cell | str]]]

#: Measures with sections of their own, left out of the table of the others.
_OWN_SECTION = ("spi", "mcp", "bpk_opinion", "wtp_streak", "pilot_score")
#: Measures whose gaps matter to a reader of the eight criteria, with the first year to expect.
EXPECTED = {
    "mcp": 2018,
    "spi": 2018,
    "sakip_predicate": 2018,
    "ombudsman": 2018,
    "spip_maturity": 2018,
    "spbe": 2018,
    "bpk_opinion": 2018,
    "lhkpn": 2018,
}
_LAST_YEAR = 2025
#: A value of up to so many years before the edition needs no word about its age.
_FRESH = 2
#: Fewer provinces than this have no median worth printing.
_FEWEST_PROVINCES = 10
#: Marks before the word of an answer, so that it is never told by colour alone.
_SIGNS = {"met": "✓", "not_met": "✗", "unknown": "?"}


def criteria(page: Page, study: RegionStudy, answers: pd.DataFrame | None = None) -> Listing:
    """The eight criteria with value, threshold, margin, answer and source.

    ``answers`` are those under other thresholds; by default the base ones.
    """
    say = page.say
    columns = [
        Column("criterion", say("Criterion")),
        Column("answer", say("Answer")),
        Column("value", say("Value"), "number"),
        Column("year", say("Year"), "number"),
        Column("asked", say("Asked for")),
        Column("margin", say("Margin"), "number"),
        Column("reason", say("How we know")),
    ]
    answers = study.criteria if answers is None else answers
    rows = [_criterion(page, study, row) for _, row in answers.iterrows()]
    return say("The entry criteria of edition {edition}", edition=study.edition), columns, rows


def _criterion(page: Page, study: RegionStudy, row: pd.Series) -> dict[str, Cell]:
    say = page.say
    criterion = study.nation.programme.criterion(row["criterion"])
    known = None if pd.isna(row["row"]) else study.observation(row["measure_id"], int(row["year"]))
    value = page.unknown() if known is None else page.figure_of(known)
    if row["reason"] == "withheld":
        value = page.unknown(say("withheld"))
    if row["measure_id"] == "wtp_streak":
        value = years_running(page, value)
    return {
        "criterion": Cell(criterion.name(say.code)),
        "value": value,
        "year": _year(row["year"]),
        "asked": Cell(sentences.asked(say, row), sources=(row["threshold_source_id"],)),
        "margin": _margin(page, row["margin"]),
        "answer": answer_cell(page, row["answer"]),
        "reason": Cell(_why(page, row)),
    }


def years_running(page: Page, value: Cell) -> Cell:
    """Number of years running, said so that nobody takes it for an opinion."""
    text = page.say("WTP, {count} years running", count=value.text)
    return Cell(text, text, value.row, value.sources)


def _why(page: Page, row: pd.Series) -> str:
    say = page.say
    parts = [sentences.reason(say, row["reason"])]
    if row["disputed"]:
        parts.append(say("sources differ"))
    if row["confidence"] == "low":
        parts.append(say("source of low confidence"))
    if pd.notna(row["year"]) and row["edition"] - row["year"] > _FRESH:
        parts.append(say("{count} years before the edition", count=row["edition"] - row["year"]))
    return "; ".join(part for part in parts if part)


def answer_cell(page: Page, answer: str) -> Cell:
    """Cell with the sign and the word of an answer."""
    word = sentences.answer(page.say, answer)
    return Cell(f"{_SIGNS[answer]} {word}", answer, tone=CLASSES[answer])


def _year(year) -> Cell:
    return Cell("", None) if pd.isna(year) else Cell(str(int(year)), int(year))


def _margin(page: Page, margin: float) -> Cell:
    if pd.isna(margin):
        return Cell("", None)
    return Cell(page.say.number(margin, 2, signed=True), float(margin))


def spi_by_year(page: Page, study: RegionStudy) -> Listing:
    """SPI by year: score, band, parts, corrections, rebuilt score and what is left over."""
    say = page.say
    columns = [
        Column("year", say("Year"), "number"),
        Column("score", say("Score"), "number"),
        Column("band", say("Band")),
        Column("internal", say("Internal"), "number"),
        Column("external", say("External"), "number"),
        Column("expert", say("Expert"), "number"),
        Column("integritas", say("Correction, survey integrity"), "number"),
        Column("prevalensi", say("Correction, prevalence"), "number"),
        Column("rebuilt", say("Rebuilt from parts"), "number"),
        Column("residual", say("Not explained"), "number"),
    ]
    rows = [_spi_row(page, study, year) for year in SPI_YEARS]
    return say("How its SPI is made up, by year (points on the scale 0-100)"), columns, rows


def _spi_row(page: Page, study: RegionStudy, year: int) -> dict[str, Cell]:
    own = study.observation("spi", year)
    row: dict[str, Cell] = {"year": Cell(str(year), year), "score": page.figure_of(own)}
    row["band"] = _band(page, own, "spi", year)
    for part in spi.PARTS:
        row[part.removeprefix("spi_")] = _bare(page, study.observation(part, year))
    for part in spi.CORRECTIONS:
        row[part.removeprefix("spi_corr_")] = _bare(page, study.observation(part, year))
    if year in study.spi.index:
        made = study.spi.loc[year]
        row["rebuilt"] = Cell(page.say.number(made["rebuilt"], 2), float(made["rebuilt"]))
        row["residual"] = _residual(page, made)
    if own is not None and own["withheld"]:
        row["score"] = Cell(
            page.say("withheld; a copy prints {value}", value=row["score"].text),
            None,
            row["score"].row,
            row["score"].sources,
            tone="flag",
        )
        row["band"] = Cell("", None)
    return row


def _bare(page: Page, observation: pd.Series | None) -> Cell:
    """Figure without the source mark: its row's score carries it, the link leads to its line."""
    cell = page.figure_of(observation)
    return Cell(cell.text, cell.value, cell.row, (), cell.tone)


def between(nation: National, score: Cell) -> Cell:
    """Cell of an SPI score with the ends that noise leaves, which files show beside it."""
    if not isinstance(score.value, float):
        return score
    return replace(score, bounds=nation.ends(score.value))


def _band(page: Page, own: pd.Series | None, measure_id: str, year: int) -> Cell:
    if own is None or pd.isna(own["value"]):
        return Cell("", None)
    band = measures.band_of(measure_id, year, own["value"])
    if band is None:
        return page.unknown(page.say("no band published"))
    return Cell(band.name, band.name, sources=(band.source_id,))


def _residual(page: Page, made: pd.Series) -> Cell:
    text = page.say.number(made["residual"], 2, signed=True)
    if made["unexplained"]:
        return Cell(f"⚑ {text}", float(made["residual"]), tone="flag")
    return Cell(text, float(made["residual"]))


def standing(page: Page, study: RegionStudy) -> Listing:
    """Places by year, nearby and nationwide, each with the places that noise cannot exclude."""
    say = page.say
    near = say("among provinces") if study.is_province else say("in the province")
    columns = [
        Column("year", say("Year"), "number"),
        Column("score", say("Score"), "number"),
        Column("near", say("Place {where}", where=near), "number"),
        Column("near_range", say("possible places")),
        Column("near_count", say("of"), "number"),
    ]
    if not study.is_province:
        columns += [
            Column("all", say("Place among kabupaten and kota"), "number"),
            Column("all_range", say("possible places")),
            Column("all_count", say("of"), "number"),
        ]
    rows = []
    for year, place in study.standing.iterrows():
        row = {
            "year": Cell(str(year), int(year)),
            "score": between(study.nation, _bare(page, study.observation("spi", year))),
        }
        for group in ("near", "all"):
            low, high = int(place[f"{group}_low"]), int(place[f"{group}_high"])
            row[group] = Cell(say.number(place[f"{group}_rank"], 0), int(place[f"{group}_rank"]))
            row[f"{group}_range"] = Cell(
                f"{say.number(low, 0)}–{say.number(high, 0)}", bounds=(low, high)
            )
            row[f"{group}_count"] = Cell(
                say.number(place[f"{group}_count"], 0), int(place[f"{group}_count"])
            )
        rows.append(row)
    return say("Places of its SPI, by year (provinces as they are today)"), columns, rows


def mcp(page: Page, study: RegionStudy) -> Listing:
    """Final MCP values, by year; interim readings are in a table of their own."""
    say = page.say
    columns = [
        Column("year", say("Year"), "number"),
        Column("value", say("Final value"), "number"),
        Column("band", say("Band")),
        Column("other", say("Other sources print")),
    ]
    rows = []
    for year in years_known(study, "mcp"):
        own = study.observation("mcp", year)
        rows.append(
            {
                "year": Cell(str(year), year),
                "value": page.figure_of(own),
                "band": _band(page, own, "mcp", year),
                "other": _others(page, study, "mcp", year),
            }
        )
    return say("Final MCP values"), columns, rows


def interim(page: Page, study: RegionStudy) -> Listing:
    """Interim readings, with their date; they enter no ranking and no criterion."""
    say = page.say
    columns = [
        Column("measure", say("Measure")),
        Column("year", say("Year"), "number"),
        Column("value", say("Interim reading"), "number"),
        Column("as_of", say("As of")),
    ]
    rows = []
    for line, row in study.release.interim(study.code).iterrows():
        own = row.copy()
        own["row"] = line
        rows.append(
            {
                "measure": Cell(measures.name(row["measure_id"], say.code)),
                "year": Cell(str(row["year"]), int(row["year"])),
                "value": page.figure_of(own),
                "as_of": Cell(say.date(row["as_of"]) if row["as_of"] else say("date not stated")),
            }
        )
    return say("Interim readings: never ranked, never judged"), columns, rows


def opinions(page: Page, study: RegionStudy) -> Listing:
    """Audit opinions and printed streaks, by fiscal year."""
    say = page.say
    columns = [
        Column("year", say("Fiscal year"), "number"),
        Column("opinion", say("Opinion")),
        Column("streak", say("Years running, as printed"), "number"),
    ]
    years = sorted({*years_known(study, "bpk_opinion"), *years_known(study, "wtp_streak")})
    rows = [
        {
            "year": Cell(str(year), year),
            "opinion": page.figure_of(study.observation("bpk_opinion", year)),
            "streak": page.figure_of(study.observation("wtp_streak", year)),
        }
        for year in years
    ]
    return say("Audit opinions of BPK"), columns, rows


def others(page: Page, study: RegionStudy) -> Listing:
    """Every other measure with a final value: its years, newest first."""
    say = page.say
    columns = [
        Column("measure", say("Measure")),
        Column("year", say("Year"), "number"),
        Column("value", say("Value"), "number"),
        Column("unit", say("Unit")),
        Column("band", say("Band")),
    ]
    book = measures.codebook()
    rows = []
    order = sorted(study.chosen.index, key=lambda key: (key[0], -key[1]))
    for measure_id, year in order:
        kind = book.at[measure_id, "kind"]
        if measure_id in _OWN_SECTION or measure_id.startswith("spi_") or kind == "derived":
            continue
        own = study.observation(measure_id, year)
        has_bands = kind == "score" and not measures.bands(measure_id, year).empty
        rows.append(
            {
                "measure": Cell(measures.name(measure_id, say.code)),
                "year": Cell(str(year), int(year)),
                "value": page.figure_of(own),
                "unit": Cell(unit(page, book.at[measure_id, "unit"])),
                "band": _band(page, own, measure_id, year) if has_bands else Cell("", None),
            }
        )
    return say("Other published measures"), columns, rows


def unit(page: Page, text: str) -> str:
    """Unit of a measure in the reader's language."""
    say = page.say
    return {
        "score 0-100": say("score 0-100"),
        "index 0-100": say("index 0-100"),
        "index 0-5": say("index 0-5"),
        "index 0-120": say("index 0-120"),
        "score 0-5": say("score 0-5"),
        "percent": say("percent"),
        "rank": say("place"),
        "predicate": say("predicate"),
        "zone": say("zone"),
        "opinion": say("opinion"),
        "persons": say("persons"),
        "trillion rupiah": say("trillion rupiah"),
        "points": say("points"),
        "count": say("count"),
        "cases": say("cases"),
        "reports": say("reports"),
        "rupiah": say("rupiah"),
        "consecutive years": say("years running"),
        "level 0-5": say("level 0-5"),
    }.get(text, text)


def beside_provinces(page: Page, study: RegionStudy) -> Listing:
    """A province's latest measures beside the provinces that have a value of the same year."""
    say = page.say
    columns = [
        Column("measure", say("Measure")),
        Column("year", say("Year"), "number"),
        Column("value", say("Value"), "number"),
        Column("median", say("Median of these provinces"), "number"),
        Column("count", say("Provinces with a value"), "number"),
    ]
    book, rows = measures.codebook(), []
    wanted = book.index[book["kind"].isin(["score", "context"]) & (book["scale_max"].notna())]
    for measure_id in wanted:
        own = study.latest(measure_id)
        panel = study.release.panel(measure_id, "province")
        if own is None or own["withheld"] or own["year"] not in panel:
            continue
        others = panel[own["year"]].dropna()
        places = measures.decimals(measure_id)
        rows.append(
            {
                "measure": Cell(measures.name(measure_id, say.code)),
                "year": Cell(str(own["year"]), int(own["year"])),
                "value": page.figure_of(own),
                "median": (
                    Cell(say.number(others.median(), places), float(others.median()))
                    if len(others) >= _FEWEST_PROVINCES
                    else page.unknown(say("too few"))
                ),
                "count": Cell(say.number(len(others), 0), len(others)),
            }
        )
    return say("Its latest measures beside the other provinces"), columns, rows


def programme(page: Page, study: RegionStudy) -> Listing:
    """Part the region took in the programme, edition by edition."""
    say = page.say
    columns = [
        Column("edition", say("Edition"), "number"),
        Column("stage", say("Stage")),
        Column("score", say("Final score"), "number"),
        Column("category", say("Category")),
        Column("assessed", say("Assessed on")),
        Column("remark", say("Remark")),
    ]
    return (
        say("Its part in the programme"),
        columns,
        [stage_cells(page, row) for _, row in study.pilots.iterrows()],
    )


def stage_cells(page: Page, row: pd.Series) -> dict[str, Cell]:
    """Cells of one row of the table ``pilots``."""
    say = page.say
    pilot = row["stage"] == "pilot"
    score = Cell("", None)
    if pilot:
        missing = pd.isna(row["final_score"])
        score = (
            page.unknown()
            if missing
            else Cell(say.number(row["final_score"], 2), float(row["final_score"]), tone="strong")
        )
    stages = {
        "proposed": say("proposed"),
        "observed": say("observed"),
        "candidate": say("candidate"),
        "pilot": say("pilot"),
    }
    return {
        "edition": Cell(str(row["edition"]), int(row["edition"])),
        "stage": Cell(stages[row["stage"]], sources=(row["source_id"],)),
        "score": score,
        "category": page.unknown() if pilot and not row["category"] else Cell(row["category"]),
        "assessed": Cell(say.date(row["assessed_on"]) if row["assessed_on"] else ""),
        "remark": Cell(say.pick(row, "note")),
    }


def gaps(page: Page, study: RegionStudy) -> Listing:
    """Years without a published final value, for the measures of the criteria."""
    say = page.say
    columns = [
        Column("measure", say("Measure")),
        Column("known", say("Years with a final value")),
        Column("unknown", say("Years without one")),
    ]
    rows = []
    for measure_id, first in EXPECTED.items():
        known = set(years_known(study, measure_id))
        if study.is_province and measure_id == "spip_maturity":
            continue
        absent = [year for year in range(first, _LAST_YEAR + 1) if year not in known]
        rows.append(
            {
                "measure": Cell(measures.name(measure_id, say.code)),
                "known": Cell(runs_of_years(sorted(known))) if known else page.unknown(say("none")),
                "unknown": Cell(runs_of_years(absent)) if absent else Cell(say("none")),
            }
        )
    caption = say(
        "What is not published: years without a final value, {first} to {last}",
        first=min(EXPECTED.values()),
        last=_LAST_YEAR,
    )
    return caption, columns, rows


def runs_of_years(years: list[int]) -> str:
    """Years with runs drawn together: "2018, 2020–2022"."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


def disagreements(page: Page, study: RegionStudy) -> Listing:
    """Figures on which sources differ: the one chosen and each of the others."""
    say = page.say
    columns = [
        Column("measure", say("Measure")),
        Column("year", say("Year"), "number"),
        Column("chosen", say("Chosen"), "number"),
        Column("other", say("Other source prints"), "number"),
        Column("why", say("Chosen because")),
    ]
    rows = []
    for measure_id, year in study.chosen.index[study.chosen["disputed"]].sort_values():
        best = study.observation(measure_id, year)
        alternatives = study.release.alternatives(study.code, measure_id, year)
        for line, other in alternatives.iterrows():
            if other["printed"] == best["printed"]:
                continue
            told = other.copy()
            told["row"] = line
            rows.append(
                {
                    "measure": Cell(measures.name(measure_id, say.code)),
                    "year": Cell(str(year), int(year)),
                    "chosen": page.figure_of(best),
                    "other": page.figure_of(told, int(other["places"])),
                    "why": Cell(_preference(page, best, told)),
                }
            )
    return say("Where sources disagree"), columns, rows


def _preference(page: Page, best: pd.Series, other: pd.Series) -> str:
    """First step of the written rule that tells two observations apart."""
    say = page.say
    if best["kind"] != other["kind"]:
        kinds = {
            "official": say("official"),
            "mirror": say("copy of official figures"),
            "press": say("press"),
        }
        return say("{kind} before {other}", kind=kinds[best["kind"]], other=kinds[other["kind"]])
    if best["confidence"] != other["confidence"]:
        return say("higher confidence")
    if is_own(best["row"]) != is_own(other["row"]):
        return say("KPK's own file before what is public")
    if best["places"] != other["places"]:
        return say("more decimals printed")
    return say("published later")


def _others(page: Page, study: RegionStudy, measure_id: str, year: int) -> Cell:
    """Values of other sources, each with its source mark."""
    best = study.observation(measure_id, year)
    frame = study.release.alternatives(study.code, measure_id, year)
    frame = frame[frame["printed"] != best["printed"]]
    values = [page.say.number(row["value"], row["places"]) for _, row in frame.iterrows()]
    return Cell("; ".join(values), None, sources=tuple(frame["source_id"]))


def years_known(study: RegionStudy, measure_id: str) -> list[int]:
    """Years with a chosen value that its publisher did not withhold."""
    frame = study.chosen
    own = frame[(frame.index.get_level_values("measure_id") == measure_id) & ~frame["withheld"]]
    return sorted(int(year) for year in own.index.get_level_values("year"))
