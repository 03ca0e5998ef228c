"""What a report should show, rebuilt from ``data/`` along the second route.

A report is written a second time: its tables row by row, its sentences word by word, each number
from the rows of the tables with plain arithmetic. Nothing comes from the library but the texts of
its messages, which say what a number is.
"""

import math
import statistics
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import pairwise

from tests import second_route as route
from tests.audit import recipes, words

YEARS = (2021, 2022, 2023, 2024, 2025)
TOLERANCE = 0.03
REACH = statistics.NormalDist().inv_cdf(0.95)
#: A median absolute deviation as a standard deviation; 1.4826 where it is told.
ROBUST = 1 / statistics.NormalDist().inv_cdf(0.75)
#: Measures with tables of their own, and those whose gaps are told from 2018.
OWN_SECTION = ("spi", "mcp", "bpk_opinion", "wtp_streak", "pilot_score")
EXPECTED = ("mcp", "spi", "sakip_predicate", "ombudsman", "spip_maturity", "spbe", "bpk_opinion",
            "lhkpn")  # fmt: skip
MAIN = ("spi", "mcp", "bpk_opinion", "wtp_streak", "ombudsman", "ombudsman_zone",
        "sakip_predicate", "spbe", "rb", "kip", "ipm", "population")  # fmt: skip
LISTED = "Every figure of this report and its line in the data release"


@dataclass(frozen=True)
class Cell:
    """What a cell should show; ``text`` None where it shows no number worth rebuilding.

    ``bounds`` are two ends that a workbook has in columns of their own: instead of a text such as
    "1-473", or beside the number that they belong to.
    """

    text: str | None
    number: object = None
    line: int | None = None
    sources: tuple[str, ...] = ()
    bounds: tuple[float, float] | None = None


NOTHING = Cell(None)


@cache
def table(name: str, key: str) -> dict[str, dict]:
    return {row[key]: row for row in route.records(name)}


@cache
def by_line() -> dict[int, dict]:
    return {row["line"]: row for row in route.records("observations")}


@cache
def own_rows() -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for row in route.records("observations"):
        found.setdefault(row["region_code"], []).append(row)
    return found


@cache
def error() -> float:
    """Noise of the survey as the reports use it: to two decimals."""
    return round(route.noise() + 1e-12, 2)


@cache
def group_ranks(codes: tuple[str, ...], year: int) -> dict:
    return route.ranks(route.scores("spi", year, codes), error())


@cache
def fellows(code: str) -> tuple[str, ...]:
    if "." not in code:
        return provinces()
    return tuple(each for each in route.local() if each[:2] == code[:2])


@cache
def provinces() -> tuple[str, ...]:
    return tuple(code for code in route.governments() if "." not in code)


def nationwide(code: str) -> tuple[str, ...]:
    return tuple(route.local()) if "." in code else provinces()


@cache
def field_of(like: str) -> recipes.Field | None:
    """Every region of the kind of a code, under every recipe."""
    return recipes.field(nationwide(like), YEARS[-1], error())


@cache
def noise_regions() -> int:
    """Regions scored in three consecutive years at least once."""
    years = [set(route.scores("spi", year, route.governments())) for year in YEARS]
    return len(
        set.union(*(a & b & c for a, b, c in zip(years, years[1:], years[2:], strict=False)))
    )


@cache
def answers(edition: int, variant: str) -> dict:
    return route.screening(edition, variant)


class Writer:
    """Writes what a report on some regions should show, in one language."""

    def __init__(self, codes: tuple[str, ...], edition: int, language: str):
        self.codes, self.edition, self.say = codes, edition, words.Say(language)

    def name(self, code: str) -> str:
        if code == "00":
            return "Indonesia"
        return table("regions", "region_code")[code][self.stem("name")]

    def stem(self, start: str) -> str:
        return f"{start}_eng" if self.say.code == "en" else f"{start}_ind"

    def province(self, code: str) -> str:
        return self.name(code[:2]).removeprefix("Provinsi ").removesuffix(" Province")

    def measure(self, measure_id: str) -> str:
        return table("measures", "measure_id")[measure_id][self.stem("name")]

    def chosen(self, code: str, measure_id: str, year: int) -> dict | None:
        return route.chosen().get((code, measure_id, year))

    def years(self, code: str, measure_id: str) -> list[int]:
        return sorted(year for (region, of, year) in route.chosen()
                      if (region, of) == (code, measure_id)
                      and (region, of, year) not in route.withheld())  # fmt: skip

    @cached_property
    def own_keys(self) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, list] = {code: [] for code in self.codes}
        for region, measure_id, year in route.chosen():
            if region in found:
                found[region].append((measure_id, year))
        return found

    def figure(self, row: dict | None, bare: bool = False, places: int | None = None) -> Cell:
        """Cell of an observation: its number in the decimals of its measure, or its label."""
        if row is None:
            return NOTHING
        sources = () if bare else (row["source_id"],)
        if not row["value"]:
            return Cell(row["label"], None, row["line"], sources)
        if places is None:
            places = int(table("measures", "measure_id")[row["measure_id"]]["decimals"])
        value = Fraction(row["value"])
        return Cell(self.say.number(value, places), value, row["line"], sources)

    def number(self, value, places: int = 2, signed: bool = False) -> Cell:
        return Cell(self.say.number(value, places, signed), value)

    def count(self, value: int) -> Cell:
        return self.number(Fraction(value), 0)

    def year_cell(self, year: int) -> Cell:
        return Cell(str(year), year)

    def range_cell(self, low: int, high: int) -> Cell:
        told = f"{self.say.number(low, 0)}–{self.say.number(high, 0)}"
        return Cell(told, None, bounds=(low, high))

    def between(self, score: Cell) -> Cell:
        """A score of the survey with the ends that its noise leaves, inside the scale."""
        if score.number is None:
            return score
        bar = REACH * error()
        ends = max(float(score.number) - bar, 0.0), min(float(score.number) + bar, 100.0)
        low, high = (float(_half_up(Fraction(end), 2)) for end in ends)
        return Cell(score.text, score.number, score.line, score.sources, (low, high))

    def scores(self, code: str) -> dict[int, Fraction]:
        found = {year: route.scores("spi", year, (code,)) for year in YEARS}
        return {year: each[code] for year, each in found.items() if code in each}

    def made(self, code: str, year: int):
        """Rebuilt score and what is left over, None where a part is missing."""
        if (code, year) not in route.rebuilt():
            return None
        whole = route.rebuilt()[code, year]
        return whole, route.survey()[code, year][0] - whole

    # tables of a report on one region

    def tables(self) -> dict[str, tuple]:
        """Caption to a function that gives the rows for a table found in a report.

        The function takes the rows as read, because a row of the list of figures says by itself
        which line it stands for.
        """
        say = self.say
        found = {say(LISTED): self.listed}
        if len(self.codes) == 1:
            code = self.codes[0]
            return found | {
                say("The entry criteria of edition {edition}", edition=self.edition):
                    lambda _: self.criteria(code),
                say("How its SPI is made up, by year (points on the scale 0-100)"):
                    lambda _: self.survey(code),
                say("Places of its SPI, by year (provinces as they are today)"):
                    lambda _: self.standing(code),
                say("Final MCP values"): lambda _: self.mcp(code),
                say("Interim readings: never ranked, never judged"): lambda _: self.interim(code),
                say("Audit opinions of BPK"): lambda _: self.opinions(code),
                say("Other published measures"): lambda _: self.others(code),
                say("Its part in the programme"): lambda _: self.programme(code),
                say("What is not published: years without a final value, {first} to {last}",
                    first=2018, last=2025): lambda _: self.gaps(code),
                say("Where sources disagree"): lambda _: self.disagreements(code),
                say("Its latest measures beside the other provinces"):
                    lambda _: self.beside_provinces(code),
            }  # fmt: skip
        return found | {
            say("SPI by year; ⚑ marks a score that its parts do not explain"):
                lambda _: self.surveys(),
            say("The entry criteria of edition {edition}", edition=self.edition):
                lambda _: self.criteria_side_by_side(),
            say("Latest final value of each measure, with its year"): lambda _: self.latest(),
            say("Final scores of the pilot assessment"): lambda _: self.results(),
            say("Years with a published final value"): lambda _: self.known_years(),
            say("Where sources disagree"): self.disagreements_of_one,
            say("The SPI of {year} and its parts against the median of the nation; one robust unit "
                "is 1.4826 times the median absolute deviation", year=YEARS[-1]):
                lambda _: self.strengths(),
            say("The {number} nearest regions by context; distances in standard deviations of a "
                "variable", number=15): lambda _: self.peers(),
            say("How sure a place is: noise of the survey, and choice of a recipe"):
                lambda _: self.sure_places(),
            say("Who can be put above whom: by more than noise, and under 95 % of the recipes at "
                "least"): lambda _: self.told_apart(),
            say("The SPI of {year} against the median of its peers", year=YEARS[-1]):
                lambda _: self.peer_gaps(),
            say("What the gaps of {year} are made of, in points of the SPI; spread is one standard "
                "deviation", year=YEARS[-1]): lambda _: self.gap_parts(),
        }  # fmt: skip

    def listed(self, rows) -> list[list[Cell]]:
        """The list of figures: each row by the line it names."""
        say, found = self.say, []
        several = len({self._line(row) for row in rows}) and len(self.codes) > 1
        for shown in rows:
            row = by_line().get(self._line(shown))
            if row is None:
                found.append([Cell("?")] * len(shown))
                continue
            name = self.measure(row["measure_id"])
            if row["region_code"] == "00":
                name += f" ({say('Indonesia')})"
            status = say("final") if row["status"] == "final" else say("interim")
            if row["as_of"]:
                status = say("{status}, as of {date}", status=status, date=say.date(row["as_of"]))
            note = row["note"]
            if note and say.code == "id":
                note = table("notes", "note")[note]["note_ind"]
            printed = row["value"] or row["label"]
            value = Fraction(row["value"]) if row["value"] else None
            cells = [
                Cell(name),
                self.year_cell(int(row["year"])),
                Cell(printed, value),
                Cell(status),
                Cell(say(row["confidence"]), None, None, (row["source_id"],)),
                Cell(str(row["line"]), row["line"]),
                Cell(note),
            ]
            found.append([Cell(self.name(row["region_code"])), *cells] if several else cells)
        return found

    def _line(self, shown) -> int:
        """The line that a row of the list of figures names: its last whole number alone."""
        for cell in reversed(shown[4:]):
            if cell.text.isdigit() and len(cell.text) < 7:
                return int(cell.text)
        return 0

    def criteria(self, code: str) -> list[list[Cell]]:
        say, rows = self.say, []
        found = answers(self.edition, "base")
        for entry in route.programme(self.edition)["criterion"]:
            _, reason, year, line, margin = found[code, entry["id"]]
            row = by_line().get(line)
            value = self.figure(row)
            if row and row["measure_id"] == "wtp_streak":
                told = say("WTP, {count} years running", count=value.text)
                value = Cell(told, None, value.line, value.sources)
            if reason == "withheld":
                value = NOTHING
            why = ""
            if year is not None and self.edition - year > 2:
                why = say("{count} years before the edition", count=self.edition - year)
            rows.append([
                Cell(entry.get(self.stem("name"))), NOTHING, value,
                self.year_cell(year) if year else NOTHING,
                Cell(self.asked(entry), None, None, (entry["source_id"],)),
                self.number(self.margin(code, entry, row, margin), 2, True)
                if margin is not None else NOTHING,
                Cell(why or None),
            ])  # fmt: skip
        return rows

    def margin(self, code, entry, row, margin):
        if entry["rule"] in ("at_least", "above"):
            return Fraction(row["value"]) - Fraction(str(entry["value"]))
        return margin

    def asked(self, mark: dict) -> str:
        say, value = self.say, mark.get("value")
        rule = mark["rule"]
        if rule in ("at_least", "above"):
            text = str(value).removesuffix(".0")
            told = say.number(Fraction(text), len(text.partition(".")[2]))
            message = "at least {value}" if rule == "at_least" else "above {value}"
            return say(message, value=told)
        if rule == "category_at_least":
            return say("category {value} or better", value=value)
        if rule == "label_years_running":
            years = mark.get("years", 1)
            return say("{value}, {years} years running", value=value, years=years) \
                if years > 1 else str(value)  # fmt: skip
        return say("yes") if rule == "label" else say("no threshold published")

    def survey(self, code: str) -> list[list[Cell]]:
        rows = []
        for year in YEARS:
            own, made = self.chosen(code, "spi", year), self.made(code, year)
            score = self.figure(own)
            if (code, "spi", year) in route.withheld():
                told = self.say("withheld; a copy prints {value}", value=score.text)
                score = Cell(told, None, score.line, score.sources)
            parts = [self.figure(self.chosen(code, part, year), bare=True)
                     for part in (*route.PARTS, *route.CORRECTIONS)]  # fmt: skip
            ends = [NOTHING, NOTHING]
            if made:
                whole, rest = (_half_up(each, 2) for each in made)
                residual = self.number(rest, 2, True)
                if abs(made[1]) > TOLERANCE:
                    residual = Cell(f"⚑ {residual.text}", rest)
                ends = [self.number(whole), residual]
            rows.append([self.year_cell(year), score, NOTHING, *parts, *ends])
        return rows

    def standing(self, code: str) -> list[list[Cell]]:
        rows = []
        for year in self.scores(code):
            score = self.between(self.figure(self.chosen(code, "spi", year), bare=True))
            row = [self.year_cell(year), score]
            groups = (fellows(code),) if "." not in code else (fellows(code), nationwide(code))
            for group in groups:
                known = group_ranks(group, year)
                rank, low, high = known[code]
                row += [self.count(rank), self.range_cell(low, high), self.count(len(known))]
            rows.append(row)
        return rows

    def mcp(self, code: str) -> list[list[Cell]]:
        rows = []
        for year in self.years(code, "mcp"):
            own = self.chosen(code, "mcp", year)
            others = [row for row in self.alternatives(code, "mcp", year)
                      if row["value"] != own["value"]]  # fmt: skip
            told = "; ".join(self.say.number(Fraction(r["value"]), _places(r)) for r in others)
            listed = tuple(r["source_id"] for r in others)
            number = Fraction(others[0]["value"]) if len(others) == 1 else None
            rows.append([self.year_cell(year), self.figure(own), NOTHING,
                         Cell(told, number, None, listed)])  # fmt: skip
        return rows

    def alternatives(self, code: str, measure_id: str, year: int) -> list[dict]:
        best = self.chosen(code, measure_id, year)
        key = (measure_id, str(year), "final")
        return [row for row in own_rows()[code]
                if (row["measure_id"], row["year"], row["status"]) == key
                and row["line"] != best["line"]]  # fmt: skip

    def interim(self, code: str) -> list[list[Cell]]:
        return [
            [Cell(self.measure(row["measure_id"])), self.year_cell(int(row["year"])),
             self.figure(row),
             Cell(self.say.date(row["as_of"]) if row["as_of"] else self.say("date not stated"))]
            for row in own_rows()[code] if row["status"] == "interim"
        ]  # fmt: skip

    def opinions(self, code: str) -> list[list[Cell]]:
        years = sorted({*self.years(code, "bpk_opinion"), *self.years(code, "wtp_streak")})
        return [[self.year_cell(year), self.figure(self.chosen(code, "bpk_opinion", year)),
                 self.figure(self.chosen(code, "wtp_streak", year))] for year in years]  # fmt: skip

    def others(self, code: str) -> list[list[Cell]]:
        book, rows = table("measures", "measure_id"), []
        for measure_id, year in sorted(self.own_keys[code], key=lambda key: (key[0], -key[1])):
            kind = book[measure_id]["kind"]
            if measure_id in OWN_SECTION or measure_id.startswith("spi_") or kind == "derived":
                continue
            unit = self.say(_UNITS.get(book[measure_id]["unit"], book[measure_id]["unit"]))
            rows.append([Cell(self.measure(measure_id)), self.year_cell(year),
                         self.figure(self.chosen(code, measure_id, year)), Cell(unit),
                         NOTHING])  # fmt: skip
        return rows

    def pilots(self, code: str) -> list[dict]:
        return [row for row in route.records("pilots") if row["region_code"] == code]

    def stage(self, row: dict) -> list[Cell]:
        score = NOTHING
        if row["stage"] == "pilot" and row["final_score"]:
            score = self.number(Fraction(row["final_score"]))
        return [Cell(row["edition"], int(row["edition"])), score, Cell(row["category"] or None),
                Cell(self.say.date(row["assessed_on"]) if row["assessed_on"] else ""),
                Cell(row[self.stem("note")])]  # fmt: skip

    def programme(self, code: str) -> list[list[Cell]]:
        rows = []
        for row in self.pilots(code):
            edition, *rest = self.stage(row)
            rows.append([edition, Cell(None, None, None, (row["source_id"],)), *rest])
        return rows

    def gaps(self, code: str) -> list[list[Cell]]:
        rows = []
        for measure_id in EXPECTED:
            if "." not in code and measure_id == "spip_maturity":
                continue
            known = self.years(code, measure_id)
            absent = [year for year in range(2018, 2026) if year not in known]
            rows.append([Cell(self.measure(measure_id)), self.runs(known), self.runs(absent)])
        return rows

    def runs(self, years: list[int]) -> Cell:
        if not years:
            return NOTHING
        told, start = [], years[0]
        for year, after in zip(years, [*years[1:], None], strict=True):
            if after != year + 1:
                told.append(str(start) if start == year else f"{start}–{year}")
                start = after
        return Cell(", ".join(told), Fraction(years[0]) if len(years) == 1 else None)

    def disputed(self, code: str) -> list[tuple[str, int]]:
        found = []
        for measure_id, year in sorted(self.own_keys[code]):
            best = self.chosen(code, measure_id, year)
            for other in self.alternatives(code, measure_id, year):
                if _apart(best, other):
                    found.append((measure_id, year))
                    break
        return found

    def disagreements(self, code: str) -> list[list[Cell]]:
        rows = []
        for measure_id, year in self.disputed(code):
            best = self.chosen(code, measure_id, year)
            for other in self.alternatives(code, measure_id, year):
                if (other["value"] or other["label"]) != (best["value"] or best["label"]):
                    told = self.figure(other, places=_places(other))
                    rows.append([Cell(self.measure(measure_id)), self.year_cell(year),
                                 self.figure(best), told, NOTHING])  # fmt: skip
        return rows

    def disagreements_of_one(self, shown) -> list[list[Cell]]:
        """In a comparison each region has such a table: the one whose rows these are."""
        tables = [self.disagreements(code) for code in self.codes]
        for rows in tables:
            if len(rows) == len(shown) and all(
                _same(mine, theirs) for row, read in zip(rows, shown, strict=True)
                for mine, theirs in zip(row[1:4], read[1:4], strict=True)
            ):  # fmt: skip
                return rows
        return [[Cell("?")] * 5] * len(shown)

    def beside_provinces(self, code: str) -> list[list[Cell]]:
        rows = []
        for measure_id, row in table("measures", "measure_id").items():
            if row["kind"] not in ("score", "context") or not row["scale_max"]:
                continue
            years = [year for of, year in self.own_keys[code] if of == measure_id]
            if not years or (code, measure_id, max(years)) in route.withheld():
                continue
            year, places = max(years), int(row["decimals"])
            own = self.chosen(code, measure_id, year)
            others = list(route.scores(measure_id, year, provinces()).values())
            if not own["value"]:
                continue
            median = (self.number(statistics.median(others), places) if len(others) >= 10
                      else NOTHING)  # fmt: skip
            rows.append([Cell(self.measure(measure_id)), self.year_cell(year), self.figure(own),
                         median, self.count(len(others))])  # fmt: skip
        return rows

    # tables of a comparison

    def flagged(self, code: str, year: int) -> bool:
        made = self.made(code, year)
        return bool(made) and abs(made[1]) > TOLERANCE

    def surveys(self) -> list[list[Cell]]:
        rows = []
        for code in self.codes:
            row = [Cell(self.name(code))]
            for year in YEARS:
                cell = self.figure(self.chosen(code, "spi", year))
                if (code, "spi", year) in route.withheld():
                    cell = NOTHING
                elif cell is not NOTHING and self.flagged(code, year):
                    cell = Cell(f"⚑ {cell.text}", cell.number, cell.line, cell.sources)
                row.append(self.between(cell))
            if years := list(self.scores(code)):
                known = group_ranks(nationwide(code), years[-1])
                rank, low, high = known[code]
                row += [self.year_cell(years[-1]), self.count(rank), self.range_cell(low, high),
                        self.count(len(known))]  # fmt: skip
            rows.append(row + [NOTHING] * (10 - len(row)))
        return rows

    @property
    def local(self) -> list[str]:
        return [code for code in self.codes if "." in code]

    def criteria_side_by_side(self) -> list[list[Cell]]:
        say, found = self.say, answers(self.edition, "base")
        marks = {"met": "✓ ", "not_met": "✗ ", "unknown": "? "}
        word = {"met": "met", "not_met": "not met", "unknown": "unknown"}
        rows = []
        for entry in route.programme(self.edition)["criterion"]:
            row = [Cell(entry.get(self.stem("name")))]
            for code in self.local:
                answer, reason, year, line, _ = found[code, entry["id"]]
                told = marks[answer] + say(word[answer])
                if line is None or reason == "withheld":
                    row.append(Cell(told))
                    continue
                value = self.figure(by_line()[line])
                text = value.text
                if by_line()[line]["measure_id"] == "wtp_streak":
                    text = say("WTP, {count} years running", count=text)
                text = say("{answer}: {value} ({year})", answer=told, value=text, year=year)
                row.append(Cell(text, None, value.line, value.sources))
            rows.append(row)
        return [*rows, [NOTHING] * (len(self.local) + 1)]

    def latest(self) -> list[list[Cell]]:
        rows = []
        for measure_id in MAIN:
            row = [Cell(self.measure(measure_id))]
            for code in self.codes:
                years = [year for of, year in self.own_keys[code] if of == measure_id]
                if not years:
                    row.append(NOTHING)
                    continue
                cell = self.figure(self.chosen(code, measure_id, max(years)))
                told = self.say("{value} ({year})", value=cell.text, year=max(years))
                row.append(Cell(told, cell.number, cell.line, cell.sources))
            rows.append(row)
        return rows

    def result(self, code: str) -> dict | None:
        pilot = [row for row in self.pilots(code) if row["stage"] == "pilot"]
        return pilot[-1] if pilot else None

    def results(self) -> list[list[Cell]]:
        return [[Cell(self.name(code), None, None, (row["source_id"],)), *self.stage(row)]
                for code in self.codes if (row := self.result(code))]  # fmt: skip

    def known_years(self) -> list[list[Cell]]:
        return [[Cell(self.measure(of)), *(self.runs(self.years(code, of)) for code in self.codes)]
                for of in EXPECTED]  # fmt: skip

    def strengths(self) -> list[list[Cell]]:
        rows, year = [], YEARS[-1]
        for code in self.codes:
            for part in ("spi", *route.PARTS):
                known = part_scores(part, year, nationwide(code))
                median = statistics.median(known.values())
                unit = ROBUST * float(statistics.median(abs(x - median) for x in known.values()))
                own, bar = known.get(code), REACH * part_error(part)
                row = [Cell(self.name(code)), NOTHING, NOTHING, self.number(median)]
                if own is not None:
                    row[2] = self.figure(self.chosen(code, part, year))
                    gap = own - median
                    ends = [float(gap), float(gap) - bar, float(gap) + bar]
                    row += [self.number(gap, 2, True), *(self.number(e, 2, True) for e in ends[1:])]
                    row += [self.number(e / unit, 2, True) for e in ends]
                rows.append(row + [NOTHING] * (11 - len(row)))
        return rows

    def compared(self, kind: str) -> tuple[recipes.Field | None, list[str]]:
        """Field of the kabupaten and kota ("local") or provinces, and who of the list is in it."""
        found = field_of("." if kind == "local" else "")
        own = self.local if kind == "local" else [c for c in self.codes if "." not in c]
        return found, [] if found is None else [code for code in own if code in found.codes]

    def sure_places(self) -> list[list[Cell]]:
        say, rows = self.say, []
        words = {1: ("▲", "clearly above"), 0: ("·", "cannot tell"), -1: ("▼", "clearly below")}
        for code in self.codes:
            found, own = self.compared("local" if "." in code else "province")
            row = [Cell(self.name(code))]
            if code in own:
                place = found.place(code)
                share, (sign, word) = Fraction(100 * place.upper), words[place.verdict]
                row += [
                    self.count(len(found.codes)),
                    self.between(self.figure(self.chosen(code, "spi", YEARS[-1]))),
                    *(self.count(n) for n in (place.rank, place.noise_low, place.noise_high)),
                    *(self.count(n) for n in (place.median, place.low, place.high)),
                    Cell(say.number(share, 0), round(100 * place.upper, 1)),
                    Cell(f"{sign} {say(word)}"),
                ]
            rows.append(row + [NOTHING] * (11 - len(row)))
        return rows

    def told_apart(self) -> list[list[Cell]]:
        rows = []
        for kind in ("local", "province"):
            found, own = self.compared(kind)
            for code in own if len(own) > 1 else []:
                lists = (
                    [other for other in own if found.above(other, code)],
                    [other for other in own if found.above(code, other)],
                )
                named = [Cell("; ".join(map(self.name, each))) for each in lists]
                rest = len(own) - 1 - sum(map(len, lists))
                rows.append([Cell(self.name(code)), *named, self.count(rest)])
        return rows

    def peers(self) -> list[list[Cell]]:
        rows, limit = [], close_limit()
        for code in self.codes:
            if code not in neighbours():
                rows.append([Cell(self.name(code)), *[NOTHING] * 4])
                continue
            near = neighbours()[code]
            told = "; ".join(
                self.say("{name} ({value})", name=self.name(peer), value=self.say.number(distance))
                for distance, peer in near
            )
            rows.append([Cell(self.name(code)), self.number(near[0][0]), self.number(limit),
                         NOTHING, Cell(told)])  # fmt: skip
        return rows

    def peer_gaps(self) -> list[list[Cell]]:
        rows, year = [], YEARS[-1]
        known = part_scores("spi", year, nationwide("00.00"))
        for code in self.local:
            others = sorted(known[peer] for _, peer in neighbours()[code] if peer in known)
            row = [Cell(self.name(code)), NOTHING, self.count(len(others))]
            if code in known and len(others) >= 3:
                middle = statistics.median(others)
                low, _, high = statistics.quantiles(others, n=4, method="inclusive")
                gap, own = known[code] - middle, math.hypot(error(), median_error(others))
                row[1] = self.figure(self.chosen(code, "spi", year))
                row += [self.number(each) for each in (middle, low, high)]
                row += [*self.with_ends(gap, REACH * own), self.number(own)]
            rows.append(row + [NOTHING] * (11 - len(row)))
        return rows

    def gap_parts(self) -> list[list[Cell]]:
        rows, year = [], YEARS[-1]
        names = (*route.PARTS, *route.CORRECTIONS, "residual")
        factors = (*route.weights(), Fraction(-1), Fraction(-1), Fraction(1))
        errors = (*(part_error(each) for each in names[:-1]), TOLERANCE)
        for code in self.local:
            own = pieces(code, year)
            others = [found for _, peer in neighbours()[code] if (found := pieces(peer, year))]
            if own is None or len(others) < 3:
                continue
            total, scores = Fraction(0), [sum(f * x for f, x in zip(factors, each, strict=True))
                                          for each in others]  # fmt: skip
            for at, factor in enumerate(factors):
                values = [each[at] for each in others]
                mean, spread = statistics.mean(values), statistics.stdev(map(float, values))
                adds = factor * (own[at] - mean)
                total += adds
                bar = REACH * abs(float(factor)) * math.hypot(
                    errors[at], spread / math.sqrt(len(values)))  # fmt: skip
                rows.append([Cell(self.name(code)), NOTHING, self.number(own[at]),
                             self.number(mean), self.number(spread),
                             *self.with_ends(float(adds), bar), NOTHING])  # fmt: skip
            spread = statistics.stdev(map(float, scores))
            bar = REACH * math.hypot(error(), spread / math.sqrt(len(scores)))
            rows.append([Cell(self.name(code)), *[NOTHING] * 4,
                         *self.with_ends(float(total), bar), NOTHING])  # fmt: skip
        return rows

    def with_ends(self, value, bar: float) -> list[Cell]:
        ends = (value, float(value) - bar, float(value) + bar)
        return [self.number(each, 2, True) for each in ends]


def _same(cell: Cell, shown) -> bool:
    """Whether a cell as read shows what is wanted: as a number in a workbook, else as text."""
    if shown.number is not None and cell.number is not None:
        return float(cell.number) == float(shown.number)
    return shown.text == cell.text


def _half_up(value: Fraction, places: int) -> Fraction:
    scaled = abs(value) * 10**places + Fraction(1, 2)
    return Fraction(int(scaled), 10**places) * (1 if value >= 0 else -1)


def _places(row: dict) -> int:
    return len(row["value"].partition(".")[2])


def _apart(best: dict, other: dict) -> bool:
    """Whether one value cannot be a rounding of the other, or two labels differ."""
    if best["label"] or other["label"]:
        return best["label"] != other["label"]
    unit = Fraction(1, 2 * 10 ** min(_places(best), _places(other)))
    return abs(Fraction(best["value"]) - Fraction(other["value"])) > unit


@cache
def part_scores(measure_id: str, year: int, codes: tuple[str, ...]) -> dict[str, Fraction]:
    """Values of a part in a year where the whole survey is known and not withheld."""
    known = route.scores("spi", year, codes)
    values = route.scores(measure_id, year, codes)
    return {code: values[code] for code in known if code in values}


@cache
def part_error(measure_id: str) -> float:
    """Noise of one part, from its own yearly changes."""
    if measure_id == "spi":
        return error()
    return route.noise(of=measure_id)


@cache
def pieces(code: str, year: int) -> tuple | None:
    """Parts, corrections and what they do not explain."""
    if (code, year) not in route.survey() or (code, "spi", year) in route.withheld():
        return None
    score, *parts = route.survey()[code, year]
    return (*parts, score - route.rebuilt()[code, year])


@cache
def _context() -> dict[str, tuple]:
    """Level and standardised context of every kabupaten and kota that has all of it."""
    book = table("regions", "region_code")
    latest = max(year for (_, of, year) in route.chosen() if of == "population")
    rows = {}
    for code in route.local():
        people = route.chosen().get((code, "population", latest))
        index = route.chosen().get((code, "ipm", IPM_YEAR))
        if people and index:
            rows[code] = (math.log(float(people["value"])), float(index["value"]))
    columns = list(zip(*rows.values(), strict=True))
    means = [statistics.fmean(column) for column in columns]
    spreads = [statistics.pstdev(column) for column in columns]
    islands = [book[code]["island_group"] for code in rows]
    shares = [islands.count(each) / len(islands) for each in set(islands)]
    unlike = math.sqrt(2 / sum(share * (1 - share) for share in shares))
    return {
        code: (book[code]["level"], book[code]["island_group"], unlike,
               *((x - m) / s for x, m, s in zip(row, means, spreads, strict=True)))
        for code, row in rows.items()
    }  # fmt: skip


IPM_YEAR = 2021


@cache
def neighbours(number: int = 15) -> dict[str, list[tuple[float, str]]]:
    """The nearest regions of the same level, nearest first."""
    context, found = _context(), {}
    for code, (level, island, unlike, *own) in context.items():
        gaps = [
            (math.dist((*own, 0.0), (*theirs, 0.0 if island == where else unlike)), peer)
            for peer, (kind, where, _, *theirs) in context.items()
            if kind == level and peer != code
        ]
        found[code] = sorted(gaps)[:number]
    return found


@cache
def close_limit() -> float:
    """Nearest distance that 95 % of all regions stay within."""
    nearest = sorted(near[0][0] for near in neighbours().values())
    place = 0.95 * (len(nearest) - 1)
    low = int(place)
    return nearest[low] + (place - low) * (nearest[min(low + 1, len(nearest) - 1)] - nearest[low])


def median_error(values: list) -> float:
    """Standard error of a sample median after Maritz and Jarrett, its weights by summing."""
    ordered, n = [float(value) for value in values], len(values)
    half = (n + 1) / 2
    shares = [_beta(half, place / n) for place in range(n + 1)]
    weights = [b - a for a, b in pairwise(shares)]
    mean = sum(w * x for w, x in zip(weights, ordered, strict=True))
    return math.sqrt(sum(w * (x - mean) ** 2 for w, x in zip(weights, ordered, strict=True)))


def _beta(half: float, at: float, steps: int = 4000) -> float:
    """Share of a symmetric beta distribution below a point, by Simpson's rule."""

    def density(x: float) -> float:
        return (x * (1 - x)) ** (half - 1)

    scale = math.exp(2 * math.lgamma(half) - math.lgamma(2 * half))
    width = at / steps
    inner = sum((4 if step % 2 else 2) * density(step * width) for step in range(1, steps))
    return width / 3 * (density(0.0) + inner + density(at)) / scale


_UNITS = {"rank": "place", "consecutive years": "years running"}
