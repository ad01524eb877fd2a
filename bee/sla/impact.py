"""Whom it touched: members among the bad requests, counted, and the requests themselves.

Of a storm only a sample is kept, and what nobody kept may be anybody's: then it is at least so many members.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.sla.alerts.queries import AlertCard
from bee.sla.charges import By, Charges, Where
from bee.sla.counts import minute_counts
from bee.sla.minutes import BAD, Status
from bee.sla.objectives import Indicator, Objective, get_objective, objectives

MOST_LISTED: Final = 500


@dataclass(frozen=True, slots=True)
class Affected:
    """Members whom bad requests touched. ``listed``: the requests that are kept; ``unlisted``: how many are not."""

    name: str
    members: int
    listed: int
    unlisted: int

    def is_at_least(self, bad: int = 0) -> bool:
        """Return whether there may be more. ``bad``: how many bad requests were counted."""
        return self.unlisted > 0 or bad > self.listed


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many members wait now for a score, and for a push, that is late."""

    scores: int
    push: int


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom each objective's bad requests touched over its window, of how many members who have not left."""

    active: int
    objectives: Mapping[str, Affected]
    waiting: Waiting

    def of(self, objective: Objective) -> Affected | None:
        """Return whom it touched; None where members are not counted."""
        return self.objectives.get(objective.id, _nobody()) if objective.is_of_requests else None

    def waiting_for(self, objective: Objective) -> int | None:
        """Return how many members wait now for what it promises; None where that is not counted."""
        match objective.indicator:
            case Indicator.SCORES:
                return self.waiting.scores
            case Indicator.PUSH:
                return self.waiting.push
            case _:
                return None


@dataclass(frozen=True, slots=True)
class BadRequest:
    """A request that spent a budget. ``number``: the member's who asked; None for nobody that is known."""

    at: datetime
    route: str
    release: str
    prompt: str
    model: str
    status: str
    seconds: float
    first_byte_s: float | None
    request_id: str
    number: int | None

    @property
    def pseudonym(self) -> str | None:
        """What the staff call the member, such as P-1042."""
        return None if self.number is None else f"P-{self.number}"

    def why(self, objective: Objective) -> str:
        """Return why it was bad for an objective."""
        if self.status in BAD:
            return FAILURES[Status(self.status)]
        return "Began late" if objective.indicator is Indicator.FIRST_BYTE else "Too slow"


FAILURES: Final = {
    Status.FAULT: "Failed",
    Status.BROKEN: "Broke off",
    Status.TIMEOUT: "Timed out",
}


def impact(session: ReadSession, *, now: datetime, until: datetime) -> Impact:
    """Return whom the bad requests of each objective touched over its window, which ends at ``until``."""
    found: dict[str, Affected] = {}
    for days in {each.window_days for each in objectives() if each.is_of_requests}:
        rows = _affected(session, None, "objective", since=until - timedelta(days=days), until=until)
        of_window = {each.id for each in objectives() if each.window_days == days}
        found |= {row.name: row for row in rows if row.name in of_window}
    push_s = get_objective("push").within_s
    waiting = session.get(Waiting, "sla/waiting_members", now=now, push_s=push_s)
    return Impact(active_members(session), found, waiting)


def affected_by_alert(session: ReadSession, card: AlertCard, *, now: datetime) -> Affected | None:
    """Return whom the requests touched that an alert is about; None where it is about something else.

    Counted from the beginning of the long window that burnt, since what fired is older than the alert.
    """
    objective = next((each for each in objectives() if each.id == card.evidence.get("objective")), None)
    if objective is None or not objective.is_of_requests:
        return None
    since, until = alert_since(card), card.closed_at or now
    found = affected(session, objective, since=since, until=until)
    counted = minute_counts(session, since=since, until=until, objective=objective)
    bad = sum(each.bad for each in counted)
    return replace(found, unlisted=max(found.unlisted, bad - found.listed))


def alert_since(card: AlertCard) -> datetime:
    """Return from when on requests are what an alert is about."""
    return card.opened_at - timedelta(minutes=card.evidence.get("long_min", 0))


def active_members(session: ReadSession) -> int:
    """Return how many members have not left."""
    return int(session.scalar("sla/active_members"))


def affected(
    session: ReadSession, objective: Objective, *, since: datetime, until: datetime, where: Where = Where()
) -> Affected:
    """Return whom an objective's bad requests touched in a time."""
    rows = _affected(session, objective, "all", since=since, until=until, where=where)
    return rows[0] if rows else _nobody()


def affected_by(
    session: ReadSession, objective: Objective, by: By, *, since: datetime, until: datetime, where: Where
) -> dict[str, Affected]:
    """Return the same by what they are charged to; a name with no bad request is left out."""
    return {row.name: row for row in _affected(session, objective, by, since=since, until=until, where=where)}


def bad_requests(
    session: ReadSession, objective: Objective, *, since: datetime, until: datetime, where: Where
) -> list[BadRequest]:
    """Return requests that an objective's budget was spent by, the newest first, :data:`MOST_LISTED` at most."""
    return session.all(
        BadRequest,
        "sla/bad_requests",
        objective=objective.id, since=since, until=until, most=MOST_LISTED,
        route=where.route, release=where.release,
    )  # fmt: skip


def charges_csv(by: By, charged: Charges, affected: Mapping[str, Affected]) -> str:
    """Return what bad events are charged to as a file, with whom they touched, and the rest last."""
    rows = [
        (row.name, row.good, row.bad, found.members, "yes" if found.is_at_least(row.bad) else "no")
        for row in charged.rows
        for found in [affected.get(row.name, _nobody())]
    ]
    rest = ("(unattributed)", "", charged.unattributed, "", "")
    return csv_text((str(by), "good", "bad", "members_affected", "at_least"), [*rows, rest])


def bad_requests_csv(rows: Iterable[BadRequest], objective: Objective) -> str:
    """Return requests as a file, in their order."""
    return csv_text(
        (
            "at", "request", "route", "release", "prompt", "model", "status", "why", "seconds", "first_byte_s",
            "person",
        ),
        (
            (
                row.at.isoformat(), row.request_id, row.route, row.release, row.prompt, row.model, row.status,
                row.why(objective), f"{row.seconds:.3f}",
                "" if row.first_byte_s is None else f"{row.first_byte_s:.3f}", row.pseudonym or "",
            )
            for row in rows
        ),
    )  # fmt: skip


def members_words(found: Affected, *, bad: int = 0) -> str:
    """Return how many members it touched: ``12``, or ``at least 12``. ``bad``: how many bad requests there were."""
    return f"at least {found.members:,}" if found.is_at_least(bad) else f"{found.members:,}"


def share_words(found: Affected, active: int, *, bad: int = 0) -> str:
    """Return the same with what share of the active members that is."""
    said = members_words(found, bad=bad)
    # Some of them may have left since.
    if not active:
        return said
    return f"{said} of {active:,} active members ({100 * min(found.members / active, 1):.1f}%)"


def _affected(
    session: ReadSession,
    objective: Objective | None,
    by: str,
    *,
    since: datetime,
    until: datetime,
    where: Where = Where(),
) -> list[Affected]:
    return session.all(
        Affected,
        "sla/affected",
        objective=None if objective is None else objective.id,
        by=by, since=since, until=until, route=where.route, release=where.release,
    )  # fmt: skip


def _nobody() -> Affected:
    return Affected("", 0, 0, 0)
