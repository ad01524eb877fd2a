"""Accounts and sessions as they are stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """A member's account; ``id`` is the member's. Metadata is what the app keeps about them, and what we do."""

    id: UUID
    email: str
    password_hash: str
    user_metadata: dict[str, Any]
    app_metadata: dict[str, Any]
    is_banned: bool
    last_sign_in_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class RefreshableSession:
    """A session and the turn it stands at."""

    id: UUID
    user_id: UUID
    refresh_key: bytes
    turn: int
    refreshed_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A session that was opened or refreshed. ``refresh_token`` goes to the client and nowhere else."""

    account: Account
    session_id: UUID
    refresh_token: str
