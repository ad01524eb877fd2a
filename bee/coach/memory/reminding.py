"""How a message comes to call up memories: the same way for a reply, in the lab, on a page, and in a sample."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from bee.coach.ledger import Account
from bee.coach.memory.asking import Told, message_told
from bee.coach.memory.counting import Meter
from bee.coach.memory.models import KEYWORDS, Embedded, EmbeddingModel, model_of
from bee.coach.memory.recall import MOST_RECALLED, Fallback, Recollection, recall
from bee.coach.queries import AboutMember
from bee.coach.safety import screen
from bee.coach.standing import Hold
from bee.coach.text import cleaned
from bee.db import Database, ReadSession
from bee.settings import Settings


@dataclass(frozen=True, slots=True)
class Cue:
    """A message as what memories are called up by. ``meant``: what should compare them.

    ``asked``: what the message is to that model, or why that is not known; None where keywords are meant.
    """

    words: str
    asked: Embedded | Fallback | None = None
    meant: EmbeddingModel = KEYWORDS

    def recall(self, session: ReadSession, member_id: UUID, *, at: datetime) -> Recollection:
        """Return which of a member's memories it calls up, as of a time."""
        return recall(
            session, member_id, self.words, limit=MOST_RECALLED, at=at, asked=self.asked, meant=self.meant
        )


class Reminder:
    """Makes cues of messages. ``ask``: asks the model of meaning that the settings name, where they name one."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        ask: Callable[[str, datetime], Told | None] | None = None,
    ) -> None:
        self.model = model_of(settings)
        self._meter = Meter(database, settings, self.model)
        self._ask = ask or partial(message_told, settings, self.model)

    @property
    def has_to_ask(self) -> bool:
        """Whether a cue takes asking a model, for which no transaction should wait."""
        return self.model.by_meaning

    def cue(
        self,
        message: str,
        about: AboutMember,
        account: Account,
        *,
        now: datetime,
        request_id: UUID | None = None,
    ) -> Cue:
        """Return a message as a cue. A provider hears of consenting members only, not who they are, and no danger.

        ``account``: whose asking it is. Raises :class:`bee.errors.Unavailable` where it can't be counted.
        """
        words = cleaned(message)
        if not self.has_to_ask:
            return Cue(words)
        may_be_told = not self.model.needs_consent or (about.consents and not screen(words).crisis)
        if not words.strip() or not may_be_told:
            return Cue(words, Fallback.NOT_ASKED, self.model)
        asking = partial(self._ask, self.model.shown(words, about.known), now)
        told = (
            asking()
            if self.model.is_local
            else self._meter.ask(account, asking, now=now, request_id=request_id)
        )
        return Cue(words, _found(told), self.model)


def _found(told: Told | Hold | None) -> Embedded | Fallback:
    match told:
        case Hold():
            return Fallback.OVER_BUDGET
        case Told(texts=(embedded,), failure=None):
            return embedded
        case _:
            return Fallback.NOT_ASKED
