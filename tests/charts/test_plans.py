"""Staircases, locks, bars of known and possible scores, and squares."""

import pandas as pd
from matplotlib.patches import Arc, Rectangle

from anticorruption import charts
from anticorruption.language import Language

SAY = Language("en")


def stairs(plans, gates):
    return charts.stepped_plans(
        plans, ("mark", 90.0), gates, title="Three ways", axis="score",
        gate_names=("open", "shut", "unknown"), write=SAY.number,
    )  # fmt: skip


def texts(chart):
    found = []
    for part in (chart, *chart.subfigs):
        for axes in part.axes:
            found += [text.get_text() for text in axes.texts]
            found += [label.get_text() for label in axes.get_yticklabels()]
    return found


def test_every_step_begins_where_the_last_one_ended():
    plan = charts.Staircase("Fewest", 82.0, [("i01", 5.0), ("i02", 3.5)])
    chart = stairs([plan], [])
    bars = [p for p in chart.subfigs[0].axes[0].patches if isinstance(p, Rectangle)]
    assert [(bar.get_x(), bar.get_width()) for bar in bars] == [(82.0, 5.0), (87.0, 3.5)]
    assert {"90.50", "+5.00", "+3.50", "i01", "mark 90", "Fewest"} <= set(texts(chart))


def test_a_way_that_does_not_exist_says_so_and_an_empty_one_is_only_a_point():
    none = charts.Staircase("Robust", 82.0, [], "no such way")
    done = charts.Staircase("Least", 92.0, [])
    chart = stairs([none, done], [])
    assert {"no such way", "92.00"} <= set(texts(chart))


def test_gates_are_locks_and_never_points():
    gates = [("WTP", "met"), ("Case", "not_met"), ("SPIP", "unknown")]
    chart = stairs([charts.Staircase("Fewest", 82.0, [("i01", 9.0)])], gates)
    locks = chart.subfigs[1].axes[0]
    # Three gates, and three more that say what a lock means.
    assert sum(isinstance(p, Arc) for p in locks.patches) == 6
    assert {"WTP", "Case", "SPIP", "open", "shut", "unknown"} <= set(texts(chart))
    bars = [p for p in chart.subfigs[0].axes[0].patches if isinstance(p, Rectangle)]
    assert len(bars) == 1


def test_known_and_possible_parts_lie_end_to_end():
    parts = pd.DataFrame({"low": [95.0, 60.0], "high": [95.0, 85.0]}, index=["A", "B"])
    chart = charts.score_parts(
        parts, ("mark", 90.0), names=("known", "possible"), title="Parts", axis="score",
        write=SAY.number,
    )  # fmt: skip
    known, possible = chart.axes[0].containers
    assert [bar.get_width() for bar in known] == [95, 60]
    assert [(bar.get_x(), bar.get_width()) for bar in possible] == [(95, 0), (60, 25)]
    assert {"95.0", "60.0–85.0", "mark 90"} <= set(texts(chart))


def test_a_square_an_indicator_in_the_row_of_its_component():
    squares = pd.DataFrame(
        {"row": ["A", "B", "B", "B"], "text": ["92", "80", "80–83", "?"], "kind": [0, 1, 2, 3]},
        index=["i1", "i2", "i3", "i4"],
    )
    chart = charts.waffle(squares, names=("at", "below", "differ", "none"), title="Squares")
    assert len(chart.axes[0].patches) == 4
    assert {"i1  92", "i4  ?"} <= set(texts(chart))
    assert charts.svg(chart) == charts.svg(
        charts.waffle(squares, names=("at", "below", "differ", "none"), title="Squares")
    )
