"""Many reports at once: one that fails never stops the others, and none is half written.

What stands whole and unchanged is not made again. Each report ends with its manifest, written
last; the batch ends with one over all of them.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anticorruption.errors import RefusedInput
from anticorruption.language import deferred
from anticorruption.release import Release
from anticorruption.reporting import (
    atomic,
    execution,
    extracts,
    forking,
    formats,
    inputs,
    manifest,
    runrecord,
    scratch,
    studies,
)
from anticorruption.reporting.jobs import (
    COMPARISON_FOLDER,
    COMPARISON_TEMPLATE,
    REGION_TEMPLATE,
    STUDIES_FOLDER,
    Job,
    comparison_job,
    everyone,
    pilots,
    region_job,
    study_job,
    study_names,
)

__all__ = [
    "COMPARISON_FOLDER",
    "COMPARISON_TEMPLATE",
    "NOTEBOOK",
    "PAGE",
    "REGION_TEMPLATE",
    "STUDIES_FOLDER",
    "Job",
    "Outcome",
    "Planned",
    "begin",
    "check_folder",
    "comparison_job",
    "end",
    "everyone",
    "finish",
    "here",
    "made",
    "make",
    "pilots",
    "plan",
    "region_job",
    "run",
    "store",
    "study_job",
    "study_names",
    "unwritten",
]

NOTEBOOK, PAGE = formats.FORMATS["ipynb"].file, formats.FORMATS["html"].file
#: From so many reports on, computing first what they share costs less than each report's own share.
WORTH_WARMING = 20
_ASKED: manifest.Reason = (deferred("asked for with --force"), {})
#: Yields the place and the result of each planned report; :func:`forking.each` on one machine.
Each = Callable[[Sequence["Planned"]], Iterator[tuple[int, object]]]


@dataclass(frozen=True)
class Planned:
    """A job, its basis, and why it has to be made anew; no reason if it stands already."""

    job: Job
    basis: dict
    reasons: tuple[manifest.Reason, ...]

    @property
    def stood(self) -> bool:
        """Whether a report stands there already, whatever became of it."""
        return manifest.read(self.job.folder) is not None


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    Attributes
    ----------
    job : Job
    problem : str or None
        One sentence; None if the report stands whole.
    machine : bool
        Whether the machine is the problem (disk full, folder gone), not the report.
    kept : bool
        Whether it stood there already.
    """

    job: Job
    problem: str | None
    machine: bool = False
    kept: bool = False


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


def plan(jobs: Sequence[Job], force: bool = False) -> list[Planned]:
    """Find out which reports have to be made, and why.

    Parameters
    ----------
    jobs : sequence of Job
    force : bool
        Make all of them, whatever stands there.
    """
    planned = []
    for job in jobs:
        basis = manifest.basis(job)
        reasons = (_ASKED,) if force else tuple(manifest.why_anew(job, basis))
        planned.append(Planned(job, basis, reasons))
    return planned


def make(
    jobs: Sequence[Job],
    workers: int = 1,
    told: Callable[[Outcome], None] = lambda outcome: None,
    force: bool = False,
    nations: Sequence[studies.National] = (),
) -> list[Outcome]:
    """Make reports on this machine, several at a time; those that stand unchanged are kept.

    Parameters
    ----------
    jobs : sequence of Job
    workers : int
        Reports made at the same time, each in a process of its own.
    told : callable
        Called with each outcome as it comes.
    force : bool
        Make also what stands unchanged.
    nations : sequence of National
        Shared figures of the reports; see :func:`here`.

    Returns
    -------
    list of Outcome
        In the order of ``jobs``.
    """
    return run(plan(jobs, force), lambda todo: here(todo, workers, nations), told)


def here(
    planned: Sequence[Planned], workers: int, nations: Sequence[studies.National] = ()
) -> Iterator[tuple[int, object]]:
    """Make planned reports in children of this process.

    Parameters
    ----------
    planned : sequence of Planned
    workers : int
        Children at the same time.
    nations : sequence of National
        Shared figures of the reports, computed before the first child is forked if the reports
        are many, so that children only look them up.
    """
    if len(planned) >= WORTH_WARMING and forking.usable():
        for nation in nations:
            # What fails here fails again in the report that it belongs to, and is told there.
            with contextlib.suppress(Exception):
                studies.warm(nation)
    return forking.each(_make, planned, workers)


def run(
    planned: Sequence[Planned], each: Each, told: Callable[[Outcome], None] = lambda outcome: None
) -> list[Outcome]:
    """Make what a plan says has to be made, wherever ``each`` makes it.

    A machine that can no longer write ends the batch: the other reports would fail alike.
    """
    outcomes: dict[int, Outcome] = {}
    for place, this in enumerate(planned):
        if not this.reasons:
            outcomes[place] = Outcome(this.job, None, kept=True)
            told(outcomes[place])
    places = [place for place in range(len(planned)) if place not in outcomes]
    with contextlib.closing(each([planned[place] for place in places])) as results:
        for index, result in results:
            place = places[index]
            outcomes[place] = _outcome(planned[place], result)
            told(outcomes[place])
            if outcomes[place].machine:
                break
    stopped = next((o.problem for o in outcomes.values() if o.machine), None)
    for place in places:
        if place not in outcomes:
            outcomes[place] = Outcome(planned[place].job, stopped or "no result", machine=True)
    return [outcomes[place] for place in range(len(planned))]


def made(job: Job) -> dict[str, bytes]:
    """Run the notebook of a job and write it in each of its formats.

    Returns
    -------
    dict
        Name and content of every file of the report but its manifest.
    """
    notebook = execution.execute(execution.template(job.template), job.parameters, job.about)
    files = {
        each.file: each.write(notebook, job.appearance)
        for each in (formats.FORMATS[name] for name in job.formats)
    }
    if job.apart:
        files |= {name: text.encode("utf-8") for name, text in extracts.files(notebook).items()}
    return files


def store(this: Planned, files: dict[str, bytes]) -> dict[str, str]:
    """Write the files of a report and, last, the manifest that vouches for them.

    Returns
    -------
    dict
        Name and hash of every file.
    """
    hashes = {name: manifest.sha256(content) for name, content in sorted(files.items())}
    vouched = manifest.written(this.basis | {"files": hashes})
    outdated = tuple(sorted(_ours(this.job.folder) - files.keys() - {manifest.NAME}))
    atomic.write_all(
        this.job.folder,
        files | {manifest.NAME: vouched},
        manifest.NAME,
        outdated,
        _above(this.job.folder),
    )
    return hashes


def _make(this: Planned) -> dict:
    """Make one report, in a child: what became of it, as JSON can say it."""
    try:
        return {"files": store(this, made(this.job))}
    except atomic.Unwritable as problem:
        return unwritten(problem)
    except OSError as problem:
        return unwritten(atomic.Unwritable(Path(problem.filename or this.job.folder), problem))
    except Exception as problem:  # whatever it is, the other reports go on
        return {"problem": str(problem) or type(problem).__name__}


def unwritten(problem: atomic.Unwritable) -> dict:
    """What became of a report whose files cannot be written."""
    return {"problem": str(problem), "machine": problem.everywhere}


def _outcome(this: Planned, result: object) -> Outcome:
    job = this.job
    if isinstance(result, forking.Lost):
        if this.reasons != (_ASKED,) and not manifest.why_anew(job, this.basis):
            return Outcome(job, None)  # its process died when the report stood already
        result = {"problem": f"its process was lost ({result.reason}); run the command again."}
    problem, machine = result.get("problem"), bool(result.get("machine"))
    if problem and not machine:
        # an older report must not pass for this one
        with contextlib.suppress(OSError, atomic.Unwritable):
            _remove(job.folder)
    return Outcome(job, problem, machine)


def _ours(folder: Path) -> set[str]:
    """Files in a folder that reports have there; a reader's own are none of them."""
    names = {manifest.NAME, *(each.file for each in formats.FORMATS.values())}
    names |= set((manifest.read(folder) or {}).get("files", {}))
    found = {name for name in names if "/" not in name and (folder / name).is_file()}
    return found | {path.name for pattern in extracts.PATTERNS for path in folder.glob(pattern)}


def _remove(folder: Path) -> None:
    if not folder.is_dir():
        return
    atomic.sweep(folder)
    atomic.withdraw(_above(folder))
    for name in sorted(_ours(folder), key=lambda name: name != manifest.NAME):
        (folder / name).unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


def _above(folder: Path) -> list[Path]:
    """Files that tell of the report in a folder and must go before anything of it changes.

    Those of its batch: the pages and the run record and then the manifest, so that none of them
    is ever there without a manifest that leads to it. A folder of no batch of ours has none.
    """
    above = manifest.read(folder.parent)
    if above is None or above["kind"] != manifest.BATCH:
        return []
    names = sorted(name for name in above["files"] if "/" not in name)
    return [folder.parent / name for name in (*names, manifest.NAME)]


def begin(folder: Path, pages: Sequence[str] = ()) -> None:
    """Clear away what a killed batch left, and pages that no manifest vouches for.

    What a finished batch says of itself stays until one of its reports changes.

    Parameters
    ----------
    folder : Path
        Folder of an edition or of the studies.
    pages : sequence of str
        Names of the pages that the batch will write, such as the index.

    Raises
    ------
    Unwritable
        Naming the file that cannot be removed.
    """
    scratch.sweep()
    atomic.sweep(folder)
    if manifest.read(folder) is None:
        path = folder
        try:
            for path in (folder / name for name in (*pages, runrecord.NAME, manifest.NAME)):
                path.unlink(missing_ok=True)
        except OSError as problem:
            raise atomic.Unwritable(path, problem) from None


def end(folder: Path) -> None:
    """Clear away what children that were ended left behind."""
    scratch.sweep()
    with contextlib.suppress(atomic.Unwritable):
        atomic.sweep(folder)


def finish(folder: Path, release: Release, pages: Sequence[str] = ()) -> Path:
    """Write the run record and, last, the manifest over every whole report of a folder.

    Parameters
    ----------
    folder : Path
        Folder of an edition or of the studies.
    release : Release
    pages : sequence of str
        Names of files of the folder itself, such as the index.

    Returns
    -------
    Path
        The manifest.
    """
    reports = {
        path.name: content
        for path in sorted(folder.iterdir())
        if path.is_dir() and (content := manifest.read(path)) is not None
    }
    record = runrecord.of(folder, reports, release, pages)
    files = {name: (folder / name).read_bytes() for name in pages} | {runrecord.NAME: record}
    content = {
        "kind": manifest.BATCH,
        "release": release.title,
        "inputs": inputs.of_folder(release.folder),
        "files": {name: manifest.sha256(text) for name, text in files.items()},
        "reports": {
            name: manifest.sha256((folder / name / manifest.NAME).read_bytes()) for name in reports
        },
    }
    atomic.write_all(
        folder,
        {runrecord.NAME: record, manifest.NAME: manifest.written(content)},
        last=manifest.NAME,
    )
    return folder / manifest.NAME
