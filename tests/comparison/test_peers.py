"""Context peers: worked distances, exact matches, the refusal to match on the score."""

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.peers import context_peers, peer_stability
from anticorruption.errors import RefusedInput


def _field(regions=60, seed=2):
    rng = np.random.default_rng(seed)
    index = pd.Index([f"{10 + i // 99}.{i % 99:02}" for i in range(regions)], name="region_code")
    context = pd.DataFrame(
        {
            "log_population": rng.normal(12, 1, regions),
            "poverty": rng.normal(10, 4, regions),
            "ipm": rng.normal(72, 5, regions),
        },
        index=index,
    )
    level = pd.DataFrame({"level": rng.choice(["kota", "kabupaten"], regions)}, index=index)
    return context, level


CONTEXT, LEVEL = _field()


def test_distances_of_four_regions_by_hand():
    """One variable 0, 1, 3, 6: mean 2.5, standard deviation sqrt(5.25)."""
    found = context_peers(pd.DataFrame({"x": [0.0, 1, 3, 6]}, index=list("abcd")), k=2)
    assert found.of("a").index.tolist() == ["b", "c"]
    assert found.pairs["place"].tolist() == [1, 2] * 4
    spread = np.sqrt(5.25)
    assert found.of("a")["distance"].tolist() == pytest.approx([1 / spread, 3 / spread])
    assert found.of("d").index.tolist() == ["c", "b"]
    assert found.regions["nearest"].tolist() == pytest.approx(
        [1 / spread, 1 / spread, 2 / spread, 3 / spread]
    )


def test_unit_and_order_of_variables_do_not_matter():
    found = context_peers(CONTEXT, exact=LEVEL)
    other = CONTEXT.assign(poverty=CONTEXT["poverty"] * 1000 - 7).iloc[::-1, ::-1]
    again = context_peers(other, exact=LEVEL.iloc[::-1])
    columns = ["region_code", "peer_code", "place"]
    pd.testing.assert_frame_equal(found.pairs[columns], again.pairs[columns])
    assert again.pairs["distance"].to_numpy() == pytest.approx(found.pairs["distance"].to_numpy())


def test_nobody_is_their_own_peer_and_all_agree_on_the_level():
    pairs = context_peers(CONTEXT, exact=LEVEL).pairs
    assert (pairs["region_code"] != pairs["peer_code"]).all()
    own, peer = (LEVEL["level"].loc[pairs[c]].to_numpy() for c in ("region_code", "peer_code"))
    assert (own == peer).all()
    assert pairs.groupby("region_code").size().eq(15).all()


def test_a_far_region_has_no_close_peer():
    context = CONTEXT.copy()
    context.iloc[0] = [30.0, 90.0, 20.0]
    found = context_peers(context, close_quantile=0.95)
    far = found.regions["no_close_peer"]
    assert far.iloc[0]
    assert far.sum() == 3
    assert found.close_limit == pytest.approx(found.regions["nearest"].quantile(0.95))


def test_missing_context_is_left_out_with_its_reason():
    context, level = CONTEXT.copy(), LEVEL.copy()
    context.iloc[0, 1] = np.nan
    context.iloc[1, [0, 2]] = np.nan
    found = context_peers(context, exact=level.iloc[:-1])
    reasons = found.excluded
    assert reasons[context.index[0]] == "no value for poverty"
    assert reasons[context.index[1]] == "no value for log_population, ipm"
    assert reasons[context.index[-1]] == "no value for level"
    assert not found.pairs["peer_code"].isin(reasons.index).any()
    with pytest.raises(RefusedInput, match=f"{context.index[0]} has no peers: no value for pov"):
        found.of(context.index[0])


def test_a_region_alone_of_its_kind_is_left_out_with_its_reason():
    level = LEVEL.copy()
    level.iloc[5, 0] = "capital"
    found = context_peers(CONTEXT, exact=level)
    assert found.excluded.to_dict() == {CONTEXT.index[5]: "no other region agrees on level"}


def test_a_small_kind_gets_as_many_peers_as_there_are():
    level = LEVEL.assign(level="kabupaten")
    level.iloc[:4, 0] = "kota"
    found = context_peers(CONTEXT, exact=level)
    assert found.regions["peers"].iloc[:5].tolist() == [3, 3, 3, 3, 15]


def test_stability_is_the_share_of_peers_that_stay():
    shares = peer_stability(CONTEXT, exact=LEVEL, k=5)
    whole = context_peers(CONTEXT, exact=LEVEL, k=5)
    fewer = context_peers(CONTEXT.drop(columns="poverty"), exact=LEVEL, k=5)
    for code in CONTEXT.index[:10]:
        stay = len(set(whole.of(code).index) & set(fewer.of(code).index))
        assert shares.loc[code, "poverty"] == pytest.approx(stay / 5)
    assert shares.columns.tolist() == CONTEXT.columns.tolist()
    assert shares.to_numpy().min() >= 0 and shares.to_numpy().max() <= 1
    assert shares.to_numpy().max() > shares.to_numpy().min()


def test_two_variables_and_three_regions_are_enough():
    small = pd.DataFrame({"x": [0.0, 1, 2], "y": [0.0, 4, 1]}, index=list("abc"))
    shares = peer_stability(small, k=1)
    assert shares.loc["a"].tolist() == [1.0, 0.0]  # c is nearest, but b without y


def test_stability_keeps_the_field_of_the_full_context():
    context = CONTEXT.copy()
    context.iloc[0, 1] = np.nan
    assert context.index[0] not in peer_stability(context, k=5).index


@pytest.mark.parametrize(
    ("context", "options", "sentence"),
    [
        (CONTEXT.assign(spi=1.0), {"forbidden": ["spi"]}, "must not be matched on spi"),
        (CONTEXT, {"exact": LEVEL, "forbidden": ["level"]}, "must not be matched on level"),
        (CONTEXT.assign(flat=3.0), {}, "Context variable flat is the same"),
        (CONTEXT.assign(word="x"), {}, "Context variable word comes as str"),
        (CONTEXT.rename(index={"10.01": "10.00"}), {}, r"Region 10\.00 stands twice"),
        (CONTEXT.assign(ipm=np.inf), {}, "Context variable ipm of region 10.00 is infinite"),
        (CONTEXT, {"k": 0}, "k = 0"),
        (CONTEXT, {"close_quantile": 1.0}, "close_quantile = 1"),
        (CONTEXT[[]], {}, "0 context variables"),
        (CONTEXT.iloc[:2], {}, "Only 2 regions"),
    ],
)
def test_unfit_contexts_are_refused(context, options, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        context_peers(context, **options)


def test_unknown_regions_and_single_variables_are_refused():
    with pytest.raises(RefusedInput, match=r"99\.99 is not in the context"):
        context_peers(CONTEXT).of("99.99")
    with pytest.raises(RefusedInput, match="two or more"):
        peer_stability(CONTEXT[["ipm"]])
