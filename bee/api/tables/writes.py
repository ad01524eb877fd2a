"""Inserts, upserts, changes and removals as SQL, up to their ``returning``."""

import json
from typing import Final

from bee.api.tables.asked import Asked, Payload, Resolution, Verb
from bee.api.tables.expressions import ALIAS, every, type_name
from bee.api.tables.fragment import Fragment, bound, joined, named, piece
from bee.api.tables.refusal import bad_body, unknown_column, unknown_key
from bee.api.tables.schema import JSONB, Table, Type

# PostgreSQL's protocol counts parameters in 16 bits.
MOST_CELLS: Final = 60_000


def changed(asked: Asked, table: Table, returned: Fragment) -> Fragment:
    """Return the part of a request that writes, with what it gives back of each row.

    Raises :class:`~bee.api.tables.refusal.Refusal`.
    """
    if asked.verb is Verb.UPDATE and asked.payload is not None and not asked.payload.keys:
        # Nothing to change is no change, and needs no right to.
        return piece(
            "select {} from {} as {} where false", returned, named("public", table.name), named(ALIAS)
        )
    return piece("{} returning {}", _changed(asked, table), returned)


def _changed(asked: Asked, table: Table) -> Fragment:
    if asked.verb is Verb.DELETE:
        return piece(
            "delete from {} as {} where {}",
            named("public", table.name),
            named(ALIAS),
            every(table, asked.query.where),
        )
    assert asked.payload is not None
    for key in asked.payload.keys:
        if key not in table.columns:
            raise unknown_key(table.name, key)
    if asked.verb is Verb.UPDATE:
        return _update(asked, table, asked.payload)
    return _insert(asked, table, asked.payload)


def _update(asked: Asked, table: Table, payload: Payload) -> Fragment:
    are_default = asked.preferences.are_missing_default
    kept = [key for key in payload.keys if not are_default or key in payload.rows[0]]
    settings = [piece("{} = {}", named(key), named("body", key)) for key in kept]
    settings += [piece("{} = default", named(key)) for key in payload.keys if key not in kept]
    source = piece(" from {}", _recordset(table, payload, tuple(kept))) if kept else piece("")
    return piece(
        "update {} as {} set {}{} where {}",
        named("public", table.name),
        named(ALIAS),
        joined(", ", settings),
        source,
        every(table, asked.query.where),
    )


def _insert(asked: Asked, table: Table, payload: Payload) -> Fragment:
    keys = payload.keys
    has_gaps = any(key not in row for row in payload.rows for key in keys)
    if not keys:
        rows = piece("select from pg_catalog.json_array_elements(cast({} as json))", bound(payload.text))
    elif asked.preferences.are_missing_default and has_gaps:
        rows = _cells(table, payload)
    else:
        rows = piece(
            "select {} from {}",
            joined(", ", (named("body", key) for key in keys)),
            _recordset(table, payload, keys),
        )
    columns = piece("({})", joined(", ", (named(key) for key in keys))) if keys else piece("")
    return piece(
        "insert into {} as {} {} {}{}",
        named("public", table.name),
        named(ALIAS),
        columns,
        rows,
        _on_conflict(asked, table, keys),
    )


def _recordset(table: Table, payload: Payload, keys: tuple[str, ...]) -> Fragment:
    """Return the rows of a body, which PostgreSQL reads as the columns' types."""
    definitions = joined(
        ", ", (piece("{} {}", named(key), type_name(table.columns[key].type_name)) for key in keys)
    )
    return piece(
        "pg_catalog.json_to_recordset(cast({} as json)) as body({})", bound(payload.text), definitions
    )


def _cells(table: Table, payload: Payload) -> Fragment:
    """Return the rows of a body cell by cell: only so can a missing one be the column's default."""
    if len(payload.rows) * len(payload.keys) > MOST_CELLS:
        raise bad_body(f"With missing=default at most {MOST_CELLS} values are taken at once")
    return piece("values {}", joined(", ", (_row(table, payload.keys, row) for row in payload.rows)))


def _row(table: Table, keys: tuple[str, ...], row: dict[str, object]) -> Fragment:
    cells = (
        piece(
            "cast({} as {})",
            bound(_cell(row[key], table.columns[key].type)),
            type_name(table.columns[key].type_name),
        )
        if key in row
        else piece("default")
        for key in keys
    )
    return piece("({})", joined(", ", cells))


def _cell(value: object, kind: Type) -> str | None:
    """Return a value of the body as the text that a cast to the column's type reads."""
    if value is None or (isinstance(value, str) and kind != JSONB):
        return value
    return json.dumps(value)


def _on_conflict(asked: Asked, table: Table, keys: tuple[str, ...]) -> Fragment:
    resolution = asked.preferences.resolution
    if resolution is None:
        return piece("")
    target = asked.query.on_conflict or table.key
    for column in target:
        if column not in table.columns:
            raise unknown_column(table.name, column)
    place = piece(" on conflict ({})", joined(", ", (named(column) for column in target)))
    if resolution is Resolution.IGNORE or not keys:
        return piece("{} do nothing", place)
    settings = joined(", ", (piece("{} = {}", named(key), named("excluded", key)) for key in keys))
    # The condition counts what was there already, always holds, and reads no column.
    return piece(
        "{} do update set {} where pg_catalog.set_config('bee.rows_merged', (coalesce(nullif("
        "pg_catalog.current_setting('bee.rows_merged', true), '')::bigint, 0) + 1)::text, true) is not null",
        place,
        settings,
    )
