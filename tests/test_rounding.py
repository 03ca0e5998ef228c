"""Numbers rounded by the written rule, so that another processor prints and draws the same."""

import inspect

import numpy as np
import pandas as pd
import pytest

from anticorruption import charts
from anticorruption.language import Language
from anticorruption.reporting import neighbourhood, neighbours, pictures, studies
from anticorruption.reporting.display import Page
from anticorruption.rounding import steady


@pytest.mark.parametrize(
    ("given", "rounded"),
    [
        (0.1 + 0.2, 0.3),
        (72.94999999999999, 72.95),
        (-1e-15, 0.0),
        (123456789.4, 123456789.0),
        (1.23456789e15, 1.23456789e15),
        (float("inf"), float("inf")),
        (7, 7),
        (True, True),
        ("72.949999999999", "72.949999999999"),
        (None, None),
    ],
)
def test_numbers_are_rounded_and_all_else_is_left(given, rounded):
    assert steady(given) == rounded and type(steady(given)) is type(rounded)


def test_a_negative_zero_becomes_zero_and_nan_stays():
    assert not np.signbit(steady(-1e-9)) and np.isnan(steady(float("nan")))


def test_frames_keep_their_shape_index_and_other_columns():
    frame = pd.DataFrame({"a": [0.1 + 0.2, np.nan], "b": ["x", "y"], "c": [1, 2]}, index=[2.5, 3])
    made = steady({"frame": frame, "pair": (0.1 + 0.2, [0.1 + 0.2])})
    pd.testing.assert_frame_equal(made["frame"], frame.assign(a=[0.3, np.nan]))
    assert made["frame"].at[2.5, "a"] == 0.3 and frame.at[2.5, "a"] != 0.3
    assert made["pair"] == (0.3, [0.3])


def test_arrays_series_and_columns_of_objects_keep_shape_and_name():
    square = np.array([[0.1 + 0.2, 1.0], [np.inf, -1e-9]])
    assert steady(square).tolist() == [[0.3, 1.0], [np.inf, 0.0]]
    named = pd.Series([0.1 + 0.2, np.nan], index=["a", "b"], name="score")
    expected = pd.Series([0.3, np.nan], index=["a", "b"], name="score")
    pd.testing.assert_series_equal(steady(named), expected)
    pd.testing.assert_series_equal(steady(named.astype("Float64")), expected)
    mixed = pd.Series([0.1 + 0.2, "x", None], dtype=object, name="mixed")
    assert steady(mixed).tolist() == [0.3, "x", None]
    whole = pd.Series([1, 2], dtype="Int64")
    assert steady(whole) is whole
    empty = pd.DataFrame(index=pd.Index(["a", "b"], name="region_code"))
    pd.testing.assert_frame_equal(steady(empty), empty)


def test_a_half_is_printed_the_same_however_it_was_computed():
    assert 76.52 - 71.675 != 4.845
    for value in (76.52 - 71.675, 4.845, 4.845 * (1 + 1e-12), 4.845 * (1 - 1e-12)):
        assert Language("en").number(value, 2) == "4.85"


def test_every_chart_rounds_what_it_is_given():
    drawn = [
        getattr(charts, name) for name in charts.__all__
        if inspect.isfunction(getattr(charts, name))
        and name not in {"figure", "png", "svg", "use_style"}
    ]  # fmt: skip
    assert len(drawn) >= 14
    assert [draw.__name__ for draw in drawn if not hasattr(draw, "__wrapped__")] == []


def shaken(nation: studies.National, factor: float) -> studies.National:
    """The same nation on a processor whose last digits differ."""
    other = studies.National(nation.release, nation.programme)
    generator = np.random.default_rng(7)
    for name in ("scores", "panel"):
        frame = getattr(nation, name).copy()
        numbers = frame.select_dtypes("float").columns
        frame[numbers] *= 1 + factor * generator.choice([-1.0, 1.0], frame[numbers].shape)
        vars(other)[name] = frame
    return other


def drawn(nation: studies.National) -> list[str]:
    """Every chart of both templates, with its words."""
    page = Page(nation.release, Language("id"))
    one = studies.region(nation, "35.72")
    several = studies.comparison(nation, ["33.72", "13.76", "34.01", "35.72", "52.71"])
    near = neighbourhood.around(several)
    made = [draw(page, one) for draw in (pictures.trend, pictures.making, pictures.nearby)]
    made += [draw(page, several) for draw in (pictures.in_order, pictures.paths)]
    made += [draw(page, near) for draw in (neighbours.strengths_picture, neighbours.gaps_picture,
                                           neighbours.gap_parts_picture)]  # fmt: skip
    return [charts.svg(picture[0]) + "".join(picture[1:3]) for picture in made]


def test_charts_of_both_templates_do_not_hang_on_the_last_digits(national_2025):
    plain = drawn(shaken(national_2025, 0.0))
    assert plain == drawn(shaken(national_2025, 1e-12))
    assert plain != drawn(shaken(national_2025, 1e-2))


def test_a_png_is_the_same_on_every_run_and_says_neither_date_nor_program(national_2025):
    page, study = Page(national_2025.release, Language("en")), studies.region(national_2025, "35")
    first, again = (charts.png(pictures.trend(page, study)[0]) for _ in range(2))
    assert first == again and first.startswith(b"\x89PNG")
    assert b"tEXt" not in first and b"tIME" not in first and b"iTXt" not in first
    width = int.from_bytes(first[16:20], "big")
    assert width == round(6.3 * 200)
