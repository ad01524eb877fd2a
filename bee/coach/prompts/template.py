"""What a prompt says, as data, and what it comes to with values put in (pure)."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from bee.coach.offline import Momentum
from bee.errors import Invalid

UNKNOWN: Final = "unknown"
STATES: Final = frozenset({*Momentum, UNKNOWN})
BETWEEN: Final = "\n\n"

# What no text that people read has, and the database can't all hold.
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _shown(text: str) -> str:
    if CONTROL.search(text):
        raise ValueError("it holds characters that can't be shown")
    if not text.strip():
        raise ValueError("it says nothing")
    return text


KINDS_OF_PART: Final = frozenset({"passage", "choice", "listing"})
# How pydantic begins a fault that a validator of ours found.
RAISED: Final = "Value error, "

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Words = Annotated[str, Field(max_length=8000), AfterValidator(_shown)]
Kind = Literal["text", "number", "state", "texts"]
Value = str | int | float | Sequence[str]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Passage(_Data):
    """Words, with ``{names}`` of variables of kind text or number in them."""

    origin: Name
    text: Words

    @property
    def wants(self) -> dict[str, frozenset[Kind]]:
        """The variables that it puts in, and of which kinds they may be."""
        fields: dict[str, frozenset[Kind]] = {}
        for _, name, spec, conversion in Formatter().parse(self.text):
            if name is None:
                continue
            if spec or conversion:
                raise ValueError(f"{{{name}}} can only stand by itself")
            fields[name] = frozenset({"text", "number"})
        return fields

    @property
    def spelled_out(self) -> tuple["Part", ...]:
        """All that it can say."""
        return (Part(self.origin, self.text),)

    def words(self, values: Mapping[str, Value]) -> str:
        """Return the words with the values in them."""
        pieces = Formatter().parse(self.text)
        return "".join(words + ("" if name is None else str(values[name])) for words, name, _, _ in pieces)


class Choice(_Data):
    """One text of several, chosen by the member's state."""

    origin: Name
    by: Name
    texts: dict[str, Words]

    @model_validator(mode="after")
    def _knows_every_state(self) -> Self:
        if set(self.texts) != STATES:
            raise ValueError(f"it has to have a text for each of {', '.join(sorted(STATES))}")
        return self

    @property
    def wants(self) -> dict[str, frozenset[Kind]]:
        """The variable that chooses."""
        return {self.by: frozenset({"state"})}

    @property
    def spelled_out(self) -> tuple["Part", ...]:
        """All that it can say."""
        return tuple(Part(f"{self.origin}: {state}", self.texts[state]) for state in (*Momentum, UNKNOWN))

    def words(self, values: Mapping[str, Value]) -> str:
        """Return the text of the state."""
        return self.texts[str(values[self.by])]


class Listing(_Data):
    """A heading and an item a line; nothing at all where there is no item."""

    origin: Name
    heading: Words
    list: Name

    @property
    def wants(self) -> dict[str, frozenset[Kind]]:
        """The variable that holds the items."""
        return {self.list: frozenset({"texts"})}

    @property
    def spelled_out(self) -> tuple["Part", ...]:
        """All that it can say before its items."""
        return (Part(self.origin, self.heading),)

    def words(self, values: Mapping[str, Value]) -> str:
        """Return the heading and the items."""
        items = values[self.list]
        assert isinstance(items, Sequence), "values are checked before they are put in"
        return "\n".join([self.heading, *(f"- {item}" for item in items)]) if items else ""


def _kind_of_part(said: Any) -> str:
    """Return which kind of part something is meant to be, so that only the faults of that kind are told."""
    if isinstance(said, BaseModel):
        said = said.model_dump()
    known = said if isinstance(said, Mapping) else {}
    return "choice" if "by" in known else "listing" if "list" in known else "passage"


TemplatePart = Annotated[
    Annotated[Passage, Tag("passage")]
    | Annotated[Choice, Tag("choice")]
    | Annotated[Listing, Tag("listing")],
    Discriminator(_kind_of_part),
]


class Template(_Data):
    """The parts of a prompt in order, and the variables that they put in, each with its kind."""

    variables: dict[Name, Kind] = Field(max_length=30)
    parts: tuple[TemplatePart, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _puts_in_what_it_declares(self) -> Self:
        for part in self.parts:
            for name, kinds in part.wants.items():
                if name not in self.variables:
                    raise ValueError(f"{{{name}}} is not among the variables")
                if self.variables[name] not in kinds:
                    raise ValueError(
                        f"{{{name}}} is of the kind {self.variables[name]}, which can't stand here"
                    )
        return self


class Parameters(_Data):
    """What a model is told beside the words. ``temperature``: None where the model decides."""

    max_tokens: int = Field(default=400, ge=1, le=4000)
    temperature: float | None = Field(default=0.6, ge=0, le=2, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a rendered prompt. ``origin``: what it came from, such as ``safety`` or ``memories``."""

    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt with its values in it; a part that came to nothing is not there."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """All of it, as a model reads it."""
        return BETWEEN.join(part.text for part in self.parts)


def parse_template(text: str) -> Template:
    """Return the template that a JSON text describes. Raises :class:`Invalid` with every fault."""
    try:
        return _TEMPLATE.validate_json(text)
    except ValidationError as error:
        raise no_prompt(error) from error


def no_prompt(error: ValidationError) -> Invalid:
    """Return what is wrong with something that shall be a prompt, every fault with where it is."""
    faults = (f"{_where(fault['loc'])}: {fault['msg'].removeprefix(RAISED)}" for fault in error.errors())
    return Invalid("prompt", f"This is no prompt: {'; '.join(faults)}.")


def _where(places: tuple[int | str, ...]) -> str:
    """Return where a fault is: ``template.parts.1.passage.text`` is ``part 2, text``."""
    counted = [f"part {place + 1}" if isinstance(place, int) else place for place in places]
    if any(isinstance(place, int) for place in places):
        counted = [place for place in counted if place not in {"parts", *KINDS_OF_PART}]
    return ", ".join(place for place in counted if place != "template") or "all of it"


def render(template: Template, values: Mapping[str, Value]) -> Rendered:
    """Return what a prompt comes to. Values beyond its variables are left alone.

    Raises :class:`Invalid` where one is missing or of another kind: nothing is ever put in as an empty text.
    """
    for name, kind in template.variables.items():
        if name not in values:
            raise Invalid("prompt_value_missing", f"The prompt's variable {name} has no value.")
        if not _is_of(kind, values[name]):
            raise Invalid("prompt_value_kind", f"The prompt's variable {name} is no {kind}.")
    parts = (Part(part.origin, part.words(values)) for part in template.parts)
    return Rendered(tuple(part for part in parts if part.text))


def spelled_out(template: Template) -> Rendered:
    """Return every text that a prompt can come to, in order; of a choice each, its origin as ``state: Rising``."""
    return Rendered(tuple(part for each in template.parts for part in each.spelled_out))


def template_text(template: Template) -> str:
    """Return the one JSON text of a template, which is stored and digested."""
    return json.dumps(template.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)


def parameters_text(parameters: Parameters) -> str:
    """Return the one JSON text of parameters, which is stored and digested."""
    return json.dumps(parameters.model_dump(mode="json"), sort_keys=True)


def prompt_digest(template: Template, model: str | None, parameters: Parameters) -> str:
    """Return the SHA-256, in hexadecimal, of all that decides what a model is asked."""
    decides = [template_text(template), model, parameters_text(parameters)]
    return hashlib.sha256(json.dumps(decides, ensure_ascii=False).encode()).hexdigest()


def _is_of(kind: Kind, value: object) -> bool:
    match kind:
        case "text":
            return isinstance(value, str) and bool(value.strip())
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "state":
            return isinstance(value, str) and value in STATES
        case "texts":
            if not isinstance(value, Sequence) or isinstance(value, str):
                return False
            return all(isinstance(item, str) and bool(item.strip()) for item in value)


_TEMPLATE: Final = TypeAdapter(Template)
