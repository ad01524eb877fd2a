"""What models took and cost, and which providers are left alone; for staff, without whose words they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from bee.coach.ledger import Purpose
from bee.csv_text import csv_text
from bee.db import ReadSession

NOBODYS: Final = "Nobody's"


@dataclass(frozen=True, slots=True)
class UsageDay:
    """A day's calls (UTC) of one prompt and model for one purpose. Tokens are in buckets that exclude one another.

    ``estimated``: calls of which the provider told no tokens. ``cost_usd``: of the calls with a known price;
    ``unpriced`` counts the others.
    """

    day: date
    purpose: str
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


@dataclass(frozen=True, slots=True)
class CoachUsage:
    """The same, also by whom the calls were for; ``coach``: None where a member had none then.

    ``helpful``, ``unhelpful``: of the answers sent to members, as they said themselves.
    """

    day: date
    purpose: str
    prompt: str
    provider: str
    model: str
    staff_id: UUID | None
    coach: str | None
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
    helpful: int
    unhelpful: int


COUNTS: Final = (
    "calls", "answered", "input", "cache_read", "cache_write", "output", "reasoning", "estimated", "unpriced",
    "helpful", "unhelpful",
)  # fmt: skip


class Grouping(StrEnum):
    """What figures are added up by."""

    VERSION = "version"
    MODEL = "model"
    COACH = "coach"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class UsageLine:
    """Figures of one version, model, coach or day, for one purpose.

    ``cost_usd``: of the calls with a known price; None where no call has one.
    """

    name: str
    purpose: Purpose
    calls: int
    answered: int
    input: int
    cache_read: int
    cache_write: int
    output: int
    reasoning: int
    estimated: int
    unpriced: int
    helpful: int
    unhelpful: int
    cost_usd: Decimal | None

    @property
    def tokens(self) -> int:
        """All of them: no bucket holds what another does."""
        return self.input + self.cache_read + self.cache_write + self.output + self.reasoning


def usage_by_coach(session: ReadSession, since: datetime, until: datetime) -> list[CoachUsage]:
    """Return what was used from one moment until another: for a coach what was for them, for an admin all of it."""
    return session.all(CoachUsage, "coach/usage_by_coach", since=since, until=until)


def added_up(rows: Sequence[CoachUsage], by: Grouping) -> list[UsageLine]:
    """Return the rows added up, purposes apart: days newest first, the rest by what it cost, then by tokens."""
    groups: dict[tuple[str, str, UUID | None], list[CoachUsage]] = {}
    for row in rows:
        # Two people may bear one name.
        staff_id = row.staff_id if by is Grouping.COACH else None
        groups.setdefault((_name(row, by), row.purpose, staff_id), []).append(row)
    lines = [_line(name, purpose, group) for (name, purpose, _), group in groups.items()]
    if by is Grouping.DAY:
        return sorted(lines, key=lambda line: (line.name, line.purpose), reverse=True)
    return sorted(lines, key=lambda line: (-(line.cost_usd or 0), -line.tokens, line.name, line.purpose))


def whole(rows: Sequence[CoachUsage]) -> UsageLine:
    """Return everything in one line, whatever it was for."""
    return _line("", Purpose.PRODUCTION, rows)


def usage_csv(lines: Sequence[UsageLine], by: Grouping) -> str:
    """Return lines as a file; a cost that nobody knows is empty, never 0."""
    header = (by.value, "purpose", *COUNTS, "cost_usd")
    return csv_text(
        header,
        (
            (
                line.name,
                line.purpose.value,
                *(getattr(line, name) for name in COUNTS),
                None if line.cost_usd is None else f"{line.cost_usd:f}",
            )
            for line in lines
        ),
    )


def _name(row: CoachUsage, by: Grouping) -> str:
    match by:
        case Grouping.VERSION:
            return row.prompt
        case Grouping.MODEL:
            return f"{row.provider}/{row.model}"
        case Grouping.COACH:
            return row.coach or NOBODYS
        case Grouping.DAY:
            return row.day.isoformat()


def _line(name: str, purpose: str, rows: Sequence[CoachUsage]) -> UsageLine:
    counts = {count: int(sum(getattr(row, count) for row in rows)) for count in COUNTS}
    is_priced = counts["unpriced"] < counts["calls"] or not rows
    cost = sum((row.cost_usd for row in rows), Decimal(0)) if is_priced else None
    return UsageLine(name=name, purpose=Purpose(purpose), cost_usd=cost, **counts)
