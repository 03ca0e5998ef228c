"""The commands around assessment sheets, in an empty folder."""

import json
import sys

import pytest

from anticorruption import cli
from anticorruption.reporting import batch
from tests.conftest import DATA

DONE, REFUSED = 0, 2
EXAMPLE = sorted((DATA / "examples").glob("*.xlsx"))


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs a command in this process: how it ended, what it said, what it complained of."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("NO_COLOR", "1")

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["anticorruption", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code or DONE, out, err

    return command


def files(place):
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())


def refused(ran, place):
    code, out, err = ran
    assert code == REFUSED and out == "" and "Traceback" not in err
    assert err.count("\n") == 1 and err.startswith("anticorruption: ")
    assert files(place) == []
    return err


def test_sheets_of_two_regions_are_written_once(run, tmp_path):
    code, out, _ = run("sheet", "Kota Blitar", "34.01", "35.72", "--out", "forms")
    made = ["forms/2025-34.01-kabupaten-kulon-progo.xlsx", "forms/2025-35.72-kota-blitar.xlsx"]
    assert code == DONE and files(tmp_path / "here") == made
    assert out.count("Ditulis") == 2


def test_a_sheet_that_is_there_is_never_written_over(run, tmp_path):
    run("sheet", "35.72", "--out", "forms")
    path = tmp_path / "here/forms/2025-35.72-kota-blitar.xlsx"
    path.write_bytes(b"filled in")
    code, _, err = run("sheet", "34.01", "35.72", "--out", "forms")
    assert code == REFUSED and "is there already" in err
    assert path.read_bytes() == b"filled in" and len(files(tmp_path / "here")) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Kota Antah"], "'Kota Antah' is not the name or code"),
        (["Blitar"], "Which one? Give the code."),
        (["35"], "cannot be screened"),
        (["35.72", "--edition", "1999"], "edition 1999 is not described"),
        (["35.72", "--language", "xx"], "language 'xx' is not available"),
    ],
)
def test_sheets_that_cannot_be_are_refused_and_nothing_is_written(run, tmp_path, words, said):
    assert said in refused(run("sheet", *words, "--out", "forms"), tmp_path / "here")


def test_an_example_is_three_sheets_with_its_word_in_their_names(run, tmp_path):
    code, _, _ = run("sheet", "34.01", "--example", "--out", "forms")
    assert code == DONE
    assert files(tmp_path / "here") == [
        f"forms/contoh-2025-34.01-kabupaten-kulon-progo-{n}.xlsx" for n in (1, 2, 3)
    ]


def test_scores_are_told_with_verdict_plans_gates_and_progress(run):
    code, out, err = run("score", *EXAMPLE)
    assert code == DONE and err == ""
    said = " ".join(out.split())
    for part in (
        "35.72 Kota Blitar",
        "contoh / synthetic",
        "bergantung pada bobot",
        "Perbaikan paling sedikit",
        "Gerbang di samping nilai",
        "Perubahan nilai",
    ):
        assert part in said, part


def test_scores_as_json_are_nothing_but_json(run):
    code, out, err = run("score", EXAMPLE[2], "--json", "--language", "en")
    [told] = json.loads(out)
    assert (code, err) == (DONE, "") and told["verdict"] == "depends on the weights"
    assert told["files"][0]["sha256"] and told["progress"] == []


def test_efforts_and_weights_are_taken_from_files(run, tmp_path):
    rubric = (DATA / "programmes/kabkota-2025.toml").read_text(encoding="utf-8")
    for n in range(1, 20):
        rubric = rubric.replace(f'\nid = "i{n:02}"\n', f'\nid = "i{n:02}"\nweight = 5\n')
    (tmp_path / "here/kpk.toml").write_text(rubric, encoding="utf-8")
    (tmp_path / "here/effort.csv").write_text("indicator,effort\ni08,50\n", encoding="utf-8")
    words = ("--rubric", "kpk.toml", "--effort", "effort.csv", "--json")
    code, out, _ = run("score", EXAMPLE[2], *words)
    [told] = json.loads(out)
    assert code == DONE and told["weights_known"] and told["share_low"] is None
    assert [r["reading"] for r in told["readings"]] == ["given"]
    least = next(plan for plan in told["plans"] if plan["name"] == "least")
    steps = {step["indicator"]: step["effort"] / step["points"] for step in least["steps"]}
    assert all(each == pytest.approx(50 if code == "i08" else 1) for code, each in steps.items())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([EXAMPLE[0], EXAMPLE[0]], "sama-sama tentang daerah 35.72"),
        (["none.xlsx"], "none.xlsx"),
        ([EXAMPLE[0], "--rubric", "none.toml"], "there is no such file"),
        ([EXAMPLE[0], "--effort", "none.csv"], "none.csv: there is no such file"),
    ],
)
def test_sheets_that_cannot_be_scored_are_one_sentence(run, tmp_path, words, said):
    assert said in refused(run("score", *words), tmp_path / "here")


def test_a_report_refuses_a_sheet_before_anything_is_begun(run, tmp_path, monkeypatch):
    def begun(*_, **__):
        raise AssertionError("a report was begun")

    monkeypatch.setattr(batch, "run", begun, raising=False)
    monkeypatch.setattr(batch, "make", begun)
    place = tmp_path / "here"
    words = ("--out", "reports", "--sheet", EXAMPLE[0])
    assert "edisi 2025; laporan ini tentang 34.01" in refused(run("report", "34.01", *words), place)
    said = refused(run("report", "34.01", "35.72", *words), place)
    assert "--sheet belongs to one region" in said
