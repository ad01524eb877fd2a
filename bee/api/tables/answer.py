"""What an outcome looks like over HTTP (pure)."""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from bee.api.tables.asked import Asked, Resolution, Returned, Verb
from bee.api.tables.run import Outcome

ARRAY: Final = "application/json; charset=utf-8"
OBJECT: Final = "application/vnd.pgrst.object+json; charset=utf-8"
# Which preferences have a meaning where.
APPLIED: Final = {
    Verb.READ: ("count", "handling"),
    Verb.INSERT: ("resolution", "return", "count", "missing", "handling"),
    Verb.UPDATE: ("return", "count", "missing", "handling", "max-affected"),
    Verb.DELETE: ("return", "count", "handling", "max-affected"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: str


def answer_of(asked: Asked, outcome: Outcome, table: str) -> Answer:
    """Return the answer to a request that was served."""
    headers = {"Content-Range": content_range(asked, outcome)}
    applied = ", ".join(
        f"{name}={asked.preferences.given[name]}"
        for name in APPLIED[asked.verb]
        if name in asked.preferences.given
    )
    if applied:
        headers["Preference-Applied"] = applied
    if asked.returns_rows:
        headers["Content-Type"] = OBJECT if asked.is_single else ARRAY
    if outcome.location is not None:
        headers |= _location(table, outcome.location)
    return Answer(_status(asked, outcome), headers, outcome.body or "")


def content_range(asked: Asked, outcome: Outcome) -> str:
    """Return which rows these are, and of how many where that was asked for."""
    total = "*" if outcome.total is None or not asked.preferences.is_counted else str(outcome.total)
    if asked.verb in {Verb.INSERT, Verb.DELETE} or outcome.rows == 0:
        return f"*/{total}"
    start = asked.query.window.offset if asked.verb is Verb.READ else 0
    return f"{start}-{start + outcome.rows - 1}/{total}"


def _status(asked: Asked, outcome: Outcome) -> int:
    match asked.verb:
        case Verb.READ:
            return 206 if outcome.total is not None and outcome.rows < outcome.total else 200
        case Verb.INSERT:
            has_inserted = outcome.rows > (outcome.merged or 0)
            return 200 if asked.preferences.resolution is Resolution.MERGE and not has_inserted else 201
        case _:
            return 200 if asked.preferences.returned is Returned.ROWS else 204


def _location(table: str, keys: str) -> dict[str, str]:
    """Return the address of what was inserted, if it was one row."""
    rows = json.loads(keys)
    if len(rows) != 1:
        return {}
    return {"Location": f"/{table}?{urlencode({name: f'eq.{value}' for name, value in rows[0].items()})}"}
