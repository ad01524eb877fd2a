"""Maintenance that goes otherwise than declared: ended early, moved before it begins; by its author or an admin.

What was declared stays; a change is a row of its own over it. Whatever counts again from then on burns budgets and
fires alerts again, since maintenance is left out of their counts and nowhere else.
"""

from datetime import datetime
from enum import StrEnum

from bee.audit import Actor, given_words
from bee.db import WriteSession
from bee.errors import Conflict, Invalid
from bee.sla.amendments import (
    Amendment,
    Effect,
    Standing,
    check_theirs,
    check_times,
    mark,
    record_effect,
    uptime_at,
)
from bee.sla.derivation import minute_at
from bee.sla.uptime import MINUTE


class Change(StrEnum):
    """What can be done with what was said of minutes."""

    END = "end"
    MOVE = "move"
    RESUME = "resume"
    WITHDRAW = "withdraw"


def changes_of(said: Amendment, now: datetime) -> tuple[Change, ...]:
    """Return what can be done now with an amendment, the likeliest first."""
    if said.withdrawn_at is not None:
        return ()
    found: list[Change] = []
    if said.kind == "maintenance" and said.starts_at > now:
        found.append(Change.MOVE)
    elif said.kind == "maintenance" and minute_at(now) + MINUTE < said.ends_at:
        found.append(Change.END)
    if said.changed == "ended":
        found.append(Change.RESUME)
    return (*found, Change.WITHDRAW)


def end_maintenance(
    session: WriteSession, amendment_id: int, *, reason: str, actor: Actor, now: datetime
) -> Effect:
    """End maintenance that runs: the next minute counts again. Raises :class:`Conflict` where it does not run."""
    found = _theirs(session, amendment_id, actor)
    ends_at = minute_at(now) + MINUTE
    if not found.starts_at <= now or ends_at >= found.ends_at:
        raise Conflict("maintenance_over", "It does not run, or is over within the minute.")
    return _change(session, found, "ended", found.starts_at, ends_at, reason, actor, now)


def move_maintenance(
    session: WriteSession,
    amendment_id: int,
    starts_at: datetime,
    ends_at: datetime,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Effect:
    """Have maintenance that has not begun at another time, which has not begun either. Raises :class:`Conflict`."""
    check_times(starts_at, ends_at)
    if starts_at < now:
        raise Invalid("maintenance_begun", "Maintenance is moved to a time that has not begun.")
    found = _theirs(session, amendment_id, actor)
    if found.starts_at <= now:
        raise Conflict("maintenance_begun", "It has begun: end it, or withdraw it.")
    return _change(session, found, "moved", starts_at, ends_at, reason, actor, now)


def resume_maintenance(
    session: WriteSession, amendment_id: int, *, reason: str, actor: Actor, now: datetime
) -> Effect:
    """Take an ending back: it lasts, or lasted, as declared. Raises :class:`Conflict` where none was said."""
    said = given_words(reason, "Say the reason")
    before = uptime_at(session, now)
    found = _theirs(session, amendment_id, actor)
    if not session.run("sla/withdraw_ending", id=found.id, by=actor.id, because=said):
        raise Conflict("not_ended", "It was not ended early, or that was taken back before.")
    mark(session, found.starts_at, _theirs(session, amendment_id, actor).ends_at)
    effect = Effect(before, uptime_at(session, now))
    record_effect(session, actor, "maintenance.resumed", found.id, effect, said)
    return effect


def _theirs(session: WriteSession, amendment_id: int, actor: Actor) -> Standing:
    """Return maintenance that stands. Raises :class:`Conflict` without one, :class:`bee.errors.Forbidden`."""
    found = session.find(Standing, "sla/standing_maintenance", id=amendment_id, by=actor.id)
    if found is None:
        raise Conflict("withdrawn_before", "That was withdrawn meanwhile, or is no maintenance.")
    check_theirs(found)
    return found


def _change(
    session: WriteSession,
    found: Standing,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Effect:
    said = given_words(reason, "Say the reason")
    before = uptime_at(session, now)
    session.run(
        "sla/change_maintenance",
        id=found.id, kind=kind, starts_at=starts_at, ends_at=ends_at, reason=said, by=actor.id,
    )  # fmt: skip
    mark(session, min(starts_at, found.starts_at), max(ends_at, found.ends_at))
    effect = Effect(before, uptime_at(session, now))
    record_effect(session, actor, f"maintenance.{kind}", found.id, effect, said)
    return effect
