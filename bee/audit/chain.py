"""The hash chain (pure): what a seal's digest is made from."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the trail. ``before`` and ``after`` are JSON as PostgreSQL writes it."""

    id: int
    at: datetime
    transaction: int
    actor_kind: str
    actor_id: UUID | None
    action: str
    subject_kind: str
    subject_id: str | None
    before: str | None
    after: str | None
    reason: str | None


NAMES = tuple(field.name for field in fields(Entry))


def canonical(entry: Entry) -> bytes:
    """Return the one text of a row, in which every field has its place."""
    values = [getattr(entry, name) for name in NAMES]
    texts = [None if value is None else _text(value) for value in values]
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()


def seal_digest(previous: bytes, entries: Iterable[Entry]) -> bytes:
    """Return the SHA-256 that chains these rows, in their order, to the seal before them."""
    digest = hashlib.sha256(previous)
    for entry in entries:
        digest.update(hashlib.sha256(canonical(entry)).digest())
    return digest.digest()


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
