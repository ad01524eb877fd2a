"""What becomes of a delivery (pure): whether it still may go, to which devices, and when it is done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from bee.notify.courier import Answer, Outcome, Pause
from bee.notify.decide import PASSED, Limits, Recipient, budget_refusal, quiet_hours_of
from bee.notify.quiet import quiet_until
from bee.notify.rule import Budget

# After that many posts that may have arrived there is no further one.
MOST_AMBIGUOUS: Final = 2
AMBIGUOUS_PAUSE_S: Final = 60.0
AMBIGUOUS_ALARM: Final = 10
SETTLES: Final = frozenset(
    {Outcome.ACCEPTED, Outcome.RECORDED, Outcome.DEAD_ADDRESS, Outcome.WRONG_PROJECT, Outcome.PAYLOAD}
)
ARRIVED: Final = (Outcome.ACCEPTED, Outcome.AMBIGUOUS, Outcome.RECORDED)


class End(StrEnum):
    """How a delivery ends."""

    ACCEPTED = "accepted"
    RECORDED = "recorded"
    AMBIGUOUS = "ambiguous"
    FAILED = "failed"
    WITHHELD = "withheld"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Settled:
    """What to do with a delivery: end it, or try again at ``available_at``.

    ``is_quiet``: quiet hours hold it until then, and nothing failed.
    """

    notification_id: UUID
    end: End | None = None
    reason: str | None = None
    available_at: datetime | None = None
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """A post to a device; ``outcome`` is None while nobody knows."""

    notification_id: UUID
    token_id: UUID
    number: int
    outcome: str | None
    error: str | None


def recheck(
    notification_id: UUID,
    *,
    rule: Limits | None,
    recipient: Recipient | None,
    budget: Budget | None,
    expires_at: datetime,
    is_broken_silence: bool,
    was_posted: bool,
    now: datetime,
) -> Settled | None:
    """Return why a delivery does not go out now; None where it does. Whatever is not known holds it back.

    ``was_posted``: what a device may have already is no longer held back by how much else was sent.
    """
    if now >= expires_at:
        return Settled(notification_id, End.EXPIRED, "too late")
    if recipient is None or recipient.time_zone is None or rule is None or budget is None:
        return Settled(notification_id, End.WITHHELD, "unknown")
    if recipient.push_consent is not True:
        return Settled(notification_id, End.WITHHELD, "consent_refused")
    if recipient.opted_out is None or rule.type in recipient.opted_out:
        return Settled(notification_id, End.WITHHELD, "opt_out_refused")
    if is_broken_silence:
        return Settled(notification_id, End.WITHHELD, "came_back")
    ends = quiet_until(now, ZoneInfo(recipient.time_zone), quiet_hours_of(recipient, budget))
    if ends is not None:
        return replace(later(notification_id, ends, expires_at, []), is_quiet=True)
    answers = budget_refusal(rule, recipient, budget, now)
    held = next((f"{guard}_{told}" for guard, told in answers.items() if told != PASSED), None)
    return None if held is None or was_posted else Settled(notification_id, End.WITHHELD, held)


def ended(settled: Settled, attempts: Sequence[Attempt]) -> Settled:
    """Return the end of a delivery that goes out no more: what may have arrived ends as that, with the reason."""
    told = {attempt.outcome for attempt in attempts}
    arrived = next((outcome for outcome in ARRIVED if outcome in told), None)
    if settled.end is None or arrived is None:
        return settled
    return Settled(settled.notification_id, End(arrived.value), settled.reason)


def open_devices(tokens: Collection[UUID], attempts: Sequence[Attempt]) -> list[UUID]:
    """Return those devices of a member that a delivery still has to reach, in their order."""
    return [token for token in tokens if not _is_settled(_outcomes(token, attempts))]


def next_number(token: UUID, attempts: Sequence[Attempt]) -> int:
    """Return the number of the next attempt at a device."""
    return 1 + max((attempt.number for attempt in attempts if attempt.token_id == token), default=0)


def concluded(notification_id: UUID, attempts: Sequence[Attempt]) -> Settled:
    """Return the end of a delivery that has nobody left to reach: the best that one of the devices had."""
    outcomes = {attempt.outcome: attempt.error for attempt in attempts}
    for outcome in ARRIVED:
        if outcome in outcomes:
            return Settled(notification_id, End(outcome.value))
    if not attempts:
        return Settled(notification_id, End.WITHHELD, "address_refused")
    return Settled(notification_id, End.FAILED, attempts[-1].outcome)


def later(
    notification_id: UUID, available_at: datetime, expires_at: datetime, attempts: Sequence[Attempt]
) -> Settled:
    """Return a delivery that is tried again later, or ended where that would be too late."""
    if available_at < expires_at:
        return Settled(notification_id, available_at=available_at)
    if any(attempt.outcome in ARRIVED for attempt in attempts):
        return concluded(notification_id, attempts)
    return Settled(notification_id, End.EXPIRED, attempts[-1].outcome if attempts else "too late")


def pauses(answers: Mapping[int, Answer]) -> list[tuple[Pause, str]]:
    """Return the breakers that a round of answers opens, each with the reason."""
    found = {
        (answer.pause.platform, answer.pause.seconds): answer.error
        for answer in answers.values()
        if answer.pause is not None
    }
    told = [answer.outcome for answer in answers.values()]
    if told.count(Outcome.AMBIGUOUS) >= AMBIGUOUS_ALARM and Outcome.ACCEPTED not in told:
        found["all", AMBIGUOUS_PAUSE_S] = "no clear answers"
    return [(Pause(platform, seconds), error) for (platform, seconds), error in found.items()]


def _outcomes(token: UUID, attempts: Sequence[Attempt]) -> list[str | None]:
    return [attempt.outcome for attempt in attempts if attempt.token_id == token]


def _is_settled(outcomes: Sequence[str | None]) -> bool:
    return not SETTLES.isdisjoint(outcomes) or outcomes.count(Outcome.AMBIGUOUS) >= MOST_AMBIGUOUS
