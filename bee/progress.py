"""Progress of long work in the terminal: a bar where somebody watches, nothing where a program reads."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Tell = Callable[[str, int, int | None], None]


@contextmanager
def progress_bar(*, shown: bool = True) -> Iterator[Tell]:
    """Give a function that shows what is being done, how much of it is done, and of how much."""
    columns = (
        TextColumn("{task.description:>10}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    # On stderr, so that what the command says can be read by a program.
    with Progress(*columns, console=Console(file=sys.stderr), disable=not shown) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield tell
