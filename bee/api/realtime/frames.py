"""Phoenix's messages on the wire (pure).

Version 1.0.0 is an object, 2.0.0 a list; in the second, clients send a broadcast as a binary frame of its own kind.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn, Self

from bee.errors import Invalid

BROADCAST_PUSH: Final = 3
JSON_ENCODING: Final = 1
# Kind, then the lengths of join_ref, ref, topic, event and metadata, then the encoding of the payload.
PUSH_HEADER_BYTES: Final = 7


class Version(StrEnum):
    """How messages are laid out."""

    V1 = "1.0.0"
    V2 = "2.0.0"


@dataclass(frozen=True, slots=True)
class Frame:
    """One message. ``ref`` tells what a reply answers, ``join_ref`` which joining of the topic it belongs to."""

    topic: str
    event: str
    payload: dict[str, Any]
    ref: str | None = None
    join_ref: str | None = None

    def reply(self, response: dict[str, Any], *, status: str = "ok") -> Self:
        """Return the answer to this message."""
        payload = {"status": status, "response": response}
        return type(self)(self.topic, "phx_reply", payload, self.ref, self.join_ref)


def decode(text: str, version: Version) -> Frame:
    """Return the message of a text frame. Raises :class:`Invalid`."""
    try:
        read = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Invalid("bad_frame", "A message is not JSON.") from error
    if version is Version.V2:
        if not isinstance(read, list) or len(read) != 5:
            raise Invalid("bad_frame", "A message is a list of join_ref, ref, topic, event and payload.")
        join_ref, ref, topic, event, payload = read
    else:
        if not isinstance(read, dict):
            raise Invalid("bad_frame", "A message is an object with topic, event, payload and ref.")
        join_ref, ref = read.get("join_ref"), read.get("ref")
        topic, event, payload = read.get("topic"), read.get("event"), read.get("payload")
    return _frame(topic, event, payload, ref, join_ref)


def decode_push(data: bytes) -> Frame:
    """Return the broadcast of a binary frame. Raises :class:`Invalid`."""
    if len(data) < PUSH_HEADER_BYTES or data[0] != BROADCAST_PUSH:
        raise Invalid("bad_frame", "A binary message is a broadcast.")
    if data[6] != JSON_ENCODING:
        raise Invalid("bad_frame", "Of broadcasts only those in JSON are taken.")
    parts, at = [], PUSH_HEADER_BYTES
    for length in data[1:6]:
        parts.append(data[at : at + length])
        at += length
    try:
        join_ref, ref, topic, event, _metadata = (part.decode() for part in parts)
        payload = json.loads(data[at:], parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Invalid("bad_frame", "A broadcast is not UTF-8 or not JSON.") from error
    told = {"type": "broadcast", "event": event, "payload": payload}
    return _frame(topic, "broadcast", told, ref or None, join_ref or None)


def encode(frame: Frame, version: Version) -> str:
    """Return a message as text."""
    if version is Version.V2:
        return json.dumps([frame.join_ref, frame.ref, frame.topic, frame.event, frame.payload])
    return json.dumps(
        {
            "topic": frame.topic,
            "event": frame.event,
            "payload": frame.payload,
            "ref": frame.ref,
            "join_ref": frame.join_ref,
        }
    )


def _frame(topic: object, event: object, payload: object, ref: object, join_ref: object) -> Frame:
    if not isinstance(topic, str) or not isinstance(event, str):
        raise Invalid("bad_frame", "A message has a topic and an event.")
    if not isinstance(payload, dict):
        raise Invalid("bad_frame", "The payload of a message is an object.")
    return Frame(topic, event, payload, _ref(ref), _ref(join_ref))


def _ref(ref: object) -> str | None:
    if ref is None or (isinstance(ref, str) and len(ref) <= 255):
        return ref
    if isinstance(ref, int) and not isinstance(ref, bool):
        return str(ref)
    raise Invalid("bad_frame", "A ref is a short text.")


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
