"""Reports with figures that are not public say so: on top, at every figure, in every caption."""

import pytest

from anticorruption import overlay, release
from anticorruption.language import Language
from anticorruption.reporting import batch, display, studies
from tests.intake.conftest import imported

SLEMAN = "34.04"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Release with an overlay of two figures of Sleman."""
    place = tmp_path_factory.mktemp("overlay")
    figures = ("mcp", 2025, "91,5", "Sleman"), ("spi", 2024, 60, "Sleman")
    return release.load(overlay=imported(place, *figures))


def test_pages_say_so_on_top_and_at_every_figure(data, shown):
    nation = studies.national(data, 2025)
    study = studies.region(nation, SLEMAN)
    page = display.Page(data, Language("en"))
    page.heading("Title", level=1)
    page.table("Own", [display.Column("v", "V", "number")],
               [{"v": page.figure_of(study.observation("mcp", 2025))}])  # fmt: skip
    page.table("Computed", [display.Column("v", "V", "number")], [{"v": display.Cell("3", 3)}])
    page.table("Words", [display.Column("v", "V")], [{"v": "none"}])
    page.rows(study.release.of(SLEMAN))
    page.sources()
    soup = shown.soup()
    warning = soup.select_one(".warning").get_text()
    assert "not public (2 values" in warning and "Not for publication" in warning
    captions = {c.get_text().split(" ")[2]: c.get_text() for c in soup.find_all("caption")}
    assert "(† from KPK's own files, not public)" in captions["Own"]
    assert "(computed with figures from KPK's own files, not public)" in captions["Computed"]
    assert "not public" not in captions["Words"]
    assert "91.50†" in soup.find("table").get_text()
    text = soup.get_text()
    assert "mcp-1.xlsx, Rekap, B2" in text and "KPK's own file, not public" in text
    assert str(overlay.OWN_ROWS + 2) not in text
    link = soup.select_one("a.trace")["href"]
    assert soup.find(id=link.removeprefix("#")) is not None


def test_the_metadata_of_a_report_carry_the_notice(data, national_2025, tmp_path):
    say = Language("id")
    job = batch.region_job(studies.national(data, 2025), SLEMAN, say, tmp_path)
    assert "tidak dipublikasikan" in job.about["notice"]
    plain = batch.region_job(national_2025, SLEMAN, say, tmp_path)
    assert "notice" not in plain.about
