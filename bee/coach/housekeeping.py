"""What is not kept for ever: what calls took, and what answers rested on. As the worker."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bee.audit import Actor, record
from bee.db import WriteSession
from bee.settings import Settings

YEAR = timedelta(days=365.25)


def forget_old_calls(session: WriteSession, settings: Settings, *, now: datetime) -> int:
    """Remove calls and moments that have been kept for long enough, and return how many; that is in the trail."""
    years, days = settings.coach_call_retention_years, settings.coach_moment_retention_days
    began, kept = now - years * YEAR, now - timedelta(days=days)
    calls = session.run("coach/forget_calls", before=began)
    moments = session.run("coach/forget_moments", before=kept)
    if calls:
        _record(session, "calls", {"calls": calls, "began_before": began}, f"kept for {years} years")
    if moments:
        _record(session, "moments", {"moments": moments, "answered_before": kept}, f"kept for {days} days")
    return calls + moments


def _record(session: WriteSession, what: str, gone: Mapping[str, object], reason: str) -> None:
    record(
        session,
        actor=Actor.system(),
        action=f"coach.{what}_forgotten",
        subject_kind="coach",
        before=gone,
        reason=reason,
    )
