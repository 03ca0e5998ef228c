"""Many reports at once: one that fails never stops the others, and none is half written."""

import contextlib
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat

from anticorruption import regions
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.release import Release
from anticorruption.reporting import display, execution, extracts, sentences, studies
from anticorruption.reporting.html import ReportExporter

REGION_TEMPLATE = "report-region"
COMPARISON_TEMPLATE = "report-comparison"
COMPARISON_FOLDER, STUDIES_FOLDER = "comparison", "studies"
NOTEBOOK, PAGE = "report.ipynb", "report.html"


@dataclass(frozen=True)
class Job:
    """One report to make.

    Attributes
    ----------
    label : str
        What the report is about, for messages.
    folder : Path
        Where its files go.
    template : str
        Name of the notebook.
    parameters, about : dict
        Parameters of the notebook, and what its metadata says for the exporters.
    apart : bool
        Whether every table and chart is written as a file of its own too.
    """

    label: str
    folder: Path
    template: str
    parameters: dict
    about: dict
    apart: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a job: ``problem`` is None if both its files are written."""

    job: Job
    problem: str | None


def region_job(nation: studies.National, code: str, say: Language, out: Path) -> Job:
    """Report of one region."""
    study = studies.region(nation, code)
    edition = nation.programme.edition
    return Job(
        label=f"{study.code} {regions.name(study.code)}",
        folder=out / str(edition) / f"{study.code}-{regions.slug(study.code)}",
        template=REGION_TEMPLATE,
        parameters={"region_code": study.code, "edition": edition, "language": say.code},
        about={
            "language": say.code,
            "title": sentences.title(say, study),
            "region_code": study.code,
            "edition": edition,
            "release": nation.release.title,
            **display.about(say, nation.release),
        },
    )


def comparison_job(nation: studies.National, codes: Sequence[str], say: Language, out: Path) -> Job:
    """Comparison of several regions."""
    study = studies.comparison(nation, list(codes))
    edition = nation.programme.edition
    return Job(
        label=say("comparison of {count} regions", count=len(study.codes)),
        folder=out / str(edition) / COMPARISON_FOLDER,
        template=COMPARISON_TEMPLATE,
        parameters={"region_codes": study.codes, "edition": edition, "language": say.code},
        about={
            "language": say.code,
            "title": sentences.comparison_title(say, study),
            "region_codes": study.codes,
            "edition": edition,
            "release": nation.release.title,
            **display.about(say, nation.release),
        },
    )


def study_job(name: str, out: Path) -> Job:
    """Comparative study of the collection, with its tables and charts as files of their own.

    Raises
    ------
    RefusedInput
        If there is no such study.
    """
    if name not in (known := study_names()):
        raise RefusedInput(f"there is no study '{name}'; there are: {', '.join(known)}.")
    return Job(
        label=name,
        folder=out / STUDIES_FOLDER / name,
        template=name,
        parameters={},
        about={"language": "en", "title": execution.heading(execution.template(name))},
        apart=True,
    )


def study_names() -> list[str]:
    """Names of the numbered notebooks, in reading order."""
    return sorted(path.stem for path in execution.NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))


def pilots(release: Release, edition: int) -> list[str]:
    """Codes of every pilot up to and including an edition, in the order they became one."""
    frame = release.table("pilots")
    frame = frame[(frame["stage"] == "pilot") & (frame["edition"] <= edition)]
    return list(frame["region_code"])


def check_folder(out: Path) -> None:
    """Refuse a folder that reports cannot be written to.

    Raises
    ------
    RefusedInput
        Naming the folder and what is in the way.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise RefusedInput(f"{out} is not a folder; choose another with --out.") from None
    except OSError as problem:
        raise RefusedInput(f"{out} cannot be made ({problem.strerror}); choose another.") from None
    if not os.access(out, os.W_OK | os.X_OK):
        raise RefusedInput(f"{out} is not writable; choose another folder with --out.")


def make(
    jobs: Sequence[Job], workers: int = 1, told: Callable[[Outcome], None] = lambda outcome: None
) -> list[Outcome]:
    """Make reports, several at a time.

    Parameters
    ----------
    jobs : sequence of Job
    workers : int
        Reports made at the same time; each has a kernel process of its own.
    told : callable
        Called with each outcome as it comes.

    Returns
    -------
    list of Outcome
        In the order of ``jobs``.
    """
    outcomes: dict[int, Outcome] = {}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        running = {pool.submit(_make, job): place for place, job in enumerate(jobs)}
        for done in as_completed(running):
            outcomes[running[done]] = done.result()
            told(done.result())
    return [outcomes[place] for place in range(len(jobs))]


def _make(job: Job) -> Outcome:
    try:
        # An older report must not pass for this one if this one fails.
        _remove(job.folder)
        notebook = execution.execute(execution.template(job.template), job.parameters, job.about)
        page, _ = ReportExporter().from_notebook_node(notebook)
        files = {NOTEBOOK: nbformat.writes(notebook) + "\n", PAGE: page}
        if job.apart:
            files |= extracts.files(notebook)
        _write(job.folder, files)
    except Exception as problem:  # whatever it is, the other reports go on
        with contextlib.suppress(OSError):
            _remove(job.folder)
        return Outcome(job, str(problem) or type(problem).__name__)
    return Outcome(job, None)


def _remove(folder: Path) -> None:
    for pattern in (NOTEBOOK, PAGE, *extracts.PATTERNS):
        for file in folder.glob(pattern):
            file.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write the files beside the folder first and move them in whole."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting = folder / ".unfinished"
    shutil.rmtree(waiting, ignore_errors=True)
    waiting.mkdir()
    try:
        for name, text in files.items():
            (waiting / name).write_text(text, encoding="utf-8", newline="\n")
        for name in files:
            os.replace(waiting / name, folder / name)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
