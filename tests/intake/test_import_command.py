"""`anticorruption import`: what it says, what it asks, what it writes and where."""

import csv
import subprocess
import tomllib

import pytest

from anticorruption import cli, overlay, release, tables
from anticorruption.intake import writing
from tests.intake.conftest import workbook
from tests.reporting.conftest import HOSTILE

ROWS = [("Daerah", "Nilai 2025"), ("Kab. Sleman", "92,10"), ("Kab. Bantul", 88.5)]


@pytest.fixture
def take(run, tmp_path):
    """Imports a workbook with these rows into the folder ``ov``."""

    def command(rows, *options, name="rekap.xlsx"):
        workbook(tmp_path / name, rows)
        words = ("--measure", "mcp", "--year", "2025", "--overlay", "ov", "--language", "en")
        return run("import", name, *words, *options)

    return command


def records(name: str) -> list[dict[str, str]]:
    with open(f"ov/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tree(folder) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_values_are_written_with_their_cells_and_their_source(take, tmp_path):
    ran = take(ROWS)
    assert ran.code == 0 and "Rows read: 2 = 2 taken + 0 left out." in ran.out
    rows = records("observations")
    assert [(r["region_code"], r["value"], r["cell"], r["status"]) for r in rows] == [
        ("34.02", "88.5", "B3", "final"), ("34.04", "92.10", "B2", "final"),
    ]  # fmt: skip
    (source,) = records("sources")
    digest = tables.sha256(tmp_path / "rekap.xlsx").removeprefix("sha256:")
    assert (source["file"], source["sheet"], source["sha256"]) == ("rekap.xlsx", "Rekap", digest)
    assert {r["source_id"] for r in rows} == {source["source_id"]}
    assert (source["kind"], source["licence"], source["url"]) == ("official", "not public", "")
    assert (tmp_path / "ov/.gitignore").read_text(encoding="utf-8").endswith("\n*\n")
    assert not list((tmp_path / "ov").glob(".unfinished")) and not list(tmp_path.glob("*.toml"))


def test_another_file_adds_its_own_values_and_both_stay(take, tmp_path):
    take(ROWS)
    before = tree(tmp_path / "ov")
    ran = take([*ROWS[:1], ("Kab. Sleman", 91)], name="lain.xlsx")
    assert ran.code == 0 and len(records("sources")) == 2
    sleman = [r["value"] for r in records("observations") if r["region_code"] == "34.04"]
    assert sorted(sleman) == ["91", "92.10"]
    assert set(before) == set(tree(tmp_path / "ov"))


def test_importing_identical_bytes_leaves_every_byte(run, take, tmp_path):
    take(ROWS)
    before = tree(tmp_path / "ov")
    ran = run("import", "rekap.xlsx", "--measure", "mcp", "--year", "2025", "--overlay", "ov")
    assert ran.code == 0 and "Tidak ada yang berubah" in ran.out
    assert tree(tmp_path / "ov") == before


def test_a_question_writes_only_the_mapping_and_its_answer_is_enough(run, take, tmp_path):
    rows = [*ROWS, ("Bandung", 70)]
    ran = take(rows)
    assert ran.code == 2 and not (tmp_path / "ov").exists()
    assert "rekap.xlsx, Rekap!A4 'Bandung': the name is shared; which region?" in ran.err
    mapping = tmp_path / "rekap.mapping.toml"
    text = mapping.read_text(encoding="utf-8")
    assert "#   32.04 (Bandung Regency)" in text
    mapping.write_text("# mine\n" + text.replace('answer = ""', 'answer = "32.04"'))
    ran = run("import", "rekap.xlsx", "--measure", "mcp", "--year", "2025", "--overlay", "ov")
    assert ran.code == 0 and "32.04" in {r["region_code"] for r in records("observations")}
    assert mapping.read_text(encoding="utf-8").startswith("# mine\n")
    # Next year's file asks nothing with the same answers.
    words = ("--measure", "mcp", "--year", "2026", "--overlay", "ov", "--mapping", mapping)
    workbook(tmp_path / "next.xlsx", [("Daerah", "Nilai 2026"), *rows[1:]])
    assert run("import", "next.xlsx", *words).code == 0


def test_a_dry_run_writes_nothing_at_all(take, tmp_path):
    ran = take(ROWS, "--dry-run")
    assert ran.code == 0 and "34.04" in ran.out and "nothing is written" in ran.out
    assert take([*ROWS, ("Bandung", 70)], "--dry-run").code == 2
    assert set(tree(tmp_path)) == {"rekap.xlsx"}


def test_a_score_off_the_scale_is_one_sentence(take, tmp_path):
    ran = take([*ROWS, ("Kulon Progo", 105)])
    assert ran.code == 2 and ran.err.count("\n") == 1 and "Traceback" not in ran.err
    assert "rekap.xlsx, Rekap!B4 '105': 105 lies outside the scale of" in ran.err
    assert set(tree(tmp_path)) == {"rekap.xlsx"}


def test_hostile_names_become_questions_printed_and_kept_safely(run, tmp_path):
    rows = [*ROWS, *((name, 50) for name in HOSTILE)]
    with (tmp_path / "names.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    ran = run("import", "names.csv", "--measure", "mcp", "--year", "2025", "--overlay", "ov")
    assert ran.code == 2 and ran.err.count("\n") == 1
    for text in (ran.out, ran.err):
        assert all(c.isprintable() or c == "\n" for c in text)
    assert set(tree(tmp_path)) == {"names.csv", "names.mapping.toml"}
    blocks = tomllib.loads((tmp_path / "names.mapping.toml").read_text("utf-8"))["answer"]
    texts = {block["text"] for block in blocks}
    assert len(texts) >= 40
    assert {"=cmd|' /C calc'!A0", "bell\x07escape\x1b[31m", "../../../../etc/passwd"} <= texts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answer = [", "not readable as TOML"),
        ('x = "1"', "'x' is not known"),
        ('[[answer]]\nabout = "region"', "a block holds"),
        ('[[answer]]\nabout = "region"\ntext = "a"\nanswer = 1', "write texts"),
        ('[[answer]]\nabout = "a"\ntext = "b"\n[[answer]]\nabout = "a"\ntext = "b"', "twice"),
    ],
)
def test_a_mapping_that_is_none_is_refused(take, tmp_path, text, said):
    (tmp_path / "rekap.mapping.toml").write_text(text)
    ran = take(ROWS)
    assert ran.code == 2 and said in ran.err and ran.err.startswith(
        "anticorruption: rekap.mapping.toml"
    )  # fmt: skip


def test_an_overlay_may_not_lie_in_the_release_or_where_git_would_take_it(run, take, tmp_path):
    take(ROWS)
    words = ("import", "rekap.xlsx", "--measure", "mcp", "--year", "2025", "--overlay")
    data = tables.data_folder()
    before = tree(data)
    for folder in (data, data / "own", data.parent):
        ran = run(*words, folder)
        assert ran.code == 2 and "may not lie in or around the data release" in ran.err
    assert tree(data) == before
    repository = tmp_path / "repo"
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    ran = run(*words, repository / "own")
    assert ran.code == 2 and "lies in the git work tree" in ran.err
    assert not (repository / "own").exists()
    (repository / ".gitignore").write_text("own/\n")
    assert run(*words, repository / "own").code == 0
    status = ["git", "-C", str(repository), "status", "--short", "--untracked-files=all"]
    listed = subprocess.run(status, capture_output=True, text=True, check=True).stdout
    assert listed.split() == ["??", ".gitignore"]


def test_a_folder_with_other_files_is_refused(run, take, tmp_path):
    (tmp_path / "ov").mkdir()
    (tmp_path / "ov/letter.txt").write_text("x")
    ran = take(ROWS)
    assert ran.code == 2 and "holds other files" in ran.err
    assert set(tree(tmp_path / "ov")) == {"letter.txt"}


def test_an_interruption_leaves_the_old_tables_or_completes_the_new(take, tmp_path, monkeypatch):
    take(ROWS)
    before = tree(tmp_path / "ov")
    # Before the step that commits: nothing has happened.
    monkeypatch.setattr(writing, "_validate", lambda folder: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take([ROWS[0], ("Kab. Sleman", 91)], name="lain.xlsx")
    assert tree(tmp_path / "ov") == before
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    # After it: whoever opens the folder next completes it.
    monkeypatch.setattr(overlay, "finish", lambda folder: None)
    take([ROWS[0], ("Kab. Sleman", 91)], name="lain.xlsx")
    assert (tmp_path / "ov/.ready").is_dir()
    monkeypatch.undo()
    opened = overlay.opened(tmp_path / "ov")
    assert len(opened.table("observations")) == 3 and not (tmp_path / "ov/.ready").exists()


def test_an_overlay_changed_by_hand_is_refused(take, tmp_path):
    take(ROWS)
    path = tmp_path / "ov/observations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("88.5", "98.5"), encoding="utf-8")
    ran = take([ROWS[0], ("Kab. Sleman", 91)], name="lain.xlsx")
    assert ran.code == 2 and "observations.csv: the table is not as it was imported" in ran.err


def test_interim_readings_are_never_chosen(take, tmp_path):
    take(ROWS, "--status", "interim")
    data = release.load(overlay=tmp_path / "ov")
    assert data.value("34.04", "mcp", 2025) is None or not overlay.is_own(
        data.value("34.04", "mcp", 2025)["row"]
    )
    assert overlay.is_own(data.interim("34.04", "mcp").index.max())


def test_the_command_has_its_name():
    assert "import" in {command.name for command in cli.app.registered_commands}


def test_every_reason_has_its_words_and_no_line_is_wider_than_the_terminal(take):
    from anticorruption.cli import intake
    from anticorruption.intake import understanding

    assert set(intake._REASONS) == set(understanding.REASONS)
    ran = take([*ROWS, ("Bandung", "85.4"), ("Kab. Bandng", "nihil")])
    listed = ran.out[: ran.out.index("Rows read")]
    assert "skip (leave out)" in " ".join(listed.split())
    assert max(map(len, listed.splitlines())) <= 100
