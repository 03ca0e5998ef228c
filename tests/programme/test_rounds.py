"""Several assessors and several dates of one region."""

import dataclasses

import pandas as pd
import pytest

from anticorruption.errors import RefusedInput
from anticorruption.programme import rounds, screening
from tests.programme.conftest import BLITAR


@pytest.fixture
def made(filled):
    """Make a filled sheet from the one of the fixture, with other entries."""
    base = filled

    def make(file, dated="2025-11-05", assessor="A", scores=None, code=BLITAR, **gates):
        frame = base.scores.copy()
        for indicator, (score, state) in (scores or {}).items():
            frame.loc[indicator, ["score", "state"]] = [score, state]
        answers = base.gates.copy()
        for criterion, answer in gates.items():
            answers.loc[criterion, "answer"] = answer
        identity = dataclasses.replace(base.identity, region_code=code)
        return dataclasses.replace(
            base, file=file, dated=dated, assessor=assessor, scores=frame, gates=answers,
            identity=identity,
        )  # fmt: skip

    return make


def test_assessors_span_from_lowest_to_highest_unless_they_agreed(made, programme):
    one = made("a", scores={"i02": (80, "draft"), "i03": (80, "draft"), "i04": (80, "agreed")})
    two = made("b", assessor="B", scores={
        "i02": (90, "draft"), "i03": (88, "agreed"), "i04": (84, "agreed")})  # fmt: skip
    [found] = rounds.rounds([one, two], programme)
    told = found.scores.loc[["i02", "i03", "i04", "i08"], ["low", "high"]]
    assert told.loc["i02"].tolist() == [80, 90]
    assert told.loc["i03"].tolist() == [88, 88]
    assert told.loc["i04"].tolist() == [80, 84]
    assert told.loc["i08"].isna().all()
    assert found.scores["state"][["i02", "i03", "i08"]].tolist() == ["draft", "agreed", ""]


def test_dates_come_in_order_and_nothing_is_carried_over(made, programme):
    late = made("late", dated="2025-12-01", scores={"i01": (float("nan"), "draft")})
    found = rounds.rounds([late, made("early", dated="2025-02-01")], programme)
    assert [each.dated for each in found] == ["2025-02-01", "2025-12-01"]
    assert pd.isna(found[1].scores.at["i01", "low"]) and found[0].scores.at["i01", "low"] == 95


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"assessor": "a"}, "b and a are both of region 35.72, assessor 'a' and 2025-11-05"),
        ({"code": "34.01"}, "b is about region 34.01, a about region 35.72"),
        ({"dated": ""}, "b: give the date of the assessment on the cover"),
    ],
)
def test_sheets_that_do_not_go_together_are_refused(made, programme, second, said):
    with pytest.raises(RefusedInput) as refused:
        rounds.rounds([made("a"), made("b", **second)], programme)
    assert said in str(refused.value)


def test_one_sheet_without_a_date_or_an_assessor_is_enough(made, programme):
    [found] = rounds.rounds([made("a", dated="", assessor="")], programme)
    assert found.dated == ""


def test_answers_of_the_assessors_take_the_place_of_those_of_the_release(
    made, programme, release_2026
):
    gates = screening.screen(release_2026, programme, [BLITAR])
    one, two = made("a", spip="met", bpk="not_met"), made("b", assessor="B", bpk="met", spbe="met")
    told = rounds.answered(gates, [one, two]).set_index("criterion")
    assert told.loc["spip", ["answer", "by"]].tolist() == ["met", "assessors"]
    # They contradict one another, so nothing is known.
    assert told.loc["bpk", ["answer", "by"]].tolist() == ["unknown", "assessors"]
    assert told.at["mcp", "by"] == "release"
