"""Running a statement, and what PostgreSQL's refusals mean over HTTP."""

from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import sql

from bee.api.caller import Role
from bee.api.tables.asked import Asked, Verb
from bee.api.tables.fragment import Fragment
from bee.api.tables.refusal import Refusal, bad_range, not_single, too_many_affected
from bee.db import ReadSession
from bee.errors import BeeError, Unavailable

# By SQLSTATE, or by its class where that says it all; whatever else there is, is the caller's: 400.
STATUSES: Final = {
    "23503": 409,
    "23505": 409,
    "25006": 405,
    "42501": 403,
    "42883": 404,
    "42P01": 404,
    "42P17": 500,
    "P0001": 400,
    "21000": 500,
    "0L": 403,
    "0P": 403,
    "28": 403,
    **dict.fromkeys(
        ("09", "25", "2D", "38", "39", "3B", "40", "54", "55", "57", "58", "F0", "HV", "P0", "XX"), 500
    ),
}
# Classes in which the server is not there, or not fully.
ABSENT: Final = frozenset({"08", "53"})
GONE: Final = frozenset({"57P01", "57P02", "57P03"})
# Of what is no fault of the caller's, only this is told: it says nothing of the inside.
TOLD: Final = frozenset({"40001", "40P01", "55P03", "57014"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement came to. ``body``: JSON; ``rows``: how many rows it holds, or were written.

    ``total``: all that the filters meet, where it was asked for. ``merged``: how many rows of an upsert were there
    already. ``location``: the keys of what was inserted, as JSON.
    """

    body: str | None
    rows: int
    total: int | None
    merged: int | None
    location: str | None


def run(session: ReadSession, statement: Fragment, asked: Asked, role: Role) -> Outcome:
    """Run a statement in the caller's transaction. Raises :class:`Refusal`, and :class:`Unavailable`.

    An outcome that the caller would not have is refused too, and so nothing of it stays.
    """
    query = sql.Composed([statement.text])
    try:
        row = session.driver.execute(query, statement.values).fetchone()
    except psycopg.Error as error:
        meaning = _meaning(error, role)
        if meaning is None:
            raise
        raise meaning from error
    assert row is not None
    outcome = Outcome(*row)
    _check(outcome, asked)
    return outcome


def status_of(sqlstate: str, role: Role) -> int:
    """Return the HTTP status of an SQLSTATE; who is nobody is asked to sign in first."""
    if sqlstate == "42501" and role is Role.ANON:
        return 401
    if sqlstate.startswith("PT") and sqlstate[2:].isdecimal() and 400 <= int(sqlstate[2:]) <= 599:
        return int(sqlstate[2:])
    return STATUSES.get(sqlstate) or STATUSES.get(sqlstate[:2]) or 400


def _meaning(error: psycopg.Error, role: Role) -> BeeError | None:
    """Return what an error means to the caller; None where it is a fault of ours."""
    sqlstate = error.sqlstate
    if sqlstate is None and isinstance(error, psycopg.DataError):
        # What the driver itself would not send: a NUL character in a value, say.
        return Refusal(400, "22021", str(error))
    if sqlstate is None or sqlstate[:2] in ABSENT or sqlstate in GONE:
        return Unavailable("database_unavailable", "The database does not answer.")
    status = status_of(sqlstate, role)
    if status >= 500 and sqlstate not in TOLD and not sqlstate.startswith("PT"):
        return None
    told = error.diag
    return Refusal(
        status,
        sqlstate,
        told.message_primary or "The database refused the request.",
        details=told.message_detail,
        hint=told.message_hint,
    )


def _check(outcome: Outcome, asked: Asked) -> None:
    if asked.verb is Verb.READ:
        offset = asked.query.window.offset
        if outcome.total is not None and offset > outcome.total:
            raise bad_range(f"An offset of {offset} was requested, but there are only {outcome.total} rows.")
    most = asked.preferences.most_affected
    if asked.verb in {Verb.UPDATE, Verb.DELETE} and most is not None and outcome.rows > most:
        raise too_many_affected(outcome.rows)
    if asked.is_single and outcome.rows != 1:
        raise not_single(outcome.rows)
