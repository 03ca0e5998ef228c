"""How a file is spoilt: bytes, cells, parts of archives and the fields of their headers.

Every function takes a source of chance and a content, and gives another content.
"""

import contextlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from random import Random

#: Numbers at which counting goes wrong.
_EDGES = (0, 1, 2, 127, 255, 256, 32_767, 65_535, 65_536, 2**20, 2**31 - 1, 2**31, 2**32 - 1)
#: Texts that mean something to some reader.
TOKENS = (
    b"1e309", b"-1", b"0", b"65536", b"1048577", b"4294967296", b"9" * 400, b"9" * 5_000, b"NaN",
    b"inf", b"=1+1", b"#N/A", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\x00", b"\xff\xfe", b"\xff", b'"',
    b"'", b"''", b'"""', b"\\", b"\\u0000", b";;;;", b",,,", b"\t", b"\r", b"\n\n\n", b"%", b"{}",
    b"[[", b"]]", b"[" * 2_000, b"{a=" * 2_000, b"a." * 300, b"<!DOCTYPE x>", b"<!--", b"]]>",
    b"&a;", b"&#0;", b"&lt;", b"<a>" * 500, b"</row>", b'r="A0"', b'r="XFD1048576"', b't="s"',
    b't="e"', b's="-1"', b'min="-9999999999"', b'max="99999999999"', b'state="hidden"',
    b"Kab. Sleman", b"Kota Blitar", b"Blitar", b"34.04", b"3404", b"35.72", b"NA", b"n/a", b"2024",
    b"2025", b"sementara", b"1.078", b"78,15", b"105", b"true", b"null", b"skip", b"../../x",
    b"x" * 40_000,
)  # fmt: skip


def flipped(chance: Random, content: bytes) -> bytes:
    """One to twelve bytes changed."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        if found:
            found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def cut(chance: Random, content: bytes) -> bytes:
    """Ended early, or begun late."""
    at = chance.randrange(len(content) + 1)
    return content[:at] if chance.random() < 0.7 else content[at:]


def exchanged(chance: Random, content: bytes) -> bytes:
    """Two stretches that change places."""
    if len(content) < 8:
        return content
    a, b, c, d = sorted(chance.sample(range(len(content) + 1), 4))
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def repeated(chance: Random, content: bytes) -> bytes:
    """A stretch that stands there many times."""
    a, b = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    times = chance.choice((2, 3, 10, 200))
    return content[:a] + content[a : min(b, a + 2_000)] * times + content[b:]


def told(chance: Random, content: bytes) -> bytes:
    """A text that means something, put anywhere or in place of a word."""
    token = chance.choice(TOKENS)
    words = list(re.finditer(rb"[\w.,%-]+", content))
    if words and chance.random() < 0.7:
        word = chance.choice(words)
        return content[: word.start()] + token + content[word.end() :]
    at = chance.randrange(len(content) + 1)
    return content[:at] + token + content[at:]


def words_exchanged(chance: Random, content: bytes) -> bytes:
    """Two words, numbers or cells that change places."""
    words = list(re.finditer(rb"[^;,\t\r\n<>\"=]+", content))
    if len(words) < 2:
        return content
    one, other = sorted(chance.sample(words, 2), key=lambda word: word.start())
    between = content[one.end() : other.start()]
    return content[: one.start()] + other[0] + between + one[0] + content[other.end() :]


def lines_exchanged(chance: Random, content: bytes) -> bytes:
    """Lines dropped, doubled or in another order."""
    lines = content.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    way = chance.randrange(3)
    if way == 0:
        del lines[at]
    elif way == 1:
        lines[at:at] = [lines[other]] * chance.choice((1, 1, 50))
    else:
        lines[at], lines[other] = lines[other], lines[at]
    return b"\n".join(lines)


def encoded(chance: Random, content: bytes) -> bytes:
    """The text in another encoding."""
    code = chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "utf-32"))
    return content.decode("utf-8", "replace").encode(code, "replace")


def elements_changed(chance: Random, content: bytes) -> bytes:
    """Elements or attributes of XML dropped, doubled or moved."""
    found = list(re.finditer(rb"<[^<>]{1,400}>|\s[\w:]+=\"[^\"]{0,200}\"", content))
    if not found:
        return told(chance, content)
    one, other = chance.choice(found), chance.choice(found)
    way = chance.randrange(3)
    if way == 0:
        return content[: one.start()] + content[one.end() :]
    if way == 1:
        times = chance.choice((1, 1, 1_000))
        return content[: one.start()] + one[0] * times + content[one.start() :]
    return content[: one.start()] + other[0] + content[one.end() :]


BYTES = (flipped, cut, exchanged, repeated)
TEXT = (*BYTES, told, told, words_exchanged, words_exchanged, lines_exchanged, encoded)
XML = (*BYTES, told, told, words_exchanged, elements_changed, elements_changed)


def archive(chance: Random, content: bytes) -> bytes:
    """An archive whose bytes, headers, parts or XML are spoilt; most often its XML."""
    way = chance.random()
    if way < 0.15:
        return chance.choice(BYTES)(chance, content)
    if way < 0.35:
        return headers(chance, content)
    parts = _parts(content)
    if not parts:
        return chance.choice(BYTES)(chance, content)
    return _packed(chance, _parts_changed(chance, parts) if way < 0.45 else _xml(chance, parts))


def headers(chance: Random, content: bytes) -> bytes:
    """One to four fields of an archive's headers set to numbers at an edge."""
    found = bytearray(content)
    places = [
        (m.start(), {b"\x03\x04": 30, b"\x01\x02": 46}.get(m[1], 22))
        for m in re.finditer(rb"PK(\x03\x04|\x01\x02|\x05\x06)", content)
    ]
    for _ in range(chance.randint(1, 4)):
        if not places:
            break
        start, length = chance.choice(places)
        size = chance.choice("BHI")
        at = start + chance.randrange(4, length)
        value = chance.choice(_EDGES) % 2 ** (8 * struct.calcsize(size))
        if at + struct.calcsize(size) <= len(found):
            struct.pack_into(f"<{size}", found, at, value)
    return bytes(found)


def _parts(content: bytes) -> dict[str, bytes]:
    with contextlib.suppress(Exception), zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist()}
    return {}


def _xml(chance: Random, parts: dict[str, bytes]) -> dict[str, bytes]:
    # What holds the cells is spoilt more often than what stands around them.
    names = sorted(parts, key=lambda name: ("sheet" not in name and "content" not in name, name))
    for _ in range(chance.randint(1, 3)):
        name = names[min(int(chance.expovariate(0.5)), len(names) - 1)]
        parts = parts | {name: chance.choice(XML)(chance, parts[name])}
    return parts


def _parts_changed(chance: Random, parts: dict[str, bytes]) -> dict[str, bytes]:
    names = sorted(parts)
    one, other = chance.choice(names), chance.choice(names)
    way = chance.randrange(3)
    if way == 0:
        return {name: data for name, data in parts.items() if name != one}
    if way == 1:
        return parts | {one: parts[other], other: parts[one]}
    return {name if name != one else name.upper(): data for name, data in parts.items()}


def _packed(chance: Random, parts: dict[str, bytes]) -> bytes:
    method = chance.choice((zipfile.ZIP_DEFLATED,) * 8 + (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in parts.items():
            file.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), data, method)
    return buffer.getvalue()


def spoilt(chance: Random, content: bytes, ways: Callable | tuple) -> bytes:
    """A content after one to three changes."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        with contextlib.suppress(zlib.error):
            way = ways if callable(ways) else chance.choice(ways)
            content = way(chance, content)
        if len(content) > 2**21:
            break
    return content
