"""What every command shares: the application, its consoles, its options and how it ends."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from anticorruption import checking, release, texts
from anticorruption import overlay as overlays
from anticorruption.errors import RefusedInput
from anticorruption.language import LANGUAGES, Language
from anticorruption.programme import rubric

#: How a command ends: done; a report failed; input refused; the machine cannot write.
DONE, FAILED, REFUSED, MACHINE = 0, 1, 2, 3
NEWEST = 2025
#: A report keeps one core busy.
WORKERS = os.cpu_count() or 1

#: What lays out a text and is no part of it.
_LINES = "\n\t"
#: The parent of everything that typer refuses; it has no public name of its own.
_Mistyped = typer.BadParameter.__mro__[2]


class Commands(TyperGroup):
    """Commands whose refusals of what was typed are letters, whatever was typed."""

    def make_context(self, *arguments, **settings):
        """Read the options that stand before a command."""
        with _in_letters():
            return super().make_context(*arguments, **settings)

    def invoke(self, context):
        """Find the command, read its options and run it."""
        with _in_letters():
            return super().invoke(context)


@contextlib.contextmanager
def _in_letters() -> Iterator[None]:
    try:
        yield
    except _Mistyped as mistake:
        mistake.message = texts.told(mistake.message)
        raise


class Terminal(Console):
    """A console that prints texts of others as letters: no escape sequence, no mark that turns."""

    def __init__(self, **settings):
        super().__init__(markup=False, emoji=False, **settings)

    def render(self, renderable, options=None):
        """Segments of whatever is printed; the console's colours pass, those of a text do not."""
        if isinstance(renderable, str):
            renderable = texts.told(renderable, keep=_LINES)
        elif isinstance(renderable, Text):
            told = texts.told(renderable.plain, keep=_LINES)
            if told != renderable.plain:
                renderable = Text(told, style=renderable.style, justify=renderable.justify)
        for segment in super().render(renderable, options):
            yield (
                segment
                if segment.control
                else segment._replace(text=texts.told(segment.text, keep=_LINES))
            )


app = typer.Typer(
    cls=Commands,
    help="Reports and comparisons of Indonesian regional governments, every number with its "
    "source.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Terminal(soft_wrap=True)
problems = Terminal(stderr=True, soft_wrap=True)

Regions = Annotated[
    list[str] | None, typer.Argument(metavar="[REGION]...", help="Codes (35.72) or names.")
]
Edition = Annotated[int, typer.Option(help="Edition of the programme.")]
LanguageOption = Annotated[str, typer.Option(help=f"Language: {' or '.join(LANGUAGES)}.")]
Out = Annotated[Path, typer.Option(help="Folder the reports go to.")]
Jobs = Annotated[int, typer.Option(min=1, help="Reports made at the same time.")]


@app.callback()
def shared(
    context: typer.Context,
    overlay: Annotated[
        Path | None,
        typer.Option(
            help="Folder of figures that are not public, made by import; every report then says "
            f"so. Also ${overlays.ENVIRONMENT_VARIABLE}."
        ),
    ] = None,
) -> None:
    """Take the options that stand before a command."""
    before = os.environ.get(overlays.ENVIRONMENT_VARIABLE)
    if (folder := overlays.chosen(overlay)) is None:
        return
    # Kernels and workers are processes of their own, in other folders: the environment and the
    # whole path are what reaches them.
    os.environ[overlays.ENVIRONMENT_VARIABLE] = str(folder)
    context.call_on_close(lambda: _restore(before))


def _restore(before: str | None) -> None:
    if before is None:
        os.environ.pop(overlays.ENVIRONMENT_VARIABLE, None)
    else:
        os.environ[overlays.ENVIRONMENT_VARIABLE] = before


def whole() -> release.Release:
    """Open the data release, or refuse data that break a rule."""
    if said := checking.problem():
        raise RefusedInput(f"the data cannot be used: {said}")
    return release.load()


def opened(edition: int, language: str):
    """Open the language and the national figures of an edition, or refuse an unknown one."""
    from anticorruption.reporting import studies

    say, data = Language(language), whole()
    if edition not in rubric.editions(data.folder):
        there = ", ".join(map(str, rubric.editions(data.folder)))
        raise RefusedInput(f"--edition {edition}: there is no such edition; choose {there}.")
    return say, studies.national(data, edition)


def written(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    waiting = path.with_name(f".{path.name}.unfinished")
    try:
        waiting.write_text(text, encoding="utf-8", newline="\n")
        os.replace(waiting, path)
    except OSError as problem:
        waiting.unlink(missing_ok=True)
        raise RefusedInput(f"{path} cannot be written ({problem.strerror}).") from None
