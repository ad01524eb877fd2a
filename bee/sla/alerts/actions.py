"""What people do about alerts; each act is in the trail, and of two who saw the same the second is refused."""

from datetime import datetime

from bee.audit import Actor, given_words, record
from bee.db import WriteSession

MOST_LETTERS = 2000


def acknowledge(session: WriteSession, alert: int, *, seen: int, until: datetime, actor: Actor) -> None:
    """Say that somebody sees to it: nobody else is called before ``until``, a day from now at most."""
    _act(session, "acknowledged", alert, seen=seen, until=until, actor=actor)


def snooze(session: WriteSession, alert: int, *, seen: int, until: datetime, actor: Actor) -> None:
    """Hear of it again at ``until``, seven days from now at most, if it fires then."""
    _act(session, "snoozed", alert, seen=seen, until=until, actor=actor)


def escalate(session: WriteSession, alert: int, *, seen: int, actor: Actor) -> None:
    """Have the next step told now; whoever acknowledged it is not alone with it any more."""
    _act(session, "escalated", alert, seen=seen, actor=actor)


def close(session: WriteSession, alert: int, *, seen: int, actor: Actor) -> None:
    """End an alert before its time of quiet is over. Raises :class:`bee.errors.Conflict` while it fires."""
    _act(session, "closed", alert, seen=seen, actor=actor)


def judge(session: WriteSession, alert: int, *, seen: int, is_actionable: bool, actor: Actor) -> None:
    """Say whether there was anything to do."""
    _act(session, "judged", alert, seen=seen, is_actionable=is_actionable, actor=actor)


def note(session: WriteSession, alert: int, *, seen: int, text: str, actor: Actor) -> None:
    """Write something down for whoever comes after, also when it is over."""
    said = given_words(text, "Write something", most=MOST_LETTERS)
    _act(session, "noted", alert, seen=seen, text=said, actor=actor)


def _act(
    session: WriteSession,
    kind: str,
    alert: int,
    *,
    seen: int,
    actor: Actor,
    until: datetime | None = None,
    is_actionable: bool | None = None,
    text: str = "",
) -> None:
    session.run(
        "sla/do_alert_act",
        alert=alert,
        kind=kind,
        done_by=actor.id,
        seen=seen,
        until=until,
        is_actionable=is_actionable,
        note=text,
    )
    said = {"until": until, "is_actionable": is_actionable}
    after = {name: value for name, value in said.items() if value is not None}
    record(
        session,
        actor=actor,
        action=f"alert.{kind}",
        subject_kind="alert",
        subject_id=alert,
        after=after or None,
    )
