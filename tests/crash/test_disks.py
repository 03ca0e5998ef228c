"""Full disks, readers beside a writer, changed bytes: the small sizes of them."""

from tests.crash import disks


def test_a_file_that_grows_too_large_leaves_the_old_reports(alone):
    assert disks.files_limited(alone, 4) == []


def test_any_step_may_meet_a_full_disk(alone):
    tried, wrong = disks.steps_refused(alone, every=9)
    assert tried >= 3 and wrong == []


def test_a_changed_byte_in_any_file_is_told_and_mended(series):
    assert disks.bytes_changed(series, 9) == (9, 9, 9)


def test_a_reader_of_another_process_sees_no_half_file(tmp_path):
    read, halves = disks.halves_seen(tmp_path, 100)
    assert read and not halves
