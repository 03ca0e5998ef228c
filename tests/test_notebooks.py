"""The rules that notebooks keep (one question, one task a cell, nothing hidden)."""

import ast
import dataclasses
import re
import statistics
from pathlib import Path

import nbformat
import pytest

from anticorruption.reporting import batch, execution, whatif
from tests.paths import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TEMPLATES = [execution.template(n) for n in (batch.REGION_TEMPLATE, batch.COMPARISON_TEMPLATE)]
EXPLORE = execution.template("explore")

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
every_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
every_clean = pytest.mark.parametrize("path", [*TEMPLATES, EXPLORE], ids=lambda path: path.stem)


def cells(path: Path, kind: str | None = None) -> list[nbformat.NotebookNode]:
    """Cells of a notebook, of one kind or all."""
    found = nbformat.read(path, as_version=4).cells
    return [cell for cell in found if kind in (None, cell.cell_type)]


def code(path: Path) -> list[tuple[str, ast.Module]]:
    """Code cells with their syntax trees."""
    return [(cell.source, ast.parse(cell.source)) for cell in cells(path, "code")]


def nodes(path: Path) -> list[ast.AST]:
    return [node for _, tree in code(path) for node in ast.walk(tree)]


def lines(source: str) -> list[str]:
    return [line for line in source.splitlines() if line.strip()]


def test_the_templates_are_among_the_notebooks():
    assert set(TEMPLATES) <= set(NOTEBOOKS)


@every_notebook
def test_it_is_a_valid_notebook_whose_cells_have_names_of_their_own(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    names = [cell["id"] for cell in notebook.cells]
    assert all(names) and len(set(names)) == len(names)
    assert notebook.metadata["kernelspec"]["name"] == "python3"


@every_notebook
def test_it_begins_with_one_question_and_says_what_it_reads_and_shows(path):
    prose = [cell.source for cell in cells(path, "markdown")]
    titles = [line for text in prose for line in text.splitlines() if re.match(r"# ", line)]
    assert cells(path)[0].source.splitlines()[0] == titles[0] and len(titles) == 1
    assert titles[0].rstrip().endswith("?")
    first = cells(path)[0].source
    assert "reads" in first and len(first.splitlines()) > 1


@every_notebook
def test_the_second_cell_is_nothing_but_typed_and_explained_parameters(path):
    second = cells(path)[1]
    assert second.metadata.get("tags") == ["parameters"]
    tagged = [c for c in cells(path) if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1
    tree = ast.parse(second.source)
    assert tree.body and all(isinstance(node, ast.AnnAssign) for node in tree.body)
    for node in tree.body:
        ast.literal_eval(node.value)
        line = second.source.splitlines()[node.end_lineno - 1]
        assert re.search(r"  # \w+", line), line


@every_notebook
def test_papermill_shows_each_parameter_with_its_help(path):
    declared = execution.parameters(path)
    tree = ast.parse(cells(path)[1].source)
    assert list(declared) == [node.target.id for node in tree.body]
    for parameter in declared.values():
        base, _, item = parameter.kind.rstrip("]").partition("[")
        assert parameter.help and base in ("str", "int", "float", "list")
        assert item in ("", "str", "int", "float")


@every_notebook
def test_the_third_cell_imports_and_sets_the_house_style_and_no_other_imports(path):
    found = code(path)
    kinds = [type(node) for node in found[1][1].body]
    assert ast.Import in kinds or ast.ImportFrom in kinds
    assert "charts.use_style()" in found[1][0]
    for _, tree in [found[0], *found[2:]]:
        assert not any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(tree))


@every_notebook
def test_it_defines_nothing_and_hides_nothing(path):
    forbidden = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Global)
    for node in nodes(path):
        assert not isinstance(node, forbidden), ast.unparse(node)
        assert not (isinstance(node, ast.ExceptHandler) and node.type is None)
    for source, _ in code(path):
        assert not re.search(r"\bwarnings\b|simplefilter|filterwarnings|suppress", source)
        assert not re.search(r"^\s*[%!]|get_ipython|sys\.path|os\.chdir", source, re.MULTILINE)
        assert "# noqa" not in source and "type: ignore" not in source


@every_notebook
def test_it_names_no_relative_path_and_no_place_of_a_machine(path):
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            assert not text.startswith(("./", "../", "~", "/")), text
            assert not re.search(r"\.(csv|ipynb|toml|json|html|xlsx)$", text), text
            assert not re.match(r"(data|reports|notebooks)/", text), text


@every_notebook
def test_its_cells_are_short(path):
    counts = [len(lines(source)) for source, _ in code(path)]
    assert max(counts) <= 25 and statistics.median(counts) <= 5


@every_notebook
def test_prose_does_not_print_figures_that_code_should(path):
    for cell in cells(path, "markdown"):
        assert not re.search(r"\d+[.,]\d\d\b(?!\.)", re.sub(r"`[^`]*`", "", cell.source))


@every_notebook
def test_every_cell_of_code_is_introduced(path):
    """Beyond the four that open a notebook no more than two follow without a word."""
    run = 0
    for place, cell in enumerate(cells(path)):
        run = run + 1 if cell.cell_type == "code" else 0
        assert run <= (4 if place < 5 else 2)


@every_clean
def test_templates_and_the_explore_notebook_are_committed_clean(path):
    for cell in cells(path, "code"):
        assert cell.outputs == [] and cell.execution_count is None
    for cell in cells(path):
        # who explores wants the controls, not the code: it is folded away, one click off
        folded = cell.metadata.get("jupyter") == {"source_hidden": True}
        assert set(cell.metadata) <= ({"tags", "jupyter"} if folded else {"tags"})
    assert set(nbformat.read(path, as_version=4).metadata) == {"kernelspec", "language_info"}


@every_clean
def test_prose_of_the_templates_is_for_readers_of_the_notebook_alone(path):
    for cell in cells(path, "markdown"):
        assert cell.metadata.get("tags") == ["notebook-only"]


@every_clean
def test_templates_take_no_clock_and_no_chance(path):
    for source, _ in code(path):
        assert not re.search(r"\b(datetime|time|date\.today|now|random|uuid|getpass)\b", source)


@every_template
def test_the_last_cell_says_how_the_report_was_made(path):
    last = cells(path, "code")[-1].source
    assert "sentences.provenance" in last and "anticorruption " in last


def test_every_choice_of_the_explore_notebook_is_a_parameter():
    declared = set(execution.parameters(EXPLORE))
    choices = {field.name for field in dataclasses.fields(whatif.Choices)}
    assert declared - choices == {"edition", "language", "recipe", "folder", "controls"}
    assert choices <= declared


def test_the_explore_notebook_folds_away_its_code_and_never_its_parameters():
    folded = ["jupyter" in cell.metadata for cell in cells(EXPLORE, "code")]
    assert not folded[0] and all(folded[1:])
