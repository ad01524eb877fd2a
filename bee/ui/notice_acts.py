"""What whoever is on call tells the public; each act one call and one transaction."""

from datetime import datetime
from typing import Final

from bee.access import StaffRole
from bee.sla.status import notes
from bee.sla.status.notes import Kind
from bee.ui.acts import act
from bee.ui.sessions import utc_now

MAY_TELL: Final = StaffRole.ONCALL


def write_first(title: str, body: str, began_at: datetime, alert: int | None) -> int:
    """Write the first note of an incident. Raises :class:`bee.errors.Invalid`."""
    return act(
        MAY_TELL,
        lambda session, actor: notes.write_first(
            session, title=title, body=body, began_at=began_at, alert=alert, actor=actor, now=utc_now()
        ),
    )


def write_next(incident: int, kind: Kind, title: str, body: str) -> int:
    """Write an update or the end. Raises :class:`bee.errors.Conflict` where there is nothing to add to."""
    return act(
        MAY_TELL,
        lambda session, actor: notes.write_next(session, incident, kind, title=title, body=body, actor=actor),
    )


def publish(note: int) -> None:
    """Show a note to the public. Raises :class:`bee.errors.Conflict` the second time."""
    act(MAY_TELL, lambda session, actor: notes.publish_note(session, note, actor=actor))


def withdraw(note: int, reason: str) -> None:
    """Take a note off the page, or put it aside. Raises :class:`bee.errors.Conflict` the second time."""
    act(MAY_TELL, lambda session, actor: notes.withdraw_note(session, note, reason=reason, actor=actor))
