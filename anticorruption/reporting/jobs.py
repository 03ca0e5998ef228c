"""Reports to make: of a region, of several side by side, of a study of the collection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from anticorruption import regions
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.release import Release
from anticorruption.reporting import display, execution, inputs, sentences, studies
from anticorruption.reporting.formats import FORMATS, Appearance

REGION_TEMPLATE = "report-region"
COMPARISON_TEMPLATE = "report-comparison"
COMPARISON_FOLDER, STUDIES_FOLDER = "comparison", "studies"
DEFAULT_FORMATS = ("html", "ipynb")


@dataclass(frozen=True)
class Job:
    """One report to make.

    Attributes
    ----------
    label : str
        What the report is about, for messages.
    folder : Path
        Where its files go.
    template : str
        Name of the notebook.
    parameters, about : dict
        Parameters of the notebook, and what its metadata says for the exporters.
    apart : bool
        Whether every table and chart is written as a file of its own too.
    formats : tuple of str
        Words of the formats it is written in.
    appearance : Appearance
    inputs : mapping
        Name and hash of everything in the data that it depends on.
    """

    label: str
    folder: Path
    template: str
    parameters: dict
    about: dict
    apart: bool = False
    formats: tuple[str, ...] = DEFAULT_FORMATS
    appearance: Appearance = field(default_factory=Appearance)
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def first_file(self) -> Path:
        """File that a reader opens first: that of the first format."""
        return self.folder / FORMATS[self.formats[0]].file

    def dressed(self, names: Sequence[str], appearance: Appearance) -> "Job":
        """The same report in other formats and with another appearance."""
        return replace(self, formats=tuple(names), appearance=appearance)


def region_job(nation: studies.National, code: str, say: Language, out: Path) -> Job:
    """Report of one region."""
    study = studies.region(nation, code)
    edition = nation.programme.edition
    return Job(
        label=f"{study.code} {regions.name(study.code)}",
        folder=out / str(edition) / f"{study.code}-{regions.slug(study.code)}",
        template=REGION_TEMPLATE,
        parameters={"region_code": study.code, "edition": edition, "language": say.code},
        about={
            "language": say.code,
            "title": sentences.title(say, study),
            "region_code": study.code,
            "edition": edition,
            "release": study.release_title,
            **display.about(say, nation.release),
        },
        inputs=nation.ledger.of_region(study),
    )


def comparison_job(nation: studies.National, codes: Sequence[str], say: Language, out: Path) -> Job:
    """Comparison of several regions."""
    study = studies.comparison(nation, list(codes))
    edition = nation.programme.edition
    return Job(
        label=say("comparison of {count} regions", count=len(study.codes)),
        folder=out / str(edition) / COMPARISON_FOLDER,
        template=COMPARISON_TEMPLATE,
        parameters={"region_codes": study.codes, "edition": edition, "language": say.code},
        about={
            "language": say.code,
            "title": sentences.comparison_title(say, study),
            "region_codes": study.codes,
            "edition": edition,
            "release": study.release_title,
            **display.about(say, nation.release),
        },
        inputs=nation.ledger.of_comparison(study),
    )


def study_job(name: str, out: Path, release: Release | None = None) -> Job:
    """Comparative study of the collection, with its tables and charts as files of their own.

    Raises
    ------
    RefusedInput
        If there is no such study.
    """
    if name not in (known := study_names()):
        raise RefusedInput(f"there is no study '{name}'; there are: {', '.join(known)}.")
    return Job(
        label=name,
        folder=out / STUDIES_FOLDER / name,
        template=name,
        parameters={},
        about={"language": "en", "title": execution.heading(execution.template(name))},
        apart=True,
        inputs=inputs.of_folder(release.folder) if release else {},
    )


def study_names() -> list[str]:
    """Names of the numbered notebooks, in reading order."""
    return sorted(path.stem for path in execution.NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))


def pilots(release: Release, edition: int) -> list[str]:
    """Codes of every pilot up to and including an edition, in the order they became one."""
    frame = release.table("pilots")
    frame = frame[(frame["stage"] == "pilot") & (frame["edition"] <= edition)]
    return list(frame["region_code"])


def everyone() -> list[str]:
    """Codes of every government: provinces, kabupaten and kota, by code."""
    return sorted(regions.governments().index)
