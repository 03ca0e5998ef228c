"""The sentences of a report that hold numbers, written a second time from ``data/``."""

import statistics
from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations
from math import sqrt

from tests import second_route as route
from tests.audit import recipes
from tests.audit.chance import bootstrap
from tests.audit.rebuild import (
    REACH,
    YEARS,
    Writer,
    _half_up,
    answers,
    error,
    fellows,
    group_ranks,
    nationwide,
    noise_regions,
    part_error,
    part_scores,
    pieces,
)

#: Sentences that tell no figure: which program made a report, and with which command.
LABELS = ("Code: anticorruption {version}.", "Made again with: {command}")


def of(writer: Writer) -> dict[str, str]:
    """Every sentence that a report on these regions may tell, to its kind."""
    found: dict[str, str] = {}
    for kind, text in _all(writer):
        found[" ".join(text.split())] = kind
    return found


def _all(writer: Writer) -> Iterator[tuple[str, str]]:
    say = writer.say
    yield from _national(writer)
    yield from _captions(writer)
    if len(writer.codes) > 1:
        yield from _comparison(writer)
        return
    (code,) = writer.codes
    scores = writer.scores(code)
    if scores:
        yield from _place(writer, code, max(scores))
        yield from _pictures(writer, code, scores)
    if (result := writer.result(code)) and result["final_score"]:
        yield (
            "result",
            say(
                "KPK's assessment of edition {edition} gave it {score}, category {category}"
                "{source}.",
                edition=result["edition"],
                score=say.number(Fraction(result["final_score"])),
                category=result["category"],
                source="",
            ),
        )
    elif result:
        yield (
            "result",
            say(
                "It was a pilot of edition {edition}; its final score is not published{source}.",
                edition=result["edition"],
                source="",
            ),
        )
    if len(scores) > 1:
        yield "movement", _movement(writer, code, scores)
    if "." in code:
        yield from _criteria(writer, code)
    yield from _cautions(writer, code)


def _national(writer: Writer) -> Iterator[tuple[str, str]]:
    say = writer.say
    rest = [abs(route.survey()[key][0] - whole) for key, whole in route.rebuilt().items()
            if key[1] != 2022]  # fmt: skip
    internal, external, expert = (say.number(weight, 3) for weight in route.weights())
    yield (
        "weights recovered",
        say(
            "The index is a weighted mean of three groups of respondents less two corrections. KPK "
            "does not publish the weights; recovered by least squares from {scores} scores they "
            "are {internal} internal, {external} external and {expert} expert, and rebuild every "
            "score outside 2022 within {residual} points. They are an estimate, not KPK's figures.",
            scores=say.number(Fraction(len(rest)), 0),
            internal=internal,
            external=external,
            expert=expert,
            residual=say.number(max(rest), 3),
        ),
    )
    release = route.descriptor()["version"]
    for message, values in (
        ("Code {code} · edition {edition} of the programme · data release {release}",
         {"code": writer.codes[0], "edition": writer.edition}),
        ("{names} · edition {edition} of the programme · data release {release}",
         {"names": say.series(list(map(writer.name, writer.codes))), "edition": writer.edition}),
        ("Data release {release}; the file manifest.json beside this report holds the sha256 of "
         "every figure, source and program part that it is made of.", {}),
    ):  # fmt: skip
        yield "release", say(message, release=release, **values)
    yield (
        "how noise is drawn",
        say("Rank intervals: {coverage} % marginal confidence sets, seed of the noise interval "
            "20241209.", coverage=90),
    )  # fmt: skip
    low, high = bootstrap()
    yield (
        "noise of the survey",
        say(
            "KPK publishes no standard error for a region. Consecutive yearly changes of {regions} "
            "governments undo one another in part, which puts the noise of one year's score at "
            "about {error} points (standard error; {coverage} % interval {low} to {high}). A place "
            "is given with every place that this noise cannot exclude with {coverage} % "
            "confidence. Regions inside one another's interval are not ordered.",
            regions=noise_regions(),
            error=say.number(error()),
            coverage=90,
            low=say.number(low),
            high=say.number(high),
        ),
    )
    for row in route.records("breaks"):
        if row["measure_id"] in ("spi", "mcp"):
            yield (
                "breaks",
                say("{year}: {text}{source}", year=row["year"], text=row[writer.stem("text")],
                    source=""),
            )  # fmt: skip
    mark = route.programme(writer.edition)["pass_mark"]["value"]
    yield (
        "pass mark",
        say("Only the category Istimewa, from {mark}, was ever published.",
            mark=say.number(Fraction(str(mark)), 0)),
    )  # fmt: skip


def _captions(writer: Writer) -> Iterator[tuple[str, str]]:
    say, year = writer.say, YEARS[-1]
    yield from (("caption", caption) for caption in writer.tables())
    limit = say.number(1.645 * sqrt(2) * error(), 1)
    for message, values in (
        ("SPI of {name} by year; the light bar is one standard error of noise, the shading the "
         "bands of that year (none published for 2021 and 2022)",
         {"name": writer.name(writer.codes[0])}),
        ("SPI {year} with noise; a pair is told apart when it differs by more than {limit} points",
         {"year": year, "limit": limit}),
        ("Parts of the SPI {year} against the nation; filled marks are clearer than noise",
         {"year": year}),
    ):  # fmt: skip
        yield "caption", say(message, **values)


def _place(writer: Writer, code: str, year: int) -> Iterator[tuple[str, str]]:
    say = writer.say
    known = group_ranks(fellows(code), year)
    rank, low, high = known[code]
    message = (
        "{name} scored {score} in the integrity survey (SPI) of {year}: place {rank} of {count} in "
        "{province}, where the noise of the survey leaves room for any place from {low} to {high}."
        if "." in code
        else "{name} scored {score} in the integrity survey (SPI) of {year}: place {rank} of "
        "{count} provinces, where the noise of the survey leaves room for any place from {low} to "
        "{high}."
    )
    yield (
        "score and place",
        say(message, name=writer.name(code), year=year,
            score=writer.figure(writer.chosen(code, "spi", year)).text, rank=rank,
            count=len(known), low=low, high=high, province=writer.province(code)),
    )  # fmt: skip


def _pictures(writer: Writer, code: str, scores: dict) -> Iterator[tuple[str, str]]:
    say, year = writer.say, max(scores)
    listed = ", ".join(f"{y}: {say.number(value)}" for y, value in scores.items())
    yield "chart, told", say("Line chart of the SPI by year. {values}.", values=listed)
    known = route.scores("spi", year, fellows(code))
    best = max(sorted(known), key=lambda each: known[each])
    yield (
        "chart, told",
        say("Dot chart of {count} scores in order. Highest: {best}, {score}.", count=len(known),
            best=writer.name(best), score=say.number(known[best])),
    )  # fmt: skip
    where = say("provinces") if "." not in code else writer.province(code)
    yield "caption", say("SPI {year} in {where}, in order of score", year=year, where=where)
    made = [each for each in YEARS if (code, each) in route.survey()]
    if made:
        latest = made[-1]
        score, *parts = route.survey()[code, latest]
        # written from points to two decimals, as every figure of the index is used
        whole = _half_up(route.rebuilt()[code, latest] + sum(parts[3:]), 2)
        rest = _half_up(writer.made(code, latest)[1], 2)
        start = whole + (0 if writer.flagged(code, latest) else rest)
        yield (
            "chart, told",
            say("Waterfall chart: {start} before corrections, {end} published.",
                start=say.number(start), end=say.number(score)),
        )  # fmt: skip
        yield (
            "caption",
            say("From what respondents said to the published SPI of {year} (weights recovered, not "
                "published; the axis does not begin at zero)", year=latest),
        )  # fmt: skip


def _movement(writer: Writer, code: str, scores: dict) -> str:
    say, first, last = writer.say, min(scores), max(scores)
    change, limit = scores[last] - scores[first], 1.645 * sqrt(2) * error()
    group = nationwide(code)
    before, after = route.scores("spi", first, group), route.scores("spi", last, group)
    median = statistics.median(after[each] - before[each] for each in after if each in before)
    message = (
        "From {first} to {last} its SPI moved by {change} points, more than the {limit} points "
        "that noise alone can bring; the median government of its kind moved by {median}."
        if abs(change) > limit
        else "From {first} to {last} its SPI moved by {change} points, within the {limit} points "
        "that noise alone can bring; the median government of its kind moved by {median}."
    )
    return say(message, first=first, last=last, change=say.number(change, 2, True),
               limit=say.number(limit, 1), median=say.number(median, 2, True))  # fmt: skip


def _criteria(writer: Writer, code: str) -> Iterator[tuple[str, str]]:
    say, edition = writer.say, writer.edition
    words = {"met": "met", "not_met": "not met", "unknown": "unknown"}
    given = [a[0] for (region, _), a in answers(edition, "base").items() if region == code]
    yield (
        "criteria counted",
        say(
            "Of the eight entry criteria of edition {edition}, {met} are met, {not_met} are not "
            "met and {unknown} cannot be answered from what is public,",
            edition=edition,
            **{word: given.count(word) for word in words},
        ),
    )
    for entry in route.programme(edition)["criterion"]:
        for mark in entry.get("variant", []):
            found = answers(edition, mark["id"])
            yield (
                "other readings",
                say(
                    "{criterion}: {note} Answer: {answer}; overall: {overall}.{source}",
                    criterion=entry[writer.stem("name")],
                    note=mark[writer.stem("note")],
                    answer=say(words[found[code, entry["id"]][0]]),
                    overall=say(words[route.overall(found)[code]]),
                    source="",
                ),
            )


def _cautions(writer: Writer, code: str) -> Iterator[tuple[str, str]]:
    say = writer.say
    for flag in route.records("flags"):
        if flag["region_code"] == code:
            yield (
                "withheld",
                say("{measure} {year}: {text}{source}", measure=writer.measure(flag["measure_id"]),
                    year=flag["year"], text=flag[writer.stem("text")], source=""),
            )  # fmt: skip
    flagged = [year for year in YEARS if writer.flagged(code, year)]
    if flagged:
        year = flagged[-1]
        rest = {key: route.survey()[key][0] - whole for key, whole in route.rebuilt().items()
                if key[1] == year}  # fmt: skip
        apart = sum(abs(each) > 0.03 for each in rest.values())
        yield (
            "not explained",
            say(
                "Its SPI of {year} is {points} points lower than its published parts give: a "
                "further deduction that {share} of the scores of that year carry; its reason is "
                "not published.",
                year=year,
                points=say.number(abs(_half_up(rest[code, year], 2))),
                share=say("{part} of {whole}", part=apart, whole=len(rest)),
            ),
        )
    if names := [f"{writer.measure(of)} {year}" for of, year in writer.disputed(code)]:
        listed = say.series(names if len(names) < 4 else [*names[:3], say("others")])
        yield "disputed", say("Sources contradict one another about: {names}.", names=listed)
    if "." not in code and (made := [y for y in YEARS if (code, y) in route.survey()]):
        year = made[-1]
        words = {
            "spi_internal": say("internal respondents"),
            "spi_external": say("external respondents"),
            "spi_expert": say("experts"),
        }
        parts = dict(zip(route.PARTS, route.survey()[code, year][1:4], strict=True))
        low, high = min(parts, key=parts.get), max(parts, key=parts.get)
        yield (
            "highest and lowest part",
            say("In {year} its {high} gave {high_score} and its {low} {low_score}.", year=year,
                high=words[high], low=words[low],
                high_score=writer.figure(writer.chosen(code, high, year)).text,
                low_score=writer.figure(writer.chosen(code, low, year)).text),
        )  # fmt: skip


def _comparison(writer: Writer) -> Iterator[tuple[str, str]]:
    say, year, codes = writer.say, YEARS[-1], writer.codes
    yield "caption", say("{count} regions side by side", count=len(codes))
    limit = REACH * sqrt(2) * error()
    for each in YEARS:
        known = route.scores("spi", each, codes)
        if len(known) < 2:
            continue
        ordered = sorted(known, key=lambda code: (known[code], code))
        low, top = ordered[0], ordered[-1]
        gap = known[top] - known[low]
        message = (
            "In the SPI of {year} they lie between {low} ({low_score}) and {top} ({top_score}); "
            "the {gap} points between these two are more than the {limit} that noise can bring."
            if gap > limit
            else "In the SPI of {year} they lie between {low} ({low_score}) and {top} "
            "({top_score}); the {gap} points between these two are within the {limit} that noise "
            "can bring."
        )
        yield (
            "highest and lowest score",
            say(message, year=each, low=writer.name(low), top=writer.name(top),
                low_score=say.number(known[low]), top_score=say.number(known[top]),
                gap=say.number(gap), limit=say.number(limit, 1)),
        )  # fmt: skip
    known = route.scores("spi", year, codes)
    order = sorted(known, key=lambda code: -known[code])
    listed = "; ".join(f"{writer.name(code)} {say.number(known[code])}" for code in order)
    yield "chart, told", say("Dot chart of the SPI of {year}: {values}.", year=year, values=listed)
    listed = "; ".join(
        f"{writer.name(code)} {say.number(known[code]) if code in known else say('not published')}"
        for code in codes
    )
    yield (
        "chart, told",
        say("Line chart of the SPI by year. In {year}: {values}.", year=year, values=listed),
    )
    yield from _counts(writer)
    yield from _under_recipes(writer)
    yield from _against_the_nation(writer)


def _counts(writer: Writer) -> Iterator[tuple[str, str]]:
    say, codes = writer.say, writer.codes
    overall = route.overall(answers(writer.edition, "base"))
    given = [overall[code] for code in writer.local]
    yield (
        "criteria counted",
        say(
            "Under the entry criteria of edition {edition}, {met} of {count} meet all, {not_met} "
            "do not, and {unknown} stay open because something is not public.",
            edition=writer.edition,
            count=len(given),
            **{word: given.count(word) for word in ("met", "not_met", "unknown")},
        ),
    )
    results = {code: row for code in codes if (row := writer.result(code)) and row["final_score"]}
    if results:
        ends = [pick(results, key=lambda c: Fraction(results[c]["final_score"]))
                for pick in (min, max)]  # fmt: skip
        low, high = ends
        yield (
            "results",
            say(
                "Published final scores lie between {low_score} ({low}{low_source}) and "
                "{high_score} ({high}{high_source}); scores of different editions come from "
                "different assessments.",
                low_score=say.number(Fraction(results[low]["final_score"])),
                low=writer.name(low),
                low_source="",
                high_score=say.number(Fraction(results[high]["final_score"])),
                high=writer.name(high),
                high_source="",
            ),
        )
    yield (
        "disputed counted",
        say("Figures of theirs on which sources contradict one another: {count}.",
            count=sum(len(writer.disputed(code)) for code in codes)),
    )  # fmt: skip
    flagged = [f"{writer.name(code)} {year}" for code in codes for year in YEARS
               if writer.flagged(code, year)]  # fmt: skip
    if flagged:
        yield (
            "not explained",
            say("SPI scores that their parts do not explain: {names}.", names=say.series(flagged)),
        )
    yield (
        "refused among a few",
        say("Scales and places are those of all governments of a kind. Inside this list of {count} "
            "they are refused: a method that compares regions with one another needs at least "
            "{fewest}, since among a few every score depends on who else was asked.",
            count=len(codes), fewest=10),
    )  # fmt: skip


def _under_recipes(writer: Writer) -> Iterator[tuple[str, str]]:
    say, year, verdicts = writer.say, YEARS[-1], []
    for kind, name in (("local", "kabupaten and kota"), ("province", "provinces")):
        field, own = writer.compared(kind)
        if not own:
            continue
        yield (
            "recipes counted",
            say("From the parts that are published, the index of {kind} can be put together in "
                "{count} ways that can be defended; they differ in {choices}. Each is followed "
                "once; KPK's own, the first, gives back the published scores within {gap} points.",
                kind=say(name), count=field.count,
                choices=say.series([say(recipes.NAMES[each]) for each in field.choices]),
                gap=say.number(field.gap)),
        )  # fmt: skip
        places = [field.place(code) for code in own]
        noise = statistics.median(each.noise_high - each.noise_low + 1 for each in places)
        choice = statistics.median(each.high - each.low + 1 for each in places)
        title = say("Of {count} places, noise leaves {noise} open to a region in the middle of "
                    "this list, the choice of recipe {choice}", count=len(field.codes),
                    noise=say.number(noise, 0), choice=say.number(choice, 0))  # fmt: skip
        yield "chart, told", f"{title}."
        yield (
            "caption",
            say("Places in the SPI of {year}: under noise, and under {count} recipes", year=year,
                count=field.count),
        )  # fmt: skip
        verdicts += [each.verdict for each in places]
        pairs = list(permutations(own, 2))
        counts = [sum(test(*pair) for pair in pairs)
                  for test in (field.by_noise, field.by_choice, field.above)]  # fmt: skip
        if len(own) > 1:
            yield (
                "pairs in order",
                say("Of {count} pairs of {kind} in this list, {noise} differ by more than noise, "
                    "{choice} are ordered alike by at least 95 % of the recipes, and {both} do "
                    "both: only these can be put in order.", count=len(pairs) // 2, kind=say(name),
                    noise=counts[0], choice=counts[1], both=counts[2]),
            )  # fmt: skip
    if verdicts:
        yield (
            "against the median",
            say("Beyond noise and whatever the recipe, {above} of {count} stand clearly above the "
                "median of their kind and {below} clearly below; of {open} one cannot tell.",
                above=verdicts.count(1), count=len(verdicts), below=verdicts.count(-1),
                open=verdicts.count(0)),
        )  # fmt: skip


def _against_the_nation(writer: Writer) -> Iterator[tuple[str, str]]:
    say, year = writer.say, YEARS[-1]
    clear, above, below = 0, 0, 0
    parts = 0
    for code in writer.codes:
        for part in ("spi", *route.PARTS):
            known = part_scores(part, year, nationwide(code))
            if code not in known:
                continue
            gap = float(known[code] - statistics.median(known.values()))
            apart = abs(gap) > REACH * part_error(part)
            clear += apart
            parts += part != "spi"
            above += apart and gap > 0 and part != "spi"
            below += apart and gap < 0 and part != "spi"
    count = sum(code in part_scores(part, year, nationwide(code))
                for code in writer.codes for part in ("spi", *route.PARTS))  # fmt: skip
    yield (
        "clear by chance",
        say("Of {count} comparisons {clear} are clear; if nothing differed, noise alone would make "
            "about {chance} of them look clear.", count=count, clear=clear,
            chance=say.number(Fraction(count, 10), 1)),
    )  # fmt: skip
    title = say("{above} of {count} parts lie clearly above the nation's median, {below} clearly "
                "below", above=above, count=parts, below=below)  # fmt: skip
    yield "chart, told", f"{title}."
    population = max(year for (_, of, year) in route.chosen() if of == "population")
    yield (
        "how peers are found",
        say("Peers are of the same level (kabupaten or kota) and nearest in three things that "
            "count the same: population of {year} (logarithm), human development index of "
            "{ipm_year} and island group. No score is matched on. A region has no close peer when "
            "its nearest lies farther than that of 95 % of all regions.",
            year=population, ipm_year=2021),
    )  # fmt: skip
    rows = writer.peer_gaps()
    verdicts = [_verdict(row[7].number, row[8].number) for row in rows if row[6].text]
    title = say("Against their peers {above} of {count} are clearly above, {below} clearly below; "
                "of {open} one cannot tell", above=verdicts.count(1), count=len(verdicts),
                below=verdicts.count(-1), open=verdicts.count(0))  # fmt: skip
    yield "chart, told", f"{title}."
    clear = whole = 0
    for row in writer.gap_parts():
        if row[2].text is not None:
            whole += 1
            clear += bool(_verdict(row[6].number, row[7].number))
    whole_parts = sum(pieces(code, year) is not None for code in writer.local)
    residual = [row for at, row in enumerate(writer.gap_parts()) if at % 7 == 5]
    clear -= sum(bool(_verdict(row[6].number, row[7].number)) for row in residual)
    title = say("{count} of {whole} contributions to the gaps are clearer than noise", count=clear,
                whole=whole - whole_parts)  # fmt: skip
    yield "chart, told", f"{title}."


def _verdict(low: float, high: float) -> int:
    return 1 if low > 0 else -1 if high < 0 else 0
