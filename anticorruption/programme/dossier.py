"""All that filled sheets tell of a region: its rounds, assessments, gates, plans and progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from anticorruption import regions
from anticorruption.errors import RefusedInput
from anticorruption.intake import reading
from anticorruption.language import Language
from anticorruption.programme import (
    assessment,
    layout,
    planning,
    progress,
    rounds,
    rubric,
    screening,
    sheets,
    weightings,
)
from anticorruption.programme.assessment import Assessment
from anticorruption.programme.rubric import Rubric
from anticorruption.release import Release
from anticorruption.texts import shown


@dataclass(frozen=True, eq=False)
class Dossier:
    """One region with its filled sheets.

    Attributes
    ----------
    release : Release
        Where the answers to the entry criteria come from.
    rubric : Rubric
    rounds : list of Round
        One a date, oldest first.
    options : DataFrame or None
        Efforts and ceilings (:func:`anticorruption.programme.planning.read_options`).
    """

    release: Release
    rubric: Rubric
    rounds: list[rounds.Round]
    options: pd.DataFrame | None = None

    @property
    def code(self) -> str:
        """Region code."""
        return self.rounds[0].region_code

    @property
    def is_example(self) -> bool:
        """Whether any of its scores are invented."""
        return any(each.is_example for each in self.rounds)

    @property
    def files(self) -> list[sheets.Filled]:
        """Every sheet, oldest first."""
        return [sheet for each in self.rounds for sheet in each.sheets]

    @property
    def findings(self) -> list[sheets.Finding]:
        """What was understood although it was written otherwise, of every sheet."""
        return [finding for sheet in self.files for finding in sheet.findings]

    @property
    def latest(self) -> rounds.Round:
        """The round of the last date."""
        return self.rounds[-1]

    @cached_property
    def assessments(self) -> list[Assessment]:
        """Assessment of each round."""
        return [
            assessment.assess(self.rubric, each.scores[["low", "high"]]) for each in self.rounds
        ]

    @property
    def now(self) -> Assessment:
        """Assessment of the last round."""
        return self.assessments[-1]

    @cached_property
    def gates(self) -> pd.DataFrame:
        """Answers to the entry criteria, those of the last round's assessors first."""
        answers = screening.screen(self.release, self.rubric, [self.code])
        return rounds.answered(answers, self.latest.sheets)

    @cached_property
    def paths(self) -> planning.Paths:
        """The ways to the mark from the last round."""
        return planning.paths(self.now, self.options, self.gates)

    @cached_property
    def progress(self) -> list[progress.Progress]:
        """Change from the first to the last round, under each reading; none with one round."""
        if len(self.rounds) < 2:
            return []
        first, last = self.assessments[0], self.now
        return [
            progress.between(first, last, reading) for reading in weightings.readings(self.rubric)
        ]

    def notice(self, say: Language) -> str:
        """Warning that everything made from an example carries; else empty."""
        return layout.notice(say, layout.EXAMPLE if self.is_example else layout.REAL)


def load(
    release: Release,
    files: Sequence[Path],
    say: Language | None = None,
    rubric_file: Path | None = None,
    options_file: Path | None = None,
) -> list[Dossier]:
    """Read filled sheets and put them in order, a dossier a region.

    Parameters
    ----------
    release : Release
    files : sequence of Path
        Any number of filled workbooks, of any regions, of one edition.
    say : Language, optional
        Language of refusals and findings; English by default.
    rubric_file : Path, optional
        A rubric with weights, in place of the edition's own.
    options_file : Path, optional
        Efforts and ceilings for the plans.

    Returns
    -------
    list of Dossier
        In the order in which the regions first appear.

    Raises
    ------
    RefusedInput
        For the first file that cannot be used, naming it; nothing is computed then.
    """
    say = say or Language("en")
    if not files:
        raise RefusedInput(say("give at least one filled sheet."))
    given = None if rubric_file is None else rubric.read(Path(rubric_file))
    filled, programme = [], None
    for file in files:
        book = reading.open_workbook(file, say)
        told = sheets.identify(book, say)
        own = given or _described(release, told, file, say)
        if programme is not None and own.edition != programme.edition:
            said = say(
                "is of edition {edition}, {other} of edition {theirs}; assessments of different "
                "editions are not compared",
                edition=told.edition, other=filled[0].file, theirs=programme.edition,
            )  # fmt: skip
            raise RefusedInput(f"{shown(Path(file).name, 120)} {said}.")
        programme = own
        filled.append(sheets.read(book, programme, say))
    options = None if options_file is None else planning.read_options(options_file, programme)
    codes = dict.fromkeys(sheet.region_code for sheet in filled)
    return [
        Dossier(
            release,
            programme,
            rounds.rounds([s for s in filled if s.region_code == code], programme, say),
            options,
        )
        for code in codes
    ]


def of_region(
    release: Release, files: Sequence[Path], region_code: str, edition: int, say: Language
) -> Dossier:
    """Dossier of one region and edition.

    Raises
    ------
    RefusedInput
        If a sheet is about another region or edition.
    """
    for found in load(release, files, say):
        sheet = found.files[0]
        if found.code != region_code or found.rubric.edition != edition:
            said = say(
                "is about {theirs} and edition {their_edition}; the report is about {ours} and "
                "edition {our_edition}",
                theirs=f"{found.code} {regions.name(found.code, say.code)}",
                their_edition=found.rubric.edition,
                ours=f"{region_code} {regions.name(region_code, say.code)}",
                our_edition=edition,
            )
            raise RefusedInput(f"{sheet.file} {said}.")
    return found


def _described(release: Release, told: layout.Identity, file: Path, say: Language) -> Rubric:
    known = rubric.editions(release.folder)
    if told.edition not in known:
        said = say(
            "the sheet is of edition {edition}, which the data do not describe; there are: {there}",
            edition=told.edition, there=", ".join(map(str, known)),
        )  # fmt: skip
        raise RefusedInput(f"{shown(Path(file).name, 120)}: {said}.")
    return rubric.load(told.edition, release.folder)
