"""A file's rows, as they come and before anything is made of them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bee.members.ingest.rejects import Rejected


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: where it stands (from 1, a header counts) and its values by column, as the file has them.

    ``text``: the row itself; None in a file that has no text.
    """

    line: int
    values: Mapping[str, object]
    text: str | None = None

    @property
    def raw(self) -> str:
        """The row's text; of a row that has none, its values as JSON."""
        return (
            self.text if self.text is not None else json.dumps(self.values, default=str, ensure_ascii=False)
        )

    def rejected(self, reason: str) -> Rejected:
        """Return this row as rejected."""
        return Rejected(self.line, reason, self.raw)


Rows = Iterator[RawRow | Rejected]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is what its name says.

    ``columns``: those that it has, of JSON lines those of its beginning. ``size``: of the whole, in bytes or
    rows.
    ``read``: gives the rows and, with each, how much of ``size`` is behind it.
    """

    path: Path
    columns: tuple[str, ...]
    size: int
    read: Callable[[], Iterator[tuple[RawRow | Rejected, int]]]
