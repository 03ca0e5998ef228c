"""Pages, pictures and notebooks: every text is there as letters, and nothing acts."""

import re

import pytest

from tests.hostile import harmless
from tests.hostile.conftest import BLITAR
from tests.hostile.texts import BORNE
from tests.reporting.conftest import ADDRESSES, DANGEROUS, parsed_as_by_a_browser

#: Pages that bear every text; the screen of the explorer and the study show fewer names.
FULL = ("comparison", BLITAR)


def pages(made) -> dict:
    found = made.report("html")
    assert len(found) == 4, sorted(found)
    return found


def test_no_page_holds_anything_that_runs_loads_or_leads_elsewhere(made):
    for name, path in pages(made).items():
        html = path.read_text(encoding="utf-8")
        said, links = harmless.page(html)
        assert all(re.match(r"https://x\d+\.example/'-alert", link) for link in links), links
        absent = harmless.missing(said, BORNE)
        assert not absent if name.startswith(FULL) else len(absent) < len(BORNE) - 4, (name, absent)


def test_the_index_finds_every_name_and_holds_none_as_markup(made):
    html = made.index.read_text(encoding="utf-8")
    tree = parsed_as_by_a_browser(html)
    assert harmless.missing("".join(tree.find("body").itertext()), BORNE) == []
    assert "default-src 'none'" in harmless.policy(tree)
    assert len(list(tree.iter("script"))) == 2 and len(list(tree.iter("style"))) == 1
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.rpartition("}")[2].lower()
        assert tag not in DANGEROUS - harmless.CONTROLS, tag
        for name, value in element.attrib.items():
            assert not str(name).lower().startswith("on") and name != "style"
            if str(name).lower() in ADDRESSES:
                assert re.match(r"#|\./[A-Za-z0-9./-]+$", value), value


def test_pictures_of_their_own_are_pictures_alone(made):
    said = [harmless.picture(path.read_text(encoding="utf-8")) for path in made.files(".svg")]
    assert len(said) >= 3
    for path in pages(made).values():
        notebook = path.with_name("report.ipynb").read_text(encoding="utf-8")
        harmless.notebook(notebook)


@pytest.mark.slow
def test_a_browser_runs_nothing_asks_for_nothing_and_finds_hostile_names(made, page):
    for path in (*pages(made).values(), made.index):
        page.goto(path.as_uri())
        assert page.evaluate("document.scripts.length") == (2 if path == made.index else 0)
        for element in page.query_selector_all("summary"):
            element.click()
        page.mouse.move(200, 200)
        page.keyboard.press("Tab")
    for text in BORNE:
        page.fill("#q", text)
    page.fill("#q", BORNE[0])
    assert page.is_visible(f"li[id='r{BLITAR}']") or page.inner_text("main")
    page.wait_for_timeout(50)
    assert page.complaints == []
    assert {a.partition("#")[0] for a in page.asked} == {
        p.as_uri() for p in (*pages(made).values(), made.index)
    }
