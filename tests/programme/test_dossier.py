"""Everything that filled sheets tell of a region, from the files of the example."""

import shutil

import pytest

from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.programme import dossier, workbook
from anticorruption.programme.workbook import Entries
from tests.conftest import DATA
from tests.programme.conftest import BLITAR

EXAMPLE = sorted((DATA / "examples").glob("*.xlsx"))


@pytest.fixture
def found(example_dossier):
    return example_dossier


def weighted(tmp_path, component="", edition="2025"):
    text = (DATA / "programmes/kabkota-2025.toml").read_text(encoding="utf-8")
    for n in range(1, 20):
        text = text.replace(f'\nid = "i{n:02}"\n', f'\nid = "i{n:02}"\nweight = {n}\n')
    text = text.replace("edition = 2025", f"edition = {edition}")
    path = tmp_path / "kpk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_has_two_dates_two_assessors_and_says_that_it_is_one(found):
    assert found.code == BLITAR and found.is_example
    assert [len(each.sheets) for each in found.rounds] == [1, 2]
    assert "contoh / synthetic" in found.notice(Language("id"))
    assert found.now.missing and found.now.in_doubt and len(found.progress) == 2
    assert list(found.gates["criterion"]) == [c.id for c in found.rubric.criteria]


def test_renaming_a_file_does_not_make_an_example_an_assessment(release_2026, tmp_path):
    path = tmp_path / "nilai-resmi.xlsx"
    shutil.copy(EXAMPLE[0], path)
    [found] = dossier.load(release_2026, [path])
    assert found.is_example and found.notice(Language("en")) and found.progress == []


def test_what_is_shown_first_is_the_latest_and_progress_leads_to_it(found):
    assert [each.dated for each in found.rounds] == ["2025-02-12", "2025-10-06"]
    assert found.latest is found.rounds[-1] and found.now is found.assessments[-1]
    first, last = (each.evidence for each in found.assessments)
    whole = first["state"].eq("known") & last["state"].eq("known")
    moved = found.progress[0].indicators.loc[whole, "change_low"]
    assert (moved > 0).all() and len(moved) > 5  # every invented score rose


def test_each_region_has_its_own_sheets(release_2026, programme, tmp_path):
    paths = []
    for code, score in (("34.01", 71), (BLITAR, 93), ("34.01", 74)):
        scores = {i.id: {"score": score, "state": "agreed"} for i in programme.indicators}
        entries = Entries(f"2025-0{len(paths) + 1}-05", "Inspektorat", scores)
        content = workbook.write(release_2026, programme, code, Language("id"), entries)
        paths.append(tmp_path / f"{len(paths)}.xlsx")
        paths[-1].write_bytes(content)
    kulon_progo, blitar = dossier.load(release_2026, paths)
    assert (kulon_progo.code, blitar.code) == ("34.01", BLITAR)
    assert [each.scores["low"].max() for each in kulon_progo.rounds] == [71, 74]
    assert [each.scores["low"].max() for each in blitar.rounds] == [93]


def test_a_rubric_with_weights_takes_the_place_of_unknown_ones(release_2026, tmp_path, found):
    [told] = dossier.load(release_2026, EXAMPLE[1:], rubric_file=weighted(tmp_path))
    assert told.now.weights_known and list(told.now.readings.index) == ["given"]
    weights = [n / 190 for n in range(1, 20)]
    low = sum(w * x for w, x in zip(weights, found.now.evidence["low"], strict=True))
    assert told.now.score_low == pytest.approx(low)
    assert told.now.share == (None, None)


def test_a_rubric_of_another_edition_is_refused(release_2026, tmp_path):
    with pytest.raises(RefusedInput, match=r"made for edition 2025 .* not for edition 2026"):
        dossier.load(release_2026, EXAMPLE[:1], rubric_file=weighted(tmp_path, edition="2026"))
    with pytest.raises(RefusedInput, match="there is no such file"):
        dossier.load(release_2026, EXAMPLE[:1], rubric_file=tmp_path / "none.toml")


def test_the_same_file_twice_is_refused(release_2026):
    with pytest.raises(RefusedInput, match=r"are both of region 35\.72"):
        dossier.load(release_2026, [EXAMPLE[0], EXAMPLE[0]])


def test_a_report_takes_sheets_of_its_own_region_and_edition_alone(release_2026):
    say = Language("en")
    assert dossier.of_region(release_2026, EXAMPLE[:1], BLITAR, 2025, say).code == BLITAR
    with pytest.raises(RefusedInput, match=r"is about 35\.72 Blitar City and edition 2025"):
        dossier.of_region(release_2026, EXAMPLE[:1], "34.01", 2025, say)
    with pytest.raises(RefusedInput, match="edition 2024"):
        dossier.of_region(release_2026, EXAMPLE[:1], BLITAR, 2024, say)
    with pytest.raises(RefusedInput, match="at least one"):
        dossier.load(release_2026, [])
