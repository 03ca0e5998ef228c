"""The funnel, the readings and the bounds, against plain loops and exhaustive completion."""

from itertools import product

import pandas as pd
import pytest

from anticorruption import regions
from anticorruption.programme import funnel, rubric, screening


@pytest.fixture(scope="module")
def answers(release_2026):
    return screening.screen(release_2026, rubric.load(2025))


def made_up(table: dict[str, str], criteria: str = "ABC") -> pd.DataFrame:
    """Answers from strings: m(et), n(ot met), u(nknown), a letter a criterion."""
    words = {"m": screening.MET, "n": screening.NOT_MET, "u": screening.UNKNOWN}
    rows = [
        {"region_code": code, "criterion": criterion, "answer": words[letter], "year": 2020}
        for code, letters in table.items()
        for criterion, letter in zip(criteria, letters, strict=True)
    ]
    return pd.DataFrame(rows)


SMALL = {"a": "mmm", "b": "mum", "c": "uum", "d": "mnu", "e": "nmm", "f": "umu"}


def completions(letters: str):
    """Every way the unknown answers of a region may turn out."""
    return product(*("mn" if letter == "u" else letter for letter in letters))


def test_funnel_bounds_hold_under_every_completion():
    table = funnel.funnel(made_up(SMALL))
    for place, criterion in enumerate("ABC", start=1):
        always = sum(
            all(set(c[:place]) == {"m"} for c in completions(letters)) for letters in SMALL.values()
        )
        ever = sum(
            any(set(c[:place]) == {"m"} for c in completions(letters)) for letters in SMALL.values()
        )
        assert table.loc[criterion, ["left_low", "left_high"]].tolist() == [always, ever]


def test_one_more_published_criterion_settles_between_the_bounds():
    table = funnel.settled_by_publishing(made_up(SMALL)).set_index("criteria")
    still_open = {c: s for c, s in SMALL.items() if "u" in s and "n" not in s}
    for place, criterion in enumerate("ABC"):
        out, into = [], []
        for letters in still_open.values():
            seen = {
                letters[:place] + found + letters[place + 1 :]
                for found in ("mn" if letters[place] == "u" else letters[place])
            }
            out.append(["n" in s for s in seen])
            into.append([set(s) == {"m"} for s in seen])
        row = table.loc[criterion]
        assert row["open"] == len(still_open)
        assert row["not_met_low"] == sum(all(o) for o in out)
        assert row["not_met_high"] == sum(any(o) for o in out)
        assert row["met_low"] == sum(all(i) for i in into)
        assert row["met_high"] == sum(any(i) for i in into)


def test_all_together_leave_nobody_open():
    row = funnel.settled_by_publishing(made_up(SMALL), [list("ABC")]).iloc[0]
    assert (row["open_low"], row["open_high"], row["met_high"]) == (0, 0, row["open"])


def test_funnel_of_the_release_agrees_with_the_screening(answers):
    table = funnel.funnel(answers)
    verdict = screening.overall(answers)["answer"]
    assert table["left_low"].iloc[-1] == (verdict == screening.MET).sum()
    assert table["left_high"].iloc[-1] == (verdict != screening.NOT_MET).sum()
    assert (table[["met", "unknown", "not_met"]].sum(axis=1) == 508).all()


def test_readings_are_all_combinations_and_the_base_comes_first():
    found = funnel.readings(rubric.load(2025))
    assert len(found) == len(set(found)) == 3 * 2 * 2
    assert {variant for _, variant in found[0]} == {rubric.BASE}
    assert len(funnel.readings(rubric.load(2024))) == 2


def test_a_verdict_turns_when_two_readings_disagree(release_2026):
    programme = rubric.load(2024)
    frames = funnel.by_reading(release_2026, programme)
    table = funnel.turning(frames)
    # By hand: open at 68, and between 68 and 70 inclusive.
    spi = release_2026.panel("spi", "local")[2023]
    between = spi.index[(spi >= 68) & (spi <= 70)]
    base = screening.overall(screening.screen(release_2026, programme))["answer"]
    expected = [code for code in between if base[code] != screening.NOT_MET]
    assert set(table.index[table["turns"]]) == set(expected)
    assert (table["base"] == base.reindex(table.index)).all()


def test_each_variant_is_counted_against_the_base(release_2026):
    programme = rubric.load(2025)
    table = funnel.by_variant(release_2026, programme)
    assert tuple(table.index) == programme.variants()
    assert (table[["met", "unknown", "not_met"]].sum(axis=1) == 508).all()
    moved = table["not_met"] - table.at["base", "not_met"]
    assert (moved == table["closed"] - table["opened"]).all()
    assert table.loc["base", ["opened", "closed"]].tolist() == [0, 0]


def test_groups_add_up_and_bound_the_share(answers):
    island = regions.governments("local")["island_group"]
    table = funnel.by_group(answers, island)
    assert table["regions"].sum() == 508
    verdict = screening.overall(answers)["answer"]
    java = verdict[island[island == "Jawa"].index]
    assert table.at["Jawa", "share_high"] == pytest.approx((java != screening.NOT_MET).mean())
    assert (table["share_low"] <= table["share_high"]).all()


def test_old_values_are_set_back_to_unknown_and_nothing_else(answers):
    changed = funnel.without_old(answers, 2023)
    differs = changed["answer"] != answers["answer"]
    assert (answers.loc[differs, "year"] < 2023).all()
    assert (changed.loc[differs, "answer"] == screening.UNKNOWN).all()
    decided = answers["answer"] != screening.UNKNOWN
    assert not (decided & (answers["year"] < 2023).fillna(False) & ~differs).any()
    assert answers["reason"].ne("too_old").all()
