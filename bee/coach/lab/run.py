"""Runs: asking for one, how far it is, every answer that it brought, and calling it off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from bee.audit import Actor, record
from bee.coach.lab.cases import run_cases
from bee.coach.model import Provider
from bee.coach.prompts import PromptVersion, live_version, prompt_versions
from bee.coach.prompts.registry import COACH
from bee.coach.review import CHECKER
from bee.db import ReadSession, WriteSession
from bee.errors import Conflict, Invalid, NotFound
from bee.settings import Environment

MOST_REPEATS: Final = 10
MOST_RUNS: Final = 200


class Arm(StrEnum):
    """Whose answer it is: of the version that is tried, or of the one that it is compared with."""

    CANDIDATE = "candidate"
    BASELINE = "baseline"


class Ended(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    CANCELLED = "cancelled"
    OVER_BUDGET = "over_budget"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is asked to be. ``tag``: over cases with it only, which can't let a version pass.

    ``baseline``: the number of the version to compare with; None is the live one, where it is another.
    """

    candidate: int
    baseline: int | None = None
    tag: str | None = None
    repeats: int = 3
    reuses_answers: bool = False
    most_usd: Decimal = Decimal(5)


@dataclass(frozen=True, slots=True)
class Asked:
    """A run that was asked for; ``number`` is what people call it."""

    id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands. ``outcome``: an :class:`Ended`, None while it goes on; ``passed``: the gate's word.

    ``done``: answers that there are; of them ``failed`` are without a text, ``cached`` an earlier run's.
    ``reasons``: what the gate says, each with ``check`` and ``said``. ``hidden_by``: the number of the review
    because of which whoever reads is not told who answered what; None where they are.
    """

    id: UUID
    number: int
    prompt: str
    candidate: int
    baseline: int | None
    sha256: str
    cases_as_of: datetime
    tag: str | None
    repeats: int
    reuses_answers: bool
    most_usd: Decimal
    seed: int
    checker: str
    requested_by: str | None
    requested_at: datetime
    cases: int
    done: int
    failed: int
    cached: int
    cost_usd: Decimal
    outcome: str | None
    said: str | None
    ended_by: str | None
    ended_at: datetime | None
    passed: bool | None
    reasons: list[dict[str, str]] | None
    expires_at: datetime | None
    hidden_by: int | None

    @property
    def due(self) -> int:
        """How many answers it takes in all."""
        return self.cases * self.repeats * (1 if self.baseline is None else 2)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is asked."""
        return self.outcome is not None


@dataclass(frozen=True, slots=True)
class Output:
    """An answer of a run and the case that it is to. ``checks``: by name, each with what it found.

    Without ``text`` none came, and ``error`` says why. Screened ones were answered as somebody in danger is,
    without a model. Neither those nor cached ones took time or money.
    """

    id: UUID
    case_id: UUID
    title: str
    kind: str
    state: str | None
    arm: str
    repeat: int
    provider: str
    model: str
    is_screened: bool
    is_cached: bool
    text: str | None
    error: str | None
    checks: Mapping[str, Any] | None
    is_safe: bool
    passes: bool
    first_token_ms: int | None
    total_ms: int | None
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    is_estimate: bool
    cost_usd: Decimal | None

    @property
    def label(self) -> str:
        """Which model gave it, as versions name models."""
        return model_label(self.provider, self.model)

    @property
    def results(self) -> Mapping[str, Mapping[str, Any]]:
        """What each check said, by its name; nothing where no text came."""
        return self.checks["results"] if self.checks else {}

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the checks that object."""
        return tuple(name for name, result in self.results.items() if not result["passed"])

    @property
    def is_fresh(self) -> bool:
        """Whether a model gave this very answer, so that its time and cost count."""
        return not self.is_screened and not self.is_cached and self.error is None


def model_label(provider: str, model: str) -> str:
    """Return a model as versions and settings name it: ``openai/gpt-4o-mini``, or ``offline``."""
    return provider if provider == Provider.OFFLINE else f"{provider}/{model}"


def request_run(
    session: WriteSession, wanted: Wanted, *, environment: Environment, seed: int, actor: Actor
) -> Asked:
    """Ask for a run; the worker does it. ``environment``: whose live version a run is compared with.

    Raises :class:`Invalid` for what can't be, :class:`NotFound` for a version that is not there,
    :class:`Conflict` where there is no case to run over.
    """
    _refuse_nonsense(wanted)
    versions = {version.number: version for version in prompt_versions(session, COACH)}
    candidate = _version(versions, wanted.candidate)
    baseline = _baseline(session, versions, wanted, environment)
    asked = session.get(
        Asked,
        "coach/lab_add_run",
        prompt=COACH,
        candidate_id=candidate.id,
        baseline_id=None if baseline is None else baseline.id,
        tag=wanted.tag,
        repeats=wanted.repeats,
        reuses_answers=wanted.reuses_answers,
        most_usd=wanted.most_usd,
        seed=seed,
        checker=CHECKER,
        requested_by=actor.id,
    )
    if not run_cases(session, asked.id):
        raise Conflict("no_cases", "There is no case like that to run over.")
    after = {"candidate": candidate.number, "baseline": None if baseline is None else baseline.number}
    _record(session, actor, "coach_run.requested", asked.id, after | {"repeats": wanted.repeats})
    return asked


def cancel_run(session: WriteSession, run_id: UUID, *, actor: Actor) -> None:
    """Call a run off; answers on their way are still kept. Raises :class:`Conflict` where it is over."""
    if not session.run(
        "coach/lab_end_run", run_id=run_id, outcome=Ended.CANCELLED, said="", ended_by=actor.id
    ):
        raise Conflict("run_over", "The run is over already.")
    _record(session, actor, "coach_run.cancelled", run_id, None)


def runs(session: ReadSession) -> list[Run]:
    """Return the newest runs, the newest first; for coaches and admins."""
    return session.all(Run, "coach/lab_runs", number=None, most=MOST_RUNS)


def find_run(session: ReadSession, number: int) -> Run | None:
    """Return a run by its number, or None."""
    return session.find(Run, "coach/lab_runs", number=number, most=1)


def outputs(session: ReadSession, run_id: UUID) -> list[Output]:
    """Return every answer of a run, by case, arm and repeat; none to a coach from whom they are hidden."""
    return session.all(Output, "coach/lab_outputs", run_id=run_id)


def dollars(amount: Decimal) -> str:
    """Return an amount of money in words, to the cent, or as exact as a run's ceiling is where it is smaller."""
    whole = f"{amount:,.4f}"
    return f"${whole[:-2]}" if whole.endswith("00") else f"${whole}"


def _refuse_nonsense(wanted: Wanted) -> None:
    if not 1 <= wanted.repeats <= MOST_REPEATS:
        raise Invalid("repeats", f"A case is asked once to {MOST_REPEATS} times.")
    if not wanted.most_usd.is_finite() or not 0 <= wanted.most_usd <= 100_000:
        raise Invalid("most_usd", "A run may cost from nothing to $100,000.")
    if wanted.candidate == wanted.baseline:
        raise Invalid("same_version", "A version is compared with another one.")


def _version(versions: Mapping[int, PromptVersion], number: int) -> PromptVersion:
    if number not in versions:
        raise NotFound("no_version", f"There is no version {number} of the prompt.")
    return versions[number]


def _baseline(
    session: ReadSession, versions: Mapping[int, PromptVersion], wanted: Wanted, environment: Environment
) -> PromptVersion | None:
    if wanted.baseline is not None:
        return _version(versions, wanted.baseline)
    live = live_version(session, COACH, environment)
    return None if live is None or live.number == wanted.candidate else live


def _record(
    session: WriteSession, actor: Actor, action: str, run_id: UUID, after: Mapping[str, object] | None
) -> None:
    record(session, actor=actor, action=action, subject_kind="coach_run", subject_id=run_id, after=after)
