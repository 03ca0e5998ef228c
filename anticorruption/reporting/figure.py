"""The figure of the README: the pilots in order of the latest survey score, with their noise.

``python -m anticorruption.reporting.figure FILE``
"""

import sys
from pathlib import Path

from anticorruption import charts, release
from anticorruption.language import Language
from anticorruption.reporting import batch, pictures, studies
from anticorruption.reporting.display import Page


def draw(language: str = "en", edition: int = 2025) -> str:
    """Figure as SVG text."""
    # Kept in version control: nothing that is not public may be in it.
    data = release.load(overlay="")
    nation = studies.national(data, edition)
    study = studies.comparison(nation, batch.pilots(data, edition))
    chart, *_ = pictures.in_order(Page(data, Language(language)), study)
    return charts.svg(chart)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(draw(), encoding="utf-8", newline="\n")
