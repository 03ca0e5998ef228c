"""A second route to the main tables: plain Python, straight from the files of ``data/``.

Nothing here comes from the library, and nothing from pandas or numpy, so that one mistake cannot
sit on both routes. Read together with the rules in the programme's TOML files and in
``data/bands.csv``; the tests compare both routes figure by figure.
"""

import csv
import json
import math
import statistics
import tomllib
from collections import defaultdict
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
PARTS = ("spi_internal", "spi_external", "spi_expert")
CORRECTIONS = ("spi_corr_integritas", "spi_corr_prevalensi")
BEST_FIRST = (("official", "mirror", "press"), ("high", "medium", "low"))


@cache
def records(table):
    """Rows of a table as texts, each with its line in the file."""
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return [row | {"line": line} for line, row in enumerate(csv.DictReader(file), 2)]


@cache
def descriptor():
    """What ``datapackage.json`` tells of the release."""
    return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


@cache
def local():
    """Codes of the kabupaten and kota that have a government."""
    wanted = ("kabupaten", "kota")
    rows = [row for row in records("regions") if row["has_government"] == "true"]
    return [row["region_code"] for row in rows if row["level"] in wanted]


@cache
def governments():
    """Codes of provinces, kabupaten and kota that have a government."""
    wanted = ("province", "kabupaten", "kota")
    rows = [row for row in records("regions") if row["has_government"] == "true"]
    return [row["region_code"] for row in rows if row["level"] in wanted]


@cache
def chosen():
    """The final value that counts: region, measure and year to the row it stands in."""
    sources = {row["source_id"]: row for row in records("sources")}
    candidates = defaultdict(list)
    for row in records("observations"):
        if row["status"] == "final":
            source = sources[row["source_id"]]
            date = int((source["published"].replace("-", "") + "0" * 8)[:8])
            kind, sure = (order.index(word) for order, word in
                          zip(BEST_FIRST, (source["kind"], row["confidence"]), strict=True))
            places = len(row["value"].partition(".")[2])
            preference = (kind, sure, -places, -date, row["source_id"])
            key = (row["region_code"], row["measure_id"], int(row["year"]))
            candidates[key].append((preference, row["line"], row))
    return {key: min(rows)[2] for key, rows in candidates.items()}


@cache
def withheld():
    """Region, measure and year of scores that their publisher withheld."""
    flags = [row for row in records("flags") if row["flag"] == "withheld"]
    return {(row["region_code"], row["measure_id"], int(row["year"])) for row in flags}


@cache
def latest(measure, until):
    """Latest value of every region: code to (year, row)."""
    found = {}
    for (code, of, year), row in sorted(chosen().items()):
        if of == measure and year <= until:
            found[code] = (year, row)
    return found


def scores(measure, year, codes):
    """Published scores of a year among some regions, as exact fractions of the printed text."""
    keys = [(code, measure, year) for code in codes]
    return {key[0]: Fraction(chosen()[key]["value"]) for key in keys
            if key in chosen() and key not in withheld()}


@cache
def survey():
    """Region and year to the SPI, its three parts and its two corrections, where all are known."""
    wanted = ("spi", *PARTS, *CORRECTIONS)
    table = {}
    for code, measure, year in chosen():
        if measure == "spi":
            row = [chosen().get((code, one, year), {}).get("value") for one in wanted]
            if all(row):
                table[code, year] = [Fraction(text) for text in row]
    return table


@cache
def weights(leave_out=(2022,)):
    """Least squares by its normal equations, in exact fractions."""
    sums = [[Fraction(0)] * 4 for _ in range(3)]
    for (_, year), (score, *rest) in survey().items():
        if year not in leave_out:
            row = [*rest[:3], score + rest[3] + rest[4]]
            for i in range(3):
                for j in range(4):
                    sums[i][j] += row[i] * row[j]
    for i in range(3):
        sums[i] = [x / sums[i][i] for x in sums[i]]
        for other in (other for other in range(3) if other != i):
            factor = sums[other][i]
            sums[other] = [x - factor * y for x, y in zip(sums[other], sums[i], strict=True)]
    return [row[3] for row in sums]


@cache
def rebuilt():
    """Region and year to the score that the parts and corrections give."""
    return {key: sum(w * x for w, x in zip(weights(), parts[:3], strict=True)) - sum(parts[3:])
            for key, (_, *parts) in survey().items()}


def known_with_spi(measure, year):
    """Values of a part in a year, of governments whose score is published and not withheld."""
    known = scores("spi", year, governments())
    return {code: value for code, value in scores(measure, year, governments()).items()
            if code in known}


def noise(years=(2021, 2022, 2023, 2024, 2025), of="spi"):
    """Standard error of one year's SPI, or of one of its parts.

    It is what one change and the next take back from one another.
    """
    total, freedom = Fraction(0), 0
    by_year = [known_with_spi(of, year) for year in years]
    for first, second, third in zip(by_year, by_year[1:], by_year[2:], strict=False):
        common = sorted(set(first) & set(second) & set(third))
        changes = [[b[code] - a[code] for code in common] for a, b in
                   pairwise((first, second, third))]
        means = [sum(change) / len(common) for change in changes]
        total += sum((x - means[0]) * (y - means[1]) for x, y in zip(*changes, strict=True))
        freedom += len(common) - 1
    return math.sqrt(-total / freedom)


def critical(regions, coverage):
    """Multiple of the standard error of a difference at which a region parts from all others.

    The other errors are independent once the own one is known, so the chance is one integral.
    """
    def chance(multiple):
        reach, step, total = multiple * math.sqrt(2), 0.01, 0.0
        for place in range(-900, 901):
            z = place * step
            inside = (math.erf((z + reach) / math.sqrt(2))
                      - math.erf((z - reach) / math.sqrt(2))) / 2
            total += step * math.exp(-z * z / 2) / math.sqrt(2 * math.pi) * inside ** (regions - 1)
        return total

    low, high = 0.0, 12.0
    for _ in range(48):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) < coverage else (low, middle)
    return high


def ranks(known, error=0.0, coverage=0.90):
    """Region to (rank, best rank, worst rank), 1 the highest, equal scores sharing the better."""
    reach = critical(len(known), coverage) * error * math.sqrt(2) if error else 0.0
    found = {}
    for code, own in known.items():
        gaps = [float(other - own) for name, other in known.items() if name != code]
        found[code] = (1 + sum(gap > 1e-9 for gap in gaps),
                       1 + sum(gap - reach > 1e-9 for gap in gaps),
                       1 + sum(gap + reach > 1e-9 for gap in gaps))
    return found


def median(measure, year):
    """Median of the kabupaten and kota."""
    return statistics.median(scores(measure, year, local()).values())


@cache
def programme(edition):
    """The programme of an edition, as its file has it."""
    return tomllib.loads((DATA / f"programmes/kabkota-{edition}.toml").read_text("utf-8"))


def variants(edition):
    """Readings of the thresholds, the base first."""
    named = [one["id"] for entry in programme(edition)["criterion"]
             for one in entry.get("variant", [])]
    return ["base", *dict.fromkeys(named)]


def screening(edition, variant):
    """Region and criterion to (answer, reason, year, line, margin)."""
    answers, until = {}, edition - 1
    interim = {(row["region_code"], row["measure_id"]) for row in records("observations")
               if row["status"] == "interim" and int(row["year"]) <= until}
    for entry in programme(edition)["criterion"]:
        mark = next((one for one in entry.get("variant", []) if one["id"] == variant), entry)
        measures = [entry["measure_id"], *entry.get("supporting", [])]
        judge = JUDGES[mark["rule"]]
        for code in local():
            known = [(of, *latest(of, until)[code]) for of in measures if code in latest(of, until)]
            answer = judge(mark, code, known)
            if answer[:2] == ("unknown", "no_value") and (code, measures[0]) in interim:
                answer = ("unknown", "only_interim", None, None, None)
            answers[code, entry["id"]] = answer
    return answers


def told(answer, reason, of, margin=None):
    """An answer about one value."""
    return answer, reason, of[1], of[2]["line"], margin


def by_number(mark, code, known):
    if not known:
        return "unknown", "no_value", None, None, None
    measure, year, row = known[0]
    if (code, measure, year) in withheld():
        return told("unknown", "withheld", known[0])
    margin = Fraction(row["value"]) - Fraction(str(mark["value"]))
    passed = margin > 0 if mark["rule"] == "above" else margin >= 0
    return told("met" if passed else "not_met", "compared", known[0], float(margin))


def by_category(mark, code, known):
    for one in sorted(known, key=lambda of: -of[1]):
        _, year, row = one
        letters = [band for band in records("bands")
                   if band["measure_id"] == "ombudsman" and band["scheme"] == "published"
                   and int(band["valid_from_year"]) <= year <= int(band["valid_to_year"] or 9999)]
        asked = [band for band in letters if band["band"].split()[0] == mark["value"]]
        if not asked:
            continue
        if row["value"]:
            margin = Fraction(row["value"]) - Fraction(asked[0]["lower"])
            answer = "met" if margin >= 0 else "not_met"
            return told(answer, "band_of_score", one, float(margin))
        reaches = {int(band["position"]) >= int(asked[0]["position"])
                   for band in letters if band["zone"] == row["label"]}
        if len(reaches) == 1:
            return told("met" if reaches == {True} else "not_met", "zone", one)
        return told("unknown", "zone_too_wide", one)
    if known:
        return told("unknown", "no_such_category", known[0])
    return "unknown", "no_value", None, None, None


def by_years(mark, code, known):
    if not known:
        return "unknown", "no_value", None, None, None
    opinion, streak = (next((one for one in known if one[0] == of), None)
                       for of in ("bpk_opinion", "wtp_streak"))
    printed = streak and told(
        "met" if float(streak[2]["value"]) > mark.get("years", 1) else "unknown", "streak", streak)
    if opinion is None or (streak and streak[1] > opinion[1]):
        return printed
    for back in range(mark.get("years", 1)):
        year = opinion[1] - back
        row = chosen().get((code, "bpk_opinion", year))
        if row is None:
            same_year = streak and streak[1] == opinion[1]
            return printed if same_year else told("unknown", "year_before_missing", opinion)
        if not row["label"].startswith(mark["value"]):
            return told("not_met", "opinions", ("bpk_opinion", year, row))
    return told("met", "opinions", opinion)


def by_label(mark, code, known):
    if not known:
        return "unknown", "not_collected", None, None, None
    same = known[0][2]["label"] == mark["value"]
    return told("met" if same else "not_met", "compared", known[0])


def by_nothing(mark, code, known):
    if not known:
        return "unknown", "no_threshold", None, None, None
    return told("unknown", "no_threshold", max(known, key=lambda of: of[1]))


JUDGES = {"at_least": by_number, "above": by_number, "category_at_least": by_category,
          "label_years_running": by_years, "label": by_label, "not_published": by_nothing}


def overall(answers):
    """Region to one answer for all its criteria."""
    by_region = defaultdict(set)
    for (code, _), answer in answers.items():
        by_region[code].add(answer[0])
    return {code: next((one for one in ("not_met", "unknown") if one in given), "met")
            for code, given in by_region.items()}
