"""Writing the status page into a folder that a web server elsewhere serves, while this house is down as well."""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from bee.db import Database, Login
from bee.errors import Unavailable
from bee.sla.status.page import status_json, status_page
from bee.sla.status.standing import Standing, read_standing

# It shows less than on-call sees, and nothing that on-call does not.
READER: Final = "bee_oncall"


def publish(database: Database, folder: Path, *, now: datetime) -> Standing:
    """Write ``index.html`` and ``status.json``, each whole or as it was, and return what they say.

    Raises :class:`Unavailable` for a folder that can't be written to, and without a database.
    """
    with database.reading(Login.DASHBOARD, role=READER) as session:
        standing = read_standing(session, now)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "index.html", status_page(standing))
        _write(folder / "status.json", status_json(standing))
    except OSError as error:
        raise Unavailable("status_folder", f"Can't write into {folder} ({error.strerror}).") from error
    return standing


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
