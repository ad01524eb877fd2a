"""Members, days and decisions in a database, for the tests of the pass and of the sending."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from bee.db import Database, Login, WriteSession
from bee.notify.evaluation import PassReport, evaluate
from tests.factories import execute, make_member

# A Tuesday, noon UTC: the newest complete day is Monday from Honolulu to Tokyo.
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
# From steady to in need of care is no drop by more than 15 points, from rising it is one.
STATES = {"R": ("Rising", 80.0), "S": ("Steady", 50.0), "N": ("NeedsCare", 40.0)}


def make_reachable(
    session: WriteSession, *, devices: Sequence[str] = ("ios",), consent: bool | None = True, **more: Any
) -> UUID:
    """Add a member who may be told something, on so many devices; needs ``Login.OWNER``."""
    member = make_member(session, **({"time_zone": "UTC"} | more))
    if consent is not None:
        execute(
            session,
            "insert into consents (member_id, purpose, granted, source)"
            " values (:member, 'push', :granted, 'import')",
            member=member,
            granted=consent,
        )
    for number, platform in enumerate(devices):
        execute(
            session,
            "insert into user_fcm_tokens (user_id, fcm_token, platform) values (:member, :token, :platform)",
            member=member,
            token=f"token-{member.hex}-{number}",
            platform=platform,
        )
    return member


def make_days(
    session: WriteSession,
    member: UUID,
    spoken: str,
    *,
    newest: date = MONDAY,
    zone: str = "UTC",
    known_after: timedelta = timedelta(hours=1),
    definition: str = "v1",
) -> None:
    """Add complete days, newest first, scored ``known_after`` their end where the member lives."""
    rows = []
    for back, letter in enumerate(spoken):
        on = newest - back * DAY
        ended_at = datetime.combine(on + DAY, time(), ZoneInfo(zone)).astimezone(UTC)
        state, final = STATES[letter]
        rows.append(
            {
                "user_id": str(member),
                "score_date": str(on),
                "final_score": final,
                "momentum_state": state,
                "calculated_at": str(ended_at + known_after),
            }
        )
    execute(
        session,
        """
        insert into daily_engagement_scores (
            user_id, score_date, raw_score, final_score, momentum_state, definition, event_count, is_complete,
            calculated_at
        )
        select user_id, score_date, final_score, final_score, momentum_state, :definition, 1, true, calculated_at
        from jsonb_to_recordset(cast(:rows as jsonb)) as days (
            user_id uuid, score_date date, final_score double precision, momentum_state text,
            calculated_at timestamptz
        )
        """,
        rows=json.dumps(rows),
        definition=definition,
    )


def run_pass(database: Database, *, now: datetime = NOON, **more: Any) -> PassReport:
    """Decide whatever is eligible, as the worker."""
    return evaluate(database, now=now, chance=random.Random(7), **more)  # noqa: S311  # no secret


def ledger(database: Database, columns: str = "rule, moment, decision, reason") -> list[tuple[Any, ...]]:
    """Return the decisions in order of rule, member and moment."""
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session, f"select {columns} from momentum_notifications order by rule, user_id, moment"
        )
        return [tuple(row) for row in rows]


def make_due(
    session: WriteSession, member: UUID, *, now: datetime, rule: str = "needs_care", **more: Any
) -> UUID:
    """Add a decision to send that is due; needs ``Login.OWNER``."""
    notification_id = uuid4()
    values = {
        "id": notification_id,
        "member": member,
        "type": "coach_intervention",
        "rule": rule,
        "moment": str(notification_id),
        "now": now,
        "expires_at": now + timedelta(hours=24),
        "silent_since": None,
    } | more
    execute(
        session,
        """
        with decided as (
            insert into momentum_notifications (
                id, user_id, notification_type, rule, rule_version, moment, trigger_date, decided_at, decision,
                reason, not_before, expires_at, silent_since, title, message, action
            )
            values (
                :id, :member, :type, :rule, 1, :moment, '2026-03-02', :now, 'send', 'eligible', :now, :expires_at,
                :silent_since, 'Hello', 'There', '{"screen": "coach"}'
            )
        )

        insert into notification_deliveries (notification_id, user_id, available_at) values (:id, :member, :now)
        """,
        **values,
    )
    return notification_id


def put_in_force(database: Database, rule: str, path: str, value: str) -> None:
    """Let a version of a rule that says something else at one place decide from now on."""
    with database.writing(Login.OWNER) as session:
        version = execute(
            session,
            """
            insert into notification_rule_versions (rule, version, body, digest, message)
            select
                rule, version + 1, jsonb_set(body, cast(:path as text[]), cast(:value as jsonb)),
                encode(sha256(convert_to(cast(:path as text) || cast(:value as text), 'UTF8')), 'hex'), 'changed'
            from notification_rule_versions
            where rule = :rule
            order by version desc
            limit 1
            returning version
            """,
            rule=rule,
            path=path,
            value=value,
        ).scalar_one()
        session.run("notify/activate_rule", rule=rule, version=version, activated_by=None, reason="changed")
