"""What the project promises, and which tests and long checks show it: ``promises.toml``, read."""

import ast
import fnmatch
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.paths import ROOT

FILE = Path(__file__).with_name("promises.toml")


@dataclass(frozen=True)
class Promise:
    """One promise.

    Attributes
    ----------
    key : str
        Short name, by which it is run again.
    says : str
        What is promised, in one plain sentence without a number.
    found : str
        What was counted, as a template over the record ``counts``; empty if nothing was.
    tests : tuple of str
        Test functions, ``file::function``, with ``*`` for any text.
    records : tuple of str
        Long checks that show it too.
    """

    key: str
    says: str
    found: str = ""
    tests: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    def functions(self) -> list[str]:
        """Test functions that its patterns name, in the order of the patterns."""
        named = [one for pattern in self.tests for one in matching(pattern)]
        return list(dict.fromkeys(named))


@dataclass(frozen=True)
class Theme:
    """Promises of one kind."""

    title: str
    promises: tuple[Promise, ...]


@dataclass(frozen=True)
class Check:
    """A long check that keeps a record: what it does, and the command that repeats it."""

    name: str
    does: str
    command: str


@dataclass(frozen=True)
class Promises:
    """All of ``promises.toml``: themes, long checks, and what is open all the same."""

    themes: tuple[Theme, ...]
    checks: tuple[Check, ...]
    caveats: tuple[str, ...]

    def all(self) -> list[Promise]:
        """Every promise, theme by theme."""
        return [promise for theme in self.themes for promise in theme.promises]


def load(path: Path = FILE) -> Promises:
    """Read the promises."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    themes = tuple(
        Theme(theme["title"], tuple(_promise(one) for one in theme["promise"]))
        for theme in content["theme"]
    )
    checks = tuple(Check(**one) for one in content["check"])
    return Promises(themes, checks, tuple(content["caveats"]))


def _promise(entry: dict) -> Promise:
    lists = {key: tuple(entry.get(key, ())) for key in ("tests", "records")}
    return Promise(entry["key"], entry["says"], entry.get("found", ""), **lists)


def matching(pattern: str) -> list[str]:
    """Test functions that a pattern names, in the order in which they are written."""
    return [one for one in functions() if fnmatch.fnmatchcase(one, pattern)]


@cache
def functions() -> tuple[str, ...]:
    """Every test function of the project, ``file::function``, read without running anything."""
    return tuple(one for path in sorted((ROOT / "tests").rglob("*.py")) for one in _defined(path))


def _defined(path: Path) -> Iterator[str]:
    file = path.relative_to(ROOT).as_posix()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"{file}::{node.name}"
