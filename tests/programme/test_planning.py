"""Plans against all plans there are: small programmes tried one by one."""

import itertools

import numpy as np
import pandas as pd
import pytest

from anticorruption.errors import RefusedInput
from anticorruption.programme import planning, weightings
from anticorruption.programme.assessment import assess
from anticorruption.programme.planning import FEWEST, LEAST, ROBUST, applied, paths
from anticorruption.programme.rubric import Weight
from tests.programme.conftest import small_rubric

LIMITS = [Weight(None, 0.3, 0.6), Weight(None, 0.3, 0.6)]
GIVEN = [Weight(30.0), Weight(70.0)]
INSIDE = [Weight(v) for v in (1.0, 3.0, 1.0, 1.0)]


def series(*values):
    return pd.Series(values, index=[f"i{n}" for n in range(len(values))], dtype=float)


def every_plan(made, start, ceiling, top=10):
    """Every vector of whole scores that a plan may aim at, unchanged scores kept."""
    choices = []
    for low, most in zip(start, ceiling, strict=True):
        choices.append([low, *(t for t in range(int(low) + 1, int(most) + 1) if t > low)])
    return np.array(list(itertools.product(*choices)))


def reached(made, plans, name, start):
    """Which of the plans reach the mark in the sense of an alternative."""
    weights = np.array([w.to_numpy() for w in weightings.readings(made).values()])
    good = (plans @ weights.T >= made.pass_mark - 1e-9).all(axis=1)
    if name == ROBUST and weightings.known(made):
        for one in range(plans.shape[1]):
            without = plans.copy()
            without[:, one] = start[one]
            good &= without @ weights[0] >= made.pass_mark - 1e-9
    elif name == ROBUST:
        frame = pd.DataFrame(plans, columns=[i.id for i in made.indicators])
        over = weightings.extremes(made, frame)["score_low"].to_numpy()
        good &= over >= made.pass_mark - 1e-9
    return good


@pytest.mark.parametrize(
    "made",
    [
        small_rubric([2, 2]),
        small_rubric([1, 3]),
        small_rubric([2, 2], weights=LIMITS),
        small_rubric([2, 2], weights=GIVEN),
        small_rubric([2, 2], weights=GIVEN, inside=INSIDE),
    ],
    ids=["open", "open 1+3", "limits", "components given", "all given"],
)
@pytest.mark.parametrize("values", [(5, 7.5, 6, 9), (9.5, 2, 7.25, np.nan)])
def test_plans_are_the_best_of_all_there_are(made, values):
    now = assess(made, series(*values))
    start = now.evidence["low"].to_numpy()
    effort, ceiling = np.array([1.0, 2.0, 1.0, 0.5]), np.array([10.0, 9.0, 10.0, 10.0])
    options = pd.DataFrame({"effort": effort, "ceiling": ceiling}, index=now.evidence.index)
    found = paths(now, options)
    plans = every_plan(made, start, ceiling)
    count = (plans > start).sum(axis=1)
    spent = ((plans - start) * effort).sum(axis=1)
    for name in planning.ALTERNATIVES:
        plan, good = found.plan(name), reached(made, plans, name, start)
        assert plan.possible == good.any()
        if not plan.possible:
            continue
        own = (len(plan.steps), plan.steps["effort"].sum())
        if name == FEWEST:
            best = min(zip(count[good], spent[good], strict=True))
        else:
            best = min(zip(spent[good].round(9), count[good], strict=True))[::-1]
        assert own == pytest.approx(best), name


def test_fewest_plan_misses_the_mark_without_any_one_of_its_steps(programme):
    scores = pd.Series(
        [80 + (7 * n) % 13 for n in range(19)], index=[i.id for i in programme.indicators]
    )
    now = assess(programme, scores)
    found = paths(now)
    for plan in found.plans:
        after = assess(programme, applied(now, plan.steps))
        assert (after.readings["score_low"] >= 90 - 1e-9).all()
    for gone in found.plan(FEWEST).steps.index:
        left = assess(programme, applied(now, found.plan(FEWEST).steps.drop(gone)))
        assert (left.readings["score_low"] < 90).any()
    assert found.plan(ROBUST).guaranteed >= 90 - 1e-9
    assert found.plan(LEAST).steps["points"].sum() <= found.plan(FEWEST).steps["points"].sum()


def test_nothing_has_to_rise_where_the_mark_is_reached():
    found = paths(assess(small_rubric([2, 2]), series(9, 9, 9, 9)))
    assert all(plan.possible and plan.steps.empty for plan in found.plans)
    assert planning.actions(found).empty


def test_ceilings_can_close_every_way():
    options = pd.DataFrame({"ceiling": [7.0] * 4}, index=[f"i{n}" for n in range(4)])
    found = paths(assess(small_rubric([2, 2]), series(5, 5, 5, 5)), options)
    assert not any(plan.possible for plan in found.plans)
    assert all(plan.steps.empty for plan in found.plans)


def test_known_weights_are_robust_against_the_loss_of_any_step():
    made = small_rubric([2, 2], weights=GIVEN, inside=INSIDE)
    now = assess(made, series(7, 7, 7, 8))
    plan = paths(now).plan(ROBUST)
    assert plan.possible and len(plan.steps) > 1
    for gone in plan.steps.index:
        left = assess(made, applied(now, plan.steps.drop(gone)))
        assert left.score_low >= 8 - 1e-9


def test_gates_stand_beside_and_are_never_moved():
    gates = pd.DataFrame(
        {"criterion": ["bpk", "no-investigation", "mcp"], "answer": ["not_met", "unknown", "met"]}
    )
    now = assess(small_rubric([2, 2]), series(5, 5, 5, 5))
    found = paths(now, gates=gates)
    assert found.closed == ["bpk"] and found.unknown == ["no-investigation"]
    assert found.gates.equals(gates)
    for plan, free in zip(found.plans, paths(now).plans, strict=True):
        assert plan.steps.equals(free.steps)
        assert set(plan.steps.index) <= set(now.evidence.index)


def test_kinds_of_steps_say_what_to_do():
    frame = pd.DataFrame({"low": series(5, np.nan, 5), "high": series(9, np.nan, 5)})
    found = paths(assess(small_rubric([3]), frame))
    steps = found.plan(ROBUST).steps
    assert steps["kind"].to_dict() == {"i0": "settle", "i1": "assess", "i2": "raise"}
    told = planning.actions(found)
    assert told.index[0] == "i1" and told.loc["i1", "in_plans"] >= told["in_plans"].min()
    assert (told["in_plans"].diff().dropna() <= 0).all()


def test_effort_turns_the_least_plan_to_what_is_cheap():
    now = assess(small_rubric([2, 2]), series(7, 7, 7, 7))
    dear = pd.DataFrame({"effort": [100.0, 100.0, 1.0, 1.0]}, index=[f"i{n}" for n in range(4)])
    assert set(paths(now, dear).plan(LEAST).steps.index) == {"i2", "i3"}


def test_options_are_read_with_empty_cells_as_defaults(tmp_path, programme):
    path = tmp_path / "effort.csv"
    path.write_text("indicator,effort,ceiling\ni01,2.5,\ni02,,95\n", encoding="utf-8")
    found = planning.read_options(path, programme)
    assert found.loc["i01", "effort"] == 2.5 and np.isnan(found.loc["i01", "ceiling"])
    assert found.loc["i02", "ceiling"] == 95


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"),
        ("indikator;usaha\n", "line 1"),
        ("indicator,effort\ni01,2\ni01,3\n", "line 3: 'i01' stands twice"),
        ("indicator,effort\ni99,2\n", "line 2: 'i99' is no indicator"),
        ('indicator,effort\ni01,"2,5"\n', "line 2, effort: '2,5' is not a number"),
        ("indicator,effort\ni01,nan\n", "is not a number"),
        ("indicator,effort\ni01\n", "line 2: 1 cells under 2"),
    ],
)
def test_options_that_cannot_be_read_name_line_and_column(tmp_path, programme, text, said):
    path = tmp_path / "effort.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedInput) as refused:
        planning.read_options(path, programme)
    assert said in str(refused.value) and "effort.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (pd.DataFrame({"effort": [0.0]}, index=["i0"]), "must be above 0"),
        (pd.DataFrame({"ceiling": [11.0]}, index=["i0"]), "ceiling 11"),
        (pd.DataFrame({"effort": [1.0]}, index=["zz"]), "no indicator 'zz'"),
    ],
)
def test_options_that_cannot_be_are_refused(options, said):
    with pytest.raises(RefusedInput, match=said):
        paths(assess(small_rubric([2]), series(5, 5)), options)
