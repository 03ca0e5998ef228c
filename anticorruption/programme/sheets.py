"""Filled assessment workbooks read back: nothing is guessed, nothing is passed over in silence.

What cannot be meant is refused in one sentence that names file, sheet, cell and rule; what was
understood although it was written differently is a finding.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from anticorruption import personal, regions, texts
from anticorruption.errors import RefusedInput
from anticorruption.intake import reading
from anticorruption.intake.places import letters
from anticorruption.intake.reading import Cell, Sheet, Workbook
from anticorruption.language import Language
from anticorruption.programme import layout
from anticorruption.programme.layout import EXAMPLE, Column, Identity
from anticorruption.programme.rubric import Rubric
from anticorruption.texts import shown

#: A score written as text: digits, and one decimal mark, comma or point. On a scale that ends at
#: 100 neither can part thousands.
_SCORE = re.compile(r"\d{1,3}(?:[.,]\d+)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True)
class Finding:
    """Something that was understood although it was written otherwise, or that was not read.

    Attributes
    ----------
    file, sheet, cell : str
        Where it stands.
    value : str
        As it stands there.
    understood : str
        What was taken for it; ``""`` if it was not read.
    rule : str
        Why, in the reader's language.
    """

    file: str
    sheet: str
    cell: str
    value: str
    understood: str
    rule: str

    def __str__(self) -> str:
        understood = f" → {self.understood}" if self.understood else ""
        return f"{self.file}, {self.sheet}!{self.cell}: '{self.value}'{understood} ({self.rule})"


@dataclass(frozen=True, eq=False)
class Filled:
    """One filled workbook.

    Attributes
    ----------
    file : str
        Name of the file, without its folder.
    sha256 : str
        Of its bytes.
    identity : Identity
    dated, assessor : str
        From the cover; ``""`` where empty.
    scores : DataFrame, index indicator
        ``score`` (NaN where empty), ``state`` (draft, agreed), ``title``, ``dated``, ``link``,
        ``assessor``, ``note`` and ``cell``, the place of the score ("Penilaian!D6").
    gates : DataFrame, index criterion
        ``answer`` of the assessors (``""`` where empty), ``title``, ``dated``, ``link``, ``note``
        and ``cell``.
    findings : tuple of Finding
    """

    file: str
    sha256: str
    identity: Identity
    dated: str
    assessor: str
    scores: pd.DataFrame
    gates: pd.DataFrame
    findings: tuple[Finding, ...] = field(default=())

    @property
    def region_code(self) -> str:
        """Region the sheet is about."""
        return self.identity.region_code

    @property
    def is_example(self) -> bool:
        """Whether the scores are invented."""
        return self.identity.kind == EXAMPLE


def identify(book: Workbook, say: Language | None = None) -> Identity:
    """What a workbook is about.

    Raises
    ------
    RefusedInput
        If it is no assessment sheet, was put together from several, or is about a region that does
        not exist.
    """
    say = say or Language("en")
    row, column = layout.IDENTITY_CELL
    told: dict[str, Identity] = {}
    for sheet in book:
        cell = sheet.at(row, column)
        if cell is not None and isinstance(cell.value, str) and layout.FORMAT in cell.value:
            found = layout.identity(cell.value)
            if found is None:
                raise _refused(
                    book, sheet, cell.ref,
                    say("the line of identity was changed; copy the entries into a new sheet from: "
                        "anticorruption sheet"),
                )  # fmt: skip
            told[sheet.name] = found
    if not told:
        said = say("no assessment sheet; write one with: anticorruption sheet REGION")
        raise RefusedInput(f"{shown(book.path.name, 120)}: {said}.")
    first = next(iter(told.values()))
    if other := next((name for name, each in told.items() if each != first), None):
        raise _refused(
            book, book.sheet(other), "A1",
            say("the line of identity differs from that of sheet '{sheet}'; sheets of two "
                "workbooks were mixed", sheet=next(iter(told))),
        )  # fmt: skip
    if first.region_code not in regions.governments("local").index:
        raise _refused(
            book, book.sheet(next(iter(told))), "A1",
            say("region {code} is no kabupaten or kota with a government of its own",
                code=first.region_code),
        )  # fmt: skip
    return first


def read(source: Path | Workbook, rubric: Rubric, say: Language | None = None) -> Filled:
    """Read a filled workbook.

    Parameters
    ----------
    source : Path or Workbook
        .xlsx or .ods, or what was read from one: written by
        :func:`anticorruption.programme.workbook.write` and filled in.
    rubric : Rubric
        Of the edition the sheet was made for.
    say : Language, optional
        Language of refusals and findings; English by default.

    Raises
    ------
    RefusedInput
        One sentence with file, sheet, cell and rule.
    """
    say = say or Language("en")
    book = source if isinstance(source, Workbook) else reading.open_workbook(source, say)
    told = identify(book, say)
    if told.edition != rubric.edition or told.fingerprint != rubric.fingerprint:
        sheet = next(iter(book))
        raise _refused(
            book, sheet, "A1",
            say("the sheet was made for edition {edition} (rubric {theirs}), not for edition "
                "{asked} (rubric {ours}); copy the entries into a new sheet",
                edition=told.edition, theirs=told.fingerprint, asked=rubric.edition,
                ours=rubric.fingerprint),
        )  # fmt: skip
    return _Reader(book, told, rubric, say).filled()


def _refused(book: Workbook, sheet: Sheet | None, cell: str, said: str) -> RefusedInput:
    where = f", {shown(sheet.name, 40)}!{cell}" if sheet is not None else ""
    return RefusedInput(f"{shown(book.path.name, 120)}{where}: {said}.")


class _Reader:
    """One workbook being read; the rules of its cells."""

    def __init__(self, book: Workbook, told: Identity, rubric: Rubric, say: Language):
        self.book, self.told, self.rubric, self.say = book, told, rubric, say
        #: Language of the headings, which may be another than that of the reader.
        self.written = Language(told.language)
        self.findings: list[Finding] = []

    def filled(self) -> Filled:
        self._refuse_personal()
        cover = self._sheet(layout.COVER)
        scores = self._table(
            layout.SCORES, layout.SCORE_COLUMNS, [i.id for i in self.rubric.indicators], "indicator"
        )
        gates = self._table(
            layout.GATES, layout.GATE_COLUMNS, [c.id for c in self.rubric.criteria], "criterion"
        )
        dated = self._date(cover, cover.at(layout.DATE_ROW, layout.ENTRY_COLUMN))
        assessor = self._assessor(cover, cover.at(layout.ASSESSOR_ROW, layout.ENTRY_COLUMN))
        if not dated:
            place = f"{letters(layout.ENTRY_COLUMN)}{layout.DATE_ROW}"
            self._find(cover, place, "", "", self.say("no date of the assessment is given"))
        self._pass_over()
        return Filled(
            self.book.path.name,
            self.book.sha256,
            self.told,
            dated,
            assessor,
            self._scores(scores),
            self._gates(gates),
            tuple(self.findings),
        )

    def _scores(self, rows: Mapping[str, dict[str, Cell | None]]) -> pd.DataFrame:
        sheet = self._sheet(layout.SCORES)
        records = {}
        for code, row in rows.items():
            score = self._score(sheet, row["score"])
            state = self._word(sheet, row["state"], layout.STATES) or "draft"
            if state == "agreed" and score is None:
                rule = self.say("agreed, but without a score: taken as not assessed")
                self._find(sheet, row["state"].ref, row["state"].text, "", rule)
            records[code] = {
                "score": float("nan") if score is None else score,
                "state": state,
                "title": self._text(sheet, row["title"]),
                "dated": self._date(sheet, row["dated"]),
                "link": self._link(sheet, row["link"]),
                "assessor": self._assessor(sheet, row["assessor"]),
                "note": self._text(sheet, row["note"]),
                "cell": f"{sheet.name}!{self._place(row, 'score', layout.SCORE_COLUMNS)}",
            }
        return pd.DataFrame.from_dict(records, orient="index").rename_axis("indicator")

    def _gates(self, rows: Mapping[str, dict[str, Cell | None]]) -> pd.DataFrame:
        sheet = self._sheet(layout.GATES)
        records = {
            code: {
                "answer": self._word(sheet, row["assessed"], layout.ANSWERS),
                "title": self._text(sheet, row["title"]),
                "dated": self._date(sheet, row["dated"]),
                "link": self._link(sheet, row["link"]),
                "note": self._text(sheet, row["note"]),
                "cell": f"{sheet.name}!{self._place(row, 'assessed', layout.GATE_COLUMNS)}",
            }
            for code, row in rows.items()
        }
        return pd.DataFrame.from_dict(records, orient="index").rename_axis("criterion")

    def _refuse_personal(self) -> None:
        """No cell of the three sheets may hold what belongs to a person, read or not."""
        for name in (layout.COVER, layout.SCORES, layout.GATES):
            sheet = self._sheet(name)
            hits = personal.first(cell.text for cell in sheet.cells.values())
            for cell in sheet.cells.values() if hits else ():
                if cell.text in hits:
                    said = personal.refusal(hits[cell.text], self.say)
                    raise self._refuse(sheet, cell.ref, said)

    def _sheet(self, name: str) -> Sheet:
        wanted = self.written(name)
        sheet = self.book.sheet(wanted)
        if sheet is None:
            there = ", ".join(shown(each, 40) for each in self.book.names)
            said = self.say(
                "the sheet '{sheet}' is missing; there are {there}", sheet=wanted, there=there
            )
            raise RefusedInput(f"{shown(self.book.path.name, 120)}: {said}.")
        if sheet.hidden:
            raise self._refuse(sheet, "A1", self.say("the sheet is hidden; show it again"))
        row, column = layout.IDENTITY_CELL
        if layout.identity(getattr(sheet.at(row, column), "text", "")) is None:
            said = self.say("the line of identity is missing; do not move rows or columns")
            raise self._refuse(sheet, "A1", said)
        return sheet

    def _table(
        self, name: str, columns: tuple[Column, ...], ids: list[str], kind: str
    ) -> dict[str, dict[str, Cell | None]]:
        """Records by id, in the rubric's order; the frame around them must be as it was made."""
        sheet = self._sheet(name)
        first, last = layout.HEADINGS_ROW + 1, layout.HEADINGS_ROW + len(ids)
        self._refuse_rearranged(sheet, len(columns), last)
        for at, column in enumerate(columns, start=1):
            found = sheet.at(layout.HEADINGS_ROW, at)
            wanted = self.written(column.heading)
            if found is None or " ".join(found.text.split()) != wanted:
                said = self.say(
                    "the heading is '{found}' and must be '{wanted}'; do not rename or move "
                    "columns",
                    found=shown(found.text) if found else "",
                    wanted=wanted,
                )
                raise self._refuse(sheet, f"{letters(at)}{layout.HEADINGS_ROW}", said)
        rows: dict[str, dict[str, Cell | None]] = {}
        for row in range(first, max(last, *sheet.rows) + 1):
            cells = {c.key: sheet.cells.get((row, at)) for at, c in enumerate(columns, start=1)}
            code = cells["id"].text if cells["id"] else ""
            if code in ids and code not in rows:
                rows[code] = {**cells, "row": row}
                continue
            if not any(cell is not None and cell.text for cell in cells.values()):
                continue
            if row > last and not code:
                self._not_read(sheet, row, cells)
                continue
            if code in rows:
                said = self.say("'{code}' stands twice; each row may stand once", code=shown(code))
            else:
                said = self.say(
                    "'{code}' is no code of this rubric; do not change the grey cells",
                    code=shown(code),
                )
            raise self._refuse(sheet, f"A{row}", said)
        if missing := next((code for code in ids if code not in rows), None):
            said = self.say(
                "the row of '{code}' is missing; leave a score empty, but do not remove its row",
                code=missing,
            )
            raise self._refuse(sheet, f"A{first + ids.index(missing)}", said)
        return {code: rows[code] for code in ids}

    def _refuse_rearranged(self, sheet: Sheet, width: int, last: int) -> None:
        """No merged cell, hidden row, hidden column or formula inside the table."""
        for block in sheet.merged:
            if block.bottom >= layout.HEADINGS_ROW and block.top <= last and block.left <= width:
                said = self.say("merged cells {block}; separate them", block=str(block))
                raise self._refuse(sheet, f"{letters(block.left)}{block.top}", said)
        for column in sorted(sheet.hidden_columns):
            if column <= width:
                said = self.say("column {name} is hidden; show it again", name=letters(column))
                raise self._refuse(sheet, f"{letters(column)}{layout.HEADINGS_ROW}", said)
        for row in sorted(sheet.hidden_rows):
            if row <= last:
                said = self.say("row {row} is hidden; show it again", row=row)
                raise self._refuse(sheet, f"A{row}", said)
        for cell in sheet.cells.values():
            if cell.has_formula:
                said = self.say("formulas are not read; put its value there")
                raise self._refuse(sheet, cell.ref, said)

    def _score(self, sheet: Sheet, cell: Cell | None) -> float | None:
        if cell is None or (isinstance(cell.value, str) and not cell.text):
            return None
        low, high = self.rubric.scale_min, self.rubric.scale_max
        if cell.is_date:
            said = self.say(
                "{value} is a date; the program took a score for one, so type it with the decimal "
                "mark of your settings",
                value=shown(cell.text),
            )
            raise self._refuse(sheet, cell.ref, said)
        if cell.is_percent:
            said = self.say(
                "the cell is shown as a percentage ({value} is saved); give it the number format "
                "0.00 and type the score",
                value=cell.text,
            )
            raise self._refuse(sheet, cell.ref, said)
        value = cell.value
        if isinstance(value, str):
            text = cell.text.replace("\N{NO-BREAK SPACE}", "").strip()
            if not _SCORE.fullmatch(text):
                said = self.say(
                    "'{value}' is not a score; write a number from {low} to {high}, or leave the "
                    "cell empty",
                    value=shown(cell.text), low=f"{low:g}", high=f"{high:g}",
                )  # fmt: skip
                raise self._refuse(sheet, cell.ref, said)
            value = float(text.replace(",", "."))
            rule = self.say("text instead of a number; comma and point both mark decimals here")
            self._find(sheet, cell.ref, cell.text, f"{value:g}", rule)
        if isinstance(value, bool) or not low <= value <= high:
            said = self.say(
                "the score {value} does not lie on the scale {low}-{high}",
                value=shown(cell.text), low=f"{low:g}", high=f"{high:g}",
            )  # fmt: skip
            raise self._refuse(sheet, cell.ref, said)
        if 0 < value <= 1 < high / 10:
            rule = self.say(
                "one point or less of {high}; if a fraction was meant, write 90, not 0.9",
                high=f"{high:g}",
            )
            self._find(sheet, cell.ref, cell.text, f"{value:g}", rule)
        return float(value)

    def _word(self, sheet: Sheet, cell: Cell | None, words: Mapping[str, str]) -> str:
        """Key of a word of a list, in the language of the sheet or its own."""
        if cell is None or not cell.text:
            return ""
        known = {self.written(word).casefold(): key for key, word in words.items()}
        known |= {word.casefold(): key for key, word in words.items()}
        if (key := known.get(cell.text.casefold())) is None:
            said = self.say(
                "'{value}' is none of: {words}",
                value=shown(cell.text),
                words=", ".join(self.written(word) for word in words.values()),
            )
            raise self._refuse(sheet, cell.ref, said)
        return key

    def _date(self, sheet: Sheet, cell: Cell | None) -> str:
        if cell is None or not cell.text:
            return ""
        text = cell.text
        found = _ISO.fullmatch(text)
        parts = found.groups() if found else None
        if not found and (found := _DAY_FIRST.fullmatch(text)):
            parts = found.groups()[::-1]
        try:
            if parts is None or cell.has_formula:
                raise ValueError
            told = date(*map(int, parts)).isoformat()
        except ValueError:
            said = self.say(
                "'{value}' is not a date; write it as 2025-11-05", value=shown(cell.text)
            )
            raise self._refuse(sheet, cell.ref, said) from None
        if not cell.is_date and told != text:
            rule = self.say("a date written as text, the day first")
            self._find(sheet, cell.ref, text, told, rule)
        return told

    def _assessor(self, sheet: Sheet, cell: Cell | None) -> str:
        text = self._text(sheet, cell)
        if len(text) > layout.LONGEST_ASSESSOR:
            said = self.say(
                "the assessor has {count} letters and may have {most}; write initials or a role, "
                "not a name",
                count=len(text), most=layout.LONGEST_ASSESSOR,
            )  # fmt: skip
            raise self._refuse(sheet, cell.ref, said)
        return text

    def _link(self, sheet: Sheet, cell: Cell | None) -> str:
        text = self._text(sheet, cell)
        if text and not text.startswith(("https://", "http://")):
            rule = self.say("not a web address: kept as text")
            self._find(sheet, cell.ref, text, text, rule)
        return text

    def _text(self, sheet: Sheet, cell: Cell | None) -> str:
        if cell is None:
            return ""
        if cell.has_formula:
            said = self.say("formulas are not read; put its value there")
            raise self._refuse(sheet, cell.ref, said)
        text = " ".join(texts.seen(cell.text).split())
        if texts.unseen(re.sub(r"\s", " ", cell.text)):
            rule = self.say("characters that nobody sees: left out")
            self._find(sheet, cell.ref, cell.text, text, rule)
        return text

    def _pass_over(self) -> None:
        """Sheets and columns beside the tables are not read, and that is said."""
        known = {self.written(n) for n in (layout.COVER, layout.GUIDE, layout.SCORES, layout.GATES)}
        for sheet in self.book:
            if sheet.name not in known:
                self._find(sheet, "A1", "", "", self.say("a sheet of your own: not read"))
        for name, columns in (
            (layout.SCORES, layout.SCORE_COLUMNS),
            (layout.GATES, layout.GATE_COLUMNS),
        ):
            sheet = self._sheet(name)
            beside = [c for c in sheet.cells.values() if c.column > len(columns) and c.text]
            for cell in beside[:5]:
                self._find(sheet, cell.ref, cell.text, "", self.say("beside the table: not read"))

    def _not_read(self, sheet: Sheet, row: int, cells: Mapping[str, Cell | None]) -> None:
        cell = next(cell for cell in cells.values() if cell is not None and cell.text)
        self._find(sheet, cell.ref, cell.text, "", self.say("below the table: not read"))

    def _place(self, row: Mapping, key: str, columns: tuple[Column, ...]) -> str:
        at = next(place for place, column in enumerate(columns, 1) if column.key == key)
        return f"{letters(at)}{row['row']}"

    def _find(self, sheet: Sheet, cell: str, value: str, understood: str, rule: str) -> None:
        self.findings.append(
            Finding(self.book.path.name, sheet.name, cell, shown(value), shown(understood), rule)
        )

    def _refuse(self, sheet: Sheet, cell: str, said: str) -> RefusedInput:
        return _refused(self.book, sheet, cell, said)
