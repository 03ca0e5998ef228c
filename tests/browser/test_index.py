"""The index as a browser shows it: found, chosen, put in order, opened, with every kind of hand."""

import json
import random

import pytest
from axe_playwright_python.sync_playwright import Axe

from anticorruption import regions, tables
from anticorruption.language import Language
from anticorruption.programme.screening import NOT_MET, UNKNOWN
from anticorruption.reporting import index, manifest

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
BLITAR = "35.72-kota-blitar"
MADE = {"33.72": "33.72-kota-surakarta", "35.72": BLITAR, "11": "11-provinsi-aceh"}


@pytest.fixture(scope="module")
def site(national_2025, tmp_path_factory):
    """Index over a few reports, each a page of one line."""
    out = tmp_path_factory.mktemp("site")
    for folder in (*MADE.values(), "comparison"):
        (out / "2025" / folder).mkdir(parents=True)
        page = f"<!doctype html><html lang='en'><title>{folder}</title><p>{folder}"
        (out / "2025" / folder / "report.html").write_text(page, encoding="utf-8")
        (out / "2025" / folder / "report.pdf").write_bytes(b"%PDF" * 500)
        listed = {"kind": manifest.REPORT, "files": {"report.html": "0", "report.pdf": "0"}}
        (out / "2025" / folder / manifest.NAME).write_text(json.dumps(listed), encoding="utf-8")
    return index.write(national_2025, Language("id"), out)


@pytest.fixture
def opened(page, site):
    """The index in a desktop window; a complaint or another request fails the test."""
    page.set_viewport_size(DESKTOP)
    page.goto(site.as_uri())
    yield page
    assert page.complaints == []
    assert {address.split("#")[0] for address in page.asked} <= {
        site.as_uri(), *((site.parent / f / "report.html").as_uri() for f in MADE.values()),
    }  # fmt: skip


def shown(page) -> list[str]:
    """Codes of the lines in sight, in their order."""
    return page.eval_on_selector_all(
        "#list li", "lines => lines.filter(l => l.checkVisibility()).map(l => l.id.slice(1))"
    )


def headings(page) -> list[str]:
    return page.eval_on_selector_all("#list h3", "all => all.map(h => h.textContent)")


def lit(page) -> list[str]:
    """Codes of the hexagons that are not dimmed."""
    return page.eval_on_selector_all("#hexagons a:not(.dim)", "all => all.map(a=>a.dataset.code)")


def violations(page) -> list:
    found = Axe().run(page).response["violations"]
    return [(v["id"], [node["html"][:120] for node in v["nodes"][:3]]) for v in found]


def test_everything_is_there_at_first(opened):
    assert shown(opened) == sorted(regions.governments().index)
    assert len(lit(opened)) == 508 and opened.inner_text("#status") == "546 dari 546 daerah"
    assert not opened.is_visible(".plain")


#: What is typed, the region that comes first, and how many are found.
SEARCHES = [
    ("Solo", "33.72", 4),
    ("  kota SURAKARTA ", "33.72", 1),
    ("Pemkot Solo", "33.72", 2),
    ("3372", "33.72", 1),
    ("33.72", "33.72", 1),
    ("35.7", "35.71", 9),
    ("Kulonprogo", "34.01", 1),
    ("KAB. KULON PROGO", "34.01", 1),
    ("blitar", "35.05", 2),
    ("blitar city", "35.72", 1),
    ("DKI Jakarta", "31", 1),
    ("Kota Baru", "63.02", 3),
    ("Jakarta Selatan", "31", 1),
]


def test_a_region_is_found_by_name_code_or_other_name(opened):
    for asked, first, count in SEARCHES:
        opened.fill("#q", asked)
        found = shown(opened)
        assert (found[0], len(found)) == (first, count), asked
        assert headings(opened) == ["Ditemukan, yang paling cocok lebih dahulu"]
        assert opened.inner_text("#status") == f"{len(found)} dari 546 daerah"
        assert not opened.is_visible("#overview") and set(lit(opened)) == set(found) - {"31"}


def test_the_page_reads_names_as_the_library_does(opened):
    names = [*tables.read("region_aliases")["alias"], *regions.governments()["name_ind"]]
    chosen = random.Random(5).sample(names, 60)
    meant = {name: found for name in chosen if isinstance(found := regions.resolve(name), str)}
    assert len(meant) > 50
    closest = opened.evaluate(
        """names => names.map(name => {
            document.getElementById("q").value = name;
            document.getElementById("q").dispatchEvent(new Event("input"));
            return [...document.querySelectorAll("#list li")].slice(0, 3).map(l => l.id.slice(1));
        })""",
        list(meant),
    )
    governed = regions.table()["has_government"]
    for (name, code), found in zip(meant.items(), closest, strict=True):
        assert (code if governed[code] else code[:2]) in found, name


def test_nothing_found_says_what_to_do_and_clear_brings_all_back(opened):
    opened.fill("#q", "Atlantis")
    assert shown(opened) == [] and "Tidak ada daerah yang cocok" in opened.inner_text("#status")
    opened.click("#reset")
    assert len(shown(opened)) == 546 and opened.is_visible("#overview")
    assert opened.evaluate("document.activeElement.id") == "q"


def test_choices_narrow_list_and_map_together(opened, national_2025):
    answers = national_2025.verdicts["answer"]
    local = regions.governments("local")
    opened.select_option("#province", "35")
    opened.select_option("#level", "kota")
    own = local.index[(local["province_code"] == "35") & (local["level"] == "kota")]
    assert shown(opened) == lit(opened) == sorted(own)
    for answer in (UNKNOWN, NOT_MET):
        opened.select_option("#answer", answer)
        assert shown(opened) == sorted(own[answers[own] == answer])
    opened.click("#reset")
    opened.check("#pilot")
    assert shown(opened) == ["13.76", "33.72", "34.01", "35.72", "51.03", "52.71", "71.07"]
    opened.check("#made")
    assert shown(opened) == ["33.72", "35.72"]
    opened.uncheck("#pilot")
    assert shown(opened) == sorted(MADE)
    opened.select_option("#answer", "not_screened")
    assert shown(opened) == ["11"]


def test_orders_are_by_name_kind_or_answer(opened, national_2025):
    keys = {code: known[0] for code, known in regions.known_keys().items()}
    opened.select_option("#order", "name")
    found = shown(opened)
    assert found == sorted(found, key=lambda code: (keys[code], code)) and len(found) == 546
    assert headings(opened) == ["Semua daerah menurut nama"]
    opened.select_option("#order", "level")
    assert headings(opened) == ["Provinsi", "Kabupaten", "Kota"]
    opened.select_option("#order", "answer")
    assert headings(opened) == ["✗ tidak terpenuhi", "? tidak diketahui", "– tidak disaring"]
    answers = national_2025.verdicts["answer"]
    assert shown(opened)[: (answers == NOT_MET).sum()] == sorted(answers.index[answers == NOT_MET])
    opened.select_option("#order", "province")
    assert shown(opened) == sorted(found) and len(headings(opened)) == 38


def test_a_report_opens_from_the_list_and_from_the_map(opened):
    opened.fill("#q", "blitar")
    opened.click("#r35\\.72 a.name")
    assert opened.title() == BLITAR
    opened.go_back()
    opened.fill("#q", "")
    opened.hover("#hexagons a[data-code='33.72']")
    assert "Kota Surakarta · 33.72" in opened.inner_text("#spot")
    opened.click("#hexagons a[data-code='33.72']")
    assert opened.title() == MADE["33.72"]


def test_a_hexagon_without_a_report_leads_to_its_line(opened):
    opened.click("#hexagons a[data-code='35.73']")
    assert opened.url.endswith("#r35.73")
    line = opened.locator("#r35\\.73").bounding_box()
    assert 0 <= line["y"] < DESKTOP["height"]


def test_the_way_with_keys_alone(opened):
    focus = "document.activeElement.id || document.activeElement.className.baseVal || ''"
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "regions"
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "Provinsi Aceh"
    opened.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    opened.reload()
    stops = []
    while len(stops) < 20 and "reset" not in stops:
        opened.keyboard.press("Tab")
        stops.append(opened.evaluate(focus))
        ring = opened.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none", stops
    assert stops[-8:] == [
        "q", "province", "level", "answer", "order", "pilot", "made", "reset",
    ]  # fmt: skip
    # Two files of the comparison, then the map: one stop, arrows go on from there.
    for _ in range(3):
        opened.keyboard.press("Tab")
    code = "document.activeElement.dataset.code"
    start = opened.evaluate(code)
    opened.keyboard.press("ArrowRight")
    beside = opened.evaluate(code)
    assert start != beside and regions.name(beside) in opened.inner_text("#spot")
    assert opened.get_attribute("#ring", "visibility") == "visible"
    opened.keyboard.press("ArrowLeft")
    assert opened.evaluate(code) == start
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.tagName") == "SUMMARY"
    opened.focus("#q")
    opened.keyboard.type("solo")
    for _ in range(8):
        opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "Kota Surakarta"
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/report.html")
    assert opened.title() == MADE["33.72"]


def test_arrow_keys_reach_every_hexagon(opened):
    reached = opened.evaluate(
        """() => {
            const all = [...document.querySelectorAll("#hexagons a")];
            const seen = new Set([all[0]]), todo = [all[0]];
            while (todo.length) {
                const from = todo.pop();
                for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
                    from.focus();
                    from.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
                    const to = document.activeElement;
                    if (!seen.has(to)) { seen.add(to); todo.push(to); }
                }
            }
            return seen.size;
        }"""
    )
    assert reached == 508


@pytest.mark.parametrize("asked", ["", "kepulauan"])
def test_a_phone_scrolls_in_one_direction(opened, asked):
    opened.set_viewport_size(PHONE)
    opened.fill("#q", asked)
    assert opened.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    widest = opened.eval_on_selector_all(
        "main > :not(figure), #list li, #controls *",
        "all => Math.max(...all.map(e => e.getBoundingClientRect().right))",
    )
    assert widest <= PHONE["width"]
    if asked:
        first = opened.locator("#list li").first.bounding_box()["y"]
        assert first - opened.locator("#q").bounding_box()["y"] < PHONE["height"]


def test_without_scripts_it_is_a_plain_list(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.as_uri())
    lines = page.locator("#list li")
    assert lines.count() == 546 and all(line.is_visible() for line in lines.all()[::50])
    assert page.locator("#list h3").count() == 38
    assert not page.is_visible("#controls") and page.is_visible(".plain")
    page.click(".plain a >> text=Jawa Timur")
    assert page.url.endswith("#p35")
    page.click(f"#list a[href='./{BLITAR}/report.html'] >> nth=0")
    assert page.title() == BLITAR
    context.close()


def test_nothing_but_the_own_script_runs(page, site):
    page.goto(site.as_uri())
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            const picture = document.createElement("img");
            picture.src = "https://example.invalid/x.png";
            document.body.append(picture);
        }"""
    )
    page.wait_for_timeout(50)
    assert page.evaluate("window.ran") is None
    assert len(page.complaints) >= 2 and all("Content" in told for told in page.complaints)


@pytest.mark.parametrize(
    ("window", "asked"), [(DESKTOP, ""), (PHONE, "blitar")], ids=["desktop", "phone"]
)
def test_axe_finds_no_violation(browser, site, window, asked):
    # The tool is a script of its own, which the page's policy rightly keeps out.
    context = browser.new_context(bypass_csp=True, viewport=window)
    page = context.new_page()
    page.goto(site.as_uri())
    page.click("summary")
    page.select_option("#province", "35")
    page.fill("#q", asked)
    assert violations(page) == []
    context.close()
