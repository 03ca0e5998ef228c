"""Levels of reproducible analytical pipelines: Silver and Gold but for the schedule."""

import pytest

from tests import rap


@pytest.fixture(scope="module")
def items():
    return rap.items()


def test_the_list_has_its_eighteen_items(items):
    levels = [item.level for item in items]
    assert [levels.count(level) for level in rap.LEVELS] == [5, 9, 4]
    assert len({item.asks for item in items}) == 18


def test_all_of_silver_is_shown_and_of_gold_all_but_the_schedule(items):
    if "no git checkout" in items[1].evidence:
        items = [item for item in items if item is not items[1]]
    missing = {item.asks for item in items if not item.shown}
    assert missing <= {
        "Code reviewed by peers",
        "Code published in the open and linked",
        "Run on a schedule or a trigger",
    }


def test_what_the_tree_cannot_show_is_not_said_to_be_shown(items):
    told = {item.asks: item for item in items}
    assert not told["Code reviewed by peers"].shown
    assert all(item.evidence for item in items)


def test_an_undocumented_function_would_be_counted(monkeypatch, tmp_path):
    (tmp_path / "bare.py").write_text("def bare():\n    return 1\n", encoding="utf-8")
    monkeypatch.setattr(rap, "LIBRARY", tmp_path)
    shown, told = rap.documented()
    assert not shown
    assert told.startswith("0 of 1 ")
