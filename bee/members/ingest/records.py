"""From a row to a member's record, or to the reason why it is none: pure functions."""

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from bee.errors import Invalid
from bee.members.ingest.identity import canonical
from bee.members.ingest.rejects import Rejected
from bee.members.ingest.roster import MemberRecord
from bee.members.ingest.rows import RawRow
from bee.members.ingest.values import (
    KEY_LENGTH,
    Refused,
    as_date,
    as_text,
    as_uuid,
    as_zone,
    is_empty,
    quoted,
)

PERSONAL: Final = ("full_name", "email", "phone")
FIELDS: Final = (
    "id",
    "external_id",
    "time_zone",
    "joined_on",
    "left_on",
    "coach",
    "attributes",
    "consents",
    *PERSONAL,
)
PURPOSES: Final = ("push", "coaching", "research", "analytics")
CONSENTS: Final = "consents."
ATTRIBUTES: Final = "attributes."
YES: Final = frozenset({"yes", "true", "1", "y", "t"})
NO: Final = frozenset({"no", "false", "0", "n", "f"})
TEXT_LENGTH: Final = 200
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,59}")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


def check_columns(columns: Sequence[str]) -> None:
    """Refuse a file whose rows can't be members.

    A column that is no field is an attribute. Raises :class:`Invalid`.
    """
    if not {"id", "external_id"} & set(columns):
        raise Invalid(
            "column_missing", f"The file has no column external_id or id; it has {', '.join(columns)}."
        )
    for column in columns:
        purpose = column.removeprefix(CONSENTS)
        if column.startswith(CONSENTS) and purpose not in PURPOSES:
            raise Invalid("unknown_column", f"{column}: there are the purposes {', '.join(PURPOSES)}.")
        if _is_attribute(column) and not NAME.fullmatch(column.removeprefix(ATTRIBUTES)):
            raise Invalid("unknown_column", f"The column {quoted(column)} can't be the name of an attribute.")


def read_record(row: RawRow) -> MemberRecord | Rejected:
    """Return what a row says about a member, or why it says nothing that can be used."""
    values = row.values
    try:
        return MemberRecord(
            line=row.line,
            id=_id(row),
            external_id=_text(row, "external_id", KEY_LENGTH),
            time_zone=None if is_empty(values.get("time_zone")) else as_zone(values["time_zone"]).key,
            joined_on=_day(row, "joined_on"),
            left_on=_left_on(row),
            coach=_lower(_email(row, "coach")),
            attributes=_attributes(row),
            consents=_consents(row),
            full_name=_text(row, "full_name"),
            email=_email(row, "email"),
            phone=_text(row, "phone"),
        )
    except Refused as reason:
        return row.rejected(str(reason))


def _is_attribute(column: str) -> bool:
    return column not in FIELDS and not column.startswith(CONSENTS)


def _id(row: RawRow) -> UUID | None:
    own_id = row.values.get("id")
    if is_empty(own_id) and is_empty(row.values.get("external_id")):
        raise Refused("external_id is missing" if "external_id" in row.values else "id is missing")
    return None if is_empty(own_id) else as_uuid(own_id, "id")


def _left_on(row: RawRow) -> date | None:
    joined_on, left_on = _day(row, "joined_on"), _day(row, "left_on")
    if joined_on and left_on and left_on < joined_on:
        raise Refused(f"left_on {left_on} lies before joined_on {joined_on}")
    return left_on


def _text(row: RawRow, name: str, longest: int = TEXT_LENGTH) -> str | None:
    value = row.values.get(name)
    return None if is_empty(value) else as_text(value, name, longest)


def _email(row: RawRow, name: str) -> str | None:
    text = _text(row, name)
    if text is not None and not EMAIL.fullmatch(text):
        raise Refused(f"{name} {quoted(text)} is no e-mail address")
    return text


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _day(row: RawRow, name: str) -> date | None:
    value = row.values.get(name)
    return None if is_empty(value) else as_date(value, name)


def _attributes(row: RawRow) -> str | None:
    """Return the attributes as JSON: texts, or null for one whose cell is empty, which removes it."""
    given = _object(row, "attributes")
    cells = {column: value for column, value in row.values.items() if _is_attribute(column)}
    named = {column.removeprefix(ATTRIBUTES): value for column, value in (given | cells).items()}
    for name in named:
        if not NAME.fullmatch(name):
            raise Refused(f"attribute {quoted(name)} is no name of letters, digits, _ and -")
    texts = {name: _attribute(name, value) for name, value in named.items()}
    return canonical(texts) if texts else None


def _attribute(name: str, value: object) -> str | None:
    if is_empty(value):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | float):
        return str(value)
    return as_text(value, f"attribute {name}", TEXT_LENGTH)


def _consents(row: RawRow) -> str | None:
    """Return the decisions as JSON, purpose → granted. An empty cell decides nothing."""
    given = _object(row, "consents")
    cells = {
        column.removeprefix(CONSENTS): value
        for column, value in row.values.items()
        if column.startswith(CONSENTS)
    }
    decided = {purpose: value for purpose, value in (given | cells).items() if not is_empty(value)}
    for purpose in decided:
        if purpose not in PURPOSES:
            raise Refused(f"consent {quoted(purpose)} is none of {', '.join(PURPOSES)}")
    decisions = {purpose: _decision(purpose, value) for purpose, value in decided.items()}
    return canonical(decisions) if decisions else None


def _decision(purpose: str, value: object) -> bool:
    text = str(value).strip().lower()
    if text not in YES | NO:
        raise Refused(f"consent to {purpose} {quoted(value)} is neither yes nor no")
    return text in YES


def _object(row: RawRow, name: str) -> dict[str, object]:
    value = row.values.get(name)
    if is_empty(value):
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise Refused(f"{name} {quoted(value)} is no JSON object") from None
    if not isinstance(value, dict):
        raise Refused(f"{name} {quoted(value)} is no JSON object")
    return value
