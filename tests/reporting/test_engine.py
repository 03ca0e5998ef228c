"""The papermill engine: outputs as a kernel gives them, nothing carried over, one save."""

import importlib
import json
import os
import subprocess
import sys
import time

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from anticorruption import release
from anticorruption.reporting import engine, execution, forking, studies
from anticorruption.reporting.execution import ReportFailed
from tests.paths import ROOT
from tests.reporting.test_execution import notebook, said

pytestmark = pytest.mark.skipif(not forking.usable(), reason="nothing can be forked here")


def executed(folder, *cells, **settings) -> nbformat.NotebookNode:
    """Small notebook run by papermill with our engine."""
    given = {"engine_name": engine.NAME, "progress_bar": False} | settings
    return papermill.execute_notebook(str(notebook(folder, *cells)), None, **given)


def outputs(made: nbformat.NotebookNode) -> list[list[dict]]:
    """Outputs of the cells after the one with the parameters."""
    return [cell.get("outputs") for cell in made.cells[1:]]


def in_a_kernel(monkeypatch, *arguments) -> nbformat.NotebookNode:
    with monkeypatch.context() as patch:
        patch.setenv(forking.SWITCH, "never")
        return execution.execute(*arguments)


# The same as a kernel

RICH = (
    "from IPython.display import HTML, Markdown, clear_output, display\n"
    "import sys\nimport pandas as pd",
    "print('one'); print('err', file=sys.stderr); display(HTML('<b>x</b>')); print('two'); 40 + 2",
    "pd.DataFrame({'a': [1.5, None]}, index=['é', 'ö'])",
    "display({'text/html': '<i>r</i>', 'text/plain': 'r'}, raw=True, metadata={'text/html': {}})",
    "handle = display(Markdown('*first*'), display_id='d'); print('between')",
    "handle.update(Markdown('*second*')); display('new')",
    "print('gone'); clear_output(); print('kept')",
    "print('old'); clear_output(wait=True); print('new')",
    "for n in range(3):\n    sys.stderr.write(f'\\r{n}/2')\nsys.stderr.write('\\nab\\bc\\n');",
    "1 + 1;",
    "   ",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "%env HOME_OF_TESTS=1",
    "def f():\n    raise LookupError(1)\ntry:\n    f()\nexcept LookupError as e:\n    print(e)",
    "import matplotlib; matplotlib.rcParams['font.size'], matplotlib.get_backend()",
    "_, __, Out[4], In[4][:5]",
    "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nP(1), P.__module__",
)


def test_outputs_are_those_of_a_kernel(tmp_path, monkeypatch):
    template = notebook(tmp_path, *RICH)
    ours = execution.execute(template, {"code": "34.01"}, {"title": "T"})
    theirs = in_a_kernel(monkeypatch, template, {"code": "34.01"}, {"title": "T"})
    for own, other in zip(ours.cells, theirs.cells, strict=True):
        assert own == other
    assert nbformat.writes(ours) == nbformat.writes(theirs)
    nbformat.validate(ours)


@pytest.mark.slow
@pytest.mark.parametrize("template", ["report-region", "report-comparison"])
def test_a_template_gives_the_same_bytes_forked_and_in_a_kernel(template, monkeypatch):
    studies.national(release.load(), 2025)
    path = execution.template(template)
    ours = nbformat.writes(execution.execute(path, {"language": "en"}, {}))
    assert ours == nbformat.writes(in_a_kernel(monkeypatch, path, {"language": "en"}, {}))
    assert "image/svg+xml" in ours


def test_what_programs_print_is_shown_in_the_cell_that_ran_them(tmp_path):
    made = executed(tmp_path, "import subprocess\nsubprocess.run(['echo', 'told']);", "print(1)")
    assert [[output.text for output in cell] for cell in outputs(made)] == [["told\n"], ["1\n"]]


@pytest.mark.parametrize("known", [True, False])
def test_a_figure_of_pyplot_is_shown_in_a_notebook_of_the_users_own(tmp_path, monkeypatch, known):
    monkeypatch.delenv("MPLBACKEND", raising=False)
    importlib.import_module("matplotlib.pyplot")
    if not known:  # by the process that forks
        monkeypatch.delitem(sys.modules, "matplotlib.pyplot")
        monkeypatch.delattr("matplotlib.pyplot")
    made = executed(tmp_path, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    (figure,) = outputs(made)[0]
    assert figure.data["image/png"].startswith("iVBOR")


# Errors


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("1 / 0", "cell 4 of small.ipynb stopped: ZeroDivisionError: division by zero"),
        ("raise ValueError('three\\nlines')", "stopped: ValueError: three\nlines"),
        ("def :", "stopped: SyntaxError: invalid syntax"),
        ("import sys; sys.exit(3)", "stopped: SystemExit: 3"),
        ("input('name?')", "stopped: EOFError"),
        ("import os; os._exit(0)",
         "small.ipynb stopped: the process of cell 4 ended without a result (exit code 0)."),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
         "small.ipynb stopped: the process of cell 4 ended by signal 9 (killed)."),
    ],
)  # fmt: skip
def test_a_cell_that_stops_is_named_in_one_sentence(tmp_path, cell, told):
    with pytest.raises(ReportFailed) as failed:
        execution.execute(notebook(tmp_path, "x = 1", "y = 2", cell, "print('never')"), {}, {})
    assert told in str(failed.value)


def test_an_error_keeps_what_came_before_and_stops_what_comes_after(tmp_path):
    with pytest.raises(PapermillExecutionError):
        papermill.execute_notebook(
            str(notebook(tmp_path, "print('before'); boom", "print('after')")),
            str(tmp_path / "out.ipynb"),
            engine_name=engine.NAME,
            progress_bar=False,
        )
    made = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    kinds = [[output.output_type for output in cell.get("outputs", [])] for cell in made.cells]
    assert [kind for kind in kinds if kind] == [["stream", "error"]]


def test_errors_that_a_cell_announces_do_not_stop_the_notebook(tmp_path):
    path = notebook(tmp_path, "1 / 0", "print('after')")
    made = nbformat.read(path, as_version=4)
    made.cells[1].metadata["tags"] = ["raises-exception"]
    nbformat.write(made, path)

    def run():
        wanted = os.environ | {"IPYTHONDIR": str(tmp_path / "ipython")}
        sources = [(place, cell.source) for place, cell in enumerate(made.cells)]
        return engine.run_cells(sources, {1}, wanted)

    told = [message for message in forking.stream(run) if "outputs" in message]
    assert [message["failed"] for message in told] == [False, False, False]
    assert told[1]["outputs"][0][1][0]["ename"] == "ZeroDivisionError"
    assert told[2]["outputs"][0][1][0]["text"] == "after\n"


def test_leaving_with_success_ends_the_notebook_quietly(tmp_path):
    made = executed(tmp_path, "print(1)", "import sys; sys.exit(0)", "print(2)")
    assert said(made) == "1\n"


# Nothing is carried over

CHANGE = """
import builtins, json, math, os, random, sys, tempfile
import matplotlib, numpy, pandas
os.environ["LEFT"] = "1"
os.chdir("/")
sys.path.insert(0, "/left")
matplotlib.rcParams["font.size"] = 99
math.left = builtins.left = True
json.dumps = None
random.seed(1); numpy.random.seed(1)
pandas.set_option("display.max_rows", 1)
left = open(os.devnull)
from anticorruption import measures
measures.name = lambda *_: "left"
"""
LOOK = """
import builtins, json, math, os, random, sys
import matplotlib, numpy, pandas
from anticorruption import measures
print(json.dumps({
    "environment": "LEFT" in os.environ, "folder": os.getcwd() == "/", "path": "/left" in sys.path,
    "settings": matplotlib.rcParams["font.size"], "attributes": hasattr(math, "left"),
    "builtins": hasattr(builtins, "left"), "variables": "left" in globals(),
    "random": [random.random(), float(numpy.random.rand())],
    "rows": pandas.get_option("display.max_rows"), "name": measures.name("spi"),
    "open": sorted(os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
                   if os.path.exists(f"/proc/self/fd/{n}")).count("/dev/null"),
    "arguments": sys.argv, "startup": "hostile" in globals(),
}))
"""


def test_nothing_is_carried_from_one_notebook_to_the_next(tmp_path, monkeypatch):
    (tmp_path / "startup.py").write_text("hostile = 1\nprint('HOSTILE')\n")
    profile = tmp_path / "ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "00.py").write_text("hostile = 1\nprint('HOSTILE')\n")
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "startup.py"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    here, path, variables = os.getcwd(), sys.path[:], dict(os.environ)

    def look():
        return json.loads(said(execution.execute(notebook(tmp_path, LOOK), {}, {})))

    before = look()
    execution.execute(notebook(tmp_path, CHANGE), {}, {})
    after = look()
    drawn = before.pop("random"), after.pop("random")
    assert before == after
    assert not any(before[key] for key in ("environment", "folder", "path", "attributes"))
    assert not before["builtins"] and not before["variables"] and not before["startup"]
    assert before["arguments"] == [""] and before["settings"] != 99
    assert drawn[0] != drawn[1], "the random numbers of one run came back in the next"
    assert (os.getcwd(), sys.path, dict(os.environ)) == (here, path, variables)


def test_a_worker_that_is_a_child_already_forks_no_second_one(tmp_path):
    path = notebook(tmp_path, "import os; print(os.getpid()); os.environ['X'] = '1'; os.chdir('/')")

    def work(item):
        before = os.getcwd(), dict(os.environ), sys.argv, sys.stdout
        inner = int(said(execution.execute(path, {}, {})))
        return [inner, os.getpid(), before == (os.getcwd(), dict(os.environ), sys.argv, sys.stdout)]

    for _, result in forking.each(work, range(2), 2):
        assert result[0] == result[1] != os.getpid()
        assert result[2] is True


def test_the_second_notebook_of_a_worker_knows_nothing_of_the_first(tmp_path):
    path = notebook(tmp_path, "import os\nprint('left' in globals(), os.getpid())\nleft = 1")

    def work(item):
        return [said(execution.execute(path, {}, {})).split() for _ in range(3)]

    ((_, seen),) = forking.each(work, [0], 1)
    assert [known for known, _ in seen] == ["False"] * 3
    assert len({pid for _, pid in seen}) == 3


# As an engine of papermill


def test_papermill_on_the_command_line_finds_the_engine_and_saves_once(tmp_path):
    path = notebook(tmp_path, "import os\nprint(code, os.getcwd())")
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--engine", "anticorruption", "--log-output",
         "-r", "code", "34.10", path.name, "out.ipynb"],
        cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert said(made) == f"34.10 {tmp_path}\n" and f"34.10 {tmp_path}" in done.stderr
    injected = made.cells[1]
    assert injected.id == "injected-parameters"
    assert made.metadata.papermill.exception is None
    assert injected.metadata.papermill.status == "completed"
    assert (tmp_path / "out.ipynb").stat().st_mtime >= begun


def test_nothing_is_written_before_the_end(tmp_path):
    target = tmp_path / "out.ipynb"
    look = f"import os; print(os.path.exists({str(target)!r}))"
    given = {"engine_name": engine.NAME, "progress_bar": False}
    made = papermill.execute_notebook(str(notebook(tmp_path, "1", look)), str(target), **given)
    assert said(made) == "False\n" and target.exists()
