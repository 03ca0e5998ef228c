"""How sure the places of several regions are: what noise and the choice of a recipe leave open.

Provinces, and kabupaten and kota, are two fields: a region has a place in its own. Every function
takes a page and a comparison, whatever its length; a place is always one in the country.
"""

import pandas as pd
from markupsafe import Markup

from anticorruption import charts
from anticorruption.comparison.profile import ABOVE, BELOW, CANNOT_TELL
from anticorruption.comparison.recipes import FEWEST_REGIONS, Recipes
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.reporting import sentences
from anticorruption.reporting.display import Cell, Column, Page, sentence
from anticorruption.reporting.listings import Listing, between
from anticorruption.reporting.neighbours import verdict
from anticorruption.reporting.pictures import Picture
from anticorruption.reporting.studies import ComparisonStudy, National

LEVELS = ("local", "province")


def choice_names(say: Language) -> dict[str, str]:
    """Names of the choices, in the order of the written list."""
    return {
        "years": say("which years count"),
        "corrections": say("what is deducted"),
        "weights": say("how respondent groups are weighted"),
        "scale": say("the scale"),
        "outliers": say("what is done with outliers"),
        "mean": say("how groups are averaged"),
        "standard_errors": say("noise of the survey"),
    }


def levels(study: ComparisonStudy) -> list[str]:
    """Levels of government among the regions of a comparison."""
    own = {_level(code) for code in study.codes}
    return [level for level in LEVELS if level in own]


def recipes(nation: National, level: str) -> Recipes | None:
    """The field of a level under every recipe; None where there are too few to compare."""
    try:
        field = nation.local_recipes if level == "local" else nation.province_recipes
        _ = field.every
    except RefusedInput:
        return None
    return field


def how(page: Page, study: ComparisonStudy) -> list[Markup]:
    """How the recipes are made, and in which field a place is taken."""
    say, told = page.say, []
    for level in levels(study):
        field = recipes(study.nation, level)
        kind = _kind(say, level)
        if field is None:
            told.append(
                sentence(
                    say,
                    "Recipes are not compared for {kind}: fewer than {fewest} have a score with "
                    "all its parts, and a scale taken from so few says who was asked, not how a "
                    "region does.",
                    kind=kind,
                    fewest=FEWEST_REGIONS,
                )
            )
            continue
        told.append(
            sentence(
                say,
                "From the parts that are published, the index of {kind} can be put together in "
                "{count} ways that can be defended; they differ in {choices}. Each is followed "
                "once; KPK's own, the first, gives back the published scores within {gap} points.",
                kind=kind,
                count=field.count,
                choices=say.series([choice_names(say)[each] for each in field.alternatives]),
                gap=say.number(_gap(field), 2),
            )
        )
    return [*told, _never_within(page, study)]


def _gap(field: Recipes) -> float:
    return float((field.every.nominal["score"] - field.published).abs().max())


def _never_within(page: Page, study: ComparisonStudy) -> Markup:
    """Why places are taken in the country and not in the list."""
    say, count = page.say, len(study.codes)
    if count >= FEWEST_REGIONS:
        return sentence(
            say,
            "Scales and places are those of all governments of a kind, so that they do not depend "
            "on who else is in this list.",
        )
    return sentence(
        say,
        "Scales and places are those of all governments of a kind. Inside this list of {count} "
        "they are refused: a method that compares regions with one another needs at least "
        "{fewest}, since among a few every score depends on who else was asked.",
        count=count,
        fewest=FEWEST_REGIONS,
    )


def picture(
    page: Page, study: ComparisonStudy, level: str, field: Recipes | None = None
) -> Picture | None:
    """Places of the regions of a level: what noise leaves open, and what the recipes give.

    ``field`` stands here and below for the governments of the latest year where another is meant.
    """
    say, field = page.say, field or recipes(study.nation, level)
    if field is None:
        return None
    own = _codes(study, field, level)
    if not own:
        return None
    table = field.places.loc[own]
    noise, choice = (
        (table[f"{kind}_high"] - table[f"{kind}_low"] + 1).median() for kind in ("noise", "choice")
    )
    title = say(
        "Of {count} places, noise leaves {noise} open to a region in the middle of this list, the "
        "choice of recipe {choice}",
        count=len(field.published),
        noise=say.number(noise, 0),
        choice=say.number(choice, 0),
    )
    kinds = {
        say("places that noise cannot exclude (dot: published place)"): table[
            ["rank", "noise_low", "noise_high"]
        ].set_axis(["value", "low", "high"], axis=1),
        say("places of 9 in 10 recipes (diamond: their median)"): table[
            ["choice_median", "choice_low", "choice_high"]
        ].set_axis(["value", "low", "high"], axis=1),
    }
    chart = charts.places(
        kinds,
        {code: sentences.name(say, code) for code in own},
        count=len(field.published),
        title=title,
        axis=say("place among {count}, SPI {year}", count=len(field.published), year=field.year),
        write=lambda value, places: say.number(value, places),
    )
    caption = say(
        "Places in the SPI of {year}: under noise, and under {count} recipes",
        year=field.year,
        count=field.count,
    )
    return chart, caption, f"{title}.", _sources(study, own, field.year)


def places(page: Page, study: ComparisonStudy, field: Recipes | None = None) -> Listing:
    """Place of every region with what noise and recipes leave open, and its verdict."""
    say = page.say
    columns = [
        Column("region", say("Region")),
        Column("count", say("of"), "number"),
        Column("score", say("Score"), "number"),
        Column("rank", say("Published place"), "number"),
        Column("noise_low", say("noise: from"), "number"),
        Column("noise_high", say("to"), "number"),
        Column("choice_median", say("Median place under the recipes"), "number"),
        Column("choice_low", say("9 in 10 recipes: from"), "number"),
        Column("choice_high", say("to"), "number"),
        Column("upper_share", say("Recipes in the upper half, %"), "number"),
        Column("verdict", say("Against the median")),
    ]
    rows = [
        _placed(page, study, code, field or recipes(study.nation, _level(code)))
        for code in study.codes
    ]
    caption = say("How sure a place is: noise of the survey, and choice of a recipe")
    return caption, columns, rows


def _placed(
    page: Page, study: ComparisonStudy, code: str, field: Recipes | None
) -> dict[str, Cell]:
    say = page.say
    row = {"region": Cell(sentences.name(say, code), code)}
    if field is None or code not in field.published.index:
        reason = page.unknown(say("not compared") if field is None else None)
        return row | {"score": reason, "verdict": page.unknown()}
    numbers = ("rank", "noise_low", "noise_high", "choice_median", "choice_low", "choice_high")
    place = field.places.loc[code]
    for key in numbers:
        row[key] = Cell(say.number(place[key], 0), float(place[key]))
    share = 100 * float(field.standing.at[code, "upper_share"])
    own = next(each for each in study.studies if each.code == code)
    return row | {
        "count": Cell(say.number(len(field.published), 0), len(field.published)),
        "score": between(own.nation, page.figure_of(own.observation("spi", field.year))),
        "upper_share": Cell(say.number(share, 0), round(share, 1)),
        "verdict": verdict(say, field.standing.at[code, "by_both"]),
    }


def told_apart(page: Page, study: ComparisonStudy, field: Recipes | None = None) -> Listing:
    """For every region, which others of its kind in the list stand clearly above or below it."""
    say = page.say
    columns = [
        Column("region", say("Region")),
        Column("above", say("Clearly above it")),
        Column("below", say("Clearly below it")),
        Column("open", say("Cannot tell"), "number"),
    ]
    rows = []
    for level in levels(study):
        found = field or recipes(study.nation, level)
        own = [] if found is None else _codes(study, found, level)
        for code in own if len(own) > 1 else []:
            above = [other for other in own if found.ordered.at[other, code]]
            below = [other for other in own if found.ordered.at[code, other]]
            rest = len(own) - 1 - len(above) - len(below)
            rows.append(
                {
                    "region": Cell(sentences.name(say, code), code),
                    "above": Cell(_named(say, above), "; ".join(above)),
                    "below": Cell(_named(say, below), "; ".join(below)),
                    "open": Cell(say.number(rest, 0), rest),
                }
            )
    caption = say(
        "Who can be put above whom: by more than noise, and under 95 % of the recipes at least"
    )
    return caption, columns, rows


def pairs(page: Page, study: ComparisonStudy, field: Recipes | None = None) -> list[Markup]:
    """How many pairs of the list can be ordered, and what stands in the way of the others."""
    say, told = page.say, []
    for level in levels(study):
        found = field or recipes(study.nation, level)
        own = [] if found is None else _codes(study, found, level)
        if len(own) < 2:
            continue
        noise, choice, both = (
            int(table.loc[own, own].to_numpy().sum())
            for table in (found.ordered_by_noise, found.ordered_by_choice, found.ordered)
        )
        told.append(
            sentence(
                say,
                "Of {count} pairs of {kind} in this list, {noise} differ by more than noise, "
                "{choice} are ordered alike by at least 95 % of the recipes, and {both} do both: "
                "only these can be put in order.",
                count=len(own) * (len(own) - 1) // 2,
                kind=_kind(say, level),
                noise=noise,
                choice=choice,
                both=both,
            )
        )
    return told


def findings(page: Page, study: ComparisonStudy) -> list[Markup]:
    """How many of the regions stand clearly above or below the median of their kind."""
    words = []
    for code in study.codes:
        field = recipes(study.nation, _level(code))
        if field is not None and code in field.standing.index:
            words.append(field.standing.at[code, "by_both"])
    if not words:
        return []
    counts = pd.Series(words).value_counts()
    found = sentence(
        page.say,
        "Beyond noise and whatever the recipe, {above} of {count} stand clearly above the median "
        "of their kind and {below} clearly below; of {open} one cannot tell.",
        above=int(counts.get(ABOVE, 0)),
        below=int(counts.get(BELOW, 0)),
        open=int(counts.get(CANNOT_TELL, 0)),
        count=len(words),
    )
    return [found]


def reading(say: Language) -> str:
    """How a wide range of places and a clear verdict go together."""
    return say(
        "A range of places answers to all other governments at once; the verdict against the "
        "median is a single comparison, so it can be clear where the range is wide. Of regions "
        "with equal true scores, noise alone makes one in ten look clear."
    )


def _level(code: str) -> str:
    return "local" if "." in code else "province"


def _kind(say: Language, level: str) -> str:
    return say("kabupaten and kota") if level == "local" else say("provinces")


def _codes(study: ComparisonStudy, field: Recipes, level: str) -> list[str]:
    """Regions of a level that have a place, in the order of the list."""
    return [c for c in study.codes if _level(c) == level and c in field.published.index]


def _named(say: Language, codes: list[str]) -> str:
    return "; ".join(sentences.name(say, code) for code in codes)


def _sources(study: ComparisonStudy, codes: list[str], year: int) -> list[str]:
    chosen = study.nation.release.chosen.xs("spi", level="measure_id").xs(year, level="year")
    return list(chosen.loc[codes, "source_id"].unique())
