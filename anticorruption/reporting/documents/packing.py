"""Office files are zip archives; here their bytes become the same on every run."""

import io
import zipfile

#: The first moment that a zip archive can name.
_ALWAYS = (1980, 1, 1, 0, 0, 0)
#: Pictures are compressed already.
_PRESSED = (".png", ".jpg", ".jpeg", ".gif")
_FIRST = "[Content_Types].xml"


def packed(parts: dict[str, bytes]) -> bytes:
    """Archive of parts in a fixed order, all of the same time, compressed alike."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(parts, key=lambda part: (part != _FIRST, part)):
            entry = zipfile.ZipInfo(name, _ALWAYS)
            # Written as on one system everywhere; the system's own mark would differ.
            entry.create_system, entry.external_attr = 0, 0
            pressed = name.endswith(_PRESSED)
            entry.compress_type = zipfile.ZIP_STORED if pressed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, parts[name], compresslevel=6)
    return buffer.getvalue()


def repacked(archive: bytes) -> bytes:
    """Archive with the same parts as another, whoever wrote that one and when."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return packed({name: opened.read(name) for name in opened.namelist()})
