"""Decisions in the ledger and what became of them, for the tests of the log; each function makes one."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from bee.db import WriteSession
from bee.notify.decide import PASSED, Guard
from tests.factories import execute

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
GUARDS = {guard.value: PASSED for guard in Guard}


def make_decision(
    session: WriteSession,
    member: UUID,
    *,
    at: datetime = NOON,
    rule: str = "needs_care",
    decision: str = "send",
    reason: str = "eligible",
    guards: dict[str, str] | None = None,
    outcome: str | None = None,
    because: str | None = None,
    sent_at: datetime | None = None,
    opened_at: datetime | None = None,
    **more: Any,
) -> UUID:
    """Add a decision with its delivery, if it is one to send, and its receipt, if it was opened."""
    row: dict[str, Any] = {
        "id": uuid4(), "user_id": member, "notification_type": "coach_intervention", "rule": rule,
        "rule_version": 1, "moment": uuid4().hex, "trigger_date": date(2026, 3, 2), "decided_at": at,
        "decision": decision, "reason": reason, "guards": json.dumps(GUARDS | (guards or {})),
        "definition": "v1", "final_score": 31.0, "momentum_state": "NeedsCare", "variant": "company",
        "title": "Your coach is here", "message": "A small step together?", "sent_at": sent_at,
        "draw": None, "probability": None, "not_before": at if decision == "send" else None,
    } | more  # fmt: skip
    names = ", ".join(row)
    values = ", ".join("cast(:guards as jsonb)" if name == "guards" else f":{name}" for name in row)
    execute(session, f"insert into momentum_notifications ({names}) values ({values})", **row)
    if decision == "send":
        execute(
            session,
            """
            insert into notification_deliveries
                (notification_id, user_id, available_at, finished_at, outcome, reason)
            values (:id, :member, :at, :finished_at, :outcome, :because)
            """,
            id=row["id"], member=member, at=at, finished_at=at if outcome else None, outcome=outcome,
            because=because,
        )  # fmt: skip
    if opened_at is not None:
        execute(
            session,
            """
            insert into notification_receipts (notification_id, user_id, kind, received_at)
            values (:id, :member, 'opened', :at)
            """,
            id=row["id"],
            member=member,
            at=opened_at,
        )
    return UUID(str(row["id"]))
