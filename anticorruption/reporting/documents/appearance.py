"""How a report looks beyond what its notebook says: paper, logo, whether it is a draft."""

from dataclasses import dataclass
from pathlib import Path

from anticorruption import files
from anticorruption.errors import RefusedInput
from anticorruption.reporting.documents import pictures

#: Width and height of the papers in millimetres; F4 is the folio of Indonesian offices.
PAPERS = {"a4": (210.0, 297.0), "f4": (215.0, 330.0), "letter": (215.9, 279.4)}
#: Size of the largest logo file.
LARGEST_LOGO = 2_000_000


@dataclass(frozen=True)
class Appearance:
    """How a report looks beyond what its notebook says.

    Attributes
    ----------
    paper : str
        Size of the pages of PDF and Word: ``"a4"``, ``"f4"`` or ``"letter"``.
    logo : bytes
        PNG or SVG picture for the cover; empty for none.
    draft : bool
        Whether every page says that it is material for discussion ("bahan kajian").
    """

    paper: str = "a4"
    logo: bytes = b""
    draft: bool = False


def paper(name: str) -> str:
    """Name of a paper as :class:`Appearance` takes it.

    Raises
    ------
    RefusedInput
        If there is no such paper.
    """
    known = name.strip().lower()
    if known not in PAPERS:
        raise RefusedInput(f"--paper: '{name}' is no paper; choose one of {', '.join(PAPERS)}.")
    return known


def logo(path: Path) -> bytes:
    """Bytes of a logo file for :class:`Appearance`.

    Raises
    ------
    RefusedInput
        If it cannot be read, is too large, is neither PNG nor SVG, or loads something from
        elsewhere.
    """
    try:
        data = files.content(path, LARGEST_LOGO)
    except RefusedInput as refused:
        raise RefusedInput(f"--logo: {refused}") from None
    try:
        logo_forms(data)
    except pictures.UnusablePicture as problem:
        raise RefusedInput(
            f"--logo: {path} cannot be used, because {problem}; give a PNG or an SVG that is whole "
            f"in itself."
        ) from None
    return data


def logo_forms(data: bytes) -> tuple[str, bytes, float, float]:
    """SVG text, PNG bytes (empty for an SVG), width and height in millimetres of a logo.

    Raises
    ------
    UnusablePicture
        If it is neither a PNG nor an SVG that is whole in itself.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return pictures.wrapped(data), data, *pictures.bitmap_size(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise pictures.UnusablePicture("it is neither PNG nor SVG") from None
    if "<svg" not in text:
        raise pictures.UnusablePicture("it is neither PNG nor SVG")
    return text, b"", *pictures.svg_size(text)
