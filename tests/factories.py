"""Rows for tests: each function makes one, with believable defaults."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy

from bee.db import ReadSession, WriteSession


def execute(session: ReadSession, statement: str, **parameters: object) -> sqlalchemy.CursorResult[Any]:
    """Run a statement that only a test needs."""
    return session._connection.execute(sqlalchemy.text(statement), parameters)


def make_member(
    session: WriteSession,
    *,
    member_id: UUID | None = None,
    external_id: str | None = None,
    time_zone: str = "Europe/London",
    joined_on: date = date(2026, 1, 5),
    left_on: date | None = None,
    coach_id: UUID | None = None,
    attributes: str = "{}",
    is_demo: bool = False,
    is_synthetic: bool = False,
) -> UUID:
    """Add a member; needs ``Login.OWNER``."""
    member_id = member_id or uuid4()
    execute(
        session,
        """
        insert into members
            (id, external_id, time_zone, joined_on, left_on, coach_id, attributes, is_demo, is_synthetic)
        values
            (:id, :external_id, :time_zone, :joined_on, :left_on, :coach_id, cast(:attributes as jsonb),
             :is_demo, :is_synthetic)
        """,
        id=member_id,
        external_id=external_id or f"member-{member_id}",
        time_zone=time_zone,
        joined_on=joined_on,
        left_on=left_on,
        coach_id=coach_id,
        attributes=attributes,
        is_demo=is_demo,
        is_synthetic=is_synthetic,
    )
    return member_id


def make_event(
    session: WriteSession,
    member_id: UUID,
    *,
    event_id: UUID | None = None,
    event_type: str = "app_session",
    occurred_at: datetime = datetime(2026, 1, 5, 12, tzinfo=UTC),
    metadata: str = "{}",
) -> UUID:
    """Add an event by the ordinary road, through the trigger."""
    event_id = event_id or uuid4()
    execute(
        session,
        """
        insert into engagement_events (id, user_id, event_type, occurred_at, metadata)
        values (:id, :user_id, :event_type, :occurred_at, cast(:metadata as jsonb))
        """,
        id=event_id,
        user_id=member_id,
        event_type=event_type,
        occurred_at=occurred_at,
        metadata=metadata,
    )
    return event_id


def make_staff(
    session: WriteSession,
    *,
    email: str | None = None,
    full_name: str = "Ana Ortiz",
    roles: tuple[str, ...] = ("product",),
    password_hash: str | None = None,
    is_demo: bool = False,
) -> UUID:
    """Add somebody to the staff; needs ``Login.OWNER``."""
    staff_id = uuid4()
    execute(
        session,
        """
        insert into staff (id, email, full_name, roles, password_hash, is_demo)
        values (:id, :email, :full_name, :roles, :password_hash, :is_demo)
        """,
        id=staff_id,
        email=email or f"{staff_id}@example.org",
        full_name=full_name,
        roles=list(roles),
        password_hash=password_hash,
        is_demo=is_demo,
    )
    return staff_id
