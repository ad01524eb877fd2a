"""Answering a member, and seeing to those who may be in danger.

Three steps, each where it belongs: :func:`read_context` as the member, :func:`decide` in thought alone,
:func:`store` as the system. :func:`answer` does them in turn.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bee.audit import Actor, record
from bee.coach.crisis import crisis_answer
from bee.coach.offline import MODEL, Momentum, Reply, reply
from bee.coach.queries import Answered, Context, find_answered, read_context
from bee.coach.safety import Category, Screening, screen
from bee.db import Database, Login, WriteSession
from bee.errors import Conflict, Invalid, Unavailable
from bee.outbox import put

log = logging.getLogger("bee.coach")

LONGEST_MESSAGE: Final = 20_000
CONVERSATION_ENDS_AFTER: Final = timedelta(hours=12)
SAFETY_TOPIC: Final = "safety.crisis"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens in buckets that exclude one another; all zero for an answer without a model."""

    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Safety:
    """What the crisis check said. The words that it found are for coaches, not for the wire."""

    crisis: bool
    category: Category | None
    rules_version: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member is answered, with where it came from. ``prompt``: None, for no prompt was used."""

    response_text: str
    usage: Usage
    prompt: str | None
    model: str
    safety: Safety

    def as_wire(self) -> dict[str, object]:
        """Return the answer as the app reads it; the last two fields are for the app as it is."""
        return asdict(self) | {"ok": True, "assistant_message": self.response_text}


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer before it is stored, with what it rests on."""

    message: str
    answer: Answer
    screening: Screening
    state: Momentum | None
    memory_ids: tuple[UUID, ...]


def answer(
    database: Database,
    member_id: UUID,
    message: str,
    *,
    claims: str,
    request_id: UUID,
    region: str,
    now: datetime,
) -> Answer:
    """Answer a member and store both messages, once for each ``request_id``: a repeat gets the same answer.

    ``claims``: the JSON of the member's verified token. A member in danger is told who helps even while the
    database is down; a repeat of the request then hands it to a coach. Raises :class:`Invalid` for a message that
    is empty or too long, :class:`Conflict` when the request had another message before, :class:`Unavailable`.
    """
    try:
        return _answer_and_store(
            database, member_id, message, claims=claims, request_id=request_id, region=region, now=now
        )
    except Unavailable as error:
        screening = screen(storable(message))
        if screening.category is None:
            raise
        log.critical("a crisis answer was given and not stored (%s), request %s", error.code, request_id)
        text = crisis_answer(screening.category, region, is_handed_on=False)
        return Answer(text, Usage(), None, MODEL, _safety(screening))


def _answer_and_store(
    database: Database,
    member_id: UUID,
    message: str,
    *,
    claims: str,
    request_id: UUID,
    region: str,
    now: datetime,
) -> Answer:
    settings = {"request.jwt.claims": claims}
    with database.reading(Login.API, role="authenticated", settings=settings) as reading:
        context = read_context(reading, member_id, request_id, now=now)
    decision = decide(message, context, region=region)
    if context.answered is not None:
        return same_answer(context.answered, decision)
    with database.writing(Login.SYSTEM) as writing:
        is_new = store(writing, member_id, request_id, decision, now=now)
    if is_new:
        return decision.answer
    with database.reading(Login.API, role="authenticated", settings=settings) as reading:
        answered = find_answered(reading, member_id, request_id)
    assert answered is not None, "a request that was stored before has its answer"
    return same_answer(answered, decision)


def decide(message: str, context: Context, *, region: str) -> Decision:
    """Return what to answer (pure): the crisis check comes first, the coach only where it finds nothing.

    ``region``: whose help lines a member in danger is told of. Raises :class:`Invalid`.
    """
    words = storable(message)
    screening = screen(words)
    if screening.category is not None:
        said = Reply(crisis_answer(screening.category, region), MODEL, ())
    else:
        said = reply(words, context.state, context.memories, context.recent)
    answered = Answer(said.text, Usage(), None, said.model, _safety(screening))
    return Decision(words, answered, screening, context.state, said.memory_ids)


def storable(message: str) -> str:
    """Return a message as the database can hold it: signs that are none become U+FFFD. Raises :class:`Invalid`."""
    if not message.strip():
        raise Invalid("empty_message", "The message is empty.")
    if len(message) > LONGEST_MESSAGE:
        raise Invalid("message_too_long", f"A message has at most {LONGEST_MESSAGE:,} characters.")
    return message.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def same_answer(answered: Answered, decision: Decision) -> Answer:
    """Return the answer given before. Raises :class:`Conflict` when it was to another message."""
    if answered.message != decision.message:
        raise Conflict("request_reused", "This request id was used for another message.")
    category = None if answered.category is None else Category(answered.category)
    return Answer(
        response_text=answered.response_text,
        usage=Usage(**answered.usage),
        prompt=answered.prompt,
        model=answered.model,
        safety=Safety(answered.crisis, category, answered.rules_version),
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
    if decision.screening.category is not None:
        _hand_to_coach(session, member_id, message_id, decision.screening, now=now)
    record(
        session,
        actor=Actor.member(member_id),
        action="coach.answered",
        subject_kind="member",
        subject_id=member_id,
        after={"message": message_id, "model": decision.answer.model, "crisis": decision.screening.crisis},
    )
    return True


def take_event(session: WriteSession, event_id: UUID, *, staff_id: UUID, now: datetime) -> None:
    """Take a safety event, as a coach of the member or an admin. Raises :class:`Conflict` when it isn't open."""
    if not session.run("coach/take_safety_event", id=event_id, staff_id=staff_id, now=now):
        raise Conflict(
            "event_not_open", "Somebody took this already, or it is not about one of your members."
        )
    _record_event(session, "safety.taken", event_id, staff_id)


def close_event(
    session: WriteSession, event_id: UUID, *, staff_id: UUID, note: str | None, now: datetime
) -> None:
    """Close a safety event that one took. Raises :class:`Conflict` for any other."""
    note = (note or "").strip() or None
    if not session.run("coach/close_safety_event", id=event_id, staff_id=staff_id, note=note, now=now):
        raise Conflict("event_not_taken", "Only who took an event closes it, and only once.")
    _record_event(session, "safety.closed", event_id, staff_id)


def _safety(screening: Screening) -> Safety:
    return Safety(screening.crisis, screening.category, screening.rules_version)


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
    nothing: dict[str, object] = {"model": None, "prompt": None, "usage": None, "momentum_state": None}
    return nothing | {"role": "member", "body": decision.message, "memory_ids": []}


def _answered(decision: Decision) -> Mapping[str, object]:
    return {
        "role": "coach",
        "body": decision.answer.response_text,
        "model": decision.answer.model,
        "prompt": decision.answer.prompt,
        "usage": json.dumps(asdict(decision.answer.usage)),
        "momentum_state": decision.state,
        "memory_ids": list(decision.memory_ids),
    }


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


def _record_event(session: WriteSession, action: str, event_id: UUID, staff_id: UUID) -> None:
    record(
        session,
        actor=Actor.staff(staff_id),
        action=action,
        subject_kind="safety_event",
        subject_id=event_id,
    )
