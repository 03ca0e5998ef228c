"""The command line: ``anticorruption …``."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from anticorruption import checking, measures, regions, release, tables
from anticorruption.errors import RefusedInput
from anticorruption.language import LANGUAGES, Language
from anticorruption.programme import rubric, screening

DONE, FAILED, REFUSED = 0, 1, 2
NEWEST = 2025
#: A report keeps one core busy.
WORKERS = os.cpu_count() or 1

app = typer.Typer(
    help="Reports and comparisons of Indonesian regional governments, every number with its "
    "source.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console(markup=False, soft_wrap=True)
problems = Console(stderr=True, markup=False, soft_wrap=True)

Regions = Annotated[
    list[str] | None, typer.Argument(metavar="[REGION]...", help="Codes (35.72) or names.")
]
Edition = Annotated[int, typer.Option(help="Edition of the programme.")]
LanguageOption = Annotated[str, typer.Option(help=f"Language: {' or '.join(LANGUAGES)}.")]
Out = Annotated[Path, typer.Option(help="Folder the reports go to.")]
Jobs = Annotated[int, typer.Option(min=1, help="Reports made at the same time.")]


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

    say, nation = _opened(edition, language)
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

    say, nation = _opened(edition, language)
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

    _whole()
    batch.check_folder(out / batch.STUDIES_FOLDER)
    todo = [batch.study_job(each, out) for each in name or batch.study_names()]
    _run(Language("en"), todo, jobs)


@app.command()
def screen(
    edition: Edition = NEWEST,
    csv: Annotated[Path | None, typer.Option(help="File for every answer, as CSV.")] = None,
    language: LanguageOption = "id",
) -> None:
    """Screen all 508 kabupaten and kota against the eight entry criteria, variant by variant."""
    import pandas as pd

    say, nation = _opened(edition, language)
    frames = {
        variant: screening.screen(nation.release, nation.programme, variant=variant)
        for variant in nation.programme.variants()
    }
    shown = Table(title=say("Entry criteria of edition {edition}", edition=edition))
    shown.add_column(say("threshold reading"))
    for word in (say("met"), say("not met"), say("unknown")):
        shown.add_column(word, justify="right")
    for variant, answers in frames.items():
        counts = screening.overall(answers)["answer"].value_counts()
        shown.add_row(variant, *(str(counts.get(key, 0)) for key in ("met", "not_met", "unknown")))
    console.print(shown)
    if csv is not None:
        _written(csv, pd.concat(frames.values()).to_csv(index=False, lineterminator="\n"))
        console.print(say("Written: {file}", file=csv), soft_wrap=True)


@app.command()
def region(
    name: Annotated[str, typer.Argument(help="A code or a name in any usual spelling.")],
    language: LanguageOption = "id",
) -> None:
    """Say which region a name means, or ask which of several."""
    say = Language(language)
    code = regions.require(name)
    row = regions.table().loc[code]
    console.print(f"{code} {regions.name(code, say.code)}", soft_wrap=True)
    if not row["has_government"]:
        console.print(say("an administrative area without a government of its own"))
        return
    frame = _whole().chosen
    own = frame[frame.index.get_level_values("region_code") == code].reset_index()
    shown = Table(say("Measure"), say("Years with a final value"))
    for measure_id, group in own.groupby("measure_id"):
        years = ", ".join(str(year) for year in sorted(group["year"]))
        shown.add_row(measures.name(measure_id, say.code), years)
    console.print(shown)


@app.command()
def check() -> None:
    """Check the data release: schema, keys, hashes, and the rules no schema can say."""
    found = checking.check()
    for finding in found[:50]:
        problems.print(str(finding), soft_wrap=True)
    if len(found) > 50:
        problems.print(f"… and {len(found) - 50} more.")
    if found:
        raise typer.Exit(REFUSED)
    folder = tables.data_folder()
    counted = len(tables.read("observations", folder))
    console.print(f"{folder}: release {release.load().name} is whole, {counted:,} observations.")


@app.command()
def seal() -> None:
    """Record the hashes of the tables after a change that is meant; only whole data are sealed."""
    changed = checking.seal()
    console.print(f"Sealed anew: {', '.join(changed)}." if changed else "Nothing has changed.")


def _whole() -> release.Release:
    """Open the data release, or refuse data that break a rule."""
    if said := checking.problem():
        raise RefusedInput(f"the data cannot be used: {said}")
    return release.load()


def _opened(edition: int, language: str):
    from anticorruption.reporting import studies

    say, data = Language(language), _whole()
    if edition not in rubric.editions(data.folder):
        there = ", ".join(map(str, rubric.editions(data.folder)))
        raise RefusedInput(f"--edition {edition}: there is no such edition; choose {there}.")
    return say, studies.national(data, edition)


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


def _written(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    waiting = path.with_name(f".{path.name}.unfinished")
    try:
        waiting.write_text(text, encoding="utf-8", newline="\n")
        os.replace(waiting, path)
    except OSError as problem:
        waiting.unlink(missing_ok=True)
        raise RefusedInput(f"{path} cannot be written ({problem.strerror}).") from None


def main() -> None:
    """Run the command line; what the user can mend is one sentence and exit code 2."""
    try:
        app()
    except RefusedInput as refused:
        problems.print(f"anticorruption: {refused}", soft_wrap=True)
        sys.exit(REFUSED)
