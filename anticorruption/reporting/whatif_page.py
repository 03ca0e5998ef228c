"""A what-if screen in words: its sentences, tables and charts, section by section.

Every section takes a page and a :class:`anticorruption.reporting.whatif.Screen` and shows its part
of it; the widgets show the same sections again after each choice.
"""

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from anticorruption import charts, spi
from anticorruption.comparison.profile import ABOVE, BELOW, CANNOT_TELL
from anticorruption.language import Language, deferred
from anticorruption.programme import screening
from anticorruption.reporting import listings, sentences
from anticorruption.reporting.display import CLASSES, Cell, Column, Page, sentence
from anticorruption.reporting.listings import Listing
from anticorruption.reporting.neighbours import part_names
from anticorruption.reporting.studies import COVERAGE
from anticorruption.reporting.whatif import FEWEST_RELATIVE, POINTS, RELATIVE, WEIGHTED, Screen

#: Caption, text alternative and sources of a chart.
Words = tuple[str, str, list[str]]
_SIGNS = {"met": "✓", "not_met": "✗", "unknown": "?"}
#: Figures that the survey score is made of.
_PUBLISHED_PARTS = (*spi.PARTS, *spi.CORRECTIONS)


def weight_names(say: Language) -> dict[str, str]:
    """Names of what is weighted."""
    words = (say("Internal"), say("External"), say("Expert"), "MCP")
    return dict(zip(WEIGHTED, words, strict=True))


def finding(say: Language, shown: Screen) -> str:
    """What the screen says about the region, in one sentence; the title of its chart."""
    name, table = _name(say, shown, shown.choices.region), shown.scores
    if shown.few is not None:
        return say(
            "No score: a relative scale needs {fewest} regions with a value, {measure} has {count}",
            fewest=say.number(FEWEST_RELATIVE, 0),
            measure=weight_names(say)[shown.few[0]],
            count=shown.few[1],
        )
    if pd.isna(table["bound_low"].iloc[0]):
        return say("{name}: no score of {year} to weigh", name=name, year=shown.choices.year)
    message = {
        ABOVE: deferred("{name} stands clearly above the median of its {count} peers"),
        CANNOT_TELL: deferred("{name} cannot be told apart from the median of its {count} peers"),
        BELOW: deferred("{name} stands clearly below the median of its {count} peers"),
        None: deferred("{name}: too few peers have a score to compare with"),
    }[shown.gap["verdict"]]
    return say(message, name=name, count=shown.gap["peers"])


def head(page: Page, shown: Screen) -> None:
    """Show the finding, what it rests on, and what to be careful about."""
    say = page.say
    page.warning(sentences.altered(say, shown.study))
    page.text(sentence(say, "{finding}.", finding=finding(say, shown)), tone="headline")
    page.points([each for each in (*_standing(page, shown), *_cautions(page, shown)) if each])


def _standing(page: Page, shown: Screen) -> list[Markup]:
    say, table = page.say, shown.scores
    if shown.few is not None:
        return [
            sentence(
                say,
                "A relative scale compares the regions shown with one another; with fewer than "
                "{fewest} values it says little. Add peers, or take points.",
                fewest=say.number(FEWEST_RELATIVE, 0),
            )
        ]
    own = table.iloc[0]
    if pd.isna(own["bound_low"]):
        return [sentence(say, "The survey score or one of its parts is not published.")]
    score = say.number(own["score"], 2) if pd.notna(own["score"]) else say("not one number")
    first = sentence(
        say,
        "Score under these weights: {score}; with noise and missing figures {low} to {high}. "
        "Published SPI of {year}: {published}.",
        score=score,
        low=say.number(own["low"], 1),
        high=say.number(own["high"], 1),
        year=shown.choices.year,
        published=page.inline(_figure(page, shown, shown.choices.region, "spi")),
    )
    return [first, _places(page, shown), _gap(page, shown), _weights(page, shown)]


def _places(page: Page, shown: Screen) -> Markup:
    say, own, nation = page.say, shown.scores.iloc[0], shown.nationwide
    count = int(shown.scores["bound_low"].notna().sum())
    among = sentence(
        say,
        "Among the {count} regions shown: place {place}, possible places {low}–{high}.",
        count=count,
        place=_whole(say, own["place"]),
        low=_whole(say, own["place_low"]),
        high=_whole(say, own["place_high"]),
    )
    if nation is None:
        return among
    everywhere = sentence(
        say,
        "Among all {count} kabupaten and kota: place {place}, possible places {low}–{high}.",
        count=_whole(say, nation["count"]),
        place=_whole(say, nation["rank"]),
        low=_whole(say, nation["rank_low"]),
        high=_whole(say, nation["rank_high"]),
    )
    return Markup("{} {}").format(among, everywhere)


def _whole(say: Language, value: float) -> str:
    return say("cannot tell") if pd.isna(value) else say.number(value, 0)


def _gap(page: Page, shown: Screen) -> Markup:
    say, gap = page.say, shown.gap
    if gap["verdict"] is None or pd.isna(gap["low"]):
        return sentence(say, "Fewer than three peers have a score: no gap is told.")
    return sentence(
        say,
        "Gap to the median of {count} peers: {gap} points, {low} to {high} with noise.",
        count=gap["peers"],
        gap=say.number(gap["gap"], 1, signed=True) if pd.notna(gap["gap"]) else "?",
        low=say.number(gap["low"], 1, signed=True),
        high=say.number(gap["high"], 1, signed=True),
    )


def shares_told(say: Language, shown: Screen) -> str:
    """Weights as they count, renormalised to 100 %."""
    names = weight_names(say)
    return ", ".join(
        f"{names[measure]} {say.number(100 * share, 1)} %"
        for measure, share in shown.shares.items()
    )


def _weights(page: Page, shown: Screen) -> Markup:
    say = page.say
    message = (
        deferred("Shares: {shares}. These are the weights recovered from the published parts.")
        if not shown.choices.weights
        else deferred("Shares: {shares}. An own choice; KPK does not publish its weights.")
    )
    return sentence(say, message, shares=shares_told(say, shown))


def _cautions(page: Page, shown: Screen) -> list[Markup]:
    say, told = page.say, []
    missing = [c for c in shown.codes if shown.shares["mcp"] > 0 and pd.isna(_mcp(shown, c))]
    if missing and shown.few is None:
        told.append(
            sentence(
                say,
                "No final MCP value is published for {missing} of the {count} regions shown; their "
                "scores are bounds, from MCP 0 to MCP 100, and nobody has a place of one number.",
                missing=len(missing),
                count=len(shown.codes),
            )
        )
    if shown.choices.scale == RELATIVE:
        told.append(
            sentence(
                say,
                "On the relative scale 0 and 100 are the lowest and the highest of the regions "
                "shown; the corrections of SPI are left out, and no place in the country follows.",
            )
        )
    if shown.no_close_peer:
        told.append(
            sentence(say, "Even its nearest peer is unusually far: this compares unlike things.")
        )
    flagged = [c for c in shown.codes if shown.figures["unexplained"].get(c)]
    if flagged:
        names = [_name(say, shown, code) for code in flagged]
        told.append(
            sentence(
                say,
                "SPI scores that their parts do not explain: {names}.",
                names=say.series(names),
            )
        )
    return told


def _mcp(shown: Screen, code: str) -> float:
    return shown.figures["mcp"].get(code)


def scores_chart(say: Language, shown: Screen) -> Figure | None:
    """Chart of the regions shown in order of their scores; None without any score."""
    table = shown.scores
    if table.empty or table["bound_low"].isna().all():
        return None
    year = shown.choices.year
    others = marks = None
    if shown.in_points:
        rule = say("SPI criterion {value}", value=_plain(say, shown.choices.spi_threshold))
        marks = [(shown.choices.spi_threshold, rule)]
    if shown.in_points and not shown.as_published:
        others = (say("published SPI"), table["published"])
    axis = (
        say("SPI {year}, score 0-100; bars: 90 % interval of one score", year=year)
        if shown.as_published
        else say("score of {year} under these weights; bars: 90 % interval of one score", year=year)
    )
    return charts.scores_within(
        table,
        {code: _name(say, shown, code) for code in table.index},
        shown.choices.region,
        others=others,
        marks=marks or [],
        title=finding(say, shown),
        axis=axis,
        bound_name=say("possible: MCP not published"),
        write=lambda value, places: say.number(value, places),
    )


def scores_words(page: Page, shown: Screen) -> Words:
    """Caption, text alternative and sources of the chart of the scores."""
    say, own = page.say, shown.scores.iloc[0]
    name = _name(say, shown, shown.choices.region)
    alt = say(
        "Dot chart of {count} regions in order of their score. {name}: {score}, possible places "
        "{low} to {high}.",
        count=int(shown.scores["bound_low"].notna().sum()),
        name=name,
        score=say.number(own["score"], 2),
        low=_whole(say, own["place_low"]),
        high=_whole(say, own["place_high"]),
    )
    caption = say("{name} and its peers, in order of the score under these weights", name=name)
    known = [_figure_of(shown, code, "spi") for code in shown.codes]
    sources = [own["source_id"] for own in known if own is not None]
    return caption, alt, list(dict.fromkeys(sources))


def scores(page: Page, shown: Screen, live: bool = False) -> None:
    """Show the chart of the scores, their table, and the figures they are made of."""
    say = page.say
    if (chart := scores_chart(say, shown)) is None:
        # two outputs, as a chart and its caption are
        page.text(say("No chart: no score is published."), tone="missing")
        page.text("")
    elif live:
        page.drawing(charts.svg(chart, text=True), *scores_words(page, shown))
    else:
        page.figure(chart, *scores_words(page, shown))
    page.table(*scores_listing(page, shown))
    page.table(*parts_listing(page, shown))


def scores_listing(page: Page, shown: Screen) -> Listing:
    """Score, places and likeness of each region shown, with low and high beside each."""
    say, table = page.say, shown.scores
    columns = [
        Column("region", say("Region")),
        Column("code", say("Code")),
        Column("distance", say("Unlikeness"), "number"),
        Column("score", say("Score"), "number"),
        Column("low", say("low"), "number"),
        Column("high", say("high"), "number"),
        Column("published", say("Published SPI"), "number"),
        Column("change", say("Change"), "number"),
        Column("place", say("Place"), "number"),
        Column("place_low", say("from"), "number"),
        Column("place_high", say("to"), "number"),
    ]
    places = {"score": 2, "low": 2, "high": 2, "place": 0, "place_low": 0, "place_high": 0}
    rows = []
    for code in shown.codes:
        own = table.loc[code] if code in table.index else pd.Series(dtype=float)
        row = {key: _number(say, own.get(key), digits) for key, digits in places.items()}
        row["change"] = _number(say, own.get("change"), 2, signed=True)
        row["distance"] = _number(say, shown.distances.get(code), 2)
        if pd.isna(own.get("change", float("nan"))) and not shown.in_points:
            row["change"] = Cell("", None)
        if code == shown.choices.region or shown.choices.peers:
            row["distance"] = Cell("", None)
        row |= _who(say, shown, code)
        row["published"] = _figure(page, shown, code, "spi")
        rows.append(row)
    caption = say(
        "Scores under these weights and possible places among the regions shown, {year}; low and "
        "high hold the noise of one score ({coverage} %)",
        year=shown.choices.year,
        coverage=say.number(100 * COVERAGE, 0),
    )
    return caption, columns, rows


def parts_listing(page: Page, shown: Screen) -> Listing:
    """Published figures that the scores are made of; each leads to its line."""
    say, names = page.say, part_names(page.say)
    columns = [
        Column("region", say("Region")),
        Column("code", say("Code")),
        *(Column(part, names[part], "number") for part in _PUBLISHED_PARTS),
        Column("mcp", "MCP", "number"),
        Column("mcp_year", say("Year of MCP"), "number"),
    ]
    rows = []
    for code in shown.codes:
        row = _who(say, shown, code)
        row |= {part: _bare(_figure(page, shown, code, part)) for part in _PUBLISHED_PARTS}
        row["mcp"] = _figure(page, shown, code, "mcp")
        year = shown.figures["mcp_year"].get(code)
        row["mcp_year"] = Cell("", None) if pd.isna(year) else Cell(str(int(year)), int(year))
        rows.append(row)
    caption = say("Published figures behind the scores, {year}", year=shown.choices.year)
    return caption, columns, rows


def _named_counts(say: Language, shown: Screen) -> pd.DataFrame:
    names = {c.id: c.name(say.code) for c in shown.ground.nation.programme.criteria}
    names |= {"no-investigation": say("no investigation of a head")}
    return shown.counts.rename(index=names | {"all": say("all eight together")})


def answers_chart(say: Language, shown: Screen) -> Figure:
    """Chart of how many of all kabupaten and kota answer what to each criterion."""
    counts = _named_counts(say, shown)
    whole = counts.iloc[-1]
    title = say(
        "{open} of {count} governments may still meet all criteria; {out} are known not to",
        open=whole[screening.MET] + whole[screening.UNKNOWN],
        count=int(whole.sum()),
        out=whole[screening.NOT_MET],
    )
    words = (say("met"), say("unknown"), say("not met"))
    return charts.answers(counts, names=words, title=title, write=say.number)


def answers_words(page: Page, shown: Screen) -> Words:
    """Caption, text alternative and sources of the chart of the answers."""
    say = page.say
    listed = "; ".join(
        f"{label}: {row[screening.MET]}, {row[screening.UNKNOWN]}, {row[screening.NOT_MET]}"
        for label, row in _named_counts(say, shown).iterrows()
    )
    alt = say("Bars of met, unknown and not met for each criterion. {values}.", values=listed)
    caption = say("Answers of all kabupaten and kota under these thresholds")
    sources = shown.answers["threshold_source_id"].unique()
    return caption, alt, [source for source in sources if source]


def criteria(page: Page, shown: Screen, live: bool = False) -> None:
    """Show what the thresholds and the mark decide, here and in the country."""
    say = page.say
    page.points(_thresholds_told(page, shown))
    if live:
        # a weight moves none of these numbers: the drawing stays while weights are dragged
        drawn = shown.ground.keep_last(
            "answers",
            (say.code, shown.counts.to_numpy().tobytes()),
            lambda: charts.svg(answers_chart(say, shown), text=True),
        )
        page.drawing(drawn, *answers_words(page, shown))
    else:
        page.figure(answers_chart(say, shown), *answers_words(page, shown))
    own = shown.answers[shown.answers["region_code"] == shown.choices.region]
    caption, columns, rows = listings.criteria(page, shown.study, own)
    name = _name(say, shown, shown.choices.region)
    page.table(f"{name}: {caption}", columns, rows)
    page.table(*answers_listing(page, shown))
    page.table(*marks_listing(page, shown))


def _thresholds_told(page: Page, shown: Screen) -> list[Markup]:
    say, told = page.say, []
    for criterion in ("spi", "mcp"):
        rule, value = shown.thresholds[criterion]
        source = shown.published_reading(criterion)
        asked = sentences.asked(say, pd.Series({"rule": rule, "threshold": value}))
        message = (
            deferred("{criterion}: {asked}, a published reading{source}.")
            if source
            else deferred("{criterion}: {asked}, an own threshold that nobody published.")
        )
        name = shown.ground.nation.programme.criterion(criterion).name(say.code)
        told.append(
            sentence(say, message, criterion=name, asked=asked, source=_after(page, source))
        )
    told.append(
        sentence(
            say,
            "Against the published base thresholds {opened} governments are no longer known to "
            "fail, and {closed} more are.",
            opened=shown.turned["opened"],
            closed=shown.turned["closed"],
        )
    )
    return told


def _after(page: Page, source: str) -> Markup:
    return Markup("\N{NO-BREAK SPACE}{}").format(page.cite(source)) if source else Markup()


def answers_listing(page: Page, shown: Screen) -> Listing:
    """Answers of the regions shown, a column a criterion, by sign and word."""
    say = page.say
    programme = shown.ground.nation.programme
    short = {"no-investigation": say("no investigation"), "ombudsman": "Ombudsman"}
    columns = [
        Column("region", say("Region")),
        Column("code", say("Code")),
        Column("all", say("all together")),
        *(Column(c.id, short.get(c.id, c.id.upper())) for c in programme.criteria),
    ]
    table = shown.answers.pivot(index="region_code", columns="criterion", values="answer")
    whole = shown.verdicts
    rows = []
    for code in shown.codes:
        row = _who(say, shown, code) | {"all": listings.answer_cell(page, whole[code])}
        row |= {criterion: _sign(answer) for criterion, answer in table.loc[code].items()}
        rows.append(row)
    caption = say("Answers of the regions shown (✓ met, ✗ not met, ? unknown)")
    return caption, columns, rows


def _sign(answer: str) -> Cell:
    return Cell(_SIGNS[answer], answer, tone=CLASSES[answer])


def marks_listing(page: Page, shown: Screen) -> Listing:
    """Final scores of the pilots against the mark."""
    say = page.say
    columns = [
        Column("region", say("Region")),
        Column("code", say("Code")),
        Column("edition", say("Edition"), "number"),
        Column("score", say("Final score"), "number"),
        Column("margin", say("Margin"), "number"),
        Column("answer", say("Reaches the mark")),
    ]
    rows = []
    for row in shown.marks.to_dict("records"):
        score = _number(say, row["final_score"], 2)
        rows.append(
            {
                "region": Cell(_name(say, shown, row["region_code"])),
                "code": Cell(row["region_code"]),
                "edition": Cell(str(row["edition"]), int(row["edition"])),
                "score": Cell(
                    score.text, score.value, sources=(row["source_id"],), tone=score.tone
                ),
                "margin": _number(say, row["margin"], 2, signed=True),
                "answer": listings.answer_cell(page, row["answer"]),
            }
        )
    mark = _plain(say, shown.choices.pass_mark)
    reached = (shown.marks["answer"] == screening.MET).sum()
    known = shown.marks["final_score"].notna().sum()
    caption = say(
        "Pilots of the programme against a mark of {mark}: {reached} of the {known} published "
        "final scores reach it, {silent} not published",
        mark=mark,
        reached=reached,
        known=known,
        silent=len(shown.marks) - known,
    )
    return caption, columns, rows


def sources(page: Page, shown: Screen) -> None:
    """Show the list of figures with their lines, and the numbered sources."""
    page.rows(page.release.observations.iloc[:0])
    page.sources()


def made(page: Page, shown: Screen) -> None:
    """Show every choice, and what is needed to make the same screen again."""
    page.table(*choices_listing(page, shown))
    command = "papermill explore.ipynb page.ipynb -p recipe FILE"
    page.points(sentences.provenance(page, shown.study, command), tone="small")


def choices_listing(page: Page, shown: Screen) -> Listing:
    """Every choice with its value, as a recipe holds it."""
    say, own = page.say, shown.choices
    peers = [f"{_name(say, shown, code)} ({code})" for code in own.peers]
    asked = {
        criterion: sentences.asked(say, pd.Series({"rule": rule, "threshold": value}))
        for criterion, (rule, value) in shown.thresholds.items()
    }
    told = {
        say("Region"): f"{_name(say, shown, own.region)} ({own.region})",
        say("Year of the survey"): str(own.year),
        say("Comparable regions"): say.series(peers)
        or say("{count} found by context", count=own.number_of_peers),
        say("Weights"): shares_told(say, shown)
        + ("" if own.weights else f" ({say('as recovered')})"),
        say("Scale"): scale_names(say)[own.scale],
        say("SPI criterion"): asked["spi"],
        say("MCP criterion"): asked["mcp"],
        say("WTP opinions running"): str(own.wtp_years),
        say("Mark of the final score"): _plain(say, own.pass_mark),
    }
    columns = [Column("choice", say("Choice")), Column("value", say("Value"))]
    rows = [{"choice": name, "value": value} for name, value in told.items()]
    return say("The choices of this screen"), columns, rows


def scale_names(say: Language) -> dict[str, str]:
    """Names of the scales."""
    return {POINTS: say("points of the survey"), RELATIVE: say("relative to the regions shown")}


def _figure_of(shown: Screen, code: str, measure_id: str) -> pd.Series | None:
    """Chosen observation behind a figure of the screen."""
    year = shown.choices.year
    if measure_id == "mcp":
        year = shown.figures["mcp_year"].get(code)
        if pd.isna(year):
            return None
    key = (code, measure_id, int(year))
    study = shown.ground.study(code)
    return shown.ground.keep(("observation", *key), lambda: study.observation(*key[1:]))


def _figure(page: Page, shown: Screen, code: str, measure_id: str) -> Cell:
    """Cell of a figure, made once: only the weights change while a slider is dragged."""
    key = ("cell", code, measure_id, shown.choices.year, page.say.code)
    return shown.ground.keep(key, lambda: _figure_cell(page, shown, code, measure_id))


def _figure_cell(page: Page, shown: Screen, code: str, measure_id: str) -> Cell:
    own = _figure_of(shown, code, measure_id)
    survey = own if measure_id == "spi" else _figure_of(shown, code, "spi")
    if measure_id != "mcp" and survey is not None and survey["withheld"]:
        # a copy prints the parts of a withheld score too; they are withheld with it
        return page.unknown(page.say("withheld"))
    return page.figure_of(own)


def _name(say: Language, shown: Screen, code: str) -> str:
    return shown.ground.keep(("name", code, say.code), lambda: sentences.name(say, code))


def _bare(cell: Cell) -> Cell:
    """Figure without the source mark; its link leads to the line, which names the source."""
    return Cell(cell.text, cell.value, cell.row, (), cell.tone)


def _who(say: Language, shown: Screen, code: str) -> dict[str, Cell]:
    tone = "strong" if code == shown.choices.region else ""
    return {"region": Cell(_name(say, shown, code), tone=tone), "code": Cell(code)}


def _number(say: Language, value: float | None, places: int, signed: bool = False) -> Cell:
    if value is None or pd.isna(value):
        return Cell(say("cannot tell"), None, tone="missing")
    exact = int(value) if places == 0 else round(float(value), 6)
    return Cell(say.number(value, places, signed=signed), exact)


def _plain(say: Language, value: float) -> str:
    return say.number(value, 0 if float(value).is_integer() else 1)


#: Sections by name; those that draw can do so faster for a screen that follows a slider.
WRITTEN = {"head": head, "sources": sources, "made": made}
DRAWN = {"scores": scores, "criteria": criteria}


def show(page: Page, shown: Screen, section: str, live: bool = False) -> None:
    """Show a section by its name."""
    if section in DRAWN:
        DRAWN[section](page, shown, live)
    else:
        WRITTEN[section](page, shown)
