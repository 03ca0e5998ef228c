"""What the comparisons accept: each refusal is a sentence that names the region or the column."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from anticorruption.errors import RefusedInput

TIE = 1e-9  # scores this close are the same score


def refuse_duplicates(labels: pd.Index, where: str, what: str = "Region") -> None:
    """Refuse labels that stand twice.

    Parameters
    ----------
    labels : Index
        Codes of regions or indicators.
    where : str
        Where they stand, for the sentence ("the scores").
    what : str
        What they name, for the sentence.

    Raises
    ------
    RefusedInput
        Naming the first label that stands twice.
    """
    if labels.has_duplicates:
        twice = labels[labels.duplicated()][0]
        raise RefusedInput(f"{what} {twice} stands twice in {where}; keep one.")


def numbers(values: pd.Series, name: str, what: str = "region") -> pd.Series:
    """Return values as floats, missing ones kept.

    Parameters
    ----------
    values : Series, index region or indicator
        Numbers, missing allowed.
    name : str
        What they are, for the sentence ("The score").
    what : str
        What the index names, for the sentence.

    Returns
    -------
    Series of float

    Raises
    ------
    RefusedInput
        For text, true/false, and infinite values.
    """
    if isinstance(values.dtype, pd.StringDtype) or pd.api.types.is_bool_dtype(values):
        raise RefusedInput(f"{name} comes as {values.dtype}, not as numbers; convert it first.")
    try:
        found = values.astype(float)
    except (TypeError, ValueError):
        raise RefusedInput(f"{name} is not everywhere a number; convert it first.") from None
    infinite = np.isinf(found)
    if infinite.any():
        raise RefusedInput(
            f"{name} of {what} {found.index[infinite][0]} is infinite; mark it missing instead."
        )
    return found


def checked_scores(
    scores: pd.Series, standard_error: float | pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Return the known scores and their standard errors, or refuse them.

    Parameters
    ----------
    scores : Series, index region_code
        Scores in any unit; missing ones are left out of the answer.
    standard_error : float or Series, index region_code
        In the unit of the scores.

    Returns
    -------
    tuple of Series, index the regions with a score
        The scores and their standard errors, as floats.

    Raises
    ------
    RefusedInput
        For duplicate regions, scores that are no numbers or infinite, and standard errors that
        are missing, negative or infinite.
    """
    refuse_duplicates(scores.index, "the scores")
    known = numbers(scores, "The score").dropna()
    if isinstance(standard_error, pd.Series):
        refuse_duplicates(standard_error.index, "the standard errors")
        errors = numbers(standard_error, "The standard error").reindex(known.index)
    else:
        errors = pd.Series(float(standard_error), index=known.index)
    wrong = ~(np.isfinite(errors) & (errors >= 0))
    if wrong.any():
        where = errors.index[wrong][0]
        raise RefusedInput(
            f"The standard error of region {where} is {errors[where]:g}; "
            "give a finite number of zero or more for every region with a score."
        )
    return known, errors


def checked_panel(
    panel: pd.DataFrame, named_years: Collection[int] = (), purpose: str = "named"
) -> pd.DataFrame:
    """Return a panel as floats with its regions and years in order, or refuse it.

    Parameters
    ----------
    panel : DataFrame, index region_code, columns years as whole numbers
        Scores, missing allowed.
    named_years : collection of int
        Years the caller speaks of; each must be in the panel.
    purpose : str
        What they are named for, for the sentence ("left out").

    Returns
    -------
    DataFrame of float

    Raises
    ------
    RefusedInput
        For duplicate regions or years, columns that are not years, scores that are no numbers or
        infinite, and a named year that is not there.
    """
    refuse_duplicates(panel.index, "the panel")
    if panel.columns.has_duplicates or not pd.api.types.is_integer_dtype(panel.columns):
        raise RefusedInput(
            f"The columns of the panel are {list(panel.columns)}; "
            "they must be years as whole numbers, each once."
        )
    strange = sorted(set(named_years) - set(panel.columns))
    if strange:
        raise RefusedInput(
            f"Year {strange[0]} is to be {purpose} but is not in the panel; name one of its years."
        )
    years = {year: numbers(panel[year], f"The {year} score") for year in sorted(panel.columns)}
    # in the order of the codes, so that the order of the rows changes no digit of any answer
    return pd.DataFrame(years, index=panel.index).sort_index()
