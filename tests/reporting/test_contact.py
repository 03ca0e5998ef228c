"""A region can answer: every page says whose figures it shows, of which release, and how to object.

``make pages`` looks at a page for every government (:mod:`tests.assurance.pages`); here it is one
of each kind, and the studies.
"""

import nbformat
import pytest

from anticorruption.reporting.html import ReportExporter
from tests.assurance import pages
from tests.paths import ROOT
from tests.reporting.conftest import REPORTS

STUDIES = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


@pytest.mark.parametrize("report", REPORTS, indirect=True)
def test_every_report_names_sources_release_and_where_to_object(report, release_2026):
    assert pages.lacking(report.html, release_2026.name) == []


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_study_names_sources_release_and_where_to_object(path, release_2026):
    html, _ = ReportExporter().from_notebook_node(nbformat.read(path, as_version=4))
    assert pages.lacking(html, release_2026.name) == []


@pytest.mark.parametrize(
    ("taken", "missing"),
    [("source-", "sources"), ("2026.11", "data release"), ("CONTRIBUTING.md", "where to object")],
)
def test_what_is_missing_is_named(made, release_2026, taken, missing):
    html = made["tolikara"].html.replace(taken, "")
    assert missing in pages.lacking(html, release_2026.name)


def test_a_page_that_runs_something_is_named(made, release_2026):
    html = made["tolikara"].html.replace("</main>", "<script>alert(1)</script></main>")
    assert pages.lacking(html, release_2026.name) == ["nothing that runs"]
