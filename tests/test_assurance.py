"""ASSURANCE.md says what was run and no more: its promises, its records and its rendering."""

import json
import re
import warnings
from collections import Counter
from pathlib import Path

import pytest

from tests.assurance import __main__ as assurance
from tests.assurance import document, long, promises, records, running
from tests.assurance.records import Record
from tests.paths import ROOT

KNOWN = promises.load()
JUNIT = """<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_one[x]"/>
<testcase classname="tests.test_a" name="test_one[y]"><skipped message="no browser"/></testcase>
<testcase classname="tests.test_a" name="test_two"><failure message="no"/></testcase>
<testcase classname="tests.room.test_b" name="test_three">
<properties><property name="coverage" value="95.1 %"/></properties></testcase>
</testsuite></testsuites>"""


def record(check, *, held=True, numbers=None, tried=None):
    return Record(check, f"make {check}", held, numbers or {}, 1.0, "2026-11-01", tried or {})


@pytest.fixture
def small(monkeypatch):
    """Two promises, two tests and one long check, all run and held."""
    monkeypatch.setattr(promises, "functions", lambda: ("tests/a.py::test_1", "tests/a.py::test_2"))
    theme = promises.Theme("Right", (
        promises.Promise("first", "It adds up.", "{n:,} rows", ("tests/a.py::test_1",)),
        promises.Promise("second", "It lasts.", "", ("tests/a.py::test_2",), ("crash",)),
    ))  # fmt: skip
    checks = (promises.Check("crash", "Kills batches", "make crash"),)
    known = promises.Promises((theme,), checks, ("Nobody else looked.",))
    tests = {"tests/a.py::test_1": "3 passed", "tests/a.py::test_2": "1 passed"}
    found = {
        "tests": record("tests", numbers=tests, tried={"data/a.csv": "1"}),
        "counts": record(
            "counts", numbers={"release": "2026.11", "dated": "2026-11-23", "n": 21490}
        ),
        "crash": record("crash", numbers={"kills": 100}, tried={"anticorruption/intake": "1"}),
    }
    rooms = {"anticorruption/intake": "1", "data/a.csv": "1"}
    return document.Assurance(known, found, rooms)


def without(small, *names):
    kept = {name: one for name, one in small.found.items() if name not in names}
    return document.Assurance(small.promises, kept, small.rooms)


def with_record(small, one):
    return document.Assurance(small.promises, small.found | {one.check: one}, small.rooms)


# the promises themselves


@pytest.mark.parametrize("promise", KNOWN.all(), ids=lambda promise: promise.key)
def test_every_test_that_a_promise_names_exists(promise):
    assert promise.tests or promise.records
    for pattern in promise.tests:
        assert promises.matching(pattern), pattern


def test_keys_are_short_and_belong_to_one_promise():
    keys = [promise.key for promise in KNOWN.all()]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z]+", key) for key in keys)


def test_sentences_hold_no_number_of_their_own():
    """A number in a promise would stand there whatever was measured."""
    for promise in KNOWN.all():
        assert not re.search(r"\d", promise.says), promise.key
        assert not re.search(r"\d", re.sub(r"\{[^}]*\}", "", promise.found)), promise.key
    for sentence in (*KNOWN.caveats, *(check.does for check in KNOWN.checks)):
        assert not re.search(r"\d", sentence), sentence


def test_long_checks_are_known_by_name_and_have_their_command():
    names = {check.name for check in KNOWN.checks}
    assert {name for promise in KNOWN.all() for name in promise.records} == names
    assert all(check.command.startswith("make ") for check in KNOWN.checks)


def test_a_record_tells_a_smaller_run_from_the_whole_one():
    assert records.typed("crash", []) == "make crash"
    assert records.typed("crash", ["--kills", "9"]) == "python -m tests.crash --kills 9"


def test_every_kept_record_is_of_a_known_check():
    names = {check.name for check in KNOWN.checks}
    names |= {document.TESTS, document.COUNTS, document.LEVELS, assurance.STATE.stem}
    assert {path.stem for path in records.FOLDER.glob("*.json")} <= names


def test_what_stands_against_each_threat_names_its_promises():
    """A threat without a promise would be an assertion."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    threats = [row for row in rows if len(row) == 4 and row[0] not in ("| who", "| ---")]
    assert len(threats) > 10
    keys = {promise.key for promise in KNOWN.all()}
    for row in threats:
        named = re.findall(r"`([a-z]+)`", row[-1])
        assert named and set(named) <= keys, row[1]


# the page in git


def test_the_page_is_the_rendering_of_its_records():
    found = document.text(assurance.assured(assurance.stored()))
    written = assurance.PAGE.read_text(encoding="utf-8")
    assert written == found, "ASSURANCE.md is no rendering of its records; run: make assurance"


def test_no_promise_is_broken_on_the_page():
    assert [one.key for one in assurance.assured(assurance.stored()).broken()] == []


def test_every_number_on_the_page_stands_in_a_record():
    written = assurance.PAGE.read_text(encoding="utf-8")
    plain = re.sub(r"\(https?://\S+\)|`[^`]*`|\d{4}-\d\d-\d\d", " ", written)
    told = set(re.findall(r"\d[\d.,]*", plain))
    kept = "\n".join(path.read_text(encoding="utf-8") for path in records.FOLDER.glob("*.json"))
    numbers = set(re.findall(r"\d[\d.,]*", kept)) | set(re.findall(r"\d+", kept))
    found = {number.strip(".,").replace(",", "") for number in numbers}
    found = {*found, *(str(round(float(n), p)) for n in found if n.count(".") < 2 for p in (0, 2))}
    found |= {f"{float(number):.0f}" for number in found if number.count(".") < 2}
    found |= {f"{float(number):.2f}" for number in found if number.count(".") < 2}
    found |= sums(assurance.assured(assurance.stored()))
    assert {n for n in told if n.strip(".,").replace(",", "") not in found} == set()


def sums(found: document.Assurance) -> set[str]:
    """Counts that the page adds up from the outcomes of the tests, and counts of its own lines."""
    cases = [found.cases(promise) for promise in found.promises.all()]
    cases.append(sum(found.tests.values(), Counter()))
    for promise in found.promises.all():
        files = Counter(name.partition("::")[0] for name in promise.functions())
        cases.append(Counter({"functions": len(promise.functions())}))
        for file, count in files.items():
            own = [found.tests[n] for n in promise.functions() if n.startswith(f"{file}::")
                   and n in found.tests]  # fmt: skip
            cases += [Counter({"functions": count}), sum(own, Counter())]
            cases.append(Counter({"more": len(promise.functions()) - 3}))
    verdicts = Counter(found.verdict(promise) for promise in found.promises.all())
    lines = [len(found.tests), len(found.promises.all()), *verdicts.values()]
    levels = found.found[document.LEVELS].numbers.values()
    lines += [len(levels), sum(str(told).startswith("shown: ") for told in levels)]
    lines += [max(len(found.changed(name)) - 3, 0) for name in found.found]
    return {str(number) for number in (*lines, *(n for one in cases for n in one.values()), 0)}


def test_it_is_told_if_the_page_is_of_an_earlier_state():
    """No failure: a change need not run the long checks. `make assurance` brings it up to date."""
    stored, now = assurance.stored(), records.rooms()
    changed = sorted(
        room for room in stored.keys() | now.keys() if stored.get(room) != now.get(room)
    )
    if changed:
        warnings.warn(
            f"ASSURANCE.md speaks of an earlier state of {', '.join(changed[:5])}; "
            "run: make assurance",
            stacklevel=1,
        )


# how it is written


def test_what_held_is_said_to_have_held_with_its_numbers(small):
    written = document.text(small)
    assert "Of 2 promises 2 held, 0 did not hold." in written
    assert "| `first` | It adds up. | held | 21,490 rows | tests: 3 passed |" in written
    assert (
        "| `make crash` | Kills batches | 2026-11-01, on this code and data | held | kills: 100 |"
        in written
    )
    assert written == document.text(small)


def test_one_failed_case_breaks_its_promise_and_is_named_on_top(small):
    tests = {"tests/a.py::test_1": "1 failed, 2 passed", "tests/a.py::test_2": "1 passed"}
    found = with_record(small, record("tests", held=False, numbers=tests))
    assert [one.key for one in found.broken()] == ["first"]
    assert "**Did not hold:** `first`." in document.text(found)


def test_a_long_check_that_did_not_hold_breaks_its_promise(small):
    found = with_record(small, record("crash", held=False))
    assert [one.key for one in found.broken()] == ["second"]


def test_a_long_check_without_record_is_said_not_to_be_run(small):
    written = document.text(without(small, "crash"))
    assert "1 are not wholly shown" in written
    assert "| `second` | It lasts. | not shown |" in written
    assert "`make crash` has not been run: kills batches." in written


def test_a_record_of_an_older_state_names_what_changed(small):
    older = record("crash", numbers={"kills": 100}, tried={"anticorruption/intake": "0"})
    written = document.text(with_record(small, older))
    assert "`make crash` was run **before** `anticorruption/intake` changed." in written
    assert "2026-11-01, **before** `anticorruption/intake` changed" in written
    assert "| `second` | It lasts. | held, before a change |" in written
    assert (
        "Of 2 promises 1 held, 1 held before a change of code or data, 0 did not hold." in written
    )


def test_tests_of_an_older_state_are_said_to_be_so(small):
    tests = dict(small.found["tests"].numbers)
    older = record("tests", numbers=tests, tried={"data/a.csv": "0"})
    assert "on 2026-11-01, **before** `data/a.csv` changed." in document.text(
        with_record(small, older)
    )


@pytest.mark.parametrize("told", ["2 skipped", None])
def test_a_test_that_was_skipped_or_did_not_run_shows_nothing(small, told):
    tests = {"tests/a.py::test_1": "3 passed"} | ({"tests/a.py::test_2": told} if told else {})
    found = with_record(small, record("tests", numbers=tests))
    assert found.verdict(small.promises.all()[1]) == document.OPEN
    assert "`second`: not run here: `tests/a.py::test_2`." in document.text(found)


def test_without_any_record_nothing_is_claimed(small):
    written = document.text(document.Assurance(small.promises, {}, small.rooms))
    assert "Of 2 promises 0 held" in written
    assert "**Short tests:** not run." in written


def test_texts_of_records_cannot_break_a_table(small):
    odd = record("crash", numbers={"kills": "a|b\nc"})
    assert "kills: a\\|b c |" in document.text(with_record(small, odd))


# running


def test_outcomes_are_read_by_function_with_what_they_measured():
    found = running.read(JUNIT)
    assert {name: str(one) for name, one in found.items()} == {
        "tests/room/test_b.py::test_three": "1 passed",
        "tests/test_a.py::test_one": "1 passed, 1 skipped",
        "tests/test_a.py::test_two": "1 failed",
    }
    assert found["tests/room/test_b.py::test_three"].told == {"coverage": "95.1 %"}
    assert not found["tests/test_a.py::test_two"].held
    for one in found.values():
        assert running.counted(str(one)) == one.outcomes


def test_functions_of_the_tests_are_found_without_running_them():
    found = promises.functions()
    own = "tests/test_assurance.py::test_functions_of_the_tests_are_found_without_running_them"
    assert own in found
    assert "tests/calibration.py::test_clear_verdicts_are_seldom_wrong" in found


def test_a_run_asks_for_all_cores_and_reads_its_own_report(monkeypatch):
    asked = []

    def pytest_itself(command, **_):
        asked.extend(command)
        asked.append(Path(command[-1].removeprefix("@")).read_text(encoding="utf-8"))
        (report,) = [word for word in command if word.startswith("--junitxml=")]
        Path(report.removeprefix("--junitxml=")).write_text(JUNIT, encoding="utf-8")

    monkeypatch.setattr(running.subprocess, "run", pytest_itself)
    wanted = ["tests/test_a.py::test_one", "tests/test_a.py::test_two"]
    assert set(running.run(wanted)) == set(running.read(JUNIT))
    assert asked[1:5] == ["-m", "pytest", "--numprocesses", "auto"]
    assert asked[-1] == "tests/test_a.py::test_one\ntests/test_a.py::test_two"
    monkeypatch.setattr(running.subprocess, "run", lambda *_, **__: None)
    assert running.run(wanted) == {}


def test_the_long_run_rests_on_every_room_that_its_tests_use():
    files = [*(ROOT / "tests/properties").glob("*.py"), ROOT / "tests/calibration.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    used = set(re.findall(r"^from anticorruption\.(\w+)", text, re.MULTILINE))
    used |= {
        name.strip()
        for names in re.findall(r"^from anticorruption import (.+)$", text, re.MULTILINE)
        for name in names.split(",")
    }
    rooms = {room.split("/")[-1].removesuffix(".py") for room in long.ROOMS}
    assert used and used - {"errors"} <= rooms
    assert all((ROOT / room).exists() for room in long.ROOMS)


def test_the_long_run_tells_properties_examples_and_what_was_measured(monkeypatch):
    monkeypatch.setattr(long, "examples", lambda: {"a": 10_000, "b": 10_000, "c": 250})
    ran = running.read(JUNIT)
    assert long.numbers(ran) == {
        "properties": 3,
        "of these on 10,000 examples each": 2,
        "on fewer, at least": 250,
        "cases that held": 2,
        "cases that did not": 1,
        "coverage": "95.1 %",
    }


def test_an_unknown_key_is_answered_with_the_known_ones(capsys):
    assert assurance.one("nothing") == 2
    assert "there are: parts, routes" in capsys.readouterr().out


def test_the_state_that_the_page_speaks_of_is_kept_beside_the_records():
    assert json.loads(assurance.STATE.read_text(encoding="utf-8")).keys() == records.rooms().keys()
    assert document.state(assurance.stored()) in assurance.PAGE.read_text(encoding="utf-8")
    assert (ROOT / "Makefile").read_text(encoding="utf-8").count("tests.assurance\n") == 1


def test_a_promise_tried_again_takes_the_place_of_what_it_found(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    written = []
    monkeypatch.setattr(assurance, "write", lambda: written.append(1))
    assurance._replace({"a": "1 passed"})
    assert records.read("tests") is None and not written
    records.write("tests", "x", held=False, numbers={"a": "1 failed", "b": "2 passed"}, seconds=9)
    assurance._replace({"a": "1 passed"})
    found = records.read("tests")
    assert found.held and found.numbers == {"a": "1 passed", "b": "2 passed"}
    assert (found.seconds, written) == (9, [1])
    monkeypatch.setattr(records, "changed", lambda record: ["data/bands.csv"])
    assurance._replace({"a": "1 failed"})
    assert records.read("tests").held
