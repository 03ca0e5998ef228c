"""The assessment section of a report: where its sheets are found, what it shows in which order."""

import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from IPython.display import display
from markupsafe import Markup

from anticorruption import tables
from anticorruption.errors import RefusedInput
from anticorruption.programme import dossier
from anticorruption.programme.dossier import Dossier
from anticorruption.release import Release
from anticorruption.reporting import assessed_pictures as pictures
from anticorruption.reporting import assessed_tables as listings
from anticorruption.reporting import assessed_words as words
from anticorruption.reporting import execution
from anticorruption.reporting.display import Page
from anticorruption.reporting.jobs import Job
from anticorruption.reporting.studies import RegionStudy

#: Folders of the sheets that reports name by file alone, so that no path of a machine enters them.
ENVIRONMENT_VARIABLE = "ANTICORRUPTION_SHEETS"
#: Between the names of several sheets in the one parameter of a report.
BETWEEN = "|"


def example_files(release: Release, edition: int) -> list[Path]:
    """Sheets of the example with invented scores, in the data folder."""
    return sorted((release.folder / "examples").glob(f"contoh-{edition}-*.xlsx"))


def find(name: str) -> Path:
    """File of a sheet: a name in ``$ANTICORRUPTION_SHEETS`` or ``data/examples/``, or a path.

    Raises
    ------
    RefusedInput
        If there is no such file.
    """
    folders = os.environ.get(ENVIRONMENT_VARIABLE, "").split(os.pathsep)
    places = [Path(folder) for folder in folders if folder]
    for path in (*(folder / name for folder in places), Path(name)):
        if path.is_file():
            return path
    if (path := tables.data_folder() / "examples" / name).is_file():
        return path
    raise RefusedInput(f"{Path(name).name}: there is no such sheet.")


def of_region(study: RegionStudy, sheet: str, page: Page) -> Dossier | None:
    """What filled sheets tell of the region of a report; None without any.

    Parameters
    ----------
    study : RegionStudy
    sheet : str
        Names of the sheets, parted by ``|``; empty for none.
    page : Page
        The report.

    Raises
    ------
    RefusedInput
        If a sheet is about another region or edition, or cannot be used.
    """
    if not sheet:
        return None
    files = [find(name) for name in sheet.split(BETWEEN)]
    return dossier.of_region(study.release, files, study.code, study.edition, page.say)


def with_sheets(job: Job, study: RegionStudy, sheets: Sequence[Path], page: Page) -> Job:
    """The report of a region with its filled sheets, which are read once before it is begun.

    Their folders are named in ``$ANTICORRUPTION_SHEETS``, for this process and those it starts;
    the report itself names the files and, as inputs, their hashes.

    Raises
    ------
    RefusedInput
        If a sheet cannot be used, or two of them have the same name.
    """
    names = [path.name for path in sheets]
    for path in sheets:
        if names.count(path.name) > 1 or BETWEEN in path.name:
            raise RefusedInput(f"--sheet {path}: give each sheet a name of its own, without '|'.")
    found = dossier.of_region(study.release, sheets, study.code, study.edition, page.say)
    folders = dict.fromkeys(str(path.resolve().parent) for path in sheets)
    os.environ[ENVIRONMENT_VARIABLE] = os.pathsep.join(folders)
    return replace(
        job,
        parameters=job.parameters | {"sheet": BETWEEN.join(names)},
        inputs=dict(job.inputs) | {f"sheet {each.file}": each.sha256 for each in found.files},
    )


def option(found: Dossier | None) -> str:
    """Part of the command that names the sheets of a report, without their folder."""
    if found is None:
        return ""
    return "".join(f" --sheet {shlex.quote(sheet.file)}" for sheet in found.files)


def warn(page: Page, found: Dossier | None) -> None:
    """Show the warning of an example, and ask for it on every page of whatever is made of this."""
    notice = found.notice(page.say) if found else ""
    if notice:
        html = Markup('<p class="warning">{}</p>').format(notice)
        shown = {"text/html": str(html), "text/plain": notice}
        display(shown, raw=True, metadata={execution.NOTICE: notice})


def show(page: Page, found: Dossier | None) -> None:
    """Show the assessment, or say what is missing and why."""
    say = page.say
    page.heading(say("The assessment of its indicators"))
    if found is None:
        page.text(words.without_a_sheet(say), tone="missing")
        return
    warn(page, found)
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
