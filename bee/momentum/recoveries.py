"""What became of those who fell into Needs care: counts a day, recomputed whole for days that were scored."""

from datetime import date, timedelta
from typing import Final

from bee.db import WriteSession

WITHIN_DAYS: Final = 7


def refresh_recoveries(session: WriteSession, first: date, last: date) -> int:
    """Recompute the counts that scores of the days ``first`` to ``last`` bear on. Needs ``Login.WORKER``.

    A score decides about falls on its own day and the next, and about the outcome of falls up to seven days
    before: so the counts of eight days more than the scored ones change. Days after the newest one with totals
    get none. Returns how many days and segments have a count.
    """
    until = last + timedelta(days=WITHIN_DAYS + 1)
    session.run("momentum/clear_recoveries", first=first, last=until)
    return session.run("momentum/add_recoveries", first=first, last=until)
