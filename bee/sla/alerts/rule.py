"""What is watched, and in which steps people are told, as data (pure)."""

import hashlib
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from bee.errors import Invalid
from bee.sla.burn import Pair, Severity

RULES_FOLDER: Final = Path(__file__).with_name("rules")
ESCALATION: Final = "escalation"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Level = Annotated[int, Field(ge=1, le=3)]


class Signal(StrEnum):
    """What must not grow old: the oldest thing that waits, or the time since a part was heard of."""

    SCORES = "scores"
    PUSH = "push"
    HANDOFF = "handoff"
    UNSEEN_DANGER = "unseen_danger"
    BREAKER = "breaker"
    WORKER = "worker"
    PROBER = "prober"
    RECORDER = "recorder"
    WATCH = "watch"
    SEAL = "seal"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Watched(_Data):
    """``quiet_min``: an alert ends once it did not fire for so long.

    ``reopen_min``: what fires again within so long of its end is the same alert.
    """

    name: Name
    quiet_min: int = Field(default=15, ge=1, le=1440)
    reopen_min: int = Field(default=60, ge=0, le=10_080)

    @model_validator(mode="after")
    def _is_no_escalation(self) -> Self:
        if self.name == ESCALATION:
            raise ValueError("that name is the escalation's")
        return self


class BurnRule(_Watched):
    """An objective's budget goes too fast, over both windows of one of the pairs."""

    kind: Literal["burn"]
    objective: Name
    pairs: tuple[Pair, ...] = Field(min_length=1, max_length=8)


class AgeRule(_Watched):
    """Something is older than ``most_min`` minutes."""

    kind: Literal["age"]
    signal: Signal
    severity: Severity
    most_min: int = Field(ge=1, le=10_080)


class Step(_Data):
    """Whom to tell ``after_min`` minutes: whoever holds the levels of the rota, the team's address, the webhook."""

    after_min: int = Field(ge=0, le=1440)
    levels: tuple[Level, ...] = Field(default=(), max_length=3)
    team: bool = False
    webhook: bool = False

    @model_validator(mode="after")
    def _tells_somebody(self) -> Self:
        if not (self.levels or self.team or self.webhook):
            raise ValueError("a step has to tell somebody")
        return self


class Escalation(_Data):
    """The steps of a page and of a ticket, each told unless somebody acknowledged before."""

    name: Literal["escalation"]
    kind: Literal["escalation"]
    page: tuple[Step, ...] = Field(min_length=1, max_length=8)
    ticket: tuple[Step, ...] = Field(min_length=1, max_length=8)

    @model_validator(mode="after")
    def _goes_up(self) -> Self:
        for steps in (self.page, self.ticket):
            minutes = [step.after_min for step in steps]
            if minutes != sorted(set(minutes)):
                raise ValueError("each step comes later than the one before it")
        return self

    def steps(self, severity: Severity) -> tuple[Step, ...]:
        """Return the steps for a severity."""
        return self.page if severity is Severity.PAGE else self.ticket


Rule = BurnRule | AgeRule
Body = Annotated[BurnRule | AgeRule | Escalation, Field(discriminator="kind")]
_BODY: TypeAdapter[BurnRule | AgeRule | Escalation] = TypeAdapter(Body)


def parse_body(text: str) -> Rule | Escalation:
    """Return the rule or escalation that a JSON text describes. Raises :class:`Invalid` with every fault."""
    try:
        return _BODY.validate_json(text)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise Invalid("alert_rule", f"This is no alert rule: {faults}.") from error


def body_text(body: Rule | Escalation) -> str:
    """Return the one JSON text of a rule or escalation, which is stored and digested."""
    return json.dumps(body.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)


def body_digest(body: Rule | Escalation) -> str:
    """Return the SHA-256 of that text, in hexadecimal."""
    return hashlib.sha256(body_text(body).encode()).hexdigest()


def shipped_bodies() -> dict[str, Rule | Escalation]:
    """Return what comes with the program, by name."""
    found = [parse_body(path.read_text(encoding="utf-8")) for path in RULES_FOLDER.glob("*.json")]
    return {body.name: body for body in sorted(found, key=lambda body: body.name)}
