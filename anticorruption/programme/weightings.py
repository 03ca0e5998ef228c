"""Weightings of the assessment: those a rubric gives, and all those it leaves open.

A component's share is its part of the whole, an indicator's share its part of the component.
Where the weights of a group are not known every share that keeps the limits is admissible. The two
equal readings stand beside: every component the same, or every indicator the same.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from anticorruption.composite import AdmissibleWeights, EveryWeighting, Method, score_extremes
from anticorruption.composite.codebook import read_codebook
from anticorruption.programme.rubric import Rubric

TOP = "total"
GIVEN, BY_COMPONENT, BY_INDICATOR = "given", "by_component", "by_indicator"
#: Weightings drawn for the share that passes: its standard error is at most half a hundredth.
DRAWS = 10_000
SEED = 20251209
_AS_IT_IS = Method(normalisation="fixed_scale")


def known(rubric: Rubric) -> bool:
    """Whether the rubric leaves no weight open."""
    return _known_components(rubric) is not None and all(
        _known_indicators(rubric, component.id) is not None for component in rubric.components
    )


def readings(rubric: Rubric) -> dict[str, pd.Series]:
    """Weights of the indicators in the whole under each reading, adding up to one.

    Returns
    -------
    dict of str to Series, index indicator
        ``given`` alone where every weight is known. Otherwise ``by_component`` and
        ``by_indicator``, in which what is known is kept and the rest is equal; one of them where
        both say the same.
    """
    inside = {c.id: _known_indicators(rubric, c.id) for c in rubric.components}
    equal = {c.id: _equal([i.id for i in rubric.parts(c.id)]) for c in rubric.components}
    shares = {code: equal[code] if inside[code] is None else inside[code] for code in equal}
    above = _known_components(rubric)
    if above is not None:
        name = GIVEN if known(rubric) else BY_COMPONENT
        return {name: _whole(rubric, above, shares)}
    by_count = pd.Series({code: len(part) / len(rubric.indicators) for code, part in equal.items()})
    return {
        BY_COMPONENT: _whole(rubric, _equal(list(equal)), shares),
        BY_INDICATOR: _whole(rubric, by_count, shares),
    }


def admissible(rubric: Rubric) -> AdmissibleWeights:
    """Every weighting that the rubric allows: known shares fixed, the others inside limits."""
    lower, upper = {}, {}
    groups = [(rubric.components, _known_components(rubric))]
    groups += [(rubric.parts(c.id), _known_indicators(rubric, c.id)) for c in rubric.components]
    for parts, shares in groups:
        for part in parts:
            lower[part.id] = part.weight.lowest if shares is None else shares[part.id]
            upper[part.id] = part.weight.highest if shares is None else shares[part.id]
    return AdmissibleWeights(lower=lower, upper=upper)


def codebook(rubric: Rubric) -> pd.DataFrame:
    """The assessment as a codebook of :mod:`anticorruption.composite`."""
    rows = [{"code": TOP, "level": 3}]
    rows += [{"code": c.id, "parent": TOP, "level": 2} for c in rubric.components]
    rows += [
        {"code": i.id, "parent": i.component, "level": 1, "direction": 1} for i in rubric.indicators
    ]
    return pd.DataFrame(rows)


def extremes(rubric: Rubric, cases: pd.DataFrame) -> pd.DataFrame:
    """Lowest and highest score of each case over every admissible weighting.

    Parameters
    ----------
    rubric : Rubric
    cases : DataFrame
        A case a row, an indicator a column, no value missing.

    Returns
    -------
    DataFrame
        Index of ``cases``; ``score_low`` and ``score_high``.
    """
    # Cases are numbered, since composite/ knows its rows by text.
    numbered = cases.set_axis([f"case {place}" for place in range(len(cases))])
    found = score_extremes(numbered, codebook(rubric), _AS_IT_IS, admissible(rubric))
    return found.set_axis(cases.index)


def drawn(rubric: Rubric, draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """Weightings drawn evenly from all admissible ones.

    Returns
    -------
    DataFrame
        A draw a row, an indicator a column; the weights of a row add up to one. Shares of a group
        are drawn evenly (without limits: from a flat Dirichlet), groups independently.
    """
    tree = read_codebook(codebook(rubric))
    generator = np.random.default_rng(seed)
    # A group whose weights are known is a single point, from which nothing can be drawn.
    fixed = {BY_COMPONENT: _known_components(rubric)}
    fixed |= {c.id: _known_indicators(rubric, c.id) for c in rubric.components}
    free = EveryWeighting(_only_open(rubric, fixed))
    table = pd.DataFrame(
        free.draw(tree, np.ones(len(tree.codes)), draws, generator), columns=list(tree.codes)
    )
    for shares in fixed.values():
        if shares is not None:
            table[list(shares.index)] = shares.to_numpy()
    return pd.DataFrame({i.id: table[i.id] * table[i.component] for i in rubric.indicators})


def _only_open(rubric: Rubric, fixed: Mapping[str, pd.Series | None]) -> AdmissibleWeights:
    """Limits of the groups that are not fixed."""
    settled = {code for shares in fixed.values() if shares is not None for code in shares.index}
    parts = [p for p in (*rubric.components, *rubric.indicators) if p.id not in settled]
    return AdmissibleWeights(
        lower={part.id: part.weight.lowest for part in parts},
        upper={part.id: part.weight.highest for part in parts},
    )


def _known_components(rubric: Rubric) -> pd.Series | None:
    """Shares of the components, from their weights or from those of all indicators."""
    weights = {c.id: c.weight.value for c in rubric.components}
    if None in weights.values():
        inside = [i.weight.value for i in rubric.indicators]
        if None in inside:
            return None
        weights = {c.id: sum(i.weight.value for i in rubric.parts(c.id)) for c in rubric.components}
    return _shares(weights)


def _known_indicators(rubric: Rubric, component: str) -> pd.Series | None:
    """Shares of the indicators of a component; one alone has all of it."""
    parts = rubric.parts(component)
    if len(parts) == 1:
        return _equal([parts[0].id])
    weights = {i.id: i.weight.value for i in parts}
    return None if None in weights.values() else _shares(weights)


def _shares(weights: Mapping[str, float]) -> pd.Series:
    series = pd.Series(weights)
    return series / series.sum()


def _equal(codes: list[str]) -> pd.Series:
    return pd.Series(1 / len(codes), index=codes)


def _whole(rubric: Rubric, above: pd.Series, inside: Mapping[str, pd.Series]) -> pd.Series:
    return pd.Series(
        {i.id: above[i.component] * inside[i.component][i.id] for i in rubric.indicators}
    )
