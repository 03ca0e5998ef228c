"""A report template that takes no time, so that the command itself is what is tried."""

import json
import os
import random

import nbformat
import pytest

from anticorruption.reporting import execution, index
from tests.crash import commands, kills

REGIONS = ("35.72", "33.72", "34.01")


def page(nation, say, folder) -> str:
    """The links of the index without what it says of 546 governments."""
    return "\n".join(f.address for own in sorted(folder.glob("*/")) for f in index.files(say, own))


@pytest.fixture(scope="package")
def small_template(tmp_path_factory):
    """A region's template with one cell, warm in this process."""
    folder = tmp_path_factory.mktemp("templates")
    declared = nbformat.v4.new_code_cell(
        'region_code: str = "35.72"  # code\nedition: int = 2025  # edition\n'
        'language: str = "id"  # language', id="a",
    )  # fmt: skip
    declared.metadata["tags"] = ["parameters"]
    shown = nbformat.v4.new_code_cell("print(region_code, edition, language)", id="b")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=[declared, shown], metadata={"kernelspec": kernel})
    (folder / "report-region.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execution, "NOTEBOOKS", folder)
        # the same words whatever the tests ran in
        patch.setitem(os.environ, "MPLBACKEND", "agg")
        commands.warm(REGIONS, real=False)
        patch.setattr(index, "page", page)
        yield folder


@pytest.fixture(scope="package")
def series(small_template, tmp_path_factory) -> kills.Series:
    """A batch of three small reports, and unbroken runs of it."""
    folder = tmp_path_factory.mktemp("series")
    return kills.Series(REGIONS, folder, random.Random(20261126))


@pytest.fixture(scope="package")
def alone(small_template, tmp_path_factory) -> kills.Series:
    """The same of one report."""
    folder = tmp_path_factory.mktemp("alone")
    return kills.Series(REGIONS[:1], folder, random.Random(20261126))
