"""Room on paper: margins, and how wide each column of a table becomes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anticorruption.reporting.documents.appearance import PAPERS
from anticorruption.reporting.documents.model import Table, plain

#: Margins in millimetres.
LEFT, RIGHT, TOP, BOTTOM = 25.0, 22.0, 25.0, 22.0
_POINT = 25.4 / 72
#: Room left and right of a cell's text, in millimetres.
PADDING = 1.5
#: Sizes of type a table is tried in, in points, largest first.
SIZES = (9.0, 8.5, 8.0, 7.5)
#: Text beyond this many letters wraps in any column that can share room.
_LONG = 60
#: Mean lines of the fullest cells of the rows up to which the type stays large, and beyond which a
#: table gets a page on its side.
_TALL, _TALLEST = 2.2, 4.5
#: A table of fewer columns gains little from a page on its side.
_MANY = 6
#: A table with little in it is not stretched beyond this multiple of what it needs.
_STRETCH = 1.3
#: Longest piece without a blank that a column keeps whole.
LONGEST_PIECE = 24
#: Share of the rows whose text a column would like to hold in one line.
_MOST = 0.8
#: Lines from which a table may be parted by the end of a page.
_PARTED = 24
#: Width of bold letters as a multiple of plain ones.
_BOLD = 1.12
_HEAVY = {"met", "not-met", "unknown", "strong", "flag"}
#: Letters that a column has to spare.
_SPARE = 0.7
#: Steps in which room is shared among the columns of a full table.
_STEPS = 30
#: A place where a line may end although nothing is seen there.
BREAK = "\u200b"


@dataclass(frozen=True)
class Fit:
    """How a table is set.

    ``widths`` of its columns in millimetres, ``size`` of type in points, whether it takes a page on
    its side, whether every word stays ``whole``, and whether its rows stay ``together`` on a page.
    """

    widths: tuple[float, ...]
    size: float
    sideways: bool
    whole: bool
    together: bool


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


def fit(table: Table, paper: str, em: float, sizes: Sequence[float] = SIZES) -> Fit:
    """Set a table in the largest type in which no word is broken, upright if that can be read.

    Parameters
    ----------
    table : Table
    paper : str
    em : float
        Mean width of a letter of the font, as a share of the size of type.
    sizes : sequence of float
        Sizes of type to try, in points, largest first.
    """
    needs, letters = _needs(table), _letters(table)
    for sideways, most in ((False, _TALL), (False, _TALLEST), (True, _TALLEST)):
        # The first pass takes the largest type that keeps rows low, the others what there is room
        # for on the paper upright and, last, on its side.
        for size in sizes if most == _TALL else sizes[-1:]:
            widths, whole = _shared(needs, letters, room(paper, sideways), letter(size, em))
            lines = _lines(letters, widths, letter(size, em))
            made = Fit(widths, size, sideways, whole, float(lines.sum()) < _PARTED)
            few = most == _TALLEST and len(needs) < _MANY
            if whole and (few or lines.mean() <= most):
                return made
    return made


def _needs(table: Table) -> list[tuple[float, float]]:
    """Letters of the longest piece of each column, and of the text that most of its rows have."""
    pieces: list[float] = [1.0] * len(table.kinds)
    lengths: list[list[int]] = [[1] for _ in table.kinds]
    for number, row in enumerate((*table.head, *table.body)):
        above, place = number < len(table.head), 0
        for cell in row.cells:
            if cell.columns == 1 and place < len(pieces) and cell.runs:
                text = plain(cell.runs)
                longest = min(max(map(len, _pieces(text)), default=0), LONGEST_PIECE)
                bold = above or cell.tone in _HEAVY
                pieces[place] = max(pieces[place], longest * (_BOLD if bold else 1.0))
                if not above:
                    lengths[place].append(min(max(map(len, text.split("\n"))), _LONG))
            place += cell.columns
    most = [sorted(each)[int(_MOST * (len(each) - 1))] for each in lengths]
    return [(piece, max(piece, usual)) for piece, usual in zip(pieces, most, strict=True)]


def _pieces(text: str) -> list[str]:
    """Parts of a text between which a line may end; a mark stays with its first word."""
    return re.split(r"(?<![✓✗?⚑▲▼]) |[\n\u200b]|(?<=[-–/])(?=\w)|(?<=\])(?=\[)", text)


def _shared(
    needs: Sequence[tuple[float, float]], letters: np.ndarray, width: float, per_letter: float
) -> tuple[tuple[float, ...], bool]:
    """Widths within the room that keep the rows low, and whether every piece stays whole."""
    # Words are a little wider or narrower than their number of letters says.
    least = np.array([short + _SPARE for short, _ in needs]) * per_letter + 2 * PADDING
    wished = np.array([long + _SPARE for _, long in needs]) * per_letter + 2 * PADDING
    if least.sum() > width:
        return tuple(map(float, width * least / least.sum())), False
    if len(needs) < 2:
        return tuple(map(float, min(width / wished.sum(), _STRETCH) * wished)), True
    # Room is given in small steps to the column whose texts then save the most lines, until each
    # text has one line or the room is shared out.
    fits = wished.sum() <= width
    widths = wished.copy() if fits else least.copy()
    step = (width - widths.sum()) / _STEPS
    texts = (letters + _SPARE) * per_letter
    columns = np.arange(len(widths))
    for _ in range(_STEPS):
        now = texts / (widths - 2 * PADDING)
        if (now <= 1.0).all():
            stretch = min(width / widths.sum(), _STRETCH) if fits else 1.0
            return tuple(map(float, stretch * widths)), True
        wider = texts / (widths + step - 2 * PADDING)
        # Lines of a row are those of its fullest cell; without that cell, those of the next.
        order = np.sort(now, axis=1)
        fullest, next_full = order[:, -1:], order[:, -2:-1]
        others = np.where(now.argmax(axis=1)[:, None] == columns, next_full, fullest)
        lines = np.maximum(np.maximum(others, wider), 1.0).sum(axis=0)
        widths[int(lines.argmin())] += step
    return tuple(map(float, widths)), True


def _letters(table: Table) -> np.ndarray:
    """Letters of each cell of the body, one row a row; cells that span columns count as empty."""
    letters = np.zeros((max(len(table.body), 1), len(table.kinds)))
    for down, row in enumerate(table.body):
        place = 0
        for cell in row.cells:
            if cell.columns == 1 and place < len(table.kinds):
                letters[down, place] = sum(len(run.text) for run in cell.runs)
            place += cell.columns
    return letters


def _lines(letters: np.ndarray, widths: Sequence[float], per_letter: float) -> np.ndarray:
    """Lines of the fullest cell of each row."""
    room = np.maximum(np.array(widths) - 2 * PADDING, per_letter)
    return np.ceil(letters * per_letter / room).max(axis=1, initial=1.0)


def longest(fit: Fit, width: float, em: float) -> int:
    """Letters of a word beyond which it is broken in a column of a width."""
    fitting = int((width - 2 * PADDING) / letter(fit.size, em))
    return max(fitting, LONGEST_PIECE) if fit.whole else fitting


def breakable(text: str, longest: int) -> str:
    """Text whose pieces can be broken so that none runs out of its column."""
    longest = max(longest, 4)
    if len(text) <= longest:
        return text
    parts = re.split(r"([ \n])", text)
    return "".join(
        BREAK.join(part[i : i + longest] for i in range(0, len(part), longest)) for part in parts
    )
