"""What holds for any scores and weights: bounds, filling in, plans (P9, P12), progress."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from anticorruption.programme import progress, weightings
from anticorruption.programme.assessment import MISSES, REACHES, assess
from anticorruption.programme.planning import FEWEST, ROBUST, applied, paths
from anticorruption.programme.rubric import Weight
from tests.programme.conftest import small_rubric

few = settings(max_examples=max(12, settings.default.max_examples // 40), deadline=None)
score = st.floats(0, 10).map(lambda x: round(x, 2))


@st.composite
def cases(draw, holes=True):
    """Draw a small rubric, open or within limits or known, and scores with holes."""
    groups = draw(st.lists(st.integers(1, 2), min_size=1, max_size=3))
    kind = draw(st.sampled_from(["open", "limits", "known"]))
    share = 1 / len(groups)
    weights = {
        "open": [],
        "limits": [Weight(None, share / 2, min(1.0, 2 * share)) for _ in groups],
        "known": [Weight(float(n + 1)) for n in range(len(groups))],
    }[kind]
    made = small_rubric(groups, weights=weights)
    value = st.one_of(score, st.just(np.nan)) if holes else score
    values = draw(st.lists(value, min_size=sum(groups), max_size=sum(groups)))
    return made, pd.Series(values, index=[i.id for i in made.indicators], dtype=float)


@few
@given(cases(), st.data())
def test_bounds_contain_the_score_of_any_fill_under_any_weighting(case, data):
    made, scores = case
    now = assess(made, scores)
    filled = scores.map(lambda x: data.draw(score) if np.isnan(x) else x)
    drawn = weightings.drawn(made, 20) @ filled
    assert now.score_low - 1e-9 <= drawn.min() and drawn.max() <= now.score_high + 1e-9
    for reading, weights in weightings.readings(made).items():
        low, high = now.readings.loc[reading, ["score_low", "score_high"]]
        assert now.score_low - 1e-9 <= low <= weights @ filled + 1e-9 <= high + 2e-9
        assert high <= now.score_high + 1e-9
    if now.verdict == REACHES:
        assert drawn.min() >= made.pass_mark - 1e-9
    if now.verdict == MISSES:
        assert drawn.max() < made.pass_mark


@few
@given(cases(), st.data())
def test_p9_filling_a_cell_never_widens_and_never_takes_back_what_was_certain(case, data):
    made, scores = case
    now = assess(made, scores)
    holes = list(scores.index[scores.isna()])
    if not holes:
        assert (now.readings["score_low"] == now.readings["score_high"]).all()
        return
    one = data.draw(st.sampled_from(holes))
    then = assess(made, scores.fillna({one: data.draw(score)}))
    assert then.score_low >= now.score_low - 1e-9 and then.score_high <= now.score_high + 1e-9
    assert (then.readings["score_low"] >= now.readings["score_low"] - 1e-9).all()
    assert (then.readings["score_high"] <= now.readings["score_high"] + 1e-9).all()
    shrunk = (now.score_high - now.score_low) - (then.score_high - then.score_low)
    assert shrunk >= now.worth.at[one, "at_least"] - 1e-6
    if now.verdict in (REACHES, MISSES):
        assert then.verdict == now.verdict


@few
@given(cases())
def test_p12_plans_reach_the_mark_and_the_fewest_has_no_step_too_many(case):
    made, scores = case
    now = assess(made, scores)
    gates = pd.DataFrame({"criterion": ["bpk"], "answer": ["not_met"]})
    found = paths(now, gates=gates)
    assert found.gates.equals(gates)
    for plan in found.plans:
        if not plan.possible:
            continue
        after = assess(made, applied(now, plan.steps))
        assert (after.readings["score_low"] >= made.pass_mark - 1e-9).all()
        assert (plan.steps["target"] > plan.steps["start"]).all()
        assert (plan.steps["target"] <= made.scale_max).all()
        assert (plan.steps["target"] % 1 == 0).all()
        if plan.name == ROBUST and not now.weights_known:
            assert after.score_low >= made.pass_mark - 1e-9
        if plan.name == FEWEST:
            for gone in plan.steps.index:
                left = assess(made, applied(now, plan.steps.drop(gone)))
                assert (left.readings["score_low"] < made.pass_mark - 1e-9).any()


@few
@given(cases(), st.data())
def test_progress_adds_up_whatever_is_missing(case, data):
    made, scores = case
    other = scores.map(lambda x: data.draw(st.one_of(score, st.just(np.nan))))
    first, last = assess(made, scores), assess(made, other)
    for reading in weightings.readings(made):
        found = progress.between(first, last, reading)
        ends = last.readings.loc[reading], first.readings.loc[reading]
        assert abs(found.change_low - (ends[0]["score_low"] - ends[1]["score_high"])) < 1e-9
        assert abs(found.change_high - (ends[0]["score_high"] - ends[1]["score_low"])) < 1e-9
        assert abs(found.components["change_low"].sum() - found.change_low) < 1e-9
