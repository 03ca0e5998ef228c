"""Values of one column: numbers, labels and missing ones, each understood or asked about."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from anticorruption import measures
from anticorruption.intake import numbers
from anticorruption.intake.answers import SKIP, Answers
from anticorruption.intake.findings import Choice, Findings
from anticorruption.intake.reading import Cell
from anticorruption.texts import shown

#: Full wordings of labels, as letters alone, by measure.
_WORDINGS = {
    "bpk_opinion": {
        "wajartanpapengecualian": "WTP",
        "wajartanpapengecualianwtp": "WTP",
        "wajardenganpengecualian": "WDP",
        "wajardenganpengecualianwdp": "WDP",
        "tidakwajar": "TW",
        "tidakwajartw": "TW",
        "tidakmemberikanpendapat": "TMP",
        "tidakmenyatakanpendapat": "TMP",
        "tidakmemberikanpendapattmp": "TMP",
        "wtppenekanansuatuhal": "WTP-PSH",
        "wtpdenganpenekanansuatuhal": "WTP-PSH",
    }
}
_MARKS = (numbers.COMMA, numbers.POINT)


@dataclass(frozen=True)
class Scale:
    """What a column may hold: its name, the ends of its scale, its labels."""

    measure_id: str
    name: str
    low: float | None = None
    high: float | None = None
    labels: tuple[str, ...] = ()
    takes_numbers: bool = True

    @property
    def is_hundred(self) -> bool:
        """Whether it runs from 0 to 100, so that a percent sign changes nothing."""
        return (self.low, self.high) == (0, 100)

    def holds(self, value: float) -> bool:
        """Whether a value lies on the scale, ends included."""
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        ends = ("…" if end is None else f"{end:g}" for end in (self.low, self.high))
        return "–".join(ends)


def scale_of(measure_id: str, language: str) -> Scale:
    """Scale and labels of a measure of the codebook."""
    name = measures.name(measure_id, language)
    entry = measures.codebook().loc[measure_id]
    low, high = (None if entry[end] != entry[end] else float(entry[end]) for end in _ENDS)
    labels = measures.labels(measure_id)
    return Scale(measure_id, name, low, high, labels, not labels or high is not None)


_ENDS = ("scale_min", "scale_max")


@dataclass(frozen=True)
class Value:
    """What a cell says: a number or a label as it will be printed, or why there is none.

    ``reason`` is ``"not_reported"``, ``"not_applicable"``, ``"skip"`` or, while a question or a
    refusal stands, ``"open"``; empty where there is a value.
    """

    printed: str = ""
    label: str = ""
    reason: str = ""


OPEN = Value(reason="open")


class Values:
    """Reader of one column.

    Parameters
    ----------
    findings : Findings
    answers : Answers
    scale : Scale
    heading : str
        Heading of the column, for questions about all of it.
    cells : iterable of Cell
        All its cells: the whole column decides which decimal mark it uses.
    """

    def __init__(
        self,
        findings: Findings,
        answers: Answers,
        scale: Scale,
        heading: str,
        cells: Iterable[Cell],
    ):
        self.findings, self.say, self.answers = findings, findings.say, answers
        self.scale, self.heading = scale, heading
        cells = list(cells)
        self.mark = self._decimal_mark(cells)
        found = [number for cell in cells if (number := self._alone(cell))]
        self.has_percents = any(number.percent for number in found)
        self.fractions = self._fractions(found)

    def read(self, cell: Cell | None) -> Value:
        """Understand one cell; no cell is a value that was not reported."""
        if cell is None:
            return Value(reason=numbers.NOT_REPORTED)
        if cell.uncounted or cell.text.startswith("#"):
            said = self.say("a formula without a saved value; open the file in Excel and save it")
            self.findings.refuse("formula_without_value", cell, said)
            return OPEN
        if cell.has_formula:
            self.findings.note("formula", cell, self.say("value of a formula, as saved"))
        if (answer := self.answers.to("value", cell.text)) and self._readable(cell):
            return self._answered(cell, answer)
        if (number := numbers.of_cell(cell)) and self.scale.takes_numbers:
            return self._number(cell, number)
        if cell.is_date or isinstance(cell.value, bool):
            said = self.say("a date or a yes/no, not a number; what was meant?")
            return self._ask("not_a_number", cell, said)
        return self._text(cell)

    def _text(self, cell: Cell) -> Value:
        if reason := numbers.missing(cell.text):
            return Value(reason=reason)
        if self.scale.labels and (found := self._label(cell)):
            return found
        found = numbers.readings(cell.text)
        if not found or not self.scale.takes_numbers:
            return self._not_understood(cell)
        return self._reading(cell, found)

    def _reading(self, cell: Cell, found: dict[str, numbers.Number]) -> Value:
        distinct = {number.printed: number for number in found.values()}
        if len(distinct) == 1 and set(found) == set(_MARKS):
            return self._number(cell, next(iter(distinct.values())))
        if self.mark in found:
            own = found[self.mark]
            others = [n for n in distinct.values() if n.printed != own.printed]
            fits_better = not self.scale.holds(own.value) and any(
                self.scale.holds(n.value) for n in others
            )
            if not fits_better:
                if others:
                    said = self.say(
                        "{number}, as the column's other numbers", number=self._told(own.printed)
                    )
                    self.findings.note("decided_by_column", cell, said)
                return self._number(cell, own)
        said = self.say("the decimal mark is not the column's, or cannot be told; which number?")
        return self._ask("decimal_mark", cell, said, [Choice(n) for n in distinct])

    def _number(self, cell: Cell, number: numbers.Number) -> Value:
        printed = number.printed
        if number.percent and not self.scale.is_hundred:
            said = self.say("a percentage, and {measure} is none; which number?", measure=self.name)
            return self._ask("percent", cell, said, [Choice(printed)])
        if number.percent:
            self.findings.note(
                "percent", cell, self.say("{number}, of 100", number=self._told(printed))
            )
        elif self.fractions:
            printed = _hundredfold(printed)
        elif self._may_be_a_fraction(number):
            said = self.say("other numbers of the column are percentages; which number is this?")
            both = [Choice(printed), Choice(_hundredfold(printed))]
            return self._ask("percent", cell, said, both)
        if not self.scale.holds(float(printed)):
            said = self.say(
                "{number} lies outside the scale of {measure}, {scale}; mend the file",
                number=self._told(printed),
                measure=self.name,
                scale=str(self.scale),
            )
            self.findings.refuse("outside_scale", cell, said)
            return OPEN
        return Value(printed=printed)

    def _label(self, cell: Cell) -> Value | None:
        plain = _letters(cell.text)
        exact = {_letters(label): label for label in self.scale.labels}
        # "A" and "A-" have the same letters: a label that stands exactly so comes first.
        if cell.text.upper() in {label.upper() for label in self.scale.labels}:
            label = next(x for x in self.scale.labels if x.upper() == cell.text.upper())
            return Value(label=label)
        wordings = _WORDINGS.get(self.scale.measure_id, {})
        label = wordings.get(plain) or exact.get(plain)
        if label is None or re.search(r"[-+]$", cell.text):
            return None
        self.findings.note("label", cell, self.say("understood as {label}", label=label))
        return Value(label=label)

    def _not_understood(self, cell: Cell) -> Value:
        if not self.scale.labels:
            said = self.say("not a number; {measure} takes numbers", measure=self.name)
            return self._ask("not_a_number", cell, said)
        near = process.extract(cell.text, self.scale.labels, scorer=fuzz.WRatio, limit=3)
        said = self.say("no label of {measure} has this name; which?", measure=self.name)
        # Similar labels first, then the others: all of them may be meant.
        order = dict.fromkeys([*(label for label, _, _ in near), *self.scale.labels])
        return self._ask("unknown_label", cell, said, [Choice(label) for label in order])

    def _ask(self, rule: str, cell: Cell, said: str, choices: Iterable[Choice] = ()) -> Value:
        others = [
            Choice(numbers.NOT_REPORTED, self.say("not reported")),
            Choice(numbers.NOT_APPLICABLE, self.say("not applicable")),
            Choice(SKIP, self.say("leave out")),
        ]
        self.findings.ask(rule, cell, said, "value", cell.text, [*choices, *others])
        return OPEN

    def _answered(self, cell: Cell, answer: str) -> Value:
        if answer in (numbers.NOT_REPORTED, numbers.NOT_APPLICABLE, SKIP):
            return Value(reason=answer)
        found = {n.printed for n in numbers.readings(answer).values()}
        if self.scale.labels and answer in self.scale.labels:
            value = Value(label=answer)
        elif len(found) == 1 and self.scale.takes_numbers and self.scale.holds(float(min(found))):
            value = Value(printed=min(found))
        else:
            said = self.say("the answer '{answer}' is none of these", answer=shown(answer))
            return self._ask("answer", cell, said)
        told = self.say(
            "{value}, by the answer given", value=self._told(value.printed) or value.label
        )
        self.findings.note("answered", cell, told)
        return value

    def _readable(self, cell: Cell) -> bool:
        """Whether a cell may be answered about: true numbers stay what they are."""
        number = numbers.of_cell(cell)
        if number is None or not self.scale.takes_numbers:
            return True
        if self.scale.is_hundred:
            return self._may_be_a_fraction(number)
        return number.percent

    def _may_be_a_fraction(self, number: numbers.Number) -> bool:
        """Whether a plain number of 1 or less stands among percentages: 0.8 beside 91%."""
        among = self.scale.is_hundred and self.has_percents
        return among and not number.percent and 0 < number.value <= 1

    def _decimal_mark(self, cells: list[Cell]) -> str | None:
        texts = [cell.text for cell in cells if isinstance(cell.value, str) and not cell.is_date]
        proven = numbers.decimal_mark(texts)
        if proven == {numbers.POINT}:
            ref = next(c.ref for c in cells if numbers.decimal_mark([c.text]))
            said = self.say("numbers of this column are texts with a decimal point")
            self.findings.note("decimal_point", ref, said)
            return numbers.POINT
        return numbers.COMMA if proven else None

    def _alone(self, cell: Cell) -> numbers.Number | None:
        """Number of a cell, or of its text by the column's decimal mark; None if it is none."""
        if (number := numbers.of_cell(cell)) or not isinstance(cell.value, str):
            return number
        found = numbers.readings(cell.text)
        return found.get(self.mark) or next(iter(found.values()), None)

    def _fractions(self, found: list[numbers.Number]) -> bool:
        small = all(not n.percent and 0 <= n.value <= 1 for n in found)
        if not (self.scale.is_hundred and small and any(n.value for n in found)):
            return False
        answer = self.answers.to("fractions", self.heading)
        if answer in ("percent", "points"):
            return answer == "percent"
        said = self.say(
            "no number of column '{column}' is above 1: are they fractions of 1?",
            column=shown(self.heading),
        )
        choices = [
            Choice("percent", self.say("fractions: 0.8 is 80")),
            Choice("points", self.say("points of 100: 0.8 is 0.8")),
        ]
        self.findings.ask("fractions", "", said, "fractions", self.heading, choices)
        return False

    def _told(self, printed: str) -> str:
        """Number as the reader's language writes it."""
        return printed if self.say.code == "en" else printed.replace(".", ",")

    @property
    def name(self) -> str:
        """Name of the measure."""
        return self.scale.name


def _hundredfold(printed: str) -> str:
    return f"{float(printed) * 100:.10g}"


def _letters(text: str) -> str:
    return "".join(re.findall(r"[a-z0-9+]+", text.lower()))
