"""The sentences of a report, each computed from the figures it speaks of."""

import pandas as pd
from markupsafe import Markup

from anticorruption import measures, regions
from anticorruption.language import Language, deferred
from anticorruption.programme import screening
from anticorruption.release import WITHHELD, Release
from anticorruption.reporting.display import Page, sentence
from anticorruption.reporting.studies import COVERAGE, ComparisonStudy, National, RegionStudy

#: A change is called larger than noise beyond this many standard errors (90 %, two-sided).
_CLEAR = 1.645


def title(say: Language, study: RegionStudy) -> str:
    """Title of a region's report."""
    return say("{name}: what is published about its integrity", name=name(say, study.code))


def name(say: Language, code: str) -> str:
    """Name of a region in the reader's language."""
    return regions.name(code, say.code)


def particulars(say: Language, study: RegionStudy) -> str:
    """Line below the title: code, edition, data release."""
    return say(
        "Code {code} · edition {edition} of the programme · data release {release}",
        code=study.code,
        edition=study.edition,
        release=study.release_title,
    )


def altered(say: Language, study: RegionStudy | ComparisonStudy) -> str:
    """Warning that the tables are not the sealed ones; empty if they are."""
    files = study.altered
    if not files:
        return ""
    return say(
        "The data behind this report differ from the sealed release in: {files}.",
        files=", ".join(files),
    )


def headline(page: Page, study: RegionStudy) -> Markup:
    """Sentence that says most: latest score, its place with the interval, the result."""
    say = page.say
    if study.scores.empty:
        first = sentence(
            say,
            "No integrity survey (SPI) score of {name} is published.",
            name=name(say, study.code),
        )
    else:
        first = _score_and_place(page, study, int(study.scores.index[-1]))
    result = study.result
    if result is None:
        return first
    return Markup("{} {}").format(first, _result(page, result))


def _score_and_place(page: Page, study: RegionStudy, year: int) -> Markup:
    say, place = page.say, study.standing.loc[year]
    message = (
        deferred(
            "{name} scored {score} in the integrity survey (SPI) of {year}: place {rank} of "
            "{count} provinces, where the noise of the survey leaves room for any place from "
            "{low} to {high}."
        )
        if study.is_province
        else deferred(
            "{name} scored {score} in the integrity survey (SPI) of {year}: place {rank} of "
            "{count} in {province}, where the noise of the survey leaves room for any place from "
            "{low} to {high}."
        )
    )
    return sentence(
        say,
        message,
        name=name(say, study.code),
        year=year,
        score=page.inline(page.figure_of(study.observation("spi", year))),
        rank=place["near_rank"],
        count=place["near_count"],
        low=place["near_low"],
        high=place["near_high"],
        province=province(say, study),
    )


def province(say: Language, study: RegionStudy) -> str:
    """Name of the region's province without its kind ("Jawa Timur")."""
    return province_name(say, study.province_code)


def province_name(say: Language, province_code: str) -> str:
    """Name of a province without its kind."""
    full = regions.name(province_code, say.code)
    return full.removeprefix("Provinsi ").removesuffix(" Province")


def _result(page: Page, result: pd.Series) -> Markup:
    say = page.say
    if pd.isna(result["final_score"]):
        return sentence(
            say,
            "It was a pilot of edition {edition}; its final score is not published{source}.",
            edition=result["edition"],
            source=_after(page, result["source_id"]),
        )
    return sentence(
        say,
        "KPK's assessment of edition {edition} gave it {score}, category {category}{source}.",
        edition=result["edition"],
        score=say.number(result["final_score"], 2),
        category=result["category"],
        source=_after(page, result["source_id"]),
    )


def _after(page: Page, *source_ids: str) -> Markup:
    return Markup("\N{NO-BREAK SPACE}{}").format(page.cite(*source_ids))


def findings(page: Page, study: RegionStudy) -> list[Markup]:
    """Three findings: movement, criteria (or parts), and what to be careful about."""
    second = _parts_finding(page, study) if study.is_province else criteria(page, study)
    found = [_movement(page, study), second, _caution(page, study)]
    return [finding for finding in found if finding]


def _movement(page: Page, study: RegionStudy) -> Markup:
    say, scores = page.say, study.scores
    if len(scores) < 2:
        return sentence(say, "There are too few SPI scores to speak of a movement.")
    first, last = int(scores.index[0]), int(scores.index[-1])
    change = scores[last] - scores[first]
    both = study.nation.panel.loc[study.nationwide.intersection(study.nation.panel.index)]
    median = (both[last] - both[first]).median()
    limit = _CLEAR * 2**0.5 * study.nation.noise.standard_error
    message = (
        deferred(
            "From {first} to {last} its SPI moved by {change} points, more than the {limit} "
            "points that noise alone can bring; the median government of its kind moved by "
            "{median}."
        )
        if abs(change) > limit
        else deferred(
            "From {first} to {last} its SPI moved by {change} points, within the {limit} points "
            "that noise alone can bring; the median government of its kind moved by {median}."
        )
    )
    found = sentence(
        say,
        message,
        first=first,
        last=last,
        change=say.number(change, 2, signed=True),
        limit=say.number(limit, 1),
        median=say.number(median, 2, signed=True),
    )
    return Markup("{} {}").format(found, sentence(say, _BREAK_WARNING))


_BREAK_WARNING = deferred(
    "The series has breaks in between, so the points are not one instrument's."
)


def criteria(page: Page, study: RegionStudy) -> Markup:
    """Sentence on the eight criteria and the overall answer."""
    say, overall = page.say, study.overall
    counts = {key: int(overall[key]) for key in ("met", "not_met", "unknown")}
    endings = {
        screening.MET: deferred("so it meets the entry criteria."),
        screening.NOT_MET: deferred("and one that is not met decides: it does not meet them all."),
        screening.UNKNOWN: deferred("and what is unknown leaves the overall answer open."),
    }
    counted = sentence(
        say,
        "Of the eight entry criteria of edition {edition}, {met} are met, {not_met} are not met "
        "and {unknown} cannot be answered from what is public,",
        edition=study.edition,
        **counts,
    )
    return Markup("{} {}").format(counted, sentence(say, endings[overall["answer"]]))


def _parts_finding(page: Page, study: RegionStudy) -> Markup:
    say = page.say
    if study.spi.empty:
        return Markup()
    year = int(study.spi.index[-1])
    parts = {part: study.spi.at[year, f"spi_{part}"] for part in ("internal", "external", "expert")}
    low, high = min(parts, key=parts.get), max(parts, key=parts.get)
    words = {
        "internal": say("internal respondents"),
        "external": say("external respondents"),
        "expert": say("experts"),
    }
    return sentence(
        say,
        "In {year} its {high} gave {high_score} and its {low} {low_score}.",
        year=year,
        high=words[high],
        low=words[low],
        high_score=page.inline(page.figure_of(study.observation(f"spi_{high}", year))),
        low_score=page.inline(page.figure_of(study.observation(f"spi_{low}", year))),
    )


def _caution(page: Page, study: RegionStudy) -> Markup:
    """Finding about the figure that most needs care, by a fixed order of gravity."""
    for warn in (_withheld, _unexplained, _disputed, _only_interim):
        found = warn(page, study)
        if found:
            return found
    return sentence(page.say, "No two sources of its figures contradict one another.")


def _withheld(page: Page, study: RegionStudy) -> Markup:
    flags = study.release.table("flags")
    own = flags[(flags["region_code"] == study.code) & (flags["flag"] == WITHHELD)]
    if own.empty:
        return Markup()
    flag = own.iloc[-1]
    return sentence(
        page.say,
        "{measure} {year}: {text}{source}",
        measure=measures.name(flag["measure_id"], page.say.code),
        year=flag["year"],
        text=page.say.pick(flag, "text"),
        source=_after(page, flag["source_id"]),
    )


def _unexplained(page: Page, study: RegionStudy) -> Markup:
    flagged = study.spi[study.spi["unexplained"]]
    if flagged.empty:
        return Markup()
    say, year = page.say, int(flagged.index[-1])
    return sentence(
        say,
        "Its SPI of {year} is {points} points lower than its published parts give: a further "
        "deduction that {share} of the scores of that year carry; its reason is not published.",
        year=year,
        points=say.number(abs(flagged.at[year, "residual"]), 2),
        share=_share(say, study.nation, year),
    )


def _share(say: Language, nation: National, year: int) -> str:
    flags = nation.rebuilt.xs(year, level="year")["unexplained"]
    return say("{part} of {whole}", part=int(flags.sum()), whole=len(flags))


def _disputed(page: Page, study: RegionStudy) -> Markup:
    chosen = study.chosen[study.chosen["disputed"]]
    if chosen.empty:
        return Markup()
    say = page.say
    names = [
        f"{measures.name(measure, say.code)} {year}" for measure, year in chosen.index.sort_values()
    ]
    listed = say.series(names if len(names) < 4 else [*names[:3], say("others")])
    return sentence(say, "Sources contradict one another about: {names}.", names=listed)


def _only_interim(page: Page, study: RegionStudy) -> Markup:
    interim = study.release.interim(study.code, "mcp")
    if interim.empty or "mcp" in study.chosen.index.get_level_values("measure_id"):
        return Markup()
    return sentence(
        page.say,
        "Only interim readings of its MCP are published; no final value is, so it has no place "
        "among final values.",
    )


def variants(page: Page, study: RegionStudy) -> list[Markup]:
    """One sentence for each other published reading of a threshold."""
    say, programme = page.say, study.nation.programme
    told = []
    for row in study.variants.itertuples():
        criterion = programme.criterion(row.criterion)
        threshold = criterion.threshold(row.variant)
        told.append(
            sentence(
                say,
                "{criterion}: {note} Answer: {answer}; overall: {overall}.{source}",
                criterion=criterion.name(say.code),
                note=threshold.note_eng if say.code == "en" else threshold.note_ind,
                answer=answer(say, row.answer),
                overall=answer(say, row.overall_answer),
                source=_after(page, row.threshold_source_id),
            )
        )
    return told


def answer(say: Language, code: str) -> str:
    """Word for one of the three answers."""
    return {
        screening.MET: say("met"),
        screening.NOT_MET: say("not met"),
        screening.UNKNOWN: say("unknown"),
    }[code]


def reason(say: Language, code: str) -> str:
    """Why an answer is what it is, in words."""
    return {
        "compared": "",
        "opinions": say("from the yearly opinions"),
        "streak": say("from a printed number of years running"),
        "band_of_score": say("from the band of the score"),
        "zone": say("from the zone"),
        "no_value": say("no final value is published"),
        "only_interim": say("only interim readings are published"),
        "withheld": say("KPK withheld the score"),
        "no_threshold": say("no threshold is published: reported, not judged"),
        "year_before_missing": say("the opinion of the year before is not published"),
        "no_such_category": say("the scale of that year has no such category"),
        "zone_too_wide": say("the zone spans categories on both sides of the threshold"),
        "not_collected": say("not collected in the public release; never by name"),
    }[code]


def asked(say: Language, row: pd.Series) -> str:
    """What a criterion asks for ("at least 68", "WTP, 2 years running")."""
    if row["rule"] == "at_least":
        return say("at least {value}", value=_plain(say, row["threshold"]))
    if row["rule"] == "above":
        return say("above {value}", value=_plain(say, row["threshold"]))
    if row["rule"] == "category_at_least":
        return say("category {value} or better", value=row["threshold"])
    if row["rule"] == "label_years_running" and row["years_running"] == 1:
        return str(row["threshold"])
    if row["rule"] == "label_years_running":
        return say(
            "{value}, {years} years running", value=row["threshold"], years=row["years_running"]
        )
    if row["rule"] == "label":
        return say("yes")
    return say("no threshold published")


def _plain(say: Language, value: float) -> str:
    """Number with no more decimals than it needs, so that 68.5 is not told as 69."""
    places = next(p for p in range(7) if p == 6 or round(value, p) == value)
    return say.number(value, places)


def how_spi_is_made(page: Page, nation: National) -> Markup:
    """How the index is put together and how well the parts explain it."""
    say, weights = page.say, nation.weights
    return sentence(
        say,
        "The index is a weighted mean of three groups of respondents less two corrections. KPK "
        "does not publish the weights; recovered by least squares from {scores} scores they are "
        "{internal} internal, {external} external and {expert} expert, and rebuild every score "
        "outside 2022 within {residual} points. They are an estimate, not KPK's figures.",
        scores=say.number(weights.scores, 0),
        internal=say.number(weights.internal, 3),
        external=say.number(weights.external, 3),
        expert=say.number(weights.expert, 3),
        residual=say.number(weights.largest_residual, 3),
    )


def how_sure(page: Page, nation: National) -> Markup:
    """Where the rank intervals come from."""
    say, noise = page.say, nation.noise
    return sentence(
        say,
        "KPK publishes no standard error for a region. Consecutive yearly changes of {regions} "
        "governments undo one another in part, which puts the noise of one year's score at about "
        "{error} points (standard error; {coverage} % interval {low} to {high}). A place is given "
        "with every place that this noise cannot exclude with {coverage} % confidence. Regions "
        "inside one another's interval are not ordered.",
        regions=noise.regions,
        error=say.number(noise.standard_error, 2),
        low=say.number(noise.low, 2),
        high=say.number(noise.high, 2),
        coverage=say.number(100 * COVERAGE, 0),
    )


def breaks(page: Page, nation: National, measure_id: str) -> list[Markup]:
    """One sentence for each break in a series."""
    frame = nation.breaks[nation.breaks["measure_id"] == measure_id]
    return [
        sentence(
            page.say,
            "{year}: {text}{source}",
            year=row["year"],
            text=page.say.pick(row, "text"),
            source=_after(page, row["source_id"]),
        )
        for _, row in frame.iterrows()
    ]


def unpublished(page: Page, study: RegionStudy) -> list[Markup]:
    """What nobody publishes about any region, and what is missing about this one."""
    say = page.say
    told = [
        sentence(
            say,
            "The scores of the six components and nineteen indicators, and their weights: not "
            "published for any pilot.",
        ),
        sentence(say, "Standard errors and numbers of respondents of SPI, by region."),
        sentence(
            say,
            "Whether a regional or agency head is under investigation: only KPK, the police and "
            "the prosecution can answer; this report keeps yes, no or unknown, never a name.",
        ),
    ]
    return told


def comparison_title(say: Language, study: ComparisonStudy) -> str:
    """Title of a comparison."""
    return say("{count} regions side by side", count=len(study.studies))


def comparison_particulars(say: Language, study: ComparisonStudy) -> str:
    """Line below the title: the regions, edition, data release."""
    return say(
        "{names} · edition {edition} of the programme · data release {release}",
        names=say.series([name(say, code) for code in study.codes]),
        edition=study.nation.programme.edition,
        release=study.release_title,
    )


def _overlaid(command: str, release: Release) -> str:
    """Command of a report, with the option it needs if figures that are not public are in it."""
    if release.overlay is None:
        return command
    return command.replace("anticorruption ", "anticorruption --overlay DIR ", 1)


def provenance(page: Page, study: RegionStudy | ComparisonStudy, command: str) -> list[Markup]:
    """What a reader needs to make the same report again."""
    from anticorruption import __version__

    say = page.say
    return [
        sentence(
            say,
            "Data release {release}; the file manifest.json beside this report holds the "
            "sha256 of every figure, source and program part that it is made of.",
            release=study.release_title,
        ),
        sentence(say, "Code: anticorruption {version}.", version=__version__),
        sentence(
            say,
            "Choice between sources: final before interim, official before copy before press, "
            "higher confidence, more decimals, later publication. Rounding: half up, when printed.",
        ),
        sentence(
            say,
            "Rank intervals: {coverage} % marginal confidence sets, seed of the noise "
            "interval 20241209.",
            coverage=say.number(100 * COVERAGE, 0),
        ),
        sentence(say, "Made again with: {command}", command=_overlaid(command, page.release)),
        sentence(
            say, "Found an error? Name the line in observations.csv; CONTRIBUTING.md says to whom."
        ),
    ]
