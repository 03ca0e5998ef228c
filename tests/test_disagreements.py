"""Contradictions between sources, found anew from the printed texts."""

from decimal import Decimal

import pytest

from anticorruption import disagreements, release, tables


@pytest.fixture(scope="module")
def apart(release_2026):
    return disagreements.disagreements(release_2026)


def test_every_disputed_figure_is_listed_and_no_other(release_2026, apart):
    disputed = release_2026.chosen.index[release_2026.chosen["disputed"]]
    assert set(apart[release.KEY].itertuples(index=False, name=None)) == set(disputed)


def test_printed_values_really_contradict_one_another(apart):
    for entry in apart.itertuples():
        if entry.difference != entry.difference:  # a label
            assert entry.chosen != entry.other
            continue
        chosen, other = Decimal(entry.chosen), Decimal(entry.other)
        places = min(-chosen.as_tuple().exponent, -other.as_tuple().exponent)
        half_a_unit = Decimal(5).scaleb(-places - 1)
        assert abs(chosen - other) > half_a_unit
        assert float(other - chosen) == pytest.approx(entry.difference)


def test_lines_are_those_of_the_file(release_2026, apart):
    printed = tables.text("observations", release_2026.folder)
    for entry in apart.head(40).itertuples():
        for line, text, source in (
            (entry.chosen_row, entry.chosen, entry.chosen_source),
            (entry.other_row, entry.other, entry.other_source),
        ):
            cells = printed.loc[line]
            assert (cells["value"] or cells["label"]) == text
            assert cells["source_id"] == source
            assert cells["region_code"] == entry.region_code


def test_the_step_is_the_first_at_which_the_two_differ(release_2026, apart):
    lines = release_2026.observations
    better = {"kind": release.KINDS, "confidence": release.CONFIDENCES}
    for entry in apart.itertuples():
        best, other = lines.loc[entry.chosen_row], lines.loc[entry.other_row]
        for step in disagreements.STEPS:
            if best[step] != other[step]:
                break
        assert step == entry.step
        if step in better:
            assert better[step].index(best[step]) < better[step].index(other[step])
        elif step == "places":
            assert best[step] > other[step]


def test_counts_by_measure_add_up(apart):
    table = disagreements.settled_by(apart)
    assert table["values"].sum() == len(apart)
    assert (table[list(disagreements.STEPS)].sum(axis=1) == table["values"]).all()
    assert table["figures"].sum() == len(apart.drop_duplicates(release.KEY))
    assert table["values"].is_monotonic_decreasing
    assert table.at["spi", "largest_difference"] == pytest.approx(17.01)
