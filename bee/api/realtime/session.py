"""What a client says on its socket, and what becomes of it: join, token, broadcast, leave."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID, uuid4

from anyio.to_thread import run_sync

from bee.api.caller import Role
from bee.api.realtime.bearers import bearer_of
from bee.api.realtime.broadcasts import Broadcast
from bee.api.realtime.changes import Change
from bee.api.realtime.channel import Bearer, Channel
from bee.api.realtime.frames import Frame
from bee.api.realtime.pace import Pace
from bee.api.realtime.parts import Parts
from bee.api.realtime.subscriptions import Joining, parse_joining
from bee.api.realtime.topics import PREFIX, is_topic, may_join
from bee.errors import BeeError, Forbidden, Invalid, TooMany, Unavailable

PHOENIX: Final = "phoenix"
LONGEST_EVENT: Final = 255
SUBSCRIBED: Final = "Subscribed to PostgreSQL"
NO_PRESENCE: Final = "Presence is not served here: who is there is not told."

_ids = itertools.count(1)


class Session:
    """The channels of one socket. ``key``: stands for a token where a channel brings none.

    ``admit`` counts the socket for a member. ``send`` and ``offer`` queue a message and a change; ``changed`` says
    that another token may expire next.
    """

    def __init__(
        self,
        parts: Parts,
        key: str,
        *,
        admit: Callable[[UUID | None], None],
        send: Callable[[Frame], None],
        offer: Callable[[Channel, Change], None],
        changed: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._key = key
        self._admit, self._send, self._offer, self._changed = admit, send, offer, changed
        self._joins = Pace(parts.limits.joins_per_s, at=time.monotonic())
        self.channels: dict[str, Channel] = {}

    async def hear(self, frame: Frame) -> None:
        """Do what a message asks for; a refusal is answered."""
        try:
            await self._act(frame)
        except BeeError as error:
            self._send(frame.reply({"reason": error.message, "code": error.code}, status="error"))

    def end(self) -> None:
        """Forget every channel: the socket is gone."""
        for channel in self.channels.values():
            self._parts.hub.remove(channel)
        self.channels.clear()

    def close(self, channel: Channel, reason: str) -> None:
        """End a channel whose token no longer holds, and say so."""
        self._send(_system(channel, "system", "error", reason))
        self._drop(channel)

    async def _act(self, frame: Frame) -> None:
        channel = self.channels.get(frame.topic)
        match frame.event:
            case "heartbeat" if frame.topic == PHOENIX:
                self._send(frame.reply({}))
            case "phx_join":
                await self._join(frame)
            case "phx_leave":
                self._send(frame.reply({}))
                if channel:
                    self._drop(channel)
            case "access_token" if channel:
                await self._refresh(channel, frame.payload.get("access_token"))
            case "broadcast" if channel:
                await self._broadcast(channel, frame)
            case "presence" if channel:
                raise Invalid("no_presence", NO_PRESENCE)
            case _ if channel:
                raise Invalid("unknown_event", "Of events only broadcasts are served here.")
            case _:
                raise Invalid("unmatched_topic", "unmatched topic")

    async def _join(self, frame: Frame) -> None:
        limits = self._parts.limits
        if not self._joins.allows(time.monotonic()):
            raise TooMany("too_many_joins", "Too many joins per second", retry_after_s=1)
        if not is_topic(frame.topic, most=limits.topic_length):
            raise Invalid(
                "bad_topic", f"A topic is {PREFIX} and a name, of at most {limits.topic_length} characters."
            )
        if frame.topic not in self.channels and len(self.channels) >= limits.channels:
            raise TooMany("too_many_channels", "Too many channels", retry_after_s=1)
        joining = parse_joining(frame.payload, most=limits.subscriptions, next_id=lambda: next(_ids))
        token = frame.payload.get("access_token") or self._key
        bearer = await self._joiner(token, frame.topic, is_private=joining.is_private)
        if joining.subscriptions:
            await self._until_ready()
        self._enter(frame, bearer, joining)

    def _enter(self, frame: Frame, bearer: Bearer, joining: Joining) -> None:
        earlier = self.channels.get(frame.topic)
        if earlier:
            self._drop(earlier)
        channel = Channel(
            uuid4().hex, frame.topic, frame.join_ref or frame.ref, bearer, joining, self._offer, self._send
        )
        self.channels[frame.topic] = channel
        self._parts.hub.add(channel)
        self._changed()
        self._send(frame.reply({"postgres_changes": [wish.told for wish in joining.wishes]}))
        self._send(Frame(channel.topic, "presence_state", {}, None, channel.join_ref))
        for fault in joining.faults:
            reason = f"Unable to subscribe to changes with given parameters. {fault}"
            self._send(_system(channel, "postgres_changes", "error", reason))
        if joining.wants_presence:
            self._send(_system(channel, "presence", "error", NO_PRESENCE))
        if joining.wishes and not joining.faults:
            self._send(_system(channel, "postgres_changes", "ok", SUBSCRIBED))

    async def _until_ready(self) -> None:
        try:
            await asyncio.wait_for(self._parts.feed.ready.wait(), self._parts.limits.ready_s)
        except TimeoutError as error:
            raise Unavailable("realtime_unavailable", "Changes can't be told at the moment.") from error

    async def _refresh(self, channel: Channel, token: Any) -> None:
        if token is None or token == channel.bearer.token:
            return
        try:
            bearer = await self._joiner(token, channel.topic, is_private=channel.joining.is_private)
        except Unavailable:
            # The token at hand holds as long as it does.
            return
        except BeeError as error:
            self.close(channel, error.message)
            return
        self._parts.hub.remove(channel)
        channel.bearer = bearer
        self._parts.hub.add(channel)
        self._changed()

    async def _joiner(self, token: Any, topic: str, *, is_private: bool) -> Bearer:
        """Return who joins, or stays. Raises :class:`BeeError` where they may not."""
        if not isinstance(token, str):
            raise Invalid("bad_jwt", "An access token is a text.")
        bearer = await run_sync(bearer_of, self._parts.house, token, limiter=self._parts.readers)
        if not may_join(topic, bearer.caller, is_private=is_private):
            raise Forbidden("not_yours", "Unauthorized: You do not have permissions to join this topic")
        self._admit(bearer.caller.user_id)
        return bearer

    async def _broadcast(self, channel: Channel, frame: Frame) -> None:
        event = frame.payload.get("event")
        if not isinstance(event, str) or len(event) > LONGEST_EVENT:
            raise Invalid("bad_broadcast", "A broadcast has an event, a short text.")
        broadcast = Broadcast(
            channel.topic, event, frame.payload.get("payload", {}), sender_of(channel.bearer), channel.id
        )
        await self._parts.publish([broadcast])
        if channel.joining.acks:
            self._send(frame.reply({}))

    def _drop(self, channel: Channel) -> None:
        self._parts.hub.remove(channel)
        self.channels.pop(channel.topic, None)
        self._send(Frame(channel.topic, "phx_close", {}, channel.join_ref, channel.join_ref))


def sender_of(bearer: Bearer) -> UUID | None:
    """Return who broadcasts: the member, None for the service. Raises :class:`Forbidden` for anybody else."""
    if bearer.caller.role is Role.ANON:
        raise Forbidden("not_signed_in", "Unauthorized: Only somebody who is signed in can broadcast")
    return bearer.caller.user_id


def _system(channel: Channel, extension: str, status: str, message: str) -> Frame:
    payload = {
        "channel": channel.topic.removeprefix(PREFIX),
        "extension": extension,
        "message": message,
        "status": status,
    }
    return Frame(channel.topic, "system", payload, None, channel.join_ref)
