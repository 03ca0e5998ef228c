"""One spoilt file after the other, through the reader that a user's command would give it to."""

import contextlib
import dataclasses
import io
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from anticorruption import cli, overlay, release, tables
from anticorruption.errors import RefusedInput
from anticorruption.intake import reading
from anticorruption.language import Language
from anticorruption.programme import dossier, planning, rubric
from anticorruption.reporting import manifest, pinned, verification, whatif, whatif_files
from tests.badfiles import catalogue, making
from tests.fuzz import mutations
from tests.fuzz.warm import WarmReader
from tests.paths import ROOT

#: Promised for every file: seconds of the processor, and bytes of memory of any process.
MOST_SECONDS, MOST_BYTES = 10, 500 * 2**20
#: Seconds on the clock after which a file counts as hanging, whatever else the machine does.
_HANGS = 600
READ, REFUSED = "read", "refused"
IMPORT = ("import", "--measure", "mcp", "--year", "2025", "--overlay", "ov", "--language", "en")


@dataclass(frozen=True)
class Seed:
    """A file to spoil: which reader it is for, its name, its content, and how it is spoilt."""

    kind: str
    name: str
    content: bytes
    ways: Callable | tuple
    often: int = 1


@dataclass(frozen=True)
class Tried:
    """What became of a file: read or refused, how long it took, and what was wrong, if anything."""

    number: int
    kind: str
    name: str
    content: bytes
    outcome: str
    seconds: float
    problem: str = ""


class _Hangs(BaseException):
    """Raised by the clock; no reader may catch it."""


def seeds() -> list[Seed]:
    """Every file that is spoilt; a kind's share of the tries is the sum of its ``often``."""
    found = [*_bad_files()]
    examples = sorted((ROOT / "data/examples").glob("*.xlsx"))
    found += [
        Seed("score", path.name, path.read_bytes(), mutations.archive, 12) for path in examples
    ]
    old = ROOT / "tests/fixtures/rekap-lhkpn.xls"
    found.append(Seed("import", "a.xls", old.read_bytes(), mutations.BYTES, 10))
    programme = ROOT / "data/programmes/kabkota-2025.toml"
    found.append(Seed("rubric", "rubric.toml", programme.read_bytes(), mutations.TEXT, 12))
    found.append(Seed("mapping", "a.mapping.toml", _MAPPING.encode(), mutations.TEXT, 12))
    found.append(Seed("effort", "effort.csv", _EFFORT.encode(), mutations.TEXT, 6))
    found.append(Seed("recipe", "recipe.json", _recipe(), mutations.TEXT, 6))
    found.append(Seed("manifest", manifest.NAME, _manifest(), mutations.TEXT, 6))
    found.append(Seed("lock", "reports.lock", _lock(), mutations.TEXT, 3))
    for name in ("observations.csv", "sources.csv", tables.DESCRIPTOR):
        found.append(Seed("overlay", name, b"", mutations.TEXT, 6))
    return found


def _bad_files() -> Iterator[Seed]:
    """Files of the catalogue and some good ones, those only that are bytes and small."""
    good = {
        "a.xlsx": making.packed(making.parts()),
        "b.xlsx": making.styled(
            making.column(making.Xml('<c r="REF" s="1"><v>0.8</v></c>'), 80), "0%"
        ),
        "a.ods": making.ods(),
        "a.csv": making.csv().encode(),
    }
    for name, content in good.items():
        yield Seed("import", name, content, _ways(name), 12)
    for bad in catalogue.EVERY:
        content = bad.content.encode() if isinstance(bad.content, str) else bad.content
        small = isinstance(content, bytes) and 0 < len(content) < 50_000
        if small and bad.file.endswith((".csv", ".xlsx", ".ods")):
            yield Seed("import", bad.file, content, _ways(bad.file))


def _ways(name: str) -> Callable | tuple:
    return mutations.TEXT if name.endswith(".csv") else mutations.archive


_MAPPING = """# Answers
[[answer]]
about = "region"
text = "Blitar"
answer = "35.72"

[[answer]]
about = "column"
text = "mcp"
answer = "Nilai {year}"
"""
_EFFORT = "indicator,effort,ceiling\ni01,2,98\ni02,1.5,\ni03,,95\n"


def _recipe() -> bytes:
    region, year = "35.72", 2024
    choices = whatif.Choices(**_defaults(region, year))
    content = {"format": whatif.FORMAT, "choices": dataclasses.asdict(choices), "edition": 2025}
    return json.dumps(content, indent=1).encode()


def _defaults(region: str, year: int) -> dict:
    given = {"region": region, "year": year, "peers": ("34.02",), "weights": (1.0, 1.0, 1.0, 0.0)}
    names = {each.name for each in dataclasses.fields(whatif.Choices)}
    return {name: value for name, value in given.items() if name in names}


def _manifest() -> bytes:
    content = {
        "kind": manifest.REPORT, "template": "report-region", "formats": ["html"],
        "parameters": {"region_code": "35.72", "edition": 2025, "language": "id"},
        "files": {"report.html": manifest.sha256(b"x"), "figures.csv": "0" * 64}, "inputs": {},
    }  # fmt: skip
    return manifest.written(content)


def _lock() -> bytes:
    return pinned.text({f"2025/{n}/report.html": "0" * 64 for n in range(5)}).encode()


class Trier:
    """Tries files in a folder of its own.

    Parameters
    ----------
    seed : int
        The same seed spoils the same files in the same way.
    """

    def __init__(self, seed: int):
        self.seed, self.seeds = seed, seeds()
        self.often = [each.often for each in self.seeds]
        self.place = Path(tempfile.mkdtemp(prefix="fuzz-"))
        self.temporary = self.place / "temporary"
        self.temporary.mkdir()
        self.warm = WarmReader()
        self.say = Language("en")
        self.release = release.load(overlay="")
        self.programme = rubric.load(2025)
        self.overlay = self.place / "good-overlay"
        (self.place / "good.csv").write_bytes(making.csv().encode())
        self._command("good.csv", self.overlay)

    def close(self) -> None:
        """End the reader and clear away the folder."""
        self.warm.close()
        shutil.rmtree(self.place, ignore_errors=True)

    def made(self, number: int) -> tuple[Seed, bytes]:
        """The file of a number: what it was, and what it became."""
        chance = Random(f"{self.seed}:{number}")
        seed = chance.choices(self.seeds, self.often)[0]
        content = seed.content or (self.overlay / seed.name).read_bytes()
        return seed, mutations.spoilt(chance, content, seed.ways)

    def tried(self, number: int) -> Tried:
        """Try the file of a number."""
        seed, content = self.made(number)
        folder = Path(tempfile.mkdtemp(prefix="file-", dir=self.place))
        path = folder / seed.name
        path.write_bytes(content)
        self.warm.seconds, began = 0.0, time.process_time()
        outcome, problem = REFUSED, ""
        try:
            with _clock(_HANGS), _elsewhere(folder, self.temporary, self.warm):
                outcome = getattr(self, f"_{seed.kind}")(path)
        except RefusedInput as refused:
            problem = _unclear(f"anticorruption: {cli.texts.shown(refused, 2_000)}\n")
        except _Hangs:
            problem = f"hangs: {traceback.format_exc().splitlines()[-3:]}"
        except BaseException:
            problem = traceback.format_exc()
        seconds = time.process_time() - began + self.warm.seconds
        if not problem and seconds > MOST_SECONDS:
            problem = f"takes {seconds:.1f} seconds of the processor"
        if not problem and (left := [p.name for p in self.temporary.iterdir()]):
            problem = f"leaves {left} among the temporary files"
        if not problem and outcome == REFUSED:
            problem = _left(folder, seed.name)
        for each in self.temporary.iterdir():
            shutil.rmtree(each, ignore_errors=True)
        shutil.rmtree(folder)
        return Tried(number, seed.kind, seed.name, content, outcome, seconds, problem)

    def _import(self, path: Path) -> str:
        return self._command(path.name, "ov")

    def _mapping(self, path: Path) -> str:
        rows = (("Daerah", "Nilai 2025"), *making.ROWS[1:], ("Blitar", 70.5))
        path.with_name("a.csv").write_bytes(making.csv(rows).encode())
        return self._command("a.csv", "ov")

    def _command(self, file: str, folder: Path | str) -> str:
        """Run the command in this process, and hold what it says to the rules."""
        words, out, err = list(IMPORT), io.StringIO(), io.StringIO()
        words[words.index("ov")] = str(folder)
        before, sys.argv = sys.argv, ["anticorruption", words[0], file, *words[1:]]
        here = os.getcwd()
        os.chdir(self.place if file == "good.csv" else here)
        code: object = 0
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                cli.main()
        except SystemExit as ended:
            code = ended.code or 0
        finally:
            sys.argv = before
            os.chdir(here)
        if code == 0:
            return READ
        if code != 2:
            raise AssertionError(f"exit code {code}: {err.getvalue()}")
        if problem := _unclear(err.getvalue()):
            raise AssertionError(problem)
        return REFUSED

    def _score(self, path: Path) -> str:
        dossier.load(self.release, [path], self.say)
        return READ

    def _rubric(self, path: Path) -> str:
        rubric.read(path)
        return READ

    def _effort(self, path: Path) -> str:
        planning.read_options(path, self.programme)
        return READ

    def _recipe(self, path: Path) -> str:
        whatif_files.read(path)
        return READ

    def _manifest(self, path: Path) -> str:
        path.with_name("report.html").write_bytes(b"x")
        for where, message, values in verification.check(path.parent):
            self.say(message, **values)
            str(where)
        return READ

    def _lock(self, path: Path) -> str:
        pinned.read(path)
        return READ

    def _overlay(self, path: Path) -> str:
        """Open the overlay; a spoilt table as if somebody had sealed it anew."""
        for file in self.overlay.iterdir():
            if file.name != path.name and file.is_file():
                shutil.copyfile(file, path.with_name(file.name))
        if path.name != tables.DESCRIPTOR:
            _sealed(path.parent)
        whole = release.load(overlay=path.parent)
        whole.chosen  # noqa: B018 - computed when it is asked for
        return READ


def _sealed(folder: Path) -> None:
    path = folder / tables.DESCRIPTOR
    content = json.loads(path.read_text(encoding="utf-8"))
    for entry in content["resources"]:
        entry["hash"] = tables.sha256(folder / entry["path"])
    path.write_text(json.dumps(content), encoding="utf-8")


def _unclear(said: str) -> str:
    """What is wrong with the words of a refusal; empty if they are one clear sentence."""
    lines = said.splitlines()
    if len(lines) != 1 or not lines[0].startswith("anticorruption: "):
        return f"not one sentence: {said!r}"
    if not lines[0].isprintable() or not lines[0].endswith(".") or len(lines[0]) > 2_100:
        return f"not a clear sentence: {said!r}"
    return "an empty name: " + said if "sheet ''" in said else ""


def _left(folder: Path, name: str) -> str:
    """Files that a refusal left behind; questions may be kept in the mapping."""
    stem = name.rpartition(".")[0]
    expected = {name, "a.csv", "report.html", f"{stem}.mapping.toml", "a.mapping.toml"}
    expected |= {
        *overlay.TABLES,
        "observations.csv",
        "sources.csv",
        tables.DESCRIPTOR,
        ".gitignore",
        ".lock",
    }
    left = sorted({path.name for path in folder.iterdir()} - expected)
    return f"leaves {left}" if left else ""


@contextlib.contextmanager
def _clock(seconds: int) -> Iterator[None]:
    def ring(*_) -> None:
        raise _Hangs

    before = signal.signal(signal.SIGALRM, ring)
    busy = signal.signal(signal.SIGPROF, ring)
    signal.alarm(seconds)
    # A loop is noticed by the time of the processor, however busy the machine is.
    signal.setitimer(signal.ITIMER_PROF, 2 * MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGALRM, before)
        signal.signal(signal.SIGPROF, busy)


@contextlib.contextmanager
def _elsewhere(folder: Path, temporary: Path, warm: WarmReader) -> Iterator[None]:
    """Work in a folder, with temporary files in another and the warm reader for the child."""
    here, kept, child = os.getcwd(), tempfile.tempdir, reading._child
    os.chdir(folder)
    tempfile.tempdir, reading._child = str(temporary), warm
    try:
        yield
    finally:
        tempfile.tempdir, reading._child = kept, child
        os.chdir(here)
