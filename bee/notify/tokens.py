"""The health of push addresses: how old they are, whom they reach, what became of them week by week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.notify.addresses import EXPIRED_DAYS, STALE_DAYS

WEEK: Final = timedelta(days=7)
WAYS: Final = ("fresh", "stale", "lost", "never")


@dataclass(frozen=True, slots=True)
class TokenSearch:
    """Which addresses: of a platform or all, of a segment's members, over how many weeks."""

    now: datetime
    weeks: int
    platform: str | None = None
    segment: str = "all"


@dataclass(frozen=True, slots=True)
class TokenAge:
    """How many addresses in use are of a platform and age."""

    platform: str
    age: str
    addresses: int
    demo: int


@dataclass(frozen=True, slots=True)
class ReachedMembers:
    """How many members have a fresh address, only a stale one, none any more (``lost``), or ``never`` had one."""

    way: str
    members: int


@dataclass(frozen=True, slots=True)
class TokenWeek:
    """A week that begins on a Monday. ``dead`` to ``other``: given up, by reason; ``in_use`` at its end.

    ``found_dead``: how often the push service said that a device is gone, whatever became of the address since.
    """

    week_on: date
    registered: int
    dead: int
    wrong_project: int
    expired: int
    moved: int
    other: int
    in_use: int
    found_dead: int

    @property
    def given_up(self) -> int:
        """All that were given up."""
        return self.dead + self.wrong_project + self.expired + self.moved + self.other


@dataclass(frozen=True, slots=True)
class TokenHealth:
    """Everything that is known of the addresses that are asked about."""

    ages: list[TokenAge]
    members: list[ReachedMembers]
    weeks: list[TokenWeek]

    @property
    def in_use(self) -> int:
        """How many addresses are in use."""
        return sum(row.addresses for row in self.ages)

    def aged(self, age: str) -> int:
        """Return how many addresses in use are of an age."""
        return sum(row.addresses for row in self.ages if row.age == age)

    @property
    def people(self) -> int:
        """How many members there are."""
        return sum(row.members for row in self.members)

    @property
    def reachable(self) -> int:
        """How many members have an address that is posted to."""
        return sum(row.members for row in self.members if row.way in {"fresh", "stale"})


def token_health(session: ReadSession, search: TokenSearch) -> TokenHealth:
    """Return the health of the addresses. Not for coaches; on-call asks for the segment ``all`` only."""
    asked: dict[str, object] = {"platform": search.platform, "segment": search.segment}
    aged: dict[str, object] = asked | {
        "now": search.now,
        "stale_days": STALE_DAYS,
        "expired_days": EXPIRED_DAYS,
    }
    this_week = monday(search.now.date())
    reached = {row.way: row.members for row in session.all(ReachedMembers, "notify/token_members", **aged)}
    return TokenHealth(
        session.all(TokenAge, "notify/token_ages", **aged),
        [ReachedMembers(way, reached.get(way, 0)) for way in WAYS],
        session.all(
            TokenWeek,
            "notify/token_weeks",
            since=this_week - (search.weeks - 1) * WEEK,
            until=this_week,
            **asked,
        ),
    )


def monday(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


def ages_csv(rows: Iterable[TokenAge]) -> str:
    """Return addresses in use as a file, a row a platform and age."""
    return csv_text(
        ("platform", "age", "addresses", "of_demo_members"),
        ((row.platform, row.age, row.addresses, row.demo) for row in rows),
    )


def members_csv(rows: Iterable[ReachedMembers]) -> str:
    """Return how members can be reached as a file, a row a way."""
    return csv_text(("way", "members"), ((row.way, row.members) for row in rows))


def weeks_csv(rows: Sequence[TokenWeek]) -> str:
    """Return weeks as a file, a row each, in their order."""
    header = (
        "week_on", "in_use_at_end", "registered", "given_up", "dead", "wrong_project", "expired", "moved", "other",
        "answers_that_a_device_is_gone",
    )  # fmt: skip
    return csv_text(
        header,
        (
            (
                row.week_on.isoformat(), row.in_use, row.registered, row.given_up, row.dead, row.wrong_project,
                row.expired, row.moved, row.other, row.found_dead,
            )
            for row in rows
        ),
    )  # fmt: skip
