"""`build` against a recomputation in plain Python that shares no code with it."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, build

PAIRS = [(scale, mean) for scale in ("min_max", "z_score", "rank", "goalposts")
         for mean in ("arithmetic_mean", "geometric_mean", "harmonic_mean")]
# These two scales contain zero.
PAIRS += [("percentile_rank", "arithmetic_mean"), ("borda", "arithmetic_mean")]


def recompute(rows, codebook, normalisation, aggregation):
    """Scores, coverage, bounds and ranks as dictionaries of code to region to number."""
    score, cover, low, high = {}, {}, {}, {}
    for entry in codebook:
        if entry["level"] != 1:
            continue
        code, sign = entry["code"], entry["direction"]
        known = {region: sign * row[code] for region, row in rows.items() if row[code] is not None}
        values = list(known.values())
        new, ends = {}, (0.0, 100.0)
        for region, x in known.items():
            place = sum(other < x for other in values)
            if normalisation == "min_max":
                new[region] = 1 + 99 * (x - min(values)) / (max(values) - min(values))
            elif normalisation == "z_score":
                new[region] = 50 + 10 * (x - statistics.mean(values)) / statistics.stdev(values)
            elif normalisation == "goalposts":
                first, last = entry["goalpost_low"], entry["goalpost_high"]
                share = (x - first) / (last - first) if sign > 0 else (x + last) / (last - first)
                new[region] = 1 + 99 * min(1, max(0, share))
            else:
                new[region] = {"rank": place + 1, "borda": place,
                               "percentile_rank": place / (len(values) - 1)}[normalisation]
        if normalisation in ("min_max", "goalposts"):
            ends = (1.0, 100.0)
        else:
            ends = (min(new.values()), max(new.values()))
        score[code] = new
        cover[code] = {region: float(region in known) for region in rows}
        low[code] = {region: new.get(region, ends[0]) for region in rows}
        high[code] = {region: new.get(region, ends[1]) for region in rows}

    def mean(pairs):
        total = sum(weight for _, weight in pairs)
        if aggregation == "arithmetic_mean":
            return sum(x * w for x, w in pairs) / total
        if aggregation == "geometric_mean":
            return math.exp(sum(w * math.log(x) for x, w in pairs) / total)
        return total / sum(w / x for x, w in pairs)

    for entry in sorted((e for e in codebook if e["level"] > 1), key=lambda e: e["level"]):
        kids = [e for e in codebook if e["parent"] == entry["code"]]
        code, total = entry["code"], sum(kid["weight"] for kid in kids)
        score[code], cover[code], low[code], high[code] = {}, {}, {}, {}
        for region in rows:
            pairs = [(score[k["code"]][region], k["weight"]) for k in kids
                     if region in score[k["code"]]]
            if pairs:
                score[code][region] = mean(pairs)
            cover[code][region] = sum(k["weight"] * cover[k["code"]][region] for k in kids) / total
            for side, widest in ((low, min), (high, max)):
                end = mean([(side[k["code"]][region], k["weight"]) for k in kids])
                side[code][region] = widest(end, score[code].get(region, end))
    ranks = {code: {region: 1 + sum(other > x + 1e-9 for other in by_region.values())
                    for region, x in by_region.items()} for code, by_region in score.items()}
    return score, ranks, cover, low, high


def random_case(seed):
    generator = np.random.default_rng(seed)
    regions = [f"{number:02d}.{generator.integers(10, 99)}" for number in range(24)]
    codes = [f"i{number}" for number in range(int(generator.integers(3, 9)))]
    table = pd.DataFrame(generator.normal(50, 15, (24, len(codes))).round(1), regions, codes)
    table = table.mask(generator.random(table.shape) < 0.15)
    table.iloc[3] = np.nan
    groups = ["left", "right", "middle"]
    entries = [{"code": code, "parent": groups[place % 3], "level": 1,
                "direction": int(generator.choice([-1, 1])),
                "weight": float(generator.integers(1, 6)),
                "goalpost_low": 10.0, "goalpost_high": 80.0} for place, code in enumerate(codes)]
    used = groups[:min(3, len(codes))]
    entries += [{"code": group, "parent": "index", "level": 2, "direction": 1,
                 "weight": float(generator.integers(1, 4))} for group in used]
    entries += [{"code": "index", "parent": None, "level": 3, "direction": 1, "weight": None}]
    return table, entries


@pytest.mark.parametrize(("normalisation", "aggregation"), PAIRS)
@pytest.mark.parametrize("seed", range(6))
def test_build_agrees_with_plain_python(seed, normalisation, aggregation):
    table, entries = random_case(seed)
    parameters = {"z_score": {"mean": 50, "sd": 10}}.get(normalisation, {"low": 1, "high": 100})
    method = Method(normalisation=normalisation, normalisation_parameters=parameters,
                    aggregation=aggregation)
    shuffled = table.sample(frac=1, random_state=seed)
    result = build(shuffled, pd.DataFrame(entries).sample(frac=1, random_state=seed), method)
    rows = {region: {code: None if pd.isna(x) else x for code, x in row.items()}
            for region, row in table.iterrows()}
    expected = recompute(rows, entries, normalisation, aggregation)
    tables = (result.scores, result.ranks, result.coverage, result.score_low, result.score_high)
    for found, wanted in zip(tables, expected, strict=True):
        right = pd.DataFrame(wanted).reindex(index=found.index, columns=found.columns)
        np.testing.assert_allclose(found, right, rtol=1e-9, atol=1e-9)
