"""The assessment workbook that assessors fill in: written, as bytes that are the same every time.

No macros, no formulas, no links that open by themselves: what comes from data is text. Headings are
protected without a password, entries are open.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from anticorruption import measures, regions, tables
from anticorruption.language import Language
from anticorruption.programme import layout, screening
from anticorruption.programme.layout import EXAMPLE, REAL, Column, Identity
from anticorruption.programme.rubric import Rubric
from anticorruption.release import Release

_INK, _BLUE, _PALE, _OPEN, _WARN = "#222222", "#0072B2", "#EDEDED", "#FFFBE6", "#FBE3D6"
_FIRST_DATE, _LAST_DATE = date(2020, 1, 1), date(2099, 12, 31)
#: Letters on a line of the instructions.
_GUIDE_WIDTH = 100


@dataclass(frozen=True)
class Entries:
    """What is already filled in; everything is empty in a workbook for assessors.

    Attributes
    ----------
    dated, assessor : str
        Date of the assessment (ISO) and who assessed, as initials or role.
    scores : mapping of indicator to mapping
        Entries by the keys of :data:`anticorruption.programme.layout.SCORE_COLUMNS`.
    """

    dated: str = ""
    assessor: str = ""
    scores: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def file_name(edition: int, region_code: str) -> str:
    """Name of a region's workbook: ``2025-35.72-kota-blitar.xlsx``."""
    return f"{edition}-{region_code}-{regions.slug(region_code)}.xlsx"


def write(
    release: Release,
    rubric: Rubric,
    region_code: str,
    say: Language,
    entries: Entries | None = None,
    kind: str = REAL,
) -> bytes:
    """Write the workbook of a region.

    Parameters
    ----------
    release : Release
        Where the answers to the entry criteria come from.
    rubric : Rubric
    region_code : str
        A kabupaten or kota with a government of its own.
    say : Language
        Language of headings and instructions.
    entries : Entries, optional
        What is already filled in.
    kind : str
        ``assessment`` or ``example``; an example says on every sheet and page that it is one.

    Returns
    -------
    bytes
        An XLSX file, the same for the same release, rubric and language.

    Raises
    ------
    RefusedInput
        For a province or an area without a government.
    """
    gates = screening.screen(release, rubric, [region_code])
    told = Identity(rubric.edition, region_code, rubric.fingerprint, say.code, kind)
    writer = _Writer(release, rubric, say, told, entries or Entries())
    return writer.bytes(gates)


class _Writer:
    """One workbook being written."""

    def __init__(
        self, release: Release, rubric: Rubric, say: Language, told: Identity, entries: Entries
    ):
        self.release, self.rubric, self.say = release, rubric, say
        self.told, self.entries = told, entries
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.formats = {
            "identity": self._format(font_size=7, font_color="#777777"),
            "title": self._format(font_size=14, bold=True, font_color=_BLUE),
            "warning": self._format(bold=True, bg_color=_WARN),
            "label": self._format(bold=True, valign="top"),
            "text": self._format(text_wrap=True, valign="top"),
            "head": self._format(
                bold=True, text_wrap=True, valign="vcenter", bg_color=_BLUE, font_color="white",
                border=1, border_color="#FFFFFF",
            ),
            "fixed": self._format(
                text_wrap=True, valign="top", bg_color=_PALE, border=1, border_color="#CCCCCC"
            ),
            "entry": self._format(
                text_wrap=True, valign="top", bg_color=_OPEN, border=1, border_color="#B0A060",
                locked=False, num_format="@",
            ),
            "number": self._format(
                valign="top", bg_color=_OPEN, border=1, border_color="#B0A060", locked=False,
                num_format="0.00",
            ),
            "date": self._format(
                valign="top", bg_color=_OPEN, border=1, border_color="#B0A060", locked=False,
                num_format="yyyy-mm-dd", align="left",
            ),
        }  # fmt: skip

    def bytes(self, gates: pd.DataFrame) -> bytes:
        say, name = self.say, regions.name(self.told.region_code, self.say.code)
        # A fixed date: the day the data release was made, not that of the computer.
        made = tables.descriptor(self.release.folder).get("created", "2025-01-01T00:00:00Z")
        self.book.set_properties(
            {
                "title": say(
                    "Assessment sheet {edition}: {name}", edition=self.told.edition, name=name
                ),
                "comments": str(self.told),
                "created": datetime.fromisoformat(made.replace("Z", "+00:00")).replace(tzinfo=None),
            }
        )
        self._cover(name)
        self._guide()
        self._scores()
        self._gates(gates)
        self.book.close()
        return self.buffer.getvalue()

    def _format(self, **properties):
        return self.book.add_format({"font_name": "Calibri", "font_color": _INK} | properties)

    def _sheet(self, name: str, title: str, widths: list[float]) -> Worksheet:
        """Add a sheet with its identity, title and warning; protected, ready to print."""
        sheet = self.book.add_worksheet(self.say(name))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, str(self.told), self.formats["identity"])
        sheet.write_string(1, 0, title, self.formats["title"])
        warning = layout.notice(self.say, self.told.kind)
        if warning:
            sheet.write_string(2, 0, warning, self.formats["warning"])
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
        sheet.set_header(f"&C&9{_header(warning)}" if warning else "")
        sheet.set_footer(f"&L&8{_header(title)}&R&8&P/&N")
        sheet.protect("", {"format_columns": True, "format_rows": True})
        return sheet

    def _cover(self, name: str) -> None:
        say, rubric = self.say, self.rubric
        title = say("Assessment sheet {edition}: {name}", edition=rubric.edition, name=name)
        sheet = self._sheet(layout.COVER, title, [36, 60])
        rows = {
            4: (say("Region"), f"{self.told.region_code} {name}", "text"),
            5: (say("Edition of the programme"), str(rubric.edition), "text"),
            layout.DATE_ROW: (say("Date of the assessment"), "", "date"),
            layout.ASSESSOR_ROW: (say("Assessor (initials or role, not a name)"), "", "entry"),
            9: (
                say("Mark for {category}", category=rubric.category),
                say.number(rubric.pass_mark, 0),
                "text",
            ),
            10: (say("Weights"), self._weights(), "text"),
            11: (say("Data release"), self.release.title, "text"),
        }
        for row, (label, value, style) in rows.items():
            sheet.write_string(row - 1, 0, label, self.formats["label"])
            if value:
                sheet.write_string(row - 1, 1, value, self.formats[style])
            else:
                sheet.write_blank(row - 1, 1, None, self.formats[style])
        at = layout.ENTRY_COLUMN - 1
        if self.entries.dated:
            day = datetime.fromisoformat(self.entries.dated)
            sheet.write_datetime(layout.DATE_ROW - 1, at, day, self.formats["date"])
        if self.entries.assessor:
            row = layout.ASSESSOR_ROW - 1
            sheet.write_string(row, at, self.entries.assessor, self.formats["entry"])
        self._allow_date(sheet, layout.DATE_ROW - 1, layout.DATE_ROW - 1, at)
        self._allow_assessor(sheet, layout.ASSESSOR_ROW - 1, layout.ASSESSOR_ROW - 1, at)

    def _weights(self) -> str:
        given = [part.weight.value for part in (*self.rubric.components, *self.rubric.indicators)]
        if any(value is not None for value in given):
            return self.say("as given in the rubric")
        return self.say("not published; every admissible weighting is computed")

    def _guide(self) -> None:
        sheet = self._sheet(layout.GUIDE, self.say("How to fill in this sheet"), [4, _GUIDE_WIDTH])
        for place, line in enumerate(self._lines(), start=1):
            row = layout.HEADINGS_ROW - 1 + place
            sheet.write_string(row, 0, str(place), self.formats["label"])
            sheet.write_string(row, 1, line, self.formats["text"])
            sheet.set_row(row, 15.0 * (1 + len(line) // _GUIDE_WIDTH))

    def _lines(self) -> list[str]:
        say = self.say
        low, high = (say.number(end, 0) for end in (self.rubric.scale_min, self.rubric.scale_max))
        return [
            say("Fill in the yellow cells only; the grey ones are fixed and are checked."),
            say("On the cover: the date of the assessment, and who assesses, as initials or a "
                "role (for example \"Inspektorat\"). No names of persons anywhere."),
            say("One file for each assessor and each date. Copy the empty file for the next one."),
            say("Score: a number from {low} to {high}. Leave the cell empty if it is not assessed "
                "yet; empty does not mean zero.", low=low, high=high),
            say("State: draft until the assessors agree. An agreed score replaces the drafts of "
                "the same date; where scores differ, the range between them is reported."),
            say("Evidence: title, date and link of the document that supports the score. Link to "
                "the document; do not paste it."),
            say("Do not move, delete, hide or merge rows and columns, and write no formulas. Such "
                "a file is refused with a sentence that names the cell."),
            say("Entry criteria: the answers from published data stand there already. Answer only "
                "what you know better, with evidence. They are gates: no score replaces them."),
            say("Save as .xlsx or .ods, without a password. Then: anticorruption score FILE"),
            say("The component an indicator belongs to is our reading of published reports, not an "
                "official list."),
        ]  # fmt: skip

    def _scores(self) -> None:
        say, columns = self.say, layout.SCORE_COLUMNS
        title = (
            say("The nineteen indicators")
            if len(self.rubric.indicators) == 19
            else say("The indicators")
        )
        sheet = self._table(layout.SCORES, title, columns)
        names = {component.id: component.name(say.code) for component in self.rubric.components}
        first = layout.HEADINGS_ROW
        for row, indicator in enumerate(self.rubric.indicators, start=first):
            values = {
                "id": indicator.id,
                "component": names[indicator.component],
                "indicator": indicator.name(say.code),
            } | dict(self.entries.scores.get(indicator.id, {}))
            self._record(sheet, row, columns, values)
            sheet.set_row(row, 31.0)
        last = first + len(self.rubric.indicators) - 1
        place = {column.key: at for at, column in enumerate(columns)}
        sheet.data_validation(
            first, place["score"], last, place["score"],
            {
                "validate": "decimal",
                "criteria": "between",
                "minimum": self.rubric.scale_min,
                "maximum": self.rubric.scale_max,
                "error_title": say("Score outside the scale"),
                "error_message": say("A number from 0 to 100; leave empty if not assessed."),
            },
        )  # fmt: skip
        self._allow_list(sheet, first, last, place["state"], layout.STATES)
        self._allow_date(sheet, first, last, place["dated"])
        self._allow_assessor(sheet, first, last, place["assessor"])

    def _gates(self, gates: pd.DataFrame) -> None:
        say, columns = self.say, layout.GATE_COLUMNS
        sheet = self._table(layout.GATES, say("The eight entry criteria, as gates"), columns)
        sources = self.release.table("sources").set_index("source_id")
        first = layout.HEADINGS_ROW
        for row, gate in enumerate(gates.itertuples(), start=first):
            criterion = self.rubric.criterion(gate.criterion)
            base = criterion.base
            values = {
                "id": criterion.id,
                "criterion": criterion.name(say.code),
                "threshold": base.note_eng if say.code == "en" else base.note_ind,
                "published": self._published(gate),
                "year": "" if pd.isna(gate.year) else str(gate.year),
                "answer": say(layout.ANSWERS[gate.answer]),
                "source": _source(sources, gate.source_id),
            }
            self._record(sheet, row, columns, values)
            sheet.set_row(row, 64.0)
        last = first + len(gates) - 1
        place = {column.key: at for at, column in enumerate(columns)}
        self._allow_list(sheet, first, last, place["assessed"], layout.ANSWERS)
        self._allow_date(sheet, first, last, place["dated"])

    def _published(self, gate) -> str:
        if pd.isna(gate.value):
            return gate.label or self.say.unknown
        text = self.say.number(gate.value, measures.decimals(gate.measure_id))
        if gate.measure_id == "wtp_streak":
            return self.say("WTP, {count} years running", count=text)
        return text

    def _table(self, name: str, title: str, columns: tuple[Column, ...]) -> Worksheet:
        sheet = self._sheet(name, title, [column.width for column in columns])
        for at, column in enumerate(columns):
            row = layout.HEADINGS_ROW - 1
            sheet.write_string(row, at, self.say(column.heading), self.formats["head"])
        sheet.set_row(layout.HEADINGS_ROW - 1, 32.0)
        sheet.freeze_panes(layout.HEADINGS_ROW, 3 if name == layout.SCORES else 2)
        sheet.repeat_rows(layout.HEADINGS_ROW - 1)
        return sheet

    def _record(
        self, sheet: Worksheet, row: int, columns: tuple[Column, ...], values: Mapping[str, object]
    ) -> None:
        for at, column in enumerate(columns):
            value, style = values.get(column.key, ""), "fixed"
            if column.entry:
                style = {"score": "number", "dated": "date"}.get(column.key, "entry")
            if value == "":
                sheet.write_blank(row, at, None, self.formats[style])
            elif style == "date":
                day = datetime.fromisoformat(str(value))
                sheet.write_datetime(row, at, day, self.formats[style])
            elif isinstance(value, int | float):
                sheet.write_number(row, at, value, self.formats[style])
            else:
                sheet.write_string(row, at, str(value), self.formats[style])

    def _allow_list(self, sheet: Worksheet, first: int, last: int, column: int, words) -> None:
        sheet.data_validation(
            first, column, last, column,
            {"validate": "list", "source": [self.say(word) for word in words.values()]},
        )  # fmt: skip

    def _allow_date(self, sheet: Worksheet, first: int, last: int, column: int) -> None:
        sheet.data_validation(
            first, column, last, column,
            {
                "validate": "date",
                "criteria": "between",
                "minimum": _FIRST_DATE,
                "maximum": _LAST_DATE,
                "error_title": self.say("Not a date"),
                "error_message": self.say("A date, for example 2025-11-05."),
            },
        )  # fmt: skip

    def _allow_assessor(self, sheet: Worksheet, first: int, last: int, column: int) -> None:
        sheet.data_validation(
            first, column, last, column,
            {
                "validate": "length",
                "criteria": "<=",
                "value": layout.LONGEST_ASSESSOR,
                "error_title": self.say("Too long"),
                "error_message": self.say("Initials or a role, not a name."),
            },
        )  # fmt: skip


def example(rubric: Rubric) -> dict[str, Entries]:
    """Invented scores of three files: a first date, and two assessors at a second one.

    Scores come from hashes of the indicators' codes: the same everywhere, and nobody's.

    Returns
    -------
    dict of str to Entries
        By the ending of the file's name.
    """
    first, second, third = {}, {}, {}
    ids = [indicator.id for indicator in rubric.indicators]
    for place, code in enumerate(ids):
        early = 70 + _invented(code, "early") % 20
        late = min(early + 6 + _invented(code, "late") % 14, 98)
        half = 0.5 * (_invented(code, "half") % 2)
        first[code] = {"score": early + half, "state": "draft"}
        second[code] = {"score": late + half, "state": "agreed"}
        third[code] = {"score": late + half, "state": "agreed"}
        if place % 7 == 3:
            # Two assessors who differ, and do not agree yet.
            second[code] |= {"state": "draft"}
            third[code] = {"score": late + half - 3, "state": "draft"}
        if place % 9 == 7:
            del second[code], third[code]
    return {
        "1": Entries("2025-02-12", "Inspektorat", first),
        "2": Entries("2025-10-06", "Inspektorat", second),
        "3": Entries("2025-10-06", "Bagian Organisasi", third),
    }


def write_example(
    release: Release, rubric: Rubric, region_code: str, say: Language
) -> dict[str, bytes]:
    """Write the three files of the example, by name."""
    stem = file_name(rubric.edition, region_code).removesuffix(".xlsx")
    files = {}
    for ending, entries in example(rubric).items():
        scores = {
            code: row
            | {
                "state": say(layout.STATES[row["state"]]),
                "title": say("Invented document"),
                "dated": entries.dated,
                "assessor": entries.assessor,
            }
            for code, row in entries.scores.items()
        }
        filled = Entries(entries.dated, entries.assessor, scores)
        content = write(release, rubric, region_code, say, filled, EXAMPLE)
        files[f"{say('example')}-{stem}-{ending}.xlsx"] = content
    return files


def _invented(code: str, salt: str) -> int:
    return int(hashlib.sha256(f"{salt} {code}".encode()).hexdigest()[:6], 16)


def _source(sources: pd.DataFrame, source_id: str) -> str:
    if source_id not in sources.index:
        return ""
    row = sources.loc[source_id]
    told = [row["publisher"], row["title"], row["published"], row["url"]]
    return ". ".join(str(part) for part in told if part)


def _header(text: str) -> str:
    """Text for the running head of a printed page, in which & has a meaning of its own."""
    return text.replace("&", "&&")[:200]
