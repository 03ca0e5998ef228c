"""A document as PDF, set by Typst: tagged for screen readers, the same bytes on every run."""

import json
from functools import lru_cache
from pathlib import Path

import matplotlib

from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.reporting.documents import layout, pictures, typesetting
from anticorruption.reporting.documents.appearance import PAPERS, Appearance, logo_forms
from anticorruption.reporting.documents.model import (
    Block,
    Caption,
    Document,
    Figure,
    Heading,
    Listing,
    Paragraph,
    Row,
    Runs,
    Table,
    Verbatim,
)
from anticorruption.reporting.documents.words import Words, words

_TEMPLATE = Path(__file__).parents[1] / "templates" / "report.typ"
#: Mean width of a letter of Libertinus Serif as a share of the size of type.
EM = 0.47
#: Letters of a word that fit into a line of text, and of printed lines.
_LINE, _PRINTED = 76, 96
#: Letters beyond which a cell may be parted by the end of a page.
LONG_CELL = 900
#: Share of the page's height that a picture takes at most.
_TALLEST = 0.8


def write(document: Document, appearance: Appearance) -> bytes:
    """Write a document as PDF/UA-1.

    Raises
    ------
    RefusedInput
        If a font is missing, or Typst refuses the document.
    """
    data = json.dumps(_data(document, appearance), ensure_ascii=True)
    try:
        return typesetting.typeset(str(_TEMPLATE), fonts(), data, "pdf", "ua-1")
    except RuntimeError as problem:
        raise RefusedInput(
            f"the PDF of '{document.title}' cannot be set: {' '.join(str(problem).split())}."
        ) from None


@lru_cache
def fonts() -> str:
    """Folder of the fonts that matplotlib brings; with those in Typst they are all that is used.

    Raises
    ------
    RefusedInput
        Naming the font that is missing.
    """
    folder = str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")
    if missing := typesetting.missing_fonts(folder):
        raise RefusedInput(
            f"the font '{missing[0]}' is missing from {folder}; install matplotlib and typst again."
        )
    return folder


def bitmap(svg: str, width: float, height: float) -> bytes:
    """SVG picture as the bytes of a PNG of print resolution, for files that hold no SVG."""
    data = {"picture": svg, "width": width, "height": height}
    return typesetting.typeset(str(_TEMPLATE), fonts(), json.dumps(data), "png")


def _data(document: Document, appearance: Appearance) -> dict:
    """What the template reads: words, sizes and blocks, all as plain text and numbers."""
    say = words(Language(document.language))
    width, height = PAPERS[appearance.paper]
    logo = {}
    if appearance.logo:
        svg, _, across, down = logo_forms(appearance.logo)
        share = min(50 / across, 30 / down)
        logo = {"svg": svg, "width": across * share, "height": down * share, "alt": say.logo}
    return {
        "title": document.title,
        "particulars": document.particulars,
        "release": document.release,
        "language": document.language,
        "date": [int(part) for part in document.date.split("-")] if document.date else [],
        "notice": document.notice,
        "footer": document.footer,
        "draft": say.draft if appearance.draft else "",
        "logo": logo,
        "words": say.as_dict(),
        "page": {
            "width": width,
            "height": height,
            "left": layout.LEFT,
            "right": layout.RIGHT,
            "top": layout.TOP,
            "bottom": layout.BOTTOM,
            "padding": layout.PADDING,
        },
        "blocks": _blocks(document, appearance.paper, say),
    }


def _blocks(document: Document, paper: str, say: Words) -> list[dict]:
    """Blocks in order; a heading right before a table on its side goes to that page with it."""
    made: list[dict] = []
    for block in document.blocks:
        made.append(_block(block, paper, say))
        alone = len(made) > 1 and made[-2]["kind"] == "heading" and made[-1].get("sideways")
        if alone:
            made[-2:] = [made[-1] | {"before": made[-2]}]
    return made


def _block(block: Block, paper: str, say: Words) -> dict:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "runs": _runs(block.runs)}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "tone": block.tone, "runs": _runs(block.runs)}
    if isinstance(block, Listing):
        items = [
            {"runs": _runs(i.runs), "mark": i.mark, "place": i.place, "level": i.level}
            for i in block.items
        ]
        return {"kind": "listing", "tone": block.tone, "items": items}
    if isinstance(block, Verbatim):
        text = layout.breakable(block.text, _PRINTED)
        return {"kind": "verbatim", "tone": block.tone, "text": text}
    if isinstance(block, Figure):
        return _figure(block, paper, say)
    return _table(block, paper)


def _figure(figure: Figure, paper: str, say: Words) -> dict:
    share = min(
        1.0,
        layout.room(paper) / figure.width,
        _TALLEST * layout.depth(paper) / figure.height,
    )
    return {
        "kind": "figure",
        "svg": figure.svg or pictures.wrapped(figure.bitmap),
        "width": figure.width * share,
        "height": figure.height * share,
        "alt": figure.alt or (figure.caption.text if figure.caption else "") or say.no_alt,
        "caption": _caption(figure.caption),
    }


def _table(table: Table, paper: str) -> dict:
    if not table.shown:
        return {"kind": "kept", "caption": _caption(table.caption)}
    fit = layout.fit(table, paper, EM)
    return {
        "kind": "table",
        "caption": _caption(table.caption),
        "widths": fit.widths,
        "size": fit.size,
        "sideways": fit.sideways,
        "together": fit.together,
        "head": [_row(row, table, fit) for row in table.head],
        "body": [_row(row, table, fit) for row in table.body],
    }


def _row(row: Row, table: Table, fit: layout.Fit) -> list[dict]:
    cells, place = [], 0
    for cell in row.cells:
        width = sum(fit.widths[place : place + cell.columns])
        longest = layout.longest(fit, width, EM)
        cells.append(
            {
                "runs": _runs(cell.runs, longest),
                "right": cell.kind == "number",
                "tone": cell.tone,
                "columns": cell.columns,
                "rows": cell.rows,
                "long": sum(len(run.text) for run in cell.runs) > LONG_CELL,
                "place": "" if cells else row.place,
            }
        )
        place += cell.columns
    return cells


def _caption(caption: Caption | None) -> dict:
    if caption is None:
        return {}
    number = f"{caption.label} {caption.number}" if caption.number else ""
    return {"number": number, "runs": _runs(caption.runs)}


def _runs(runs: Runs, longest: int = _LINE) -> list[dict]:
    """Runs as the template reads them; only what differs from plain text is named."""
    made = []
    for run in runs:
        lines = run.text.split("\n")
        for place, line in enumerate(lines):
            if place:
                made.append({"end": True})
            if line:
                styles = {
                    name: True for name in ("bold", "italic", "code", "mark") if getattr(run, name)
                }
                link = {"link": run.link} if run.link else {}
                made.append({"text": layout.breakable(line, longest)} | styles | link)
    return made
