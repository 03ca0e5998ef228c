"""``ASSURANCE.md``, written from the records alone: the same records give the same bytes.

No number stands in it that is not in a record of ``records/``.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tests.assurance.promises import Check, Promise, Promises, matching
from tests.assurance.records import Record
from tests.assurance.running import OUTCOMES, counted

#: Records that `make assurance` writes itself.
TESTS, COUNTS, LEVELS = "tests", "counts", "rap"
COMMAND = "make assurance"
HELD, BROKEN, OPEN = "held", "**did not hold**", "not shown"
#: What held was tried on code or data that are not any more what they were.
OLDER = "held, before a change"
STATE = "state"


@dataclass(frozen=True)
class Assurance:
    """All that the document is made of.

    Attributes
    ----------
    promises : Promises
        What is promised.
    found : mapping
        Name of a check to its record, for those that were run.
    rooms : mapping
        Rooms of the project and their hashes (:func:`tests.assurance.records.rooms`) at the time
        of writing: what a record tried and is another today has changed since.
    """

    promises: Promises
    found: Mapping[str, Record]
    rooms: Mapping[str, str]

    @cached_property
    def tests(self) -> dict[str, Counter]:
        """Test function to what became of its cases."""
        record = self.found.get(TESTS)
        return {name: counted(str(told)) for name, told in record.numbers.items()} if record else {}

    def changed(self, name: str) -> list[str]:
        """Rooms that a check tried and that are not any more what they were."""
        tried = self.found[name].tried
        return [room for room, was in tried.items() if self.rooms.get(room) != was]

    def cases(self, promise: Promise) -> Counter:
        """Cases of all tests of a promise, by outcome."""
        return sum((self.tests.get(name, Counter()) for name in promise.functions()), Counter())

    def verdict(self, promise: Promise) -> str:
        """Whether a promise held: :data:`HELD`, :data:`OLDER`, :data:`BROKEN` or :data:`OPEN`.

        One failed case or one record that did not hold breaks it. It is not shown if one of its
        tests did not pass anywhere, or one of its long checks has no record.
        """
        cases = self.cases(promise)
        records = [self.found.get(name) for name in promise.records]
        if cases["failed"] or cases["error"] or any(r and not r.held for r in records):
            return BROKEN
        passed = all(self.tests.get(name, Counter())["passed"] for name in promise.functions())
        if not (passed and all(records)):
            return OPEN
        used = [*promise.records, *([TESTS] if promise.tests else [])]
        return OLDER if any(self.changed(name) for name in used) else HELD

    def broken(self) -> list[Promise]:
        """Promises that did not hold."""
        return [one for one in self.promises.all() if self.verdict(one) == BROKEN]


def text(assurance: Assurance) -> str:
    """Write the document."""
    parts = [*_opening(assurance)]
    for theme in assurance.promises.themes:
        parts += [f"## {theme.title}", _table(
            ("key", "promise", "verdict", "what was found", "shown by"),
            [_row(assurance, promise) for promise in theme.promises],
        )]  # fmt: skip
    parts += ["## Long checks", *_checks(assurance)]
    parts += ["## Level as a reproducible pipeline", *_levels(assurance)]
    parts += ["## What is not shown", _bullets(_open(assurance))]
    parts += ["## Tests of each promise", *_tests(assurance)]
    return "\n\n".join(parts) + "\n"


def _opening(assurance: Assurance) -> list[str]:
    promises = assurance.promises.all()
    verdicts = Counter(assurance.verdict(promise) for promise in promises)
    words = {
        HELD: "held",
        OLDER: "held before a change of code or data",
        OPEN: "are not wholly shown",
        BROKEN: "did not hold",
    }
    told = ", ".join(
        f"{verdicts[verdict]} {word}"
        for verdict, word in words.items()
        if verdicts[verdict] or verdict in (HELD, BROKEN)
    )
    counts, tests = assurance.found.get(COUNTS), assurance.found.get(TESTS)
    release = (
        "data release {release} of {dated}".format_map(counts.numbers)
        if counts
        else "an unknown data release"
    )
    opening = [
        "# What is assured, and what is not",
        f"Of {len(promises)} promises {told}. This page is written by `{COMMAND}` from what was "
        "really run; every number in it stands in a record in `tests/assurance/records/`.",
        _bullets([
            f"**Tried:** {release}; library, notebooks, data: state `{state(assurance.rooms)}`.",
            _short(tests, assurance),
            "**Held** means that every test and every long check of a promise was run and found "
            "no exception. **Not shown** means that one of them was not run here; it is named "
            "below. **Before a change** means that code or data have changed since; below it says "
            "which.",
            f"**To run again:** everything short with `{COMMAND}`, one promise with "
            "`.venv/bin/python -m tests.assurance KEY`, a long check with its own command.",
        ]),
    ]  # fmt: skip
    broken = assurance.broken()
    if broken:
        opening.append(f"**Did not hold:** {', '.join(f'`{one.key}`' for one in broken)}.")
    return opening


def state(rooms: Mapping[str, str]) -> str:
    """Short hash over the hashes of all rooms."""
    lines = "\n".join(f"{room} {found}" for room, found in sorted(rooms.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def _short(record: Record | None, assurance: Assurance) -> str:
    if record is None:
        return "**Short tests:** not run."
    total = sum(assurance.tests.values(), Counter())
    return (
        f"**Short tests:** {len(assurance.tests):,} test functions, {_outcomes(total)}, on "
        f"{record.day}, {_since(assurance, TESTS)}."
    )


def _since(assurance: Assurance, name: str) -> str:
    rooms = assurance.changed(name)
    if not rooms:
        return "on this code and data"
    named = ", ".join(f"`{room}`" for room in rooms[:3])
    more = f" and {len(rooms) - 3} more" if len(rooms) > 3 else ""
    return f"**before** {named}{more} changed"


def _outcomes(cases: Counter) -> str:
    told = [f"{cases[outcome]:,} {outcome}" for outcome in OUTCOMES if cases[outcome]]
    return ", ".join(told) or "not run"


def _row(assurance: Assurance, promise: Promise) -> tuple[str, ...]:
    counts = assurance.found.get(COUNTS)
    found = promise.found.format_map(counts.numbers) if promise.found and counts else ""
    shown = [f"tests: {_outcomes(assurance.cases(promise))}"] if promise.tests else []
    for name in promise.records:
        record = assurance.found.get(name)
        shown.append(f"`{name}`: {_verdict(record)}" if record else f"`{name}`: not run")
    verdict = assurance.verdict(promise)
    return f"`{promise.key}`", promise.says, verdict, found, "; ".join(shown)


def _verdict(record: Record) -> str:
    return HELD if record.held else BROKEN


def _checks(assurance: Assurance) -> list[str]:
    rows = [_check(assurance, check) for check in assurance.promises.checks]
    return [
        "They take minutes to hours and are run before a release, not with every change.",
        _table(("check", "what it does", "run", "verdict", "what was found"), rows),
    ]


def _check(assurance: Assurance, check: Check) -> tuple[str, ...]:
    record = assurance.found.get(check.name)
    if record is None:
        return f"`{check.command}`", check.does, "not run", OPEN, ""
    told = "; ".join(f"{name}: {_number(value)}" for name, value in record.numbers.items())
    run = f"{record.day}, {_since(assurance, check.name)}"
    return f"`{record.command}`", check.does, run, _verdict(record), told


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _levels(assurance: Assurance) -> list[str]:
    record = assurance.found.get(LEVELS)
    if record is None:
        return ["Not counted."]
    rows = []
    for name, told in record.numbers.items():
        (level, asks), (verdict, evidence) = name.split(": ", 1), str(told).split(": ", 1)
        rows.append((level, asks, verdict, evidence))
    shown = sum(verdict == "shown" for _, _, verdict, _ in rows)
    return [
        f"{shown} of the {len(rows)} items of the NHS's [levels of RAP](https://github.com/"
        "NHSDigital/rap-community-of-practice/blob/main/docs/introduction_to_RAP/levels_of_RAP.md)"
        " are shown by something that is counted in the tree.",
        _table(("level", "item", "verdict", "evidence"), rows),
    ]


def _open(assurance: Assurance) -> list[str]:
    found = []
    for check in assurance.promises.checks:
        record = assurance.found.get(check.name)
        if record is None:
            found.append(f"`{check.command}` has not been run: {_lowered(check.does)}.")
        elif assurance.changed(check.name):
            found.append(f"`{check.command}` was run {_since(assurance, check.name)}.")
    for promise in assurance.promises.all():
        waiting = [
            name for name in promise.functions()
            if not assurance.tests.get(name, Counter())["passed"]
        ]  # fmt: skip
        if waiting and assurance.verdict(promise) == OPEN:
            named = ", ".join(f"`{name}`" for name in waiting[:3])
            more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
            found.append(f"`{promise.key}`: not run here: {named}{more}.")
    return [*found, *assurance.promises.caveats]


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _tests(assurance: Assurance) -> list[str]:
    rows = []
    for promise in assurance.promises.all():
        files: dict[str, list[str]] = {}
        for name in promise.functions():
            file, _, function = name.partition("::")
            files.setdefault(file, []).append(function)
        rows += [
            (f"`{promise.key}`" if first else "", f"`{file}`", _functions(assurance, file, names))
            for first, (file, names) in _first(files)
        ]
    return [
        "Where all tests of a file belong to a promise, their number stands for them.",
        _table(("key", "file", "tests"), rows),
    ]


def _first(files: Mapping[str, Sequence[str]]):
    return ((place == 0, pair) for place, pair in enumerate(files.items()))


def _functions(assurance: Assurance, file: str, names: Sequence[str]) -> str:
    if len(names) > 1 and len(names) == len(matching(f"{file}::*")):
        cases = sum(
            (assurance.tests.get(f"{file}::{name}", Counter()) for name in names), Counter()
        )
        return f"all {len(names)}: {_outcomes(cases)}"
    return ", ".join(f"`{name}`" for name in names)


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
