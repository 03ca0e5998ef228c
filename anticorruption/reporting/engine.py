"""Papermill engine ``anticorruption``: a notebook's cells run in a child of the warm process.

``papermill --engine anticorruption in.ipynb out.ipynb`` uses it on any Python notebook. The child
is forked (:mod:`anticorruption.reporting.forking`) with everything its parent has imported and
computed, and runs the cells in an IPython shell of its own: no kernel to start, no sockets, no
save after every cell; papermill writes the notebook once at the end. What a cell changes
(variables, modules, settings, environment, working folder, random state) ends with the child.

Outputs are those a kernel gives, with one difference for widgets: they are shown, but nothing
answers them, and their state is not kept. A notebook that is not Python, or one that is run where
nothing can be forked, gets a kernel as papermill's own engine starts it.
"""

import contextlib
import importlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from ipykernel.jsonutil import encode_images, json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbclient.exceptions import DeadKernelError
from papermill.engines import Engine, NBClientEngine, papermill_engines
from papermill.log import logger
from traitlets import Any, Type
from traitlets.config import Config

from anticorruption.reporting import forking, scratch
from anticorruption.reporting.kernels import IPCKernelManager

NAME = "anticorruption"
#: Where figures of pyplot go unless the environment says otherwise: into the cell's outputs.
_INLINE = "module://matplotlib_inline.backend_inline"
#: Modules that IPython imports with its first shell.
_NEEDED = (
    "IPython.core.application",
    "IPython.core.completerlib",
    "IPython.core.crashhandler",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.utils.wildcard",
)
_RETURN = re.compile(r".*\r(?=[^\n])")


def warm() -> None:
    """Import what every shell needs, so that no child has to."""
    for name in _NEEDED:
        importlib.import_module(name)


class ForkEngine(Engine):
    """Engine of papermill that runs each notebook in a forked child.

    In a process that is such a child already, the first notebook runs without a second fork; any
    further one gets a child again, so that nothing of the first is left in it.
    """

    _run_here = False

    @classmethod
    def execute_notebook(cls, nb, kernel_name, output_path=None, **settings):
        """Run a notebook; papermill itself writes it, once, when all cells have run.

        ``output_path`` is left aside: the engine would save after every cell.
        """
        return super().execute_notebook(nb, kernel_name, output_path=None, **settings)

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,
        kernel_name,
        log_output=False,
        folder: str | None = None,
        environment: Mapping[str, str] | None = None,
        **settings,
    ):
        """Run the cells and take in their outputs as they come.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
        kernel_name : str
        log_output : bool
            Write what cells print to papermill's log.
        folder : str, optional
            Folder the cells run in; by default the one of the caller.
        environment : mapping, optional
            The whole environment of the cells; by default that of the caller.

        Raises
        ------
        DeadKernelError
            If the child died; the message names the cell.
        """
        notebook = nb_man.nb
        _fix_ids(notebook)
        python = cls.nb_language(notebook).lower() == "python"
        if not python or not (forking.usable() or forking.inside()):
            return _in_a_kernel(nb_man, kernel_name, python and folder, log_output, settings)
        for place, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            cell.metadata.setdefault("tags", [])
            if not _runs(cell):
                nb_man.cell_start(cell, place)
                nb_man.cell_complete(cell, cell_index=place)
        with scratch.folder() as home:
            sources = [(n, cell.source) for n, cell in enumerate(notebook.cells) if _runs(cell)]
            allowed = {
                n for n, _ in sources if "raises-exception" in notebook.cells[n].metadata.tags
            }
            wanted = dict(os.environ if environment is None else environment)
            wanted |= {"IPYTHONDIR": str(home / "ipython")}
            wanted.pop("PYTHONSTARTUP", None)

            def run() -> Iterator[dict]:
                return run_cells(sources, allowed, wanted, folder)

            # Closed here and now: a child must not live until its generator is collected.
            here = forking.inside() and not cls._run_here
            with contextlib.closing(run() if here else forking.stream(run)) as messages:
                cls._run_here = cls._run_here or here
                _follow(nb_man, messages, log_output)
        return None


def _follow(nb_man, messages: Iterator, log_output: bool) -> None:
    """Write into the notebook what the cells tell of themselves."""
    cells, place = nb_man.nb.cells, 0
    for message in messages:
        if isinstance(message, forking.Lost):
            nb_man.cell_exception(cells[place], cell_index=place)
            raise DeadKernelError(f"the process of cell {place + 1} {message.reason}")
        place = message["cell"]
        cell = cells[place]
        if "outputs" not in message:
            nb_man.cell_start(cell, place)
            continue
        for changed, outputs in message["outputs"]:
            cells[changed].outputs = [nbformat.from_dict(output) for output in outputs]
        cell.execution_count = message["count"]
        if log_output:
            _log(cell)
        if message["failed"]:
            nb_man.cell_exception(cell, cell_index=place)
        nb_man.cell_complete(cell, cell_index=place)


def _log(cell: nbformat.NotebookNode) -> None:
    for output in cell.outputs:
        if output.output_type == "stream":
            level = logger.info if output.name == "stdout" else logger.warning
            level(output.text)
        elif "text/plain" in output.get("data", {}):
            logger.info(output.data["text/plain"])


def _in_a_kernel(nb_man, kernel_name, ours, log_output: bool, settings: dict):
    if ours:
        settings["kernel_manager_class"] = IPCKernelManager
    settings.setdefault("coalesce_streams", True)
    return NBClientEngine.execute_managed_notebook(
        nb_man, kernel_name, log_output=log_output, **settings
    )


def _runs(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell is run at all, as nbclient has it."""
    tags = cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and "skip-execution" not in tags


def _fix_ids(notebook: nbformat.NotebookNode) -> None:
    """Give the cell that papermill injected an id that is the same on every run."""
    for cell in notebook.cells:
        if "id" in cell and "injected-parameters" in cell.metadata.get("tags", []):
            taken = {other.get("id") for other in notebook.cells if other is not cell}
            free = (f"injected-parameters{n or ''}" for n in range(len(notebook.cells) + 1))
            cell["id"] = next(name for name in free if name not in taken)


# In the child


def run_cells(
    sources: list[tuple[int, str]],
    allowed: set[int],
    environment: Mapping[str, str],
    folder: str | None = None,
) -> Iterator[dict]:
    """Run code cells one after another in this process, and tell of each.

    Parameters
    ----------
    sources : list of (int, str)
        Place and source of each code cell.
    allowed : set of int
        Places of cells whose error does not stop the notebook (tag ``raises-exception``).
    environment, folder
        As in :meth:`ForkEngine.execute_managed_notebook`.

    Yields
    ------
    dict
        Before a cell ``{"cell": place}``; after it also ``count`` (execution count), ``failed``,
        and ``outputs``, pairs of place and outputs of every cell that it changed.
    """
    record = _Record()
    with _surroundings(environment, folder), _descriptors(record) as written:
        shell = _shell(record, Path(environment["IPYTHONDIR"]))
        _fresh_matplotlib(environment)
        for place, source in sources:
            yield {"cell": place}
            record.begin(place)
            count = shell.execution_count
            with (
                contextlib.redirect_stdout(_Stream(record, "stdout", 1)),
                contextlib.redirect_stderr(_Stream(record, "stderr", 2)),
            ):
                result = shell.run_cell(source, store_history=True)
            written()
            failed = not result.success and place not in allowed
            changed = [[n, record.tidied(n)] for n in sorted(record.changed)]
            yield {"cell": place, "count": count, "failed": failed, "outputs": changed}
            if failed or shell.left:
                return


class _Record:
    """Outputs of the cells, as nbclient keeps what a kernel sends."""

    def __init__(self):
        self.outputs: dict[int, list[dict]] = {}
        self.changed: set[int] = set()
        self.shown: dict[str, list[dict]] = {}
        self.place, self.clear_first = 0, False

    def begin(self, place: int) -> None:
        self.place, self.clear_first = place, False
        self.outputs[place], self.changed = [], {place}

    def add(self, kind: str, **content) -> dict:
        if self.clear_first:
            self.clear()
        output = {"output_type": kind, **content}
        self.outputs[self.place].append(output)
        return output

    def text(self, name: str, text: str) -> None:
        if not text:
            return
        if not self.clear_first:
            for output in self.outputs[self.place]:
                if output["output_type"] == "stream" and output["name"] == name:
                    output["text"] += text
                    return
        self.add("stream", name=name, text=text)

    def show(self, data: dict, metadata: dict, display_id: str | None, update: bool) -> None:
        if update:
            for output in self.shown.get(display_id, []):
                output |= {"data": data, "metadata": metadata}
                self.changed |= {n for n, all_ in self.outputs.items() if output in all_}
            return
        output = self.add("display_data", data=data, metadata=metadata)
        if display_id:
            self.shown.setdefault(display_id, []).append(output)

    def clear(self) -> None:
        self.outputs[self.place] = []
        self.clear_first = False

    def tidied(self, place: int) -> list[dict]:
        """Outputs with progress bars drawn over, standard output before standard error."""
        outputs = self.outputs[place]
        for output in outputs:
            if output["output_type"] == "stream":
                output["text"] = _RETURN.sub("", output["text"])
        for first, second in zip(range(len(outputs)), range(1, len(outputs)), strict=False):
            names = [outputs[n].get("name") for n in (first, second)]
            if names == ["stderr", "stdout"]:
                outputs[first], outputs[second] = outputs[second], outputs[first]
        return outputs


class _Stream(io.TextIOBase):
    """Standard output or error of the cells."""

    encoding, errors = "UTF-8", "replace"

    def __init__(self, record: _Record, name: str, descriptor: int):
        self._record, self._name, self._descriptor = record, name, descriptor

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._record.text(self._name, text)
        return len(text)

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        """Stay open: the cells after this one print too."""


class _Publisher(DisplayPublisher):
    """Takes what ``display`` shows."""

    def publish(self, data, metadata=None, *, transient=None, update=False, **_) -> None:
        self._validate_data(data, metadata)
        clean = json_clean({"data": encode_images(data), "metadata": metadata or {}})
        display_id = (transient or {}).get("display_id")
        self.shell.record.show(clean["data"], clean["metadata"], display_id, update)

    def clear_output(self, wait=False) -> None:
        if wait:
            self.shell.record.clear_first = True
        else:
            self.shell.record.clear()


class _Hook(DisplayHook):
    """Takes the value of a cell's last expression."""

    def start_displayhook(self) -> None:
        pass

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict, md_dict=None) -> None:
        data = json_clean(encode_images(format_dict))
        if data:
            self.shell.record.add(
                "execute_result",
                execution_count=self.prompt_count,
                data=data,
                metadata=json_clean(md_dict or {}),
            )

    def finish_displayhook(self) -> None:
        pass


class _Shell(InteractiveShell):
    """IPython's shell with its outputs written down."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)
    record = Any()
    #: Whether a cell called ``exit``.
    left = False

    def ask_exit(self) -> None:
        self.left = True

    def enable_gui(self, gui=None) -> None:
        """No windows here."""

    def _showtraceback(self, etype, evalue, stb) -> None:
        self.record.add("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb))


def _shell(record: _Record, home: Path) -> _Shell:
    home.mkdir(parents=True, exist_ok=True)
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.HistoryManager.hist_file = ":memory:"
    # One that this process has already (it may be a kernel itself) is not the notebook's.
    InteractiveShell.clear_instance()
    _Shell.clear_instance()
    return _Shell.instance(config=settings, ipython_dir=str(home), record=record)


@contextlib.contextmanager
def _surroundings(environment: Mapping[str, str], folder: str | None) -> Iterator[None]:
    """Environment, folder, arguments and module path of the cells, put back afterwards."""
    kept = dict(os.environ), os.getcwd(), sys.argv, sys.path[:], sys.displayhook, sys.excepthook
    main, stdin = sys.modules["__main__"], sys.stdin
    try:
        # Nobody is there to answer a question: it ends in an error, not in waiting.
        sys.stdin = io.StringIO()
        os.environ.clear()
        os.environ.update(environment)
        if folder is not None:
            os.chdir(folder)
        sys.argv = [""]
        if "" not in sys.path:
            sys.path.insert(0, "")
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept[0])
        os.chdir(kept[1])
        sys.argv, sys.path[:], sys.displayhook, sys.excepthook = kept[2:]
        sys.modules["__main__"], sys.stdin = main, stdin


@contextlib.contextmanager
def _descriptors(record: _Record) -> Iterator:
    """Catch what programs started by a cell write to the descriptors 1 and 2 themselves."""
    kept = [os.dup(descriptor) for descriptor in (1, 2)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        files, read = (out, error), [0, 0]

        def take() -> None:
            for place, (name, file) in enumerate(zip(("stdout", "stderr"), files, strict=True)):
                size = os.fstat(file.fileno()).st_size
                text = os.pread(file.fileno(), size - read[place], read[place])
                record.text(name, text.decode("utf-8", "replace"))
                read[place] = size

        try:
            for descriptor, file in zip((1, 2), files, strict=True):
                os.dup2(file.fileno(), descriptor)
            yield take
        finally:
            for descriptor, old in zip((1, 2), kept, strict=True):
                os.dup2(old, descriptor)
                os.close(old)


def _fresh_matplotlib(environment: Mapping[str, str]) -> None:
    """Settings of matplotlib as a fresh process has them, whatever the parent drew."""
    backend = environment.get("MPLBACKEND", _INLINE)
    os.environ["MPLBACKEND"] = backend
    # It finds the shell when it is imported, and not again: the shell comes first, and a module
    # that the parent had would show no figure here.
    sys.modules.pop(_INLINE.removeprefix("module://"), None)
    if matplotlib := sys.modules.get("matplotlib"):
        matplotlib.rc_file_defaults()
        matplotlib.rcParams["backend"] = backend
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
        pyplot.switch_backend(backend)


papermill_engines.register(NAME, ForkEngine)
