"""A file as rows, whatever it is: CSV, JSON lines or Parquet, the first two also compressed with gzip.

What can't be read at all is refused before the first row; a row that can't be read becomes a rejection and the
rows behind it are read all the same.
"""

import gzip
import zlib
from pathlib import Path
from typing import Final

from bee.errors import Invalid
from bee.members.ingest.delimited import open_csv
from bee.members.ingest.jsonlines import open_jsonlines
from bee.members.ingest.parquet import open_parquet
from bee.members.ingest.physical import open_text
from bee.members.ingest.rows import Source

SNIFFED_BYTES: Final = 4_096
OPENERS: Final = {
    ".csv": open_csv,
    ".jsonl": open_jsonlines,
    ".ndjson": open_jsonlines,
    ".parquet": open_parquet,
}
# How files of other kinds begin.
MAGIC: Final = {
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "compressed with gzip (its name should end in .gz)",
    b"PK\x03\x04": "a zip archive or an Excel file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"SQLite format 3": "an SQLite database",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\xff\xfe": "a text in UTF-16, where UTF-8 is wanted",
    b"\xfe\xff": "a text in UTF-16, where UTF-8 is wanted",
}


def open_source(path: Path) -> Source:
    """Return the file's columns and rows. Raises :class:`Invalid` when it is not what its name says, or empty."""
    try:
        suffix = _suffix(path)
        start = _start(path)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Invalid("not_what_it_says", f"{path} is not compressed with gzip, or damaged.") from error
    except OSError as error:
        raise Invalid("unreadable", f"Can't read {path}: {error.strerror}.") from error
    if not start.strip():
        raise Invalid("empty_file", f"{path} is empty.")
    found = _found(start, suffix)
    if found is not None:
        raise Invalid("not_what_it_says", f"{path} is named {suffix} but is {found}.")
    return OPENERS[suffix](path)


def _suffix(path: Path) -> str:
    """Return the ending that says what the file is, .gz left away. Raises :class:`Invalid` for what can't be
    read.
    """
    if not path.exists():
        raise Invalid("no_file", f"There is no file {path}.")
    if not path.is_file():
        raise Invalid(
            "no_file", f"{path} is a folder, not a file." if path.is_dir() else f"{path} is no file."
        )
    named = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    suffix = named.suffix.lower()
    if suffix not in OPENERS or (suffix == ".parquet" and named != path):
        raise Invalid(
            "unknown_kind", f"{path} is named neither .csv, .jsonl, .csv.gz, .jsonl.gz nor .parquet."
        )
    return suffix


def _start(path: Path) -> bytes:
    with open_text(path) as file:
        return file.content.read(SNIFFED_BYTES)


def _found(start: bytes, suffix: str) -> str | None:
    """Return what a file really is if it is not what its ending says."""
    if suffix == ".parquet":
        return None if start.startswith(b"PAR1") else "no Parquet file"
    for magic, what in MAGIC.items():
        if start.startswith(magic):
            return what
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if suffix == ".csv":
        if first == b"{":
            return "JSON"
        return "no text" if b"\0" in start.partition(b"\n")[0] else None
    if first == b"[":
        return "a JSON array, where one object a line is wanted"
    return None if first == b"{" else "no JSON lines"
