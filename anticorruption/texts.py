"""Texts that others wrote: what none may hold, and how they stand where a text could do harm."""

import re

#: What no reader sees and a program may act on: control characters, marks that turn or join what
#: follows, blanks of no width, ends of lines that are none, halves of a character.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
#: What no file of a report may hold: control characters, halves of a character, and marks that turn
#: the direction of all that follows.
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: Beginnings that a spreadsheet takes for a formula; the wide ones count where letters are wide.
#: Apostrophes before them are those of a text that was made safe already.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def unseen(text: str) -> str:
    """Name of the first character of a text that no reader sees ("U+202E"); empty if none is."""
    found = _UNSEEN.search(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def seen(text: str) -> str:
    """Text without what no reader sees; ends of lines and tabs become blanks."""
    return _UNSEEN.sub("", re.sub(r"[\t\r\n\x0b\x0c\x85\u2028\u2029]+", " ", text))


def readable(text: str) -> str:
    """Text without what no document may hold; a replacement mark stands where something was."""
    return _TURNING.sub("", _UNREADABLE.sub("\ufffd", text))


def told(text: str, keep: str = "") -> str:
    r"""Text with what no reader sees written out ("\u202e"), so that no terminal acts on it.

    Characters of ``keep``, such as an end of line, stay as they are.
    """
    return _UNSEEN.sub(
        lambda found: found.group() if found.group() in keep else _escaped(found.group()), text
    )


def shown(value: object, most: int = 80) -> str:
    r"""Text that comes from a file, fit for a message: cut short and safe on a terminal.

    Blanks of another kind are written out too ("\xa0"): to a reader they look like plain ones.
    """
    whole = str(value)
    cut = told(whole if len(whole) <= most else whole[: most - 1] + "…")
    return "".join(c if c.isprintable() else _escaped(c) for c in cut)


def in_a_spreadsheet(text: str) -> str:
    """Text as a cell of a CSV file: with an apostrophe before what would be a formula.

    Whoever takes one apostrophe away where one stands before such a beginning has the text again.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
