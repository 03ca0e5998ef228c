"""The command that takes workbooks of others into an overlay."""

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from anticorruption import checking, measures, regions, texts
from anticorruption import overlay as overlays
from anticorruption.cli.app import REFUSED, LanguageOption, app, console, problems
from anticorruption.errors import RefusedInput
from anticorruption.intake import answers as given
from anticorruption.intake import jaga, reading, understanding, writing
from anticorruption.intake.findings import NOTE, QUESTION, REFUSAL, SEVERITIES, Finding
from anticorruption.intake.understanding import Understood
from anticorruption.language import Language, deferred

#: Folder of the overlay unless one is named.
DEFAULT = Path("overlay")
#: Notes of one kind that are listed one by one unless all are asked for, and cells of one note.
_LISTED, _CELLS = 5, 8
_HEADINGS = {
    REFUSAL: deferred("Refused: mend the file ({count})"),
    QUESTION: deferred("Questions: answer them ({count})"),
    NOTE: deferred("Remarks ({count})"),
}
_REASONS = {
    "not_reported": deferred("not reported"),
    "not_applicable": deferred("not applicable"),
    "band": deferred("bands of provinces"),
    "total": deferred("totals and means"),
    "heading": deferred("headings repeated"),
    "text": deferred("texts without a value"),
    "hidden": deferred("hidden"),
    "twice": deferred("regions standing twice"),
    "bounds": deferred("sub-indicators of regions with gaps"),
    "other_area": deferred("rows of other areas"),
    "skip": deferred("left out by an answer"),
    "open": deferred("open questions"),
}


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A workbook (.xlsx, .xls, .ods) or text (.csv).")],
    measure: Annotated[str, typer.Option(help="Measure of the codebook, such as mcp or lhkpn.")],
    year: Annotated[int, typer.Option(help="Year of the values.")],
    sheet: Annotated[str | None, typer.Option(help="Sheet, where several hold a table.")] = None,
    status: Annotated[str, typer.Option(help="final or interim.")] = "final",
    mapping: Annotated[
        Path | None, typer.Option(help="File of answers; by default FILE.mapping.toml beside it.")
    ] = None,
    overlay: Annotated[
        Path | None, typer.Option(help="Folder the figures go to; by default overlay.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="List every remark.")] = False,
    language: LanguageOption = "id",
) -> None:
    """Take a measure out of a workbook into an overlay; every doubt is asked, none guessed."""
    say = Language(language)
    if said := checking.problem():
        raise RefusedInput(f"the data cannot be used: {said}")
    folder = overlay.resolve() if overlay else overlays.chosen(None) or DEFAULT.resolve()
    writing.check_place(folder)
    book = reading.open_workbook(file, say)
    if mapping is not None and not mapping.parent.is_dir():
        raise RefusedInput(f"{texts.shown(mapping)}: {say('there is no such folder')}.")
    answers = given.read(mapping or given.beside(file), year, say)
    found = understanding.understand(book, measure, year, say, answers, status, sheet)
    _show(found, say, everything)
    if found.findings.open:
        _stop(found, answers, say, dry_run)
    if not found.rows:
        named = texts.shown(file.name, 120)
        raise RefusedInput(f"{named}: {say('no row has a value; nothing is written')}.")
    if dry_run:
        _show_rows(found, say)
        _, changed = writing.merged(found, folder)
        told = say("{count} rows of the overlay would change; nothing is written.", count=changed)
        console.print(f"\n{told}")
        return
    changed = writing.add(found, folder)
    told = (
        say("Written: {count} values to {folder}.", count=len(found.rows), folder=folder)
        if changed
        else say("Nothing changes: {folder} holds these values already.", folder=folder)
    )
    console.print(f"\n{told}")
    use = say("In reports: anticorruption --overlay {folder} report …", folder=folder)
    console.print(use)


def _stop(found: Understood, answers: given.Answers, say: Language, dry_run: bool) -> None:
    """End with one sentence that names the first open finding, and what to do."""
    questions = found.findings.of(QUESTION)
    still = found.findings.of(REFUSAL) + questions
    told = f"{_named(found, still[0])}: {still[0].said}"
    if len(still) > 1:
        told += " " + say("(and {count} more)", count=len(still) - 1)
    told += f"; {say('nothing is written')}"
    if questions and not dry_run:
        answers.keep(questions, say)
        told += f"; {say('answer in {file} and run again', file=answers.path)}"
    problems.print(f"anticorruption: {told}.")
    raise typer.Exit(REFUSED)


def _named(found: Understood, finding: Finding) -> str:
    where = [texts.shown(found.workbook.path.name, 120), finding.place]
    value = f" '{finding.value}'" if finding.value else ""
    return ", ".join(filter(None, where)) + value


def _show(found: Understood, say: Language, everything: bool) -> None:
    name = measures.name(found.measure_id, say.code)
    status = say("final") if found.status == "final" else say("interim")
    where = [texts.shown(found.workbook.path.name, 120)]
    where += [say("sheet {name}", name=texts.shown(found.sheet))] if found.sheet else []
    where += [say("table {cells}", cells=found.table)] if found.table else []
    console.print(" · ".join(where))
    console.print(f"{name} ({found.measure_id}) · {found.year} · {status}")
    for severity in SEVERITIES:
        _show_findings(found.findings.of(severity), severity, say, everything)
    left = sum(found.left_out.values())
    reasons = [
        f"{count} {say(_REASONS[reason])}" for reason, count in found.left_out.items() if count
    ]
    told = say(
        "Rows read: {read} = {taken} taken + {left} left out",
        read=found.read,
        taken=found.taken,
        left=left,
    )
    listed = f" ({', '.join(reasons)})" if reasons else ""
    console.print(f"\n{told}{listed}.")
    if found.bounds:
        _show_scores(found, say)


def _show_findings(findings: list[Finding], severity: str, say: Language, everything: bool) -> None:
    if not findings:
        return
    console.print()
    console.print(Text(say(_HEADINGS[severity], count=len(findings)), style="bold"))
    same = {
        key: list(group)
        for key, group in groupby(
            sorted(findings, key=lambda f: (f.rule, f.said)), key=lambda f: (f.rule, f.said)
        )
    }
    # In the order of the file, and what is said alike of many cells once.
    place = {id(finding): at for at, finding in enumerate(findings)}
    ordered = sorted(same.values(), key=lambda group: place[id(group[0])])
    shown: dict[str, int] = {}
    hidden: dict[str, int] = {}
    for group in ordered:
        rule = group[0].rule
        shown[rule] = shown.get(rule, 0) + 1
        if severity == NOTE and not everything and shown[rule] > _LISTED:
            hidden[rule] = hidden.get(rule, 0) + len(group)
            continue
        _show_group(group, say)
    if hidden:
        told = say("… and {count} more of the same kinds: --all", count=sum(hidden.values()))
        console.print(Padding(Text(told), (0, 0, 0, 2)), soft_wrap=False)


def _show_group(group: list[Finding], say: Language) -> None:
    refs = [f.ref for f in group if f.ref]
    places = ", ".join(refs[:_CELLS]) + (
        f" … (+{len(refs) - _CELLS})" if len(refs) > _CELLS else ""
    )
    values = list(dict.fromkeys(f"'{f.value}'" for f in group if f.value))
    head = "  ".join(filter(None, [places, values[0] if len(values) == 1 else ""]))
    said = group[0].said
    console.print(Padding(Text(f"{head}: {said}" if head else said), (0, 0, 0, 2)), soft_wrap=False)
    if choices := [texts.shown(choice, 120) for choice in group[0].choices[:_CELLS]]:
        console.print(Padding(Text(f"→ {' · '.join(choices)}"), (0, 0, 0, 6)), soft_wrap=False)


def _show_rows(found: Understood, say: Language) -> None:
    shown = Table(title=say("What would be written"), title_justify="left")
    for word in (say("Code"), say("Region"), say("Value"), say("Cell")):
        shown.add_column(word, justify="right" if word == say("Value") else "left")
    for row in found.rows:
        name = regions.name(row.region_code, say.code)
        shown.add_row(row.region_code, name, row.printed or row.label, row.cell)
    console.print(shown)


def _show_scores(found: Understood, say: Language) -> None:
    shown = Table(title=say("Put together from sub-indicators"), title_justify="left")
    shown.add_column(say("Code"))
    shown.add_column(say("Region"))
    shown.add_column(say("verified"), justify="right")
    shown.add_column(say("self-assessed"), justify="right")
    for code, verified in found.bounds[jaga.VERIFIED].items():
        own = found.bounds[jaga.SELF].get(code)
        cells = [_interval(score, say) if score else "" for score in (verified, own)]
        shown.add_row(code, regions.name(code, say.code), *cells)
    console.print(shown)


def _interval(score: jaga.Score, say: Language) -> str:
    if not score.missing:
        return say.number(score.low, 2)
    return f"{say.number(score.low, 2)}–{say.number(score.high, 2)}"
