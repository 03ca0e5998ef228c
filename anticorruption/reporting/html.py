"""A report as one HTML file: self-contained, without scripts, safe to open and to print."""

import base64
import hashlib
import re
from pathlib import Path

import bleach
import nbformat
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets import Bool, default

from anticorruption.language import DEFAULT, LANGUAGES, Language
from anticorruption.reporting.documents.words import draft
from anticorruption.texts import readable

_TEMPLATES = Path(__file__).with_name("templates")
#: Cells with this tag are for readers of the notebook and stay out of the report.
NOTEBOOK_ONLY = "notebook-only"

_TAGS = {
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
}
_ANYWHERE = {"class", "id", "title", "lang"}
_PROTOCOLS = {"http", "https", "data"}
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_STYLE = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"(https?://|#)", re.IGNORECASE)


def _link(tag: str, name: str, value: str) -> bool:
    """Allow a link to a web page or inside the report; data and scripts are no addresses."""
    return name in _ANYWHERE | {"rel"} or (name == "href" and bool(_LINK.match(value)))


def _image(tag: str, name: str, value: str) -> bool:
    """Allow a picture that is embedded; one that would be loaded loses its address."""
    return name in _ANYWHERE | {"alt"} or (name == "src" and bool(_PICTURE.fullmatch(value)))


_ATTRIBUTES = {
    "*": list(_ANYWHERE),
    "a": _link,
    "img": _image,
    "div": ["tabindex"],
    "th": ["scope", "colspan", "rowspan"],
    "td": ["colspan", "rowspan"],
}


def clean(html: str) -> str:
    """Keep only markup that can neither run nor load anything.

    A style, as pandas writes it above its tables, is dropped with its text.
    """
    return bleach.clean(
        _STYLE.sub("", readable(html)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        protocols=_PROTOCOLS,
        strip=True,
        strip_comments=True,
    )


def stylesheet() -> str:
    """Style of the reports and of their index."""
    return (_TEMPLATES / "anticorruption" / "report.css").read_text(encoding="utf-8")


def content_security_policy(style: str) -> str:
    """Policy that allows the page's own style and embedded pictures, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; "
        f"form-action 'none'"
    )


class ReportExporter(TemplateExporter):
    """Exporter of executed notebooks: their outputs and prose, never their code.

    ``jupyter nbconvert --to anticorruption-html notebook.ipynb`` uses it on any notebook.
    """

    export_from_notebook = "Anticorruption report (HTML)"
    output_mimetype = "text/html"
    draft = Bool(False, help="Whether the page says that it is not final.").tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "anticorruption"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(_TEMPLATES)]

    def default_filters(self):
        """Filters of the template: nbconvert's own and ours."""
        yield from super().default_filters()
        yield "markdown2html", prose
        yield "clean", clean
        yield "embedded", _embedded
        yield "shown", _shown

    def from_notebook_node(self, nb: nbformat.NotebookNode, resources=None, **settings):
        """Write a notebook as HTML text."""
        about = nb.metadata.get("anticorruption", {})
        style = stylesheet()
        resources = self._init_resources(resources) | {
            "style": style,
            "policy": content_security_policy(style),
            "language": about.get("language", "en"),
            "title": about.get("title") or _first_heading(nb),
            "footer": about.get("footer", ""),
            "banners": _banners(about, self.draft),
        }
        return super().from_notebook_node(nb, resources, **settings)


def _banners(about: dict, is_draft: bool) -> list[str]:
    """What the page says above all else: that it is a draft, or what its data are."""
    language = about.get("language", "en")
    said = [draft(Language(language if language in LANGUAGES else DEFAULT))] if is_draft else []
    notice = str(about.get("notice") or "")
    return said + ([notice] if notice else [])


def prose(markdown: str, attachments: dict | None = None) -> str:
    """Write Markdown as HTML, without the paragraph marks that link headings to themselves.

    Pictures pasted into a cell are its ``attachments``; they are embedded.
    """
    renderer = IPythonRenderer(
        escape=False, exclude_anchor_links=True, attachments=attachments or {}
    )
    return MarkdownWithMath(renderer=renderer).render(markdown)


def _shown(cells: list) -> list:
    """Cells that belong to the report."""
    return [cell for cell in cells if NOTEBOOK_ONLY not in cell.metadata.get("tags", [])]


def _embedded(picture: str, kind: str) -> str:
    """Picture as a data address; nbformat keeps binary pictures in base64 already."""
    if kind == "image/svg+xml":
        picture = base64.b64encode(picture.encode("utf-8")).decode("ascii")
    compact = re.sub(r"\s", "", picture)
    return f"data:{kind};base64,{compact}"


def _first_heading(notebook: nbformat.NotebookNode) -> str:
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            return cell.source.splitlines()[0].removeprefix("# ")
    return "Report"
