"""Single-function cases obtained from COINr 1.1.14 (MIT), relative 1e-12."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import aggregate, impute, normalise, outranking, treat
from anticorruption.composite.treatment import breaks_rule, kurtosis, skewness
from anticorruption.composite.voting import copeland_scores

CASES = json.loads(
    (Path(__file__).resolve().parents[1] / "golden/unit_values/cases.json").read_text())
MEANS = {"a_amean": "arithmetic_mean", "a_gmean": "geometric_mean", "a_hmean": "harmonic_mean",
         "a_genmean": "generalised_mean"}
NORMALISATIONS = {
    "n_minmax": "min_max", "n_zscore": "z_score", "n_rank": "rank", "n_borda": "borda",
    "n_prank": "percentile_rank", "n_goalposts": "goalposts", "n_scaled": "fixed_scale",
    "n_dist2targ": "distance_to_target", "n_dist2max": "min_max"}
IMPUTATIONS = {"i_mean": "mean", "i_median": "median", "i_mean_grp": "group_mean",
               "i_median_grp": "group_median"}


def cases(names):
    return [pytest.param(case, id=f"{case['fn']}-{number}")
            for number, case in enumerate(CASES) if case["fn"] in names]


def close(found, expected):
    np.testing.assert_allclose(
        np.asarray(found, dtype=float), np.array(expected, dtype=float), rtol=1e-12, atol=1e-13)


def frame(values):
    index = pd.Index([f"r{number:02d}" for number in range(len(values))])
    return pd.DataFrame({"x": np.array(values, dtype=float)}, index=index)


@pytest.mark.parametrize("case", cases(MEANS))
def test_means_coinr_unit_values(case):
    values = np.array(case["args"]["x"], dtype=float)
    codes = [f"p{number}" for number in range(len(values))]
    parts = pd.DataFrame([values], index=["11.01"], columns=codes)
    weights = dict(zip(codes, case["args"]["w"], strict=True))
    parameters = {"power": case["args"]["p"]} if "p" in case["args"] else {}
    close(aggregate(parts, weights, MEANS[case["fn"]], **parameters), [case["expected"]])


@pytest.mark.parametrize("case", cases(NORMALISATIONS))
def test_normalisations_coinr_unit_values(case, flat):
    args, name, columns = case["args"], NORMALISATIONS[case["fn"]], {}
    parameters = {}
    if name == "goalposts":
        low, high, scale = args["gposts"]
        columns = {"goalpost_low": low, "goalpost_high": high}
        parameters = {"high": scale, "truncate": args.get("trunc2posts", True)}
    elif name == "fixed_scale":
        columns = {"scale_low": args["npara"][0], "scale_high": args["npara"][1]}
        parameters = {"high": args.get("scale_factor", 100)}
    elif name == "distance_to_target":
        columns = {"target": args["targ"]}
        parameters = {"high": 1, "truncate": args.get("cap_max", False)}
    elif name == "z_score":
        parameters = dict(zip(("mean", "sd"), args["m_sd"], strict=True))
    elif "l_u" in args:
        parameters = dict(zip(("low", "high"), args["l_u"], strict=True))
    elif case["fn"] == "n_dist2max":
        parameters = {"high": 1}
    codebook = flat(["x"], directions=[args.get("direction", 1)], **columns)
    found = normalise(frame(args["x"]), codebook, name, minimum_regions=1, **parameters)
    close(found["x"], case["expected"])


@pytest.mark.parametrize("case", cases(["skew", "kurt"]))
def test_moments_coinr_unit_values(case):
    measure = skewness if case["fn"] == "skew" else kurtosis
    close(measure(np.array(case["args"]["x"], dtype=float)[:, None]), [case["expected"]])


@pytest.mark.parametrize("case", cases(["check_SkewKurt"]))
def test_outlier_rule_coinr_unit_values(case):
    values = np.array(case["args"]["x"], dtype=float)[:, None]
    assert breaks_rule(values, 2, 3.5)[0] != case["expected"]["Pass"]


@pytest.mark.parametrize("case", cases(["winsorise"]))
def test_winsorise_coinr_unit_values(case):
    table = frame(case["args"]["x"])
    treated, report = treat(table, "winsorise", maximum_points=case["args"].get("winmax", 5))
    close(treated["x"], case["expected"]["x"])
    assert report["points_winsorised"].sum() == case["expected"]["nwin"]


@pytest.mark.parametrize("case", cases(["log_CT", "log_CT_orig", "log_CT_plus"]))
def test_logarithms_coinr_unit_values(case):
    kind = {"log_CT": "shifted", "log_CT_orig": "plus_one", "log_CT_plus": "either_tail"}
    treated, report = treat(frame(case["args"]["x"]), "winsorise_then_log", maximum_points=0,
                            log=kind[case["fn"]])
    close(treated["x"], case["expected"]["x"])
    assert list(report["log"]) == [kind[case["fn"]]]


@pytest.mark.parametrize("case", cases(IMPUTATIONS))
def test_imputation_coinr_unit_values(case):
    table = frame(case["args"]["x"])
    groups = {}
    if "f" in case["args"]:
        groups = {"groups": dict(zip(table.index, case["args"]["f"], strict=True))}
    filled, cells = impute(table, IMPUTATIONS[case["fn"]], **groups)
    close(filled["x"], case["expected"])
    assert list(cells["value"]) == [
        value for value, before in zip(filled["x"], case["args"]["x"], strict=True)
        if before is None]


@pytest.mark.parametrize("case", cases(["outrankMatrix"]))
def test_outranking_coinr_unit_values(case):
    parts = pd.DataFrame(case["args"]["X"])
    weights = pd.Series(case["args"]["w"], index=parts.columns, dtype=float)
    close(outranking(parts, weights), case["expected"]["OutRankMatrix"])


@pytest.mark.parametrize("case", cases(["a_copeland"]))
def test_copeland_coinr_unit_values(case):
    parts = pd.DataFrame(case["args"]["X"])
    close(aggregate(parts, aggregation="copeland"), case["expected"])
    close(copeland_scores(parts.to_numpy(float), np.ones(3)), case["expected"])


def test_every_case_of_the_steps_is_tried():
    tried = {*MEANS, *NORMALISATIONS, *IMPUTATIONS, "skew", "kurt", "check_SkewKurt", "winsorise",
             "log_CT", "log_CT_orig", "log_CT_plus", "outrankMatrix", "a_copeland"}
    # Trends, and normalisations and transformations that the house does not offer.
    left = {"CAGR", "prc_change", "boxcox", "n_fracmax", "n_dist2ref"}
    assert {case["fn"] for case in CASES} == tried | left
