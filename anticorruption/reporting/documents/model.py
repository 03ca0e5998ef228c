"""A report as a document: blocks that every format writes in its own way.

All text is plain text. A link is either the address of a web page or ``#`` and the name of a place
of the same document; :mod:`anticorruption.reporting.documents.reading` keeps no link to a place
that the document does not have.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    r"""Piece of text in one style.

    Attributes
    ----------
    text : str
        ``"\n"`` is a line that ends on purpose.
    bold, italic, code : bool
        Style of the letters.
    mark : bool
        Whether it is the number of a source, written small: ``[3]``.
    link : str
        ``"#row-5"``, ``"https://…"`` or empty.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    mark: bool = False
    link: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title of the report."""

    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``tone`` is its class in the page: headline, note, warning, missing …."""

    runs: Runs
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list; ``place`` is the name that links lead to, ``level`` its depth."""

    runs: Runs
    mark: str = ""
    place: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; the entries of a numbered one carry their number as ``mark``."""

    items: tuple[Item, ...]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Caption:
    """Caption of a table or figure: "Table", 3 and its words."""

    label: str
    number: int
    runs: Runs

    @property
    def text(self) -> str:
        """Words of the caption without label and number."""
        return plain(self.runs)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes
    ----------
    runs : tuple of Run
        What a reader sees.
    kind : str
        ``"number"`` or ``"text"``: how it is aligned.
    tone : str
        missing, met, not-met, unknown, strong, flag or empty.
    value : float, int, str or None
        What a machine reads.
    bounds : tuple of float or None
        Both ends of an interval, for machines.
    columns, rows : int
        How many columns and rows it spans.
    heads : bool
        Whether it names its row or column.
    """

    runs: Runs
    kind: str = "text"
    tone: str = ""
    value: float | int | str | None = None
    bounds: tuple[float, float] | None = None
    columns: int = 1
    rows: int = 1
    heads: bool = False

    @property
    def text(self) -> str:
        """Text of the cell without the numbers of its sources."""
        return plain(run for run in self.runs if not run.mark).strip()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; ``place`` is the name that links lead to."""

    cells: tuple[Cell, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes
    ----------
    head, body : tuple of Row
        Rows above the line and below it.
    kinds : tuple of str
        ``"number"`` or ``"text"`` for each column.
    caption : Caption or None
    names : tuple of str
        Keys of the columns for machines, where they are known.
    shown : bool
        False if the table is too long to read and only its caption is shown.
    """

    head: tuple[Row, ...]
    body: tuple[Row, ...]
    kinds: tuple[str, ...]
    caption: Caption | None = None
    names: tuple[str, ...] = ()
    shown: bool = True

    @property
    def has_intervals(self) -> bool:
        """Whether it shows places or values with both ends of their interval."""
        return any(cell.bounds for row in self.body for cell in row.cells)

    @property
    def has_places(self) -> bool:
        """Whether links lead to its rows, as in the list of figures."""
        return any(row.place for row in self.body)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: as SVG text, as the bytes of a PNG, JPEG or GIF file, or both.

    ``width`` and ``height`` are in millimetres.
    """

    svg: str
    bitmap: bytes
    width: float
    height: float
    alt: str
    caption: Caption | None = None


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines printed as they are."""

    text: str
    tone: str = ""


Block = Heading | Paragraph | Listing | Table | Figure | Verbatim


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title : str
    particulars : str
        The line below the title.
    language : str
        ``"id"`` or ``"en"``.
    release : str
        Name of the data release; empty if the notebook names none.
    date : str
        Date of the data release (ISO); empty if none is known.
    notice : str
        What every page has to say, such as that the data are not the published ones.
    footer : str
    is_report : bool
        Whether it is one of our reports about regions, with its list of sources.
    blocks : tuple of Block
        Everything after title and particulars.
    """

    title: str
    particulars: str
    language: str
    release: str
    date: str
    notice: str
    footer: str
    is_report: bool
    blocks: tuple[Block, ...]

    @property
    def tables(self) -> list[Table]:
        """Tables in the order they are shown."""
        return [block for block in self.blocks if isinstance(block, Table)]

    @property
    def figures(self) -> list[Figure]:
        """Figures in the order they are shown."""
        return [block for block in self.blocks if isinstance(block, Figure)]

    @property
    def sources(self) -> tuple[Item, ...]:
        """Numbered sources."""
        lists = [b for b in self.blocks if isinstance(b, Listing) and b.tone == "sources"]
        return tuple(item for each in lists for item in each.items)

    @property
    def headings(self) -> list[Heading]:
        """Headings below the title."""
        return [block for block in self.blocks if isinstance(block, Heading)]


def plain(runs: "Runs | Iterator[Run]") -> str:
    """Text of runs."""
    return "".join(run.text for run in runs)


def places(blocks: tuple[Block, ...]) -> set[str]:
    """Names of all places that links can lead to."""
    found = set()
    for block in blocks:
        if isinstance(block, Listing):
            found |= {item.place for item in block.items if item.place}
        elif isinstance(block, Table):
            found |= {row.place for row in block.body if row.place}
    return found
