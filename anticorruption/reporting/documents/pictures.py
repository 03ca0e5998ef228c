"""Pictures of a report: their size, whether they can be shown safely, and one form from the other.

A picture of a notebook may come from anywhere. One that loads something from elsewhere, can run
something or cannot be read is not shown; the document says so in its place.
"""

import base64
import io
import re
import warnings
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image, UnidentifiedImageError

#: Millimetres of one inch, and of one CSS pixel.
_INCH, _PIXEL = 25.4, 25.4 / 96
_UNITS = {
    "": _PIXEL, "px": _PIXEL, "pt": _INCH / 72, "pc": _INCH / 6, "mm": 1.0, "cm": 10.0, "in": _INCH,
}  # fmt: skip
_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}
#: Elements of SVG that run or load something, or show a page within the picture.
_RISKY = {"script", "foreignobject", "iframe", "audio", "video", "handler", "listener"}
_INSIDE = re.compile(r"\s*(#|data:image/(png|jpeg|gif);base64,)", re.IGNORECASE)
_LOADS = re.compile(r"url\(\s*['\"]?\s*(?!#)|@import", re.IGNORECASE)
#: Pixels beyond which a bitmap is refused rather than unpacked.
_MOST_PIXELS = 60_000_000
#: Resolution of bitmaps that do not say theirs, and of those that are made of an SVG.
_SCREEN_DPI, PRINT_DPI = 100, 200


class UnusablePicture(ValueError):
    """A picture that cannot be shown, with the reason."""


def svg_size(text: str) -> tuple[float, float]:
    """Width and height of an SVG picture in millimetres.

    Raises
    ------
    UnusablePicture
        If it is no SVG, runs something or loads something from elsewhere.
    """
    if "<!entity" in text.lower():
        raise UnusablePicture("it declares entities")
    try:
        root = fromstring(text, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError):
        raise UnusablePicture("it cannot be read as SVG") from None
    if _name(root.tag) != "svg":
        raise UnusablePicture("it is no SVG")
    for element in root.iter():
        _check(element)
    box = [float(part) for part in re.findall(r"-?[\d.]+", root.get("viewBox", ""))[:4]]
    width, height = _length(root.get("width")), _length(root.get("height"))
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        width = width or (height * box[2] / box[3] if height else box[2] * _PIXEL)
        height = height or width * box[3] / box[2]
    if not width or not height:
        raise UnusablePicture("it does not say its size")
    return width, height


def _check(element: Element) -> None:
    name = _name(element.tag)
    if name in _RISKY:
        raise UnusablePicture(f"it holds '{name}'")
    if name == "style" and _LOADS.search("".join(element.itertext())):
        raise UnusablePicture("its style loads something from elsewhere")
    for key, value in element.attrib.items():
        key = _name(key)
        if key.startswith("on"):
            raise UnusablePicture(f"it holds '{key}'")
        if key in ("href", "src") and not _INSIDE.match(value) and name != "a":
            raise UnusablePicture("it loads something from elsewhere")
        if key not in ("href", "src") and _LOADS.search(value):
            raise UnusablePicture("it loads something from elsewhere")


def _name(tag: object) -> str:
    return str(tag).rpartition("}")[2].lower()


def _length(text: str | None) -> float:
    found = re.fullmatch(r"\s*([\d.]+(?:e-?\d+)?)\s*([a-z]*)\s*", (text or "").lower())
    if not found or found.group(2) not in _UNITS:
        return 0.0
    try:
        return float(found.group(1)) * _UNITS[found.group(2)]
    except ValueError:
        return 0.0


def bitmap_size(data: bytes) -> tuple[float, float]:
    """Width and height of a PNG, JPEG or GIF picture in millimetres.

    Raises
    ------
    UnusablePicture
        If it is none of these, damaged or too large.
    """
    picture = _opened(data)
    dots = picture.info.get("dpi", (0, 0))[0]
    dots = dots if 30 < dots < 2400 else _SCREEN_DPI
    return picture.width / dots * _INCH, picture.height / dots * _INCH


def _opened(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=list(_FORMATS))
            if picture.width * picture.height > _MOST_PIXELS:
                raise UnusablePicture("it has too many pixels")
            # Reads the header and the sums of a PNG without unpacking it.
            Image.open(io.BytesIO(data), formats=list(_FORMATS)).verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, OverflowError):
        raise UnusablePicture("it cannot be read as PNG, JPEG or GIF") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnusablePicture("it has too many pixels") from None
    return picture


def wrapped(data: bytes) -> str:
    """Bitmap as an SVG picture of the same size that holds it."""
    picture = _opened(data)
    width, height = bitmap_size(data)
    encoded = base64.b64encode(data).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width:.3f}mm" height="{height:.3f}mm" '
        f'viewBox="0 0 {picture.width} {picture.height}">'
        f'<image width="{picture.width}" height="{picture.height}" '
        f'xlink:href="data:{_FORMATS[picture.format]};base64,{encoded}"/></svg>'
    )
