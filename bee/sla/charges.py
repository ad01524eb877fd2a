"""What burnt a budget: bad events by what they are charged to, by step of time, and the requests of an hour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.sla.blame import HourOf
from bee.sla.burn import Counts
from bee.sla.objectives import Objective
from bee.sla.sketch import from_pairs, quantile_s

MOST_NAMES = 200
MOST_ROWS = 5_000


class By(StrEnum):
    """What bad events are charged to."""

    ROUTE = "route"
    RELEASE = "release"
    PROMPT = "prompt"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a route, release, prompt or model came to. ``name`` is empty for requests that have none."""

    name: str
    good: int
    bad: int

    @property
    def bad_ratio(self) -> float | None:
        """The share of its own events that was bad."""
        return Counts(self.good, self.bad).bad_ratio


@dataclass(frozen=True, slots=True)
class Charges:
    """Who burnt it, the most first. ``bad``: all bad events of the time, charged to something or not."""

    rows: Sequence[Charge]
    bad: int

    @property
    def unattributed(self) -> int:
        """How many are charged to nothing: of the hour that runs, or of what is left out by a choice."""
        return max(self.bad - sum(row.bad for row in self.rows), 0)

    def share(self, row: Charge) -> float | None:
        """Return a row's share of all bad events; None where there was none."""
        whole = max(self.bad, sum(each.bad for each in self.rows))
        return row.bad / whole if whole else None


@dataclass(frozen=True, slots=True)
class Step:
    """What an objective came to in a step of time that had an event."""

    at: datetime
    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class RequestsOfMinute:
    """What requests of one kind came to in a minute. ``complete``: their latencies, pairs of bucket and count."""

    minute: datetime
    route: str
    release: str
    prompt: str
    model: str
    status: str
    n: int
    seconds: float
    complete: list[list[int]]

    @property
    def p95_s(self) -> float | None:
        """Within how many seconds 95 % of them were answered."""
        return quantile_s(from_pairs(self.complete), 0.95)


@dataclass(frozen=True, slots=True)
class Where:
    """Which part of the requests: of a route, of a release, of all."""

    route: str | None = None
    release: str | None = None


def steps(
    session: ReadSession, objective: Objective, *, since: datetime, until: datetime, minutes: int
) -> list[Step]:
    """Return an objective step by step of so many minutes; a step without an event is left out."""
    return session.all(
        Step, "sla/objective_series", objective=objective.id, since=since, until=until, step_minutes=minutes
    )


def charges(
    session: ReadSession, objective: Objective, by: By, *, since: datetime, until: datetime, where: Where
) -> list[Charge]:
    """Return what bad events of whole hours are charged to, the most first."""
    return session.all(
        Charge,
        "sla/contributions",
        objective=objective.id, by=by, since=since, until=until, most=MOST_NAMES,
        route=where.route, release=where.release,
    )  # fmt: skip


def hours_to_compare(
    session: ReadSession, objective: Objective, by: By, *, since: datetime, until: datetime
) -> list[HourOf]:
    """Return what routes with a bad event came to by hour and name, from a day earlier on, to be compared with."""
    name = By.RELEASE if by is By.ROUTE else by
    return session.all(
        HourOf, "sla/hours_to_compare", objective=objective.id, by=name, since=since, until=until
    )


def requests_of_hour(
    session: ReadSession, objective: Objective, hour: datetime, where: Where
) -> list[RequestsOfMinute]:
    """Return the requests of an hour that an objective is about, by minute."""
    return session.all(
        RequestsOfMinute,
        "sla/requests_of_hour",
        hour=hour, areas=list(objective.areas), most=MOST_ROWS, route=where.route, release=where.release,
    )  # fmt: skip


def steps_csv(rows: Iterable[Step]) -> str:
    """Return an objective step by step as a file."""
    return csv_text(("at", "good", "bad"), ((row.at.isoformat(), row.good, row.bad) for row in rows))


def requests_csv(rows: Sequence[RequestsOfMinute]) -> str:
    """Return the requests of an hour as a file."""
    names = ("minute", "route", "release", "prompt", "model", "status", "requests", "p95_s")
    return csv_text(
        names,
        (
            (
                row.minute.isoformat(), row.route, row.release, row.prompt, row.model, row.status, row.n,
                "" if row.p95_s is None else f"{row.p95_s:.4g}",
            )
            for row in rows
        ),
    )  # fmt: skip
