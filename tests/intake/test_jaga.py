"""KPK's JAGA export of MCP, put together by the nesting of its weights; golden by hand.

Structure: KPK, JAGA Data Challenge 2021 (columns of the export); numbers invented.
"""

import pandas as pd
import pytest

from anticorruption.intake import jaga
from tests.intake.conftest import findings, understood, values, workbook

HEADING = ("provinsi_name", "instansi", "area_intervensi", "bobot_area_intervensi", "indikator",
           "bobot_indikator", "sub_indikator", "bobot_subindikator", "nilai", "nilai_verifikasi",
           "nilai_subindikator")  # fmt: skip
DIY = "Daerah Istimewa Yogyakarta"
#: Area, its weight, indicator, its weight, sub-indicator, its weight, own score, verified score.
NESTED = [
    ("Perencanaan", 40, "I1", 60, "a", 50, 100, 80),
    ("Perencanaan", 40, "I1", 60, "b", 50, 90, 60),
    ("Perencanaan", 40, "I2", 40, "c", 100, 50, 50),
    ("Pengadaan Barang dan Jasa", 60, "I3", 100, "d", 25, 80, 40),
    ("Pengadaan Barang dan Jasa", 60, "I3", 100, "e", 75, "92,5", "88,0"),
]


def export(path, *regions, changed=None):
    """Export of regions; ``changed`` maps (region, sub-indicator) to a verified score."""
    rows = [HEADING]
    for region in regions:
        for record in NESTED:
            verified = (changed or {}).get((region, record[4]), record[7])
            rows.append((DIY, region, *record[:7], verified, None))
    return workbook(path, rows)


# By hand. Verified: I1 = .5*80 + .5*60 = 70; I2 = 50; planning = .6*70 + .4*50 = 62;
# I3 = .25*40 + .75*88 = 76 = procurement; MCP = .4*62 + .6*76 = 70.4.
# Own: I1 = 95; I2 = 50; planning = 77; I3 = .25*80 + .75*92.5 = 89.375; MCP = 84.425.


def test_scores_by_hand(tmp_path):
    found = understood(export(tmp_path / "a.xlsx", "Pemerintah Kabupaten Sleman", "Kab. Bantul"))
    assert not found.findings.open
    assert values(found) == {"34.04": "70.4", "34.02": "70.4"}
    assert found.bounds[jaga.SELF]["34.04"].low == pytest.approx(84.425)
    assert found.rows[0].cell in ("J2:J6", "J7:J11")
    assert found.read == found.taken + sum(found.left_out.values()) == 10


def test_the_verified_score_counts_unless_the_own_is_asked_for():
    columns = ["region_code", *jaga.NAMES[1:], *jaga.WEIGHTS, jaga.SELF, jaga.VERIFIED]
    rows = pd.DataFrame([
        ("34.04", area, indicator, name, weight, within, own_weight, own, verified)
        for area, weight, indicator, within, name, own_weight, own, verified in NESTED[:4]
    ], columns=columns)  # fmt: skip
    # By hand: .4*62 and .4*77 of planning, and procurement is 0 in both.
    rows.loc[3, "bobot_subindikator"] = 100
    rows.loc[3, [jaga.SELF, jaga.VERIFIED]] = 0.0
    assert jaga.aggregate(rows)["34.04"].low == pytest.approx(24.8)
    assert jaga.aggregate(rows, jaga.SELF)["34.04"].low == pytest.approx(30.8)


def test_the_score_of_an_area_is_before_its_own_weight(tmp_path):
    path = export(tmp_path / "a.xlsx", "Kabupaten Sleman")
    found = understood(path, "mcp_pbj")
    assert values(found) == {"34.04": "76"} and found.left_out["other_area"] == 3
    assert found.read == found.taken + sum(found.left_out.values())
    assert values(understood(path, "mcp_perencanaan")) == {"34.04": "62"}
    assert findings(understood(path, "mcp_apip"), "no_area")[0].severity == "refusal"


def test_missing_sub_indicators_give_bounds_and_no_score(tmp_path):
    changed = {("Kab. Bantul", "d"): "-", ("Kab. Bantul", "c"): None}
    found = understood(export(tmp_path / "a.xlsx", "Kab. Sleman", "Kab. Bantul", changed=changed))
    assert values(found) == {"34.04": "70.4"} and not found.findings.open
    score = found.bounds[jaga.VERIFIED]["34.02"]
    # d weighs .6*.25 and c weighs .4*.4 of the whole: 70.4 - 15% of 40 - 16% of 50 = 56.4.
    assert (score.low, score.high, score.missing) == (
        pytest.approx(56.4), pytest.approx(56.4 + 15 + 16), 2,
    )  # fmt: skip
    assert found.left_out["bounds"] == 5 and findings(found, "bounds")


def test_rows_that_are_missing_count_as_their_weight(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADING, *((DIY, "Kab. Sleman", *r, None)
                    for r in NESTED[:4])])  # fmt: skip
    score = understood(path).bounds[jaga.VERIFIED]["34.04"]
    # e, with 75 of procurement's 100, is not in the file: 70.4 - .6*.75*88 = 30.8.
    assert (score.low, score.high) == (pytest.approx(30.8), pytest.approx(30.8 + 45))


def test_weights_that_sum_to_more_or_contradict_one_another_are_refused(tmp_path):
    more = [*NESTED, ("Pengadaan Barang dan Jasa", 60, "I3", 100, "f", 10, 80, 40)]
    two = [(*NESTED[0][:3], 61, *NESTED[0][4:]), *NESTED[1:]]
    for rows, said in ((more, "sum to 110.00"), (two, "two weights")):
        path = workbook(tmp_path / "a.xlsx", [HEADING, *((DIY, "Kab. Sleman", *r, None)
                        for r in rows)])  # fmt: skip
        (refused,) = findings(understood(path), "weights")
        assert said in refused.said and refused.severity == "refusal"


def test_dirt_of_the_export(tmp_path):
    rows = [HEADING, *((DIY, "Kab. Sleman", *r, None) for r in NESTED), HEADING,
            (DIY, "Sleman", *NESTED[0][:7], 80, 99)]  # fmt: skip
    found = understood(workbook(tmp_path / "a.xlsx", rows))
    assert findings(found, "repeated_heading")[0].ref == "7"
    assert findings(found, "twice")[0].ref == "8" and "2, 8" in findings(found, "twice")[0].said
    assert findings(found, "product")[0].ref == "K8"
    over = {("Kab. Sleman", "a"): 105}
    found = understood(export(tmp_path / "b.xlsx", "Kab. Sleman", changed=over))
    assert findings(found, "outside_scale")[0].ref == "J2"


def test_another_measure_is_refused(tmp_path):
    from anticorruption.errors import RefusedInput

    with pytest.raises(RefusedInput, match="it gives: mcp, mcp_perencanaan"):
        understood(export(tmp_path / "a.xlsx", "Kab. Sleman"), "lhkpn")
