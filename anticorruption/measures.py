"""What is published about regions: the codebook of measures and their dated bands."""

import difflib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from anticorruption import tables
from anticorruption.errors import RefusedInput

#: Set of bands used unless another is named: the best supported one of its years.
PUBLISHED = "published"


@dataclass(frozen=True)
class Band:
    """A published class of a measure.

    Attributes
    ----------
    name : str
        The class as its publisher calls it ("terjaga").
    position : int
        Place of the class from the lowest (1) upwards.
    count : int
        How many classes the set has.
    lower, upper : float
        Edges as published, in the measure's unit.
    confidence, source_id : str
        Standing of the published edges and where they stand.
    """

    name: str
    position: int
    count: int
    lower: float
    upper: float
    confidence: str
    source_id: str


def codebook() -> pd.DataFrame:
    """Every measure, indexed by ``measure_id``: names, publisher, unit, scale, direction, kind."""
    return _codebook().copy(deep=False)


@tables.derived("measures")
def _codebook() -> pd.DataFrame:
    return tables.read("measures").set_index("measure_id")


def name(measure_id: str, language: str = "id") -> str:
    """Name of a measure for readers."""
    return str(_entry(measure_id)["name_eng" if language == "en" else "name_ind"])


def decimals(measure_id: str) -> int:
    """Decimals in which a measure is published and printed."""
    return int(_entry(measure_id)["decimals"])


def labels(measure_id: str) -> tuple[str, ...]:
    """Labels a measure may take, from the lowest upwards; empty for measures with numbers."""
    return tuple(part for part in str(_entry(measure_id)["labels"]).split("|") if part)


@tables.derived("measures")
def _entry(measure_id: str) -> pd.Series:
    book = _codebook()
    if measure_id not in book.index:
        near = difflib.get_close_matches(str(measure_id), book.index, n=3, cutoff=0.5)
        meant = f"did you mean {' or '.join(near)}? All" if near else "all there are"
        raise RefusedInput(
            f"measures: there is no measure called '{measure_id}'; {meant} stand in measures.csv."
        )
    return book.loc[measure_id]


def bands(measure_id: str, year: int, scheme: str = PUBLISHED) -> pd.DataFrame:
    """Bands of a measure that were valid in a year, from the lowest upwards.

    Parameters
    ----------
    measure_id : str
        A measure of the codebook.
    year : int
        Year of the measure; bands change, so a class means something only within its years.
    scheme : str, optional
        Where publishers contradict one another, the set to use (table ``bands``).

    Returns
    -------
    DataFrame
        One row a band; empty where no bands were published.
    """
    return _bands(measure_id, year, scheme).copy(deep=False)


@tables.derived("bands")
def _bands(measure_id: str, year: int, scheme: str) -> pd.DataFrame:
    frame = tables.read("bands")
    until = frame["valid_to_year"].fillna(9999)
    valid = (frame["valid_from_year"] <= year) & (year <= until)
    chosen = frame[(frame["measure_id"] == measure_id) & (frame["scheme"] == scheme) & valid]
    return chosen.sort_values("position")


def band_of(measure_id: str, year: int, value: float, scheme: str = PUBLISHED) -> Band | None:
    """Band that a value falls into.

    The value is first rounded, half up, to the decimals in which the edges were printed: edges
    "0-72.9, 73-77.9, 78-100" leave no gap only for scores of one decimal.

    Returns
    -------
    Band or None
        None where no bands were published for that year or the value lies in none of them.
    """
    valid = bands(measure_id, year, scheme)
    for row in valid.itertuples():
        if _inside(row, value):
            return Band(
                row.band,
                row.position,
                len(valid),
                row.lower,
                row.upper,
                row.confidence,
                row.source_id,
            )
    return None


def _inside(row, value: float) -> bool:
    rounded = round_half_up(value, int(row.decimals))
    above = rounded > row.lower or (row.lower_included and rounded == row.lower)
    below = rounded < row.upper or (row.upper_included and rounded == row.upper)
    return above and below


def round_half_up(value: float, places: int) -> float:
    """Round as official tables do: 72.95 becomes 73.0, not 72.9.

    The shortest decimal text of the number is rounded, not its binary neighbour, so that every
    processor gives the same digit.
    """
    unit = Decimal(1).scaleb(-places)
    return float(Decimal(repr(float(value))).quantize(unit, rounding=ROUND_HALF_UP))
