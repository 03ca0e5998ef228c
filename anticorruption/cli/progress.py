"""How far a batch is: a bar on a terminal, now and then a plain line elsewhere."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from anticorruption.cli.app import problems
from anticorruption.language import Language

#: Seconds between two plain lines; a batch that ends before the first needs none.
EVERY = 15.0


class RateColumn(ProgressColumn):
    """Reports a minute."""

    def __init__(self, say: Language):
        super().__init__()
        self._say = say

    def render(self, task: Task) -> Text:
        """Rate of a task, empty while it is not known."""
        if not task.speed:
            return Text("")
        say = self._say
        return Text(say("{rate} a minute", rate=say.number(60 * task.speed, 0)))


@contextlib.contextmanager
def shown(say: Language, total: int) -> Iterator[Callable[[str], None]]:
    """Show the progress of a batch; what it gives is called with the label of each report."""
    if not problems.is_terminal:
        yield _lines(say, total)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(say),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=problems, transient=True) as progress:
        task = progress.add_task(say("reports"), total=total)

        def advance(label: str) -> None:
            progress.update(task, advance=1, description=label)

        yield advance


def _lines(say: Language, total: int) -> Callable[[str], None]:
    began = told = time.monotonic()
    done = 0

    def advance(label: str) -> None:
        nonlocal told, done
        done += 1
        now = time.monotonic()
        if now - told < EVERY or done == total:
            return
        told = now
        rate = done / (now - began)
        problems.print(
            say(
                "{done} of {total} reports, {rate} a minute, about {minutes} min left: {label}",
                done=done,
                total=total,
                rate=say.number(60 * rate, 0),
                minutes=say.number(math.ceil((total - done) / rate / 60), 0),
                label=label,
            ),
            soft_wrap=True,
        )

    return advance
