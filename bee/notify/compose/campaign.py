"""What a campaign is, as data (pure): whom it is for, what it says, how it goes out."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from string import Formatter
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bee.errors import Invalid
from bee.notify.payload import MOST_BYTES, Payload, Text
from bee.notify.rule import Name, Priority, Variant, Words

ANNOUNCEMENT: Final = "announcement"
# What its texts may name, and what they are measured and shown with: no figure is written longer.
SAMPLE: Final = {"score": 100}
NOBODY: Final = UUID(int=0)

State = Literal["Rising", "Steady", "NeedsCare"]
Platform = Literal["ios", "android", "web"]


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it holds characters that can't be shown")
    return text


Title = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_printable)]
Key = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Audience(_Data):
    """Whom it is for: who fits all of these; what is left empty narrows nothing.

    ``states``: on the newest complete day. ``platforms``: of a device that can be reached.
    """

    segment: Key = "all"
    states: tuple[State, ...] = Field(default=(), max_length=3)
    zones: tuple[Key, ...] = Field(default=(), max_length=200)
    platforms: tuple[Platform, ...] = Field(default=(), max_length=3)


class Campaign(_Data):
    """A campaign. ``title``: what the staff call it; ``per_minute``: the most that goes out in a minute.

    ``valid_h``: for how long it may go out once it is started. ``cooldown_h`` and ``most_per_day`` hold for
    all of the ``type``, as those of rules do.
    """

    title: Title
    type: Name = ANNOUNCEMENT
    priority: Priority = "normal"
    audience: Audience = Audience()
    variants: tuple[Variant, ...] = Field(min_length=1, max_length=5)
    action: dict[Name, Words] = Field(default_factory=dict, max_length=10)
    per_minute: int = Field(default=100, ge=1, le=600)
    valid_h: int = Field(default=24, ge=1, le=72)
    cooldown_h: int = Field(default=24, ge=0, le=720)
    most_per_day: int = Field(default=1, ge=1, le=10)

    @model_validator(mode="after")
    def _names_each_variant_once(self) -> Self:
        names = [variant.name for variant in self.variants]
        if len(set(names)) < len(names):
            raise ValueError("two wordings have the same name")
        return self

    @model_validator(mode="after")
    def _names_what_is_known_of_anybody(self) -> Self:
        if unknown := set().union(*(_fields(variant) for variant in self.variants)) - SAMPLE.keys():
            raise ValueError(f"{{{min(unknown)}}} can't be filled in; there is {', '.join(SAMPLE)}")
        return self

    def chosen(self, draw: float) -> Variant:
        """Return the wording that a draw in 0–1 falls on."""
        return self.variants[min(int(draw * len(self.variants)), len(self.variants) - 1)]


def ledger_name(number: int) -> str:
    """Return what the ledger calls a campaign; no rule may be called that."""
    return f"campaign_{number}"


def is_campaign(rule: str) -> bool:
    """Whether that is a campaign's name in the ledger."""
    return rule.startswith("campaign_") and rule.removeprefix("campaign_").isdigit()


def parse_campaign(text: str) -> Campaign:
    """Return the campaign that a JSON text describes. Raises :class:`Invalid` with every fault."""
    try:
        return Campaign.model_validate_json(text)
    except ValidationError as error:
        raise _invalid(error) from error


def make_campaign(values: Mapping[str, object]) -> Campaign:
    """Return a campaign of what somebody filled in. Raises :class:`Invalid` with every fault."""
    try:
        return Campaign.model_validate(values)
    except ValidationError as error:
        raise _invalid(error) from error


def campaign_text(campaign: Campaign) -> str:
    """Return the one JSON text of a campaign, which is stored and digested."""
    return json.dumps(campaign.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)


def rendered(variant: Variant, figures: Mapping[str, int]) -> Text | None:
    """Return a wording with a member's figures in it; None where one that it names is not known."""
    if _fields(variant) - figures.keys():
        return None
    return Text(variant.name, variant.title.format_map(figures), variant.body.format_map(figures))


def campaign_payload(
    notification_id: UUID, campaign: Campaign, text: Text, *, label: str, ttl_s: int = 0
) -> Payload:
    """Return what a device gets."""
    return Payload(
        notification_id, campaign.type, text.title, text.body, dict(campaign.action), label,
        campaign.priority == "high", ttl_s,
    )  # fmt: skip


def longest_bytes(campaign: Campaign) -> int:
    """Return how much of the push service's limit the longest wording takes."""
    texts = [rendered(variant, SAMPLE) for variant in campaign.variants]
    label = f"{ledger_name(10**9)}-{10**4}"
    return max(campaign_payload(NOBODY, campaign, text, label=label).size_bytes for text in texts if text)


def refuse_long(campaign: Campaign) -> None:
    """Raise :class:`Invalid` where a wording is longer than the push service takes."""
    size = longest_bytes(campaign)
    if size > MOST_BYTES:
        raise Invalid("too_long", f"That takes {size:,} bytes; the push service takes {MOST_BYTES:,}.")


def ends_at(started_at: datetime, campaign: Campaign) -> datetime:
    """Return until when it may go out."""
    return started_at + timedelta(hours=campaign.valid_h)


def _fields(variant: Variant) -> set[str]:
    parsed = (*Formatter().parse(variant.title), *Formatter().parse(variant.body))
    return {field for _, field, _, _ in parsed if field is not None}


def _invalid(error: ValidationError) -> Invalid:
    faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
    return Invalid("campaign", f"This is no campaign: {faults}.")
