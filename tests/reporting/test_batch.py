"""The reports as a reader gets them: what they must say, and how a batch of them is made."""

import csv
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from anticorruption import regions
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.reporting import atomic, batch, execution
from tests.conftest import DATA
from tests.paths import ROOT
from tests.reporting.conftest import COMPARISON, REPORTS, flat, folder_of

#: Files of a whole report in the formats that are written unless others are asked for.
WHOLE = ["manifest.json", batch.PAGE, batch.NOTEBOOK]

each_report = pytest.mark.parametrize("report", REPORTS, indirect=True)


def row_of(report, caption: str, first: str) -> dict[str, str]:
    """Only row of a table that begins with a text, by the headings of its columns."""
    begins = (
        dict(record)
        for row, record in zip(report.rows(caption), report.records(caption), strict=True)
        if row[0].partition(" [")[0] == first
    )
    (row,) = begins
    return row


def of_pilot(code: str) -> dict[str, str]:
    """Record of ``pilots.csv`` of a region that became a pilot."""
    with (DATA / "pilots.csv").open(encoding="utf-8", newline="") as file:
        (record,) = [
            r for r in csv.DictReader(file) if r["region_code"] == code and r["stage"] == "pilot"
        ]
    return record


def plainly_chosen_spi(printed: list, year: str) -> dict[str, float]:
    """SPI of a year as the dashboard prints it, a code a score, read without the library."""
    return {
        record["region_code"]: float(record["value"])
        for record in printed[2:]
        if record["measure_id"] == "spi"
        and record["year"] == year
        and record["source_id"].startswith("github-")
        and record["confidence"] == "high"
    }


# What the reports must say


@pytest.mark.parametrize(
    ("key", "score", "captions", "headings"),
    [
        ("blitar", "77,10", ("Susunan SPI-nya", "Peringkat SPI-nya"),
         ("Nilai", "Peringkat di provinsi", "peringkat yang mungkin", "dari")),
        ("blitar-en", "77.10", ("How its SPI is made", "Places of its SPI"),
         ("Score", "Place in the province", "possible places", "of")),
    ],
)  # fmt: skip
def test_blitar_scored_7710_in_2024_at_place_3_of_38(made, printed, key, score, captions, headings):
    report = made[key]
    made_up, standing = (row_of(report, caption, "2024") for caption in captions)
    assert made_up[headings[0]].startswith(f"{score} [")
    assert [standing[h] for h in (headings[0], headings[1], headings[3])] == [score, "3", "38"]
    low, high = map(int, standing[headings[2]].split("–"))
    assert 1 <= low <= 3 <= high <= 38 and low < high
    scores = plainly_chosen_spi(printed, "2024")
    near = [value for code, value in scores.items() if code.startswith("35.")]
    assert len(near) == 38 and sum(value > scores["35.72"] for value in near) == 2


@pytest.mark.parametrize(("key", "score"), [("blitar", "92,15"), ("blitar-en", "92.15")])
def test_blitar_was_given_9215_istimewa_in_edition_2025_and_the_source_is_linked(
    made, documents, key, score
):
    report = made[key]
    headline = report.soup.find("p", class_="headline")
    assert re.search(rf"2025\D+{re.escape(score)}, \w+ Istimewa", flat(headline))
    source = documents[of_pilot("35.72")["source_id"]]["url"]
    assert report.address(headline.find_all("a", class_="cite")[-1]) == source
    caption = "Keikutsertaannya" if key == "blitar" else "Its part in the programme"
    (row,) = [r for r in report.rows(caption) if score in r]
    assert row[0] == "2025" and "Istimewa" in row


def test_matarams_spi_of_2022_carries_the_flag(made):
    report = made["mataram"]
    row = row_of(report, "Susunan SPI", "2022")
    assert row["Nilai"].startswith("70,37 [") and row["Tidak dijelaskan"] == "⚑ −3,06"
    others = [r for r in report.rows("Susunan SPI") if r[0] != "2022"]
    assert all("⚑" not in cell for r in others for cell in r)
    assert "SPI 2022-nya lebih rendah 3,06 poin" in report.text
    assert row_of(made[COMPARISON], "SPI per tahun", "Kota Mataram")["2022"].startswith("⚑ 70,37")


def test_payakumbuhs_mcp_of_52_stands_among_interim_readings_only(made, printed):
    (line,) = [
        n for n, r in enumerate(printed)
        if r and r["region_code"] == "13.76" and r["measure_id"] == "mcp"
    ]  # fmt: skip
    assert printed[line]["status"] == "interim" and printed[line]["value"] == "52"
    report = made["payakumbuh"]
    (reading,) = report.records("Bacaan sementara")
    assert reading["Ukuran"].startswith("Monitoring") and reading["Tahun"] == "2024"
    assert reading["Bacaan sementara"].startswith("52,00 [")
    assert reading["Per tanggal"] == "20 September 2024"
    links = report.soup.find_all("a", href=f"#row-{line}")
    assert len(links) == 1 and "Bacaan sementara" in links[0].find_parent("table").caption.text
    listed = [flat(cell) for cell in report.soup.find(id=f"row-{line}").find_all("td")]
    assert listed[2] == "sementara, per 20 September 2024"
    assert report.tables("Nilai MCP final") == []
    assert "Nilai MCP final: tidak terbit." in report.text
    criterion = row_of(report, "Kriteria masuk", "Nilai MCP")
    assert (criterion["Nilai"], criterion["Tahun"]) == ("tidak terbit", "")
    assert "hanya bacaan sementara yang terbit" in criterion["Dasar jawaban"]
    assert made[COMPARISON].soup.find_all("a", href=f"#row-{line}") == []
    (mcp,) = [
        r for r in made[COMPARISON].records("Nilai final terbaru")
        if r["Ukuran"].startswith("Monitoring")
    ]  # fmt: skip
    assert mcp["Kota Payakumbuh"] == "tidak terbit"


def test_badungs_final_score_is_not_published(made):
    assert of_pilot("51.03")["final_score"] == ""
    report = made[COMPARISON]
    row = row_of(report, "Nilai akhir penilaian percontohan", "Kabupaten Badung")
    assert [row[h] for h in ("Edisi", "Nilai akhir", "Kategori")] == [
        "2024", "tidak terbit", "tidak terbit",
    ]  # fmt: skip
    assert "Nilai akhir tidak terbit untuk: Kabupaten Badung." in report.text
    scored = [r["Nilai akhir"] for r in report.records("Nilai akhir penilaian percontohan")]
    assert sorted(scored) == sorted(
        ["94,75", "96,10", "95,10", "tidak terbit", "92,15", "91,85", "90,80"]
    )


def test_boyolalis_score_of_2023_was_withheld(made):
    report = made["boyolali"]
    row = row_of(report, "Susunan SPI", "2023")
    assert row["Nilai"].startswith("ditahan; satu salinan memuat 89,60 [")
    assert row["Kategori"] == ""
    assert [r[0] for r in report.rows("Peringkat SPI")] == ["2021", "2022", "2024", "2025"]
    assert "KPK tidak menerbitkan nilai ini" in flat(report.soup.find("ul", class_="findings"))
    assert all("2023: 89,60" not in image["alt"] for image in report.soup.find_all("img"))
    gaps = row_of(report, "Yang tidak terbit", "Survei Penilaian Integritas (SPI)")
    assert "2023" in gaps["Tahun tanpa nilai final"]


def test_a_province_is_told_that_the_criteria_are_for_kabupaten_and_kota(made):
    report = made["jatim"]
    said = [flat(element) for element in report.section("Delapan kriteria masuk")]
    assert said[0] == "Kriteria berlaku untuk kabupaten dan kota; provinsi tidak disaring."
    assert report.tables("Kriteria masuk") == []
    beside = row_of(report, "di samping provinsi lain", "Survei Penilaian Integritas (SPI)")
    assert beside["Provinsi yang bernilai"] == "38"
    assert "dari 38 provinsi" in flat(report.soup.find("p", class_="headline"))


def test_a_sparse_region_names_each_of_its_gaps(made):
    report = made["tolikara"]
    gaps = report.records("Yang tidak terbit")
    assert len(gaps) == 8
    for row in gaps:
        known, unknown = row["Tahun dengan nilai final"], row["Tahun tanpa nilai final"]
        if "(SPI)" in row["Ukuran"]:
            assert known == "2021–2025"
        else:
            assert known == "tidak ada" and unknown.endswith("–2025"), row
    criteria = report.records("Kriteria masuk")
    assert len(criteria) == 8
    silent = [row for row in criteria if row["Nilai"] == "tidak terbit"]
    assert len(silent) == 7 and all(row["Dasar jawaban"] for row in silent)


@each_report
def test_no_section_of_a_report_is_empty(report):
    headings = [flat(h) for h in report.soup.find_all("h2")]
    assert len(headings) == len(set(headings)) >= 8
    for heading in headings:
        assert any(flat(element) for element in report.section(heading)), heading


def test_both_languages_tell_the_same_figures(made):
    def lines(report):
        return [a["href"] for a in report.soup.find_all("a", class_="trace")]

    assert lines(made["blitar"]) == lines(made["blitar-en"])
    counts = [
        [len(table.find_all("tr")) for table in made[key].soup.find_all("table")]
        for key in ("blitar", "blitar-en")
    ]
    assert counts[0] == counts[1]


def test_no_indonesian_sentence_is_left_in_the_english_report(made):
    report = made["blitar-en"]
    told = [flat(e) for e in report.soup.main.find_all(["p", "caption", "h1", "h2", "h3"])]
    told += [flat(th) for th in report.soup.find_all("th", scope="col")]
    for text in told:
        assert not re.search(r"\b(dan|yang|tidak|dari|adalah|untuk|dengan|nilai)\b", text), text


@pytest.mark.parametrize("report", [k for k in REPORTS if k != "blitar-en"], indirect=True)
def test_no_english_sentence_is_left_in_the_indonesian_report(report):
    told = [flat(e) for e in report.soup.main.find_all(["p", "caption", "h1", "h2", "h3"])]
    told += [flat(th) for th in report.soup.find_all("th", scope="col")]
    told += [image["alt"] for image in report.soup.find_all("img")]
    for text in told:
        assert not re.search(r"\b(the|and|of|is|are|not|with|published|score)\b", text), text


# The same report on every machine


def test_the_same_report_has_the_same_bytes_elsewhere_and_at_another_time(made, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "matplotlibrc").write_text("axes.facecolor: red\nlines.marker: x\n")
    environment = os.environ | {
        "MATPLOTLIBRC": str(elsewhere / "matplotlibrc"),
        "TZ": "Asia/Jayapura", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "7",
        "COLUMNS": "40",
    }  # fmt: skip
    run = subprocess.run(
        [Path(sys.executable).with_name("anticorruption"), "report", "Kota Blitar", "--jobs", "1",
         "--out", "out"],
        cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    folder = folder_of("35.72", elsewhere / "out")
    for name in (batch.NOTEBOOK, batch.PAGE):
        again = (folder / name).read_bytes()
        assert again == (made["blitar"].folder / name).read_bytes(), name
    assert run.stdout.split() == ["out/2025/35.72-kota-blitar/report.html", "out/2025/index.html"]
    assert sorted(p.name for p in folder.iterdir()) == WHOLE


@each_report
def test_outputs_name_no_place_of_this_machine_and_no_time_of_the_run(report):
    places = {
        str(ROOT), str(report.folder), sys.prefix, str(Path(tempfile.gettempdir())) + "/",
        str(Path.home()) + "/", sys.executable,
    }  # fmt: skip
    for name in (batch.NOTEBOOK, batch.PAGE):
        text = (report.folder / name).read_text(encoding="utf-8")
        assert not [place for place in places if place in text]
        assert not re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text)
        assert not re.search(r"\b\d\d:\d\d:\d\d\b", text)
    metadata = report.notebook["metadata"]
    assert set(metadata) == {"kernelspec", "language_info", "anticorruption"}
    for cell in report.notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags"}


@each_report
def test_cells_are_counted_from_one_and_none_failed_or_complained(report):
    code = [cell for cell in report.notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    kinds = {output["output_type"] for cell in code for output in cell["outputs"]}
    assert kinds == {"display_data"}


@each_report
def test_codes_stay_text_in_the_executed_notebook(report):
    (injected,) = [
        cell for cell in report.notebook["cells"]
        if "injected-parameters" in cell["metadata"].get("tags", [])
    ]  # fmt: skip
    source = "".join(injected["source"])
    if report.job.template == batch.COMPARISON_TEMPLATE:
        for code in report.job.parameters["region_codes"]:
            assert f'"{code}"' in source
    else:
        assert f'region_code = "{report.job.parameters["region_code"]}"' in source


@each_report
def test_reports_of_the_sealed_release_carry_no_warning(report):
    assert report.soup.find("p", class_="warning") is None
    assert "rilis data 2026.11" in report.text or "data release 2026.11" in report.text


# Jobs


def test_a_job_knows_its_folder_its_parameters_and_its_title(national_2025, tmp_path):
    job = batch.region_job(national_2025, "34.01", Language("id"), tmp_path)
    assert job.folder == tmp_path / "2025" / "34.01-kabupaten-kulon-progo"
    assert job.parameters == {"region_code": "34.01", "edition": 2025, "language": "id"}
    assert job.about["title"].startswith("Kabupaten Kulon Progo")
    assert job.about["release"] == "2026.11" and job.label == "34.01 Kabupaten Kulon Progo"


def test_folder_names_are_plain_for_every_kind_of_government():
    for code in regions.governments().index[::9]:
        name = f"{code}-{regions.slug(code)}"
        assert re.fullmatch(r"\d\d(\.\d\d)?(-[a-z0-9]+)+", name), name


def test_areas_without_a_government_have_no_report(national_2025, tmp_path):
    with pytest.raises(RefusedInput, match=r"31\.71 .* without a government of its own"):
        batch.region_job(national_2025, "31.71", Language("id"), tmp_path)


def test_pilots_come_in_the_order_they_became_one(release_2026):
    assert set(batch.pilots(release_2026, 2024)) == {"13.76", "33.72", "34.01", "51.03"}
    seven = batch.pilots(release_2026, 2025)
    assert len(seven) == 7
    assert set(seven[:4]) == set(batch.pilots(release_2026, 2024))
    assert set(seven[4:]) == {"35.72", "52.71", "71.07"}


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "taken").write_text("")
    for out in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(RefusedInput, match="is not a folder; choose another"):
            batch.check_folder(out)


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path, monkeypatch):
    # The superuser may write anywhere, so the answer of the system is stood in for.
    system = SimpleNamespace(access=lambda path, mode: False, W_OK=2, X_OK=1)
    monkeypatch.setattr(batch, "os", system)
    with pytest.raises(RefusedInput, match=r"is not writable|cannot be made"):
        batch.check_folder(tmp_path)


# A batch in which something fails


def small_notebook(path: Path, code: str) -> Path:
    """Template of one parameter and one cell."""
    declared = nbformat.v4.new_code_cell('region_code: str = "35.72"  # code', id="a")
    declared.metadata["tags"] = ["parameters"]
    cells = [declared, nbformat.v4.new_code_cell(code, id="b")]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture
def small_templates(tmp_path, monkeypatch):
    """Templates that take no time: one fails for 52.71 and ends its kernel for 33.09."""
    folder = tmp_path / "templates"
    folder.mkdir()
    code = (
        "import os\n"
        'if region_code == "52.71":\n    raise ValueError("no such figure")\n'
        'if region_code == "33.09":\n    os._exit(3)\n'
        'print("made of", region_code)'
    )
    small_notebook(folder / "small.ipynb", code)
    monkeypatch.setattr(execution, "NOTEBOOKS", folder)


def small_job(code: str, out: Path) -> batch.Job:
    return batch.Job(code, out / code, "small", {"region_code": code}, {"title": code})


def test_a_failing_report_leaves_nothing_and_stops_no_other(tmp_path, small_templates):
    out = tmp_path / "out"
    for code in ("52.71", "33.09", "34.01"):
        (out / code).mkdir(parents=True)
        for name in (batch.NOTEBOOK, batch.PAGE):
            (out / code / name).write_text("of an older run")
    (out / "52.71" / "mine.txt").write_text("a reader's own note")
    told = []
    jobs = [small_job(code, out) for code in ("52.71", "33.09", "34.01")]
    outcomes = batch.make(jobs, workers=2, told=told.append)
    assert [outcome.job for outcome in outcomes] == jobs
    assert sorted(o.job.label for o in told) == ["33.09", "34.01", "52.71"]
    failed, ended, fine = outcomes
    assert failed.problem == "cell 3 of small.ipynb stopped: ValueError: no such figure"
    assert ended.problem and "\n" not in ended.problem
    assert fine.problem is None
    assert [p.name for p in (out / "52.71").iterdir()] == ["mine.txt"]
    assert not (out / "33.09").exists()
    assert sorted(p.name for p in (out / "34.01").iterdir()) == WHOLE
    assert "made of 34.01" in (out / "34.01" / batch.PAGE).read_text()


def with_no_kernel(monkeypatch, execute=lambda *_: nbformat.v4.new_notebook()):
    monkeypatch.setattr(execution, "execute", execute)


def test_what_an_interrupted_run_left_behind_is_cleared_away(tmp_path, monkeypatch):
    with_no_kernel(monkeypatch)
    job = small_job("34.01", tmp_path)
    job.folder.mkdir(parents=True)
    (job.folder / ".report.html.unfinished").write_text("half")
    batch.begin(tmp_path)
    assert list(job.folder.iterdir()) == []
    assert batch.make([job])[0].problem is None
    assert sorted(p.name for p in job.folder.iterdir()) == WHOLE


def test_a_page_that_cannot_be_written_leaves_no_notebook_either(tmp_path, monkeypatch):
    with_no_kernel(monkeypatch)
    monkeypatch.setattr(atomic.os, "replace", refuse)
    job = small_job("34.01", tmp_path)
    (outcome,) = batch.make([job])
    assert outcome.machine
    assert outcome.problem.endswith("report.html cannot be written (disk full).")
    assert list(job.folder.iterdir()) == []


def refuse(*_):
    raise OSError(28, "disk full")


def test_a_problem_without_words_is_named_by_its_kind(tmp_path, monkeypatch):
    def stop(*_):
        raise KeyError

    with_no_kernel(monkeypatch, stop)
    assert batch.make([small_job("34.01", tmp_path)])[0].problem == "KeyError"


def test_outcomes_keep_the_order_of_the_jobs_whatever_the_number_of_workers(tmp_path, monkeypatch):
    with_no_kernel(monkeypatch)
    codes = [f"{n:02d}" for n in range(12)]
    for workers in (1, 3, 20):
        outcomes = batch.make([small_job(code, tmp_path) for code in codes], workers)
        assert [outcome.job.label for outcome in outcomes] == codes


def test_no_jobs_give_no_outcomes():
    assert batch.make([]) == []


def test_reports_on_altered_but_valid_data_carry_the_warning(data_copy, shown):
    line = data_copy.row("observations", region_code="52.71", measure_id="spi_expert", year="2021")
    data_copy.set("observations", line, value="82.48")
    shown.play("report-region", region_code="52.71", language="en")
    soup = shown.soup()
    warning = flat(soup.find("p", class_="warning"))
    assert "differ from the sealed release" in warning and "observations.csv" in warning
    assert "data release 2026.11 + observations.csv" in flat(soup.find("p", class_="particulars"))
    assert "2026.11 + observations.csv" in flat(soup.find_all("ul")[-1])
