"""Staircases, locks, bars of known and possible scores, and squares."""

import pandas as pd
from matplotlib.colors import to_hex
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


def test_a_lock_has_the_look_of_its_answer_beside_the_gate_and_in_the_legend():
    gates = [("WTP", "met"), ("Case", "not_met"), ("SPIP", "unknown"), ("SPI", "met")]
    locks = stairs([charts.Staircase("Fewest", 82.0, [("i01", 9.0)])], gates).subfigs[1].axes[0]
    bodies = [p for p in locks.patches if isinstance(p, Rectangle)]
    looks = {}
    for text in locks.texts:
        if text.get_text() != "?":
            across, down = text.get_position()
            apart = [abs(b.get_x() + 0.245 - across) + abs(b.get_y() + 0.01 - down) for b in bodies]
            body = bodies[apart.index(min(apart))]
            looks[text.get_text()] = to_hex(body.get_edgecolor()), to_hex(body.get_facecolor())
    met = (charts.ACCENT.lower(),) * 2
    assert looks["WTP"] == looks["SPI"] == looks["open"] == met
    assert looks["Case"] == looks["shut"] == (charts.SECOND.lower(),) * 2
    assert looks["SPIP"] == looks["unknown"] == (charts.PEER.lower(), "#ffffff")
    bows = [
        p.center[0] - b.get_x() - 0.065
        for p, b in zip((p for p in locks.patches if isinstance(p, Arc)), bodies, strict=True)
    ]
    assert [round(bow, 3) for bow in bows] == [0.075, 0, 0, 0.075, 0.075, 0, 0]


def test_the_mark_stands_at_its_score():
    parts = pd.DataFrame({"low": [95.0], "high": [95.0]}, index=["A"])
    made = charts.score_parts(
        parts, ("mark", 90.0), names=("k", "p"), title="t", axis="s", write=SAY.number
    )
    chart = stairs([charts.Staircase("Fewest", 82.0, [("i01", 5.0), ("i02", 3.5)])], [])
    for axes in (made.axes[0], chart.subfigs[0].axes[0]):
        dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
        assert [line.get_xdata()[0] for line in dashed] == [90.0]
        (named,) = (text for text in axes.texts if text.get_text() == "mark 90")
        assert named.xy[0] == 90.0
    told = {t.get_text(): t.xy[0] for t in chart.subfigs[0].axes[0].texts if "+" in t.get_text()}
    assert told == {"+5.00": 87.0, "+3.50": 90.5}


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
    # A kind looks in its square as in the legend; at the mark is filled, none is dashed.
    for square, patch in zip(chart.axes[0].patches, chart.legends[0].get_patches(), strict=True):
        assert square.get_facecolor() == patch.get_facecolor()
        assert square.get_edgecolor() == patch.get_edgecolor()
    filled, *_, dashed = chart.axes[0].patches
    assert to_hex(filled.get_facecolor()).upper() == charts.ACCENT
    assert dashed.get_linestyle() == "--"
    told = [text.get_text() for text in chart.legends[0].get_texts()]
    assert told == ["at", "below", "differ", "none"]
    assert charts.svg(chart) == charts.svg(
        charts.waffle(squares, names=("at", "below", "differ", "none"), title="Squares")
    )
