"""A member with words to be hidden and a consent, and settings that lead to the models' server on loopback."""

from typing import Any
from uuid import UUID

from pydantic import SecretStr

from bee.coach.exchange import Limits
from bee.coach.prompting import Prompt, prompt_of
from bee.coach.prompts.registry import COACH, prompt_versions
from bee.db import Database, Login, WriteSession
from bee.settings import Settings
from tests.coach.model_server import ModelServer
from tests.factories import execute, make_member

# As generous as the slowest machine asks, but for what has to be waited for.
AMPLE = Limits(total_s=60, first_s=20, gap_s=20, least_s=0.01)
HASTY = Limits(total_s=2.5, first_s=0.5, gap_s=0.5, least_s=0.01)


def settings_for(service: ModelServer, model: str = "openai/fine", **more: Any) -> Settings:
    """Return settings by which every provider is the server on loopback."""
    return Settings.model_validate(
        {
            "login_secret": SecretStr("s" * 40),
            "coach_model": model,
            "OPENAI_API_KEY": "key",
            "openai_url": f"{service.address}/v1",
            "ANTHROPIC_API_KEY": "key",
            "anthropic_url": service.address,
        }
        | more
    )


def make_mia(database: Database, *, coach_id: UUID | None = None, consents: bool = True) -> UUID:
    """Add a member with a name, an address and a number."""
    with database.writing(Login.OWNER) as session:
        member_id = make_member(session, external_id="mia-1", coach_id=coach_id)
        execute(
            session,
            "insert into personal_data (member_id, full_name, email, phone)"
            " values (:id, 'Mia Jones', 'mia@example.org', '4155552671')",
            id=member_id,
        )
        execute(
            session,
            "insert into consents (member_id, purpose, granted, source)"
            " values (:id, 'coaching', :granted, 'member')",
            id=member_id,
            granted=consents,
        )
    return member_id


def remember(
    session: WriteSession, member_id: UUID, text: str, *, key: str = "habit", **more: object
) -> UUID:
    """Add a memory that is accepted, and valid from some time long past unless told otherwise."""
    row = {"status": "accepted", "valid_from": "2026-01-01 00:00+00", "valid_to": None} | more
    memory_id: UUID = execute(
        session,
        """
        insert into coach_memory (user_id, trait_key, trait_value, source, status, valid_from, valid_to)
        values (:id, :key, :text, 'coach', :status, :valid_from, :valid_to)
        returning id
        """,
        id=member_id, key=key, text=text, **row,
    ).scalar_one()  # fmt: skip
    return memory_id


def set_state(session: WriteSession, member_id: UUID, state: str, *, day: str = "2026-11-23") -> None:
    """Give a member a complete day in a state, or another state that day."""
    execute(
        session,
        """
        insert into daily_engagement_scores
            (user_id, score_date, raw_score, final_score, momentum_state, definition, event_count, is_complete)
        values (:id, :day, 50, 50, :state, 'v1', 3, true)
        on conflict (user_id, score_date) do update set momentum_state = excluded.momentum_state
        """,
        id=member_id, day=day, state=state,
    )  # fmt: skip


def prompt_with(database: Database, settings: Settings, number: int = 1) -> Prompt:
    """Return a version of the coach's prompt with the model of the settings."""
    with database.reading(Login.SYSTEM) as session:
        (version,) = [each for each in prompt_versions(session, COACH) if each.number == number]
    return prompt_of(version, settings)
