"""The page that leads to every report of an edition."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import jinja2

from anticorruption import regions
from anticorruption.language import Language
from anticorruption.reporting import batch, html, sentences, studies

INDEX = "index.html"


@dataclass(frozen=True)
class Entry:
    """A finished report as the index lists it."""

    folder: str
    title: str
    about: dict


def write(nation: studies.National, say: Language, out: Path) -> Path:
    """Write ``<out>/<edition>/index.html`` over the reports that stand there.

    Only reports whose two files are both present are listed.

    Returns
    -------
    Path
        The page written.
    """
    folder = out / str(nation.programme.edition)
    folder.mkdir(parents=True, exist_ok=True)
    style = html.stylesheet()
    entries = finished(folder)
    page = (
        _environment()
        .get_template("index.html.j2")
        .render(
            say=say,
            style=style,
            policy=html.content_security_policy(style),
            edition=nation.programme.edition,
            release=nation.release.title,
            comparisons=[entry for entry in entries if "region_codes" in entry.about],
            rows=[_row(nation, say, entry) for entry in entries if "region_code" in entry.about],
            notebook=batch.NOTEBOOK,
            report=batch.PAGE,
            language=say.code,
        )
    )
    target = folder / INDEX
    waiting = folder / f".{INDEX}"
    waiting.write_text(page, encoding="utf-8", newline="\n")
    os.replace(waiting, target)
    return target


def finished(folder: Path) -> list[Entry]:
    """Reports below a folder that have both their files, by folder name."""
    entries = []
    for notebook in sorted(folder.glob(f"*/{batch.NOTEBOOK}")):
        if (notebook.parent / batch.PAGE).is_file():
            about = _about(notebook)
            if about is not None:
                entries.append(Entry(notebook.parent.name, about["title"], about))
    return entries


def _about(notebook: Path) -> dict | None:
    """What a report says about itself; None for files that are no report of ours."""
    try:
        about = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]["anticorruption"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(about, dict) or not isinstance(about.get("title"), str):
        return None
    code = about.get("region_code")
    known = code in regions.governments().index if isinstance(code, str) else code is None
    return about if known else None


def _row(nation: studies.National, say: Language, entry: Entry) -> dict:
    study = studies.region(nation, entry.about["region_code"])
    year = None if study.scores.empty else int(study.scores.index[-1])
    result = study.result
    known = result is not None and result["final_score"] == result["final_score"]
    return {
        "folder": entry.folder,
        "code": study.code,
        "name": sentences.name(say, study.code),
        "province": sentences.province(say, study),
        "year": year,
        "spi": say.unknown if year is None else say.number(study.scores[year], 2),
        "answer": "" if study.is_province else sentences.answer(say, study.overall["answer"]),
        "result": _result(say, result, known),
        "language": entry.about.get("language", ""),
    }


def _result(say: Language, result, known: bool) -> str:
    if result is None:
        return ""
    score = say.number(result["final_score"], 2) if known else say.unknown
    return f"{score} ({result['edition']})"


def _environment() -> jinja2.Environment:
    # Escaping is set outright: the automatic choice looks at the file's last ending only.
    folder = Path(__file__).with_name("templates") / "index"
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined
    )
