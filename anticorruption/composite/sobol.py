"""Sobol indices of many outputs at once: design, estimates and bootstrap intervals."""

from __future__ import annotations

import numpy as np
from SALib.sample import sobol


def saltelli_design(names: list[str], points: int, generator: np.random.Generator) -> np.ndarray:
    """Return SALib's scrambled Saltelli design without second order, shape (N (d + 2), d)."""
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    return sobol.sample(problem, points, calc_second_order=False, scramble=True, seed=generator)


def sobol_indices(
    outputs: np.ndarray, factors: int, bootstraps: int, confidence: float, seed: int
) -> np.ndarray:
    """First and total order of every output, with bootstrap intervals.

    Parameters
    ----------
    outputs : array, shape (N (factors + 2), outputs)
        In the order of `saltelli_design`.
    factors : int
    bootstraps : int
    confidence : float
    seed : int

    Returns
    -------
    array, shape (outputs, factors, 6)
        first_order, first_low, first_high, total_order, total_low, total_high; NaN for an
        output that never changes.
    """
    estimates, variance, flat = _estimates(outputs, factors, bootstraps, seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        estimates = np.where(flat, np.nan, estimates / np.where(flat, 1.0, variance))
    return _with_intervals(estimates, confidence)


def pooled_indices(
    outputs: np.ndarray, factors: int, bootstraps: int, confidence: float, seed: int
) -> np.ndarray:
    """First and total order of all outputs together: shares of the sum of their variances.

    Parameters
    ----------
    outputs, factors, bootstraps, confidence, seed
        As for `sobol_indices`; the outputs in one unit.

    Returns
    -------
    array, shape (factors, 6)
        As `sobol_indices`, for the outputs as one.

    References
    ----------
    Gamboa, Janon, Klein & Lagnoux (2014), Electronic Journal of Statistics 8, 575-603.
    """
    estimates, variance, flat = _estimates(outputs, factors, bootstraps, seed)
    moving = ~flat[0]
    summed = estimates[..., moving].sum(axis=-1, keepdims=True)
    return _with_intervals(summed / variance[:, moving].sum(axis=-1, keepdims=True), confidence)[0]


def _estimates(
    outputs: np.ndarray, factors: int, bootstraps: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Partial variances (order, factor, sample and bootstraps, output), variances, and zeros."""
    # Products of outputs far from zero lose digits, so they are centred first, as in SALib.
    centre = outputs.mean(axis=0)
    first, last, mixed = _split(outputs - centre, factors)
    n = len(first)
    generator = np.random.default_rng(np.random.SeedSequence([seed, 1]))
    picks = generator.integers(n, size=(bootstraps, n)) + np.arange(bootstraps)[:, None] * n
    counts = np.bincount(picks.ravel(), minlength=bootstraps * n).reshape(bootstraps, n)
    # One row for the sample itself, then the bootstraps: every estimate is a weighted mean.
    rows = np.vstack([np.ones((1, n)), counts]) / n
    mean = rows @ (first + last) / 2
    variance = rows @ (first**2 + last**2) / 2 - mean**2
    flat = variance <= 1e-12 * np.maximum(1.0, np.abs(centre)) ** 2
    estimates = np.empty((2, factors, *variance.shape))
    for factor in range(factors):
        swapped = mixed[:, factor]
        estimates[0, factor] = rows @ (last * (swapped - first))
        estimates[1, factor] = rows @ (first - swapped) ** 2 / 2
    return estimates, variance, flat


def _with_intervals(estimates: np.ndarray, confidence: float) -> np.ndarray:
    """From (order, factor, sample and bootstraps, output) to (output, factor, six columns)."""
    tail = (1 - confidence) / 2
    whole, resampled = estimates[:, :, 0], estimates[:, :, 1:]
    known = ~np.isnan(whole).any(axis=(0, 1))
    table = np.full((whole.shape[2], whole.shape[1], 6), np.nan)
    # A resample that happens to have no variance has no index; it is left out of the interval.
    some = resampled[..., known]
    quantile = np.nanquantile if np.isnan(some).any() else np.quantile
    ends = quantile(some, [tail, 1 - tail], axis=2)
    for order in (0, 1):
        table[:, :, 3 * order] = whole[order].T
        table[known, :, 3 * order + 1] = ends[0, order].T
        table[known, :, 3 * order + 2] = ends[1, order].T
    return table


def _split(outputs: np.ndarray, factors: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    blocks = outputs.reshape(-1, factors + 2, outputs.shape[1])
    return blocks[:, 0], blocks[:, -1], blocks[:, 1:-1]


def base_variance(outputs: np.ndarray, factors: int) -> np.ndarray:
    """Return the variance of each output over the independent runs of the design."""
    first, last, _ = _split(outputs, factors)
    return np.concatenate([first, last]).var(axis=0)
