"""From a workbook to the rows of a measure: every row taken, or left out with its reason."""

import re
from collections import Counter
from dataclasses import dataclass, field

from anticorruption import measures, personal, regions
from anticorruption.errors import RefusedInput
from anticorruption.intake import jaga, layout, numbers
from anticorruption.intake.answers import SKIP, Answers
from anticorruption.intake.findings import Choice, Findings, about_hidden
from anticorruption.intake.layout import Column, Table
from anticorruption.intake.matching import Matcher
from anticorruption.intake.places import letters
from anticorruption.intake.reading import Cell, Sheet, Workbook
from anticorruption.intake.values import OPEN, Scale, Value, Values, scale_of
from anticorruption.language import Language
from anticorruption.measures import round_half_up
from anticorruption.texts import shown

STATUSES = ("final", "interim")
#: Years that the tables of the release allow.
YEARS = range(2000, 2031)
#: Why a row is left out.
REASONS = (
    "not_reported",
    "not_applicable",
    "band",
    "total",
    "heading",
    "text",
    "hidden",
    "twice",
    "bounds",
    "other_area",
    "skip",
    "open",
)
#: Most rows of a table of regions, of which there are some five hundred; most cells of all its
#: columns together that are looked at to find the one of the values, but some of each in any case.
MOST_ROWS, _LOOKED_AT, _OF_EACH = 5_000, 100_000, 50
#: Decimals of a score that is put together here.
PLACES = 4
_INTERIM = re.compile(r"\b(?:sementara|interim|belum final|per \d{1,2} \w+ 20\d\d)\b", re.I)
_TAKE = "take"


@dataclass(frozen=True)
class Row:
    """One value as it will be written.

    Attributes
    ----------
    region_code, printed, label : str
        The region, and the number as printed or the label.
    cell : str
        Cell it was read in ("D8"), or the range it was put together from.
    name_cell : str
        Cell that names the region.
    """

    region_code: str
    printed: str
    label: str
    cell: str
    name_cell: str


@dataclass
class Understood:
    """What a file was understood to say about one measure and year.

    ``read`` rows = those of ``rows`` (or put into them) + those of ``left_out``.
    """

    workbook: Workbook
    measure_id: str
    year: int
    status: str
    findings: Findings
    sheet: str = ""
    table: str = ""
    rows: list[Row] = field(default_factory=list)
    read: int = 0
    taken: int = 0
    left_out: Counter = field(default_factory=Counter)
    bounds: dict[str, dict[str, jaga.Score]] = field(default_factory=dict)


def understand(
    workbook: Workbook,
    measure_id: str,
    year: int,
    say: Language,
    answers: Answers,
    status: str = "final",
    sheet: str | None = None,
) -> Understood:
    """Read one measure of one year out of a workbook.

    Parameters
    ----------
    workbook : Workbook
    measure_id : str
        Measure of the codebook.
    year : int
    say : Language
        Language of the findings.
    answers : Answers
        What was asked before and has been answered.
    status : {"final", "interim"}
    sheet : str, optional
        Name of the sheet; asked for where several hold a table.

    Returns
    -------
    Understood
        Its rows may be used only if no finding is open.

    Raises
    ------
    RefusedInput
        If the measure, the year, the status or the sheet is unknown, or no table is found.
    """
    scale = scale_of(measure_id, say.code)
    if year not in YEARS:
        said = say(
            "--year {year}: years run from {first} to {last}",
            year=year,
            first=YEARS[0],
            last=YEARS[-1],
        )
        raise RefusedInput(f"{said}.")
    if status not in STATUSES:
        raise RefusedInput(
            say("--status {status}: choose final or interim", status=shown(status)) + "."
        )
    result = Understood(workbook, measure_id, year, status, Findings(say))
    matcher = Matcher(result.findings, answers, year)
    _about_file(result)
    chosen = _sheet(result, matcher, answers, sheet)
    if chosen is None:
        return result
    result.sheet = result.findings.sheet = chosen.name
    if chosen.hidden and answers.to("hidden sheet", chosen.name) != _TAKE:
        said = say("the sheet is hidden; take it?")
        take = [Choice(_TAKE, say("take it"))]
        result.findings.ask("hidden_sheet", "", said, "hidden sheet", chosen.name, take)
    about_hidden(result.findings, chosen)
    export = jaga.header(chosen)
    table = None if export else layout.find(chosen, matcher.named, scale.labels)
    _refuse_personal(result, chosen, table, export[0] if export else 0)
    if export:
        _read_export(result, chosen, matcher, answers)
    else:
        _read_table(result, table, scale, matcher, answers)
    return result


def _about_file(result: Understood) -> None:
    findings, book, say = result.findings, result.workbook, result.findings.say
    if not book.shows_hidden:
        said = say(
            "hidden rows, percent formats and formulas cannot be seen in .xls; save it as .xlsx "
            "to have them checked"
        )
        findings.note("old_format", "", said)
    if book.encoding:
        marks = {"\t": "tab", ";": ";", ",": ",", "|": "|"}
        said = say(
            "read as {encoding}, cells parted by {mark}",
            encoding=book.encoding,
            mark=shown(marks.get(book.separator, book.separator)),
        )
        findings.note("encoding", "", said)


def _sheet(
    result: Understood, matcher: Matcher, answers: Answers, named: str | None
) -> Sheet | None:
    book, say, findings = result.workbook, result.findings.say, result.findings
    if named is not None:
        if (found := book.sheet(named)) is None:
            there = ", ".join(f"'{shown(name)}'" for name in book.names)
            said = say(
                "there is no sheet '{name}'; there are: {sheets}", name=shown(named), sheets=there
            )
            raise _refused(book, said)
        return _with_table(book, [found], matcher, say)[0]
    candidates = _with_table(book, list(book), matcher, say)
    for each in candidates:
        if each.hidden:
            findings.note("hidden_sheet", shown(each.name), say("a hidden sheet with a table"))
    candidates = [each for each in candidates if not each.hidden] or candidates
    if len(candidates) == 1:
        return candidates[0]
    answer = answers.to("sheet", book.path.name)
    if chosen := next((each for each in candidates if each.name == answer), None):
        return chosen
    said = say("several sheets hold a table; which? (or name it with --sheet)")
    choices = [Choice(each.name) for each in candidates]
    findings.ask("which_sheet", "", said, "sheet", book.path.name, choices)
    return None


def _with_table(
    book: Workbook, sheets: list[Sheet], matcher: Matcher, say: Language
) -> list[Sheet]:
    found = [s for s in sheets if jaga.header(s) or layout.find(s, matcher.named)]
    if not found:
        where = f", {shown(sheets[0].name)}" if len(sheets) == 1 and sheets[0].name else ""
        said = say(
            "no table found: no column names provinces, kabupaten or kota, or holds their codes"
        )
        raise RefusedInput(f"{shown(book.path.name, 120)}{where}: {said}.")
    return found


def _refuse_personal(result: Understood, sheet: Sheet, table: Table | None, first: int) -> None:
    """Refuse a file whose name, sheet or table holds personal data, before anything repeats them.

    What stands below the last region, such as the block of a signature, is not read and not kept.
    """
    book, say = result.workbook, result.findings.say
    for text in (book.path.name, sheet.name):
        if hit := personal.found(text):
            named = personal.masked(book.path.name)
            raise RefusedInput(f"{shown(named, 120)}: {personal.refusal(hit, say)}.")
    last = max(sheet.rows)
    if table is not None:
        first = table.headings[0] if table.headings else table.first
        places = [c.place for r in (layout.NAME, layout.CODE) if (c := table.column(r))]
        last = max((row for row, column in sheet.cells if column in places), default=last)
    where = f"{shown(book.path.name, 120)}, {shown(sheet.name, 40)}".rstrip(", ")
    joint = "!" if sheet.name else ", "
    for place, heading in _headings(sheet, table, first):
        if personal.is_column(heading, of_others=True):
            said = say(
                "the column '{heading}' is for persons; no personal data are kept, take it out "
                "(rule: personal data)",
                heading=shown(heading),
            )
            raise RefusedInput(f"{where}{joint}{letters(place)}{first}: {said}.")
    rows = [row for row in sheet.rows if first <= row <= last]
    hits = personal.first(cell.text for row in rows for cell in sheet.rows[row].values())
    if hits:
        cells = (cell for row in sorted(rows) for cell in sheet.rows[row].values())
        cell = next(cell for cell in cells if cell.text in hits)
        said = personal.refusal(hits[cell.text], say)
        raise RefusedInput(f"{where}{joint}{cell.ref}: {said}.")


def _headings(sheet: Sheet, table: Table | None, row: int) -> list[tuple[int, str]]:
    """Place and text of every heading: flattened, and each line of it by itself."""
    lines = table.headings if table else (row,)
    found = [(column.place, column.heading) for column in table.columns] if table else []
    return found + [
        (cell.column, cell.text) for line in lines for cell in sheet.rows.get(line, {}).values()
    ]


def _refused(book: Workbook, said: str) -> RefusedInput:
    return RefusedInput(f"{shown(book.path.name, 120)}: {said}.")


def _read_table(
    result: Understood, table: Table, scale: Scale, matcher: Matcher, answers: Answers
) -> None:
    findings, say, sheet = result.findings, result.findings.say, table.sheet
    first = table.headings[0] if table.headings else table.first
    edges = (letters(table.columns[0].place), letters(table.columns[-1].place))
    result.table = f"{edges[0]}{first}:{edges[1]}{table.last}"
    _about_titles(result, table, answers)
    body = [row for row in sorted(sheet.rows) if row >= table.first]
    if len(body) > MOST_ROWS:
        said = say(
            "the table has {count} rows, and may have {most}; give one of one measure and year",
            count=len(body),
            most=MOST_ROWS,
        )
        raise _refused(result.workbook, said)
    result.read = len(body)
    column = _value_column(result, table, body, scale, answers)
    if column is None:
        result.left_out["open"] += len(body)
        return
    rows = {row: sheet.rows[row] for row in body}
    name, code = table.column(layout.NAME), table.column(layout.CODE)
    matcher.often = Counter(c.text for r in body if name and (c := sheet.at(r, name.place)))
    data = [row for row in body if not _is_extra(table, rows[row], name)]
    cells = [cell for row in data if (cell := rows[row].get(column.place))]
    reader = Values(findings, answers, scale, column.heading, cells)
    province: str | None = None
    found: list[Row] = []
    for row in body:
        cells_of_row = rows[row]
        named = sheet.at(row, name.place) if name else None
        coded = sheet.at(row, code.place) if code else None
        value = cells_of_row.get(column.place)
        if reason := _extra(result, table, row, name):
            result.left_out[reason] += 1
            continue
        if band := _band(result, cells_of_row, value, matcher):
            province = band
            result.left_out["band"] += 1
            continue
        is_named = named is not None and matcher.named(named.text)
        # A footnote below the table often stands in the column of codes.
        is_coded = coded is not None and layout.is_code(coded.text)
        if value is None and not is_named and not is_coded:
            _note_text(result, cells_of_row, answers)
            result.left_out["text"] += 1
            continue
        if row in sheet.hidden_rows and (hidden := _hidden(result, row, answers)):
            result.left_out[hidden] += 1
            continue
        region = matcher.region(
            named,
            coded,
            _text(table.column(layout.KIND), sheet, row),
            _province(table, sheet, row, matcher) or province,
        )
        read = _merged_value(result, sheet, row, column, value, answers) or reader.read(value)
        reason = SKIP if SKIP in (region, read.reason) else read.reason
        if region is None or reason:
            reason = reason if region is not None or reason == SKIP else "open"
            result.left_out[reason] += 1
            if reason.startswith("not_"):
                words = {
                    "not_reported": say("not reported"),
                    "not_applicable": say("not applicable"),
                }
                at = value if value is not None else f"{column.letter}{row}"
                findings.note(reason, at, words[reason])
            continue
        ref = value.ref if value else f"{column.letter}{row}"
        found.append(Row(region, read.printed, read.label, ref, (named or coded).ref))
    result.rows = _once(result, found, answers)
    result.taken = len(result.rows)


def _is_extra(table: Table, cells: dict[int, Cell], name: Column | None) -> bool:
    first = cells.get(name.place) if name else None
    first = first or cells[min(cells)]
    return table.is_repeated_heading(cells) or layout.is_total(first.text)


def _extra(result: Understood, table: Table, row: int, name: Column | None) -> str:
    """Reason to leave out a row that is no region's: the headings again, a total."""
    findings, say, cells = result.findings, result.findings.say, table.sheet.rows[row]
    if table.is_repeated_heading(cells):
        findings.note("repeated_heading", str(row), say("the headings once more; passed over"))
        return "heading"
    texts = [cell for cell in cells.values() if isinstance(cell.value, str)]
    total = next((cell for cell in texts if layout.is_total(cell.text)), None)
    own = cells.get(name.place) if name else None
    if total is not None and (own is None or own is total):
        findings.note("total", total, say("a total or a mean, not a region; left out"))
        return "total"
    return ""


def _band(
    result: Understood, cells: dict[int, Cell], value: Cell | None, matcher: Matcher
) -> str | None:
    """Province of a row that holds nothing but its name, such as PROVINSI JAWA TIMUR."""
    texts = [cell for cell in cells.values() if isinstance(cell.value, str)]
    if value not in (None, *texts) or len(texts) != 1 or len(cells) > 2:
        return None
    if (code := matcher.province(texts[0])) is None:
        return None
    said = result.findings.say(
        "a band: the rows below lie in {province}",
        province=f"{code} {regions.name(code, result.findings.say.code)}",
    )
    result.findings.note("band", texts[0], said)
    return code


def _note_text(result: Understood, cells: dict[int, Cell], answers: Answers) -> None:
    first = cells[min(cells)]
    for cell in cells.values():
        _about_status(result, cell, answers)
    said = result.findings.say("a text without a region and a value; passed over")
    result.findings.note("text", first, said)


def _hidden(result: Understood, row: int, answers: Answers) -> str:
    findings, say = result.findings, result.findings.say
    answer = answers.to("hidden rows", result.sheet or "-")
    if answer == _TAKE:
        findings.note("hidden_row", str(row), say("a hidden row, taken by the answer given"))
        return ""
    if answer == SKIP:
        findings.note("hidden_row", str(row), say("a hidden row, left out by the answer given"))
        return "hidden"
    said = say("the row is hidden (and others may be): are hidden rows taken?")
    choices = [Choice(_TAKE, say("take hidden rows")), Choice(SKIP, say("leave them out"))]
    findings.ask("hidden_row", str(row), said, "hidden rows", result.sheet or "-", choices)
    return "open"


def _merged_value(
    result: Understood, sheet: Sheet, row: int, column: Column, value: Cell | None, answers: Answers
) -> Value | None:
    """Ask about a value merged over the rows of several regions; None where it is not."""
    block = sheet.block(row, column.place)
    if block is None or block.top == block.bottom:
        return None
    findings, say = result.findings, result.findings.say
    if answers.to("merged value", str(block)) == SKIP:
        return Value(reason=SKIP)
    said = say(
        "the value's cells {cells} are merged over several rows; whose is it?", cells=str(block)
    )
    choices = [Choice(SKIP, say("leave these rows out"))]
    findings.ask("merged_value", value or "", said, "merged value", str(block), choices)
    return OPEN


def _province(table: Table, sheet: Sheet, row: int, matcher: Matcher) -> str | None:
    column = table.column(layout.PROVINCE)
    return matcher.province(sheet.at(row, column.place)) if column else None


def _text(column: Column | None, sheet: Sheet, row: int) -> str:
    cell = sheet.at(row, column.place) if column else None
    return cell.text if cell else ""


def _once(result: Understood, rows: list[Row], answers: Answers) -> list[Row]:
    """Rows of which every region has one; a region twice is asked about, naming both cells."""
    findings, say = result.findings, result.findings.say
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.region_code, []).append(row)
    kept = []
    for code, own in groups.items():
        if len(own) == 1:
            kept += own
            continue
        refs = [row.name_cell for row in own]
        answer = answers.to("region twice", f"{code}: {', '.join(refs)}")
        chosen = [row for row in own if row.name_cell == answer]
        result.left_out["twice" if chosen else "open"] += len(own) - len(chosen)
        kept += chosen
        if not chosen:
            said = say(
                "{region} stands in {cells}; which row counts?",
                region=f"{code} {regions.name(code, say.code)}",
                cells=say.series(refs),
            )
            choices = [
                Choice(row.name_cell, f"{row.printed or row.label} ({row.cell})") for row in own
            ]
            text = f"{code}: {', '.join(refs)}"
            findings.ask("region_twice", refs[0], said, "region twice", text, choices)
    return kept


def _about_titles(result: Understood, table: Table, answers: Answers) -> None:
    findings, say = result.findings, result.findings.say
    for cell in table.titles:
        years = set(map(int, re.findall(r"(?<!\d)(20[0-3]\d)(?!\d)", cell.text)))
        if years and result.year not in years and answers.to("year", cell.text) != _TAKE:
            said = say("the title names another year than --year {year}", year=result.year)
            choices = [Choice(_TAKE, say("these are values of {year}", year=result.year))]
            findings.ask("other_year", cell, said, "year", cell.text, choices)
        _about_status(result, cell, answers)


def _about_status(result: Understood, cell: Cell, answers: Answers) -> None:
    """Ask whether values are final where a title or a footnote says that they are not."""
    findings, say = result.findings, result.findings.say
    if result.status != "final" or not _INTERIM.search(cell.text):
        return
    if answers.to("status", cell.text) != "final":
        said = say("the text speaks of values that are not final; if so use --status interim")
        choices = [Choice("final", say("these values are final"))]
        findings.ask("not_final", cell, said, "status", cell.text, choices)


def _value_column(
    result: Understood, table: Table, body: list[int], scale: Scale, answers: Answers
) -> Column | None:
    """Column of the measure: the only one that fits, or the one of its year, or asked for."""
    findings, say = result.findings, result.findings.say
    fitting = [c for c in table.others() if _fits(table, c, body, scale)]
    if not fitting:
        fitting = [
            c
            for c in table.others()
            if re.search(r"nilai|skor|score|opini|predikat", c.heading, re.I)
        ]
    answer = answers.to("column", result.measure_id)
    chosen = [c for c in table.columns if answer and answer in (c.heading, c.letter)]
    if not chosen:
        chosen = fitting
        if len(chosen) > 1:
            chosen = _of_measure(chosen, result) or chosen
    if len(chosen) != 1:
        said = (
            say("several columns may hold the values; which?")
            if chosen
            else say("no column holds numbers or labels of {measure}; which?", measure=scale.name)
        )
        columns = chosen or table.others()
        choices = [Choice(c.heading or c.letter, say("column {x}", x=c.letter)) for c in columns]
        where = str(table.headings[-1]) if table.headings else ""
        findings.ask("which_column", where, said, "column", result.measure_id, choices)
        return None
    column = chosen[0]
    where = f"{column.letter}{table.headings[-1] if table.headings else table.first}"
    said = say(
        "values are read in column {x}, '{heading}'", x=column.letter, heading=shown(column.heading)
    )
    findings.note("column", where, said)
    _about_column(result, table, column, answers, where)
    return column


def _about_column(
    result: Understood, table: Table, column: Column, answers: Answers, where: str
) -> None:
    findings, say = result.findings, result.findings.say
    years = set(map(int, re.findall(r"(?<!\d)(20[0-3]\d)(?!\d)", column.heading)))
    if years and result.year not in years and answers.to("year", column.heading) != _TAKE:
        said = say("the column's heading names another year than --year {year}", year=result.year)
        choices = [Choice(_TAKE, say("these are values of {year}", year=result.year))]
        findings.ask("other_year", where, said, "year", column.heading, choices)
    if (
        column.place in table.sheet.hidden_columns
        and answers.to("hidden column", column.heading) != _TAKE
    ):
        said = say("the column of the values is hidden; take it?")
        choices = [Choice(_TAKE, say("take it"))]
        findings.ask("hidden_column", where, said, "hidden column", column.heading, choices)


def _fits(table: Table, column: Column, body: list[int], scale: Scale) -> bool:
    most = max(_OF_EACH, _LOOKED_AT // len(table.columns))
    # Evenly over the whole column, so that neither its top nor its end decides.
    looked_at = body[:: -(-len(body) // most)]
    cells = [c for row in looked_at if (c := table.sheet.rows[row].get(column.place))]
    labels = {label.upper() for label in scale.labels}

    def good(cell: Cell) -> bool:
        if cell.uncounted or cell.text.startswith("#"):
            return scale.takes_numbers
        number = numbers.of_cell(cell) or numbers.readings(cell.text)
        as_number = bool(number) and not cell.is_date and scale.takes_numbers
        return as_number or cell.text.upper() in labels

    meant = [cell for cell in cells if numbers.missing(cell.text) is None]
    return bool(meant) and sum(map(good, meant)) >= 0.5 * len(meant)


def _of_measure(columns: list[Column], result: Understood) -> list[Column]:
    """Columns whose heading names the year, and among these the measure."""
    year = [c for c in columns if str(result.year) in c.heading]
    narrowed = year or columns
    words = {
        result.measure_id.upper(),
        *re.findall(r"\b[A-Z]{3,}\b", measures.name(result.measure_id)),
    }
    of_name = [c for c in narrowed if words & set(re.findall(r"\w+", c.heading.upper()))]
    if len(narrowed) > 1 and of_name:
        narrowed = of_name
    return narrowed if len(narrowed) == 1 else []


def _read_export(result: Understood, sheet: Sheet, matcher: Matcher, answers: Answers) -> None:
    findings, say, measure = result.findings, result.findings.say, result.measure_id
    line, places = jaga.header(sheet)
    result.read = len([row for row in sheet.rows if row > line])
    result.table = f"A{line}:{letters(max(places.values()))}{max(sheet.rows)}"
    if measure not in jaga.measure_ids():
        there = ", ".join(jaga.measure_ids())
        said = say("the sheet is a JAGA export of MCP; it gives: {measures}", measures=there)
        raise _refused(result.workbook, said)
    findings.note("export", str(line), say("a JAGA export of MCP: sub-indicators put together"))
    hidden = sorted(sheet.hidden_rows & set(sheet.rows))
    if hidden and _hidden(result, hidden[0], answers) == "hidden":
        findings.refuse("hidden_row", str(hidden[0]), say("show the hidden rows of the export"))
    rows, left_out = jaga.read(sheet, findings, answers, matcher, measure)
    result.left_out.update(Counter(reason for _, reason in left_out))
    area = None if measure == jaga.MEASURE else measure
    result.bounds = {s: jaga.aggregate(rows, s, area) for s in (jaga.VERIFIED, jaga.SELF)}
    column = letters(places[jaga.VERIFIED])
    for code, score in result.bounds[jaga.VERIFIED].items():
        own = rows.index[(rows["region_code"] == code) & jaga.of_area(rows, area)]
        name = f"{letters(places['instansi'])}{own.min()}"
        if score.missing:
            said = say(
                "{region}: {count} sub-indicators without a verified score, so between {low} and "
                "{high}; no score is written",
                region=f"{code} {regions.name(code, say.code)}",
                count=score.missing,
                low=say.number(score.low, 2),
                high=say.number(score.high, 2),
            )
            findings.note("bounds", name, said)
            result.left_out["bounds"] += len(own)
            continue
        printed = f"{round_half_up(score.low, PLACES):.{PLACES}f}".rstrip("0").rstrip(".")
        cells = f"{column}{own.min()}:{column}{own.max()}"
        result.rows.append(Row(code, printed, "", cells, name))
        result.taken += len(own)
    if area is not None:
        result.left_out["other_area"] = int((~jaga.of_area(rows, area)).sum())
