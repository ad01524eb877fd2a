"""What a rule and the budget over all rules are, as data (pure)."""

import hashlib
import json
from datetime import time
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from bee.errors import Invalid

RULES_FOLDER = Path(__file__).with_name("rules")
BUDGET = "budget"
# What a template may name in braces.
FIELDS = frozenset({"days", "hours", "score"})


def _printable(text: str) -> str:
    if not text.replace("\n", " ").isprintable():
        raise ValueError("it holds characters that can't be shown")
    return text


Words = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_printable)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Priority = Literal["high", "normal", "low"]
TaskPriority = Literal["urgent", "high", "normal", "low"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Streak(_Data):
    """So many days in a row in one state."""

    kind: Literal["streak"]
    state: Literal["Rising", "Steady", "NeedsCare"]
    days: int = Field(ge=2, le=14)

    @property
    def window_days(self) -> int:
        """How many days it looks at."""
        return self.days


class Drop(_Data):
    """The mean of the newest ``days`` lies more than ``points`` below that of as many before."""

    kind: Literal["drop"]
    days: int = Field(ge=1, le=7)
    points: float = Field(gt=0, le=100)

    @property
    def window_days(self) -> int:
        """How many days it looks at."""
        return 2 * self.days


class NewMember(_Data):
    """A member with 1 to ``days`` complete days, to whom nothing went for ``unsent_h`` hours."""

    kind: Literal["new_member"]
    days: int = Field(ge=1, le=7)
    unsent_h: int = Field(ge=1, le=168)

    @property
    def window_days(self) -> int:
        """How many days it looks at: one more than it wants, to see that there is none."""
        return self.days + 1


class Silence(_Data):
    """Nothing happened for ``hours``; ``within_h`` hours later the moment is past."""

    kind: Literal["silence"]
    hours: int = Field(ge=12, le=336)
    within_h: int = Field(default=24, ge=1, le=72)


Condition = Annotated[Streak | Drop | NewMember | Silence, Field(discriminator="kind")]


class Variant(_Data):
    """One wording; ``{days}``, ``{hours}`` and ``{score}`` are filled in."""

    name: Name
    title: Words = Field(max_length=120)
    body: Words

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        for text in (self.title, self.body):
            for _, field, spec, conversion in Formatter().parse(text):
                if field is not None and (field not in FIELDS or spec or conversion):
                    raise ValueError(f"{{{field}}} can't be filled in; there are {', '.join(sorted(FIELDS))}")
        return self


class Rule(_Data):
    """When whom to notify of what. ``cooldown_h`` and ``most_per_day`` hold for all of the rule's ``type``.

    ``valid_h``: for how long it may be sent once it was decided. ``holdout``: the probability that somebody who
    could get it does not, so that its effect can be measured. ``task``: the priority of what the coach is asked.
    """

    name: Name
    kind: Literal["rule"]
    type: Name
    priority: Priority
    condition: Condition
    variants: tuple[Variant, ...] = Field(min_length=1, max_length=10)
    action: dict[Name, Words] = Field(default_factory=dict, max_length=10)
    cooldown_h: int = Field(ge=0, le=720)
    most_per_day: int = Field(ge=1, le=10)
    valid_h: int = Field(ge=1, le=72)
    holdout: float = Field(default=0, ge=0, le=0.9, allow_inf_nan=False)
    task: TaskPriority | None = None

    @model_validator(mode="after")
    def _is_no_budget(self) -> Self:
        if self.name == BUDGET:
            raise ValueError("that name is the budget's")
        return self

    @model_validator(mode="after")
    def _calls_each_wording_otherwise(self) -> Self:
        if len({variant.name for variant in self.variants}) < len(self.variants):
            raise ValueError("two wordings have the same name")
        return self


class Budget(_Data):
    """What holds over all rules: the weekly maximum, and the quiet hours of whoever chose none."""

    name: Literal["budget"]
    kind: Literal["budget"]
    most_per_week: int = Field(ge=0, le=50)
    quiet_from: time
    quiet_until: time


Body = Annotated[Rule | Budget, Field(discriminator="kind")]
_BODY: TypeAdapter[Rule | Budget] = TypeAdapter(Body)


def parse_body(text: str) -> Rule | Budget:
    """Return the rule or budget that a JSON text describes. Raises :class:`Invalid` with every fault."""
    try:
        return _BODY.validate_json(text)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise Invalid("rule", f"This is no notification rule: {faults}.") from error


def parse_rule(text: str) -> Rule:
    """Return the rule that a JSON text describes. Raises :class:`Invalid` with every fault, and for a budget."""
    body = parse_body(text)
    if not isinstance(body, Rule):
        raise Invalid("rule", "This is the budget, not a rule.")
    return body


def body_text(body: Rule | Budget) -> str:
    """Return the one JSON text of a rule or budget, which is stored and digested."""
    return json.dumps(body.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)


def body_digest(body: Rule | Budget) -> str:
    """Return the SHA-256 of that text, in hexadecimal: what an approval is bound to."""
    return hashlib.sha256(body_text(body).encode()).hexdigest()


def shipped_bodies() -> dict[str, Rule | Budget]:
    """Return the rules and the budget that come with the program, by name."""
    found = [parse_body(path.read_text(encoding="utf-8")) for path in RULES_FOLDER.glob("*.json")]
    return {body.name: body for body in sorted(found, key=lambda body: body.name)}
