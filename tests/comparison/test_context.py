"""What regions are matched on: the newest population, the index of its year, kind and place."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.context import IPM_YEAR, context


def test_the_newest_population_is_used_and_the_index_of_its_one_year():
    """A release that has counted people twice, and the index in three years."""
    codes = pd.Index(["34.01", "35.72"], name="region_code")
    people = pd.DataFrame({2020: [10.0, 20.0], 2025: [1000.0, np.nan]}, index=codes)
    index = pd.DataFrame(
        {IPM_YEAR - 1: [1.0, 2.0], IPM_YEAR: [70.0, 80.0], IPM_YEAR + 1: [3.0, 4.0]}, index=codes
    )
    panels = {("population", "local"): people, ("ipm", "local"): index}
    found = context(SimpleNamespace(panel=lambda measure, level: panels[measure, level]))
    assert found.population_year == 2025
    numbers = found.numbers.loc[codes]
    assert numbers.at["34.01", "log_population"] == pytest.approx(np.log(1000))
    assert np.isnan(numbers.at["35.72", "log_population"])  # an older number is no substitute
    assert numbers["ipm"].tolist() == [70.0, 80.0]


def test_every_government_of_a_kabupaten_or_kota_has_its_row(release_2026):
    found = context(release_2026)
    assert len(found.numbers) == len(found.exact) == len(found.categories) == 508
    assert found.exact.at["35.72", "level"] == "kota"
    assert found.exact.at["34.01", "level"] == "kabupaten"
    assert found.categories.at["71.07", "island_group"] == "Sulawesi"
