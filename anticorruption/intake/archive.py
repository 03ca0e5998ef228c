"""What a workbook's archive may hold, looked at before anything is unpacked.

Runs in the child process of :mod:`anticorruption.intake.child`; imports the standard library alone.
"""

import io
import re
import zipfile
import zlib

#: Most bytes a workbook may unpack to, and most parts it may have.
MOST_BYTES, MOST_PARTS = 20 * 2**20, 200
#: A part above one MiB may be so many times as large as its packed bytes.
MOST_RATIO, RATIO_FROM = 100, 2**20
_ENCRYPTED = 0x1
_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Refused(Exception):
    """The file cannot be read: a rule by its name, and what stands in the rule's sentence."""

    def __init__(self, rule: str, **values: object):
        super().__init__(rule)
        self.rule, self.values_said = rule, values


def opened(content: bytes) -> zipfile.ZipFile:
    """Open a zip archive that keeps every limit.

    Raises
    ------
    Refused
        If it is damaged or locked, has too many parts, unpacks to too much, or if one of its
        parts of XML declares a document type: entities begin there, and no office program
        writes one.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
        _check_sizes(parts)
        for part in parts:
            # Reads to the end, so that a size declared falsely shows as a wrong checksum.
            _check_part(part.filename, archive.read(part))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
        raise Refused("damaged") from None
    return archive


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS or len({part.filename for part in parts}) < len(parts):
        raise Refused("parts", count=len(parts), most=MOST_PARTS)
    total = sum(part.file_size for part in parts)
    if total > MOST_BYTES:
        raise Refused("unpacked", size=-(-total // 2**20), most=MOST_BYTES // 2**20)
    for part in parts:
        if part.flag_bits & _ENCRYPTED:
            raise Refused("password")
        ratio = part.file_size / max(part.compress_size, 1)
        if part.file_size > RATIO_FROM and ratio > MOST_RATIO:
            raise Refused("ratio", part=part.filename, ratio=round(ratio), most=MOST_RATIO)


def _check_part(name: str, content: bytes) -> None:
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    # A part may be UTF-16: without its zero bytes the ASCII of a declaration reads the same.
    plain = content.replace(b"\x00", b"") if b"\x00" in content[:8] else content
    if _DECLARES.search(plain):
        raise Refused("entities", part=name)
