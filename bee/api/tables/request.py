"""A request as the values it asks for; reading it needs neither the database nor its catalogue."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from bee.api.tables.asked import Asked, Payload, Query, Tree, Verb, Window
from bee.api.tables.conditions import LOGIC, check_size, read_filter, read_logic
from bee.api.tables.payload import read_payload
from bee.api.tables.prefer import check_profile, read_preferences, read_range, wants_single
from bee.api.tables.refusal import bad_range, too_much, unparsable
from bee.api.tables.scanner import read_names
from bee.api.tables.selection import read_order, read_select

MOST_PARAMETERS: Final = 250
# PostgreSQL reads nested JSON by recursion, and so far it can in any configuration.
MOST_BRACKETS: Final = 1000
NUMBER: Final = re.compile(r"[0-9]{1,18}")
RESERVED: Final = frozenset({"select", "order", "limit", "offset", "columns", "on_conflict"})


@dataclass(frozen=True, slots=True)
class Sent:
    """What of an HTTP request counts here. ``headers``: all values of a header, by its lower-case name."""

    method: str
    query: bytes
    headers: Callable[[str], Sequence[str]]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of a header."""
        return next(iter(self.headers(name)), None)


VERBS: Final = {
    "GET": Verb.READ,
    "HEAD": Verb.READ,
    "POST": Verb.INSERT,
    "PATCH": Verb.UPDATE,
    "DELETE": Verb.DELETE,
}


def read_request(table: str, sent: Sent) -> Asked:
    """Return what a request asks of a table. Raises :class:`~bee.api.tables.refusal.Refusal`."""
    verb = VERBS[sent.method]
    check_profile(sent.header("accept-profile" if verb is Verb.READ else "content-profile"))
    is_single = wants_single(sent.header("accept"))
    preferences = read_preferences(sent.headers("prefer"))
    query = read_query(table, sent.query, verb, read_range(sent.header("range")))
    return Asked(
        verb, query, preferences, _payload(verb, query, sent), is_single, has_body=sent.method != "HEAD"
    )


def read_query(table: str, text: bytes, verb: Verb = Verb.READ, ranged: Window = Window()) -> Query:
    """Return what an address says after its question mark. ``ranged``: what a header wants of the rows."""
    pairs = _pairs(text)
    first = {name: value for name, value in reversed(pairs) if name in RESERVED}
    where = tuple(_condition(name, value) for name, value in pairs if name not in RESERVED)
    check_size(where)
    return Query(
        select=read_select(table, first.get("select", "")),
        where=where,
        order=read_order(first["order"]) if first.get("order") else (),
        window=_window(first, verb, ranged),
        columns=read_names("columns parameter", first["columns"]) if first.get("columns") else None,
        on_conflict=read_names("on_conflict parameter", first["on_conflict"])
        if first.get("on_conflict")
        else None,
    )


def _payload(verb: Verb, query: Query, sent: Sent) -> Payload | None:
    """Read the body where one is written; what comes along with a DELETE says nothing."""
    if verb not in {Verb.INSERT, Verb.UPDATE}:
        return None
    return read_payload(
        sent.body, sent.header("content-type"), columns=query.columns, is_one=verb is Verb.UPDATE
    )


def _pairs(text: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(
            text.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except UnicodeError as error:
        raise too_much("The query string is not UTF-8, percent-encoded") from error
    except ValueError as error:
        raise too_much(f"A request has at most {MOST_PARAMETERS} parameters") from error
    for part in (part for pair in pairs for part in pair):
        if "\0" in part:
            raise too_much("The query string contains a NUL character")
        if part.count("[") + part.count("{") > MOST_BRACKETS:
            raise too_much("A value is nested too deeply")
    return pairs


def _condition(name: str, value: str) -> Tree:
    return read_logic(name, value) if name in LOGIC else read_filter(name, value)


def _window(first: dict[str, str], verb: Verb, ranged: Window) -> Window:
    """Return which rows are wanted: those of the address that are also in the header's range."""
    asked = Window(_number("offset", first.get("offset")) or 0, _number("limit", first.get("limit")))
    if verb in {Verb.UPDATE, Verb.DELETE} and asked != Window():
        # Whoever sends it means to touch fewer rows than would be touched.
        raise too_much("limit and offset do not apply to a change")
    if verb is not Verb.READ or ranged == Window():
        return asked
    start = max(asked.offset, ranged.offset)
    ends = [each.offset + each.limit for each in (asked, ranged) if each.limit is not None]
    return Window(start, max(0, min(ends) - start) if ends else None)


def _number(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if text.startswith("-") and NUMBER.fullmatch(text[1:]) and name == "limit":
        raise bad_range("Limit should be greater than or equal to zero.")
    if not NUMBER.fullmatch(text):
        raise unparsable(name, text, 0, "a whole number")
    return int(text)
