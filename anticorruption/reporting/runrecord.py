"""The record of a run as an RO-Crate: which notebook made which file from which data.

It follows the Process Run Crate profile (https://w3id.org/ro/wfrun/process/0.5): an action for
each report, with the notebook as its instrument, data and parameters as its objects and the files
as its results. The date is that of the data release: a clock would make every run another.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from anticorruption import __version__, tables
from anticorruption.release import Release
from anticorruption.reporting import inputs

NAME = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_MIME = {
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
    ".svg": "image/svg+xml",
}


def of(
    folder: Path, reports: Mapping[str, Mapping], release: Release, pages: Sequence[str] = ()
) -> bytes:
    """Record of the reports that stand in a folder.

    Parameters
    ----------
    folder : Path
        Folder of an edition or of the studies.
    reports : mapping
        Name of each report's folder to its manifest.
    release : Release
        The data they were made from.
    pages : sequence of str
        Files of the folder itself.

    Returns
    -------
    bytes
        Content of ``ro-crate-metadata.json``; the same for the same reports.
    """
    # imported here: it takes half a second, which commands without reports need not wait for
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    package = tables.descriptor(release.folder)
    crate = ROCrate()
    crate.name = f"Reports on Indonesian regional governments: {folder.name}"
    crate.description = (
        f"Reports made by anticorruption {__version__} from the data release {release.title}."
    )
    crate.datePublished = str(package.get("created", release.name))[:10]
    crate.license = "https://creativecommons.org/licenses/by/4.0/"

    def entity(identifier: str, **properties):
        return crate.add(ContextEntity(crate, identifier, properties=properties))

    profile = entity(
        PROFILE, **{"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    )
    crate.root_dataset["conformsTo"] = profile
    data = [
        entity(
            f"#data/{name}",
            **{"@type": "CreativeWork", "name": name, "version": release.name, "sha256": digest},
        )
        for name, digest in inputs.of_folder(release.folder).items()
    ]
    instruments: dict[str, object] = {}
    for name, made in reports.items():
        results = [
            crate.add_file(dest_path=f"{name}/{file}", properties=_file(file) | {"sha256": digest})
            for file, digest in sorted(made["files"].items())
        ]
        parameters = [
            entity(
                f"#{name}/{key}",
                **{"@type": "PropertyValue", "name": key, "value": _plain(value)},
            )
            for key, value in sorted(made["parameters"].items())
        ]
        template = made["template"]
        if template not in instruments:
            instruments[template] = _instrument(entity, template, made["code"])
        crate.add_action(
            instruments[template],
            identifier=f"#{name}",
            object=[*data, *parameters],
            result=results,
            properties={"@type": "CreateAction", "name": str(made["about"].get("title", name))},
        )
    for page in pages:
        crate.add_file(dest_path=page, properties=_file(page))
    content = crate.metadata.generate()
    content["@graph"].sort(key=lambda each: each["@id"])
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _instrument(entity, template: str, code: Mapping[str, str]):
    """Notebook as the software that made a report, with what it was run by."""
    library = entity(
        f"#anticorruption-{code['library'][:16]}",
        **{
            "@type": "SoftwareApplication",
            "name": "anticorruption",
            "version": __version__,
            "sha256": code["library"],
            "softwareRequirements": [
                f"{name} {version}"
                for name, version in sorted(code.items())
                if name not in ("library", "notebook")
            ],
        },
    )
    return entity(
        f"#{template}.ipynb",
        **{
            "@type": "SoftwareApplication",
            "name": f"{template}.ipynb",
            "version": __version__,
            "sha256": code["notebook"],
            "isPartOf": {"@id": library.id},
        },
    )


def _file(name: str) -> dict:
    return {"name": name, "encodingFormat": _MIME.get(Path(name).suffix, "text/plain")}


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float) else json.dumps(value)
