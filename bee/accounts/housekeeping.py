"""What accounts need from the worker: keys rotated in time, what is long over removed."""

from datetime import datetime

from bee.accounts.keys import is_rotation_due, rotate_keys
from bee.db import WriteSession


def tidy_accounts(session: WriteSession, *, sealing: str, now: datetime) -> int:
    """Rotate the signing key if it is time, remove old keys and sessions, and return how many rows changed."""
    is_due = is_rotation_due(session, now=now)
    if is_due:
        rotate_keys(session, sealing=sealing, now=now)
    return int(is_due) + session.run("accounts/forget_keys") + session.run("accounts/forget_sessions")
