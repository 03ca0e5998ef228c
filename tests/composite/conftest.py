"""Data shared by the tests of the composite indicators."""

from pathlib import Path

import pandas as pd
import pytest

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
COLUMNS = ["code", "parent", "level", "direction", "weight"]


@pytest.fixture(scope="session")
def golden() -> Path:
    return GOLDEN


@pytest.fixture(scope="session")
def spi() -> pd.DataFrame:
    table = pd.read_csv(GOLDEN / "coinr_spi_2024/inputs.csv", dtype={"region_code": str})
    return table.set_index("region_code")


@pytest.fixture(scope="session")
def spi_codebook() -> pd.DataFrame:
    return pd.DataFrame([
        ("internal", "respondents", 1, 1, 0.30458),
        ("external", "respondents", 1, 1, 0.32801),
        ("expert", "respondents", 1, 1, 0.36740),
        ("corr_integritas", "corrections", 1, -1, 1),
        ("corr_prevalensi", "corrections", 1, -1, 1),
        ("respondents", "index", 2, 1, 2),
        ("corrections", "index", 2, 1, 1),
        ("index", None, 3, 1, 1),
    ], columns=COLUMNS)


@pytest.fixture
def small() -> pd.DataFrame:
    """Six regions, four indicators on 0 to 100."""
    return pd.DataFrame(
        {"a": [10.0, 40, 70, 20, 90, 55], "b": [30.0, 80, 60, 20, 50, 45],
         "c": [90.0, 10, 50, 20, 40, 65], "d": [5.0, 25, 45, 20, 85, 60]},
        index=pd.Index(["11.01", "11.02", "11.10", "12.01", "34.10", "34.71"], name="region_code"))


@pytest.fixture
def small_codebook() -> pd.DataFrame:
    return pd.DataFrame([
        ("a", "left", 1, 1, 1.0), ("b", "left", 1, 1, 3.0), ("c", "right", 1, 1, 1.0),
        ("d", "right", 1, 1, 1.0), ("left", "whole", 2, 1, 2.0), ("right", "whole", 2, 1, 1.0),
        ("whole", None, 3, 1, None),
    ], columns=COLUMNS)


@pytest.fixture(scope="session")
def flat():
    """A function that makes a codebook with all indicators directly under `index`."""
    return flat_codebook


def flat_codebook(codes, weights=None, directions=None, **columns) -> pd.DataFrame:
    """All indicators directly under `index`."""
    codes = list(codes)
    table = pd.DataFrame({
        "code": codes, "parent": "index", "level": 1,
        "direction": directions or [1] * len(codes), "weight": weights or [1.0] * len(codes),
        **columns})
    top = pd.DataFrame({"code": ["index"], "parent": [None], "level": [2]})
    return pd.concat([table, top], ignore_index=True)
