"""What is not kept for ever."""

from datetime import datetime, timedelta

from bee.audit import Actor, record
from bee.db import WriteSession
from bee.notify.addresses import EXPIRED_DAYS

YEAR = timedelta(days=365.25)


def forget_old_decisions(session: WriteSession, *, kept_years: int, now: datetime) -> int:
    """Remove decisions that have been kept for long enough, and return how many; that is in the trail."""
    before = now - kept_years * YEAR
    forgotten = int(session.scalar("notify/forget_decisions", before=before))
    if forgotten:
        record(
            session,
            actor=Actor.system(),
            action="notification.forgotten",
            subject_kind="notification",
            before={"decisions": forgotten, "decided_before": before},
            reason=f"kept for {kept_years} years",
        )
    return forgotten


def expire_addresses(session: WriteSession, *, now: datetime) -> int:
    """Give up the addresses that nobody was heard of at for so long that they are over, and return how many."""
    return session.run("notify/expire_tokens", now=now, expired_days=EXPIRED_DAYS)
