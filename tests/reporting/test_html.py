"""The page: self-contained, harmless, readable aloud, on a phone and on paper."""

import base64
import hashlib
import re
from importlib.metadata import entry_points
from itertools import pairwise

import nbconvert
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from anticorruption.language import Language
from anticorruption.reporting import html, index
from anticorruption.reporting.html import ReportExporter
from tests.reporting.conftest import (
    HOSTILE,
    REPORTS,
    assert_harmless,
    batches,
    parsed_as_by_a_browser,
)

each_report = pytest.mark.parametrize("report", REPORTS, indirect=True)

#: What people who write notebooks of their own may put into their prose.
MARKDOWN = (
    *HOSTILE,
    "[press](<javascript:alert(1)>)",
    "[press](JaVaScRiPt:alert(1))",
    "[press](&#106;avascript:alert(1))",
    "[press](java&Tab;script:alert(1))",
    "[press](data:text/html;base64,PHNjcmlwdD4=)",
    "[press][1]\n\n[1]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![press](https://evil.example/pixel.png 'title')",
    "![press][1]\n\n[1]: https://evil.example/pixel.png",
    "$$\\href{javascript:alert(1)}{press}$$",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "<div\n onclick=alert(1)\n>x</div>",
    "<a href=https://evil.example target=_blank ping=https://evil.example>x</a>",
    "<table background='https://evil.example/x.png'><tr><td>x</td></tr></table>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
)


def page_of(*cells, **metadata) -> str:
    notebook = new_notebook(cells=list(cells), metadata=metadata)
    return ReportExporter().from_notebook_node(notebook)[0]


def cell_with(*outputs) -> nbformat.NotebookNode:
    cell = new_code_cell("print('the code stays out')")
    cell.outputs = list(outputs)
    return cell


def shown_as(kind: str, content: str, **metadata) -> nbformat.NotebookNode:
    return cell_with(new_output("display_data", data={kind: content}, metadata=metadata))


# The reports


@each_report
def test_reports_are_harmless_to_open(report):
    assert_harmless(report.html)


@each_report
def test_the_policy_forbids_all_but_the_pages_own_style_and_pictures(report):
    style, policy = policy_and_style(report.html)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert directives(policy) == {
        "default-src": ["'none'"],
        "img-src": ["data:"],
        "style-src": [f"'sha256-{digest}'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    assert "url(" not in style and "@import" not in style


def policy_and_style(page: str) -> tuple[str, str]:
    """Policy and style of a page, whose style must not come before its policy."""
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    tree = parsed_as_by_a_browser(page)
    head = [element for element in tree.find("head") if isinstance(element.tag, str)]
    (policy,) = [e for e in head if e.get("http-equiv") == "Content-Security-Policy"]
    assert head.index(policy) < head.index(tree.find("head/style"))
    return style, policy.get("content")


def directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";")]
    return {name: values for name, *values in parts}


@each_report
def test_pages_fit_a_phone_and_paper(report):
    viewport = report.soup.find("meta", attrs={"name": "viewport"})
    assert viewport["content"] == "width=device-width, initial-scale=1"
    assert "@media print" in report.html and "size: A4" in report.html


@each_report
def test_pages_name_their_language_and_title(report):
    language = report.job.parameters["language"]
    assert report.soup.html["lang"] == language
    assert report.soup.title.get_text() == report.job.about["title"] == report.soup.h1.get_text()
    assert report.soup.find("meta", charset=True)["charset"] == "utf-8"


@each_report
def test_headings_go_down_one_step_at_a_time_from_one_title(report):
    levels = [int(h.name[1]) for h in report.soup.find_all(re.compile(r"h[1-6]"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each_report
def test_pictures_can_be_heard(report):
    pictures = report.soup.find_all("img")
    assert len(pictures) >= 2
    for picture in pictures:
        assert len(picture["alt"]) > 20 and re.search(r"\d", picture["alt"])
        assert picture["src"].startswith("data:image/svg+xml;base64,")
        assert b"<svg" in base64.b64decode(picture["src"].partition(",")[2])


@each_report
def test_tables_have_a_caption_and_headings_with_a_scope(report):
    for table in report.soup.find_all("table"):
        assert table.caption.get_text().strip()
        assert table.find("caption") == next(iter(table.find_all(True)))
        headings = table.thead.find_all("th")
        assert headings and all(th["scope"] == "col" and th.get_text() for th in headings)
        for row in table.tbody.find_all("tr"):
            cells = row.find_all(["th", "td"])
            assert len(cells) == len(headings)
            assert cells[0].name == "th" and cells[0]["scope"] == "row"


@each_report
def test_every_name_of_a_place_on_the_page_stands_once(report):
    names = [element["id"] for element in report.soup.find_all(id=True)]
    assert len(names) == len(set(names))
    wanted = {a["href"][1:] for a in report.soup.find_all("a") if a["href"].startswith("#")}
    assert wanted <= set(names)


@each_report
def test_links_to_elsewhere_tell_nothing_about_the_reader(report):
    outward = [a for a in report.soup.find_all("a") if not a["href"].startswith("#")]
    assert outward and all(set(a["rel"]) >= {"noopener", "noreferrer"} for a in outward)
    assert report.soup.find("meta", attrs={"name": "referrer"})["content"] == "no-referrer"


@each_report
def test_no_code_and_no_prose_for_notebook_readers_is_in_the_page(report):
    assert "page.table" not in report.html and "papermill" not in report.html
    assert "import " not in report.text


# Notebooks that somebody else wrote


@pytest.mark.parametrize("texts", batches(MARKDOWN))
def test_prose_and_rich_outputs_of_any_notebook_are_made_harmless(texts):
    cells = [new_markdown_cell("# Mine")]
    for text in texts:
        cells += [
            new_markdown_cell(f"before\n\n{text}\n\nafter"),
            shown_as("text/markdown", text),
            shown_as("text/html", text),
        ]
    tree = assert_harmless(page_of(*cells, new_markdown_cell("last words")))
    assert "Mine" in "".join(tree.itertext()) and "last words" in "".join(tree.itertext())
    for link in tree.iter("a"):
        assert "javascript:" not in link.get("href", ""), link.attrib


def test_mathematics_of_templates_is_not_worked_out():
    page = page_of(new_markdown_cell("{{1234+1}} ${1234+1} #{1234+1} {% set x=1234+1 %}"))
    assert "1235" not in page and "{{1234+1}} ${1234+1}" in page


@pytest.mark.parametrize("texts", batches(HOSTILE))
def test_plain_outputs_and_errors_are_text(texts):
    cells = [
        cell_with(
            new_output("stream", name="stdout", text=text),
            new_output("display_data", data={"text/plain": text}),
            new_output("error", ename=text, evalue=text, traceback=[text]),
            new_output(
                "display_data", data={"image/png": text}, metadata={"image/png": {"alt": text}}
            ),
        )
        for text in texts
    ]
    tree = assert_harmless(page_of(*cells))
    assert len(list(tree.iter("pre"))) == 3 * len(texts)
    assert not list(tree.iter("a")) and not list(tree.iter("b"))
    pictures = list(tree.iter("img"))
    assert len(pictures) == len(texts)
    assert all(set(picture.attrib) == {"alt", "src"} for picture in pictures)


def test_metadata_of_a_notebook_cannot_reach_the_page_as_markup():
    for text in HOSTILE[::4]:
        about = {"title": text, "language": text, "footer": text}
        tree = assert_harmless(page_of(anticorruption=about))
        assert set(tree.attrib) == {"lang"} and len(tree.find("body")) == 2


def test_kinds_that_run_are_left_out():
    page = page_of(
        shown_as("application/javascript", "alert(1)"),
        shown_as("application/vnd.jupyter.widget-view+json", "alert(2)"),
        shown_as("text/latex", "\\input{alert(3)}"),
    )
    assert "alert" not in page
    assert_harmless(page)


def test_a_picture_that_holds_a_script_is_only_ever_a_picture():
    page = page_of(shown_as("image/svg+xml", "<svg xmlns='x'><script>alert(1)</script></svg>"))
    tree = assert_harmless(page)
    assert tree.find(".//img").get("src").startswith("data:image/svg+xml;base64,")
    assert "alert" not in page


def test_warnings_on_the_error_stream_stay_out_of_the_page():
    page = page_of(cell_with(new_output("stream", name="stderr", text="/home/x/y.py: careful")))
    assert "careful" not in page


def test_the_richest_harmless_kind_of_an_output_is_shown():
    both = new_output("display_data", data={"text/html": "<b>rich</b>", "text/plain": "poor"})
    page = page_of(cell_with(both))
    assert "<b>rich</b>" in page and "poor" not in page


def test_cells_for_notebook_readers_stay_out():
    cell = new_markdown_cell("for readers of the notebook")
    cell.metadata["tags"] = [html.NOTEBOOK_ONLY]
    assert "for readers" not in page_of(cell, new_markdown_cell("# For all"))


def test_a_notebook_without_metadata_takes_its_title_from_its_heading():
    page = page_of(new_markdown_cell("# What is <asked>\nmore"), new_markdown_cell("# Second"))
    assert parsed_as_by_a_browser(page).find("head/title").text == "What is <asked>"
    assert "<title>Report</title>" in page_of(new_markdown_cell("no heading"))


def test_prose_keeps_its_tables_lists_and_links():
    text = "|a|b|\n|-|-|\n|1|2|\n\n- one\n\n[there](https://example.org/x?a=1&b=2) **bold** `code`"
    tree = parsed_as_by_a_browser(page_of(new_markdown_cell(text)))
    body = tree.find("body")
    assert body.find(".//table") is not None and body.find(".//li").text == "one"
    assert body.find(".//a").get("href") == "https://example.org/x?a=1&b=2"
    assert body.find(".//strong").text == "bold" and body.find(".//code").text == "code"


# nbconvert finds the exporter


def test_nbconvert_knows_the_exporter_by_name():
    (found,) = entry_points(group="nbconvert.exporters", name="anticorruption-html")
    assert found.load() is ReportExporter
    assert nbconvert.get_exporter("anticorruption-html") is ReportExporter


def test_nbconvert_exports_a_notebook_of_ones_own(tmp_path):
    own = new_notebook(cells=[new_markdown_cell("# Mine\n<script>alert(1)</script>")])
    nbformat.write(own, tmp_path / "mine.ipynb")
    exporter = nbconvert.get_exporter("anticorruption-html")()
    page, _ = exporter.from_filename(str(tmp_path / "mine.ipynb"))
    assert exporter.file_extension == ".html" and exporter.output_mimetype == "text/html"
    assert "".join(assert_harmless(page).find("head/title").itertext()) == "Mine"


def test_the_index_has_the_same_policy(national_2025, tmp_path):
    page = index.write(national_2025, Language("en"), tmp_path).read_text(encoding="utf-8")
    style, policy = policy_and_style(page)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert directives(policy)["style-src"] == [f"'sha256-{digest}'"]
    assert directives(policy)["default-src"] == ["'none'"]
    tree = assert_harmless(page, frozenset({"input", "select", "button", "form", "svg", "script"}))
    runs = [each for each in tree.iter("script") if each.get("type") != "application/json"]
    digest = base64.b64encode(hashlib.sha256(runs[0].text.encode()).digest()).decode()
    assert len(runs) == 1 and directives(policy)["script-src"] == [f"'sha256-{digest}'"]
