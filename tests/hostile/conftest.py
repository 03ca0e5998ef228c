"""A release, a sheet, an import and a recipe full of hostile texts, and all that is made of them.

Everything is made once a session, by whichever process comes first; the others wait for it.
"""

import contextlib
import fcntl
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import openpyxl
import pytest

from anticorruption import checking, cli, overlay, regions, release, tables
from anticorruption.language import Language
from anticorruption.programme import rubric, workbook
from anticorruption.reporting import assessed, batch, formats, index, studies, whatif, whatif_files
from anticorruption.reporting.display import Page
from tests.conftest import DATA, DataCopy
from tests.hostile.texts import BORNE

BLITAR, EDITION = "35.72", 2025
#: Regions set side by side.
COMPARED = (BLITAR, *(f"35.{number:02d}" for number in range(1, 12)))
#: Names that a system of files lets pass, and that come from whoever sends a file.
FILE = "=cmd {{7*7}} <img src=x onerror=alert(1)> '$(id)' [a](javascript:b).xlsx"
SHEET_NAME = "<script>@SUM {{7}} =1+1"
SHEETS = ("-1+1 <b onmouseover=alert(1)>.xlsx", '#read("etc") @ref $x$ {{7*7}}.xlsx')


class Made:
    """Where all that was made lies."""

    def __init__(self, root: Path):
        self.root = root
        self.data, self.out, self.overlay = root / "data", root / "out", root / "overlay"
        self.edition = self.out / str(EDITION)
        self.index = self.edition / index.INDEX
        self.whatif, self.said = root / "what-if", root / "said"

    def files(self, ending: str) -> list[Path]:
        """Files that the library wrote, by the end of their name."""
        places = (self.out, self.whatif, self.overlay, self.root / "sheets")
        return sorted(path for place in places for path in place.rglob(f"*{ending}"))

    def report(self, ending: str) -> dict[str, Path]:
        """File of every report of a kind, by the name of its folder."""
        return {path.parent.name: path for path in self.out.rglob(f"report.{ending}")}


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Made:
    """Everything made of hostile texts."""
    base = tmp_path_factory.getbasetemp()
    # pytest-xdist gives each process a folder of its own below the one of the session
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    made, ready = Made(shared / "hostile"), shared / "hostile-ready"
    with (shared / "hostile-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            _make(made)
            ready.touch()
    return made


@contextlib.contextmanager
def using(made: Made, own: bool = True) -> Iterator[None]:
    """Let the library read the hostile release, with its overlay or without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(tables.ENVIRONMENT_VARIABLE, str(made.data))
        patch.setenv(overlay.ENVIRONMENT_VARIABLE, str(made.overlay) if own else "")
        patch.setenv(assessed.ENVIRONMENT_VARIABLE, "")
        yield


def fill(copy: DataCopy, table: str, columns: tuple[str, ...], texts, codes=None) -> None:
    """Give each cell of some columns the next of the texts, in every record or in some."""
    header, *rows = copy.rows(table)
    for row in rows:
        if codes is None or row[header.index("region_code")] in codes:
            for column in columns:
                row[header.index(column)] = next(texts)
    copy.write(table, [header, *rows])


def _make(made: Made) -> None:
    shutil.rmtree(made.root, ignore_errors=True)
    made.root.mkdir()
    shutil.copytree(DATA, made.data)
    _spoil(DataCopy(made.data))
    checking.seal(made.data)
    with using(made, own=False):
        _import(made)
    with using(made):
        _report(made)


def _spoil(copy: DataCopy) -> None:
    """Put texts wherever the rules of a release allow one."""
    header, *rows = copy.rows("regions")
    codes = [r[0] for r in rows if r[0].startswith("35.")]
    codes = [
        BLITAR,
        *(code for code in codes if code != BLITAR),
        *(f"34.0{n}" for n in range(1, 5)),
    ]
    # a name has to have a letter that can be looked up
    names = [text if regions.key(text) else f"{text} a" for text in BORNE]
    for code, text in zip(codes, names, strict=False):
        fill(copy, "regions", ("name_ind", "name_eng"), cycle([text]), {code})
    fill(copy, "regions", ("name_eng", "name_ind"), cycle([BORNE[1] + " 35"]), {"35"})
    fill(copy, "measures", ("name_ind", "name_eng", "publisher"), cycle(BORNE))
    fill(copy, "measures", ("unit",), cycle(BORNE))
    fill(copy, "sources", ("publisher", "title", "licence"), cycle(BORNE))
    addresses = (f"https://x{n}.example/'-alert(1)-'?{{{{7*7}}}}&amp;=[a](b)" for n in range(999))
    fill(copy, "sources", ("url",), addresses)
    fill(copy, "notes", ("note_ind",), cycle(BORNE))
    fill(copy, "claims", ("said",), cycle(BORNE))
    fill(copy, "breaks", ("text_ind", "text_eng"), cycle(BORNE))
    fill(copy, "bands", ("band", "note"), cycle(BORNE))
    fill(copy, "pilots", ("note_ind", "note_eng"), cycle(BORNE))
    fill(copy, "flags", ("text_ind", "text_eng"), cycle(BORNE))
    header, *rows = copy.rows("region_aliases")
    for code, text in zip(codes, names, strict=False):
        rows.append([text, code, "", "", "spelling"])
    copy.write("region_aliases", [header, *sorted(rows, key=lambda row: (row[0], row[1]))])
    texts = cycle(BORNE)
    file = copy.path(f"programmes/kabkota-{EDITION}.toml")
    told = re.sub(
        r"^(name_ind|name_eng|note_ind|note_eng) = .*$",
        lambda found: f"{found.group(1)} = {json.dumps(next(texts))}",
        file.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    file.write_text(told, encoding="utf-8", newline="\n")


def _import(made: Made) -> None:
    """Take figures out of a workbook whose own names are hostile."""
    book = openpyxl.Workbook()
    book.active.title = SHEET_NAME
    for row in (("Kode", "Nilai"), (BLITAR, 88.5), ("35.01", 90.1)):
        book.active.append(row)
    book.save(made.root / FILE)
    made.said.mkdir()
    code, said = run("import", made.root / FILE, "--measure", "mcp", "--year", 2024,
                     "--overlay", made.overlay)  # fmt: skip
    (made.said / "import.txt").write_text(said, encoding="utf-8")
    assert code == 0, said


def run(*words: object) -> tuple[int, str]:
    """Exit code of a command and all that it said."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        patch.setattr(sys, "argv", ["anticorruption", *map(str, words)])
        # the console's own colours off: what is left of escape sequences came from a text
        patch.setenv("NO_COLOR", "1")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            try:
                cli.main()
            except SystemExit as ended:
                return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def _report(made: Made) -> None:
    data, say = release.load(), Language("id")
    nation = studies.national(data, EDITION)
    # First what needs most of the shared figures: the children that make reports then have them.
    shown = whatif.screen(whatif.ground(nation), whatif.Choices(BLITAR, EDITION))
    whatif_files.write(shown, say, made.whatif)
    index.page(nation, say, made.edition)
    sheets = _sheets(made, data, nation.programme)
    jobs = [
        batch.region_job(nation, BLITAR, say, made.out),
        batch.comparison_job(nation, COMPARED, say, made.out),
    ]
    page = Page(data, say)
    jobs[0] = assessed.with_sheets(jobs[0], studies.region(nation, BLITAR), sheets, page)
    jobs = [job.dressed(list(formats.FORMATS), formats.Appearance(draft=True)) for job in jobs]
    jobs.append(batch.study_job("08-claims-checked", made.out))
    jobs.append(
        batch.Job(
            "explore", made.out / "explore", "explore", {"region": BLITAR, "language": "en"},
            {"language": "en", "title": BORNE[0], "footer": BORNE[1]}, apart=True,
        )
    )  # fmt: skip
    outcomes = batch.make(jobs)
    assert [outcome.problem for outcome in outcomes] == [None] * len(jobs)
    written = index.write(nation, say, made.out)
    batch.finish(made.edition, data, [written.name])
    batch.finish(made.out / batch.STUDIES_FOLDER, data)
    commands = {
        "region": ("region", BLITAR),
        "screen": ("screen", "--csv", made.whatif / "answers.csv"),
        "score": ("score", *sheets),
        "check": ("check",),
        "again": ("report", BORNE[2], BORNE[9], "a b c", "--edition", 2025),
        "compare": ("compare", BORNE[0], BORNE[24], "--formats", "no-format"),
    }
    for name, words in commands.items():
        (made.said / f"{name}.txt").write_text(run(*words)[1], encoding="utf-8")
    _, told = run("score", sheets[0], "--json")
    (made.whatif / "score.json").write_text(told, encoding="utf-8")


def _sheets(made: Made, data: release.Release, programme: rubric.Rubric) -> list[Path]:
    """Filled sheets whose every free cell holds a text."""
    texts, files = cycle(BORNE), []
    (made.root / "sheets").mkdir()
    for dated, name in zip(("2025-10-01", "2025-11-05"), SHEETS, strict=True):
        scores = {
            each.id: {"score": 91, "state": "agreed", "title": next(texts), "link": next(texts),
                      "note": next(texts)}
            for each in programme.indicators
        }  # fmt: skip
        entries = workbook.Entries(dated, "<b>=1+1 {{7*7}}", scores)
        content = workbook.write(data, programme, BLITAR, Language("id"), entries)
        files.append(made.root / "sheets" / name)
        files[-1].write_bytes(content)
    return files
