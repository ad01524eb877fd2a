"""What people say of minutes: maintenance before it begins, corrections of what was; each can be withdrawn again.

What was measured is never touched, so that a withdrawal restores the number to what it was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bee.audit import Actor, given_words, record
from bee.db import ReadSession, WriteSession
from bee.errors import Conflict, Forbidden, Invalid
from bee.sla.derivation import minute_at
from bee.sla.objectives import get_objective
from bee.sla.uptime import State, Uptime, uptime_of, uptime_runs

LONGEST: Final = timedelta(days=7)
CORRECTABLE: Final = (State.UP, State.DOWN, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Amendment:
    """Maintenance, or a correction to ``state``. ``uptime_before``, ``uptime_after``: when it was made, 0-1.

    ``changed``: maintenance that was ``moved`` or ``ended`` early; the times are those that count now.
    """

    id: int
    kind: str
    starts_at: datetime
    ends_at: datetime
    state: str | None
    reason: str
    declared_by: UUID
    declared_by_name: str | None
    declared_at: datetime
    uptime_before: float | None
    uptime_after: float | None
    withdrawn_at: datetime | None
    withdrawn_by_name: str | None
    withdrawn_because: str | None
    changed: str | None = None
    changed_by_name: str | None = None
    changed_because: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An amendment that stands, or stood until now. ``is_theirs``: whoever asks is its author or an admin."""

    id: int
    kind: str
    starts_at: datetime
    ends_at: datetime
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act did to uptime over the objective's window."""

    before: Uptime
    after: Uptime


def amendments(session: ReadSession, *, since: datetime) -> list[Amendment]:
    """Return what was said of minutes since then, the withdrawn too, newest first."""
    return session.all(Amendment, "sla/amendments", since=since)


def declare_maintenance(
    session: WriteSession, starts_at: datetime, ends_at: datetime, *, reason: str, actor: Actor, now: datetime
) -> Effect:
    """Say that the house will be worked on. Raises :class:`Invalid` for times that began or can't be meant."""
    check_times(starts_at, ends_at)
    if starts_at < now:
        raise Invalid("maintenance_begun", "Maintenance is declared before it begins; what was is corrected.")
    return _amend(session, "maintenance", starts_at, ends_at, None, reason, actor, now)


def correct(
    session: WriteSession,
    starts_at: datetime,
    ends_at: datetime,
    state: State,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Effect:
    """Say how some minutes that are over truly were. Raises :class:`Invalid` for times that can't be meant."""
    check_times(starts_at, ends_at)
    if state not in CORRECTABLE:
        raise Invalid("state", "Minutes are corrected to up, down or unknown.")
    if ends_at > now:
        raise Invalid("correction_early", "Only what is over can be corrected.")
    return _amend(session, "correction", starts_at, ends_at, state, reason, actor, now)


def withdraw(session: WriteSession, amendment_id: int, *, reason: str, actor: Actor, now: datetime) -> Effect:
    """Take back what was said: every number is again what it was. Raises :class:`Conflict` the second time.

    Raises :class:`bee.errors.Forbidden` for somebody else's maintenance that is not over.
    """
    said = given_words(reason, "Say the reason")
    before = uptime_at(session, now)
    found = session.find(Standing, "sla/withdraw_amendment", id=amendment_id, by=actor.id, because=said)
    if found is None:
        raise Conflict("withdrawn_before", "That was withdrawn before, or never said.")
    if found.kind == "maintenance" and found.ends_at > now:
        check_theirs(found)
    mark(session, found.starts_at, found.ends_at)
    effect = Effect(before, uptime_at(session, now))
    record_effect(session, actor, f"{_noun(found.kind)}.withdrawn", found.id, effect, said)
    return effect


def check_theirs(found: Standing) -> None:
    """Raise :class:`Forbidden` for maintenance of somebody else, unless an admin asks."""
    if not found.is_theirs:
        raise Forbidden("maintenance_of_another", "Whoever declared it changes it, or an admin.")


def _amend(
    session: WriteSession,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    state: State | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Effect:
    said = given_words(reason, "Say the reason")
    before = uptime_at(session, now)
    amendment_id = session.scalar(
        "sla/add_amendment",
        kind=kind, starts_at=starts_at, ends_at=ends_at, state=state, reason=said, declared_by=actor.id,
    )  # fmt: skip
    effect = Effect(before, uptime_at(session, now))
    session.run(
        "sla/keep_effect", id=amendment_id, uptime_before=before.ratio, uptime_after=effect.after.ratio
    )
    mark(session, starts_at, ends_at)
    verb = "declared" if kind == "maintenance" else "corrected"
    record_effect(session, actor, f"{_noun(kind)}.{verb}", amendment_id, effect, said)
    return effect


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raise :class:`Invalid` for times that can't be meant."""
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid("times", "Times need their zone.")
    if starts_at != minute_at(starts_at) or ends_at != minute_at(ends_at):
        raise Invalid("times", "Say whole minutes.")
    if ends_at <= starts_at:
        raise Invalid("times", "It has to end after it starts.")
    if ends_at - starts_at > LONGEST:
        raise Invalid("times", f"It lasts {LONGEST.days} days at most.")


def uptime_at(session: ReadSession, now: datetime) -> Uptime:
    """Return what uptime comes to over its window."""
    until = minute_at(now)
    since = until - timedelta(days=get_objective("uptime").window_days)
    return uptime_of(uptime_runs(session, since=since, until=until))


def mark(session: WriteSession, starts_at: datetime, ends_at: datetime) -> None:
    """Have the hours made anew: they leave maintenance out."""
    session.run("sla/mark_amended", starts_at=starts_at, ends_at=ends_at)


def _noun(kind: str) -> str:
    return "maintenance" if kind == "maintenance" else "uptime"


def record_effect(
    session: WriteSession, actor: Actor, action: str, amendment_id: int, effect: Effect, reason: str
) -> None:
    """Put an act and what it did to uptime into the trail."""
    record(
        session,
        actor=actor,
        action=action,
        subject_kind="service_amendment",
        subject_id=amendment_id,
        before=_figures(effect.before),
        after=_figures(effect.after),
        reason=reason,
    )


def _figures(uptime: Uptime) -> dict[str, object]:
    return {
        "uptime": uptime.ratio,
        "up_minutes": uptime.up,
        "down_minutes": uptime.down,
        "maintenance_minutes": uptime.maintenance,
    }
