"""Calls of models and what answers rested on, as the engine stores them."""

from datetime import datetime
from uuid import UUID, uuid4

from bee.coach.exchange import Try
from bee.coach.ledger import Account, Purpose, note_calls
from bee.coach.model import Provider, Usage
from bee.coach.prompting import Prompt
from bee.coach.prompts import Parameters
from bee.coach.prompts.registry import COACH, shipped_prompt
from bee.db import WriteSession
from tests.factories import execute

NOBODYS = Account(Purpose.PRODUCTION)
USAGE = Usage(input=50, cache_read=40, cache_write=10, output=18, reasoning=12)


def make_call(
    session: WriteSession,
    account: Account | None = None,
    *,
    started_at: datetime,
    request_id: UUID | None = None,
    model: str = "openai/gpt-4o-mini",
    version: int = 1,
    outcome: str = "answered",
    usage: Usage = USAGE,
) -> UUID:
    """Add a call as the ledger does, and return its request's id; without an account, of a member who is gone."""
    request_id = request_id or uuid4()
    provider, _, name = model.partition("/")
    prompt = Prompt(
        COACH, version, f"{version:064}", shipped_prompt(), Parameters(), Provider(provider), name
    )
    call = Try(1, started_at, outcome, "", (), usage, is_estimate=False, first_ms=120, total_ms=480)
    note_calls(session, account or NOBODYS, request_id, prompt, [call])
    return request_id


def make_moment(session: WriteSession, member_id: UUID, *, at: datetime) -> UUID:
    """Add an answered message, by rules, with what the answer rested on; return its request's id."""
    request_id = uuid4()
    execute(
        session,
        """
        with begun as (insert into coach_conversations (user_id) values (:id) returning id)
        insert into coach_messages
            (conversation_id, user_id, request_id, role, body, crisis, rules_version, model, usage, created_at)
        select id, :id, :request_id, role, 'words', false, '1', model, cast(usage as jsonb), :at
        from begun, (values ('member', null, null), ('coach', 'offline', '{}')) as said (role, model, usage)
        """,
        id=member_id, request_id=request_id, at=at,
    )  # fmt: skip
    session.run(
        "coach/add_moment",
        user_id=member_id, request_id=request_id, momentum_state=None, memory_ids=[], message_numbers=[],
        prompt_sha256=None, provider=None, model=None, mask_version=None, request=None, now=at,
    )  # fmt: skip
    return request_id
