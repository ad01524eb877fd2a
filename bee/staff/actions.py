"""What admins do with the staff; each act is in the trail."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bee.access import StaffRole
from bee.audit import Actor, record
from bee.db import ReadSession, WriteSession
from bee.errors import Conflict, Invalid
from bee.staff.links import add_link


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody on the staff, as admins see them. ``members``: how many are assigned to them as a coach."""

    id: UUID
    email: str
    full_name: str
    roles: list[str]
    is_active: bool
    is_demo: bool
    created_at: datetime
    last_seen_at: datetime | None
    open_sessions: int
    is_invited: bool
    members: int


def list_staff(session: ReadSession) -> list[StaffMember]:
    """Return everybody, those who are active first, by name."""
    return session.all(StaffMember, "staff/list_staff")


def invite(
    session: WriteSession,
    *,
    email: str,
    full_name: str,
    roles: Collection[StaffRole],
    actor: Actor,
    now: datetime,
) -> str:
    """Add somebody and return the token of their one-time link.

    Raises :class:`Conflict` when somebody has that address already.
    """
    address = email.strip().lower()
    if not 3 <= len(address) <= 320 or address.count("@") != 1 or address.startswith("@") or " " in address:
        raise Invalid("bad_email", f"{email!r} is no e-mail address.")
    if not roles:
        raise Invalid("no_role", "Choose at least one role.")
    staff_id = session.scalar(
        "staff/add_staff",
        email=address,
        full_name=full_name.strip() or address.partition("@")[0],
        roles=sorted(roles),
        created_by=actor.id,
    )
    record(
        session,
        actor=actor,
        action="staff.invited",
        subject_kind="staff",
        subject_id=staff_id,
        after={"roles": sorted(roles)},
    )
    return add_link(session, staff_id=staff_id, purpose="invitation", by=actor.id, now=now)


def reset_password(session: WriteSession, staff_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Return the token of a link with which somebody sets a new password; the old one works until then."""
    member = _get(session, staff_id)
    record(session, actor=actor, action="staff.reset_offered", subject_kind="staff", subject_id=staff_id)
    purpose = "invitation" if member.is_invited else "reset"
    return add_link(session, staff_id=staff_id, purpose=purpose, by=actor.id, now=now)


def change_roles(
    session: WriteSession, staff_id: UUID, roles: Collection[StaffRole], *, actor: Actor
) -> None:
    """Give somebody these roles and no others. Raises :class:`Conflict` for the last admin's."""
    before = _get(session, staff_id)
    if not roles:
        raise Invalid("no_role", "Choose at least one role, or revoke the access.")
    session.run("staff/set_roles", staff_id=staff_id, roles=sorted(roles))
    _require_an_admin(session)
    record(
        session,
        actor=actor,
        action="staff.roles_changed",
        subject_kind="staff",
        subject_id=staff_id,
        before={"roles": before.roles},
        after={"roles": sorted(roles)},
    )


def deactivate(session: WriteSession, staff_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Revoke somebody's access: open sessions end at once. Raises :class:`Conflict` for the last admin."""
    _get(session, staff_id)
    session.run("staff/set_active", staff_id=staff_id, is_active=False)
    session.run("staff/end_sessions", staff_id=staff_id, keep=None, now=now, because="revoked")
    session.run("staff/void_links", staff_id=staff_id, now=now)
    _require_an_admin(session)
    record(session, actor=actor, action="staff.revoked", subject_kind="staff", subject_id=staff_id)


def reactivate(session: WriteSession, staff_id: UUID, *, actor: Actor) -> None:
    """Give somebody their access back, with the roles and the password they had."""
    _get(session, staff_id)
    session.run("staff/set_active", staff_id=staff_id, is_active=True)
    record(session, actor=actor, action="staff.restored", subject_kind="staff", subject_id=staff_id)


def assign_coach(
    session: WriteSession, member_numbers: Collection[int], coach_id: UUID | None, *, actor: Actor
) -> int:
    """Assign members to a coach, or to nobody, and return how many changed.

    The coaches' totals are computed again by the worker. Raises :class:`Invalid` for somebody who is no
    active coach and for a number that no member has.
    """
    if coach_id is not None:
        coach = _get(session, coach_id)
        if StaffRole.COACH not in coach.roles or not coach.is_active:
            raise Invalid("no_coach", f"{coach.full_name} is no active coach.")
    numbers = sorted(set(member_numbers))
    found = session.scalar("staff/count_members", numbers=numbers)
    if found != len(numbers):
        raise Invalid(
            "unknown_member", f"{len(numbers) - found} of these {len(numbers)} members do not exist."
        )
    changed = session.run("staff/assign_coach", numbers=numbers, coach_id=coach_id)
    if changed:
        record(
            session,
            actor=actor,
            action="member.coach_assigned",
            subject_kind="staff",
            subject_id=coach_id,
            after={"members": numbers},
        )
    return changed


def _get(session: ReadSession, staff_id: UUID) -> StaffMember:
    return session.get(StaffMember, "staff/staff_member", staff_id=staff_id)


def _require_an_admin(session: WriteSession) -> None:
    if not session.scalar("staff/count_admins"):
        raise Conflict("last_admin", "This is the last active admin; make somebody else an admin first.")
