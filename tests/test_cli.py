"""The command line: what it answers, what it writes and how it ends."""

import csv
import os
import re
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from anticorruption import checking, cli, overlay, tables
from anticorruption.cli import progress
from anticorruption.language import Language
from anticorruption.programme import screening
from anticorruption.reporting import atomic, batch, execution, lock

DONE, FAILED, REFUSED, MACHINE = 0, 1, 2, 3
#: Files that a batch of edition 2025 writes beside its reports.
OF_A_BATCH = {f"2025/{name}" for name in ("index.html", "manifest.json", "ro-crate-metadata.json")}


class Ran:
    """What a command said and how it ended."""

    def __init__(self, code: int, out: str, err: str):
        self.code, self.out, self.err = code, out, err

    @property
    def said(self) -> str:
        """All it said, runs of blanks drawn together."""
        return " ".join((self.out + self.err).split())


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs a command in this process, in an empty folder, eighty columns wide."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")

    def command(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["anticorruption", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return Ran(ended.value.code or 0, out, err)

    return command


@pytest.fixture
def quick(monkeypatch):
    """Reports without kernels; a report on 52.71 fails."""

    def execute(notebook, values, about):
        assert Path(notebook).is_file()
        execution.check(notebook, values)
        if values.get("region_code") == "52.71":
            raise execution.ReportFailed("cell 4 of report-region.ipynb stopped: ValueError: no")
        cell = nbformat.v4.new_markdown_cell(f"# Report of {values}", id="c")
        return execution.settled(nbformat.v4.new_notebook(cells=[cell]), about)

    monkeypatch.setattr(execution, "execute", execute)


@pytest.fixture
def no_report(monkeypatch):
    """Fails the test as soon as a report is begun."""

    def begun(*_, **__):
        raise AssertionError("a report was begun")

    monkeypatch.setattr(batch, "run", begun)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def refused(ran: Ran) -> str:
    """The one sentence of a refusal, without the name of the programme."""
    assert ran.code == REFUSED and ran.out == ""
    assert "Traceback" not in ran.err and ran.err.count("\n") == 1
    said = re.sub(r" \(\d+ more: anticorruption check\)$", "", ran.err.rstrip())
    assert said.startswith("anticorruption: ") and said.endswith((".", "?"))
    return ran.err.strip().removeprefix("anticorruption: ")


# Reports


def test_reports_are_written_and_named(run, quick, tmp_path):
    ran = run("report", "Kota Blitar", "34.01", "--out", tmp_path / "out")
    assert ran.code == DONE and ran.err.strip() == ""
    assert ran.out.split() == [
        str(tmp_path / "out/2025" / name)
        for name in (
            "35.72-kota-blitar/report.html", "34.01-kabupaten-kulon-progo/report.html",
            "index.html",
        )
    ]
    assert files(tmp_path / "out") == {
        *OF_A_BATCH,
        "2025/35.72-kota-blitar/manifest.json", "2025/34.01-kabupaten-kulon-progo/manifest.json",
        "2025/35.72-kota-blitar/report.html", "2025/35.72-kota-blitar/report.ipynb",
        "2025/34.01-kabupaten-kulon-progo/report.html",
        "2025/34.01-kabupaten-kulon-progo/report.ipynb",
    }


def test_reports_go_to_the_folder_reports_unless_told_otherwise(run, quick):
    assert run("report", "35.72", "--edition", "2024", "--language", "en").code == DONE
    assert files(Path("reports")) == {
        *(name.replace("2025", "2024") for name in OF_A_BATCH),
        "2024/35.72-kota-blitar/report.html", "2024/35.72-kota-blitar/report.ipynb",
        "2024/35.72-kota-blitar/manifest.json",
    }
    index = Path("reports/2024/index.html").read_text(encoding="utf-8")
    assert 'lang="en"' in index and "Reports of edition 2024" in index


def test_a_region_named_twice_is_reported_once(run, quick, tmp_path):
    ran = run("report", "35.72", "Kota Blitar", "--out", tmp_path / "out")
    assert ran.code == DONE and ran.out.count("report.html") == 1


def test_one_failing_report_stops_no_other_and_ends_with_one(run, quick, tmp_path):
    ran = run("report", "35.72", "52.71", "34.01", "--out", tmp_path / "out", "--jobs", "2")
    assert ran.code == FAILED and "Traceback" not in ran.err
    assert ran.out.count("report.html") == 2 and "52.71-" not in ran.out
    assert "52.71 Kota Mataram: " in ran.err and "stopped: ValueError: no" in ran.err
    assert not any("52.71" in name for name in files(tmp_path / "out"))
    assert "52.71-" not in (tmp_path / "out/2025/index.html").read_text(encoding="utf-8")


def test_all_pilots_and_their_comparison(run, quick, tmp_path):
    ran = run("report", "--pilots", "--out", tmp_path / "out")
    assert ran.code == FAILED
    made = {path.name for path in (tmp_path / "out/2025").iterdir() if path.is_dir()}
    assert {name.partition("-")[0] for name in made} == {
        "13.76", "33.72", "34.01", "51.03", "35.72", "71.07", "comparison",
    }


def test_pilots_of_an_edition_are_those_known_by_then(run, quick, tmp_path):
    ran = run("report", "--pilots", "--edition", "2024", "--out", tmp_path / "out")
    assert ran.code == DONE and ran.out.count("report.html") == 5


def test_a_comparison_is_written(run, quick, tmp_path):
    ran = run("compare", "Kota Blitar", "52.71", "35", "--out", tmp_path / "out")
    assert ran.code == DONE
    assert files(tmp_path / "out") == {
        *OF_A_BATCH, "2025/comparison/report.html", "2025/comparison/report.ipynb",
        "2025/comparison/manifest.json",
    }
    text = (tmp_path / "out/2025/comparison/report.ipynb").read_text(encoding="utf-8")
    assert "['35.72', '52.71', '35']" in text


# Resumed, verified, stopped


def test_what_stands_is_kept_and_an_edited_report_is_made_anew_with_its_reason(
    run, quick, tmp_path
):
    words = ("report", "35.72", "34.01", "--out", tmp_path / "out", "--language", "en")
    assert run(*words).code == DONE
    before = {name: (tmp_path / "out" / name).read_bytes() for name in files(tmp_path / "out")}
    page = tmp_path / "out/2025/35.72-kota-blitar/report.html"
    page.write_bytes(page.read_bytes() + b" ")
    ran = run("verify", tmp_path / "out", "--language", "en")
    assert ran.code == FAILED and ran.out == ""
    assert ran.err.strip().endswith("35.72-kota-blitar: report.html was changed after it was made")
    ran = run(*words)
    assert ran.code == DONE and ran.out.count("report.html") == 2
    assert "35.72 Kota Blitar: report.html was changed after it was made" in ran.err
    assert "1 of 2 reports stand unchanged and were kept." in ran.err
    after = {name: (tmp_path / "out" / name).read_bytes() for name in files(tmp_path / "out")}
    assert after == before
    ran = run("verify", tmp_path / "out", "--language", "en")
    assert ran.code == DONE and ran.out.strip().endswith("is whole: 2 reports, 6 files.")


def test_a_folder_is_made_again_and_compared(run, quick, tmp_path):
    run("report", "34.01", "--formats", "html", "--draft", "--out", tmp_path / "out")
    ran = run("verify", tmp_path / "out", "--rebuild", "--jobs", "1", "--language", "en")
    assert ran.code == DONE and "can be made again" in ran.out
    folder = tmp_path / "out/2025/34.01-kabupaten-kulon-progo"
    assert {path.name for path in folder.iterdir()} == {"report.html", "manifest.json"}
    refused(run("verify", tmp_path / "out/2025/nowhere"))


def test_a_full_disk_ends_with_three_and_names_the_file(run, quick, tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    run("report", "34.01", "--out", tmp_path / "out")
    before = files(tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr(atomic, "_put", full)
        ran = run("report", "34.01", "35.72", "--force", "--out", tmp_path / "out")
    assert ran.code == MACHINE and ran.out == "" and "Traceback" not in ran.err
    assert "report.html cannot be written (No space left on device)." in ran.err
    assert files(tmp_path / "out") == before  # nothing had changed yet
    assert run("report", "34.01", "--out", tmp_path / "out").code == DONE
    assert files(tmp_path / "out") == before


@pytest.fixture(params=["SIGINT", "SIGTERM", "SIGHUP"])
def asked_to_stop(request):
    """A signal that asks a command to stop, and what sends it to this process."""

    def unheard(*_):
        raise AssertionError("the command did not hear it")

    number = getattr(signal, request.param)
    # whatever started the tests: in the background of a script Ctrl-C is ignored
    before = signal.signal(number, unheard)
    yield number, lambda *_, **__: signal.raise_signal(number)
    signal.signal(number, before)


def test_a_command_that_is_stopped_does_not_say_that_it_is_done(run, asked_to_stop, monkeypatch):
    number, send = asked_to_stop
    name = "Ctrl-C" if number == signal.SIGINT else number.name
    monkeypatch.setattr(checking, "check", send)
    ran = run("check")
    assert (ran.code, ran.out) == (128 + number, "")
    assert ran.err == f"anticorruption: stopped by {name}.\n"


def test_a_batch_that_is_stopped_says_how_many_reports_stand(
    run, asked_to_stop, monkeypatch, tmp_path
):
    number, send = asked_to_stop
    monkeypatch.setattr(batch, "run", send)
    ran = run("report", "35.72", "34.01", "--out", tmp_path / "out", "--language", "en")
    assert (ran.code, ran.out) == (128 + number, "")
    assert "0 of 2 reports stand whole; the same command makes the others." in ran.err
    assert files(tmp_path / "out") == set()


def test_a_long_batch_tells_how_far_it_is(capsys, monkeypatch):
    clock = iter([0.0, 6.0, 40.0, 43.0, 90.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.shown(Language("en"), 4) as advance:
        for label in ("a", "b", "c", "d"):
            advance(label)
    # Two of four after 40 seconds: 3 a minute, two thirds of a minute left for the other two, told
    # as a whole one. Within the next quarter of a minute nothing is told, nor at the end.
    told = capsys.readouterr().err.split("\n")
    assert told == ["2 of 4 reports, 3 a minute, about 1 min left: b", ""]


def test_figures_of_an_overlay_stay_on_this_machine(run, no_report, tmp_path, monkeypatch):
    monkeypatch.setenv(overlay.ENVIRONMENT_VARIABLE, str(tmp_path))
    said = refused(run("report", "35.72", "--scheduler", "tcp://127.0.0.1:1"))
    assert said.startswith("figures of an overlay do not leave this machine")


def test_two_batches_in_one_folder_are_kept_apart(run, quick, tmp_path):
    folder = tmp_path / "out/2025"
    folder.mkdir(parents=True)
    with lock.held(folder):
        said = refused(run("report", "34.01", "--out", tmp_path / "out"))
    assert f"another batch is at work here (process {os.getpid()} on " in said
    assert files(tmp_path / "out") == set()


# Refused


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "35.72", "--logo", "nowhere.png"], "nowhere.png: there is no such file"),
        (["report", "35.72", "--sheet", "none.xlsx"], "none.xlsx: berkas tidak ada"),
        (["report", "35.72", "--paper", "a0"], "--paper: 'a0' is no paper; choose"),
        (["report", "35.72", "--formats", "html,doc"], "--formats: 'doc' is no format; choose"),
        (["report", "35.72", "--scheduler", "here"], "is no address; write tcp://HOST:PORT."),
        (["report", "--all", "Kota Blitr"], "Blitr"),
        (["report"], "name at least one region, or ask for --pilots or --all."),
        (["report", "Atlantis"], "'Atlantis' is not the name or code"),
        (["report", ""], "'' is not the name or code"),
        (["report", "99.99"], "'99.99' is not the name or code"),
        (["report", "35,72"], "35,72"),
        (["report", "../../etc"], "is not the name or code"),
        (["report", "<script>alert(1)</script>"], "is not the name or code"),
        (["report", "[bold]x[/bold]"], "'[bold]x[/bold]' is not the name or code"),
        (["report", "Blitar"], "could mean: 35.05 Kabupaten Blitar; 35.72 Kota Blitar. Which one?"),
        (["report", "Bandung"], "Which one? Give the code."),
        (["report", "Kota Blitr"], "35.72 Kota Blitar"),
        (["report", "35.72", "Bandung"], "Which one?"),
        (["report", "31.71"], "without a government of its own; ask for 31 instead."),
        (["report", "Jakarta Selatan"], "ask for 31 instead."),
        (["report", "35.72", "--edition", "2023"],
         "--edition 2023: there is no such edition; choose 2024, 2025."),
        (["report", "35.72", "--language", "fr"],
         "language 'fr' is not available; choose one of id, en."),
        (["report", "35.72", "--language", "EN"], "language 'EN' is not available"),
        (["compare", "35.72"], "a comparison needs at least two regions."),
        (["compare", "35.72", "Kota Blitar"], "35.72 Kota Blitar is named twice"),
        (["compare", "35.72", "31.01"], "ask for 31 instead."),
        (["compare", "35.72", "Nowhere"], "is not the name or code"),
        (["compare", "35.72", "52.71", "--edition", "1"], "there is no such edition"),
        (["screen", "--edition", "2023"], "there is no such edition"),
        (["screen", "--language", "xx"], "language 'xx' is not available"),
        (["region", "Sekretariat Kabinet"], "is not the name or code"),
        (["region", "Bandung"], "Which one?"),
        (["region", "Kota Blitar", "--language", "de"], "language 'de' is not available"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(run, no_report, words, said):
    assert said in refused(run(*words))
    assert files(Path.cwd()) == set()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "35.72", "--langauge", "en"], "--language"),
        (["report", "35.72", "--job", "2"], "--jobs"),
        (["report", "35.72", "--edition", "soon"], "--edition"),
        (["report", "35.72", "--jobs", "0"], "--jobs"),
        (["report", "35.72", "--out"], "--out"),
        (["compare"], "REGION"),
        (["region"], "Missing argument"),
        (["reprot"], "report"),
        (["screen", "--cvs", "x.csv"], "--csv"),
    ],
)
def test_misspelt_options_are_refused_with_a_hint(run, no_report, words, said):
    ran = run(*words)
    assert ran.code == REFUSED and "Traceback" not in ran.err
    assert said in ran.said
    assert files(Path.cwd()) == set()


def test_no_command_lists_the_commands(run):
    ran = run()
    assert all(name in ran.said for name in ("report", "compare", "screen", "region", "check"))


def test_help_is_asked_for_in_either_way(run):
    for word in ("-h", "--help"):
        ran = run("report", word)
        assert ran.code == DONE
        for option in ("--pilots", "--edition", "--language", "--out", "--jobs"):
            assert option in ran.said


@pytest.mark.parametrize("below", ["", "below"])
@pytest.mark.parametrize("command", [("report", "35.72"), ("compare", "35.72", "52.71")])
def test_a_file_in_place_of_the_folder_is_refused(run, no_report, tmp_path, command, below):
    (tmp_path / "taken").write_text("mine")
    said = refused(run(*command, "--out", tmp_path / "taken" / below))
    assert "is not a folder; choose another with --out." in said
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_is_refused(run, no_report, tmp_path, monkeypatch):
    # The superuser may write anywhere, so the answer of the system is stood in for.
    system = SimpleNamespace(access=lambda path, mode: False, W_OK=2, X_OK=1)
    monkeypatch.setattr(batch, "os", system)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert "locked" in refused(run("report", "35.72", "--out", locked))
    assert "locked" in refused(run("report", "35.72", "--out", locked / "out"))


# Screening


def test_the_screening_is_counted_and_written(run, national_2025):
    ran = run("screen", "--csv", "answers.csv", "--language", "en")
    assert ran.code == DONE
    variants = national_2025.programme.variants()
    with open("answers.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 508 * 8 * len(variants) and len(variants) > 1
    assert {row["variant"] for row in rows} == set(variants)
    assert {row["answer"] for row in rows} == {"met", "not_met", "unknown"}
    assert all(re.fullmatch(r"\d\d\.\d\d", row["region_code"]) for row in rows)
    (spi,) = [
        row for row in rows
        if (row["region_code"], row["variant"], row["criterion"]) == ("35.72", variants[0], "spi")
    ]
    assert (spi["value"], spi["year"], spi["answer"]) == ("77.1", "2024", "met")
    counted = re.findall(rf"({'|'.join(variants)})\W+(\d+)\W+(\d+)\W+(\d+)", ran.out)
    assert re.search(r"met\W+not met\W+unknown", ran.out)
    assert [(name, *map(int, numbers)) for name, *numbers in counted] == [
        (variant, *overall(row for row in rows if row["variant"] == variant))
        for variant in variants
    ]
    assert b"\r" not in Path("answers.csv").read_bytes()


def overall(rows) -> list[int]:
    """Regions that meet all criteria, miss one, and of which it is open: out of the answers."""
    answers = {}
    for row in rows:
        answers.setdefault(row["region_code"], set()).add(row["answer"])
    missed = sum("not_met" in own for own in answers.values())
    met = sum(own == {"met"} for own in answers.values())
    assert len(answers) == 508
    return [met, missed, 508 - met - missed]


@pytest.fixture
def few_screened(monkeypatch):
    """Screens three regions instead of all."""
    whole = screening.screen

    def screen(data, programme, region_codes=("13.76", "35.72", "95.04"), **more):
        return whole(data, programme, list(region_codes), **more)

    monkeypatch.setattr(screening, "screen", screen)


def test_the_screening_prints_without_writing(run, few_screened):
    assert run("screen", "--edition", "2024").code == DONE
    assert files(Path.cwd()) == set()


def test_a_screening_that_cannot_be_written_is_refused_and_leaves_nothing(
    run, few_screened
):
    Path("folder").mkdir()
    assert run("screen", "--csv", "folder").err.endswith("cannot be written (Is a directory).\n")
    ran = run("screen", "--csv", "missing/answers.csv")
    assert ran.code == REFUSED and "missing/answers.csv cannot be written" in ran.err
    assert files(Path.cwd()) == set()


# Regions


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("Kulonprogo", "id", "34.01 Kabupaten Kulon Progo"),
        ("KAB. KULON PROGO", "id", "34.01 Kabupaten Kulon Progo"),
        ("Pemkot Blitar", "en", "35.72 Blitar City"),
        ("Kota Solo", "id", "33.72 Kota Surakarta"),
        ("35", "en", "35 East Java Province"),
    ],
)
def test_a_region_is_found_by_any_of_its_names(run, name, language, said):
    ran = run("region", name, "--language", language)
    assert ran.code == DONE and ran.out.splitlines()[0] == said
    assert "2024" in ran.out


def test_an_area_without_a_government_is_said_to_be_one(run):
    ran = run("region", "31.71", "--language", "en")
    assert ran.code == DONE
    assert ran.out.splitlines()[1] == "an administrative area without a government of its own"


# The data


def test_whole_data_are_said_to_be_whole(run, small_copy):
    ran = run("check")
    assert ran.code == DONE and ran.err == ""
    assert "is whole" in ran.said and "2026.11" in ran.said
    counted = f"{len(small_copy.rows('observations')) - 1:,}"
    assert f"{counted} observations" in ran.said


BROKEN = {
    "a decimal comma": lambda data: data.set("observations", 2, value="77,10"),
    "a value off the scale": lambda data: data.set(
        "observations",
        data.row("observations", region_code="35.72", measure_id="spi_expert", year="2023"),
        value="177.67",
    ),
    "an unknown region": lambda data: data.set("observations", 3, region_code="99.99"),
    "an unknown source": lambda data: data.set("observations", 3, source_id="nobody-000000"),
    "a code without its point": lambda data: data.set("regions", 5, region_code="1103"),
    "a script for an address": lambda data: data.set("sources", 2, url="javascript:alert(1)"),
    "a table cut short": lambda data: data.path("pilots").write_text("edition,region"),
    "a table that is gone": lambda data: data.path("flags").unlink(),
    "an empty table": lambda data: data.path("sources").write_text(""),
    "no text at all": lambda data: data.path("bands").write_bytes(b"\xff\xfe\x00\x01"),
    "a broken description": lambda data: data.path("datapackage.json").write_text("{"),
    "a broken programme": lambda data: data.path("programmes/kabkota-2025.toml").write_text("x ="),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_broken_data_are_refused_and_nothing_is_written(run, no_report, small_copy, broken):
    broken(small_copy)
    before = files(small_copy.folder)
    ran = run("check")
    assert ran.code == REFUSED and ran.out == "" and "Traceback" not in ran.err
    lines = ran.err.strip().splitlines()
    assert lines and all(line.endswith(".") for line in lines)
    assert refused(run("report", "35.72"))
    assert files(Path.cwd()) == set() and files(small_copy.folder) == before


def test_a_broken_figure_is_named_by_table_line_column_and_value(run, no_report, small_copy):
    line = small_copy.row(
        "observations", region_code="35.72", measure_id="spi_expert", year="2024"
    )
    small_copy.set("observations", line, value="79,72")
    said = refused(run("report", "35.72"))
    for word in ("observations", str(line), "value", "79,72"):
        assert word in said


def test_a_data_folder_that_is_not_there_is_refused(run, no_report, monkeypatch, tmp_path):
    monkeypatch.setenv(tables.ENVIRONMENT_VARIABLE, str(tmp_path / "nowhere"))
    for command in (["report", "35.72"], ["check"], ["region", "35.72"]):
        assert tables.ENVIRONMENT_VARIABLE in refused(run(*command))


def test_altered_but_valid_data_are_used_and_said_to_be_altered(run, quick, data_copy, tmp_path):
    line = data_copy.row(
        "observations", region_code="35.72", measure_id="spi_expert", year="2021"
    )
    data_copy.set("observations", line, value="81.49")
    checked = run("check")
    assert checked.code == REFUSED and "anticorruption seal" in checked.err
    ran = run("report", "35.72", "--out", tmp_path / "out")
    assert ran.code == DONE, ran.err
    text = (tmp_path / "out/2025/35.72-kota-blitar/report.ipynb").read_text(encoding="utf-8")
    assert '"release": "2026.11 + observations.csv"' in text
    page = (tmp_path / "out/2025/index.html").read_text("utf-8")
    assert re.search(r'<p class="warning">[^<]*: observations\.csv\.', page)


def test_data_broken_on_purpose_cannot_be_sealed(run, small_copy):
    small_copy.set("observations", 2, value="77,10")
    assert refused(run("seal")).startswith("not sealed: observations")
