"""Papermill behind our own front: what is wrong is refused before a kernel starts."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import nbformat
import nbformat.reader
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from anticorruption.errors import RefusedInput
from anticorruption.reporting import engine, kernels, scratch

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
#: Metadata of an output, and of a notebook: a warning for every page.
NOTICE = "notice"
_KINDS = {"str": str, "int": int, "list": list, "bool": bool, "float": (int, float)}


class ReportFailed(RuntimeError):
    """A notebook stopped with an error; no file was left behind."""


@dataclass(frozen=True)
class Parameter:
    """A parameter that a template declares: name, type, default and its comment."""

    name: str
    kind: str
    default: str
    help: str


def template(name: str) -> Path:
    """Path of a report template such as ``"report-region"``."""
    return NOTEBOOKS / f"{name}.ipynb"


def heading(notebook: Path) -> str:
    """First heading of a notebook's prose: the question it answers."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            return cell.source.splitlines()[0].removeprefix("# ")
    return notebook.stem


def parameters(notebook: Path) -> dict[str, Parameter]:
    """Parameters a notebook declares, read without running it.

    Raises
    ------
    RefusedInput
        If the notebook is missing or has no cell tagged ``parameters``.
    """
    if not notebook.is_file():
        raise RefusedInput(f"{notebook}: there is no such notebook.")
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        declared = papermill.inspect_notebook(str(notebook))
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError):
        raise RefusedInput(f"{notebook}: not readable as a notebook.") from None
    if not declared:
        raise RefusedInput(f"{notebook.name}: no cell is tagged 'parameters'.")
    return {
        name: Parameter(
            name, entry["inferred_type_name"], entry["default"], (entry["help"] or "").strip()
        )
        for name, entry in declared.items()
    }


def check(notebook: Path, values: Mapping[str, object]) -> None:
    """Refuse parameters that a notebook does not declare or of another type than it declares.

    Papermill only warns about an unknown name and runs with the default.

    Raises
    ------
    RefusedInput
        Naming the parameter, the value and what was expected.
    """
    declared = parameters(notebook)
    for name, value in values.items():
        if name not in declared:
            near = get_close_matches(name, declared, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"it has: {', '.join(declared)}."
            raise RefusedInput(f"{notebook.name} has no parameter '{name}'; {hint}")
        base, _, item = declared[name].kind.rstrip("]").partition("[")
        kind, item_kind = _KINDS.get(base), _KINDS.get(item)
        if kind is list and item_kind and isinstance(value, list):
            for each in value:
                if not isinstance(each, item_kind):
                    raise RefusedInput(
                        f"{notebook.name}: {each!r} in parameter '{name}' must be of type {item}."
                    )
        wrong = kind and (not isinstance(value, kind) or (isinstance(value, bool) and kind is int))
        if wrong:
            raise RefusedInput(
                f"{notebook.name}: parameter '{name}' is {value!r} and must be of type "
                f"{declared[name].kind}."
            )


def execute(
    notebook: Path, values: Mapping[str, object], about: Mapping[str, object]
) -> nbformat.NotebookNode:
    """Run a template with parameters and return the executed notebook.

    Parameters
    ----------
    notebook : Path
        The template.
    values : mapping
        Parameters; those left out keep the template's default.
    about : mapping
        What is written into the notebook's metadata for the exporters (language, title).

    Returns
    -------
    NotebookNode
        Without times, paths and random ids: the same content on every run.

    Raises
    ------
    RefusedInput
        If the parameters do not fit the template; no kernel is started.
    ReportFailed
        If a cell stops with an error.
    """
    check(notebook, values)
    with scratch.folder() as folder:
        # An empty folder of its own, so that no relative path works by accident.
        try:
            executed = papermill.execute_notebook(
                str(notebook),
                None,
                parameters=dict(values),
                engine_name=engine.NAME,
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                autosave_cell_every=0,
                folder=str(folder),
                environment=kernels.environment(folder),
            )
        except PapermillExecutionError as error:
            raise ReportFailed(
                f"cell {error.exec_count} of {notebook.name} stopped: {error.ename}: {error.evalue}"
            ) from None
        except DeadKernelError as error:
            raise ReportFailed(f"{notebook.name} stopped: {error}.") from None
    return settled(executed, about)


def settled(notebook: nbformat.NotebookNode, about: Mapping[str, object]) -> nbformat.NotebookNode:
    """Take out of an executed notebook what differs from run to run and machine to machine."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "anticorruption": {**about, **_notices(notebook, about)},
        }
    )
    for place, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{place:03d}"
        tags = list(cell.metadata.get("tags", []))
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    return notebook


def _notices(notebook: nbformat.NotebookNode, about: Mapping[str, object]) -> dict[str, str]:
    """Warnings for every page, for the exporters: of what the job is about, and of its outputs.

    Invented scores say so themselves: whoever runs a notebook on them need not remember to.
    """
    told = [
        notice
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if (notice := output.get("metadata", {}).get(NOTICE))
    ]
    both = [str(each) for each in (about.get(NOTICE), *told) if each]
    return {NOTICE: " · ".join(dict.fromkeys(both))} if both else {}
