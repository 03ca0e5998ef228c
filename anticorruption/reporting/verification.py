"""Folders of reports held against their manifests, and against reports made again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from anticorruption import release
from anticorruption.errors import RefusedInput
from anticorruption.language import Language, deferred
from anticorruption.reporting import batch, execution, manifest, scratch, studies
from anticorruption.reporting.formats import FORMATS, Appearance
from anticorruption.reporting.jobs import (
    COMPARISON_TEMPLATE,
    REGION_TEMPLATE,
    Job,
    comparison_job,
    region_job,
    study_job,
)

#: Where something differs, what differs as a message, and what is filled into it.
Finding = tuple[Path, str, dict]


def check(folder: Path) -> list[Finding]:
    """What is missing, changed or extra below a folder of reports.

    Parameters
    ----------
    folder : Path
        Folder of one report, of a batch, or of several batches.

    Raises
    ------
    RefusedInput
        If no report of ours stands there.
    """
    opened = _opened(folder)
    found = [finding for each in opened for finding in _check(each)]
    if opened != [folder] and any(
        manifest.read(each)["kind"] == manifest.REPORT for each in opened
    ):
        message = deferred("{file} is missing: the batch was not finished; run it again")
        found.insert(0, (folder, message, {"file": manifest.NAME}))
    return found


def counted(folder: Path) -> tuple[int, int]:
    """Number of reports below a folder, and of all files that manifests vouch for."""
    contents = [manifest.read(path) for path in _reports(folder)]
    above = [manifest.read(path) for path in _opened(folder)]
    files = sum(len(each["files"]) for each in contents)
    files += sum(len(each["files"]) for each in above if each["kind"] == manifest.BATCH)
    return len(contents), files


def rebuilt(folder: Path, logo: bytes = b"", workers: int = 1) -> list[Finding]:
    """Make every report below a folder again elsewhere and name each file that differs.

    Parameters
    ----------
    folder : Path
        As for :func:`check`, whole.
    logo : bytes
        Picture of the cover, if the reports carry one: manifests keep its hash alone.
    workers : int

    Raises
    ------
    RefusedInput
        If a report cannot be made again from what is here.
    """
    places = _reports(folder)
    found: list[Finding] = []
    with scratch.folder() as elsewhere:
        nations: dict[int, studies.National] = {}
        jobs = [
            replace(
                job_of(path, manifest.read(path), logo, nations),
                folder=elsewhere / str(number),
            )
            for number, path in enumerate(places)
        ]
        made = batch.make(jobs, workers, nations=list(nations.values()))
        for path, outcome in zip(places, made, strict=True):
            if outcome.problem:
                message = deferred("it cannot be made again: {problem}")
                found.append((path, message, {"problem": outcome.problem}))
            else:
                found += _compared(path, outcome.job.folder)
    return found


def _opened(folder: Path) -> list[Path]:
    """Folders with a manifest: the one named, or those right below it."""
    if manifest.read(folder) is not None:
        return [folder]
    if not folder.is_dir():
        raise RefusedInput(f"{folder} is not a folder; name one that reports were written to.")
    below = [path for path in sorted(folder.iterdir()) if manifest.read(path) is not None]
    if not below:
        raise RefusedInput(
            f"{folder} has no manifest of reports ({manifest.NAME}); name a folder that a batch "
            f"was finished in."
        )
    return below


def _reports(folder: Path) -> list[Path]:
    found = []
    for path in _opened(folder):
        content = manifest.read(path)
        if content["kind"] == manifest.REPORT:
            found.append(path)
        else:
            found += [path / name for name in sorted(content["reports"])]
    return found


def _check(folder: Path) -> Iterator[Finding]:
    content = manifest.read(folder)
    for message, values in manifest.differences(folder, content):
        yield folder, message, values
    for message, values in manifest.beyond(folder, content):
        yield folder, message, values
    for name, recorded in content.get("reports", {}).items():
        path = folder / name
        try:
            vouched = manifest.sha256((path / manifest.NAME).read_bytes())
        except OSError:
            yield path, deferred("the report or its manifest is missing"), {}
            continue
        if manifest.read(path) is None:
            yield path, deferred("its manifest cannot be read"), {}
            continue
        if vouched != recorded:
            yield path, deferred("{file} was changed after it was made"), {"file": manifest.NAME}
        yield from _check(path)


def job_of(path: Path, content: dict, logo: bytes, nations: dict) -> Job:
    """The job that a manifest tells of.

    Parameters
    ----------
    path : Path
        Folder of the report, for messages.
    content : dict
        The manifest, or the basis of one.
    logo : bytes
        Picture of the cover.
    nations : dict
        National figures by edition, kept from one job to the next.

    Raises
    ------
    RefusedInput
        If this version cannot make it.
    """
    parameters, template = content["parameters"], content["template"]
    data = release.load()
    if template in (REGION_TEMPLATE, COMPARISON_TEMPLATE):
        edition = parameters["edition"]
        if edition not in nations:
            nations[edition] = studies.national(data, edition)
        say = Language(parameters["language"])
        if template == REGION_TEMPLATE:
            job = region_job(nations[edition], parameters["region_code"], say, path)
        else:
            job = comparison_job(nations[edition], parameters["region_codes"], say, path)
    elif execution.template(template).is_file():
        job = study_job(template, path, data)
    else:
        raise RefusedInput(f"{path}: its notebook {template}.ipynb is not in this version.")
    look = content["appearance"]
    if look["logo"] and manifest.sha256(logo) != look["logo"]:
        raise RefusedInput(f"{path}: its cover has a picture; name the same file with --logo.")
    if unknown := [name for name in content["formats"] if name not in FORMATS]:
        raise RefusedInput(f"{path}: this version cannot write the format '{unknown[0]}'.")
    picture = logo if look["logo"] else b""
    return job.dressed(content["formats"], Appearance(look["paper"], picture, look["draft"]))


def _compared(path: Path, again: Path) -> Iterator[Finding]:
    """Files of two folders of the same report that differ, and why they may."""
    old, new = manifest.read(path), manifest.read(again)
    for name in sorted(old["files"].keys() | new["files"].keys()):
        if old["files"].get(name) != new["files"].get(name):
            reasons = list(manifest.changed(old, new))
            if reasons:
                message = deferred("{file} is another when made again; since then {reason}")
                first, values = reasons[0]
                yield path, message, {"file": name, "reason": first.format(**values)}
            else:
                yield path, deferred("{file} is another when made again"), {"file": name}
