"""Killed at any step, or at any moment: nothing lost, redone, counted in half or left behind."""

from tests.crash import trees


def test_a_batch_killed_again_and_again_ends_as_an_unbroken_one(series):
    """The size of it in ``make test``; ``make crash`` kills a hundred times over ten regions."""
    found = series.run(6)
    assert found.held, found
    assert found.kills >= 6 and found.batches


def test_an_older_report_is_whole_beside_what_was_being_written_and_half_a_one_is_not(tmp_path):
    report = tmp_path / trees.EDITION / "35.72-kota-blitar"
    report.mkdir(parents=True)
    for name in ("report.html", trees.MANIFEST):
        (report / name).write_text(name)
    older = trees.reports(tmp_path)
    (report / f".report.html{trees.UNFINISHED}").write_text("half")
    assert trees.whole(tmp_path, older) == [report.name] and len(trees.leftovers(tmp_path)) == 1
    (report / "report.html").write_text("half")
    assert trees.whole(tmp_path, older) == [] and trees.counted(tmp_path) == {report.name}
