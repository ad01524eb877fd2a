"""Whether a model may be asked now: the day's budgets, and the breaker of the provider (pure)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bee.coach.model import Fault, ModelFailed
from bee.settings import Settings

FAILURES_TO_OPEN: Final = 5
PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=10)
# Faults by which a provider is not known to be down: the request itself was wrong.
UNCOUNTED: Final = frozenset({Fault.REJECTED})


class Hold(StrEnum):
    """Why no model is asked."""

    NO_PROMPT = "no_prompt"
    NO_CONSENT = "no_consent"
    NOT_CONFIGURED = "not_configured"
    MEMBER_BUDGET = "member_budget"
    TOKEN_BUDGET = "token_budget"  # noqa: S105  # no password
    COST_BUDGET = "cost_budget"
    LAB_BUDGET = "lab_budget"
    BREAKER = "breaker"


@dataclass(frozen=True, slots=True)
class Standing:
    """What models took and cost today (UTC), and how the provider's breaker stands.

    ``lab_cost_usd``: how much of it was not to answer a member.
    """

    tokens: int
    cost_usd: Decimal
    lab_cost_usd: Decimal
    member_tokens: int
    failures: int
    open_until: datetime | None

    def hold(self, settings: Settings, now: datetime) -> Hold | None:
        """Return why no model may be asked, None where one may."""
        return self.over_budget(settings) or self._breaker(now)

    def lab_hold(self, settings: Settings, now: datetime) -> Hold | None:
        """Return why no model may be asked in the lab, None where one may."""
        return self.over_lab_budget(settings) or self._breaker(now)

    def over_budget(self, settings: Settings) -> Hold | None:
        """Return which budget of the day is used up, None where none is."""
        if self.member_tokens >= settings.coach_member_tokens_per_day:
            return Hold.MEMBER_BUDGET
        if self.tokens >= settings.coach_tokens_per_day:
            return Hold.TOKEN_BUDGET
        if self.cost_usd >= settings.coach_usd_per_day:
            return Hold.COST_BUDGET
        return None

    def over_lab_budget(self, settings: Settings) -> Hold | None:
        """Return the same for the lab, which has a share of the day's budget, and no more."""
        if self.lab_cost_usd >= settings.coach_lab_usd_per_day:
            return Hold.LAB_BUDGET
        return self.over_budget(settings)

    def _breaker(self, now: datetime) -> Hold | None:
        return Hold.BREAKER if self.open_until is not None and self.open_until > now else None

    @property
    def is_on_probation(self) -> bool:
        """Whether a pause is over and one request is to try whether the provider answers again."""
        return self.open_until is not None


def day_began(now: datetime) -> datetime:
    """Return when the day of a moment began, in UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def pause_after(failure: ModelFailed) -> tuple[timedelta, bool]:
    """Return for how long a provider is left alone, and whether at once: it asks for it, or nothing will help."""
    if failure.retry_after_s is not None:
        return min(timedelta(seconds=failure.retry_after_s), LONGEST_PAUSE), True
    return PAUSE, failure.fault in {Fault.QUOTA, Fault.CONFIGURATION}
