"""One cell changed in one table: exactly what is made of it changes, and it is known before."""

import random

import pytest

from tests.reporting import changes
from tests.reporting.test_inputs import _seal, content, inputs_of, nation_of

CODES = ("35.72", "34.01")
#: Table, cells that find the only row, column, value; and whose reports change.
CHANGES = [
    ("observations", {"region_code": "35.72", "measure_id": "mcp", "year": "2023"}, "value",
     "95.94", {"35.72"}),
    ("sources", {"source_id": "jurnaloka-"}, "title", "Another title", {"34.01"}),
    ("pilots", {"region_code": "35.72", "stage": "pilot"}, "final_score", "92.16", {"35.72"}),
    ("regions", {"region_code": "96.71"}, "name_eng", "Sorong Town", set(CODES)),
]  # fmt: skip


@pytest.fixture(scope="module")
def before(national_2025) -> dict[str, dict[str, str]]:
    return {code: inputs_of(national_2025, code) for code in CODES}


@pytest.fixture
def contents(shown) -> dict[str, str]:
    """What the reports show of the release as it stands."""
    return {code: content(shown, code) for code in CODES}


def test_one_cell_changes_what_rests_on_it_and_nothing_else(data_copy, shown, before, contents):
    for table, where, column, value, wanted in CHANGES:
        header, *rows = data_copy.rows(table)
        hits = [n for n, row in enumerate(rows, 2)
                if all(row[header.index(k)].startswith(v) for k, v in where.items())]  # fmt: skip
        kept = data_copy.path(table).read_bytes()
        data_copy.set(table, hits[0], **{column: value})
        _seal(data_copy)
        nation = nation_of(data_copy.folder)
        foreseen = {code for code in CODES if inputs_of(nation, code) != before[code]}
        found = {code for code in CODES if content(shown, code) != contents[code]}
        # A table that counts whole is a reason to make a report again, and may change no byte.
        assert found <= foreseen == wanted, (table, found, foreseen)
        assert table == "regions" or found == wanted, (table, found)
        data_copy.path(table).write_bytes(kept)


@pytest.mark.parametrize("seed", [20261126])
def test_a_byte_changed_by_chance_changes_what_shows_it_and_nothing_else(data_copy, shown, seed):
    chance, folder = random.Random(seed), data_copy.folder
    prints = changes.printed(folder, CODES[:1])
    tables = ("notes", "measures", "bands", "programmes/kabkota-2025.toml")
    drawn = [
        changes.draw(folder, table, chance, prints.get(table, lambda row: True)) for table in tables
    ]
    found = list(changes.tried(folder, shown, changes.Outputs(CODES[:1]), drawn))
    assert [each for each in found if each.missed or each.beyond] == []
    assert sum(bool(each.changed) for each in found) >= 3


def test_what_a_change_must_reach_is_told_from_the_texts_before_it():
    outputs = changes.Outputs(CODES, CODES)
    before = {"35.72": "Nilai A", "34.01": "Nilai B", changes.COMPARISON: "Nilai A, Nilai B"}

    def asked(table: str, old: str, **row: str) -> tuple[set[str], set[str]]:
        change = changes.Change(table, 2, row, old, old[:-1] + "x", True)
        return outputs.must_and_may(change, before)

    assert asked("notes", "Nilai A") == ({"35.72", changes.COMPARISON},) * 2
    assert asked("notes", "Nilai C") == (set(), set())
    assert asked("claims", "Nilai A") == (set(), set())
    own = {"region_code": "34.01", "measure_id": "mcp"}
    assert asked("observations", "90", **own) == ({"34.01"}, {"34.01", changes.COMPARISON})
    must, may = asked("observations", "90", region_code="11.01", measure_id="spi")
    assert must == set() and may == {*CODES, changes.COMPARISON}
    assert asked("observations", "90", region_code="11.01", measure_id="lhkpn") == (set(), set())
