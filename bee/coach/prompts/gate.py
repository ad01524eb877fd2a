"""What the gate found of versions: a verdict is on exactly what a digest stands for, and holds for a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from bee.db import ReadSession, WriteSession


@dataclass(frozen=True, slots=True)
class Reason:
    """What a check of the gate said."""

    check: str
    said: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a version may go live, and why. ``run_id``: the run over the cases that it rests on.

    ``model``: which one answered, and what it holds for; None where that was none, or several.
    """

    run_id: UUID
    prompt: str
    sha256: str
    model: str | None
    passed: bool
    reasons: tuple[Reason, ...]
    decided_at: datetime
    expires_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether it lets the version go live at a moment."""
        return self.passed and at < self.expires_at


@dataclass(frozen=True, slots=True)
class _StoredVerdict:
    run_id: UUID
    prompt: str
    sha256: str
    model: str | None
    passed: bool
    reasons: str
    decided_at: datetime
    expires_at: datetime

    @property
    def verdict(self) -> Verdict:
        return Verdict(
            run_id=self.run_id,
            prompt=self.prompt,
            sha256=self.sha256,
            model=self.model,
            passed=self.passed,
            reasons=_REASONS.validate_json(self.reasons),
            decided_at=self.decided_at,
            expires_at=self.expires_at,
        )


_REASONS = TypeAdapter(tuple[Reason, ...])


def record_verdict(session: WriteSession, verdict: Verdict) -> None:
    """Store what the gate found; as the worker, who alone may. Raises :class:`Conflict` for a run's second one."""
    session.run(
        "coach/add_gate_verdict",
        run_id=verdict.run_id,
        prompt=verdict.prompt,
        sha256=verdict.sha256,
        model=verdict.model,
        passed=verdict.passed,
        reasons=_REASONS.dump_json(verdict.reasons).decode(),
        decided_at=verdict.decided_at,
        expires_at=verdict.expires_at,
    )


def deciding(known: Sequence[Verdict], model: str | None) -> Verdict | None:
    """Return the verdict that counts where a model answers: the newest of it, or of no single one (pure).

    ``known``: all on one version, newest first. ``model``: None where nobody knows which answers.
    """
    return next((each for each in known if model is None or each.model in {model, None}), None)


def verdicts(session: ReadSession, prompt: str, sha256: str | None = None) -> Sequence[Verdict]:
    """Return what the gate found of a version, or of all of a prompt, newest first: see :func:`deciding`."""
    found = session.all(_StoredVerdict, "coach/prompt_verdicts", prompt=prompt, sha256=sha256)
    return [row.verdict for row in found]
