"""What is stored of an answer, and seeing to those who may be in danger."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bee.audit import Actor, record
from bee.coach.model import Usage
from bee.coach.offline import Moment, Momentum
from bee.coach.prompting import Sent
from bee.coach.queries import Answered
from bee.coach.review import Review
from bee.coach.safety import Category, Screening
from bee.coach.text import cleaned
from bee.db import WriteSession
from bee.errors import Conflict, Invalid, NotFound
from bee.outbox import put

LONGEST_MESSAGE: Final = 20_000
CONVERSATION_ENDS_AFTER: Final = timedelta(hours=12)
DUE_WITHIN: Final = timedelta(hours=1)
SAFETY_TOPIC: Final = "safety.crisis"
# What the row of a member's message leaves empty.
ANSWERS_ONLY: Final = (
    "model", "prompt", "prompt_sha256", "usage", "fallback", "checks", "first_byte_ms", "total_ms",
    "momentum_state", "recalled_by",
)  # fmt: skip
SENT: Final = tuple(field.name for field in fields(Sent))
FINDINGS: Final[Mapping[str, str]] = {"handled": "reached", "false_alarm": "not needed"}


@dataclass(frozen=True, slots=True)
class Safety:
    """What the crisis check said. The words that it found are for coaches, not for the wire."""

    crisis: bool
    category: Category | None
    rules_version: str

    @classmethod
    def of(cls, screening: Screening) -> "Safety":
        """Return what may be told of a screening."""
        return cls(screening.crisis, screening.category, screening.rules_version)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member is answered, with where it came from. ``prompt``: None where none was used.

    ``fallback``: why the offline coach answers in place of a model; None where it does not.
    """

    response_text: str
    usage: Usage
    prompt: str | None
    model: str
    safety: Safety
    fallback: str | None = None

    def as_wire(self) -> dict[str, object]:
        """Return the answer as the app reads it; the last two fields are for the app as it is."""
        return asdict(self) | {"ok": True, "assistant_message": self.response_text}


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer before it is stored, with what it rests on.

    ``recalled_by``: what called up the memories; None for a crisis answer, for which none are. ``moment``: all that
    was there to rest on; ``sent``: what a model was told, None where none was. ``review``: what the checks say of
    it; None for a crisis answer, which is exempt. ``first_byte_ms``, ``total_ms``: since the request began.
    """

    message: str
    answer: Answer
    screening: Screening
    state: Momentum | None
    memory_ids: tuple[UUID, ...]
    recalled_by: str | None
    review: Review | None
    prompt_sha256: str | None
    moment: Moment
    sent: Sent | None
    first_byte_ms: int
    total_ms: int


def storable(message: str) -> str:
    """Return a message as the database can hold it. Raises :class:`Invalid` for one that is empty or too long."""
    if not message.strip():
        raise Invalid("empty_message", "The message is empty.")
    if len(message) > LONGEST_MESSAGE:
        raise Invalid("message_too_long", f"A message has at most {LONGEST_MESSAGE:,} characters.")
    return cleaned(message)


def same_answer(answered: Answered, message: str) -> Answer:
    """Return the answer given before. Raises :class:`Conflict` when it was to another message."""
    if answered.message != message:
        raise Conflict("request_reused", "This request id was used for another message.")
    category = None if answered.category is None else Category(answered.category)
    return Answer(
        response_text=answered.response_text,
        usage=Usage(**answered.usage),
        prompt=answered.prompt,
        model=answered.model,
        safety=Safety(answered.crisis, category, answered.rules_version),
        fallback=answered.fallback,
    )


def store(
    session: WriteSession, member_id: UUID, request_id: UUID, decision: Decision, *, now: datetime
) -> bool:
    """Store both messages and, where somebody may be in danger, hand it to a coach. As the system.

    Returns False, with nothing stored, when the request was stored before.
    """
    session.scalar("coach/lock_member", user_id=member_id)
    if session.scalar("coach/has_request", user_id=member_id, request_id=request_id):
        return False
    shared = _shared(decision) | {
        "conversation_id": _conversation(session, member_id, now=now),
        "user_id": member_id,
        "request_id": request_id,
        "now": now,
    }
    message_id = session.scalar("coach/add_message", **shared, **_asked(decision))
    session.scalar("coach/add_message", **shared, **_answered(decision))
    if decision.screening.category is None:
        _keep_moment(session, member_id, request_id, decision, now=now)
    else:
        _hand_to_coach(session, member_id, message_id, decision.screening, now=now)
    record(
        session,
        actor=Actor.member(member_id),
        action="coach.answered",
        subject_kind="member",
        subject_id=member_id,
        after={
            "message": message_id,
            "model": decision.answer.model,
            "prompt": decision.answer.prompt,
            "fallback": decision.answer.fallback,
            "crisis": decision.screening.crisis,
        },
    )
    return True


def give_feedback(
    session: WriteSession, member_id: UUID, request_id: UUID, *, is_helpful: bool, now: datetime
) -> None:
    """Keep whether a reply helped, as its member says; the last word counts. Raises :class:`NotFound`."""
    if not session.run(
        "coach/give_feedback", user_id=member_id, request_id=request_id, is_helpful=is_helpful, now=now
    ):
        raise NotFound("no_reply", "There is no such reply among yours.")


def ask_coach(session: WriteSession, event: Mapping[str, object], *, now: datetime) -> None:
    """Make a safety event the most urgent task of the member's coach, once. As the worker.

    ``event``: what the outbox carries. A member who is gone by now has no task.
    """
    session.run(
        "coach/ask_coach",
        user_id=event["user_id"],
        event_id=event["event_id"],
        now=now,
        due_at=now + DUE_WITHIN,
    )


def take_event(session: WriteSession, event_id: UUID, *, staff_id: UUID, now: datetime) -> None:
    """Take a safety event, as a coach of the member or an admin. Raises :class:`Conflict` when it isn't open."""
    if not session.run("coach/take_safety_event", id=event_id, staff_id=staff_id, now=now):
        raise Conflict(
            "event_not_open", "Somebody took this already, or it is not about one of your members."
        )
    _record_event(session, "safety.taken", event_id, staff_id)


def close_event(
    session: WriteSession, event_id: UUID, *, staff_id: UUID, finding: str, note: str | None, now: datetime
) -> None:
    """Close a safety event that one took, and the task that it was.

    ``finding``: ``handled`` or ``false_alarm``. Raises :class:`Invalid` for any other, :class:`Conflict` for an
    event that is not one's own to close.
    """
    if finding not in FINDINGS:
        raise Invalid("unknown_finding", "Say whether it was handled or a false alarm.")
    note = (note or "").replace("\0", "").strip() or None
    closed = session.run(
        "coach/close_safety_event", id=event_id, staff_id=staff_id, finding=finding, note=note, now=now
    )
    if not closed:
        raise Conflict("event_not_taken", "Only who took an event closes it, and only once.")
    session.run("coach/finish_task", event_id=event_id, staff_id=staff_id, outcome=FINDINGS[finding], now=now)
    _record_event(session, "safety.closed", event_id, staff_id, finding=finding)


def _conversation(session: WriteSession, member_id: UUID, *, now: datetime) -> UUID:
    """Return the conversation that a message belongs to: the open one, or one that begins."""
    found = session.scalar("coach/open_conversation", user_id=member_id, since=now - CONVERSATION_ENDS_AFTER)
    if found is None:
        found = session.scalar("coach/start_conversation", user_id=member_id, now=now)
    return UUID(str(found))


def _shared(decision: Decision) -> dict[str, object]:
    screening = decision.screening
    return {
        "crisis": screening.crisis,
        "category": screening.category,
        "rules_version": screening.rules_version,
    }


def _asked(decision: Decision) -> Mapping[str, object]:
    return dict.fromkeys(ANSWERS_ONLY) | {"role": "member", "body": decision.message, "memory_ids": []}


def _answered(decision: Decision) -> Mapping[str, object]:
    answer = decision.answer
    return {
        "role": "coach",
        "body": answer.response_text,
        "model": answer.model,
        "prompt": answer.prompt,
        "prompt_sha256": decision.prompt_sha256,
        "usage": json.dumps(asdict(answer.usage)),
        "fallback": answer.fallback,
        "checks": decision.review.as_json if decision.review else None,
        "first_byte_ms": decision.first_byte_ms,
        "total_ms": decision.total_ms,
        "momentum_state": decision.state,
        "memory_ids": list(decision.memory_ids),
        "recalled_by": decision.recalled_by,
    }


def _keep_moment(
    session: WriteSession, member_id: UUID, request_id: UUID, decision: Decision, *, now: datetime
) -> None:
    """Keep what the answer rested on; one to somebody in danger rests on their words alone."""
    sent = dict.fromkeys(SENT) if decision.sent is None else asdict(decision.sent)
    session.run(
        "coach/add_moment",
        user_id=member_id,
        request_id=request_id,
        momentum_state=decision.moment.state,
        memory_ids=[memory.id for memory in decision.moment.memories],
        message_numbers=[said.number for said in decision.moment.recent],
        now=now,
        **sent,
    )


def _hand_to_coach(
    session: WriteSession, member_id: UUID, message_id: UUID, screening: Screening, *, now: datetime
) -> None:
    event_id = session.scalar(
        "coach/add_safety_event",
        user_id=member_id,
        message_id=message_id,
        category=screening.category,
        matched=list(screening.matched),
        rules_version=screening.rules_version,
        now=now,
    )
    payload = {
        "event_id": event_id,
        "message_id": message_id,
        "user_id": member_id,
        "category": screening.category,
    }
    put(session, SAFETY_TOPIC, dedupe_key=f"{SAFETY_TOPIC}:{message_id}", payload=payload)
    record(
        session,
        actor=Actor.system(),
        action="safety.flagged",
        subject_kind="member",
        subject_id=member_id,
        after={"event": event_id, "category": screening.category, "rules": screening.rules_version},
    )


def _record_event(
    session: WriteSession, action: str, event_id: UUID, staff_id: UUID, *, finding: str | None = None
) -> None:
    record(
        session,
        actor=Actor.staff(staff_id),
        action=action,
        subject_kind="safety_event",
        subject_id=event_id,
        after=None if finding is None else {"finding": finding},
    )
