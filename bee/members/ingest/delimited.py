"""CSV: a header, then rows of as many values. A value in quotation marks may hold line breaks."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bee.errors import Invalid
from bee.members.ingest.physical import LINE_LIMIT, Line, decoded, lines, open_text
from bee.members.ingest.rejects import Rejected
from bee.members.ingest.rows import RawRow, Source

DELIMITERS: Final = (",", ";", "\t")
RECORD_LINES: Final = 200
# What the csv module says of a value that ends before its quotation mark is closed.
STILL_OPEN: Final = "unexpected end of data"
UNCLOSED: Final = "a quotation mark is never closed"


@dataclass(frozen=True, slots=True)
class Layout:
    """What the header says."""

    columns: tuple[str, ...]
    delimiter: str

    def parse(self, number: int, text: str) -> RawRow | Rejected | None:
        """Return a record's values by column, or why it has none; None where a quotation mark is still open."""
        try:
            values = next(csv.reader((text,), delimiter=self.delimiter, strict=True))
        except csv.Error as error:
            if str(error) == STILL_OPEN:
                return None
            return Rejected(number, f"the row can't be read: {error}", text)
        if len(values) != len(self.columns):
            return Rejected(number, f"the row has {len(values)} values, the header {len(self.columns)}", text)
        return RawRow(number, dict(zip(self.columns, values, strict=True)), text)


def open_csv(path: Path) -> Source:
    """Return a CSV's columns and rows. Raises :class:`Invalid` when its first line is no header."""
    layout = _layout(path)

    def read() -> Iterator[tuple[RawRow | Rejected, int]]:
        with open_text(path) as file:
            below = lines(file)
            next(below)
            for row in records(below, layout):
                yield row, file.disk.tell()

    return Source(path, layout.columns, path.stat().st_size, read)


def records(below: Iterator[Line | Rejected], layout: Layout) -> Iterator[RawRow | Rejected]:
    """Yield the rows of the lines below the header. Empty lines are none.

    A row whose quotation mark is not closed soon, or only by another row's, is rejected alone: the lines behind
    it are rows of their own.
    """
    waiting = Waiting(below)
    while (line := waiting.take()) is not None:
        if isinstance(line, Rejected):
            yield line
            continue
        if not line.data or line.data.isspace():
            continue
        text = decoded(line)
        if isinstance(text, Rejected):
            yield text
        else:
            yield layout.parse(line.number, text) or _longer(line, text, waiting, layout)


class Waiting:
    """Lines to come, some of them given back."""

    def __init__(self, below: Iterator[Line | Rejected]) -> None:
        self._below = below
        self._returned: deque[Line | Rejected] = deque()

    def take(self) -> Line | Rejected | None:
        """Return the next line, None at the end."""
        return self._returned.popleft() if self._returned else next(self._below, None)

    def give_back(self, lines: Sequence[Line | Rejected]) -> None:
        """Put lines back, to be taken again in the same order."""
        self._returned.extendleft(reversed(lines))


def _longer(first: Line, text: str, waiting: Waiting, layout: Layout) -> RawRow | Rejected:
    """Return the row that begins on ``first`` and goes on behind it; give back the lines that are not its."""
    taken: list[Line | Rejected] = []
    whole = text
    while len(taken) < RECORD_LINES and len(whole) <= LINE_LIMIT:
        line = waiting.take()
        if line is None:
            break
        taken.append(line)
        part = line if isinstance(line, Rejected) else decoded(line)
        if isinstance(part, Rejected):
            break
        whole = f"{whole}\n{part}"
        # Only a quotation mark can close the value, so other lines are not worth parsing everything again.
        row = layout.parse(first.number, whole) if '"' in part else None
        if isinstance(row, RawRow):
            return row
        if row is not None:
            break
    waiting.give_back(taken)
    return Rejected(first.number, UNCLOSED, text)


def _layout(path: Path) -> Layout:
    with open_text(path) as file:
        first = next(lines(file), None)
    if not isinstance(first, Line):
        raise Invalid("no_header", f"The first line of {path} can't be read: it should name the columns.")
    text = decoded(Line(first.number, first.data.removeprefix(b"\xef\xbb\xbf")))
    if isinstance(text, Rejected):
        raise Invalid(
            "not_what_it_says", f"{path} is no CSV in UTF-8: {text.reason.replace('row', 'header')}."
        )
    delimiter = max(DELIMITERS, key=text.count)
    columns = tuple(name.strip() for name in next(csv.reader((text,), delimiter=delimiter), []))
    if not any(columns):
        raise Invalid("no_header", f"The first line of {path} is empty: it should name the columns.")
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise Invalid("column_twice", f"{path} has the column {twice[0] or '(no name)'} twice.")
    return Layout(columns, delimiter)
