"""Doing a replay: its missing answers, a few at a time, for a while, until there are all.

Each answer is a row, stored once its calls are counted, so that whoever is killed leaves what there is, and the
next one goes on. Messages are read as whoever asked for the replay: nobody gets to see through it what they may not
read. What is a provider's fault is not held against the version.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from bee.coach.exchange import Limits
from bee.coach.lab.answering import LASTING, LIMITS, PASSING, price_of
from bee.coach.lab.run import Ended, dollars
from bee.coach.lab.work import SLICE_S
from bee.coach.model import Fault, ModelFailed
from bee.coach.model.prices import Price
from bee.coach.playground import Stage
from bee.coach.prompting import Prompt, prompt_of
from bee.coach.prompts import PromptVersion, prompt_versions
from bee.coach.replay.again import Answer, Then, asked_again, most_usd
from bee.coach.replay.moments import read_due
from bee.coach.standing import Hold
from bee.db import Database, Login, ReadSession, WriteSession
from bee.settings import Settings

AT_ONCE: Final = 4
USED_UP: Final = frozenset({Hold.LAB_BUDGET, Hold.TOKEN_BUDGET, Hold.COST_BUDGET})


@dataclass(frozen=True, slots=True)
class OpenReplay:
    """A replay that is not over. ``given_up``: why its work is not tried again, None where it is."""

    id: UUID
    given_up: str | None


@dataclass(frozen=True, slots=True)
class Work:
    """A replay that is not over. ``may_ask``: whether whoever asked for it still may; ``spent_usd``: so far."""

    id: UUID
    prompt: str
    version_id: UUID
    model: str
    most_usd: Decimal
    requested_by: UUID
    requested_as: str
    may_ask: bool
    spent_usd: Decimal


@dataclass(frozen=True, slots=True)
class End:
    """That a replay is over, and why."""

    outcome: Ended
    said: str = ""


@dataclass(slots=True)
class Round:
    """What came of asking some messages: how many answers were stored, and why others were not."""

    stored: int = 0
    faults: set[str] = field(default_factory=set)

    @property
    def end(self) -> End | None:
        """What ends a replay: that today's budget is used up, or what no waiting will help against."""
        if self.faults & USED_UP:
            return End(Ended.OVER_BUDGET, "What models may take in a day is used up; days are UTC's.")
        lasting = sorted(self.faults & (LASTING | {Hold.NOT_CONFIGURED}))
        return End(Ended.FAILED, ModelFailed(Fault.CONFIGURATION, lasting[0]).message) if lasting else None

    @property
    def passing(self) -> ModelFailed | None:
        """What may be over in a while."""
        passing = sorted(self.faults & (PASSING | {Hold.BREAKER}))
        return ModelFailed(Fault.OVERLOADED, passing[0]) if passing else None


@dataclass(frozen=True, slots=True)
class Replayer:
    """Does replays, for a worker. ``add`` counts what is stored; ``is_lost``: whether another does it now."""

    database: Database
    settings: Settings
    clock: Callable[[], datetime]
    add: Callable[[int], None] = lambda _: None
    is_lost: Callable[[], bool] = lambda: False
    limits: Limits = LIMITS
    slice_s: float = SLICE_S

    def work_on(self, replay_id: UUID) -> None:
        """Bring some of a replay's missing answers, and once there are all, its end.

        Raises :class:`ModelFailed` where a provider's fault let no answer come, so that it is tried again later.
        """
        until, stored = time.monotonic() + self.slice_s, 0
        while not self.is_lost() and (work := self._find(replay_id)) is not None:
            found = self._round(work)
            if isinstance(found, End):
                self._end(work, found)
                return
            stored += found.stored
            if found.passing is not None and not stored:
                raise found.passing
            if found.passing is not None or time.monotonic() >= until:
                return

    def _find(self, replay_id: UUID) -> Work | None:
        with self.database.reading(Login.WORKER) as session:
            return session.find(Work, "coach/replay_work", replay_id=replay_id)

    def _round(self, work: Work) -> Round | End:
        """Ask the next few messages."""
        if not work.may_ask:
            return End(Ended.FAILED, "Whoever asked for it may not read these messages any more.")
        due, version = self._read(work)
        prompt = prompt_of(version, self.settings, work.model)
        price = price_of(prompt, self.settings, self.clock().date())
        if price is None:
            return End(Ended.FAILED, f"No price is known of {work.model}.")
        if not due:
            return End(Ended.FINISHED)
        some = _affordable(work, due, prompt, price)
        if not some:
            most = dollars(work.most_usd)
            said = f"Another answer could have brought it beyond the {most} that it may cost."
            return End(Ended.OVER_BUDGET, said)
        found = self._ask(work, some, prompt)
        return found.end or found

    def _read(self, work: Work) -> tuple[list[Then], PromptVersion]:
        role, staff_id = work.requested_as, work.requested_by
        with self.database.reading(Login.DASHBOARD, role=role, staff_id=staff_id) as session:
            due = read_due(session, work.id, most=AT_ONCE)
            versions = {version.id: version for version in prompt_versions(session, work.prompt)}
        return due, versions[work.version_id]

    def _ask(self, work: Work, some: list[Then], prompt: Prompt) -> Round:
        """Ask a few messages and store what would have gone out, once every call is counted."""
        found = Round()
        answers = [(then, Answer.of_danger(then)) for then in some if then.kept.crisis]
        stage = Stage(
            self.database, self.settings, work.requested_by, limits=self.limits, at_once=AT_ONCE,
            clock=self.clock,
        )  # fmt: skip
        ordinary = [then for then in some if not then.kept.crisis]
        for then, trial in list(asked_again(stage, ordinary, prompt)):
            if trial.fallback in PASSING | LASTING | set(Hold):
                found.faults.add(trial.fallback)
            else:
                answers.append((then, Answer.of(then, trial)))
        with self.database.writing(Login.WORKER) as session:
            found.stored = sum(_store(session, work.id, then, answer) for then, answer in answers)
        self.add(found.stored)
        return found

    def _end(self, work: Work, end: End) -> None:
        with self.database.writing(Login.WORKER) as session:
            _end(session, work.id, end)


def open_replays(session: ReadSession) -> list[OpenReplay]:
    """Return the replays that are not over, the oldest first; for the worker."""
    return session.all(OpenReplay, "coach/replay_open")


def give_up_replay(session: WriteSession, replay: OpenReplay) -> None:
    """End a replay whose work failed as often as it is tried."""
    _end(session, replay.id, End(Ended.FAILED, f"It was given up: {replay.given_up}"[:500]))


def _affordable(work: Work, due: Iterable[Then], prompt: Prompt, price: Price) -> list[Then]:
    """Return those from the first on that a replay can pay, each with the most that it may cost."""
    left, some = work.most_usd - work.spent_usd, []
    for then in due:
        left -= Decimal(0) if then.kept.crisis else most_usd(then.scene, prompt, price)
        if left < 0:
            break
        some.append(then)
    return some


def _store(session: WriteSession, replay_id: UUID, then: Then, answer: Answer) -> int:
    fields = asdict(answer) | {"failed_then": list(answer.failed_then)}
    user_id, request_id = then.kept.user_id, then.kept.request_id
    return session.run(
        "coach/replay_add_answer", replay_id=replay_id, user_id=user_id, request_id=request_id, **fields
    )


def _end(session: WriteSession, replay_id: UUID, end: End) -> None:
    session.run("coach/replay_end", replay_id=replay_id, outcome=end.outcome, said=end.said, ended_by=None)
