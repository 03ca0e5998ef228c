"""Composite indicators by the steps of the OECD/JRC Handbook, and how sure they are.

A `Method` is a recipe, `build` follows it; `analyse_uncertainty` says how far scores and ranks
depend on it, `analyse_sensitivity` which choice they depend on, and `score_extremes` what every
admissible weighting allows. The steps can also be called one by one.
"""

from anticorruption.composite.admissible import AdmissibleWeights
from anticorruption.composite.aggregation import aggregate
from anticorruption.composite.audit import (
    availability,
    consistency,
    correlations,
    coverage_warnings,
    cronbach_alpha,
    dominance,
    region_availability,
)
from anticorruption.composite.doubt import benefit_of_the_doubt
from anticorruption.composite.factors import SharedErrors
from anticorruption.composite.imputation import impute, impute_panel
from anticorruption.composite.method import Method, build
from anticorruption.composite.normalisation import normalise
from anticorruption.composite.ranking import rank_scores
from anticorruption.composite.removal import remove_code, remove_each
from anticorruption.composite.result import Result
from anticorruption.composite.sensitivity import Sensitivity, analyse_sensitivity
from anticorruption.composite.treatment import treat
from anticorruption.composite.uncertainty import (
    Uncertainty,
    analyse_uncertainty,
    follow_every,
)
from anticorruption.composite.voting import kemeny_scores, outranking
from anticorruption.composite.weight_draws import DirichletWeights, EveryWeighting, NoisyWeights
from anticorruption.composite.weighting import ahp_weights, pca_weights
from anticorruption.composite.weights_space import (
    can_rank_above,
    score_extremes,
    weights_in_favour,
)

__all__ = [
    "AdmissibleWeights",
    "DirichletWeights",
    "EveryWeighting",
    "Method",
    "NoisyWeights",
    "Result",
    "Sensitivity",
    "SharedErrors",
    "Uncertainty",
    "aggregate",
    "ahp_weights",
    "analyse_sensitivity",
    "analyse_uncertainty",
    "availability",
    "benefit_of_the_doubt",
    "build",
    "can_rank_above",
    "consistency",
    "correlations",
    "coverage_warnings",
    "cronbach_alpha",
    "dominance",
    "follow_every",
    "impute",
    "impute_panel",
    "kemeny_scores",
    "normalise",
    "outranking",
    "pca_weights",
    "rank_scores",
    "region_availability",
    "remove_code",
    "remove_each",
    "score_extremes",
    "treat",
    "weights_in_favour",
]
