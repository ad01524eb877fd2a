"""A house in which something burns: minutes in the database, a watch at a fixed instant, people on call."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bee.db import Database, Login
from bee.sla.alerts.told import Channel
from bee.sla.alerts.watch import SETTLES_S, Look, Watch, minute_over
from tests.factories import execute, make_staff
from tests.sla.alerts.histories import MINUTE, NOON

SPREAD = random.Random(3)  # noqa: S311  # spreading retries is no secret
BOTH = frozenset(Channel)


def burn(
    database: Database,
    counts: Iterable[tuple[int, int]],
    *,
    objective: str = "availability",
    since: datetime = NOON,
) -> None:
    """Store minutes one after the other, each with its good and bad events."""
    with database.writing(Login.OWNER) as session:
        for place, (good, bad) in enumerate(counts):
            execute(
                session,
                """
                insert into objective_minutes (minute, objective, good, bad)
                values (:minute, :objective, :good, :bad)
                """,
                minute=since + place * MINUTE,
                objective=objective,
                good=good,
                bad=bad,
            )


def calm(database: Database, *, objective: str = "availability", days: int = 4) -> None:
    """Store days before noon in which every minute had ten good events."""
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into objective_minutes (minute, objective, good, bad)
            select minute, :objective, 10, 0
            from generate_series(
                cast(:noon as timestamptz) - make_interval(days => :days),
                cast(:noon as timestamptz) - interval '1 minute',
                '1 minute'
            ) as minutes (minute)
            """,
            objective=objective,
            noon=NOON,
            days=days,
        )


def look(
    database: Database, minutes: float, *, worker: str = "w1", channels: frozenset[Channel] = BOTH
) -> Look | None:
    """Watch the minute that ends so many minutes after noon."""
    now = NOON + minutes * MINUTE + timedelta(seconds=SETTLES_S)
    return Watch(worker, channels, "https://bee.example.org").look(database, now=now)


def look_through(database: Database, first: int, last: int) -> list[int]:
    """Watch every minute from one to another, and return how many messages each told."""
    seen = [look(database, minute) for minute in range(first, last + 1)]
    return [each.told for each in seen if each is not None]


def rows(
    database: Database, columns: str, table: str = "alerts", where: str = "true", order: str = "1"
) -> list[Any]:
    """Return rows of a table as the owner sees them."""
    with database.reading(Login.OWNER) as session:
        return [
            tuple(row)
            for row in execute(session, f"select {columns} from {table} where {where} order by {order}")
        ]


def on_call(database: Database, level: int = 1, *, name: str = "Olga Call", email: str | None = None) -> UUID:
    """Put somebody on call for all of the day and return who."""
    with database.writing(Login.OWNER) as session:
        person = make_staff(session, full_name=name, roles=("oncall",), email=email)
        execute(
            session,
            """
            insert into oncall_shifts (level, staff_id, starts_at, ends_at, created_by)
            values (:level, :person, :starts_at, :ends_at, :person)
            """,
            level=level,
            person=person,
            starts_at=NOON - timedelta(days=1),
            ends_at=NOON + timedelta(days=1),
        )
    return person


def only_rules(database: Database, *names: str) -> None:
    """Turn every rule off but some."""
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into alert_rule_versions (rule, version, is_on, body, digest, message)
            select distinct on (rule) rule, version + 1, false, body, digest, 'off'
            from alert_rule_versions
            where rule <> all(:names) and rule <> 'escalation'
            order by rule, version desc
            """,
            names=list(names),
        )


def set_alight(database: Database, *, is_watched: bool = True) -> None:
    """Let a house have answered nobody for twenty minutes until now, and watch it unless somebody else does."""
    only_rules(database, "availability_burns")
    now = datetime.now(UTC)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into objective_minutes (minute, objective, good, bad)
            select minute, 'availability', 10 * cast(number > 20 as integer), 10 * cast(number <= 20 as integer)
            from generate_series(1, 5000) as numbers (number)
            cross join lateral (
                select cast(:until as timestamptz) - make_interval(mins => number) as minute
            ) as minutes
            """,
            until=minute_over(now),
        )
    if is_watched:
        Watch("w1", BOTH).look(database, now=now)
