"""Started together, over old locks, with a bad region, or asked to stop."""

import pytest

from tests.crash import starts


def test_of_many_batches_started_at_once_one_works_and_the_others_name_it(series):
    assert starts.together(series, 5) == []


def test_the_locks_of_dead_processes_hinder_nobody(series):
    assert starts.old_locks(series) == []


@pytest.mark.parametrize("number", starts.SIGNALS[:2])
def test_a_batch_asked_to_stop_says_what_stands_and_leaves_nothing_behind(series, number):
    assert starts.stopped(series, number) == []


def test_a_region_that_cannot_be_written_stops_no_other(series):
    assert starts.bad_region(series) == []


def test_what_cannot_be_printed_is_told_and_no_report_is_lost(series):
    assert starts.nothing_printable(series) == []
    assert starts._ends_well(series) == []
