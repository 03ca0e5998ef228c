"""What the reports say about regions, and what they keep to themselves about the machine."""

import getpass
import json
import re
import socket

import nbformat
import pytest
from bs4 import BeautifulSoup

from anticorruption.reporting.formats import FORMATS, Appearance
from tests import words
from tests.audit import scan
from tests.audit.words import catalogue
from tests.paths import ROOT
from tests.reporting.conftest import REPORTS

#: Titles and addresses of sources are the words of others.
_SOURCES = re.compile(r'<ol class="sources">.*?</ol>', re.DOTALL)


def _told(html: str) -> str:
    """What a page says in words of its own: its text and what is told of its pictures."""
    soup = BeautifulSoup(_SOURCES.sub("", html), "html.parser")
    for element in soup(["style", "script"]):
        element.decompose()
    return " ".join([soup.get_text(" "), *(image.get("alt", "") for image in soup("img"))])


def _outputs(path) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found = []
    for cell in cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            found += ["".join(output.get("text", ""))]
            found += [_told("".join(data.get("text/html", "")))]
            found += ["".join(data.get("text/plain", ""))]
    return "\n".join(found)


@pytest.mark.parametrize("report", REPORTS, indirect=True)
def test_no_report_judges_a_region_or_tells_of_the_machine(report):
    assert words.said(_told(report.html)) == []
    names = (getpass.getuser(), socket.gethostname(), str(ROOT))
    for path in sorted(report.folder.iterdir()):
        if path.suffix in (".html", ".ipynb", ".json"):
            assert words.traces(path.read_text(encoding="utf-8"), *names) == [], path.name


@pytest.mark.parametrize("name", ["pdf", "docx", "xlsx"])
def test_no_file_of_another_format_judges_a_region_or_tells_of_the_machine(every_format, name):
    path = every_format["blitar"] / f"report.{name}"
    assert scan.judged(path) == []
    assert scan.traces(path, getpass.getuser(), socket.gethostname(), str(ROOT)) == []


@pytest.mark.parametrize("name", ["html", "pdf", "docx", "xlsx", "ipynb"])
def test_a_word_and_a_trace_planted_in_a_file_of_any_format_are_found(every_format, tmp_path, name):
    notebook = nbformat.read(every_format["blitar"] / "report.ipynb", as_version=4)
    outputs = [output["data"] for cell in notebook.cells for output in cell.get("outputs", [])]
    page = next(data for data in outputs if "</caption>" in data.get("text/html", ""))
    planted = " Daerah terburuk, kata C:\\Users\\who.</caption>"
    page["text/html"] = page["text/html"].replace("</caption>", planted, 1)
    path = tmp_path / FORMATS[name].file
    path.write_bytes(FORMATS[name].write(notebook, Appearance()))
    assert any("terburuk" in said for said in scan.judged(path)) and scan.traces(path) != []


def test_no_message_judges_a_region_in_either_language():
    found = {m: hits for m, told in catalogue().items() if (hits := words.said(f"{m}\n{told}"))}
    assert found == {}


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_no_output_of_a_study_judges_a_region(path):
    assert words.said(_outputs(path)) == []


@pytest.mark.parametrize(
    "text",
    ["Kota Blitar is the worst", "a clean region", "daerah terburuk", "kabupaten paling korup",
     "pemerintah yang bersih", "a corrupt city", "Daerah TERKORUP"],
)  # fmt: skip
def test_a_banned_word_planted_is_found(text):
    assert words.said(f"Satu kalimat. {text}, menurut angka.")


@pytest.mark.parametrize(
    "text", ["KPK, Komisi Pemberantasan Korupsi", "Kota Antikorupsi", "anti-corruption pilots",
             "Zona Integritas, Wilayah Birokrasi Bersih dan Melayani"],
)  # fmt: skip
def test_names_that_others_gave_are_no_judgement(text):
    assert words.said(text) == []


def test_traces_planted_are_found():
    planted = "/home/somebody/x", "ghp_" + "a1" * 18, "C:\\Users\\who", "AKIA" + "A1" * 8
    assert all(words.traces(f"text {each} text") for each in planted)
    assert words.traces("written by somebody here", "somebody") == ["somebody"]
