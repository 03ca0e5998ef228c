"""Several sheets of a region: assessors side by side on a date, dates one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.programme.rubric import Rubric
from anticorruption.programme.sheets import Filled


@dataclass(frozen=True, eq=False)
class Round:
    """What all assessors gave a region on one date.

    Attributes
    ----------
    dated : str
        ISO date, or ``""`` where the only sheet has none.
    sheets : tuple of Filled
    scores : DataFrame, index indicator
        ``low`` and ``high``, the ends of what was given (NaN where nobody gave a score);
        ``state`` (agreed, draft or ``""``), ``given`` (how many scores).
    """

    dated: str
    sheets: tuple[Filled, ...]
    scores: pd.DataFrame

    @property
    def region_code(self) -> str:
        """Region assessed."""
        return self.sheets[0].region_code

    @property
    def is_example(self) -> bool:
        """Whether any sheet of it is an example."""
        return any(sheet.is_example for sheet in self.sheets)


def rounds(filled: Sequence[Filled], rubric: Rubric, say: Language | None = None) -> list[Round]:
    """Put the sheets of one region in order: one round a date, oldest first.

    On a date an agreed score replaces the drafts; what remains spans from the lowest to the highest
    score. Nothing is carried over from one date to another: an empty cell is missing there.

    Parameters
    ----------
    filled : sequence of Filled
        Sheets of one region and one rubric.
    rubric : Rubric
    say : Language, optional
        Language of refusals; English by default.

    Raises
    ------
    RefusedInput
        For sheets of several regions, two sheets of one assessor and date, or a sheet without a
        date among several.
    """
    say = say or Language("en")
    _refuse_mixed(filled, say)
    dates = sorted({sheet.dated for sheet in filled})
    return [
        Round(day, same := tuple(s for s in filled if s.dated == day), _together(same, rubric))
        for day in dates
    ]


def _refuse_mixed(filled: Sequence[Filled], say: Language) -> None:
    seen: dict[tuple[str, str], Filled] = {}
    first = filled[0]
    for sheet in filled:
        if sheet.region_code != first.region_code:
            said = say(
                "is about region {code}, {other} about region {theirs}",
                code=sheet.region_code, other=first.file, theirs=first.region_code,
            )  # fmt: skip
            raise RefusedInput(f"{sheet.file} {said}.")
        if len(filled) > 1 and not sheet.dated:
            said = say("give the date of the assessment on the cover (cell B6); there are several "
                       "sheets of region {code}", code=sheet.region_code)  # fmt: skip
            raise RefusedInput(f"{sheet.file}: {said}.")
        key = (sheet.dated, sheet.assessor.casefold())
        if key in seen:
            said = say(
                "and {other} are both of region {code}, assessor '{who}' and {date}; give one of "
                "them, or correct the cover (cells B6 and B7)",
                other=seen[key].file, code=sheet.region_code, who=sheet.assessor, date=sheet.dated,
            )  # fmt: skip
            raise RefusedInput(f"{sheet.file} {said}.")
        seen[key] = sheet


def _together(sheets: Sequence[Filled], rubric: Rubric) -> pd.DataFrame:
    rows = {}
    for indicator in rubric.indicators:
        given = [sheet.scores.loc[indicator.id] for sheet in sheets]
        given = [row for row in given if pd.notna(row["score"])]
        agreed = [row for row in given if row["state"] == "agreed"]
        counted = [row["score"] for row in agreed or given]
        rows[indicator.id] = {
            "low": min(counted, default=float("nan")),
            "high": max(counted, default=float("nan")),
            "state": ("agreed" if agreed else "draft") if given else "",
            "given": len(given),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("indicator")


def answered(gates: pd.DataFrame, sheets: Sequence[Filled]) -> pd.DataFrame:
    """Answers to the entry criteria, those of the assessors in place of the release's.

    Where assessors of the date differ the answer is unknown.

    Parameters
    ----------
    gates : DataFrame
        From :func:`anticorruption.programme.screening.screen`, one region.
    sheets : sequence of Filled

    Returns
    -------
    DataFrame
        ``gates`` with ``answer`` replaced where assessors answered, and ``by`` (release or
        assessors).
    """
    frame = gates.copy().reset_index(drop=True)
    frame["by"] = "release"
    for place, criterion in frame["criterion"].items():
        told = {sheet.gates.at[criterion, "answer"] for sheet in sheets} - {""}
        if told:
            frame.loc[place, "answer"] = told.pop() if len(told) == 1 else "unknown"
            frame.loc[place, "by"] = "assessors"
    return frame
