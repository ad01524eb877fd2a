"""JSON lines: one object a line."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NoReturn

from bee.members.ingest.physical import Line, decoded, lines, open_text
from bee.members.ingest.rejects import Rejected
from bee.members.ingest.rows import RawRow, Source

# The keys of so many rows count as the file's columns.
LOOKED_AT: Final = 1_000


def open_jsonlines(path: Path) -> Source:
    """Return the rows of a file, and the keys that its beginning has."""

    def read() -> Iterator[tuple[RawRow | Rejected, int]]:
        with open_text(path) as file:
            for line in lines(file):
                if isinstance(line, Rejected):
                    yield line, file.disk.tell()
                elif line.data.strip():
                    yield parse(line), file.disk.tell()

    columns: dict[str, None] = {}
    for row, _ in islice(read(), LOOKED_AT):
        if isinstance(row, RawRow):
            columns.update(dict.fromkeys(row.values))
    return Source(path, tuple(columns), path.stat().st_size, read)


def parse(line: Line) -> RawRow | Rejected:
    """Return the object on a line, or why there is none."""
    text = decoded(Line(line.number, line.data.removeprefix(b"\xef\xbb\xbf")))
    if isinstance(text, Rejected):
        return text
    try:
        values = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        return Rejected(line.number, "the row is nested too deeply", text)
    except ValueError as error:
        return Rejected(line.number, f"the row is not JSON: {error}", text)
    if not isinstance(values, dict):
        return Rejected(line.number, "the row is not a JSON object", text)
    return RawRow(line.number, values, text)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number that JSON knows")
