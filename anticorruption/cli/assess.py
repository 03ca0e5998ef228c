"""Commands around assessment sheets: write them, and read filled ones back as scores."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from anticorruption import regions
from anticorruption.cli.app import NEWEST, Edition, LanguageOption, Terminal, app, console, whole
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.programme import dossier, rubric, workbook
from anticorruption.programme.dossier import Dossier


@app.command()
def sheet(
    region: Annotated[list[str], typer.Argument(metavar="REGION...", help="Codes or names.")],
    edition: Edition = NEWEST,
    out: Annotated[Path, typer.Option(help="Folder the sheets go to.")] = Path("sheets"),
    language: LanguageOption = "id",
    example: Annotated[
        bool, typer.Option("--example", help="Three sheets filled with invented scores.")
    ] = False,
) -> None:
    """Write an empty assessment sheet for each region, for assessors to fill in."""
    say, codes = Language(language), list(dict.fromkeys(regions.require(name) for name in region))
    programme = rubric.load(edition)
    data = whole()
    files: dict[Path, bytes] = {}
    for code in codes:
        if example:
            made = workbook.write_example(data, programme, code, say)
        else:
            content = workbook.write(data, programme, code, say)
            made = {workbook.file_name(edition, code): content}
        files |= {out / name: content for name, content in made.items()}
    for path in files:
        # A sheet that is there may be filled in already.
        if path.exists():
            raise RefusedInput(f"{path} is there already; move it, or choose another --out.")
    for path, content in files.items():
        _written(path, content)
        console.print(say("Written: {file}", file=path), soft_wrap=True)


@app.command()
def score(
    file: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Filled sheets.")],
    rubric: Annotated[
        Path | None, typer.Option(help="Rubric with weights, in place of the edition's own (TOML).")
    ] = None,
    effort: Annotated[
        Path | None, typer.Option(help="Efforts and ceilings of the plans (CSV).")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Everything as JSON, for programs.")
    ] = False,
    language: LanguageOption = "id",
) -> None:
    """Read filled sheets: the score as an interval, what is certain, and the ways to the mark."""
    from anticorruption.reporting import assessed_json

    say, data = Language(language), whole()
    found = dossier.load(data, file, say, rubric, effort)
    if as_json:
        told = [assessed_json.told(each, say) for each in found]
        # Written past the console, which would break long lines.
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False))
        return
    for each in found:
        _show(each, say)


def _show(found: Dossier, say: Language) -> None:
    """Print one region: the sentences and tables of its report, without the charts."""
    from anticorruption.reporting import assessed_tables as listings
    from anticorruption.reporting import assessed_words as words
    from anticorruption.reporting.display import Page

    page, latest = Page(found.release, say), found.latest
    dated = say.date(latest.dated) if latest.dated else say("no date given")
    console.print()
    console.print(Text(f"{found.code} {words.name(say, found)}, {dated}", style="bold"))
    if notice := found.notice(say):
        console.print(Text(notice, style="bold red"))
    for line in words.verdict(say, found):
        console.print(Text(line, style="bold"))
    _points(words.reasons(say, found))
    _table(listings.readings(page, found))
    _table(listings.worth(page, found))
    _points(words.plans(say, found))
    _table(listings.actions(page, found))
    _table(listings.gates(page, found))
    if found.progress:
        _points(words.progress(say, found))
        _table(listings.progress(page, found))
    if found.findings:
        console.print(Text(say("What was understood although it was written otherwise"), "bold"))
        _points([str(finding) for finding in found.findings])


def _points(lines: list[str]) -> None:
    for line in lines:
        console.print(Text(f"- {line}"))
    console.print()


def _table(listing: tuple) -> None:
    """Print a table of a report; nothing if it has no rows."""
    caption, columns, rows = listing
    if not rows:
        return
    shown = Table(title=Text(caption), title_justify="left")
    for place, column in enumerate(columns):
        right = "right" if column.kind == "number" else "left"
        shown.add_column(column.title, justify=right, ratio=3 if place == 0 else None)
    for row in rows:
        cells = [row.get(column.key, "") for column in columns]
        shown.add_row(*(Text(getattr(cell, "text", str(cell))) for cell in cells))
    # A table is laid out for the width there is; sentences are left to wrap.
    Terminal(file=console.file, width=console.width).print(shown)
    console.print()


def _written(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    waiting = path.with_name(f".{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_bytes(content)
        waiting.replace(path)
    except OSError as problem:
        waiting.unlink(missing_ok=True)
        raise RefusedInput(f"{path} cannot be written ({problem.strerror}).") from None
