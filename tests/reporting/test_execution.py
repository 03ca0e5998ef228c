"""Papermill behind our own front."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import nbformat
import pytest

from anticorruption import tables
from anticorruption.errors import RefusedInput
from anticorruption.reporting import execution, forking
from anticorruption.reporting.execution import ReportFailed
from anticorruption.reporting.kernels import IPCKernelManager
from tests.conftest import DATA

REGION = execution.template("report-region")
COMPARISON = execution.template("report-comparison")
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


DECLARED = 'code: str = "34.10"  # a code'


def notebook(folder: Path, *cells: str, declared: str | None = DECLARED) -> Path:
    """Write a small template; ``declared`` is its parameters cell."""
    made = [nbformat.v4.new_code_cell(source, id=f"c{n}") for n, source in enumerate(cells)]
    if declared is not None:
        first = nbformat.v4.new_code_cell(declared, id="p")
        first.metadata["tags"] = ["parameters"]
        made.insert(0, first)
    path = folder / "small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": KERNEL}), path)
    return path


def said(executed: nbformat.NotebookNode) -> str:
    """What the cells printed."""
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    return "".join(output["text"] for output in outputs if output.output_type == "stream")


@pytest.fixture
def no_kernel(monkeypatch):
    """Any attempt to start a kernel, or to run a notebook at all, fails the test."""

    def started(*_, **__):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(IPCKernelManager, "__init__", started)
    monkeypatch.setattr(execution.papermill, "execute_notebook", started)


# Refused before a kernel starts


@pytest.mark.parametrize(
    ("template", "values", "words"),
    [
        (REGION, {"regoin_code": "35.72"},
         "report-region.ipynb has no parameter 'regoin_code'; did you mean 'region_code'?"),
        (REGION, {"region_codes": ["35.72"]}, "did you mean 'region_code'?"),
        (REGION, {"langauge": "id"}, "did you mean 'language'?"),
        (REGION, {"Edition": 2025}, "did you mean 'edition'?"),
        (REGION, {"zzz": 1}, "it has: region_code, edition, language"),
        (REGION, {"x=1\nimport os": "1"}, "has no parameter 'x=1\nimport os'"),
        (REGION, {"region_code": 34.10}, "parameter 'region_code' is 34.1 and must be of type str"),
        (REGION, {"region_code": 3410}, "'region_code' is 3410 and must be of type str"),
        (REGION, {"region_code": None}, "'region_code' is None and must be of type str"),
        (REGION, {"region_code": ["35.72"]}, "must be of type str"),
        (REGION, {"edition": "2025"}, "'edition' is '2025' and must be of type int"),
        (REGION, {"edition": 2025.0}, "'edition' is 2025.0 and must be of type int"),
        (REGION, {"edition": True}, "'edition' is True and must be of type int"),
        (REGION, {"language": 1}, "'language' is 1 and must be of type str"),
        (COMPARISON, {"region_codes": "35.72"}, "is '35.72' and must be of type list"),
        (COMPARISON, {"region_code": "35.72"}, "did you mean 'region_codes'?"),
    ],
)  # fmt: skip
def test_parameters_that_do_not_fit_are_refused(no_kernel, template, values, words):
    with pytest.raises(RefusedInput) as refused:
        execution.execute(template, values, {})
    assert words in str(refused.value)


def test_a_missing_notebook_is_refused(no_kernel, tmp_path):
    with pytest.raises(RefusedInput, match=r"report-nation\.ipynb: there is no such notebook"):
        execution.execute(execution.template("report-nation"), {}, {})
    with pytest.raises(RefusedInput, match="there is no such notebook"):
        execution.execute(tmp_path, {}, {})


def test_a_notebook_that_declares_no_parameters_is_refused(no_kernel, tmp_path):
    path = notebook(tmp_path, "print(1)", declared=None)
    with pytest.raises(RefusedInput, match=r"small\.ipynb: no cell is tagged 'parameters'"):
        execution.execute(path, {"code": "34.01"}, {})


def test_parameters_that_fit_are_let_through():
    execution.check(REGION, {})
    execution.check(REGION, {"region_code": "35.72", "edition": 2024, "language": "en"})
    execution.check(COMPARISON, {"region_codes": ["35.72", "52.71"]})


def test_a_template_tells_its_parameters_with_their_help():
    declared = execution.parameters(REGION)
    assert list(declared) == ["region_code", "edition", "language", "sheet"]
    assert declared["region_code"].kind == "str" and declared["region_code"].default == '"35.72"'
    assert all(parameter.help for parameter in declared.values())


# In a kernel, where nothing can be forked

PROBE = """
import json, os, sys
from pathlib import Path
import ipykernel
import psutil
ports = [c.laddr.ip for c in psutil.Process().net_connections("inet")]
print(json.dumps({
    "code": code, "kind": type(code).__name__,
    "connection": json.loads(Path(ipykernel.get_connection_file()).read_text()),
    "addresses": ports, "cwd": os.getcwd(), "files": sorted(os.listdir(".")),
    "startup": "hostile_startup" in globals(), "data": os.environ["ANTICORRUPTION_DATA"],
    "python": sys.executable, "backend": os.environ["MPLBACKEND"],
    "ipython": os.environ["IPYTHONDIR"],
}))
"""


@pytest.fixture(scope="module")
def probed(tmp_path_factory):
    """What a kernel saw, started among hostile settings of the user, and what was left behind."""
    folder = tmp_path_factory.mktemp("probe")
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-hostile.py").write_text("hostile_startup = 1\nprint('HOSTILE')\n")
    (startup.parent / "ipython_config.py").write_text(
        "c.InteractiveShellApp.exec_lines = ['hostile_startup = 2', 'print(\"HOSTILE\")']\n"
    )
    kernels = folder / "jupyter" / "kernels" / "python3"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(
        json.dumps({"argv": ["/bin/false"], "display_name": "Hostile", "language": "python"})
    )
    runtime = folder / "runtime"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.setenv("JUPYTER_PATH", str(folder / "jupyter"))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
        patch.delenv(tables.ENVIRONMENT_VARIABLE, raising=False)
        patch.setenv(forking.SWITCH, "never")
        # the way to a socket file must be short
        temporary = Path(tempfile.mkdtemp(prefix="ac-", dir="/tmp"))
        patch.setattr(tempfile, "tempdir", str(temporary))
        try:
            executed = execution.execute(
                notebook(folder, PROBE), {"code": "34.01"}, {"title": "T", "language": "id"}
            )
            with pytest.raises(ReportFailed) as failed:
                execution.execute(notebook(folder, "x = 1", "x / 0"), {}, {})
            left = list(temporary.iterdir()), list(runtime.glob("*"))
        finally:
            shutil.rmtree(temporary)
    return executed, json.loads(said(executed)), failed.value, left


def test_codes_stay_text_in_the_kernel(probed):
    executed, seen, _, _ = probed
    assert (seen["code"], seen["kind"]) == ("34.01", "str")
    assert 'code = "34.01"' in executed.cells[1].source


def test_kernels_talk_through_a_socket_file_not_a_port(probed):
    _, seen, _, _ = probed
    assert seen["connection"]["transport"] == "ipc"
    assert "/" in seen["connection"]["ip"]
    channels = [p for name, p in seen["connection"].items() if name.endswith("_port")]
    assert sorted(channels) == [1, 2, 3, 4, 5]
    # none that another machine could reach
    assert set(seen["addresses"]) <= {"127.0.0.1"}


def test_kernels_start_in_an_empty_folder_of_their_own(probed):
    _, seen, _, _ = probed
    assert seen["cwd"] == os.path.dirname(seen["connection"]["ip"])
    assert {name.partition("-")[0] for name in seen["files"]} <= {"kernel", "ipython"}


def test_settings_and_kernels_of_the_user_stay_out(probed):
    executed, seen, _, _ = probed
    assert seen["startup"] is False and "HOSTILE" not in said(executed)
    assert seen["python"] == os.sys.executable and seen["backend"] == "agg"
    assert seen["ipython"].startswith(seen["cwd"])


def test_kernels_read_the_same_data_folder(probed):
    assert probed[1]["data"] == str(DATA)


def test_a_failing_cell_is_named_with_its_error(probed):
    assert str(probed[2]) == "cell 3 of small.ipynb stopped: ZeroDivisionError: division by zero"


def test_nothing_is_left_behind_in_the_temporary_folder(probed):
    assert probed[3] == ([], [])


def test_an_executed_notebook_is_settled(probed):
    executed = probed[0]
    assert executed.metadata["anticorruption"] == {"title": "T", "language": "id"}
    assert [cell["id"] for cell in executed.cells] == ["cell-001", "cell-002", "cell-003"]
    nbformat.validate(executed)


def test_settling_takes_out_times_and_keeps_tags():
    cell = nbformat.v4.new_code_cell("1")
    cell.metadata = nbformat.from_dict(
        {"tags": ["parameters"], "papermill": {"duration": 1.5}, "execution": {"iopub": "2026"}}
    )
    untagged = nbformat.v4.new_markdown_cell("x", metadata={"papermill": {"start_time": "x"}})
    metadata = {"papermill": {"output_path": "/home/me/x"}, "widgets": {}}
    made = nbformat.v4.new_notebook(cells=[cell, untagged], metadata=metadata)
    settled = execution.settled(made, {"title": "T"})
    assert set(settled.metadata) == {"kernelspec", "language_info", "anticorruption"}
    assert settled.cells[0].metadata == {"tags": ["parameters"]}
    assert settled.cells[1].metadata == {}


# The manager alone


def test_the_manager_runs_this_python_and_no_registered_kernel():
    manager = IPCKernelManager(kernel_name="python3")
    try:
        assert manager.kernel_spec.argv[0] == os.sys.executable
        assert manager.kernel_spec.argv[1:3] == ["-m", "ipykernel_launcher"]
        if os.name == "posix":
            assert manager.transport == "ipc" and len(manager.ip) < 100
            assert oct(Path(manager.ip).parent.stat().st_mode & 0o777) == "0o700"
    finally:
        shutil.rmtree(manager._folder)


def test_two_managers_never_share_a_socket():
    managers = [IPCKernelManager(kernel_name="python3") for _ in range(3)]
    try:
        assert len({manager.ip for manager in managers}) == 3
    finally:
        for manager in managers:
            shutil.rmtree(manager._folder)
