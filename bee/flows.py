"""Compositions of several domains that more than one shell needs."""

from datetime import datetime

from bee.db import Database
from bee.errors import Conflict
from bee.members.demo import DemoFill, fill_demo
from bee.settings import Settings


def prepare_demo(database: Database, settings: Settings, *, now: datetime) -> DemoFill | None:
    """Fill an empty local database with demo members, or bring those it has up to yesterday.

    Returns what was added; None where there are members of somebody's own, or outside local.
    """
    if not settings.is_local:
        return None
    try:
        return fill_demo(database, environment=settings.environment, now=now)
    except Conflict as error:
        if error.code != "real_members":
            raise
        return None
