"""Committed studies hold nothing of the run that made them."""

import nbformat
from nbformat import v4

from anticorruption.reporting.settle import settle


def test_a_settled_study_keeps_its_outputs_and_nothing_of_its_run(tmp_path):
    cell = v4.new_code_cell("1 + 1", outputs=[v4.new_output("stream", text="2\n")])
    cell.metadata.update({"tags": ["parameters"], "execution": {"iopub.status.busy": "2026"}})
    notebook = v4.new_notebook(cells=[cell])
    notebook.metadata.update({"papermill": {"start_time": "2026"}, "widgets": {}})
    path = tmp_path / "study.ipynb"
    nbformat.write(notebook, path)
    settle(path)
    once = path.read_bytes()
    found = nbformat.read(path, as_version=4)
    assert set(found.metadata) == {"kernelspec", "language_info"}
    assert found.cells[0].metadata == {"tags": ["parameters"]}
    assert found.cells[0].id == "cell-001" and found.cells[0].outputs[0].text == "2\n"
    settle(path)
    assert path.read_bytes() == once and once.endswith(b"\n") and b"\r" not in once
