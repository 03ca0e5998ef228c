"""Names of columns and cells."""

import pytest

from anticorruption.intake import places


def test_names_of_cells():
    for column, name in ((1, "A"), (26, "Z"), (27, "AA"), (703, "AAA"), (16_384, "XFD")):
        assert places.letters(column) == name and places.place(f"{name}7") == (7, column)
    with pytest.raises(ValueError, match="names no cell"):
        places.place("7D")
