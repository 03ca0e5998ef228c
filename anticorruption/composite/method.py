"""The frozen recipe of a composite indicator, and `build`, which follows it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.composite.aggregation import check_aggregation
from anticorruption.composite.chain import bounds, climb, prepare, read_inputs
from anticorruption.composite.codebook import Tree
from anticorruption.composite.imputation import IMPUTATIONS
from anticorruption.composite.normalisation import check_normalisation
from anticorruption.composite.parameters import (
    Parameters,
    freeze,
    known_name,
    number,
    plain,
    resolve,
    whole_number,
)
from anticorruption.composite.result import Result
from anticorruption.composite.treatment import check_treatment
from anticorruption.composite.weighting import WEIGHTINGS
from anticorruption.errors import RefusedInput

STEPS = ("imputation", "treatment", "normalisation", "weighting", "aggregation")


@dataclass(frozen=True, eq=False, kw_only=True)
class Method:
    """A recipe: one named choice a step, with its parameters.

    Two methods are equal when they do the same, whether a default is written out or not. A
    variant is one field changed: ``method.replace(aggregation="harmonic_mean")``. Parameters
    that the new choice does not use are left aside; a parameter that no choice knows is refused.

    Parameters
    ----------
    imputation : str
        `none` (a missing cell is left out and its weight shared out), `mean`, `median`,
        `group_mean`, `group_median`, `em`. See `imputation.impute`.
    treatment : str
        `none`, `winsorise`, `winsorise_then_log`. See `treatment.treat`.
    normalisation : str
        `min_max`, `z_score`, `rank`, `percentile_rank`, `borda`, `goalposts`,
        `distance_to_target`, `fixed_scale`. See `normalisation.normalise`.
    weighting : str
        `given` (the codebook's weights), `equal` (every indicator the same in the whole),
        `equal_by_parent`, `pca`, `benefit_of_the_doubt`, `ahp`, `budget_allocation`.
        See `weighting.WEIGHTINGS`.
    aggregation : str, sequence or mapping
        `arithmetic_mean`, `geometric_mean`, `harmonic_mean`, `generalised_mean`,
        `mazziotta_pareto`, `median`, `owa`, `copeland`. One name for every level; or a sequence
        of names, from the lowest level of aggregates up; or a mapping of level to name.
        See `aggregation.aggregate`.
    imputation_parameters, treatment_parameters, normalisation_parameters, \
weighting_parameters, aggregation_parameters : mapping
        Parameters of the choices, by name.
    minimum_regions : int
        Treatment, principal components and normalisations that compare regions with one another
        are refused for fewer regions than this.
    minimum_coverage : float
        Between 0 and 1. An aggregate of which less weight than this is present has no score.

    Raises
    ------
    RefusedInput
        For a name or a parameter that does not exist, suggesting the nearest.

    Examples
    --------
    >>> method = Method(normalisation="goalposts", aggregation="geometric_mean")
    >>> method.replace(aggregation="arithmetic_mean").aggregation
    'arithmetic_mean'
    """

    imputation: str = "none"
    imputation_parameters: Mapping[str, Any] = field(default_factory=Parameters)
    treatment: str = "none"
    treatment_parameters: Mapping[str, Any] = field(default_factory=Parameters)
    normalisation: str = "min_max"
    normalisation_parameters: Mapping[str, Any] = field(default_factory=Parameters)
    weighting: str = "given"
    weighting_parameters: Mapping[str, Any] = field(default_factory=Parameters)
    aggregation: str | Sequence[str] | Mapping[int, str] = "arithmetic_mean"
    aggregation_parameters: Mapping[str, Any] = field(default_factory=Parameters)
    minimum_regions: int = 10
    minimum_coverage: float = 0.0

    def __post_init__(self) -> None:
        for step in STEPS:
            given = getattr(self, f"{step}_parameters")
            if given is not None and not isinstance(given, Mapping):
                raise RefusedInput(
                    f"{step}_parameters must be a mapping of name to value, not {given!r}."
                )
            object.__setattr__(self, f"{step}_parameters", Parameters(given))
        object.__setattr__(self, "aggregation", _frozen_aggregation(self.aggregation))
        whole_number("minimum_regions", self.minimum_regions, low=1)
        if number("minimum_coverage", self.minimum_coverage, low=0) > 1:
            raise RefusedInput("minimum_coverage is a share and cannot be more than 1.")
        _ = self.identifier

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """Every choice and every parameter it uses, defaults written out, as JSON types."""
        steps = {
            step: {"name": getattr(self, step), "parameters": self.options(step)}
            for step in STEPS[:-1]
        }
        names = _names_used(self.aggregation)
        aggregation = {
            "name": self.aggregation,
            "parameters": {name: self.aggregation_options(name) for name in names},
        }
        return plain(
            {
                **steps,
                "aggregation": aggregation,
                "minimum_regions": self.minimum_regions,
                "minimum_coverage": self.minimum_coverage,
            }
        )

    @cached_property
    def identifier(self) -> str:
        """The SHA-256 of the recipe written as canonical JSON, the same on every machine."""
        text = json.dumps(self.resolved, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Method) and self.identifier == other.identifier

    def __hash__(self) -> int:
        return hash(self.identifier)

    def replace(self, **changes: Any) -> Method:
        """Return a variant with some fields changed.

        Raises
        ------
        RefusedInput
            For a field that does not exist, or a value that the field cannot take.
        """
        for name in changes:
            known_name("method field", name, [item.name for item in dataclasses.fields(self)])
        return dataclasses.replace(self, **changes)

    def options(self, step: str) -> dict[str, Any]:
        """Return the parameters that a step other than aggregation uses, with defaults."""
        name, given = getattr(self, step), getattr(self, f"{step}_parameters")
        if step == "normalisation":
            return check_normalisation(name, given)
        if step == "treatment":
            return check_treatment(name, given)
        return resolve(step, name, given, IMPUTATIONS if step == "imputation" else WEIGHTINGS)

    def aggregation_options(self, name: str) -> dict[str, Any]:
        """Return the parameters that one aggregation uses, with defaults."""
        return check_aggregation(name, self.aggregation_parameters)

    def aggregations(self, tree: Tree) -> dict[str, str]:
        """Return aggregate to the name of its aggregation.

        Raises
        ------
        RefusedInput
            If the levels named do not match the levels of the codebook.
        """
        levels = sorted({tree.level[code] for code in tree.aggregates})
        if isinstance(self.aggregation, str):
            by_level = dict.fromkeys(levels, self.aggregation)
        elif isinstance(self.aggregation, tuple):
            if len(self.aggregation) != len(levels):
                raise RefusedInput(
                    f"aggregation names {len(self.aggregation)} levels, and the "
                    f"codebook has {len(levels)} levels of aggregates."
                )
            by_level = dict(zip(levels, self.aggregation, strict=True))
        else:
            by_level = dict(self.aggregation)
            if sorted(by_level) != levels:
                raise RefusedInput(
                    f"aggregation names the levels {sorted(by_level)}, and the "
                    f"aggregates of the codebook are at the levels {levels}."
                )
        return {code: by_level[tree.level[code]] for code in tree.aggregates}


def build(indicators: pd.DataFrame, codebook: pd.DataFrame, method: Method) -> Result:
    """Build a composite indicator.

    The steps are imputation, treatment, normalisation (with the direction of each indicator),
    then weighting and aggregation from the lowest level up. A missing cell is left out and the
    other weights of its group add up to one again; `coverage` says how much weight was there,
    `score_low` and `score_high` what the score could have been. Neither the order of the regions
    nor that of the indicators changes any digit.

    Parameters
    ----------
    indicators : DataFrame
        Index region_code (text), one column an indicator, in the indicator's own unit.
    codebook : DataFrame
        code, parent (empty at the top), level, direction (+1 or -1), weight, and where used
        goalpost_low and goalpost_high, target, scale_low and scale_high.
    method : Method
        The recipe.

    Returns
    -------
    Result

    Raises
    ------
    RefusedInput
        With one sentence that names the code and the region, for input that cannot be used.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators: Methodology and User Guide.
    """
    if not isinstance(method, Method):
        raise RefusedInput(f"the method must be a Method, not {method!r}.")
    inputs = read_inputs(indicators, codebook)
    stage = prepare(inputs, method)
    climbed = climb(inputs, method, stage)
    low, high = bounds(inputs, method, stage, climbed)

    def table(columns: Mapping[str, np.ndarray]) -> pd.DataFrame:
        values = np.column_stack([columns[code] for code in inputs.tree.columns])[inputs.back]
        return pd.DataFrame(values, index=inputs.regions[inputs.back], columns=inputs.tree.columns)

    weights = {code: climbed.shares.get(code, np.nan) for code in inputs.tree.columns}
    return Result(
        table(climbed.scores),
        table(climbed.coverage),
        table(low),
        table(high),
        pd.Series(weights, name="weight"),
        stage.filled,
        stage.treated,
        method,
        inputs.tree,
    )


def _frozen_aggregation(value: Any) -> str | tuple[str, ...] | Parameters:
    if isinstance(value, Mapping):
        try:
            return Parameters({int(level): name for level, name in value.items()})
        except (TypeError, ValueError):
            raise RefusedInput("aggregation by level needs whole numbers as levels.") from None
    return freeze(value)


def _names_used(aggregation: Any) -> list[str]:
    if isinstance(aggregation, Mapping):
        return sorted(set(aggregation.values()), key=str)
    return sorted(set(aggregation), key=str) if isinstance(aggregation, tuple) else [aggregation]
