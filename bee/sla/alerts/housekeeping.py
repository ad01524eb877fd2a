"""What was watched is not kept for ever; alerts and what was done about them stay."""

from datetime import datetime, timedelta
from typing import Final

from bee.db import WriteSession

BEATS_KEPT: Final = timedelta(days=7)


def forget_old_passes(session: WriteSession, *, kept_days: int, now: datetime) -> int:
    """Remove what rules were tried on for long enough, and return how many rows that were."""
    passes = session.run("sla/forget_alert_passes", before=now - timedelta(days=kept_days))
    return passes + session.run("sla/forget_worker_beats", before=now - BEATS_KEPT)
