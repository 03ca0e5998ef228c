"""The machinery that judges the tests: planted mistakes, what goes unnoticed, and its list."""

import ast
import json
import os
import time

import pytest

from tests.assurance import records
from tests.mutants import __main__ as mutants
from tests.mutants import domain
from tests.paths import ROOT

WRITTEN = """\
def x_half__mutmut_orig(value, by=2):
    if value is None:
        return 0
    return value / by

def x_half__mutmut_1(value, by=3):
    if value is None:
        return 0
    return value / by

def x_half__mutmut_2(value, by=2):
    if value is None:
        return 0
    return value * by

class Pair:
    def xǁPairǁfirst__mutmut_orig(self):
        log()
        return self.one

    def xǁPairǁfirst__mutmut_1(self):
        return self.one
"""
HALF, TIMES = "composite/half.py: half", "return value * by"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A finished run over one room of four functions, three of whose mutants live if so told."""

    def written(codes, reasons):
        room = tmp_path / "mutants/anticorruption/composite"
        room.mkdir(parents=True, exist_ok=True)
        (room / "half.py").write_text(WRITTEN, encoding="utf-8")
        names = {f"anticorruption.composite.half.{name}": code for name, code in codes.items()}
        content = json.dumps({"exit_code_by_key": names})
        (room / "half.py.meta").write_text(content, encoding="utf-8")
        entries = "\n".join(
            f'[[survivor]]\nfunction = "{function}"\nreason = "known"\nchanges = ["{change}"]'
            for function, change in reasons
        )
        listed = tmp_path / "survivors.toml"
        listed.write_text(entries or "survivor = []", encoding="utf-8")
        monkeypatch.setattr(mutants, "FOLDER", tmp_path / "mutants")
        monkeypatch.setattr(mutants, "LISTED", listed)

    return written


def codes(**unnoticed):
    """Twenty mutants of which all are noticed but those named."""
    noticed = {f"x_half__mutmut_{place}": 1 for place in range(1, 21)}
    return noticed | {f"x_half__mutmut_{name[1:]}": code for name, code in unnoticed.items()}


def test_what_is_noticed_passes(run, capsys):
    run(codes(), [])
    assert mutants.verdict() == 0
    assert "ok      20 of   20 (100.0%)  composite/half.py" in capsys.readouterr().out


def test_a_survivor_needs_a_reason(run, capsys):
    run(codes(_2=0), [])
    assert mutants.verdict() == 1
    assert f"NOT LISTED  {HALF}\n    {TIMES}" in capsys.readouterr().out
    run(codes(_2=0), [(HALF, TIMES)])
    assert mutants.verdict() == 0
    assert "1 changes went unnoticed, 1 with a reason" in capsys.readouterr().out


def test_a_line_that_no_test_runs_is_a_survivor(run):
    run(codes(_2=33), [])
    assert mutants.verdict() == 1


def test_reasons_do_not_help_below_nine_tenths(run, capsys):
    few = {"x_half__mutmut_1": 1, "x_half__mutmut_2": 0}
    run(few, [(HALF, TIMES)])
    assert mutants.verdict() == 1
    assert "BELOW" in capsys.readouterr().out


def test_a_run_is_not_done_while_anything_is_not_tried(run):
    run(codes() | {"x_half__mutmut_20": None}, [])
    assert mutants.verdict() == 1
    run(codes(), [])
    assert mutants.verdict() == 0


def test_what_is_not_tried_does_not_count_as_noticed(run, capsys):
    run(codes() | {f"x_half__mutmut_{place}": None for place in range(1, 5)}, [])
    assert mutants.verdict() == 1
    assert "16 of   20" in (said := capsys.readouterr().out) and "4 not tried" in said


def test_reasons_for_what_is_noticed_by_now_are_named(run, capsys):
    run(codes(), [(HALF, TIMES)])
    assert mutants.verdict() == 0
    assert "no longer there, take it off the list: composite/half.py: half" in (
        capsys.readouterr().out
    )


def test_changes_are_told_by_function_and_line(run):
    few = {"x_half__mutmut_1": 0, "x_half__mutmut_2": 0, "xǁPairǁfirst__mutmut_1": 0}
    run(few, [])
    told = [(one.function, one.change) for _, one in mutants.survivors()]
    assert told == [
        (HALF, "def half(value, by=3):"),
        (HALF, TIMES),
        ("composite/half.py: Pair.first", "without log()"),
    ]


def test_only_what_went_unnoticed_without_a_reason_is_tried_again(run):
    run(codes(_1=0, _2=0, _3=36, _4=-9), [(HALF, TIMES)])
    mutants.try_again()
    found = mutants.results()["composite/half.py"].values()
    assert list(found)[:5] == [None, 0, 36, None, 1]


def test_a_record_counts_all_rooms_the_lowest_and_what_is_listed(run):
    run(codes(_1=0, _2=0, _3=-24), [(HALF, TIMES)])
    assert mutants.numbers() == {
        "mutants": 20,
        "noticed": 18,
        "of them by tests without end": 1,
        "share": 0.9,
        "rooms": 1,
        "lowest room": "composite/half.py 90.0%",
        "listed survivors": 1,
        "survivors without a reason": 1,
    }
    assert mutants.mutated() == ["anticorruption/composite"]


def kept(monkeypatch, tmp_path, arguments=()):
    """Run the command without planting or mutating anything; return the code and the record."""
    monkeypatch.setattr(records, "FOLDER", tmp_path / "records")
    monkeypatch.setattr(mutants, "clear_what_is_gone", lambda: None)
    monkeypatch.setattr("sys.argv", ["mutants", *arguments])
    return mutants.main(), records.read("mutants")


@pytest.mark.parametrize(
    ("missed", "codes_found", "held"),
    [(0, codes(), True), (1, codes(), False), (0, codes(_2=0), False)],
)
def test_a_run_to_the_end_leaves_a_record(run, monkeypatch, tmp_path, missed, codes_found, held):
    run(codes_found, [])
    monkeypatch.setattr(domain, "main", lambda: missed)
    monkeypatch.setattr(mutants, "try_again", lambda: None)
    monkeypatch.setattr(mutants, "run_mutmut", lambda children: 0)
    code, record = kept(monkeypatch, tmp_path)
    assert code == (not held) and record.held is held
    assert record.command == "make mutants" and list(record.tried) == ["anticorruption/composite"]
    assert record.numbers["domain mistakes"] == ("fewer than 12" if missed else "12 of 12")
    assert record.numbers["mutants"] == 20


def test_a_run_that_broke_off_leaves_no_record(run, monkeypatch, tmp_path):
    run(codes(), [])
    monkeypatch.setattr(domain, "main", lambda: 0)
    monkeypatch.setattr(mutants, "run_mutmut", lambda children: 1)
    assert kept(monkeypatch, tmp_path) == (1, None)


def test_the_time_of_a_run_is_that_of_all_its_sessions(run):
    run(codes(), [])
    assert mutants.spent(60.0) == 60.0
    assert mutants.spent(30.5) == 90.5


def test_a_room_that_is_mutated_no_longer_does_not_count(run, tmp_path):
    """Of what the project has, `rounding.py` is mutated and `errors.py` is not."""
    run(codes(), [])
    for file in ("rounding.py", "errors.py"):
        (tmp_path / "mutants/anticorruption" / file).write_text(WRITTEN, encoding="utf-8")
        meta = tmp_path / f"mutants/anticorruption/{file}.meta"
        meta.write_text(json.dumps({"exit_code_by_key": codes()}), encoding="utf-8")
    mutants.clear_what_is_gone()
    assert list(mutants.results()) == ["rounding.py"]


def test_a_run_killed_while_it_wrote_its_verdicts_begins_that_file_anew(run, tmp_path):
    run(codes(), [])
    room = tmp_path / "mutants/anticorruption"
    for file, half in (("rounding.py", False), ("composite/ranking.py", True)):
        (room / file).write_text(WRITTEN, encoding="utf-8")
        content = json.dumps({"exit_code_by_key": codes()})
        (room / f"{file}.meta").write_text(content[: 40 if half else None], encoding="utf-8")
    mutants.clear_what_is_gone()
    assert list(mutants.results()) == ["rounding.py"]
    assert not (room / "composite/ranking.py").exists()


MISTAKES = domain.mistakes()


def test_every_planted_mistake_still_finds_its_place_and_its_tests():
    """A line that was rewritten would leave the mistake unplanted until the next long run."""
    for mistake in MISTAKES:
        source = (ROOT / mistake.file).read_text(encoding="utf-8")
        changed = domain.planted(mistake, source)
        assert changed != source, mistake.name
        if mistake.file.endswith(".py"):
            ast.parse(changed)
        for test in mistake.tests:
            file, _, name = test.partition("::")
            if not file.startswith("--"):
                content = (ROOT / file).read_text(encoding="utf-8")
                assert not name or f"def {name}(" in content, f"{mistake.name}: {test}"
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)
    assert sum(mistake.field for mistake in MISTAKES) == 12


def test_a_mistake_is_planted_in_every_module_that_does_something():
    planted_in = {mistake.file for mistake in MISTAKES}
    for path in (ROOT / "anticorruption").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        works = any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree))
        assert not works or path.relative_to(ROOT).as_posix() in planted_in, path


def test_a_mistake_stands_in_the_file_of_its_room():
    for path in domain.FOLDER.glob("*.toml"):
        assert {m.room for m in MISTAKES if f'"{m.name}"' in path.read_text("utf-8")} == {path.stem}
    assert {mistake.room for mistake in MISTAKES} >= {"notebooks", "data", "documents", "ground"}


def test_a_place_that_is_not_there_exactly_once_is_no_verdict():
    mistake = domain.Mistake("name", "file.py", "a = 1", "a = 2", ())
    assert domain.planted(mistake, "a = 1\nb = 2\n") == "a = 2\nb = 2\n"
    for source in ("a = 3\n", "a = 1\na = 1\n"):
        with pytest.raises(RuntimeError, match="not exactly once"):
            domain.planted(mistake, source)


@pytest.fixture
def small_project(monkeypatch, tmp_path):
    """A project of two files whose "tests" end as the files say; gives its mistakes.

    What stands in `one/code.txt` and `two/code.txt` is the exit code of their tests, after as many
    seconds as stand behind it.
    """
    root = tmp_path / "project"
    for name in ("one", "two", "tests"):
        (root / name).mkdir(parents=True)
    for name in ("one", "two"):
        (root / name / "code.txt").write_text("0 0", encoding="utf-8")
    (root / "tests/test_all.py").write_text("# what is tried", encoding="utf-8")

    def begin(folder, tests, said):
        if child := os.fork():
            return child
        os.setpgrp()
        code, seconds = (folder / tests[0] / "code.txt").read_text(encoding="utf-8").split()
        said.write_text("first line\n\nlast line\n", encoding="utf-8")
        time.sleep(float(seconds))
        os._exit(int(code))

    def mistake(place, code):
        tests = (place, "tests/test_all.py")
        return domain.Mistake(f"{place} {code}", f"{place}/code.txt", "0 0", code, tests)

    monkeypatch.setattr(domain, "ROOT", root)
    monkeypatch.setattr(domain, "NEEDED", ("one", "two", "tests"))
    monkeypatch.setattr(domain, "PRELOADED", ())
    monkeypatch.setattr(domain, "KEPT", root / "mutants/mistakes.txt")
    monkeypatch.setattr(domain, "begin", begin)
    domain.shared.cache_clear()
    yield mistake
    domain.shared.cache_clear()


@pytest.mark.parametrize("at_once", [1, 3])
def test_what_is_no_verdict_is_told_and_stops_nothing(small_project, monkeypatch, at_once):
    monkeypatch.setattr(domain, "LONGEST", 3.0)
    codes = ("1 0", "0 0.1", "5 0", "1 60", "1 0.1")
    tried = [small_project("one", code) for code in codes] + [small_project("two", "1 0")]
    told = {each.mistake.name: each for each in domain.verdicts(tried, at_once)}
    assert {name: each.found for name, each in told.items()} == {
        "one 1 0": "noticed", "one 0 0.1": "MISSED", "one 5 0": "NO VERDICT",
        "one 1 60": "NO VERDICT", "one 1 0.1": "noticed", "two 1 0": "noticed",
    }  # fmt: skip
    assert told["one 5 0"].why == "exit code 5\n    first line\n    last line"
    assert told["one 1 60"].why.startswith("stopped after ") and not told["two 1 0"].why
    assert told["one 1 60"].seconds == pytest.approx(3, abs=2)


@pytest.mark.parametrize("at_once", [1, 3])
def test_tests_that_fail_without_any_mistake_stop_their_room_alone(small_project, at_once):
    (domain.ROOT / "one/code.txt").write_text("1 0.1", encoding="utf-8")
    tried = [small_project(place, "1 0") for place in ("one", "two")]
    tried.insert(0, small_project("one", "0 0"))
    told = {each.mistake.name: each for each in domain.verdicts(tried, at_once)}
    assert {name: each.found for name, each in told.items()} == {
        "one 0 0": "NOT TRIED", "one 1 0": "NOT TRIED", "two 1 0": "noticed",
    }  # fmt: skip
    why = "the tests do not pass without any mistake: exit code 1\n    first line\n    last line"
    assert told["one 0 0"].why == why and told["one 1 0"].why == ""


def test_a_run_counts_what_is_noticed_and_goes_on_where_it_was(
    small_project, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(records, "FOLDER", tmp_path / "records")
    codes = ("1 0", "5 0")
    tried = tuple(small_project(place, code) for place in ("one", "two") for code in codes)
    monkeypatch.setattr(domain, "mistakes", lambda: tried)
    assert domain.main(["--children", "1", "--only", "1 0"]) == 0
    assert "all            2 of   2 noticed" in capsys.readouterr().out
    assert records.read("mistakes") is None
    assert domain.main(["--children", "1"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "2 were noticed already and stand"
    assert [line[:10] for line in said if "code.txt" in line] == ["NO VERDICT"] * 2
    assert said[-3:] == [f"{what:12}   {count} of   {2 * count} noticed"
                         for what, count in (("one", 1), ("two", 1), ("all", 2))]  # fmt: skip
    record = records.read("mistakes")
    assert not record.held and record.numbers == {"planted": 4, "noticed": 2, "rooms": 2}

    monkeypatch.setattr(domain, "mistakes", lambda: tried[::2])
    assert domain.main(["--children", "1"]) == 0 and records.read("mistakes").held
    assert "code.txt" not in capsys.readouterr().out
    assert domain.main(["--children", "1", "--fresh"]) == 0
    assert capsys.readouterr().out.count("code.txt") == 2


def test_what_was_noticed_stands_until_something_it_rests_on_changes(small_project):
    mistake, other = small_project("one", "1 0"), small_project("one", "2 0")
    before = domain.fingerprint(mistake)
    assert before == domain.fingerprint(mistake) != domain.fingerprint(other)
    (domain.ROOT / "tests/test_other.py").write_text("# of others", encoding="utf-8")
    domain.shared.cache_clear()
    assert domain.fingerprint(mistake) == before
    found = {before}
    for file, content in (
        ("tests/test_all.py", "from tests.test_other import four"),  # weaker
        ("tests/test_other.py", "four = 5"),  # borrowed from
        ("two/code.txt", "0 1"),  # of the library
    ):
        (domain.ROOT / file).write_text(content, encoding="utf-8")
        domain.shared.cache_clear()
        found.add(domain.fingerprint(mistake))
    assert len(found) == 4


def test_every_reason_is_of_a_function_that_is_there():
    known = mutants.listed()
    for survivor, reason in known.items():
        file, _, function = survivor.function.partition(": ")
        source = (ROOT / "anticorruption" / file).read_text(encoding="utf-8")
        defined = {
            node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)
        }
        assert function.rpartition(".")[2] in defined, survivor
        assert reason.endswith(".") and len(reason) > 20, survivor
    assert len({survivor.change for survivor in known}) > 40
