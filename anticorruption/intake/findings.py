"""What was found in a file: remarks, questions and refusals, each with its cell and its rule."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from anticorruption.intake.places import letters
from anticorruption.intake.reading import Cell, Sheet
from anticorruption.language import Language
from anticorruption.texts import shown

NOTE, QUESTION, REFUSAL = "note", "question", "refusal"
SEVERITIES = (REFUSAL, QUESTION, NOTE)


@dataclass(frozen=True)
class Choice:
    """One answer that a question takes: what is written down, and what it means."""

    answer: str
    meaning: str = ""

    def __str__(self) -> str:
        return f"{self.answer} ({self.meaning})" if self.meaning else self.answer


@dataclass(frozen=True)
class Finding:
    """One doubt about a file, or one thing done with it that a reader should know.

    Attributes
    ----------
    severity : {"note", "question", "refusal"}
        Nothing is written while a question or a refusal stands.
    rule : str
        Name of the rule, the same in every language ("region_twice").
    sheet, ref : str
        Where: a sheet's name (empty in text files) and a cell ("D8"), row ("8") or nothing.
    value : str
        What stands there, safe to print.
    said : str
        What was understood and what to do, in the reader's language.
    about, text : str
        Of a question: what is asked ("region", "value" …) and the written text that the answer
        will count for, in this file and the next.
    choices : tuple of Choice
        Answers to choose from; others may be allowed.
    """

    severity: str
    rule: str
    sheet: str
    ref: str
    value: str
    said: str
    about: str = ""
    text: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def place(self) -> str:
        """Sheet and cell as spreadsheets write them: ``Rekap!D8``."""
        sheet = shown(self.sheet)
        return f"{sheet}!{self.ref}" if sheet and self.ref else self.ref or sheet


@dataclass
class Findings:
    """Findings about one sheet of one file, in the order they were made."""

    say: Language
    sheet: str = ""
    found: list[Finding] = field(default_factory=list)
    asked: set[tuple[str, str]] = field(default_factory=set)

    def note(self, rule: str, at: Cell | str, said: str) -> None:
        """Say what was done with a cell."""
        self._add(NOTE, rule, at, said)

    def refuse(self, rule: str, at: Cell | str, said: str) -> None:
        """Refuse a cell: only the file itself can be mended."""
        self._add(REFUSAL, rule, at, said)

    def ask(
        self,
        rule: str,
        at: Cell | str,
        said: str,
        about: str,
        text: str,
        choices: Iterable[Choice] = (),
    ) -> None:
        """Ask a question, once for every text it is about."""
        if (about, text) not in self.asked:
            self.asked.add((about, text))
            self._add(QUESTION, rule, at, said, about, text, tuple(choices))

    @property
    def open(self) -> bool:
        """Whether anything stands in the way of writing."""
        return any(finding.severity != NOTE for finding in self.found)

    def of(self, severity: str) -> list[Finding]:
        """Findings of one severity."""
        return [finding for finding in self.found if finding.severity == severity]

    def _add(self, severity: str, rule: str, at: Cell | str, said: str, *question) -> None:
        ref, value = (at.ref, shown(at.text)) if isinstance(at, Cell) else (at, "")
        self.found.append(Finding(severity, rule, self.sheet, ref, value, said, *question))


def about_hidden(findings: Findings, sheet: Sheet) -> None:
    """Note the hidden columns of a sheet; hidden rows are asked about where they hold data."""
    if sheet.hidden_columns & {column for _, column in sheet.cells}:
        named = ", ".join(letters(c) for c in sorted(sheet.hidden_columns)[:10])
        findings.note(
            "hidden_columns", "", findings.say("hidden columns: {columns}", columns=named)
        )
