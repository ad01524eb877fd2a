"""Ticks, and what was seen at one (pure)."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, TypeAdapter

from bee.errors import Invalid

# Who looks at a tick later than this share of the interval would see another moment than it says.
LATEST: Final = 0.25
NAME: Final = r"^[a-z0-9][a-z0-9.-]{0,59}$"
REASON: Final = r"^[a-z0-9_]{0,60}$"
ORIGIN: Final = r"^https?://[^\x00-\x20/@]+$"
LONGEST_TARGET: Final = 200
MOST_EVERY_S: Final = 3600
# What clocks of different machines may differ by.
AHEAD_S: Final = 60
MOST_WAITING: Final = 1_000_000


class Probe(StrEnum):
    """What is tried."""

    READY = "ready"
    JOURNEY = "journey"


class NotRun(Exception):
    """A probe could not even be tried, for want of what it needs; ``reason`` is a code for the row."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Step(StrEnum):
    """A step of a probe: the only one of ``ready``, those of a member's journey in their order."""

    READY = "ready"
    SIGN_IN = "sign_in"
    EVENT = "event"
    MOMENTUM = "momentum"
    COACH = "coach"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a step came to. Not ``ok``: it failed, and again at once. ``seconds``: of the try that decided.

    ``reason``: why the last try that failed did; what an answer was, where there is something to say of it.
    ``lasted_s``: all tries together, which is the time that the step is evidence of.
    """

    step: Step
    ok: bool
    retried: bool
    seconds: Annotated[float, Field(ge=0, le=MOST_EVERY_S, allow_inf_nan=False)]
    reason: Annotated[str, Field(pattern=REASON)] = ""
    lasted_s: Annotated[float, Field(ge=0, le=MOST_EVERY_S, allow_inf_nan=False)] = 0

    def __post_init__(self) -> None:
        if not self.ok and not (self.retried and self.reason):
            raise ValueError("what failed was tried twice, and has a reason")


@dataclass(frozen=True, slots=True)
class Round:
    """A probe at a tick. ``scheduled_at``: the tick itself, whenever it was looked at.

    ``late_s``: how long after it the looking began. ``waiting``: how many older rounds were not told then.
    ``not_run``: why there was no looking; then nothing is ``seen``, and nothing is said of the house.
    """

    probe: Probe
    target: Annotated[str, Field(pattern=ORIGIN, max_length=LONGEST_TARGET)]
    prober: Annotated[str, Field(pattern=NAME)]
    scheduled_at: AwareDatetime
    every_s: Annotated[int, Field(ge=1, le=MOST_EVERY_S)]
    release: Annotated[str, Field(max_length=100)]
    seen: Annotated[tuple[Seen, ...], Field(max_length=len(Step))]
    not_run: Annotated[str, Field(pattern=REASON)] = ""
    late_s: Annotated[float, Field(ge=0, le=MOST_EVERY_S, allow_inf_nan=False)] = 0
    waiting: Annotated[int, Field(ge=0, le=MOST_WAITING)] = 0

    def __post_init__(self) -> None:
        if bool(self.seen) == bool(self.not_run):
            raise ValueError("a round has seen something, or says why it was not run")
        if len({each.step for each in self.seen}) < len(self.seen):
            raise ValueError("each step is seen once")


ROUND: Final = TypeAdapter(Round)
ROUNDS: Final = TypeAdapter(list[Round])


def tick_of(moment: datetime, every_s: int) -> datetime:
    """Return the tick that a moment lies behind; ticks are whole intervals since 1970."""
    return datetime.fromtimestamp(math.floor(moment.timestamp() / every_s) * every_s, UTC)


def due_tick(now: datetime, last: datetime | None, every_s: int) -> datetime | None:
    """Return the tick that is to be looked at now, None where there is none.

    ``last``: the newest that was. One that is yet to come was a wrong clock's and counts for nothing.
    """
    tick = tick_of(now, every_s)
    if now - tick > timedelta(seconds=LATEST * every_s):
        return None
    is_done = last is not None and tick <= last <= now + timedelta(seconds=AHEAD_S)
    return None if is_done else tick


def target_of(url: str) -> str:
    """Return the origin that an address names: nothing of a password or a query goes into a row.

    Raises :class:`Invalid` for what is no address of a web server.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Invalid("bad_url", f"{url!r} is no address: {error}.") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise Invalid("bad_url", f"{url!r} is no address: one such as https://api.example.org is wanted.")
    shown = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
    if len(origin) > LONGEST_TARGET:
        raise Invalid("bad_url", f"The address is longer than {LONGEST_TARGET} characters.")
    return origin


def check_name(name: str) -> str:
    """Return a prober's name. Raises :class:`Invalid` for one that is none."""
    if not re.fullmatch(NAME, name):
        raise Invalid("bad_name", f"{name!r} is no name of a prober: small letters, digits, dots and dashes.")
    return name
