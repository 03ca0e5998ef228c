"""What regions are matched on: their size, their development, their kind and where they lie.

Nothing that KPK or its assessors say about a region is among it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anticorruption import regions
from anticorruption.release import Release

#: Year of the human development index: the last that one instrument measured everywhere.
IPM_YEAR = 2021


@dataclass(frozen=True)
class Context:
    """The situation of every kabupaten and kota.

    Attributes
    ----------
    numbers : DataFrame, index region_code
        `log_population` (natural logarithm of persons) and `ipm` (index 0-100).
    exact : DataFrame, index region_code
        `level`: kabupaten or kota.
    categories : DataFrame, index region_code
        `island_group`.
    population_year : int
        Year of the population.
    """

    numbers: pd.DataFrame
    exact: pd.DataFrame
    categories: pd.DataFrame
    population_year: int


def context(release: Release) -> Context:
    """Read the context of kabupaten and kota from the release.

    Parameters
    ----------
    release : Release
        Its latest year of population is used, and the human development index of `IPM_YEAR`.

    Returns
    -------
    Context
        One row a government of that level; missing where nothing is published.
    """
    local = regions.governments("local")
    people = release.panel("population", "local")
    year = int(people.columns[-1])
    index = release.panel("ipm", "local")
    numbers = pd.DataFrame(
        {
            "log_population": np.log(people[year].reindex(local.index)),
            "ipm": index[IPM_YEAR].reindex(local.index),
        }
    )
    return Context(numbers, local[["level"]], local[["island_group"]], year)
