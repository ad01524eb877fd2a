"""What can be asked for: the columns that a member may read, under their names."""

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON


@strawberry.type(name="engagement_events", description="Something that the member did.")
class Event:
    id: UUID
    user_id: UUID
    event_type: str
    event_date: date
    occurred_at: datetime
    received_at: datetime
    time_zone: str
    source: str
    metadata: JSON


@strawberry.type(
    name="daily_engagement_scores", description="The momentum of one day; today's is not complete."
)
class Score:
    id: UUID
    user_id: UUID
    score_date: date
    raw_score: float
    final_score: float
    momentum_state: str
    definition: str
    event_count: int
    is_complete: bool
    calculated_at: datetime


@strawberry.type(name="momentum_notifications", description="A notification that was sent.")
class Notification:
    id: UUID
    user_id: UUID
    notification_type: str
    trigger_date: date
    title: str | None
    message: str | None
    action: JSON
    sent_at: datetime
    opened_at: datetime | None


@strawberry.type(name="user_fcm_tokens", description="A push token, without the token itself.")
class PushToken:
    id: UUID
    user_id: UUID
    platform: str
    address_kind: str
    is_active: bool
    last_seen_at: datetime
    created_at: datetime


@strawberry.type(name="coach_memory", description="A trait that the coach remembers.")
class Memory:
    id: UUID
    user_id: UUID
    trait_key: str
    trait_value: str
    source: str
    valid_from: datetime
    valid_to: datetime | None
    created_at: datetime
