"""What models were asked, took and cost, and which provider is left alone for a while. As the system."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, Self
from uuid import UUID

from bee.coach.exchange import Try
from bee.coach.model import ModelFailed, Provider
from bee.coach.model.prices import PRICES, Price, find_price
from bee.coach.standing import FAILURES_TO_OPEN, PAUSE, UNCOUNTED, Standing, day_began, pause_after
from bee.db import Database, Identity, Login, WriteSession

SYSTEM: Final = Identity(Login.SYSTEM)


class Purpose(StrEnum):
    """What a model is asked for."""

    PRODUCTION = "production"
    LAB = "lab"
    JUDGE = "judge"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class Account:
    """Whom calls are counted for: a member, who has a budget of their own, somebody on the staff, or nobody."""

    purpose: Purpose
    member_id: UUID | None = None
    staff_id: UUID | None = None

    @classmethod
    def of_member(cls, member_id: UUID, purpose: Purpose = Purpose.PRODUCTION) -> Self:
        """Return the account of a member's question; the row says who was their coach."""
        return cls(purpose, member_id=member_id)

    @classmethod
    def of_lab(cls, staff_id: UUID, purpose: Purpose = Purpose.LAB) -> Self:
        """Return the account of what somebody tries, whoever it is about."""
        return cls(purpose, staff_id=staff_id)


class Asking(Protocol):
    """What a model is asked with, as it stands beside what that cost."""

    @property
    def label(self) -> str:
        """How it is named: ``coach@1``."""

    @property
    def sha256(self) -> str:
        """The digest of all that decides what is asked."""

    @property
    def provider(self) -> Provider:
        """Who runs the model."""

    @property
    def model(self) -> str:
        """Which model it is."""


def read_standing(
    database: Database, member_id: UUID | None, provider: Provider, *, now: datetime
) -> Standing:
    """Return what was used today, and how the provider's breaker stands, in a single round trip."""
    found = database.find(
        SYSTEM,
        Standing,
        "coach/standing",
        user_id=member_id,
        provider=provider,
        since=day_began(now),
    )
    assert found is not None, "sums have a row"
    return found


def claim_probation(session: WriteSession, provider: Provider, *, now: datetime) -> bool:
    """Return whether this request is the one that tries a provider again whose pause is over."""
    return session.run("coach/claim_breaker", provider=provider, now=now, until=now + PAUSE) == 1


def note_calls(
    session: WriteSession,
    account: Account,
    request_id: UUID,
    prompt: Asking,
    tries: Iterable[Try],
    prices: Sequence[Price] = PRICES,
) -> None:
    """Keep every call with its tokens and its cost, whatever came of it."""
    for call in tries:
        price = find_price(prompt.provider, prompt.model, on=call.started_at.date(), prices=prices)
        session.run(
            "coach/add_call",
            purpose=account.purpose,
            staff_id=account.staff_id,
            user_id=account.member_id,
            request_id=request_id,
            attempt=call.number,
            provider=prompt.provider,
            model=prompt.model,
            prompt=prompt.label,
            prompt_sha256=prompt.sha256,
            started_at=call.started_at,
            outcome=call.outcome,
            detail=call.detail[:200],
            failed_checks=list(call.failed),
            is_estimate=call.is_estimate,
            cost_usd=None if price is None else price.cost(call.usage),
            priced_from=None if price is None else price.valid_from,
            first_byte_ms=call.first_ms,
            total_ms=call.total_ms,
            **asdict(call.usage),
        )


def note_health(
    session: WriteSession, provider: Provider, failure: ModelFailed | None, *, failures: int, now: datetime
) -> None:
    """Count a failure of a provider, or forget those before it when it answered.

    ``failures``: in a row, as they stood before the call.
    """
    if failure is None:
        if failures:
            session.run("coach/close_breaker", provider=provider, now=now)
    elif failure.fault not in UNCOUNTED:
        pause, at_once = pause_after(failure)
        session.run(
            "coach/note_failure",
            provider=provider,
            because=failure.fault,
            most=FAILURES_TO_OPEN,
            at_once=at_once,
            until=now + pause,
            now=now,
        )
