"""Some of a run's answers, a few at once, each stored as it comes; never more than the run may cost."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4

from bee.coach.lab.answering import Answer, Asking
from bee.coach.lab.case import Case
from bee.coach.lab.run import Arm
from bee.coach.ledger import Account, note_calls
from bee.coach.model import Provider
from bee.coach.standing import Hold
from bee.db import Database, Login
from bee.errors import BeeError

AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Work:
    """A run that is not over. ``spent_usd``: what its answers cost so far."""

    id: UUID
    number: int
    prompt: str
    candidate_id: UUID
    baseline_id: UUID | None
    tag: str | None
    repeats: int
    reuses_answers: bool
    most_usd: Decimal
    checker: str
    requested_by: UUID
    requested_at: datetime
    spent_usd: Decimal

    @property
    def arms(self) -> Mapping[str, UUID]:
        """Which versions answer."""
        ours: dict[str, UUID] = {Arm.CANDIDATE: self.candidate_id}
        return ours if self.baseline_id is None else ours | {Arm.BASELINE: self.baseline_id}


@dataclass(frozen=True, slots=True)
class Due:
    """An answer that is missing."""

    case_id: UUID
    arm: str
    repeat: int


@dataclass(slots=True)
class Slice:
    """Some of a run's answers: all that can be had until it is time for something else."""

    database: Database
    work: Work
    cases: Mapping[UUID, Case]
    add: Callable[[int], None]
    is_lost: Callable[[], bool]
    asking: Mapping[str, Asking] = field(default_factory=dict)
    spent_usd: Decimal = Decimal(0)
    reserved_usd: Decimal = Decimal(0)
    answered: int = 0
    hold: Hold | None = None
    is_over_budget: bool = False
    is_stopped: bool = False
    failure: BeeError | None = None

    async def run(self, due: Iterator[Due], *, for_s: float) -> None:
        """Ask until nothing is due, time is up, or something speaks against it."""
        until = asyncio.get_running_loop().time() + for_s
        await asyncio.gather(*(self._ask_on(due, until) for _ in range(AT_ONCE)))

    async def _ask_on(self, due: Iterator[Due], until: float) -> None:
        loop = asyncio.get_running_loop()
        while not self.is_stopped and loop.time() < until:
            question = next(due, None)
            if question is None:
                return
            try:
                await self._ask(question)
            except BeeError as failure:
                self.failure, self.is_stopped = failure, True

    async def _ask(self, question: Due) -> None:
        if self.is_lost() or await asyncio.to_thread(self._is_over):
            self.is_stopped = True
            return
        case, asking = self.cases[question.case_id], self.asking[question.arm]
        key = asking.cache_key(case, question.repeat)
        answer = asking.screened(case) or await asyncio.to_thread(self._earlier, case, asking, key)
        answer = answer or await self._paid(case, asking)
        if answer is not None:
            await asyncio.to_thread(self._keep, question, asking, key, answer)

    async def _paid(self, case: Case, asking: Asking) -> Answer | None:
        """Ask a model where the run can still pay the most that it may cost; None where it can't."""
        most_usd = asking.most_usd(case)
        if self.work.spent_usd + self.spent_usd + self.reserved_usd + most_usd > self.work.most_usd:
            # What the others on their way hold back may not be needed.
            self.is_over_budget, self.is_stopped = self.reserved_usd == 0, True
            return None
        self.reserved_usd += most_usd
        try:
            answer = await asking.answer(case)
        finally:
            self.reserved_usd -= most_usd
        self.spent_usd += answer.cost_usd or Decimal(0)
        return answer

    def _earlier(self, case: Case, asking: Asking, key: str) -> Answer | None:
        if not self.work.reuses_answers:
            return None
        with self.database.reading(Login.WORKER) as session:
            text = session.scalar("coach/lab_cached", cache_key=key)
        return None if text is None else asking.cached(case, text)

    def _is_over(self) -> bool:
        with self.database.reading(Login.WORKER) as session:
            return bool(session.scalar("coach/lab_is_over", run_id=self.work.id))

    def _keep(self, question: Due, asking: Asking, key: str, answer: Answer) -> None:
        """Count what was asked of a model, as the lab's, and store the answer. Raises the provider's failure."""
        output_id = uuid4()
        if asking.prompt.provider is not Provider.OFFLINE and answer.tries:
            account = Account.of_lab(self.work.requested_by)
            with self.database.writing(Login.SYSTEM) as session:
                note_calls(session, account, output_id, asking.prompt, answer.tries, (asking.price,))
        if answer.failure is not None:
            raise answer.failure
        self._store(output_id, question, asking, key, answer)

    def _store(self, output_id: UUID, question: Due, asking: Asking, key: str, answer: Answer) -> None:
        with self.database.writing(Login.WORKER) as session:
            stored = session.run(
                "coach/lab_add_output",
                id=output_id,
                run_id=self.work.id,
                case_id=question.case_id,
                arm=question.arm,
                repeat=question.repeat,
                provider="rules" if answer.is_screened else asking.prompt.provider,
                model="crisis" if answer.is_screened else asking.prompt.model,
                is_screened=answer.is_screened,
                is_cached=answer.is_cached,
                cache_key=key,
                text=answer.text,
                error=answer.error,
                checks=answer.checks,
                first_token_ms=answer.first_token_ms,
                total_ms=answer.total_ms,
                is_estimate=answer.is_estimate,
                cost_usd=answer.cost_usd,
                **asdict(answer.usage),
            )
        self.answered += stored
        self.add(stored)
