"""Members with memories and messages, as tests want them."""

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from bee.coach.memory.models import Embedded
from bee.db import Database, Login, ReadSession
from tests.factories import execute

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def remember(
    database: Database,
    member_id: UUID,
    key: str,
    value: str,
    *,
    status: str = "accepted",
    valid_from: datetime = NOW - timedelta(days=30),
    valid_to: datetime | None = None,
) -> UUID:
    """Add a memory as if it had been decided about."""
    with database.writing(Login.OWNER) as session:
        found = execute(
            session,
            """
            insert into coach_memory (user_id, trait_key, trait_value, source, status, valid_from, valid_to)
            values (:user_id, :key, :value, 'coach', :status, :valid_from, :valid_to)
            returning id
            """,
            user_id=member_id,
            key=key,
            value=value,
            status=status,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        memory_id = found.scalar_one()
        assert isinstance(memory_id, UUID)
        return memory_id


def say(
    database: Database,
    member_id: UUID,
    text: str,
    *,
    at: datetime = NOW,
    category: str | None = None,
) -> UUID:
    """Add a message of a member's; ``category``: of the danger that it tells of."""
    with database.writing(Login.OWNER) as session:
        conversation = execute(
            session, "insert into coach_conversations (user_id) values (:id) returning id", id=member_id
        ).scalar_one()
        found = execute(
            session,
            """
            insert into coach_messages (conversation_id, user_id, request_id, role, body, crisis, category,
                rules_version, created_at)
            values (:conversation, :user_id, :request_id, 'member', :body, :crisis, :category, '1', :at)
            returning id
            """,
            conversation=conversation,
            user_id=member_id,
            request_id=uuid4(),
            body=text,
            crisis=category is not None,
            category=category,
            at=at,
        )
        message_id = found.scalar_one()
        assert isinstance(message_id, UUID)
        return message_id


def consent(
    database: Database, member_id: UUID, *, granted: bool = True, at: datetime = NOW - timedelta(days=30)
) -> None:
    """Let a member consent to coaching, or take it back; of two decisions of one moment the later one counts."""
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into consents (member_id, purpose, granted, source, decided_at)"
            " values (:id, 'coaching', :granted, 'member', :at)",
            id=member_id,
            granted=granted,
            at=at,
        )


def keep(database: Database, memory_id: UUID, embedded: Embedded) -> None:
    """Keep what a memory is to a model."""
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into coach_memory_embeddings
                (memory_id, user_id, provider, model, dimension, compares, embedding)
            select id, user_id, :provider, :model, :dimension, :compares, cast(:values as real[])
            from coach_memory where id = :id
            """,
            id=memory_id,
            provider=embedded.by.provider,
            model=embedded.by.model,
            dimension=embedded.by.dimension,
            compares=embedded.by.compares,
            values=embedded.values,
        )


def as_member(database: Database, member_id: UUID) -> AbstractContextManager[ReadSession]:
    """Read as a member, through the API's login."""
    claims = json.dumps({"sub": str(member_id), "role": "authenticated"})
    return database.reading(Login.API, role="authenticated", settings={"request.jwt.claims": claims})


def as_coach(database: Database, coach_id: UUID) -> AbstractContextManager[ReadSession]:
    """Read as a coach, through the dashboard's login."""
    return database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach_id)
