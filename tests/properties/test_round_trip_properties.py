"""P14: what is written and read back is scored as before, to the last bit."""

import hashlib
import io

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from anticorruption.composite import Method, build

CODES = ["a", "b", "c"]
BOOK = pd.DataFrame({"code": [*CODES, "index"], "parent": ["index"] * 3 + [None],
                     "direction": [1, -1, 1, 1], "weight": [1.0, 2.0, 3.0, None]})
METHOD = Method(normalisation="fixed_scale")


# A workbook takes five times as long to write and read as everything else here.
FEWER = settings(max_examples=max(20, settings.default.max_examples // 5))


@st.composite
def tables(draw, places=(0, 2, 17)):
    """Figures of any digits, some missing; codes that end in nought, as 34.10 does."""
    n = draw(st.integers(1, 6))
    raw = np.frombuffer(draw(st.binary(min_size=24 * n, max_size=24 * n)), dtype="<u8")
    cells = (raw / 2.0**64 * 100).reshape(n, 3)
    cells = np.round(cells, draw(st.sampled_from(places)))
    holes = draw(st.integers(0, 2 ** (3 * n) - 1))
    cells[np.array([holes >> place & 1 for place in range(3 * n)], bool).reshape(n, 3)] = np.nan
    codes = [f"{11 + place}.{10 * (place + 1)}" for place in range(n)]
    return pd.DataFrame(cells, pd.Index(codes, name="region_code"), CODES)


def fingerprint(table):
    """One hash over scores, ends, ranks and the codes they belong to."""
    result = build(table, BOOK, METHOD)
    ends = (result.scores, result.score_low, result.score_high, result.ranks)
    digits = b"".join(np.ascontiguousarray(frame.to_numpy(float)).tobytes() for frame in ends)
    return hashlib.sha256(digits + ",".join(result.scores.index).encode()).hexdigest()


@given(tables())
def test_p14_csv_keeps_every_bit(table):
    text = table.to_csv(lineterminator="\n")
    back = pd.read_csv(io.StringIO(text), dtype={"region_code": str})
    assert fingerprint(back.set_index("region_code")) == fingerprint(table)


@FEWER
@given(tables(places=(0, 2, 12)))
def test_p14_a_workbook_keeps_every_bit_of_fifteen_digits(table):
    """More digits than fifteen are not in a workbook: Excel itself keeps no more."""
    file = io.BytesIO()
    table.to_excel(file, engine="xlsxwriter")
    back = pd.read_excel(file, engine="calamine", dtype={"region_code": str})
    numbers = back.set_index("region_code").astype(float)
    assert fingerprint(numbers) == fingerprint(table)
