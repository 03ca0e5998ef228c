"""Commands that make reports: of regions, of several side by side, of the studies."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from anticorruption import regions
from anticorruption.cli.app import (
    FAILED,
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
from anticorruption.errors import RefusedInput
from anticorruption.language import Language


@app.command()
def report(
    region: Regions = None,
    pilots: Annotated[
        bool, typer.Option("--pilots", help="All pilots and their comparison.")
    ] = False,
    edition: Edition = NEWEST,
    language: LanguageOption = "id",
    out: Out = Path("reports"),
    jobs: Jobs = WORKERS,
) -> None:
    """Make the reports of regions, or of all pilots with their comparison."""
    from anticorruption.reporting import batch

    say, nation = opened(edition, language)
    named = [regions.require(name) for name in region or []]
    if not named and not pilots:
        raise RefusedInput("name at least one region, or ask for --pilots.")
    of_pilots = batch.pilots(nation.release, edition) if pilots else []
    codes = list(dict.fromkeys([*of_pilots, *named]))
    todo = [batch.region_job(nation, code, say, out) for code in codes]
    if pilots:
        todo.append(batch.comparison_job(nation, of_pilots, say, out))
    batch.check_folder(out / str(edition))
    _make(nation, say, todo, out, jobs)


@app.command()
def compare(
    region: Annotated[list[str], typer.Argument(metavar="REGION...", help="Codes or names.")],
    edition: Edition = NEWEST,
    language: LanguageOption = "id",
    out: Out = Path("reports"),
) -> None:
    """Set several regions side by side in one report."""
    from anticorruption.reporting import batch

    say, nation = opened(edition, language)
    codes = [regions.require(name) for name in region]
    job = batch.comparison_job(nation, codes, say, out)
    batch.check_folder(out / str(edition))
    _make(nation, say, [job], out, workers=1)


@app.command()
def studies(
    name: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="By default all of them.")
    ] = None,
    out: Out = Path("reports"),
    jobs: Jobs = WORKERS,
) -> None:
    """Run the comparative studies, with every table and chart as a file of its own."""
    from anticorruption.reporting import batch

    if whole().overlay is not None:
        raise RefusedInput("the studies are of the public release alone; leave --overlay out.")
    batch.check_folder(out / batch.STUDIES_FOLDER)
    todo = [batch.study_job(each, out) for each in name or batch.study_names()]
    _run(Language("en"), todo, jobs)


def _make(nation, say: Language, jobs: list, out: Path, workers: int) -> None:
    from anticorruption.reporting import index

    _run(say, jobs, workers, lambda: index.write(nation, say, out))


def _run(say: Language, jobs: list, workers: int, finish=lambda: None) -> None:
    """Make reports behind a progress bar, say what became of each, and set the exit code."""
    from anticorruption.reporting import batch

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=problems, transient=True) as progress:
        task = progress.add_task(say("reports"), total=len(jobs))
        outcomes = batch.make(jobs, workers, lambda outcome: progress.advance(task))
    page = finish()
    for outcome in outcomes:
        if outcome.problem is None:
            console.print(str(outcome.job.folder / batch.PAGE), soft_wrap=True)
        else:
            said = f"{outcome.job.label}: {say('no report')}: {outcome.problem}"
            problems.print(said, soft_wrap=True)
    if page is not None:
        console.print(str(page), soft_wrap=True)
    if any(outcome.problem for outcome in outcomes):
        raise typer.Exit(FAILED)
