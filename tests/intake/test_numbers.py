"""Numbers as Indonesian offices write them."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from anticorruption.intake import numbers
from anticorruption.intake.reading import Cell


def read(text: str) -> dict[str, str]:
    return {mark: number.printed for mark, number in numbers.readings(text).items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("85,4", {"comma": "85.4"}),
        ("92,10", {"comma": "92.10"}),
        ("85.4", {"point": "85.4"}),
        ("1.234", {"comma": "1234", "point": "1.234"}),
        ("1,234", {"comma": "1.234", "point": "1234"}),
        ("1.234,5", {"comma": "1234.5"}),
        ("1,234.5", {"point": "1234.5"}),
        ("0.801", {"point": "0.801"}),
        ("100", {"comma": "100", "point": "100"}),
        ("'92,10", {"comma": "92.10"}),
        ("\N{NO-BREAK SPACE}92,10 ", {"comma": "92.10"}),
        ("\N{MINUS SIGN}3,5", {"comma": "-3.5"}),
        ("75,5%", {"comma": "75.5"}),
        ("75,5 persen", {"comma": "75.5"}),
    ],
)
def test_every_strict_reading_of_a_text_is_given(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["12.34.5", "1.23,4", "1_000", "nan", "inf", "1e5", "1e309", "85,4 (hijau)", ",5", "1 2", "",
     "=A1", "85,4,1", "--5"],
)  # fmt: skip
def test_what_is_no_strict_number_has_no_reading(text):
    assert read(text) == {}


@given(st.decimals(-(10**7), 10**7, places=4), st.sampled_from(["id_ID", "en_GB"]))
def test_what_babel_writes_is_read_back_in_its_own_style(value, locale):
    mark = numbers.COMMA if locale == "id_ID" else numbers.POINT
    text = format_decimal(value, locale=locale, decimal_quantization=False)
    found = numbers.readings(text)
    assert Decimal(found[mark].printed) == value
    # The other style reads it only where the text truly says both.
    other = numbers.readings(text).keys() - {mark}
    assert not other or numbers.decimal_mark([text]) == set()


@given(st.text(alphabet="0123456789.,+-%eE_ ", max_size=12))
def test_no_text_is_read_as_a_number_that_its_digits_do_not_spell(text):
    for number in numbers.readings(text).values():
        spelt = [c for c in text if c.isdigit()]
        kept = [c for c in number.printed if c.isdigit()]
        assert "".join(spelt).lstrip("0").rstrip("0") == "".join(kept).lstrip("0").rstrip("0")


@given(st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=5))
def test_true_numbers_stay_what_they_are(values):
    for value in values:
        number = numbers.of_cell(Cell(1, 1, value))
        assert number.value == pytest.approx(value, rel=1e-14, abs=1e-300)
        assert "e" not in number.printed.lower()


def test_the_whole_column_proves_its_decimal_mark():
    assert numbers.decimal_mark(["1.234", "85"]) == set()
    assert numbers.decimal_mark(["1.234", "92,1"]) == {"comma"}
    assert numbers.decimal_mark(["1.234.567"]) == {"comma"}
    assert numbers.decimal_mark(["92,1", "88.5"]) == {"comma", "point"}


@pytest.mark.parametrize("text", ["", "-", "\N{EN DASH}", "n/a", "N.A.", "TAD", "belum lapor", "…"])
def test_markers_of_what_is_not_reported(text):
    assert numbers.missing(text) == numbers.NOT_REPORTED


def test_not_applicable_is_apart_from_not_reported():
    assert numbers.missing("Tidak berlaku") == numbers.NOT_APPLICABLE


@pytest.mark.parametrize("text", ["nihil", "0", "#N/A", "<b>", "hijau", "=A1", "85"])
def test_what_may_mean_something_is_no_missing_value(text):
    assert numbers.missing(text) is None


def test_a_fraction_shown_as_percent_is_given_as_it_is_shown():
    number = numbers.of_cell(Cell(1, 1, 0.801, "0.0%"))
    assert (number.printed, number.percent) == ("80.1", True)
    assert numbers.of_cell(Cell(1, 1, 0.801, '0.0"%"')).printed == "0.801"
    assert numbers.of_cell(Cell(1, 1, True)) is None
