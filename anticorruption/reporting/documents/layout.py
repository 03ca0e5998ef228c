"""Room on paper: margins, and how wide each column of a table becomes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from anticorruption.reporting.documents.appearance import PAPERS
from anticorruption.reporting.documents.model import Runs, Table

#: Margins in millimetres.
LEFT, RIGHT, TOP, BOTTOM = 25.0, 22.0, 25.0, 22.0
_POINT = 25.4 / 72
#: Room left and right of a cell's text, in millimetres.
PADDING = 1.2
#: Sizes of type a table is tried in, in points, largest first.
SIZES = (9.0, 8.5, 8.0, 7.5)
#: Text beyond this many letters wraps in any column that can share room.
_LONG = 60
#: Mean lines of the fullest cells of the rows beyond which a table gets a page on its side.
_TALL = 5.0
#: Longest piece without a blank that a column keeps whole.
_LONGEST_PIECE = 24
#: A place where a line may end although nothing is seen there.
BREAK = "\u200b"


@dataclass(frozen=True)
class Fit:
    """How a table is set: widths of its columns in millimetres, size of type, page on its side."""

    widths: tuple[float, ...]
    size: float
    sideways: bool


def room(paper: str, sideways: bool = False) -> float:
    """Width of the text on a paper, in millimetres."""
    width, height = PAPERS[paper]
    return (height if sideways else width) - LEFT - RIGHT


def depth(paper: str, sideways: bool = False) -> float:
    """Height of the text on a paper, in millimetres."""
    width, height = PAPERS[paper]
    return (width if sideways else height) - TOP - BOTTOM


def letter(size: float, em: float) -> float:
    """Mean width of a letter in millimetres; ``em`` is its share of the size of type."""
    return size * _POINT * em


def fit(table: Table, paper: str, em: float) -> Fit:
    """Set a table in the largest type in which no word is broken, upright if that can be read.

    Parameters
    ----------
    table : Table
    paper : str
    em : float
        Mean width of a letter of the font, as a share of the size of type.
    """
    needs = _needs(table)
    tried = []
    for sideways in (False, True):
        for size in SIZES:
            widths, whole = _shared(needs, room(paper, sideways), letter(size, em))
            lines = _lines(table, widths, letter(size, em))
            tried.append((Fit(widths, size, sideways), whole, lines))
            if whole and lines <= _TALL:
                return tried[-1][0]
    # Nothing fits well: upright and small if only rows are tall, else on its side.
    upright = [made for made, whole, _ in tried if whole and not made.sideways]
    return upright[-1] if upright and len(needs) < 6 else tried[-1][0]


def _needs(table: Table) -> list[tuple[int, int]]:
    """Letters of the longest piece and of the longest text of each column."""
    needs = [(1, 1)] * len(table.kinds)
    for row in (*table.head, *table.body):
        place = 0
        for cell in row.cells:
            if cell.columns == 1 and place < len(needs):
                text = "".join(run.text for run in cell.runs)
                longest = max(map(len, _pieces(cell.runs)), default=0)
                known = needs[place]
                needs[place] = (
                    max(known[0], min(longest, _LONGEST_PIECE)),
                    max(known[1], min(max(map(len, text.split("\n"))), _LONG)),
                )
            place += cell.columns
    return needs


def _pieces(runs: Runs) -> list[str]:
    """Parts of a text between which a line may end."""
    text = "".join(run.text for run in runs)
    return re.split(r"[ \n\u200b]|(?<=[-–/])(?=\w)|(?<=\])(?=\[)", text)


def _shared(
    needs: Sequence[tuple[int, int]], width: float, per_letter: float
) -> tuple[tuple[float, ...], bool]:
    """Widths that add up to the room, and whether every piece stays whole."""
    least = [short * per_letter + 2 * PADDING for short, _ in needs]
    wished = [
        max(long * per_letter + 2 * PADDING, low)
        for (_, long), low in zip(needs, least, strict=True)
    ]
    if sum(least) > width:
        return tuple(width * low / sum(least) for low in least), False
    if sum(wished) <= width:
        return tuple(width * wish / sum(wished) for wish in wished), True
    share = (width - sum(least)) / (sum(wished) - sum(least))
    return tuple(
        low + share * (wish - low) for low, wish in zip(least, wished, strict=True)
    ), True


def _lines(table: Table, widths: Sequence[float], per_letter: float) -> float:
    """Lines of the fullest cell of a row, on average over the rows."""
    counts = []
    for row in table.body:
        most, place = 1.0, 0
        for cell in row.cells:
            width = sum(widths[place : place + cell.columns]) - 2 * PADDING
            letters = sum(len(run.text) for run in cell.runs)
            most = max(most, letters * per_letter / max(width, per_letter))
            place += cell.columns
        counts.append(most)
    return sum(counts) / len(counts) if counts else 1.0


def breakable(text: str, longest: int) -> str:
    """Text whose pieces can be broken so that none runs out of its column."""
    longest = max(longest, 4)
    if len(text) <= longest:
        return text
    parts = re.split(r"([ \n])", text)
    return "".join(
        BREAK.join(part[i : i + longest] for i in range(0, len(part), longest)) for part in parts
    )
