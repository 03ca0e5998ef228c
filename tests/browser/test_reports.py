"""Reports as a browser shows them: for readers with and without sight, on a desk and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.reporting.conftest import Shown, shown

__all__ = ["shown"]

PAGES = {
    "region": ("report-region", {"region_code": "35.72", "edition": 2025, "language": "id"}),
    "comparison": (
        "report-comparison",
        {"region_codes": ["35.72", "52.71"], "edition": 2025, "language": "id"},
    ),
}


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_no_violation_and_nothing_is_complained_of(browser, shown: Shown, kind, tmp_path):
    template, parameters = PAGES[kind]
    shown.play(template, **parameters)
    file = tmp_path / "report.html"
    file.write_text(shown.html(), encoding="utf-8")
    # The tool is a script of its own, which the page's policy rightly keeps out.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    complaints, asked = [], []
    page.on("console", lambda told: complaints.append(told.text))
    page.on("request", lambda request: asked.append(request.url))
    # On a phone the tables have to be scrolled, which is where keyboards are forgotten.
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"][:3]]) for v in found] == []
    assert complaints == [] and {address for address in asked if "data:" not in address} == {
        file.as_uri()
    }
    context.close()
