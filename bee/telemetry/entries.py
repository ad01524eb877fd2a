"""What a record of the log comes to (pure): what may be told of it, in plain data."""

import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from bee.telemetry.about import what_goes_on
from bee.telemetry.redaction import Redaction

HOUSE: Final = "bee"
Plain = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """A record. ``fields``: values beside the message, what goes on included. ``stack``: an error's, or nothing.

    ``place``: file, line and function; None where the place says nothing.
    """

    at: datetime
    severity: str
    logger: str
    message: str
    fields: Plain
    place: tuple[str, int, str] | None
    stack: str


@dataclass(frozen=True, slots=True)
class Telling:
    """How a process tells: what it hides, and what it says of itself in every line."""

    redaction: Redaction = field(default_factory=Redaction)
    labels: Plain = field(default_factory=dict)

    def entry(self, record: logging.LogRecord) -> Entry:
        """Return what may be told of a record."""
        fields = {**what_goes_on(), **getattr(record, "fields", {})}
        place = (record.pathname, record.lineno, record.funcName or "") if record.lineno else None
        return Entry(
            at=datetime.fromtimestamp(record.created, UTC),
            severity=record.levelname,
            logger=record.name,
            message=self.redaction.text(said(record)),
            fields={**self.labels, **{name: self.redaction.value(value) for name, value in fields.items()}},
            place=place,
            stack=self.redaction.text(told(record.exc_info[1])) if record.exc_info else "",
        )


class _Unsaid:
    """Stands for an argument that is not told."""

    def __repr__(self) -> str:
        return "…"


UNSAID: Final = _Unsaid()


def said(record: logging.LogRecord) -> str:
    """Return what a record says.

    Our own packages choose what they say; of another's only the sentence is known, not what is put into it.
    """
    if not isinstance(record.msg, str):
        return _kind(record.msg)
    is_ours = record.name.partition(".")[0] == HOUSE
    text = record.msg if is_ours else record.msg.partition("\n")[0]
    if not record.args:
        return text
    try:
        return text % _shown(record.args, is_ours=is_ours)
    except (TypeError, ValueError, KeyError):
        return text


def told(error: BaseException | None) -> str:
    """Return an error's kind, its code where it has one, and where it arose; what led to it comes first.

    Never what it says: the database and the decoders quote what somebody wrote.
    """
    if error is None:
        return ""
    stack = "".join((*traceback.format_tb(error.__traceback__), _kind(error)))
    parts = [told(led) for led in led_to(error)]
    return "\n".join((*parts, stack))


def led_to(error: BaseException) -> list[BaseException]:
    """Return what led to an error directly: its cause, or what it came in the middle of, and what a group holds."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    held = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return [*held, *([cause] if cause is not None else [])]


def _kind(thing: object) -> str:
    code = getattr(thing, "sqlstate", None) or getattr(thing, "code", None)
    is_code = isinstance(code, int) or (isinstance(code, str) and code.isascii() and code.isidentifier())
    is_state = isinstance(code, str) and code.isalnum()
    return f"{kind_of(thing)} ({code})" if is_code or is_state else kind_of(thing)


def kind_of(thing: object) -> str:
    """Return the full name of what something is."""
    return f"{type(thing).__module__}.{type(thing).__qualname__}"


def _shown(
    arguments: tuple[object, ...] | Mapping[str, object], *, is_ours: bool
) -> tuple[object, ...] | dict[str, object]:
    if isinstance(arguments, Mapping):
        return {name: _argument(value, is_ours=is_ours) for name, value in arguments.items()}
    return tuple(_argument(value, is_ours=is_ours) for value in arguments)


def _argument(value: object, *, is_ours: bool) -> object:
    if isinstance(value, BaseException):
        return _kind(value)
    return value if is_ours or isinstance(value, int | float | None) else UNSAID
