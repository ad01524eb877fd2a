"""Who carries notifications to devices: the push service, or the recorder that keeps them and says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol
from uuid import UUID

from bee.notify.payload import Payload
from bee.settings import Settings

Via = Literal["fcm", "recorder"]
Platform = Literal["all", "ios", "android", "web"]


class Outcome(StrEnum):
    """What the answer to a post means. An ambiguous one may have been delivered; what is not posted was not."""

    ACCEPTED = "accepted"
    RECORDED = "recorded"
    DEAD_ADDRESS = "dead_address"
    WRONG_PROJECT = "wrong_project"
    PAYLOAD = "payload"
    CONFIGURATION = "configuration"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    AMBIGUOUS = "ambiguous"
    NOT_POSTED = "not_posted"


@dataclass(frozen=True, slots=True)
class Device:
    """An address of a member. ``address_kind``: ``token`` or ``fid``."""

    token_id: UUID
    user_id: UUID
    address: str
    address_kind: str
    platform: Literal["ios", "android", "web"]


@dataclass(frozen=True, slots=True)
class Pause:
    """That nothing is to be posted to a platform, or with ``all`` to the whole project, for a while."""

    platform: Platform
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a post came to. ``error``: the service's code, never its words; ``message_id`` of what was accepted."""

    outcome: Outcome
    error: str = ""
    message_id: str | None = None
    pause: Pause | None = None


class Courier(Protocol):
    """Whoever posts to devices, from several threads at once."""

    @property
    def via(self) -> Via:
        """What the rows say about the way."""

    @property
    def project(self) -> str:
        """The project whose devices these are; empty where there is none."""

    def make_ready(self) -> Answer | None:
        """Get what the posts of a chunk need, or return what every one of them would come to without it."""

    def post(self, device: Device, payload: Payload, *, validate_only: bool = False) -> Answer:
        """Post to one device, once: tries are the queue's. Raises nothing that a service can cause."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Stands in where there are no credentials: what would have been sent is kept, and every row says so."""

    via: Via = "recorder"
    project: str = ""

    def make_ready(self) -> Answer | None:
        """Need nothing."""
        return None

    def post(self, device: Device, payload: Payload, *, validate_only: bool = False) -> Answer:  # noqa: ARG002
        """Post nothing."""
        return Answer(Outcome.RECORDED)


RECORDER: Final[Courier] = Recorder()


@contextmanager
def courier_of(settings: Settings) -> Iterator[Courier]:
    """Lend whoever posts by these settings. Raises :class:`Unavailable` for credentials that are none."""
    if settings.push_credentials is None:
        yield RECORDER
        return
    # The library takes a second to load, and most processes never post.
    from bee.notify.fcm import fcm_courier

    with fcm_courier(settings.push_credentials, settings.push_project) as courier:
        yield courier
