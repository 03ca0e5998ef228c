"""Answers to what was asked about a file, in a small TOML file beside it.

Each question is a block; an answer counts for the written text it is about, so that next year's
file with the same spellings asks nothing.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from anticorruption import files, personal
from anticorruption.errors import RefusedInput
from anticorruption.intake.findings import Finding
from anticorruption.language import Language
from anticorruption.texts import shown

ENDING = ".mapping.toml"
#: Most bytes of a mapping: a hundred thousand questions are no mapping any more.
MOST_BYTES = 4 * 2**20
#: Answer by which a row, a value or a text is left out on purpose.
SKIP = "skip"
#: Stands for the year of the import, so that "Nilai 2024" is found as "Nilai 2025" next year.
YEAR = "{year}"
_KEYS = {"about", "text", "answer", "where"}


@dataclass
class Answers:
    """Given answers by what they are about and the text they count for.

    Attributes
    ----------
    path : Path
        The mapping file; it need not exist.
    given : dict
        (about, text) to answer; questions not yet answered have ``""``.
    used : set
        Keys that were asked for.
    """

    path: Path
    year: int
    given: dict[tuple[str, str], str] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)

    def to(self, about: str, text: str) -> str | None:
        """Answer for a text, None if there is none yet."""
        key = self.key(about, text)
        self.used.add(key)
        answer = self.given.get(key, "").replace(YEAR, str(self.year))
        return answer.strip() or None

    def keep(self, questions: Iterable[Finding], say: Language) -> int:
        """Append the questions that the file does not hold yet, and count them.

        What a reader wrote into the file stays as it is.
        """
        new = {}
        for question in questions:
            key = self.key(question.about, question.text)
            if question.about and key not in self.given:
                new.setdefault(key, question)
        if not new:
            return 0
        there = self.path.read_text(encoding="utf-8-sig") if self.path.is_file() else _head(say)
        blocks = [self._block(key, question, say) for key, question in new.items()]
        waiting = self.path.with_name(f".{self.path.name}.unfinished")
        try:
            waiting.write_text(there.rstrip() + "\n\n" + "\n".join(blocks), encoding="utf-8")
            os.replace(waiting, self.path)
        except OSError as problem:
            waiting.unlink(missing_ok=True)
            said = say("cannot be written ({problem})", problem=problem.strerror)
            raise RefusedInput(f"{shown(self.path)}: {said}.") from None
        return len(new)

    def key(self, about: str, text: str) -> tuple[str, str]:
        """Key of an answer, the year of the import taken out of the text."""
        return about, text.replace(str(self.year), YEAR)

    def _block(self, key: tuple[str, str], question: Finding, say: Language) -> str:
        lines = [f"# {question.place}: {question.said}" if question.place else f"# {question.said}"]
        lines += [f"#   {shown(str(choice), 200)}" for choice in question.choices]
        lines += ["[[answer]]", f"about = {quoted(key[0])}", f"text = {quoted(key[1])}"]
        return "\n".join([*lines, 'answer = ""', ""])


def read(path: Path, year: int, say: Language) -> Answers:
    """Read a mapping file; one that does not exist gives no answers.

    Raises
    ------
    RefusedInput
        If it is no TOML, holds something else than answers, or answers one question twice.
    """
    answers = Answers(path, year)
    if not os.path.lexists(path):
        return answers
    name = shown(path.name, 120)
    content = files.toml(path, MOST_BYTES, say)
    for row, line in enumerate(files.text(path, MOST_BYTES, say).splitlines(), start=1):
        if hit := personal.found(line):
            key = line.partition("=")[0].strip()
            raise RefusedInput(f"{name}, {_place(row, key, say)}: {personal.refusal(hit, say)}.")
    if strange := set(content) - {"answer"}:
        said = say("'{key}' is not known; only blocks [[answer]] are", key=shown(min(strange)))
        raise RefusedInput(f"{name}: {said}.")
    for place, block in enumerate(_blocks(content), start=1):
        said = ""
        if not isinstance(block, dict) or set(block) - _KEYS or not {"about", "text"} <= set(block):
            said = say("a block holds 'about', 'text' and 'answer'")
        elif not all(isinstance(value, str) for value in block.values()):
            said = say("write texts, in quotation marks")
        elif answers.key(block["about"], block["text"]) in answers.given:
            said = say("'{text}' is answered twice; keep one", text=shown(block["text"]))
        if said:
            raise RefusedInput(f"{name}, [[answer]] {place}: {said}.")
        answers.given[answers.key(block["about"], block["text"])] = block.get("answer", "")
    return answers


def _place(row: int, key: str, say: Language) -> str:
    if key not in _KEYS:
        return say("row {row}", row=row)
    return say("row {row}, column {column}", row=row, column=key)


def beside(path: Path) -> Path:
    """Mapping file that belongs to a workbook unless another is named."""
    return path.with_name(path.stem + ENDING)


def quoted(text: str) -> str:
    """Text as a TOML string of one line."""
    short = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(short.get(c) or _escaped(c) for c in text) + '"'


def _escaped(character: str) -> str:
    code = ord(character)
    if character.isprintable() and not 0xD800 <= code < 0xE000:
        return character
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _blocks(content: dict) -> list:
    blocks = content.get("answer", [])
    return blocks if isinstance(blocks, list) else [blocks]


def _head(say: Language) -> str:
    lines = [
        say("Answers about a workbook. Write each answer between its quotation marks."),
        say('"skip" leaves out on purpose. Then run the same command again.'),
        say("The file serves next year too: name it with --mapping."),
    ]
    return "\n".join(f"# {line}" for line in lines)
