"""Numbers drawn out of finished reports, rebuilt from ``data/`` without the library."""

import ast
import shutil

import pytest

from tests import second_route as route
from tests.audit import draw
from tests.audit.draw import LABEL, REBUILT, UNKNOWN, WRONG, Report
from tests.audit.rebuild import Writer
from tests.paths import ROOT

BLITAR = Writer(("35.72",), 2025, "id")


@pytest.fixture(scope="module")
def numbers(every_format) -> list[draw.Number]:
    """Every number of two reports, as page and as notebook, and of one in every format."""
    wanted = {"blitar": BLITAR, "jatim": Writer(("35",), 2025, "id")}
    return [
        number
        for key, writer in wanted.items()
        for path in sorted(every_format[key].glob("report.*"))
        for number in Report(path, writer).numbers()
    ]


@pytest.mark.parametrize("seed", [20261126, *range(20)])
def test_sixty_numbers_drawn_are_rebuilt(numbers, seed):
    found = draw.drawn(numbers, 60, seed)
    assert [each for each in found.drawn if each.verdict != REBUILT] == []
    endings = {"html", "ipynb", "pdf", "docx", "xlsx"}
    assert len(found.drawn) == 60 and {each.ending for each in found.drawn} == endings


def test_places_under_every_recipe_are_rebuilt_in_a_workbook(every_format):
    codes = tuple(dict.fromkeys(row["region_code"] for row in route.records("pilots")
                                if row["stage"] == "pilot"))  # fmt: skip
    found = Report(every_format["comparison"] / "report.xlsx", Writer(codes, 2025, "id")).numbers()
    assert [each for each in found if each.verdict not in (REBUILT, LABEL)] == []
    sure = [each for each in found if each.kind.startswith("Seberapa pasti")]
    assert len(found) > 1500 and len(sure) > 50


def test_every_number_of_the_two_reports_is_known_and_right(numbers):
    assert [each for each in numbers if each.verdict not in (REBUILT, LABEL)] == []
    assert sum(each.verdict == REBUILT for each in numbers) > 1000
    assert not draw.drawn(numbers, 0, 0).open_kinds()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (">97,98<", ">97,89<", "'97,98' by the data"),
        (">97,98<", "><", "nothing is shown; '97,98' by the data"),
        ("+22,98", "+22,99", "'+22,98' by the data"),
        ("1–473", "1–474", "'1–473' by the data"),
        ("#row-10746", "#row-10747", "line 10746 by the data, line 10747 in the report"),
        ('href="#source-3">[3]', 'href="#source-4">[4]', "source blitarraya-3c6957 by the data"),
        ("541 pemerintah", "540 pemerintah", ""),
    ],
)
def test_a_wrong_number_line_or_source_planted_is_found(made, tmp_path, old, new, said):
    copy = tmp_path / "report.html"
    shutil.copy(made["blitar"].folder / "report.html", copy)
    text = copy.read_text(encoding="utf-8")
    assert old in text
    copy.write_text(text.replace(old, new, 1), encoding="utf-8")
    wrong = [each for each in Report(copy, BLITAR).numbers() if each.verdict in (WRONG, UNKNOWN)]
    assert wrong and any(said in each.why for each in wrong)


def test_the_audit_shares_nothing_with_the_library():
    for path in [*(ROOT / "tests/audit").glob("*.py"), ROOT / "tests/second_route.py"]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        modules |= {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
            for alias in node.names
        }  # fmt: skip
        assert not [module for module in modules if module.startswith("anticorruption")], path.name
