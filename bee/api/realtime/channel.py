"""One topic that one socket has joined."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bee.api.caller import Caller, Role
from bee.api.realtime.changes import Change
from bee.api.realtime.frames import Frame
from bee.api.realtime.subscriptions import Joining


@dataclass(frozen=True, slots=True, repr=False)
class Bearer:
    """Who a token speaks for, and until when. ``expires_at``: None for a key that does not expire."""

    token: str
    caller: Caller
    expires_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether the token is still good."""
        return self.expires_at is None or now < self.expires_at


@dataclass(slots=True, eq=False, repr=False)
class Channel:
    """``id``: unique over processes. ``offer`` and ``send`` hand its socket something and never wait."""

    id: str
    topic: str
    join_ref: str | None
    bearer: Bearer
    joining: Joining
    offer: Callable[["Channel", Change], None]
    send: Callable[[Frame], None]

    @property
    def watches(self) -> tuple[UUID | None, ...]:
        """Whose changes are offered: one member's, None for everybody's, nobody's."""
        caller = self.bearer.caller
        if not self.joining.subscriptions or caller.role is Role.ANON:
            return ()
        return (None if caller.role is Role.SERVICE else caller.member_id,)

    def hears(self, sender: UUID | None) -> bool:
        """Whether a broadcast of a member, or of the service (None), is for it: never another member's."""
        caller = self.bearer.caller
        match caller.role:
            case Role.SERVICE:
                return True
            case Role.AUTHENTICATED:
                return sender is None or sender == caller.user_id
            case _:
                return False
