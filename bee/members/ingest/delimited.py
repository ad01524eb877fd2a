"""CSV: a header, then rows of as many values. A value in quotation marks may hold line breaks."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bee.errors import Invalid
from bee.members.ingest.physical import LINE_LIMIT, Line, decoded, lines, open_text
from bee.members.ingest.rejects import Rejected
from bee.members.ingest.rows import RawRow, Source

DELIMITERS: Final = (",", ";", "\t")
RECORD_LINES: Final = 200
UNCLOSED: Final = "a quotation mark is never closed"


@dataclass(frozen=True, slots=True)
class Layout:
    """What the header says."""

    columns: tuple[str, ...]
    delimiter: str

    def parse(self, number: int, text: str) -> RawRow | Rejected:
        """Return a record's values by column, or why it has none."""
        try:
            values = next(csv.reader((text,), delimiter=self.delimiter))
        except csv.Error as error:
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

    A row whose quotation mark is not closed soon, or only by another row's, is rejected alone: the lines
    behind it
    are rows of their own.
    """
    waiting: deque[Line | Rejected] = deque()
    source = _draining(waiting, below)
    for line in source:
        if isinstance(line, Rejected):
            yield line
            continue
        if not line.data or line.data.isspace():
            continue
        text = decoded(line)
        if isinstance(text, Rejected):
            yield text
        elif text.count('"') % 2 == 0:
            yield layout.parse(line.number, text)
        else:
            row, taken = _longer(line, text, source, layout)
            yield row
            # What did not belong to it is read again, in its place.
            waiting.extendleft(reversed(taken))


def _draining(waiting: deque[Line | Rejected], below: Iterator[Line | Rejected]) -> Iterator[Line | Rejected]:
    while True:
        if waiting:
            yield waiting.popleft()
        else:
            line = next(below, None)
            if line is None:
                return
            yield line


def _longer(
    first: Line, text: str, source: Iterator[Line | Rejected], layout: Layout
) -> tuple[RawRow | Rejected, list[Line | Rejected]]:
    """Return the row that begins on ``first`` and goes on behind it, and the lines that were taken and are
    not its."""
    taken: list[Line | Rejected] = []
    parts = [text]
    size = len(text)
    while len(taken) < RECORD_LINES and size <= LINE_LIMIT:
        line = next(source, None)
        if line is None:
            break
        taken.append(line)
        part = line if isinstance(line, Rejected) else decoded(line)
        if isinstance(part, Rejected):
            break
        parts.append(part)
        size += len(part)
        if part.count('"') % 2 == 1:
            row = layout.parse(first.number, "\n".join(parts))
            return (row, []) if isinstance(row, RawRow) else (Rejected(first.number, UNCLOSED, text), taken)
    return Rejected(first.number, UNCLOSED, text), taken


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
