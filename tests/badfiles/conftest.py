"""What the tests of bad files share."""

from collections.abc import Iterator

import pytest

from tests.fuzz.warm import WarmReader
from tests.intake.conftest import run

__all__ = ["run"]


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmReader]:
    """Reader of files whose children start at once."""
    reader = WarmReader()
    yield reader
    reader.close()
