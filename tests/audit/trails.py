"""A trail to look at: acts, seals, and somebody who tampers with them."""

from uuid import uuid4

from bee.audit import Actor, record
from bee.audit.sealing import seal
from bee.db import Database, Login
from tests.factories import execute


def append(database: Database, times: int = 1) -> None:
    for _ in range(times):
        with database.writing(Login.WORKER) as session:
            record(
                session,
                actor=Actor.system(),
                action="member.scored",
                subject_kind="member",
                subject_id=uuid4(),
                after={"score": 61.25, "state": "Steady"},
            )


def seal_all(database: Database) -> int:
    with database.writing(Login.WORKER) as session:
        return seal(session)


def tamper(database: Database, *statements: str) -> None:
    """Change the trail as whoever owns it can, with its guards switched off."""
    with database.writing(Login.OWNER) as session:
        for table in ("audit_log", "audit_seals"):
            execute(session, f"alter table {table} disable trigger user")
        for statement in statements:
            execute(session, statement)
        for table in ("audit_log", "audit_seals"):
            execute(session, f"alter table {table} enable trigger user")
