"""The assessment section of a report: where its sheet is found, what it shows in which order."""

import os
import shlex
from pathlib import Path

from anticorruption import tables
from anticorruption.errors import RefusedInput
from anticorruption.programme import dossier
from anticorruption.programme.dossier import Dossier
from anticorruption.release import Release
from anticorruption.reporting import assessed_pictures as pictures
from anticorruption.reporting import assessed_tables as listings
from anticorruption.reporting import assessed_words as words
from anticorruption.reporting.display import Page
from anticorruption.reporting.studies import RegionStudy

#: Folder of the sheets that reports name by file alone, so that no path of a machine enters them.
ENVIRONMENT_VARIABLE = "ANTICORRUPTION_SHEETS"


def example_files(release: Release, edition: int) -> list[Path]:
    """Sheets of the example with invented scores, in the data folder."""
    return sorted((release.folder / "examples").glob(f"contoh-{edition}-*.xlsx"))


def find(name: str) -> Path:
    """File of a sheet: a path, or a name in ``$ANTICORRUPTION_SHEETS`` or ``data/examples/``.

    Raises
    ------
    RefusedInput
        If there is no such file.
    """
    folders = [Path(os.environ.get(ENVIRONMENT_VARIABLE, ".")), tables.data_folder() / "examples"]
    for path in (Path(name), *(folder / name for folder in folders)):
        if path.is_file():
            return path
    raise RefusedInput(f"{Path(name).name}: there is no such sheet.")


def of_region(study: RegionStudy, sheet: str, page: Page) -> Dossier | None:
    """What a sheet tells of the region of a report; None without a sheet.

    Raises
    ------
    RefusedInput
        If the sheet is about another region or edition, or cannot be used.
    """
    if not sheet:
        return None
    return dossier.of_region(study.release, [find(sheet)], study.code, study.edition, page.say)


def show(page: Page, found: Dossier | None) -> None:
    """Show the assessment, or say what is missing and why."""
    say = page.say
    page.heading(say("The assessment of its indicators"))
    if found is None:
        page.text(words.without_a_sheet(say), tone="missing")
        return
    page.warning(found.notice(say))
    page.text(*words.verdict(say, found), tone="headline")
    page.points(words.reasons(say, found))
    page.table(*listings.readings(page, found))
    page.picture(pictures.parts(page, found))
    page.picture(pictures.squares(page, found))
    page.table(*listings.scores(page, found))
    page.table(*listings.worth(page, found), empty=say("No score is missing or in doubt."))
    page.heading(say("The path to the mark"), level=3)
    page.points(words.plans(say, found))
    page.picture(pictures.path(page, found))
    page.table(*listings.gates(page, found))
    page.table(*listings.actions(page, found), empty=say("Nothing has to rise."))
    if found.progress:
        page.heading(say("Progress since the first assessment"), level=3)
        page.points(words.progress(say, found))
        page.table(*listings.progress(page, found))
    page.table(*listings.files(page, found))
    if found.findings:
        page.table(*listings.findings(page, found))


def option(found: Dossier | None) -> str:
    """Part of the command that names the sheets of a report, without their folder."""
    if found is None:
        return ""
    return "".join(f" --sheet {shlex.quote(sheet.file)}" for sheet in found.files)
