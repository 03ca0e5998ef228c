"""A page for every government, each looked at: ``python -m tests.assurance.pages``.

``make pages`` runs it: about six hundred pages. Every page must
name its sources, its data release and where to report an error, and hold nothing that runs.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bs4 import BeautifulSoup

from anticorruption import regions, release
from anticorruption.language import Language
from anticorruption.programme import rubric
from anticorruption.reporting import batch, studies
from tests.assurance import records
from tests.conftest import DATA

CHECK, COMMAND = "pages", "make pages"
#: What stands on a page in either language.
OBJECTION = "CONTRIBUTING.md"


def lacking(html: str, name: str) -> list[str]:
    """Name what a page does not have of all that every page must have.

    Parameters
    ----------
    html : str
        The page.
    name : str
        Name of the data release.
    """
    soup = BeautifulSoup(html, "html.parser")
    sources = soup.find_all(id=lambda place: place and place.startswith("source-"))
    text = soup.get_text()
    has = {
        "sources": len(sources) > 0,
        "data release": name in text,
        "where to object": OBJECTION in text,
        "nothing that runs": not soup.find_all(["script", "iframe", "object", "embed"]),
    }
    return [what for what, there in has.items() if not there]


def main() -> int:
    """Make and read the pages; keep the record; exit code 1 if a page lacks something."""
    began = time.monotonic()
    opened = release.load(DATA)
    nation = studies.national(opened, rubric.editions(DATA)[-1])
    codes = [*regions.governments("province").index, *regions.governments("local").index]
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="anticorruption-pages-") as folder:
        jobs = [
            batch.region_job(nation, code, Language("id"), Path(folder)) for code in sorted(codes)
        ]
        outcomes = batch.make(jobs, workers=2)
        for job, outcome in zip(jobs, outcomes, strict=True):
            if outcome.problem is not None:
                found["not made"] += 1
                print(f"{job.folder.name}: {outcome.problem}")
                continue
            html = (job.folder / batch.PAGE).read_text(encoding="utf-8")
            missing = lacking(html, opened.name)
            found.update(missing)
            found["whole"] += not missing
            if missing:
                print(f"{job.folder.name}: lacks {', '.join(missing)}")
    held = found["whole"] == len(jobs)
    numbers = {
        "governments": len(jobs),
        "pages that name sources, release and where to object": found.pop("whole"),
        **{f"pages without {what}": count for what, count in sorted(found.items())},
    }
    seconds = time.monotonic() - began
    records.write(CHECK, COMMAND, held=held, numbers=numbers, seconds=seconds)
    print(numbers)
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
