"""Doing a run: its missing answers, some at once, a while at a time, until there are all; then the gate's word.

Each answer is a row, so that whoever is killed leaves what there is, and the next one goes on. What is a provider's
fault is not held against the version: the run waits, and is given up when that does not pass.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bee.audit import Actor, record
from bee.coach.exchange import Limits
from bee.coach.lab.answering import LASTING, LIMITS, Asking, price_of
from bee.coach.lab.cases import run_cases
from bee.coach.lab.gate import Evidence, Terms, judge
from bee.coach.lab.run import Ended, dollars, outputs
from bee.coach.lab.slice import Due, Slice, Work
from bee.coach.ledger import read_standing
from bee.coach.model import Fault, ModelFailed, Models, Provider
from bee.coach.prompting import prompt_of
from bee.coach.prompts import PromptVersion, live_version, prompt_versions
from bee.coach.prompts.gate import Verdict, record_verdict
from bee.coach.review import CHECKER
from bee.coach.standing import Hold
from bee.db import Database, Login, ReadSession, WriteSession
from bee.settings import Settings

# The worker has other things to do in between.
SLICE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that is not over. ``given_up``: why its work is not tried again, None where it is."""

    id: UUID
    given_up: str | None


@dataclass(frozen=True, slots=True)
class Runner:
    """Does runs, for a worker. ``add`` counts what is stored; ``is_lost``: whether another does it now."""

    database: Database
    settings: Settings
    clock: Callable[[], datetime]
    add: Callable[[int], None] = lambda _: None
    is_lost: Callable[[], bool] = lambda: False
    limits: Limits = LIMITS
    slice_s: float = SLICE_S

    def work_on(self, run_id: UUID) -> None:
        """Bring some of a run's missing answers, and once there are all, its end and the gate's word.

        Raises :class:`ModelFailed` where a provider's fault let no answer come, so that it is tried again later.
        """
        with self.database.reading(Login.WORKER) as session:
            work = session.find(Work, "coach/lab_work", run_id=run_id)
            due = session.all(Due, "coach/lab_due", run_id=run_id)
        if work is None:
            return
        if work.checker != CHECKER:
            self._end(work.id, Ended.FAILED, "The checks have changed since: start it again.")
        elif due:
            self._settle(asyncio.run(self._slice(work, due)))
        else:
            self._finish(work)

    async def _slice(self, work: Work, due: Sequence[Due]) -> Slice:
        with self.database.reading(Login.WORKER) as session:
            versions = {version.id: version for version in prompt_versions(session, work.prompt)}
            cases = {case.id: case for case in run_cases(session, work.id)}
        async with Models(self.settings) as models:
            part = Slice(self.database, work, cases, self.add, self.is_lost)
            try:
                part.asking = {
                    arm: self._asking(versions[version_id], models) for arm, version_id in work.arms.items()
                }
                part.hold = self._hold(part.asking.values())
                if part.hold is None:
                    await part.run(iter(due), for_s=self.slice_s)
            except ModelFailed as failure:
                part.failure = failure
            return part

    def _asking(self, version: PromptVersion, models: Models) -> Asking:
        prompt = prompt_of(version, self.settings)
        price = price_of(prompt, self.settings, self.clock().date())
        if price is None:
            raise ModelFailed(Fault.CONFIGURATION, f"no price is known of {prompt.provider}/{prompt.model}")
        model = models.of(prompt.provider)
        return Asking(prompt, model, price, self.settings.crisis_region, self.clock, self.limits)

    def _hold(self, asking: Iterable[Asking]) -> Hold | None:
        """Return why no model may be asked now: the lab has a share of the day's budget, and no more."""
        now = self.clock()
        for provider in {each.prompt.provider for each in asking} - {Provider.OFFLINE}:
            standing = read_standing(self.database, None, provider, now=now)
            if hold := standing.lab_hold(self.settings, now):
                return hold
        return None

    def _settle(self, part: Slice) -> None:
        """Draw the consequence of what some of the work came to."""
        failure = part.failure
        if part.hold is Hold.BREAKER:
            raise ModelFailed(Fault.OVERLOADED, "it is left alone for a while")
        if part.hold is not None:
            said = "What models may take in a day is used up; days are UTC's."
            self._end(part.work.id, Ended.OVER_BUDGET, said)
        elif part.is_over_budget:
            most = dollars(part.work.most_usd)
            said = f"Another answer could have brought it beyond the {most} that it may cost."
            self._end(part.work.id, Ended.OVER_BUDGET, said)
        elif isinstance(failure, ModelFailed) and failure.fault in LASTING:
            self._end(part.work.id, Ended.FAILED, failure.message)
        elif failure is not None and not part.answered:
            raise failure
        elif failure is None and not part.is_stopped:
            self._finish_if_through(part.work)

    def _finish_if_through(self, work: Work) -> None:
        with self.database.reading(Login.WORKER) as session:
            is_through = not session.all(Due, "coach/lab_due", run_id=work.id)
        if is_through:
            self._finish(work)

    def _finish(self, work: Work) -> None:
        """Say that a run is through, and what the gate makes of it, in one."""
        now = self.clock()
        with self.database.writing(Login.WORKER) as session:
            versions = {version.id: version for version in prompt_versions(session, work.prompt)}
            live = live_version(session, work.prompt, self.settings.environment)
            candidate = versions[work.candidate_id]
            found = judge(_evidence(session, work, versions, live), Terms.of(self.settings))
            if not _end(session, work.id, Ended.FINISHED, ""):
                return
            record_verdict(
                session,
                Verdict(
                    run_id=work.id,
                    prompt=work.prompt,
                    sha256=candidate.sha256,
                    model=found.model,
                    passed=found.passed,
                    reasons=found.reasons,
                    decided_at=now,
                    expires_at=now + timedelta(days=self.settings.coach_gate_days),
                ),
            )
            record(
                session,
                actor=Actor.system(),
                action="coach_run.judged",
                subject_kind="coach_run",
                subject_id=work.id,
                after={
                    "passed": found.passed,
                    "version": candidate.number,
                    "sha256": candidate.sha256,
                    "model": found.model,
                },
            )

    def _end(self, run_id: UUID, outcome: Ended, said: str) -> None:
        with self.database.writing(Login.WORKER) as session:
            _end(session, run_id, outcome, said)


def open_runs(session: ReadSession) -> list[OpenRun]:
    """Return the runs that are not over, the oldest first; for the worker."""
    return session.all(OpenRun, "coach/lab_open_runs")


def give_up(session: WriteSession, run: OpenRun) -> None:
    """End a run whose work failed as often as it is tried."""
    _end(session, run.id, Ended.FAILED, f"It was given up: {run.given_up}"[:500])


def _evidence(
    session: ReadSession, work: Work, versions: Mapping[UUID, PromptVersion], live: PromptVersion | None
) -> Evidence:
    found = outputs(session, work.id)
    cases = run_cases(session, work.id)
    return Evidence(
        candidate=versions[work.candidate_id].number,
        baseline=None if work.baseline_id is None else versions[work.baseline_id].number,
        live=None if live is None else live.number,
        tag=work.tag,
        due=len(cases) * work.repeats * len(work.arms),
        outputs=found,
    )


def _end(session: WriteSession, run_id: UUID, outcome: Ended, said: str) -> bool:
    return bool(session.run("coach/lab_end_run", run_id=run_id, outcome=outcome, said=said, ended_by=None))
