"""Regions beside the nation and beside their peers: tables, charts and sentences of a page.

Every function takes a page and a :class:`anticorruption.reporting.neighbourhood.Neighbourhood`;
tables come as :meth:`anticorruption.reporting.display.Page.table` takes them, charts as
:meth:`anticorruption.reporting.display.Page.picture` does.
"""

import pandas as pd
from markupsafe import Markup

from anticorruption import charts
from anticorruption.comparison.context import IPM_YEAR
from anticorruption.comparison.profile import ABOVE, BELOW, CANNOT_TELL
from anticorruption.language import Language, deferred
from anticorruption.reporting import sentences
from anticorruption.reporting.display import Cell, Column, Page, sentence
from anticorruption.reporting.listings import Listing
from anticorruption.reporting.neighbourhood import COMPARED, SPLIT, Neighbourhood
from anticorruption.reporting.pictures import Picture
from anticorruption.reporting.studies import COVERAGE


def part_names(say: Language) -> dict[str, str]:
    """Names of the score, its parts, its corrections and what is left over."""
    return {
        "spi": say("SPI"),
        "spi_internal": say("internal respondents"),
        "spi_external": say("external respondents"),
        "spi_expert": say("experts"),
        "spi_corr_integritas": say("correction, survey integrity"),
        "spi_corr_prevalensi": say("correction, prevalence"),
        "residual": say("rounding, or not explained"),
    }


def verdict(say: Language, word: str | None) -> Cell:
    """Cell of a verdict, with a sign so that it is never told by colour alone."""
    if word is None or pd.isna(word):
        return Cell(say.unknown, None, tone="missing")
    told = {
        ABOVE: f"▲ {say('clearly above')}",
        CANNOT_TELL: f"· {say('cannot tell')}",
        BELOW: f"▼ {say('clearly below')}",
    }[word]
    return Cell(told, word, tone="" if word == CANNOT_TELL else "strong")


def strengths(page: Page, near: Neighbourhood) -> Listing:
    """Distance of every part from the median of the nation, with its interval and verdict."""
    say = page.say
    columns = [
        Column("region", say("Region")),
        Column("part", say("Part")),
        Column("value", say("Score"), "number"),
        Column("median", say("Median of its kind"), "number"),
        *_with_ends(say, "distance", say("Distance, points")),
        *_with_ends(say, "robust", say("Distance, robust units")),
        Column("verdict", say("Against the nation")),
    ]
    rows = []
    for row in near.distances.to_dict("records"):
        cells = _numbers(say, row, ("median", *_ends("distance"), *_ends("robust")))
        cells |= _who(say, row["region_code"]) | {"part": Cell(part_names(say)[row["part"]])}
        cells |= {"value": _figure(page, near, row), "verdict": verdict(say, row["verdict"])}
        rows.append(cells)
    caption = say(
        "The SPI of {year} and its parts against the median of the nation; one robust unit is "
        "1.4826 times the median absolute deviation",
        year=near.year,
    )
    return caption, columns, rows


def strengths_told(page: Page, near: Neighbourhood) -> list[Markup]:
    """One sentence a region: what is clearly above and clearly below the median of the nation."""
    say, names = page.say, part_names(page.say)
    told = []
    for code, table in near.distances[near.distances["part"] != "spi"].groupby(
        "region_code", sort=False
    ):
        parts = {
            word: [names[p] for p in table.loc[table["verdict"] == word, "part"]]
            for word in (ABOVE, BELOW)
        }
        message = {
            (True, True): deferred(
                "{name}: clearly above the nation's median with {above}; clearly below it with "
                "{below}."
            ),
            (True, False): deferred("{name}: clearly above the nation's median with {above}."),
            (False, True): deferred("{name}: clearly below the nation's median with {below}."),
            (False, False): deferred("{name}: no part can be told apart from the nation's median."),
        }[bool(parts[ABOVE]), bool(parts[BELOW])]
        name = sentences.name(say, code)
        above, below = say.series(parts[ABOVE]), say.series(parts[BELOW])
        told.append(sentence(say, message, name=name, above=above, below=below))
    return told


def by_chance(page: Page, near: Neighbourhood) -> Markup:
    """How many verdicts noise alone would bring."""
    say, table = page.say, near.distances.dropna(subset="verdict")
    return sentence(
        say,
        "Of {count} comparisons {clear} are clear; if nothing differed, noise alone would make "
        "about {chance} of them look clear.",
        count=len(table),
        clear=int((table["verdict"] != CANNOT_TELL).sum()),
        chance=say.number((1 - COVERAGE) * len(table), 1),
    )


def strengths_picture(page: Page, near: Neighbourhood) -> Picture | None:
    """Distance of the three parts from the median of the nation, in robust units."""
    say, names = page.say, part_names(page.say)
    table = near.distances[near.distances["part"] != "spi"].dropna(subset="robust")
    if table.empty:
        return None
    panels = {
        names[part]: table[table["part"] == part]
        .set_index("region_code")[["robust", "robust_low", "robust_high", "verdict"]]
        .set_axis(["value", "low", "high", "verdict"], axis=1)
        .assign(clear=lambda frame: frame["verdict"] != CANNOT_TELL)
        for part in COMPARED[1:]
    }
    above, below = (int((table["verdict"] == word).sum()) for word in (ABOVE, BELOW))
    title = say(
        "{above} of {count} parts lie clearly above the nation's median, {below} clearly below",
        above=above,
        below=below,
        count=len(table),
    )
    chart = charts.differences(
        panels,
        _row_names(say, near.study.codes),
        title=title,
        axis=say("robust units; bars: 90 % interval"),
        zero_name=say("median of its kind"),
        write=lambda value, places: say.number(value, places),
    )
    caption = say(
        "Parts of the SPI {year} against the nation; filled marks are clearer than noise",
        year=near.year,
    )
    return chart, caption, f"{title}.", sources(near, near.study.codes)


def peers(page: Page, near: Neighbourhood) -> Listing:
    """Peers of each kabupaten and kota with their distances, and whether any is close."""
    say, found = page.say, near.peers
    columns = [
        Column("region", say("Region")),
        Column("nearest", say("Distance to the nearest"), "number"),
        Column("limit", say("Close up to"), "number"),
        Column("flag", say("Close peer")),
        Column("peers", say("Peers and their distances")),
    ]
    rows = []
    for code in near.study.codes:
        row = _who(say, code)
        if code not in found.regions.index:
            reason = say("no context is published for it")
            rows.append(row | {"peers": page.unknown(reason)})
            continue
        listed = [
            say("{name} ({value})", name=sentences.name(say, peer), value=say.number(value, 2))
            for peer, value in found.of(code)["distance"].items()
        ]
        far = bool(found.regions.at[code, "no_close_peer"])
        row |= _numbers(say, {"nearest": found.regions.at[code, "nearest"]}, ("nearest",))
        row |= _numbers(say, {"limit": found.close_limit}, ("limit",))
        row["flag"] = Cell(
            f"⚑ {say('no close peer')}" if far else say("yes"),
            "no close peer" if far else "yes",
            tone="flag" if far else "",
        )
        rows.append(row | {"peers": Cell("; ".join(listed))})
    caption = say(
        "The {number} nearest regions by context; distances in standard deviations of a variable",
        number=near.number,
    )
    return caption, columns, rows


def how_peers_are_found(page: Page, near: Neighbourhood) -> Markup:
    """What regions are matched on, and that the score is no part of it."""
    return sentence(
        page.say,
        "Peers are of the same level (kabupaten or kota) and nearest in three things that count "
        "the same: population of {year} (logarithm), human development index of {ipm_year} and "
        "island group. No score is matched on. A region has no close peer when its nearest lies "
        "farther than that of 95 % of all regions.",
        year=near.context.population_year,
        ipm_year=IPM_YEAR,
    )


def gaps(page: Page, near: Neighbourhood) -> Listing:
    """Gap of each region to the median of its peers, with its standard error and verdict."""
    say = page.say
    columns = [
        Column("region", say("Region")),
        Column("value", say("Score"), "number"),
        Column("peers", say("Peers"), "number"),
        Column("peer_median", say("Median of its peers"), "number"),
        Column("peer_low", say("lower quartile"), "number"),
        Column("peer_high", say("upper quartile"), "number"),
        *_with_ends(say, "gap", say("Gap")),
        Column("gap_error", say("Standard error"), "number"),
        Column("verdict", say("Against its peers")),
    ]
    numbers = ("peer_median", "peer_low", "peer_high", *_ends("gap"), "gap_error")
    rows = []
    for code, row in near.gaps.iterrows():
        cells = _who(say, code) | _numbers(say, row, numbers)
        cells["peers"] = Cell(say.number(row["peers"], 0), int(row["peers"]))
        own = {"region_code": code, "part": "spi"}
        rows.append(
            cells | {"value": _figure(page, near, own), "verdict": verdict(say, row["verdict"])}
        )
    return say("The SPI of {year} against the median of its peers", year=near.year), columns, rows


def gaps_picture(page: Page, near: Neighbourhood) -> Picture | None:
    """Gap of each region to the median of its peers, with how far these lie apart."""
    say, table = page.say, near.gaps.dropna(subset="gap")
    if table.empty:
        return None
    panel = pd.DataFrame(
        {
            "value": table["gap"],
            "low": table["gap_low"],
            "high": table["gap_high"],
            "clear": table["verdict"] != CANNOT_TELL,
            "spread_low": table["peer_low"] - table["peer_median"],
            "spread_high": table["peer_high"] - table["peer_median"],
        }
    )
    counts = {word: int((table["verdict"] == word).sum()) for word in (ABOVE, CANNOT_TELL, BELOW)}
    title = say(
        "Against their peers {above} of {count} are clearly above, {below} clearly below; of "
        "{open} one cannot tell",
        above=counts[ABOVE],
        below=counts[BELOW],
        open=counts[CANNOT_TELL],
        count=len(table),
    )
    chart = charts.differences(
        {"": panel},
        _row_names(say, list(table.index)),
        title=title,
        axis=say("SPI {year}, points; bars: 90 % interval", year=near.year),
        zero_name=say("median of its peers"),
        write=lambda value, places: say.number(value, places),
    )
    caption = say("Gap to the median of the peers; the light bar holds the middle half of these")
    return chart, caption, f"{title}.", sources(near, list(table.index))


def gap_parts(page: Page, near: Neighbourhood) -> Listing:
    """What each gap to the mean of the peers is made of; the contributions add up to it."""
    say, names = page.say, part_names(page.say)
    columns = [
        Column("region", say("Region")),
        Column("part", say("Part")),
        Column("own", say("Score"), "number"),
        Column("peer_mean", say("Mean of its peers"), "number"),
        Column("peer_spread", say("Spread among its peers"), "number"),
        *_with_ends(say, "contribution", say("Adds to the gap")),
        Column("verdict", say("Verdict")),
    ]
    numbers = ("own", "peer_mean", "peer_spread", *_ends("contribution"))
    rows = []
    for code, table in near.split.groupby("region_code", sort=False):
        for row in table.to_dict("records"):
            cells = _who(say, code) | _numbers(say, row, numbers)
            cells |= {"part": Cell(names[row["part"]]), "verdict": verdict(say, row["verdict"])}
            rows.append(cells)
        rows.append(
            _who(say, code)
            | {"part": Cell(say("gap to the mean of its peers"), tone="strong")}
            | _numbers(say, near.mean_gaps.loc[code], _ends("contribution"))
        )
    caption = say(
        "What the gaps of {year} are made of, in points of the SPI; spread is one standard "
        "deviation",
        year=near.year,
    )
    return caption, columns, rows


def gap_parts_picture(page: Page, near: Neighbourhood) -> Picture | None:
    """What each gap to the mean of the peers is made of, as pieces that add up."""
    if near.split.empty:
        return None
    say, names = page.say, part_names(page.say)
    table = near.split.pivot(index="region_code", columns="part", values="contribution")
    codes = [code for code in near.local_codes if code in table.index]
    # what rounding leaves is no piece that an eye could see; a real deduction is
    shown = [part for part in SPLIT if part != "residual" or table[part].abs().max() > 0.1]
    clear = near.split[(near.split["verdict"] != CANNOT_TELL) & (near.split["part"] != "residual")]
    title = say(
        "{count} of {whole} contributions to the gaps are clearer than noise",
        count=len(clear),
        whole=int((near.split["part"] != "residual").sum()),
    )
    chart = charts.contributions(
        table,
        _row_names(say, codes),
        {part: names[part] for part in shown},
        title=title,
        axis=say("points of the SPI {year} above or below the mean of its peers", year=near.year),
        total_name=say("gap to the mean of its peers"),
        write=lambda value, places: say.number(value, places),
    )
    caption = say("What the gaps to the mean of the peers are made of; the pieces add up")
    return chart, caption, f"{title}.", sources(near, codes)


def _ends(stem: str) -> tuple[str, str, str]:
    return stem, f"{stem}_low", f"{stem}_high"


def _with_ends(say: Language, stem: str, title: str) -> list[Column]:
    """Columns of a figure with the ends of its interval."""
    titles = (title, say("low"), say("high"))
    return [Column(k, t, "number") for k, t in zip(_ends(stem), titles, strict=True)]


def _numbers(say: Language, row, keys: tuple[str, ...]) -> dict[str, Cell]:
    """Cells of numbers; signed where they are differences."""
    cells = {}
    for key in keys:
        value = row[key]
        signed = (
            key.startswith(("distance", "robust", "gap", "contribution")) and key != "gap_error"
        )
        missing = pd.isna(value)
        text = say.number(value, 2, signed=signed)
        cells[key] = Cell(
            text, None if missing else float(value), tone="missing" if missing else ""
        )
    return cells


def _who(say: Language, code: str) -> dict[str, Cell]:
    return {"region": Cell(sentences.name(say, code), code)}


def _row_names(say: Language, codes: list[str]) -> dict[str, str]:
    return {code: sentences.name(say, code) for code in codes}


def _figure(page: Page, near: Neighbourhood, row: dict) -> Cell:
    """Published figure behind a row, linked to its line."""
    study = next(each for each in near.study.studies if each.code == row["region_code"])
    score = study.observation("spi", near.year)
    if score is not None and score["withheld"]:
        # a copy prints the parts of a withheld score too; they are withheld with it
        return page.unknown(page.say("withheld"))
    return page.figure_of(study.observation(row["part"], near.year))


def sources(near: Neighbourhood, codes: list[str]) -> list[str]:
    """Sources of the scores of a year."""
    frame = near.study.nation.release.chosen.xs("spi", level="measure_id").xs(
        near.year, level="year"
    )
    return list(frame.loc[frame.index.intersection(codes), "source_id"].unique())
