"""Replays: asking for one, how far it is, what it brought, ending it; as one of the staff, who sees their own."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from bee.audit import Actor, record
from bee.coach.lab.answering import price_of
from bee.coach.lab.run import Asked, Ended
from bee.coach.prompting import Prompt, prompt_of
from bee.coach.prompts.registry import COACH, get_version
from bee.coach.replay.change import Change, riskiest_first
from bee.db import ReadSession, WriteSession
from bee.errors import Conflict, Invalid
from bee.settings import Settings

MOST_MESSAGES: Final = 2000
MOST_REPLAYS: Final = 50
MOST_USD: Final = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a replay is asked to be. ``model``: the version's own, or the settings', where it is None."""

    version: int
    day: date
    model: str | None = None
    most_messages: int = 240
    most_usd: Decimal = Decimal(5)


@dataclass(frozen=True, slots=True)
class Population:
    """The messages of a day, in all and by whether they can be asked again. ``is_over``: in every member's zone."""

    written: int
    unconsented: int
    not_kept: int
    askable: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay as it stands. ``outcome``: an :class:`Ended`, None while it goes on.

    ``seen``: those of the messages drawn that the role may read; of them ``done`` have an answer, ``waiting`` get
    one, and the others are of members who consent no longer.
    """

    id: UUID
    number: int
    version: int
    model: str
    day: date
    written: int
    unconsented: int
    not_kept: int
    askable: int
    most_messages: int
    most_usd: Decimal
    seed: int
    requested_by: str | None
    requested_at: datetime
    seen: int
    waiting: int
    done: int
    cost_usd: Decimal
    outcome: str | None
    said: str | None
    ended_by: str | None

    @property
    def drawn(self) -> int:
        """How many messages were drawn."""
        return min(self.most_messages, self.askable)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is asked."""
        return self.outcome is not None


def population(session: ReadSession, day: date, *, now: datetime) -> Population:
    """Return how many messages there are on a day, by each member's own calendar, of all whom the role may read."""
    return session.get(Population, "coach/replay_population", day=day, now=now)


def request_replay(
    session: WriteSession, wanted: Wanted, *, settings: Settings, seed: int, actor: Actor, now: datetime
) -> Asked:
    """Ask for a replay; its messages are drawn now, the worker asks them. In the role that may read them.

    Raises :class:`Invalid` for what can't be, :class:`bee.errors.NotFound` for a version that is not there,
    :class:`Conflict` for a day that is not over, or on which nothing can be asked, or a model without a price.
    """
    _refuse_nonsense(wanted)
    version = get_version(session, COACH, wanted.version)
    prompt = prompt_of(version, settings, wanted.model)
    if price_of(prompt, settings, now.date()) is None:
        raise Conflict("no_price", f"No price is known of {prompt.provider}/{prompt.model}.")
    found = population(session, wanted.day, now=now)
    _refuse_day(found)
    counts = asdict(found)
    del counts["is_over"]
    asked = session.get(
        Asked,
        "coach/replay_add",
        prompt=COACH,
        version_id=version.id,
        model=_model_name(prompt),
        day=wanted.day,
        most_messages=wanted.most_messages,
        most_usd=wanted.most_usd,
        seed=seed,
        requested_by=actor.id,
        **counts,
    )
    drawn = session.run("coach/replay_draw", replay_id=asked.id)
    after = {"version": version.number, "day": wanted.day, "messages": drawn, "of": found.askable}
    _record(session, actor, "coach_replay.requested", asked.id, after)
    return asked


def end_replay(session: WriteSession, replay_id: UUID, *, actor: Actor) -> None:
    """End a replay by hand; what is on its way is still kept. Raises :class:`Conflict` where it is over."""
    if not session.run(
        "coach/replay_end", replay_id=replay_id, outcome=Ended.CANCELLED, said="", ended_by=actor.id
    ):
        raise Conflict("replay_over", "The replay is over already.")
    _record(session, actor, "coach_replay.cancelled", replay_id, None)


def replays(session: ReadSession, day: date) -> list[Replay]:
    """Return the newest replays of a day, the newest first."""
    return session.all(Replay, "coach/replays", day=day, most=MOST_REPLAYS)


def changes(session: ReadSession, replay_id: UUID) -> list[Change]:
    """Return what a replay brought of the members whom the role may read, the riskiest first."""
    return riskiest_first(session.all(Change, "coach/replay_changes", replay_id=replay_id))


def _model_name(prompt: Prompt) -> str:
    """Return a model as :func:`prompt_of` takes it."""
    return f"{prompt.provider}/{prompt.model}"


def _refuse_nonsense(wanted: Wanted) -> None:
    if not 1 <= wanted.most_messages <= MOST_MESSAGES:
        raise Invalid("most_messages", f"A replay asks 1 to {MOST_MESSAGES:,} messages again.")
    if not wanted.most_usd.is_finite() or not 0 <= wanted.most_usd <= MOST_USD:
        raise Invalid("most_usd", f"A replay may cost from nothing to ${MOST_USD:,}.")


def _refuse_day(found: Population) -> None:
    if not found.is_over:
        raise Conflict("day_not_over", "That day is not over yet everywhere: members may still write on it.")
    if not found.askable:
        raise Conflict("nothing_to_ask", "On that day there is no message that can be asked again.")


def _record(
    session: WriteSession, actor: Actor, action: str, replay_id: UUID, after: Mapping[str, object] | None
) -> None:
    record(
        session, actor=actor, action=action, subject_kind="coach_replay", subject_id=replay_id, after=after
    )
