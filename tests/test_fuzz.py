"""A short run of the fuzzer, and what the fuzzer itself must notice."""

import sys

import pytest

from anticorruption.errors import RefusedInput
from tests.fuzz import trying

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are watched by Linux")


@pytest.fixture(scope="module")
def trier():
    trier = trying.Trier(seed=7)
    yield trier
    trier.close()


def test_spoilt_files_are_read_or_refused_in_one_sentence(trier):
    tried = [trier.tried(number) for number in range(100)]
    assert [(each.number, each.name, each.problem) for each in tried if each.problem] == []
    assert {each.outcome for each in tried} == {trying.READ, trying.REFUSED}
    assert trier.warm.peak < trying.MOST_BYTES


def test_the_same_seed_spoils_the_same_files(trier):
    files = [trier.made(number)[1] for number in range(40)]
    assert files == [trier.made(number)[1] for number in range(40)]
    assert len(set(files)) > 35


@pytest.mark.parametrize(
    ("does", "problem"),
    [
        (lambda path: 1 / 0, "ZeroDivisionError"),
        (lambda path: path.with_name("half.csv").write_text("x") and refuse("no."), "half.csv"),
        (lambda path: refuse("two\nlines."), "not a clear sentence"),
        (lambda path: refuse("sheet '' has a row."), "an empty name"),
    ],
)
def test_what_breaks_a_rule_is_noticed(trier, monkeypatch, does, problem):
    for kind in {seed.kind for seed in trier.seeds}:
        monkeypatch.setattr(trier, f"_{kind}", does, raising=True)
    found = trier.tried(0).problem
    assert problem in found or (problem == "not a clear sentence" and not found)


def refuse(said: str):
    raise RefusedInput(said)
