"""The file of rejected rows: line, reason, and the row as it was."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TextIO

from bee.errors import Invalid, Unavailable

RAW_LIMIT: Final = 100_000
HEADER: Final = ("line", "reason", "raw")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that can't go in: where it stands (from 1, a header counts), why, and its text."""

    line: int
    reason: str
    raw: str


class RejectsFile:
    """Writes rejected rows to a CSV that is made with the first of them.

    A file that an earlier import left under the same name is replaced, or removed when nothing is rejected.
    Raises :class:`Invalid` for a file of any other kind, such as the imported one: that is not ours to replace.
    """

    def __init__(self, path: Path) -> None:
        _refuse_other_files(path)
        self.path = path
        self.count = 0
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            with self._writing():
                self._file.close()
        elif kind is None and self.path.is_file():
            self.path.unlink()

    def write(self, row: Rejected) -> None:
        """Add a row. Raises :class:`Unavailable` when the file can't be written: nothing is dropped
        unseen."""
        with self._writing():
            if self._file is None:
                # newline="" as csv wants it; a row's own odd characters are kept as they are.
                self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
                csv.writer(self._file).writerow(HEADER)
            csv.writer(self._file).writerow((row.line, row.reason, _shortened(row.raw)))
        self.count += 1

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Unavailable(
                "rejects_file",
                f"Can't write the rejected rows to {self.path}: {error.strerror}; name another file with --rejects"
                " and run it again.",
            ) from error

    @property
    def written(self) -> Path | None:
        """The file, if anything was rejected."""
        return self.path if self.count else None


def _refuse_other_files(path: Path) -> None:
    try:
        if not path.is_file():
            return
        with path.open("rb") as file:
            start = file.read(len(",".join(HEADER)))
    except OSError as error:
        raise Invalid("rejects_file", f"Can't read {path}: {error.strerror}.") from error
    if start and start != ",".join(HEADER).encode():
        raise Invalid("rejects_file", f"{path} holds no rejected rows; name another file with --rejects.")


def _shortened(raw: str) -> str:
    raw = raw.replace("\0", "\\0")
    return raw if len(raw) <= RAW_LIMIT else f"{raw[:RAW_LIMIT]}… ({len(raw)} characters)"
