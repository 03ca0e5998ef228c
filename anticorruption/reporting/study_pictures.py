"""Charts of the studies on data, the survey and the entry criteria, with caption and alternative.

The studies are written in English; every function gives what
:meth:`anticorruption.reporting.display.Page.figure` takes.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from anticorruption import charts, coverage, regions
from anticorruption.charts import Class
from anticorruption.programme.screening import MET, NOT_MET, UNKNOWN
from anticorruption.reporting.display import Page
from anticorruption.reporting.pictures import Picture
from anticorruption.spi_deductions import DeductionLine

NO_GOVERNMENT, NO_VALUE = "no government of its own", "no value published"
_UNIT = "kabupaten and kota"
_MOVED = {
    "spi_internal": "internal",
    "spi_external": "external",
    "spi_expert": "expert",
    "spi_corr_integritas": "correction, integrity",
    "spi_corr_prevalensi": "correction, prevalence",
    "rest": "rest",
}


def criteria_by_year(page: Page, counts: pd.DataFrame, governments: int) -> Picture:
    """Governments with a value by criterion (rows) and year (columns)."""
    full = int((counts.max(axis=1) >= 0.9 * governments).sum())
    title = (
        f"Of {len(counts)} criteria, {full} can be followed for nearly all governments in any year"
    )
    chart = charts.shaded_table(
        counts, counts / governments, title=title, write=str, none_name=NO_VALUE
    )
    caption = f"Kabupaten and kota, of {governments}, with a final value, by criterion and year"
    largest = "; ".join(f"{name}: {most}" for name, most in counts.max(axis=1).items())
    return chart, caption, f"Table of counts. Largest in each row: {largest}.", ()


def criteria_by_province(page: Page, table: pd.DataFrame, since: int, until: int) -> Picture:
    """Share of a province's governments with a recent value, by province and criterion."""
    shares = table.drop(columns="governments")
    rare = shares.loc[:, shares.min() < 1]
    dark = int((rare == 0).all(axis=1).sum())
    shares.index = [regions.name(code).removeprefix("Provinsi ") for code in shares.index]
    shares.columns = [name.split(" (")[0].replace(" compl", "\ncompl") for name in shares]
    title = f"In {dark} of {len(shares)} provinces nothing recent is published that not all have"
    chart = charts.shaded_table(
        (100 * shares).round(),
        shares,
        title=title,
        write="{:.0f}".format,
        none_name=NO_VALUE,
        row_height=0.16,
    )
    caption = (
        f"Percent of a province's kabupaten and kota with a final value of {since}–{until}; "
        f"criteria on which nothing is published are left out"
    )
    return chart, caption, f"Table of percentages for {len(shares)} provinces.", ()


def freshness(
    page: Page, classes: pd.Series, measure: str, since: int, until: int, chosen: Sequence[str]
) -> Picture:
    """How fresh the latest public value of a measure is, on the map."""
    legend = {
        coverage.RECENT: Class(f"final value of {since}–{until}", "#0072B2"),
        coverage.OLDER: Class("older final value", "#8FC1E3"),
        coverage.INTERIM_ONLY: Class("interim readings only", "#F0C089", "...."),
    }
    known = classes[classes != coverage.NONE]
    recent, none = (classes == coverage.RECENT).sum(), (classes == coverage.NONE).sum()
    title = (
        f"A recent final {measure} is public for {recent} of {len(classes)} governments; "
        f"for {none} nothing is"
    )
    chart = _map(known, legend, title, NO_VALUE, chosen)
    counts = ", ".join(f"{(classes == key).sum()} {entry.name}" for key, entry in legend.items())
    alt = f"Hexagon map of kabupaten and kota: {counts}, {none} {NO_VALUE}."
    return chart, f"What is published of each government's {measure}", alt, ()


def deduction_map(page: Page, carries: pd.Series, year: int, sources: Sequence[str]) -> Picture:
    """Which governments carry a further deduction, on the map."""
    legend = {
        True: Class("further deduction", "#D55E00"),
        False: Class("score comes out of its parts", "#D6E6F2"),
    }
    island = regions.table()["island_group"].reindex(carries.index)
    share = carries.groupby(island).mean().sort_values(kind="stable")
    percent = [f"{page.say.number(100 * value, 0)} %" for value in share]
    title = (
        f"The further deduction fell on {percent[-1]} of {share.index[-1]} and {percent[0]} of "
        f"{share.index[0]}"
    )
    chart = _map(carries.astype(object), legend, title, f"no score in {year}", ())
    listed = ", ".join(f"{name} {text}" for name, text in zip(share.index, percent, strict=True))
    caption = f"Kabupaten and kota whose SPI of {year} lies below its parts"
    return chart, caption, f"Hexagon map; share with a further deduction: {listed}.", sources


def _map(classes: pd.Series, legend: Mapping, title: str, no_value: str, chosen: Sequence[str]):
    area = regions.table()
    return charts.hexmap(
        area[area["level"] != "province"],
        classes,
        legend,
        no_value=no_value,
        no_government=NO_GOVERNMENT,
        title=title,
        highlighted=chosen,
        highlight_name="regions named in the parameters",
    )


def residuals(page: Page, rebuilt: pd.DataFrame, sources: Sequence[str]) -> Picture:
    """Published less rebuilt score of every region, year by year."""
    say, out = page.say, rebuilt["unexplained"]
    years = sorted(set(out.index[out].get_level_values("year")))
    told = say.series([str(year) for year in years]) or "no year"
    title = (
        f"{say.number(len(out) - out.sum(), 0)} of {say.number(len(out), 0)} scores come out of "
        f"their parts; the others are of {told}"
    )
    chart = charts.residuals_by_year(
        rebuilt["residual"],
        out,
        names=("comes out of its parts", "does not"),
        title=title,
        axis="published less rebuilt, points",
        write=say.number,
    )
    left = rebuilt.loc[out, "residual"]
    span = f", from {say.number(left.min(), 1)} to {say.number(left.max(), 1)} points" * len(years)
    alt = f"Residuals by year: near zero but for {told}{span}."
    return chart, "Residual of every kabupaten and kota, sorted within each year", alt, sources


def deduction_line(
    page: Page,
    deductions: pd.DataFrame,
    correction: str,
    times: pd.Series,
    line: DeductionLine,
    year: int,
    sources: Sequence[str],
) -> Picture:
    """Further deductions against a printed correction, with the line that most lie on."""
    say, own = page.say, deductions[deductions["carries"]]
    local = own.index.isin(regions.governments("local").index)
    kinds = [
        ("on the line", (times == 1) & local),
        ("off the line", (times != 1) & local),
        ("provinces, not used for the line", pd.Series(~local, index=own.index)),
    ]
    sign = "+" if line.slope > 0 else "\N{MINUS SIGN}"
    chart = charts.on_a_line(
        own[correction],
        own["deduction"],
        kinds,
        (line.intercept, line.slope),
        title=f"{line.on_line} of {line.scores} deductions lie on one line, within "
        f"{say.number(line.largest_distance, 3)} points",
        axes_names=(
            "printed correction for survey integrity, points",
            "further deduction, points",
        ),
        line_name=f"{say.number(line.intercept, 2)} {sign} {say.number(abs(line.slope), 3)} × "
        f"correction",
        write=say.number,
    )
    alt = f"Scatter of {len(own)} deductions; {line.on_line} lie on a straight line."
    return chart, f"Further deduction and printed correction, SPI {year}", alt, sources


def mean_change(
    page: Page, moved: pd.DataFrame, start: float, years: tuple[int, int], sources: Sequence[str]
) -> Picture:
    """Mean change of a score, taken apart; a rest within rounding is left out."""
    say, mean = page.say, moved.mean()
    small = abs(mean["rest"]) < 0.005
    steps = [(name, float(mean[key])) for key, name in _MOVED.items() if key != "rest" or not small]
    # What is left out of the steps is inside the two decimals printed.
    start = start + (mean["rest"] if small else 0.0)
    gross = sum(abs(size) for _, size in steps)
    chart = charts.waterfall(
        steps,
        (f"mean {years[0]}", float(start)),
        (f"mean {years[1]}", float(start + sum(size for _, size in steps))),
        title=f"The mean moved by {say.number(mean['spi'], 2, signed=True)} points, its makings by "
        f"{say.number(gross, 1)} in all",
        axis="SPI, score 0-100",
        write=say.number,
    )
    caption = (
        f"Mean SPI of {len(moved)} kabupaten and kota from {years[0]} to {years[1]} (the axis does "
        f"not begin at zero)"
    )
    listed = "; ".join(f"{name} {say.number(size, 2, signed=True)}" for name, size in steps)
    return chart, caption, f"Waterfall: {listed}.", sources


def criteria_alone(page: Page, funnel: pd.DataFrame, names: Mapping, edition: int) -> Picture:
    """Answers to each criterion alone."""
    alone = funnel[[MET, UNKNOWN, NOT_MET]].rename(index=dict(names))
    closed = int((alone[[MET, NOT_MET]].sum(axis=1) == 0).sum())
    title = f"{closed} of {len(alone)} criteria cannot be answered for anybody from what is public"
    chart = charts.known_and_possible(
        alone,
        names=("known to be met", "cannot tell", "known not to be met"),
        title=title,
        axis=_UNIT,
        write=page.say.number,
    )
    return chart, f"Answers to the criteria of edition {edition}, base reading", _told(alone), ()


def left(page: Page, bounds: pd.DataFrame, total: int, judged: int, edition: int) -> Picture:
    """Who is certainly and possibly left after each criterion, all of them last.

    ``bounds`` has the columns ``left_low`` and ``left_high``; its index labels the bars.
    """
    low, high = bounds["left_low"], bounds["left_high"]
    shown = pd.DataFrame({"certainly left": low, "possibly": high - low, "out": total - high})
    title = (
        f"After the {judged} criteria that can be judged, {low.iloc[-2]} to {high.iloc[-2]} are "
        f"left; after all, {low.iloc[-1]} to {high.iloc[-1]}"
    )
    chart = charts.known_and_possible(
        shown,
        names=("certainly left", "possibly left", "out"),
        title=title,
        axis=_UNIT,
        write=page.say.number,
        breaks=[judged],
    )
    caption = f"The funnel of edition {edition}: who is left, at least and at most"
    return chart, caption, _told(shown), ()


def readings(page: Page, variants: pd.DataFrame, sources: Sequence[str]) -> Picture:
    """Overall answers by edition and reading.

    ``variants`` has the columns ``edition``, ``variant`` and the counts of the three answers.
    """
    labels = [f"{row.edition}, {row.variant}" for row in variants.itertuples()]
    bars = variants[[MET, UNKNOWN, NOT_MET]].set_axis(labels)
    editions = variants["edition"].to_numpy()
    first = [place for place in range(1, len(bars)) if editions[place] != editions[place - 1]]
    title = (
        f"By edition and reading, {_span(bars[NOT_MET])} are known not to qualify and "
        f"{_span(bars[MET])} known to"
    )
    chart = charts.known_and_possible(
        bars,
        names=("known to meet all", "cannot tell", "known not to meet one"),
        title=title,
        axis=_UNIT,
        write=page.say.number,
        breaks=first,
    )
    return chart, "Overall answers by edition and threshold reading", _told(bars), sources


def groups(page: Page, table: pd.DataFrame, edition: int) -> Picture:
    """Overall answers by group; columns ``by``, ``group``, the three counts, ``share_high``."""
    bars = table.set_index("group")[[MET, UNKNOWN, NOT_MET]]
    last = table[table["by"] == table["by"].iloc[-1]].set_index("group")["share_high"]
    last = last.sort_values(kind="stable")
    percent = [page.say.number(100 * last.iloc[place], 0) for place in (-1, 0)]
    title = (
        f"At most {percent[0]} % can qualify in {last.index[-1]}, at most {percent[1]} % in "
        f"{last.index[0]}"
    )
    by = table["by"].to_numpy()
    chart = charts.known_and_possible(
        bars,
        names=("known to meet all", "cannot tell", "known not to meet one"),
        title=title,
        axis=_UNIT,
        write=page.say.number,
        breaks=[place for place in range(1, len(by)) if by[place] != by[place - 1]],
    )
    return chart, f"Overall answers of edition {edition} by group", _told(bars), ()


def _span(counts: pd.Series) -> str:
    """Lowest and highest count, or the one they all are."""
    low, high = counts.min(), counts.max()
    return str(low) if low == high else f"{low} to {high}"


def _told(bars: pd.DataFrame) -> str:
    """Numbers of the bars as words."""
    listed = (
        f"{name}: " + ", ".join(f"{count} {column.replace('_', ' ')}" for column, count in row)
        for name, row in ((name, row.items()) for name, row in bars.iterrows())
    )
    return "Bars. " + "; ".join(listed) + "."
