"""How long uncertainty and sensitivity take, beside bare NumPy on the same draws.

Run as a script, from the root of the project: ``python tests/benchmarks/composite_benchmark.py``.
It prints CPU seconds (all threads), the ratio to the floor, and the ratio to the CPU seconds that
the R package COINr 1.1.14 needed for its own analysis of the same data and assumptions (see
tests/golden/coinr_spi_2024/README.md; one core of a 2.8 GHz Xeon).

The floor is what any implementation has to do: the matrix products of weights and normalised
indicators, the mean (with its logarithm and exponential), an argsort of each run, and averages.
It is given the normalised indicators, the weights and the choices for nothing.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from anticorruption.composite import (
    Method,
    NoisyWeights,
    analyse_sensitivity,
    analyse_uncertainty,
)
from anticorruption.composite.runs import plan_runs
from anticorruption.composite.scoring import effective_weights

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "coinr_spi_2024" / "inputs.csv"
COINR = {"uncertainty": 22.3, "sensitivity": 45.3}
METHOD = Method(normalisation_parameters={"low": 1, "high": 100})
ALTERNATIVES = {
    "normalisation": {
        "min-max": {"normalisation": "min_max"},
        "z-score": {"normalisation": "z_score",
                    "normalisation_parameters": {"mean": 50, "sd": 10}}},
    "aggregation": ["arithmetic_mean", "geometric_mean"],
}
WEIGHTS = NoisyWeights(0.25)


def spi() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The 2024 SPI parts of 508 regions and their codebook."""
    indicators = pd.read_csv(GOLDEN, dtype={"region_code": str}).set_index("region_code")
    codebook = pd.DataFrame([
        ("internal", "respondents", 1, 1, 0.30458), ("external", "respondents", 1, 1, 0.32801),
        ("expert", "respondents", 1, 1, 0.36740), ("corr_integritas", "corrections", 1, -1, 1),
        ("corr_prevalensi", "corrections", 1, -1, 1), ("respondents", "index", 2, 1, 2),
        ("corrections", "index", 2, 1, 1), ("index", None, 3, 1, 1),
    ], columns=["code", "parent", "level", "direction", "weight"])
    return indicators, codebook


def made_up(regions: int, indicators: int = 19) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Random indicators under six components, on goalposts 0 to 100."""
    generator = np.random.default_rng(11)
    codes = [f"i{place:02d}" for place in range(indicators)]
    table = pd.DataFrame(generator.normal(60, 12, (regions, indicators)).clip(0, 100),
                         index=[f"r{place:05d}" for place in range(regions)], columns=codes)
    rows = [(code, f"c{place % 6}", 1, 1, 1.0, 0.0, 100.0) for place, code in enumerate(codes)]
    rows += [(f"c{place}", "index", 2, 1, 1.0, None, None) for place in range(6)]
    rows += [("index", None, 3, 1, 1.0, None, None)]
    return table, pd.DataFrame(rows, columns=["code", "parent", "level", "direction", "weight",
                                              "goalpost_low", "goalpost_high"])


def cpu(task: Callable[[], object], repeats: int) -> float:
    """Least CPU seconds, all threads, over some repeats."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        task()
        taken.append(time.process_time() - start)
    return min(taken)


def floor(indicators: pd.DataFrame, codebook: pd.DataFrame, runs: int, method: Method,
          alternatives: dict | None, per_region: bool) -> Callable[[], None]:
    """Prepare the bare arithmetic of `runs` draws and return it as a function to be timed."""
    plan = plan_runs(indicators, codebook, method, None, alternatives, WEIGHTS, None)
    generator = np.random.default_rng(5)
    weights = WEIGHTS.draw(plan.inputs.tree, plan.nominal.shares, runs, generator)
    chosen = generator.integers(len(plan.recipes), size=runs)
    nominal = plan.nominal.scores.argsort().argsort()

    def bare() -> None:
        total = np.zeros(len(indicators))
        for start in range(0, runs, 512):
            for place, recipe in enumerate(plan.recipes):
                rows = weights[start:start + 512][chosen[start:start + 512] == place]
                forward = recipe.mean.forward(recipe.stage.values).T
                shares = effective_weights(plan.inputs.tree, plan.code, rows)
                scores = recipe.mean.inverse(shares @ forward)
                order = np.argsort(scores, axis=1)
                total += scores.sum(axis=0)
                if per_region:
                    ranks = np.empty_like(order)
                    np.put_along_axis(ranks, order, np.arange(order.shape[1])[None], 1)
                    np.abs(ranks - nominal).mean(axis=1)

    return bare


def line(name: str, own: float, bare: float, coinr: float | None = None) -> None:
    """Print one row of the table."""
    against = "" if coinr is None else f"{coinr:8.1f} s {coinr / own:10,.0f}"
    print(f"{name:<46}{own:9.3f} s{bare:9.3f} s{own / bare:7.2f}  {against}")


def main() -> None:
    """Time everything and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="leave out the 100,000 draws")
    options = parser.parse_args()
    data = spi()
    print(f"{'CPU seconds':<46}{'own':>11}{'floor':>11}{'ratio':>7}  {'COINr':>10}{'times':>11}")

    def uncertain(draws: int, table: tuple, method: Method = METHOD, **varied: object) -> None:
        found = analyse_uncertainty(*table, method, seed=1, draws=draws, weights=WEIGHTS, **varied)
        assert len(found.table) == len(table[0])

    def sensitive(points: int) -> None:
        found = analyse_sensitivity(*data, METHOD, seed=1, points=points, weights=WEIGHTS,
                                    alternatives=ALTERNATIVES, bootstraps=1000)
        assert len(found.overall) == 3

    own = cpu(lambda: uncertain(500, data, alternatives=ALTERNATIVES), options.repeats)
    bare = cpu(floor(*data, 500, METHOD, ALTERNATIVES, False), options.repeats)
    line("uncertainty, 508 regions, 500 runs", own, bare, COINR["uncertainty"])
    own = cpu(lambda: sensitive(256), options.repeats)
    bare = cpu(floor(*data, 1281, METHOD, ALTERNATIVES, True), options.repeats)
    line("sensitivity, 1,281 runs, 1,000 bootstraps", own, bare, COINR["sensitivity"])
    plain = METHOD.replace(normalisation="goalposts")
    for draws, regions in ((10_000, 508), (20_000, 508), (10_000, 1016), (10_000, 2032)):
        table = made_up(regions)
        own = cpu(lambda size=draws, table=table: uncertain(size, table, plain), 2)
        bare = cpu(floor(*table, draws, plain, None, False), 2)
        line(f"uncertainty, {regions:,} x 19, {draws:,} draws", own, bare)
    if not options.quick:
        table = made_up(508)
        own = cpu(lambda: uncertain(100_000, table, plain), 2)
        bare = cpu(floor(*table, 100_000, plain, None, False), 2)
        line("uncertainty, 508 x 19, 100,000 draws", own, bare)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory: {peak:,.0f} MB (whole process)")


if __name__ == "__main__":
    main()
