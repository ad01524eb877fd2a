"""Who hits the limits on requests, and what passed because a limiter failed: policy and fault apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bee.csv_text import csv_text
from bee.db import ReadSession

AREAS: Final = ("v1", "rest", "graphql", "realtime")
MOST_MEMBERS: Final = 500
Span = Literal["hour", "day"]


@dataclass(frozen=True, slots=True)
class Refusals:
    """Requests that a limit refused in a span (UTC) that began at ``since``, of how many members."""

    since: datetime
    area: str
    refused: int
    members: int


@dataclass(frozen=True, slots=True)
class RefusedMember:
    """A member whose requests were refused. ``hours``: in how many of them that happened."""

    number: int
    area: str
    refused: int
    hours: int
    last_at: datetime

    @property
    def pseudonym(self) -> str:
        """What the staff call the member, such as P-1042."""
        return f"P-{self.number}"


@dataclass(frozen=True, slots=True)
class LimitedAnswers:
    """In a span (UTC): requests answered with 429, whoever asked, and those that passed as a limiter failed."""

    since: datetime
    limited: int
    uncounted: int


@dataclass(frozen=True, slots=True)
class LimitSearch:
    """Since when, of which area (None: of all), in spans of an hour or a day."""

    since: datetime
    area: str | None
    step: Span


@dataclass(frozen=True, slots=True)
class LimitHealth:
    """What was found; of members at most :data:`MOST_MEMBERS` rows, those who were refused most, of ``people``."""

    people: int
    refusals: list[Refusals]
    members: list[RefusedMember]
    answers: list[LimitedAnswers]

    @property
    def refused(self) -> int:
        """How many requests of members were refused."""
        return sum(row.refused for row in self.refusals)

    @property
    def uncounted(self) -> int:
        """How many requests passed because a limiter failed."""
        return sum(row.uncounted for row in self.answers)

    @property
    def limited(self) -> int:
        """How many answers were a 429, whoever asked."""
        return sum(row.limited for row in self.answers)


def limit_health(session: ReadSession, search: LimitSearch) -> LimitHealth:
    """Return who hit which limit, and when limiters failed."""
    since, area, step = search.since, search.area, search.step
    return LimitHealth(
        session.scalar("sla/count_refused_members", since=since, area=area),
        session.all(Refusals, "sla/refusals", since=since, area=area, step=step),
        session.all(RefusedMember, "sla/refused_members", since=since, area=area, most=MOST_MEMBERS),
        session.all(LimitedAnswers, "sla/limited_answers", since=since, step=step),
    )


def refusals_csv(rows: Iterable[Refusals]) -> str:
    """Return refusals by span and area as a file."""
    return csv_text(
        ("since", "area", "refused", "members"),
        ((row.since.isoformat(), row.area, row.refused, row.members) for row in rows),
    )


def refused_members_csv(rows: Iterable[RefusedMember]) -> str:
    """Return members and how often they were refused as a file."""
    return csv_text(
        ("person", "area", "refused", "hours", "last_at"),
        ((row.pseudonym, row.area, row.refused, row.hours, row.last_at.isoformat()) for row in rows),
    )


def limited_answers_csv(rows: Iterable[LimitedAnswers]) -> str:
    """Return answers with 429 and requests that passed uncounted, by span, as a file."""
    return csv_text(
        ("since", "limited", "passed_uncounted"),
        ((row.since.isoformat(), row.limited, row.uncounted) for row in rows),
    )
