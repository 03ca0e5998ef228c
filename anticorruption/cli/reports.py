"""Commands that make reports: of regions, of several side by side, of the studies."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from anticorruption import files, overlay, regions
from anticorruption.cli.app import (
    FAILED,
    MACHINE,
    NEWEST,
    WORKERS,
    Edition,
    Jobs,
    LanguageOption,
    Out,
    Regions,
    app,
    console,
    opened,
    problems,
    whole,
)
from anticorruption.cli.progress import shown
from anticorruption.cli.stopping import NAMES, Stopped
from anticorruption.errors import RefusedInput
from anticorruption.intake import reading
from anticorruption.language import Language, deferred

#: So many reports are named one by one; of more, those with the same reason are counted.
_NAMED = 10

Formats = Annotated[str, typer.Option(help="Formats, with commas: html, ipynb, pdf, docx, xlsx.")]
Paper = Annotated[str, typer.Option(help="Paper of printed formats: a4, f4 or letter.")]
Logo = Annotated[
    Path | None, typer.Option(metavar="FILE", help="PNG or SVG picture for the cover.")
]
Draft = Annotated[bool, typer.Option("--draft", help="Say on every page: for discussion.")]
Force = Annotated[bool, typer.Option("--force", help="Make also what stands unchanged.")]
Sheets = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Filled assessment sheet of the one region; repeatable."),
]
Scheduler = Annotated[
    str,
    typer.Option(metavar="tcp://HOST:PORT", help="Dask scheduler whose workers make the reports."),
]
TlsCa = Annotated[
    Path | None, typer.Option("--tls-ca-file", help="Certificate authority of the cluster.")
]
TlsCert = Annotated[Path | None, typer.Option("--tls-cert", help="Our certificate.")]
TlsKey = Annotated[Path | None, typer.Option("--tls-key", help="Key of our certificate.")]


@app.command()
def report(
    region: Regions = None,
    pilots: Annotated[
        bool, typer.Option("--pilots", help="All pilots and their comparison.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="All governments: provinces, kabupaten and kota.")
    ] = False,
    edition: Edition = NEWEST,
    language: LanguageOption = "id",
    out: Out = Path("reports"),
    jobs: Jobs = WORKERS,
    sheet: Sheets = None,
    formats: Formats = "html,ipynb",
    paper: Paper = "a4",
    logo: Logo = None,
    draft: Draft = False,
    force: Force = False,
    scheduler: Scheduler = "",
    tls_ca_file: TlsCa = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
) -> None:
    """Make the reports of regions, of all pilots with their comparison, or of everyone."""
    from anticorruption.reporting import batch

    dress = _dress(formats, paper, logo, draft)
    place = _place(jobs, scheduler, tls_ca_file, tls_cert, tls_key)
    if sheet and scheduler:
        raise RefusedInput("a sheet does not leave this machine; leave --scheduler or --sheet out.")
    for path in sheet or []:
        # Read wholly later; a missing one is told before the national figures are computed.
        files.content(path, reading.MOST_BYTES, Language(language))
    say, nation = opened(edition, language)
    named = [regions.require(name) for name in region or []]
    if not (named or pilots or every):
        raise RefusedInput("name at least one region, or ask for --pilots or --all.")
    of_pilots = batch.pilots(nation.release, edition) if pilots else []
    codes = list(dict.fromkeys([*of_pilots, *named, *(batch.everyone() if every else [])]))
    if sheet and len(codes) != 1:
        raise RefusedInput("--sheet belongs to one region; name that region alone.")
    todo = [batch.region_job(nation, code, say, out) for code in codes]
    if sheet:
        todo = [_with_sheets(nation, say, todo[0], codes[0], sheet)]
    batch.check_folder(out / str(edition))
    if pilots:
        todo.append(batch.comparison_job(nation, of_pilots, say, out))
    _make(nation, say, [dress(job) for job in todo], out, place, force)


def _with_sheets(nation, say: Language, job, code: str, sheets: list[Path]):
    from anticorruption.reporting import assessed, studies
    from anticorruption.reporting.display import Page

    study = studies.region(nation, code)
    return assessed.with_sheets(job, study, sheets, Page(study.release, say))


@app.command()
def compare(
    region: Annotated[list[str], typer.Argument(metavar="REGION...", help="Codes or names.")],
    edition: Edition = NEWEST,
    language: LanguageOption = "id",
    out: Out = Path("reports"),
    formats: Formats = "html,ipynb",
    paper: Paper = "a4",
    logo: Logo = None,
    draft: Draft = False,
    force: Force = False,
) -> None:
    """Set several regions side by side in one report."""
    from anticorruption.reporting import batch

    dress = _dress(formats, paper, logo, draft)
    say, nation = opened(edition, language)
    codes = [regions.require(name) for name in region]
    job = batch.comparison_job(nation, codes, say, out)
    batch.check_folder(out / str(edition))
    _make(nation, say, [dress(job)], out, _place(1), force)


@app.command()
def studies(
    name: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="By default all of them.")
    ] = None,
    out: Out = Path("reports"),
    jobs: Jobs = WORKERS,
    formats: Formats = "html,ipynb",
    paper: Paper = "a4",
    logo: Logo = None,
    draft: Draft = False,
    force: Force = False,
) -> None:
    """Run the comparative studies, with every table and chart as a file of its own."""
    from anticorruption.reporting import batch

    dress = _dress(formats, paper, logo, draft)
    data = whole()
    if data.overlay is not None:
        raise RefusedInput("the studies are of the public release alone; leave --overlay out.")
    folder = out / batch.STUDIES_FOLDER
    batch.check_folder(folder)
    todo = [dress(batch.study_job(each, out, data)) for each in name or batch.study_names()]
    _run(Language("en"), todo, folder, _place(jobs), force, data)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of reports.")],
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make every report again elsewhere and compare.")
    ] = False,
    logo: Logo = None,
    jobs: Jobs = WORKERS,
    language: LanguageOption = "id",
) -> None:
    """Check a folder of reports against its manifests: what is missing, changed or extra."""
    from anticorruption.reporting import formats, verification

    say = Language(language)
    found = verification.check(folder)
    if rebuild and not found:
        whole()
        found = verification.rebuilt(folder, formats.logo(logo) if logo else b"", jobs)
    for where, message, values in found:
        problems.print(f"{where}: {say(message, **values)}", soft_wrap=True)
    if found:
        raise typer.Exit(FAILED)
    reports, count = verification.counted(folder)
    message = deferred("{folder} is whole: {reports} reports, {files} files.")
    if rebuild:
        message = deferred(
            "{folder} is whole and can be made again: {reports} reports, {files} files."
        )
    console.print(say(message, folder=folder, reports=reports, files=count))


def _dress(words: str, paper: str, logo: Path | None, draft: bool):
    """Formats and appearance asked for, as what gives them to a job; refused before any work."""
    from anticorruption.reporting import formats

    names = [each.name for each in formats.named(words)]
    picture = formats.logo(logo) if logo else b""
    appearance = formats.Appearance(formats.paper(paper), picture, draft)
    return lambda job: job.dressed(names, appearance)


def _place(jobs: int, scheduler: str = "", *tls: Path | None):
    """Where reports are made: children of this process, or the workers of a cluster."""
    from anticorruption.reporting import batch

    if not scheduler:
        return lambda planned, *nations: batch.here(planned, jobs, nations)
    if overlay.chosen(None) is not None:
        raise RefusedInput(
            "figures of an overlay do not leave this machine; leave --scheduler or --overlay out."
        )
    from anticorruption.reporting import cluster

    connected = cluster.connect(scheduler, *tls)
    return lambda planned, *_: cluster.each(connected, planned)


def _make(nation, say: Language, jobs: list, out: Path, place, force: bool) -> None:
    from anticorruption.reporting import index

    folder = out / str(nation.programme.edition)

    def there(planned):
        return place(planned, nation)

    def page() -> None:
        index.write(nation, say, out)

    _run(say, jobs, folder, there, force, nation.release, {index.INDEX: page})


def _run(say: Language, jobs: list, folder: Path, place, force, release, pages=None) -> None:
    """Make reports behind a progress bar, say what became of each, and set the exit code."""
    from anticorruption.reporting import atomic, batch, lock

    pages, known = pages or {}, []
    try:
        with lock.held(folder):
            try:
                outcomes = _made(say, jobs, folder, pages, place, force, known.append)
                if not any(outcome.machine for outcome in outcomes):
                    for write in pages.values():
                        write()
                    batch.finish(folder, release, list(pages))
            finally:
                batch.end(folder)
    except (atomic.Unwritable, OSError) as problem:
        if not isinstance(problem, atomic.Unwritable):
            problem = atomic.Unwritable(Path(problem.filename or folder), problem)
        problems.print(f"anticorruption: {problem}", soft_wrap=True)
        raise typer.Exit(MACHINE) from None
    except Stopped as stopped:
        said = say(
            "stopped by {signal}: {whole} of {count} reports stand whole; the same command makes "
            "the others.",
            signal=NAMES[stopped.number],
            whole=sum(outcome.problem is None for outcome in known),
            count=len(jobs),
        )
        raise Stopped(stopped.number, said) from None
    _tell(say, outcomes)
    if any(outcome.machine for outcome in outcomes):
        raise typer.Exit(MACHINE)
    for name in pages:
        console.print(str(folder / name), soft_wrap=True)
    if any(outcome.problem for outcome in outcomes):
        raise typer.Exit(FAILED)


def _made(say: Language, jobs: list, folder: Path, pages, place, force: bool, told) -> list:
    from anticorruption.reporting import batch

    batch.begin(folder, list(pages))
    planned = batch.plan(jobs, force)
    _tell_why(say, planned)
    todo = sum(bool(this.reasons) for this in planned)
    with shown(say, todo) as advance:

        def came(outcome) -> None:
            told(outcome)
            if not outcome.kept:
                advance(outcome.job.label)

        return batch.run(planned, place, came)


def _tell_why(say: Language, planned: list) -> None:
    """Say why reports that stand already are made anew."""
    again = [this for this in planned if this.reasons and this.stood]
    told = {id(this): _why(say, this.reasons) for this in again}
    shared = Counter(told.values())
    for this in again:
        reason = told[id(this)]
        if shared[reason] <= _NAMED:
            problems.print(f"{this.job.label}: {reason}", soft_wrap=True)
    for reason, count in shared.items():
        if count > _NAMED:
            counted = say("{count} reports: {reason}", count=count, reason=reason)
            problems.print(counted, soft_wrap=True)


def _why(say: Language, reasons: tuple) -> str:
    message, values = reasons[0]
    first = say(message, **values)
    if len(reasons) == 1:
        return first
    return say("{reason}; and {count} more", reason=first, count=len(reasons) - 1)


def _tell(say: Language, outcomes: list) -> None:
    """Name the reports made and, last, every problem; of a full disk one sentence is enough."""
    for outcome in outcomes:
        if outcome.problem is None:
            console.print(str(outcome.job.first_file), soft_wrap=True)
    kept = sum(outcome.kept for outcome in outcomes)
    if kept:
        counted = say(
            "{kept} of {count} reports stand unchanged and were kept.",
            kept=kept,
            count=len(outcomes),
        )
        problems.print(counted, soft_wrap=True)
    for outcome in outcomes:
        if outcome.problem and not outcome.machine:
            said = f"{outcome.job.label}: {say('no report')}: {outcome.problem}"
            problems.print(said, soft_wrap=True)
    for problem in dict.fromkeys(o.problem for o in outcomes if o.machine):
        problems.print(f"anticorruption: {problem}", soft_wrap=True)
