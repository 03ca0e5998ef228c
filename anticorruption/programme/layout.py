"""Where things stand in an assessment workbook, for the hand that writes it and the one that reads.

Every sheet carries the same line of identity in its first cell. It is text, so that it survives
whatever program saves the file, and it holds a check of its own, so that a region or the word
"example" cannot be changed in it unnoticed.
"""

import hashlib
import re
from dataclasses import dataclass

from anticorruption.language import Language, deferred

FORMAT = "anticorruption-sheet/1"
REAL, EXAMPLE = "assessment", "example"
#: Name of the four sheets.
COVER, GUIDE = deferred("Cover"), deferred("Instructions")
SCORES, GATES = deferred("Assessment"), deferred("Entry criteria")
IDENTITY_CELL = (1, 1)
#: Row of the headings in both tables; the records follow without a gap.
HEADINGS_ROW = 4
#: Entries of the cover: row, and column of the entry.
DATE_ROW, ASSESSOR_ROW, ENTRY_COLUMN = 6, 7, 2
DRAFT, AGREED = deferred("draft"), deferred("agreed")
MET, NOT_MET, UNKNOWN = deferred("met"), deferred("not met"), deferred("unknown")
STATES = {"draft": DRAFT, "agreed": AGREED}
ANSWERS = {"met": MET, "not_met": NOT_MET, "unknown": UNKNOWN}
#: Most letters of who assessed: room for initials or a role, hardly for a name with titles.
LONGEST_ASSESSOR = 30


@dataclass(frozen=True)
class Column:
    """A column of a table: key, heading, width in letters, and whether it is for entries."""

    key: str
    heading: str
    width: float
    entry: bool = False


SCORE_COLUMNS = (
    Column("id", deferred("Code"), 6),
    Column("component", deferred("Component"), 24),
    Column("indicator", deferred("Indicator"), 38),
    Column("score", deferred("Score (0-100)"), 10, True),
    Column("state", deferred("State"), 11, True),
    Column("title", deferred("Evidence: title"), 32, True),
    Column("dated", deferred("Evidence: date"), 13, True),
    Column("link", deferred("Evidence: link"), 26, True),
    Column("assessor", deferred("Assessor (initials or role)"), 15, True),
    Column("note", deferred("Notes"), 32, True),
)
GATE_COLUMNS = (
    Column("id", deferred("Code"), 15),
    Column("criterion", deferred("Criterion"), 30),
    Column("threshold", deferred("Published requirement"), 36),
    Column("published", deferred("Published value"), 13),
    Column("year", deferred("Year"), 7),
    Column("answer", deferred("Answer from the release"), 14),
    Column("source", deferred("Source"), 50),
    Column("assessed", deferred("Answer of the assessors"), 15, True),
    Column("title", deferred("Evidence: title"), 28, True),
    Column("dated", deferred("Evidence: date"), 13, True),
    Column("link", deferred("Evidence: link"), 24, True),
    Column("note", deferred("Notes"), 28, True),
)


@dataclass(frozen=True)
class Identity:
    """What a workbook is about, as a program reads it.

    Attributes
    ----------
    edition : int
    region_code : str
    fingerprint : str
        Of the rubric it was made for (:attr:`anticorruption.programme.rubric.Rubric.fingerprint`).
    language : str
        Language of its headings.
    kind : str
        ``assessment``, or ``example`` for invented scores.
    """

    edition: int
    region_code: str
    fingerprint: str
    language: str
    kind: str = REAL

    def __str__(self) -> str:
        told = self._told
        return f"{told} check={hashlib.sha256(told.encode()).hexdigest()[:8]}"

    @property
    def _told(self) -> str:
        return (
            f"{FORMAT} edition={self.edition} region={self.region_code} "
            f"rubric={self.fingerprint} language={self.language} kind={self.kind}"
        )


_WRITTEN = re.compile(
    re.escape(FORMAT) + r" edition=(\d{4}) region=(\d{2}\.\d{2}) rubric=([0-9a-f]{12}) "
    rf"language=(id|en) kind=({REAL}|{EXAMPLE}) check=[0-9a-f]{{8}}"
)


def identity(text: str) -> Identity | None:
    """Identity that a line tells, or None if it is none or was changed."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        return None
    edition, *rest = found.groups()
    told = Identity(int(edition), *rest)
    return told if str(told) == text.strip() else None


def notice(say: Language, kind: str) -> str:
    """Warning that everything made from an example carries; empty for an assessment."""
    if kind != EXAMPLE:
        return ""
    return say("contoh / synthetic: the scores are invented and say nothing about the region.")
