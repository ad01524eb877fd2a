"""What models took and cost, and which providers are left alone; for staff, without whose words they were."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bee.db import ReadSession


@dataclass(frozen=True, slots=True)
class UsageDay:
    """A day's calls (UTC) of one prompt and model. Tokens are in buckets that exclude one another.

    ``estimated``: calls of which the provider told no tokens. ``cost_usd``: of the calls with a known price;
    ``unpriced`` counts the others.
    """

    day: date
    prompt: str
    provider: str
    model: str
    calls: int
    answered: int
    input: int
    cache_read: int
    cache_write: int
    output: int
    reasoning: int
    estimated: int
    cost_usd: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Breaker:
    """How a provider does: its failures in a row, and until when nothing is asked of it."""

    provider: str
    failures: int
    because: str
    open_until: datetime | None
    changed_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether the provider is left alone."""
        return self.open_until is not None and self.open_until > now


def usage(session: ReadSession, since: datetime, until: datetime) -> list[UsageDay]:
    """Return what was used from one moment until another, the newest day first."""
    return session.all(UsageDay, "coach/usage", since=since, until=until)


def breakers(session: ReadSession) -> list[Breaker]:
    """Return how each provider does that ever failed."""
    return session.all(Breaker, "coach/breakers")
