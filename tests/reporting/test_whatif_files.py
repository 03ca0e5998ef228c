"""A what-if screen as words and as files: whole or not at all, safe in a spreadsheet, traceable."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from PIL import Image

from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.reporting import listings, whatif, whatif_files, whatif_page
from anticorruption.reporting.display import DATA_RESOURCE, Page
from anticorruption.reporting.whatif import Choices

CHOICES = Choices("35.72", 2025, number_of_peers=4)
SCREENS = {
    "published": CHOICES,
    "own weights": replace(CHOICES, weights=(50.0, 30.0, 20.0, 0.0)),
    "bounds": replace(CHOICES, weights=(1.0, 1.0, 1.0, 1.0)),
    "refused scale": replace(CHOICES, scale="relative"),
    "withheld": Choices("33.09", 2023, number_of_peers=4),
    "two peers": replace(CHOICES, peers=("34.01", "33.72")),
    "own thresholds": replace(CHOICES, spi_threshold=68.5, mcp_rule="above", wtp_years=3),
}
SECTIONS = ("head", "scores", "criteria", "sources", "made")
TABLES = ("scores", "parts", "criteria", "answers", "counts", "pilots", "figures")


@pytest.fixture(scope="module")
def ground(national_2025):
    return whatif.ground(national_2025)


@pytest.fixture
def screen(ground):
    return lambda choices: whatif.screen(ground, choices)


def records(content: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_shows_as_many_outputs_so_that_each_is_replaced_in_place(
    screen, shown, national_2025, name
):
    page = Page(national_2025.release, Language("id"))
    counts = []
    for section in SECTIONS:
        before = len(shown.bundles)
        whatif_page.show(page, screen(SCREENS[name]), section, live=True)
        counts.append(len(shown.bundles) - before)
    assert counts == [2, 4, 6, 2, 2]
    for mime in {mime for data, _ in shown.bundles for mime in data}:
        assert "widget" not in mime and "javascript" not in mime


def test_half_a_point_of_a_threshold_is_told(screen, shown, national_2025):
    page = Page(national_2025.release, Language("en"))
    whatif_page.show(page, screen(SCREENS["own thresholds"]), "criteria")
    text = shown.html()
    assert "at least 68.5, an own threshold that nobody published" in text
    assert "WTP, 3 years running" in text


def test_a_place_never_stands_without_the_possible_ones(screen, shown, national_2025):
    for language, place in (("en", r"place [\w ]+, possible places \d+"), ("id", "peringkat yang")):
        page = Page(national_2025.release, Language(language))
        whatif_page.show(page, screen(CHOICES), "head")
        assert re.search(place, shown.html())
    page = Page(national_2025.release, Language("en"))
    _, columns, _ = whatif_page.scores_listing(page, screen(CHOICES))
    keys = [column.key for column in columns]
    assert keys[keys.index("place") :] == ["place", "place_low", "place_high"]
    assert keys[keys.index("score") :][:3] == ["score", "low", "high"]


def test_possible_places_are_told_from_their_lowest_to_their_highest(
    screen, shown, national_2025
):
    page, found = Page(national_2025.release, Language("en")), screen(CHOICES)
    own, nation = found.scores.iloc[0], found.nationwide
    among = [f"{own[end]:.0f}" for end in ("place_low", "place_high")]
    everywhere = [f"{nation[end]:.0f}" for end in ("rank_low", "rank_high")]
    assert among[0] != among[1] and everywhere[0] != everywhere[1]
    whatif_page.show(page, found, "head")
    told = re.findall(r"possible places (\d+)–(\d+)", re.sub(r"<[^>]+>", "", shown.html()))
    assert told == [tuple(among), tuple(everywhere)]
    _, alt, _ = whatif_page.scores_words(page, found)
    assert f"possible places {among[0]} to {among[1]}" in alt


def test_a_name_that_is_markup_is_escaped(screen, shown, national_2025, ground, monkeypatch):
    monkeypatch.setitem(ground._kept, ("name", "35.72", "en"), "<script>alert(1)</script>")
    page = Page(national_2025.release, Language("en"))
    for section in SECTIONS:
        whatif_page.show(page, screen(CHOICES), section, live=True)
    html = "".join(
        text for data, _ in shown.bundles for mime, text in data.items()
        if mime in ("text/html", "image/svg+xml")
    )  # fmt: skip
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_live_and_printed_screens_show_the_same(screen, shown, national_2025):
    for live in (False, True):
        page = Page(national_2025.release, Language("en"))
        for section in SECTIONS:
            whatif_page.show(page, screen(CHOICES), section, live)
    half = len(shown.bundles) // 2
    for (one, about), (other, also) in zip(shown.bundles[:half], shown.bundles[half:], strict=True):
        assert one.get(DATA_RESOURCE) == other.get(DATA_RESOURCE)
        if "image/svg+xml" not in one:
            assert one["text/html"] == other["text/html"]
        assert about.get("image/svg+xml") == also.get("image/svg+xml")


@pytest.mark.parametrize("name", ["published", "bounds", "refused scale"])
def test_files_hold_the_screen(screen, name):
    shown = screen(SCREENS[name])
    files = whatif_files.files(shown, Language("id"))
    drawn = {"counts.svg", "counts.png"} | (
        set() if name == "refused scale" else {"scores.svg", "scores.png"}
    )
    assert set(files) == {f"{table}.csv" for table in TABLES} | drawn | {"recipe.json"}
    rows = records(files["scores.csv"])
    assert [row["code"] for row in rows] == shown.codes
    for row in rows:
        for key in ("score", "low", "high", "place", "place_low", "place_high"):
            known = shown.scores[key].get(row["code"]) if not shown.scores.empty else None
            if known is None or known != known:
                assert row[key] == ""
            else:
                assert float(row[key]) == pytest.approx(known, abs=1e-6)
    assert Image.open(io.BytesIO(files["counts.png"])).width > 1000
    assert json.loads(files["recipe.json"])["choices"]["region"] == "35.72"


def test_the_criteria_of_an_export_are_those_of_the_region_chosen(screen):
    shown, language = screen(CHOICES), Language("en")
    page = Page(shown.ground.nation.release, language)
    kept = whatif_files.files(shown, language)["criteria.csv"]
    expected = {
        code: whatif_files._csv(listings.criteria(page, shown.study, answers))
        for code, answers in shown.answers.groupby("region_code")
    }
    assert expected.keys() == set(shown.codes)
    assert [code for code, content in expected.items() if content == kept] == ["35.72"]


def test_every_figure_of_an_export_leads_to_its_line_and_source(screen, printed):
    files = whatif_files.files(screen(SCREENS["bounds"]), Language("en"))
    figures = records(files["figures.csv"])
    assert len(figures) > 25
    for row in figures:
        line = printed[int(row["line"])]
        for key in ("region_code", "measure_id", "year", "source_id"):
            assert row[key] == line[key]
        assert row["printed"] == (line["value"] or line["label"])
        assert row["url"].startswith("http") and row["publisher"]
    known = {(row["region_code"], row["measure_id"]) for row in figures}
    for row in records(files["parts.csv"]):
        for measure in ("spi_internal", "spi_external", "spi_expert", "mcp"):
            assert ((row["code"], measure) in known) is (row[measure] != "")


def test_texts_that_a_spreadsheet_would_run_get_an_apostrophe(
    screen, ground, national_2025, monkeypatch
):
    page = Page(national_2025.release, Language("id"))
    for start in ("=", "+", "-", "@", "\t"):
        monkeypatch.setitem(ground._kept, ("name", "35.72", "id"), f"{start}1+1")
        content = whatif_files._csv(whatif_page.scores_listing(page, screen(CHOICES)))
        assert records(content)[0]["region"] == f"'{start}1+1"


def test_the_same_screen_gives_the_same_bytes(screen):
    first, second = (whatif_files.files(screen(CHOICES), Language("id")) for _ in range(2))
    assert first == second


@pytest.fixture
def quick(monkeypatch):
    """Files that cost nothing to make, for the tests of how they are written."""
    few = {f"{n}.csv": b"a" for n in range(11)}
    monkeypatch.setattr(
        whatif_files,
        "files",
        lambda shown, say: few | {"recipe.json": whatif.recipe(shown).encode()},
    )


def test_an_export_is_whole_and_may_be_repeated(screen, tmp_path, quick):
    shown = screen(CHOICES)
    for _ in range(2):
        target = whatif_files.write(shown, Language("id"), tmp_path / "new" / "folder")
    assert target.parent == tmp_path / "new" / "folder"
    assert [each.name for each in target.parent.iterdir()] == [whatif_files.name(shown)]
    assert len(list(target.iterdir())) == 12
    choices, _ = whatif_files.read(target / "recipe.json")
    assert choices == shown.choices


def test_a_failed_export_leaves_nothing_behind(screen, tmp_path, monkeypatch, quick):
    shown = screen(CHOICES)
    older = whatif_files.write(shown, Language("id"), tmp_path)
    before = {file.name: file.read_bytes() for file in older.iterdir()}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(RefusedInput, match="No space left on device"):
        whatif_files.write(shown, Language("id"), tmp_path)
    assert list(tmp_path.iterdir()) == [older]
    assert {file.name: file.read_bytes() for file in older.iterdir()} == before


def test_a_folder_that_cannot_be_is_refused_in_a_sentence(screen, tmp_path, quick):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RefusedInput, match="choose another folder"):
        whatif_files.write(screen(CHOICES), Language("id"), tmp_path / "file")
    with pytest.raises(RefusedInput, match="no folder can have"):
        whatif_files.placed("a\0b")


def test_folders_are_the_users_own(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert whatif_files.placed("") == tmp_path / "anticorruption-what-if"
    assert whatif_files.placed("~/x") == tmp_path / "x" == whatif_files.placed("x")


def test_a_recipe_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RefusedInput, match="there is no such file"):
        whatif_files.read(tmp_path / "none.json")
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe")
    with pytest.raises(RefusedInput, match="line 1 is not UTF-8"):
        whatif_files.read(tmp_path / "bad.json")
