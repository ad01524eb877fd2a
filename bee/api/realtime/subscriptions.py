"""What a channel wants to hear, as its ``phx_join`` says it (pure)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bee.api.realtime.conditions import Condition, parse_condition
from bee.api.realtime.published import PUBLISHED, SCHEMA, Published
from bee.errors import Invalid


class Kind(StrEnum):
    """What became of a row."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Changes of one table, or of every one that is told. ``kind``: None for each."""

    id: int
    kind: Kind | None
    table: str | None
    condition: Condition | None

    def wants(self, kind: Kind, published: Published, record: Mapping[str, Any]) -> bool:
        """Whether a change is to be heard. ``record``: the row, or the keys of one that is gone.

        Of such a row nothing else is known, so that a condition on another column lets it pass, as with Supabase.
        """
        if self.kind not in (None, kind) or self.table not in (None, published.table):
            return False
        if self.condition is None:
            return True
        is_unknown = kind is Kind.DELETE and self.condition.column not in published.keys
        return is_unknown or self.condition.holds(record)


@dataclass(frozen=True, slots=True)
class Wish:
    """One entry of ``postgres_changes``: what was asked, what is sent back, and what came of it.

    ``fault``: why there is no subscription. The client holds what comes back against what it sent.
    """

    told: dict[str, Any]
    subscription: Subscription | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class Joining:
    """A channel as its client wants it."""

    wishes: tuple[Wish, ...]
    acks: bool
    hears_itself: bool
    is_private: bool
    wants_presence: bool

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """What is to be heard."""
        return tuple(wish.subscription for wish in self.wishes if wish.subscription)

    @property
    def faults(self) -> list[str]:
        """Why some of it can't be."""
        return [wish.fault for wish in self.wishes if wish.fault]


def parse_joining(payload: Mapping[str, Any], *, most: int, next_id: Callable[[], int]) -> Joining:
    """Return what a ``phx_join`` asks for. Raises :class:`Invalid` where it is no such thing.

    ``most``: subscriptions of a channel. ``next_id``: makes the id of the next one.
    """
    config = _object(payload, "config")
    broadcast, presence = _object(config, "broadcast"), _object(config, "presence")
    wanted = _given(config, "postgres_changes", [])
    if not isinstance(wanted, list) or not all(isinstance(one, dict) for one in wanted):
        raise Invalid("bad_config", "postgres_changes is a list of objects.")
    if len(wanted) > most:
        raise Invalid("bad_config", f"A channel hears at most {most} subscriptions.")
    return Joining(
        tuple(_wish(one, next_id()) for one in wanted),
        acks=broadcast.get("ack") is True,
        hears_itself=broadcast.get("self") is True,
        is_private=config.get("private") is True,
        wants_presence=presence.get("enabled") is True,
    )


def _object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = _given(holder, name, {})
    if not isinstance(value, dict):
        raise Invalid("bad_config", f"{name} is an object.")
    return value


def _given(holder: Mapping[str, Any], name: str, default: Any) -> Any:
    """Return a value; what is null was not given."""
    value = holder.get(name)
    return default if value is None else value


def _wish(asked: dict[str, Any], number: int) -> Wish:
    told = {key: asked[key] for key in ("event", "schema", "table", "filter") if key in asked} | {
        "id": number
    }
    try:
        return Wish(told, _subscription(asked, number), None)
    except Invalid as error:
        return Wish(told, None, error.message)


def _subscription(asked: dict[str, Any], number: int) -> Subscription:
    event, table, condition = _given(asked, "event", "*"), _given(asked, "table", "*"), asked.get("filter")
    if event != "*" and event not in tuple(Kind):
        raise Invalid("bad_subscription", "An event is INSERT, UPDATE, DELETE or *.")
    if _given(asked, "schema", SCHEMA) not in (SCHEMA, "*") or table not in ("*", *PUBLISHED):
        raise Invalid("bad_subscription", f"Changes are told of {' and '.join(PUBLISHED)}.")
    kind = None if event == "*" else Kind(event)
    if condition is None:
        return Subscription(number, kind, None if table == "*" else table, None)
    if table == "*" or not isinstance(condition, str):
        raise Invalid("bad_subscription", "A filter is a text, beside the table that it filters.")
    return Subscription(number, kind, table, parse_condition(condition, PUBLISHED[table]))
