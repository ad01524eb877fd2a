"""Counting tries, each in a transaction of its own: neither parallel tries nor a crash get round the limits."""

from bee.attempts.limits import WINDOW_S, Limits, Tries, wait_s
from bee.db import Database, Login, WriteSession
from bee.errors import TooMany


def count_try(
    database: Database, login: Login, *, role: str | None = None, account: str, address: str, limits: Limits
) -> None:
    """Count a try as failed, until :func:`count_success` says otherwise. Raises :class:`TooMany`.

    ``account``: whose password is tried; accounts of different kinds need different names.
    """
    with database.writing(login, role=role) as session:
        session.run("attempts/lock", account=account, address=address)
        tries = session.get(Tries, "attempts/tries", account=account, address=address, window_s=WINDOW_S)
        wait = wait_s(tries, limits)
        if wait is None:
            session.run("attempts/add", account=account, address=address, succeeded=False)
    if wait is not None:
        minutes = -(-wait // 60)
        raise TooMany(
            "too_many_tries", f"Too many tries to sign in. Try again in {minutes} min.", retry_after_s=wait
        )


def count_success(session: WriteSession, *, account: str, address: str) -> None:
    """Say, with what came of it, that a try got in."""
    session.run("attempts/add", account=account, address=address, succeeded=True)
