"""``bee status``: the public status page."""

from pathlib import Path
from typing import Annotated

import typer

from bee.settings import load_settings


def status(
    to: Annotated[Path, typer.Option("--to", help="The folder that a web server elsewhere serves.")],
    as_json: Annotated[bool, typer.Option("--json", help="Also print what it says, for programs.")] = False,
) -> None:
    """Write the public status page: whether the house is up, and was in the last 90 days; nothing of anybody."""
    from datetime import UTC, datetime

    from bee.db import Database
    from bee.sla.status import publish
    from bee.sla.status.page import status_json
    from bee.sla.status.words import HEADLINES

    with Database.connect(load_settings()) as database:
        standing = publish(database, to, now=datetime.now(UTC))
    typer.echo(status_json(standing) if as_json else f"{HEADLINES[standing.state]}. Written to {to}.")
