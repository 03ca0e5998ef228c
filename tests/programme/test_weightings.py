"""Weightings: known, within limits, or open; the two equal readings."""

import itertools

import numpy as np
import pandas as pd
import pytest

from anticorruption.errors import RefusedInput
from anticorruption.programme import rubric, weightings
from anticorruption.programme.rubric import Weight
from tests.conftest import DATA
from tests.programme.conftest import small_rubric

KNOWN = [Weight(v) for v in (30.0, 70.0)]


def test_equal_readings_of_edition_2025_count_six_components_and_nineteen_indicators(programme):
    readings = weightings.readings(programme)
    assert list(readings) == ["by_component", "by_indicator"]
    assert readings["by_component"]["i01"] == pytest.approx(1 / 6)
    assert readings["by_component"]["i02"] == pytest.approx(1 / 36)
    assert (readings["by_indicator"] - 1 / 19).abs().max() < 1e-15
    assert not weightings.known(programme)


def test_weights_of_components_alone_are_kept_and_the_rest_is_equal():
    made = small_rubric([1, 2], weights=KNOWN)
    assert not weightings.known(made)
    [(name, weights)] = weightings.readings(made).items()
    assert name == "by_component"
    assert list(weights) == pytest.approx([0.3, 0.35, 0.35])


def test_weights_of_all_indicators_give_those_of_the_components():
    made = small_rubric([1, 2], inside=[Weight(v) for v in (5.0, 10.0, 5.0)])
    assert weightings.known(made)
    [(name, weights)] = weightings.readings(made).items()
    assert name == "given"
    assert list(weights) == pytest.approx([0.25, 0.5, 0.25])


def test_known_weights_leave_one_score_and_nothing_to_draw():
    made = small_rubric([1, 2], weights=KNOWN, inside=[Weight(), Weight(1.0), Weight(3.0)])
    case = pd.DataFrame([[10.0, 4.0, 8.0]], columns=["i0", "i1", "i2"])
    found = weightings.extremes(made, case).iloc[0]
    assert found["score_low"] == pytest.approx(0.3 * 10 + 0.7 * (0.25 * 4 + 0.75 * 8))
    assert found["score_high"] == pytest.approx(found["score_low"])
    assert np.ptp(weightings.drawn(made, 5).to_numpy(), axis=0).max() < 1e-12


def test_extremes_are_those_of_the_corners_of_the_limits():
    made = small_rubric([2, 2], weights=[Weight(None, 0.2, 0.7), Weight(None, 0.2, 0.7)])
    case = pd.DataFrame([[1.0, 9.0, 4.0, 6.0]], columns=[f"i{n}" for n in range(4)])
    corners = [
        a * x + (1 - a) * y for a, x, y in itertools.product((0.3, 0.7), (1.0, 9.0), (4.0, 6.0))
    ]
    found = weightings.extremes(made, case).iloc[0]
    assert found["score_low"] == pytest.approx(min(corners))
    assert found["score_high"] == pytest.approx(max(corners))


def test_what_is_known_is_both_limits_and_what_is_open_keeps_its_own():
    made = small_rubric(
        [1, 2], weights=KNOWN, inside=[Weight(), Weight(None, 0.1, 0.8), Weight(None, 0.3, 0.6)]
    )
    found = weightings.admissible(made)
    assert found.lower == {"c0": 0.3, "c1": 0.7, "i0": 1.0, "i1": 0.1, "i2": 0.3}
    assert found.upper == {"c0": 0.3, "c1": 0.7, "i0": 1.0, "i1": 0.8, "i2": 0.6}


def test_a_score_of_any_scale_stays_as_it_is():
    """Scales up to 10 and up to 100 alike, and a case is told by its place and not by its name."""
    made = small_rubric([2], inside=[Weight(1.0), Weight(3.0)])
    cases = pd.DataFrame({"i0": [10.0, 0.0], "i1": [10.0, 100.0]}, index=["same", "same"])
    found = weightings.extremes(made, cases)
    assert list(found.index) == ["same", "same"]
    assert list(found["score_low"]) == pytest.approx([10, 75])
    assert list(found["score_high"]) == pytest.approx([10, 75])


def test_drawn_weightings_add_up_and_keep_the_limits():
    made = small_rubric([2, 2], weights=[Weight(None, 0.2, 0.4), Weight()])
    drawn = weightings.drawn(made, 200)
    assert np.allclose(drawn.sum(axis=1), 1)
    assert drawn[["i0", "i1"]].sum(axis=1).between(0.2 - 1e-9, 0.4 + 1e-9).all()
    assert drawn.equals(weightings.drawn(made, 200))


@pytest.mark.parametrize(
    ("component", "indicator", "said"),
    [
        ("weight = -1", "", "at least 0"),
        ("weight = 10", "", "give all of them or none"),
        ("weight_min = 0.9\nweight_max = 0.1", "", "the smaller first"),
        ("weight = 10\nweight_max = 0.5", "", "no limits beside it"),
        ("", "weight = 'much'", "a number"),
        ("", "weight_min = 1.5", "shares from 0 to 1"),
    ],
)
def test_weights_that_cannot_be_are_refused_with_their_entry(tmp_path, component, indicator, said):
    text = (DATA / "programmes/kabkota-2025.toml").read_text(encoding="utf-8")
    text = text.replace('id = "c2"\n', f'id = "c2"\n{component}\n')
    text = text.replace('id = "i03"\n', f'id = "i03"\n{indicator}\n')
    path = tmp_path / "kpk.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedInput, match=said) as refused:
        rubric.read(path)
    assert "kpk.toml" in str(refused.value) and (
        "c2" in str(refused.value) or indicator or "c1" in str(refused.value)
    )


def test_limits_that_leave_no_room_are_refused(tmp_path):
    text = (DATA / "programmes/kabkota-2025.toml").read_text(encoding="utf-8")
    text = text.replace('\n[[indicator]]\nid = "i02"', '\n[[indicator]]\nid = "i02"', 1)
    for n in range(1, 7):
        text = text.replace(f'id = "c{n}"\n', f'id = "c{n}"\nweight_min = 0.2\n', 1)
    path = tmp_path / "kpk.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedInput, match="able to add up to 1"):
        rubric.read(path)


def test_fingerprint_changes_with_the_indicators_and_not_with_weights_or_names(programme):
    assert small_rubric([1, 2]).fingerprint != small_rubric([2, 1]).fingerprint
    assert small_rubric([1, 2]).fingerprint == small_rubric([1, 2], weights=KNOWN).fingerprint
    assert len(programme.fingerprint) == 12
