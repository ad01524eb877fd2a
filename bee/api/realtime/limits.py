"""What one process gives away, so that its memory is bounded whoever connects."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RealtimeLimits:
    """``sockets`` of a process, ``channels`` of a socket, ``subscriptions`` of a channel.

    ``backlog_changes``, ``backlog_messages``, ``backlog_bytes``: what waits for a slow socket before it is given
    up; a change is but a key there, shared by all that it waits for. ``silent_s``: after how long without a message
    a socket is dead; clients send a heartbeat every 25 s. ``ready_s``: how long a join waits for the database.
    ``broadcast_bytes``: PostgreSQL carries no more than 8,000 in one notice. ``poll_s``: how often changes are
    looked for where no notice comes. ``readers``: threads that read for all sockets.
    """

    sockets: int = 2000
    channels: int = 50
    subscriptions: int = 20
    topic_length: int = 255
    message_bytes: int = 64 << 10
    broadcast_bytes: int = 7_500
    backlog_changes: int = 2000
    backlog_messages: int = 256
    backlog_bytes: int = 256 << 10
    joins_per_s: int = 20
    messages_per_s: int = 100
    silent_s: float = 60
    ready_s: float = 5
    poll_s: float = 5
    readers: int = 4
