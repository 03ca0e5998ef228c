"""Reports made once for every test of this room, and a way to look at what a page shows."""

import csv
import json
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from bleach._vendor import html5lib
from bs4 import BeautifulSoup, Tag

from anticorruption import regions
from anticorruption.language import Language
from anticorruption.reporting import batch, display, execution
from anticorruption.reporting.formats import FORMATS, Appearance
from anticorruption.reporting.html import ReportExporter
from tests.conftest import DATA

#: Key of each report made for the tests: region and language.
WANTED = {
    "blitar": ("35.72", "id"),
    "mataram": ("52.71", "id"),
    "payakumbuh": ("13.76", "id"),
    "boyolali": ("33.09", "id"),
    "jatim": ("35", "id"),
    "tolikara": ("95.04", "id"),
    "blitar-en": ("35.72", "en"),
}
COMPARISON = "comparison"
REPORTS = (*WANTED, COMPARISON)

#: Elements that can run, load or lead away by themselves.
DANGEROUS = {
    "script", "iframe", "object", "embed", "form", "link", "base", "svg", "math", "frame",
    "frameset", "applet", "audio", "video", "source", "track", "input", "button", "textarea",
    "select", "template", "noscript", "portal", "area", "map",
}  # fmt: skip
#: Attributes through which a page can load or lead somewhere.
ADDRESSES = {
    "href", "src", "srcset", "action", "formaction", "data", "background", "poster", "ping",
    "xlink:href", "cite", "longdesc", "manifest",
}  # fmt: skip

HOSTILE = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.example/pixel.png'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='https://evil.example'></object>",
    "<embed src='https://evil.example'>",
    "<form action='https://evil.example'><input name=a></form>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<style>body{background:url(https://evil.example)}</style>",
    "<a href='javascript:alert(1)'>press</a>",
    "<a href=' java\tscript:alert(1)'>press</a>",
    "[press](javascript:alert(1))",
    "![press](https://evil.example/pixel.png)",
    "<details open ontoggle=alert(1)>",
    "<p style='position:fixed' onclick=alert(1)>",
    "<!-- --><b onmouseover=alert(1)>bold</b>",
    "--><script>alert(1)</script><!--",
    "<![CDATA[<script>alert(1)</script>]]>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    '"><script>alert(1)</script>',
    "`onerror=alert(1)`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "{{7*7}}",
    "{{ config }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{# nothing #}",
    "{0} {name} {} {text.__class__}",
    "%(name)s %s %d",
    "${HOME} $(id) `id`",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"https://evil.example\";\"press\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-1-1",
    "../../../../etc/passwd",
    "..\\..\\windows\\system32",
    "CON",
    "'; DROP TABLE regions; --",
    '"; import os; os.system("id")',
    "\u202eabc\u202c",
    "\u200fשלום\u200e",
    "zero\u200bwidth\ufeff",
    "bell\x07escape\x1b[31m",
    "tab\tand\x0bvertical",
    "A" * 300,
    "é̃ 🌴 ½ İstanbul ß",
    "[1]",
    "# heading\n- item",
    "|a|b|\n|-|-|",
    "<b>bold</b> & <i>more</i>",
    "<",
)  # fmt: skip


def batches(texts) -> list[tuple[str, ...]]:
    """Texts ten at a time: a page for each text would take as long as all else together."""
    return [tuple(texts[start : start + 10]) for start in range(0, len(texts), 10)]


class Made:
    """A report with its two files, opened on demand."""

    def __init__(self, job: batch.Job):
        self.job, self.folder = job, job.folder

    @cached_property
    def html(self) -> str:
        """Text of the page."""
        return (self.folder / batch.PAGE).read_text(encoding="utf-8")

    @cached_property
    def notebook(self) -> dict:
        """Content of the executed notebook."""
        return json.loads((self.folder / batch.NOTEBOOK).read_text(encoding="utf-8"))

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page, parsed."""
        return BeautifulSoup(self.html, "html.parser")

    @cached_property
    def places(self) -> dict[str, list[Tag]]:
        """Elements of the page by the name of their place, all that share it."""
        found: dict[str, list[Tag]] = {}
        for element in self.soup.find_all(id=True):
            found.setdefault(element["id"], []).append(element)
        return found

    @cached_property
    def text(self) -> str:
        """What a reader reads, runs of blanks drawn together."""
        return flat(self.soup.main)

    def tables(self, caption: str) -> list[Tag]:
        """Tables whose caption holds a text."""
        return [t for t in self.soup.find_all("table") if caption in t.caption.get_text()]

    def rows(self, caption: str) -> list[list[str]]:
        """Cells of the body of the only table whose caption holds a text."""
        (table,) = self.tables(caption)
        return [
            [flat(cell) for cell in row.find_all(["th", "td"])]
            for row in table.tbody.find_all("tr")
        ]

    def records(self, caption: str) -> list[dict[str, str]]:
        """Rows of :meth:`rows` by the heading of their column, the first of equal headings."""
        (table,) = self.tables(caption)
        headings = [flat(cell) for cell in table.thead.find_all("th")]
        pairs = [list(zip(headings, row, strict=True)) for row in self.rows(caption)]
        return [dict(reversed(row)) for row in pairs]

    def section(self, heading: str) -> list[Tag]:
        """Elements between a heading of level 2 and the next one."""
        (start,) = [h for h in self.soup.find_all("h2") if flat(h) == heading]
        found = []
        for element in start.find_next_siblings():
            if element.name == "h2":
                break
            found.append(element)
        return found

    def address(self, cite: Tag) -> str | None:
        """Address that a numbered source mark leads to, None if the source has none."""
        link = self.places[cite["href"].removeprefix("#")][0].a
        return link["href"] if link else None


def flat(element: Tag) -> str:
    """Text of an element, runs of blanks drawn together."""
    return " ".join(element.get_text().split())


@dataclass
class Shown:
    """What a page has shown so far, instead of showing it in a notebook."""

    bundles: list

    def notebook(self) -> nbformat.NotebookNode:
        """Notebook whose only cell has everything shown as its outputs."""
        cell = nbformat.v4.new_code_cell("")
        cell.outputs = [
            nbformat.v4.new_output("display_data", data=data, metadata=metadata)
            for data, metadata in self.bundles
        ]
        return nbformat.v4.new_notebook(cells=[cell])

    def html(self) -> str:
        """Page of the report."""
        return ReportExporter().from_notebook_node(self.notebook())[0]

    def soup(self) -> BeautifulSoup:
        """Page of the report, parsed."""
        return BeautifulSoup(self.html(), "html.parser")

    def play(self, template: str, **parameters) -> None:
        """Run the cells of a template in this process."""
        notebook = nbformat.read(execution.template(template), as_version=4)
        names: dict = {}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
                if "parameters" in cell.metadata.get("tags", []):
                    names |= parameters


@pytest.fixture
def shown(monkeypatch) -> Shown:
    """Collects what :class:`anticorruption.reporting.display.Page` shows."""
    collected = Shown([])

    def display_data(data, *, raw=False, metadata=None):
        assert raw
        collected.bundles.append((data, metadata or {}))

    monkeypatch.setattr(display, "display", display_data)
    return collected


@pytest.fixture
def page(national_2025, shown) -> display.Page:
    """Empty page in English over the real release."""
    return display.Page(national_2025.release, Language("en"))


@pytest.fixture(scope="session")
def made(national_2025, tmp_path_factory) -> dict[str, Made]:
    """Reports made by real kernels, two at a time, once a session."""
    out = tmp_path_factory.mktemp("reports")
    jobs = {
        key: batch.region_job(national_2025, code, Language(language), out / language)
        for key, (code, language) in WANTED.items()
    }
    codes = batch.pilots(national_2025.release, 2025)
    jobs[COMPARISON] = batch.comparison_job(national_2025, codes, Language("id"), out / "id")
    outcomes = batch.make(list(jobs.values()), workers=2)
    assert [outcome.problem for outcome in outcomes] == [None] * len(jobs)
    return {key: Made(job) for key, job in jobs.items()}


@pytest.fixture(scope="session")
def every_format(made, tmp_path_factory) -> dict[str, Path]:
    """Folders of two reports and the comparison, with files of more formats beside their own."""
    found = {}
    more = {"blitar": ("pdf", "docx", "xlsx"), "jatim": (), COMPARISON: ("xlsx",)}
    for key, names in more.items():
        found[key] = tmp_path_factory.mktemp(key)
        for path in made[key].folder.glob("report.*"):
            shutil.copy(path, found[key])
        notebook = nbformat.read(found[key] / batch.NOTEBOOK, as_version=4)
        for name in names:
            written = FORMATS[name].write(notebook, Appearance())
            (found[key] / FORMATS[name].file).write_bytes(written)
    return found


@pytest.fixture
def report(made, request) -> Made:
    """One of the reports, by its key; for indirect parameters."""
    return made[request.param]


@pytest.fixture(scope="session")
def printed() -> list[dict[str, str] | None]:
    """Lines of ``observations.csv`` as a plain reader sees them; line 2 is at place 2."""
    with (DATA / "observations.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        lines: list = [None, None]
        for record in reader:
            # a record of several lines would make line and record drift apart
            assert reader.line_num == len(lines)
            lines.append(dict(zip(header, record, strict=True)))
    return lines


@pytest.fixture(scope="session")
def documents() -> dict[str, dict[str, str]]:
    """Records of ``sources.csv`` by their id."""
    return _by_id("sources", "source_id")


@pytest.fixture(scope="session")
def codebook() -> dict[str, dict[str, str]]:
    """Records of ``measures.csv`` by their id."""
    return _by_id("measures", "measure_id")


def _by_id(table: str, key: str) -> dict[str, dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return {record[key]: record for record in csv.DictReader(file)}


def parsed_as_by_a_browser(html: str) -> ElementTree.Element:
    """Tree that a browser would build of a page, mended as browsers mend it."""
    return html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)


def assert_harmless(html: str, own: frozenset[str] = frozenset()) -> ElementTree.Element:
    """Fail if a page can run something or load something from elsewhere.

    ``own`` names elements that the page may have of its own, such as the controls of a search.
    """
    tree = parsed_as_by_a_browser(html)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.rpartition("}")[2].lower()
        assert tag not in DANGEROUS - own, ElementTree.tostring(element)[:200]
        for name, value in element.attrib.items():
            name = str(name).lower()
            assert not name.startswith("on") and name != "style", (tag, name, value)
            if name in ADDRESSES:
                _assert_leads_nowhere_bad(tag, name, value)
        if tag == "meta":
            assert element.get("http-equiv", "Content-Security-Policy") == "Content-Security-Policy"
    assert len(list(tree.iter("style"))) == 1
    return tree


def _assert_leads_nowhere_bad(tag: str, name: str, value: str) -> None:
    if tag == "use":
        assert value.startswith("#"), value[:80]
    elif tag == "img":
        assert name == "src" and value.startswith("data:image/"), (tag, name, value[:80])
    else:
        # browsers pass over control characters and blanks in an address
        plain = re.sub(r"[\x00-\x20]", "", value)
        scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", plain)
        bad = scheme and scheme.group(1).lower() not in ("http", "https")
        assert (tag, name) == ("a", "href") and not bad, (tag, name, value[:80])


def folder_of(code: str, out: Path) -> Path:
    """Where a region's report of edition 2025 goes."""
    return out / "2025" / f"{code}-{regions.slug(code)}"
