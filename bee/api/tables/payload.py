"""The body of a write: JSON, one object or several with the same keys."""

import json
import re
from typing import Any, Final, NoReturn

from bee.api.tables.asked import Payload
from bee.api.tables.refusal import bad_body

UNREADABLE: Final = "Empty or invalid json"
UNEVEN: Final = "All object keys must match"
# Half a character, which JSON can spell and UTF-8 can't.
SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
JSON_FORM: Final = re.compile(r"application/(?:json|vnd\.pgrst\.object\+json)\s*(?:;.*)?", re.IGNORECASE)


def read_payload(
    body: bytes, form: str | None, *, columns: tuple[str, ...] | None, is_one: bool = False
) -> Payload:
    """Read a body. ``columns``: what of it is written, whatever else is there; ``is_one``: one object only.

    Raises :class:`~bee.api.tables.refusal.Refusal`.
    """
    if form and not JSON_FORM.fullmatch(form.strip()):
        raise bad_body(f"Content-Type not acceptable: {form[:100]}")
    text, value = _read_json(body)
    rows = value if isinstance(value, list) else [value]
    if not all(isinstance(row, dict) for row in rows):
        raise bad_body("The body is an object or an array of objects")
    if is_one and len(rows) != 1:
        raise bad_body("The body of a change is one object")
    if columns is None:
        columns = tuple(rows[0]) if rows else ()
        if any(row.keys() != rows[0].keys() for row in rows):
            raise bad_body(UNEVEN)
    return Payload(text if isinstance(value, list) else f"[{text}]", tuple(rows), columns)


def _read_json(body: bytes) -> tuple[str, Any]:
    """Return a body as text and as what it says."""
    try:
        text = body.decode()
        value = json.loads(text, parse_constant=_refuse_constant)
        if SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise bad_body(UNREADABLE) from error
    return text, value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
