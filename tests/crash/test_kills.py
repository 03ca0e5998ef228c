"""Killed at any step, or at any moment: nothing lost, redone, counted in half or left behind."""


def test_a_batch_killed_again_and_again_ends_as_an_unbroken_one(series):
    """The size of it in ``make test``; ``make crash`` kills a hundred times over twenty regions."""
    found = series.run(6)
    assert found.held, found
    assert found.kills >= 6 and found.batches
