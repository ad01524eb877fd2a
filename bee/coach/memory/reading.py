"""The worker's part: reading what members said for traits, and having memories embedded, a batch a transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from bee.audit import Actor, record
from bee.coach.ledger import Account, Purpose
from bee.coach.masking import Known
from bee.coach.memory.asking import batch_told
from bee.coach.memory.counting import Meter
from bee.coach.memory.models import Embedded, EmbeddingModel, by_keywords, model_of
from bee.coach.memory.scoring import text_of
from bee.coach.memory.traits import VERSION, Trait, new_traits, traits_in
from bee.coach.standing import Hold
from bee.db import Database, Login, WriteSession
from bee.errors import Unavailable
from bee.settings import Settings

MESSAGES_AT_A_TIME: Final = 200
# So few that a model which takes one at a time is asked for all of them in time.
MEMORIES_AT_A_TIME: Final = 50
MOST_KNOWN: Final = 2000


@dataclass(frozen=True, slots=True)
class Unread:
    """A message that was not read for traits. ``may_be_read``: whether it was said under its member's consent."""

    id: UUID
    user_id: UUID
    body: str
    said_at: datetime
    may_be_read: bool


@dataclass(frozen=True, slots=True)
class Unembedded:
    """A memory that a model has not seen, with what is known of its member."""

    id: UUID
    trait_key: str
    trait_value: str
    full_name: str | None
    email: str | None
    phone: str | None

    @property
    def text(self) -> str:
        """What is compared with messages."""
        return text_of(self.trait_key, self.trait_value)

    @property
    def known(self) -> Known:
        """What points at the member, to be hidden from whoever runs the model."""
        return Known(self.full_name, self.email, self.phone)


def read_messages(database: Database, *, now: datetime, done: Callable[[int], None]) -> None:
    """Read every message that was not read yet and propose what it says of its member. As the worker.

    ``done``: told how many were read, after each batch.
    """
    while True:
        with database.writing(Login.WORKER) as session:
            unread = session.all(Unread, "coach/memory_unread", most=MESSAGES_AT_A_TIME)
            for message in unread:
                _read(session, message, now)
        if not unread:
            return
        done(len(unread))


def embed_memories(
    database: Database, settings: Settings, *, now: datetime, done: Callable[[int], None]
) -> None:
    """Have every memory embedded by the model that the settings name. As the worker.

    Raises :class:`bee.coach.model.ModelFailed`, and :class:`Unavailable` where a budget of the day is used up; what
    was embedded until then stays, the others are found again.
    """
    model = model_of(settings)
    while True:
        with database.reading(Login.WORKER) as session:
            due = session.all(
                Unembedded,
                "coach/memory_unembedded",
                provider=model.provider,
                model=model.model,
                dimension=model.dimension,
                needs_consent=model.needs_consent,
                most=MEMORIES_AT_A_TIME,
            )
        embedded = _embedded(database, settings, model, due, now)
        with database.writing(Login.WORKER) as writing:
            kept = sum(_keep(writing, *pair, now) for pair in zip(due, embedded, strict=True))
        # What was changed meanwhile is due again at the next time.
        if not kept:
            return
        done(kept)


def _read(session: WriteSession, message: Unread, now: datetime) -> None:
    proposals = _propose(session, message, now) if message.may_be_read else 0
    session.run(
        "coach/memory_note_reading",
        message_id=message.id,
        user_id=message.user_id,
        said_at=message.said_at,
        rules=VERSION,
        proposals=proposals,
        now=now,
    )


def _propose(session: WriteSession, message: Unread, now: datetime) -> int:
    """Propose what is new in a message and return how much that is."""
    found = traits_in(message.body)
    if not found:
        return 0
    known = session.all(Trait, "coach/memory_known", user_id=message.user_id, now=now, most=MOST_KNOWN)
    return sum(_added(session, message, trait) for trait in new_traits(found, known))


def _added(session: WriteSession, message: Unread, trait: Trait) -> bool:
    memory_id = session.scalar(
        "coach/memory_propose",
        user_id=message.user_id,
        key=trait.key,
        value=trait.value,
        said_at=message.said_at,
        message_id=message.id,
    )
    if memory_id is None:
        return False
    record(
        session,
        actor=Actor.system(),
        action="memory.proposed",
        subject_kind="member",
        subject_id=message.user_id,
        after={"memory": memory_id, "message": message.id, "rules": VERSION},
    )
    return True


def _embedded(
    database: Database, settings: Settings, model: EmbeddingModel, due: Sequence[Unembedded], now: datetime
) -> Sequence[Embedded]:
    if not model.by_meaning:
        return [by_keywords(memory.text) for memory in due]
    if not due:
        return []
    asking = partial(
        batch_told, settings, model, [model.shown(memory.text, memory.known) for memory in due], now
    )
    if model.is_local:
        return asking().embedded()
    told = Meter(database, settings, model).ask(Account(Purpose.EMBEDDING), asking, now=now)
    if isinstance(told, Hold):
        raise Unavailable(told, "Memories are embedded tomorrow: what models may take in a day is used up.")
    assert told is not None, "whoever asks for a batch is not put off"
    return told.embedded()


def _keep(session: WriteSession, memory: Unembedded, embedded: Embedded, now: datetime) -> int:
    return session.run(
        "coach/memory_embed",
        id=memory.id,
        trait_key=memory.trait_key,
        trait_value=memory.trait_value,
        provider=embedded.by.provider,
        model=embedded.by.model,
        dimension=embedded.by.dimension,
        compares=embedded.by.compares,
        embedding=embedded.values,
        now=now,
    )
