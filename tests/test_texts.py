"""Texts of others: what is hidden in them, and how they stand where they could do harm."""

import pytest

from anticorruption import texts


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Kota Blitar", ""), ("é ½ 🌴 שלום – “a”\u00a0b", ""), ("a\u202eb", "U+202E"),
        ("\u200b", "U+200B"), ("\x1b[1m\u202e", "U+001B"), ("a\n", "U+000A"), ("\ud800", "U+D800"),
        ("\U000e0041", "U+E0041"),
    ],
)  # fmt: skip
def test_what_nobody_sees_is_named(text, named):
    assert texts.unseen(text) == named


def test_a_text_loses_what_nobody_sees_and_keeps_its_words_apart():
    assert texts.seen("satu\u200b\r\ndua\u202e\ttiga\x07") == "satu dua tiga"
    assert texts.unseen(texts.seen("".join(map(chr, range(0x3000))))) == ""


def test_a_terminal_is_told_what_nobody_sees():
    assert texts.told("a\x1b[31m\n\u202e\ud800é") == "a\\x1b[31m\\n\\u202e\\ud800é"
    assert texts.told("a\n\tb\r", keep="\n\t") == "a\n\tb\\r"


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'="]
)
def test_a_formula_gets_an_apostrophe_and_gives_it_back(start):
    assert texts.in_a_spreadsheet(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "a=1", "'a'", "1-2", "Kota Blitar", "''"])
def test_other_texts_stay_as_they_are(text):
    assert texts.in_a_spreadsheet(text) == text


def test_what_is_printed_cannot_steer_a_terminal():
    assert texts.shown("a\x1b[31m\u202eb\nc") == r"a\x1b[31m\u202eb\nc"
    assert len(texts.shown("x" * 500)) == 80
