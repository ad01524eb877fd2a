"""What members and the coach said, as rows."""

from datetime import datetime
from uuid import UUID, uuid4

from bee.db import Database, Login
from tests.factories import execute


def say(database: Database, member_id: UUID, message: str, answer: str, *, now: datetime) -> None:
    """Store a message and its answer in a conversation of their own."""
    with database.writing(Login.OWNER) as session:
        conversation_id, request_id = uuid4(), uuid4()
        execute(
            session,
            "insert into coach_conversations (id, user_id, started_at) values (:id, :user_id, :now)",
            id=conversation_id,
            user_id=member_id,
            now=now,
        )
        for role, body in (("member", message), ("coach", answer)):
            execute(
                session,
                """
                insert into coach_messages
                    (conversation_id, user_id, request_id, role, body, crisis, rules_version, model, usage,
                     momentum_state, created_at)
                values
                    (:conversation_id, :user_id, :request_id, :role, :body, false, '1',
                     case when :role = 'coach' then 'offline' end,
                     case when :role = 'coach' then cast('{}' as jsonb) end,
                     case when :role = 'coach' then 'Rising' end, :now)
                """,
                conversation_id=conversation_id,
                user_id=member_id,
                request_id=request_id,
                role=role,
                body=body,
                now=now,
            )
