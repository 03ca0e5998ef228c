"""The prose of the studies of the pilots, its numbers computed again from the tables alone."""

import re

import nbformat
import numpy as np
import pandas as pd
import pytest

from tests.paths import ROOT

STUDIES = ("04-pilots-side-by-side", "05-pilots-and-their-peers", "06-before-and-after")
PILOTS = ["33.72", "13.76", "34.01", "51.03", "35.72", "52.71", "71.07"]
#: Words that claim a cause.
CAUSAL = re.compile(
    r"\b(caus(e|ed|es|al)|because of (the )?(programme|designation)|impact|led to|thanks to|"
    r"improved by|effect of|harm(ed|s)?)\b",
    re.IGNORECASE,
)
FORBIDDEN = re.compile(r"\b(corrupt|clean|worst)\b", re.IGNORECASE)


def _notebook(name: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)


def _prose(name: str) -> str:
    """Markdown and every text that a cell shows, tables and sources left out."""
    parts = []
    for cell in _notebook(name).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if (
                "application/vnd.dataresource+json" not in data
                and "sources" not in str(data.get("text/html", ""))[:30]
            ):
                parts.append(data.get("text/plain", ""))
    return "\n".join(parts)


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """SPI of kabupaten and kota by year, from the file alone, withheld ones taken out."""
    rows = pd.read_csv(ROOT / "data" / "observations.csv", dtype=str)
    rows = rows[(rows["measure_id"] == "spi") & (rows["status"] == "final")]
    rows = rows[rows["source_id"].str.startswith("github") & (rows["region_code"].str.len() == 5)]
    rows["value"] = rows["value"].astype(float)
    wide = rows.pivot_table(index="region_code", columns="year", values="value", aggfunc="first")
    wide.columns = wide.columns.astype(int)
    wide.loc["33.09", 2023] = np.nan
    return wide.loc[wide.index != "00.00", [2021, 2022, 2023, 2024, 2025]]


@pytest.mark.parametrize("name", STUDIES)
def test_studies_follow_the_rules_of_the_house(name):
    cells = _notebook(name).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert cells[0].source.startswith("# ") and len(cells[0].source.split()) < 80
    assert cells[1].metadata["tags"] == ["parameters"]
    assert all(re.fullmatch(r"\w+: \w+ = .+  # .+", line) for line in cells[1].source.splitlines())
    for cell in code:
        assert len(cell.source.splitlines()) <= 25
        assert not re.search(r"\bdef |\bclass |except:|filterwarnings|\.\./", cell.source)
    for cell in cells:
        if cell.cell_type == "markdown":
            # prose says method and meaning; figures are computed
            assert not re.search(r"\d", cell.source), cell.source


@pytest.mark.parametrize("name", STUDIES)
def test_no_sentence_claims_a_cause_or_judges(name):
    prose = _prose(name)
    assert not CAUSAL.search(prose), CAUSAL.search(prose)
    assert not FORBIDDEN.search(prose), FORBIDDEN.search(prose)


def test_distances_of_the_prose(scores):
    tables = [
        output["data"]["application/vnd.dataresource+json"]
        for cell in _notebook(STUDIES[0]).cells
        for output in cell.get("outputs", [])
        if "application/vnd.dataresource+json" in output.get("data", {})
    ]
    table = next(t for t in tables if "median of the nation" in t["title"])
    own = [row for row in table["data"] if row["part"] == "SPI"]
    wanted = [scores.at[code, 2025] - scores[2025].median() for code in PILOTS]
    assert [row["distance"] for row in own] == pytest.approx(wanted)


def test_drift_of_the_prose(scores):
    changes = []
    for year in (2021, 2022, 2023, 2024):
        both = scores[[year, year + 1]].dropna()
        top = both[both[year] >= both[year].quantile(0.9)]
        changes.append((top[year + 1] - top[year]).mean())
    said = re.search(r"The highest tenth changed by ([^p]+) points", _prose(STUDIES[2])).group(1)
    numbers = [float(n.replace("−", "-")) for n in re.findall(r"[−+]?\d+\.\d", said)]
    assert numbers == pytest.approx(changes, abs=0.051)


def test_estimates_of_the_prose(scores):
    full = scores.dropna()
    donors = full.drop(index=PILOTS)
    change = full[[2024, 2025]].mean(axis=1) - full[[2021, 2022, 2023]].mean(axis=1)
    naive = change[PILOTS[:4]].mean() - change[donors.index].mean()
    found = re.search(r"jawaban, dari (\S+) sampai", _prose(STUDIES[2])).group(1)
    assert float(found.replace("−", "-").replace(",", ".")) == pytest.approx(naive, abs=0.051)
    count = len(donors) + 4
    spread = change[donors.index].std() * np.sqrt(count / (4 * len(donors)))
    cells = [c for c in _notebook(STUDIES[2]).cells if "What this design could find" in c.source]
    table = cells[0].outputs[0]["data"]["application/vnd.dataresource+json"]["data"]
    # placebo groups are drawn from the donors alone
    drawn = change[donors.index].std() * np.sqrt(len(donors) / (4 * (len(donors) - 4)))
    assert table[0]["spread"] == pytest.approx(drawn)
    assert table[0]["smallest"] == pytest.approx(2.80158 * drawn, rel=1e-4)
    assert drawn == pytest.approx(spread, rel=1e-3)
