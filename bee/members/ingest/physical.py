"""Lines of a text file as bytes, numbered, none longer than a limit, gzip undone on the way."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from bee.members.ingest.rejects import Rejected

LINE_LIMIT: Final = 1 << 20
SHOWN_BYTES: Final = 200
CUT_SHORT: Final = "the compressed file is damaged or cut short: nothing from here on can be read"


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end. ``number`` counts from 1."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class TextFile:
    """An open file: its content, and the file on disk, whose position is the progress."""

    content: IO[bytes]
    disk: IO[bytes]


@contextmanager
def open_text(path: Path) -> Iterator[TextFile]:
    """Open a file for reading, decompressing it if it is named so."""
    with path.open("rb") as disk:
        if path.suffix == ".gz":
            with gzip.open(disk) as content:
                yield TextFile(cast("IO[bytes]", content), disk)
        else:
            yield TextFile(disk, disk)


def lines(file: TextFile) -> Iterator[Line | Rejected]:
    """Yield the lines of a file from where it stands.

    One that is too long is rejected and passed over. A compressed file that ends before its time gives a last
    rejection: what stands behind that place can't be read.
    """
    number = 0
    try:
        while data := file.content.readline(LINE_LIMIT + 1):
            number += 1
            if len(data) > LINE_LIMIT and not data.endswith(b"\n"):
                length = len(data) + _pass_over(file.content)
                yield Rejected(number, f"the row has {length:,} bytes, more than {LINE_LIMIT:,}", shown(data))
            else:
                yield Line(number, data.rstrip(b"\r\n"))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield Rejected(number + 1, CUT_SHORT, "")


def shown(data: bytes) -> str:
    """Return the beginning of some bytes as text."""
    text = data[:SHOWN_BYTES].decode("utf-8", "backslashreplace")
    return f"{text}…" if len(data) > SHOWN_BYTES else text


def decoded(line: Line) -> str | Rejected:
    """Return the text of a line, or why it has none."""
    if b"\0" in line.data:
        return Rejected(
            line.number, "the row holds a NUL byte", line.data.decode("utf-8", "backslashreplace")
        )
    try:
        return line.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raw = line.data.decode("utf-8", "backslashreplace")
        return Rejected(line.number, f"the row is not UTF-8 (byte {error.start + 1})", raw)


def _pass_over(content: IO[bytes]) -> int:
    """Read to the end of the line and return how many bytes that was."""
    passed = 0
    while data := content.readline(LINE_LIMIT):
        passed += len(data.rstrip(b"\r\n"))
        if data.endswith(b"\n"):
            break
    return passed
