"""A request as one statement, whose one row is counts and the answer's body as PostgreSQL's own JSON."""

from typing import Final, LiteralString

from bee.api.caller import Role
from bee.api.tables.asked import Asked, Item, Term, Verb, Window
from bee.api.tables.expressions import ALIAS, every, expression, ordered, type_name
from bee.api.tables.fragment import Fragment, bound, joined, named, piece
from bee.api.tables.refusal import Refusal, unknown_column
from bee.api.tables.schema import Table
from bee.api.tables.writes import changed

# As many rows as Supabase's own gateway hands out at once.
MOST_ROWS: Final = 1000
CASTS: Final = {
    "bigint": "int8",
    "bool": "bool",
    "boolean": "bool",
    "date": "date",
    "float4": "float4",
    "float8": "float8",
    "int": "int4",
    "int2": "int2",
    "int4": "int4",
    "int8": "int8",
    "integer": "int4",
    "json": "json",
    "jsonb": "jsonb",
    "numeric": "numeric",
    "real": "float4",
    "smallint": "int2",
    "text": "text",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "uuid": "uuid",
    "varchar": "varchar",
}
# A whole row, whatever its columns are called.
MANY: Final[LiteralString] = "cast(coalesce(pg_catalog.json_agg(page.*), '[]') as pg_catalog.text)"
ONE: Final[LiteralString] = "cast(pg_catalog.json_agg(page.*) -> 0 as pg_catalog.text)"


def statement(asked: Asked, table: Table, role: Role) -> Fragment:
    """Return the statement of a request; its row is an :class:`~bee.api.tables.run.Outcome`.

    Raises :class:`Refusal` for what the table has not.
    """
    if asked.verb is Verb.READ:
        return _read(asked, table, role)
    return _write(asked, table, role)


def _read(asked: Asked, table: Table, role: Role) -> Fragment:
    query, source = asked.query, named("public", table.name)
    where = every(table, query.where)
    page = piece(
        "select {} from {} as {} where {} {} {}",
        _items(query.select, table, role),
        source,
        named(ALIAS),
        where,
        ordered(table, query.order),
        _windowed(query.window, MOST_ROWS),
    )
    total = (
        piece("(select count(*) from {} as {} where {})", source, named(ALIAS), where)
        if asked.preferences.is_counted
        else piece("null::bigint")
    )
    return piece(
        "with page as ({}) select {}, count(*), {}, null::bigint, null::text from page",
        page,
        _body(asked),
        total,
    )


def _write(asked: Asked, table: Table, role: Role) -> Fragment:
    """Return a write. A minimal one names no column in ``returning``, which would need the right to read it."""
    nothing = piece("null::text")
    page, body, location, returned = piece(""), nothing, nothing, piece("1 as done")
    if asked.returns_rows:
        query = asked.query
        returned = _columns(_mentioned(query.select, query.order, table, role))
        page = piece(
            ", page as (select {} from changed as {} {} {})",
            _items(query.select, table, role),
            named(ALIAS),
            ordered(table, query.order),
            _windowed(query.window, None),
        )
        body = piece("(select {} from page)", _body(asked))
    elif asked.returns_location:
        returned = _columns(table.key)
        location = piece("cast(pg_catalog.json_agg(changed.*) as pg_catalog.text)")
    return piece(
        "with changed as ({}){}"
        " select {}, count(*), count(*),"
        " nullif(pg_catalog.current_setting('bee.rows_merged', true), '')::bigint, {} from changed",
        changed(asked, table, returned),
        page,
        body,
        location,
    )


def _body(asked: Asked) -> Fragment:
    if not asked.has_body:
        return piece("null::text")
    return piece(ONE) if asked.is_single else piece(MANY)


def _items(items: tuple[Item, ...], table: Table, role: Role) -> Fragment:
    return joined(", ", (part for item in items for part in _item(item, table, role)))


def _item(item: Item, table: Table, role: Role) -> tuple[Fragment, ...]:
    if item.field is None:
        return tuple(named(ALIAS, column) for column in table.readable(role))
    value = expression(table, item.field).fragment
    if item.cast is not None:
        if item.cast not in CASTS:
            raise Refusal(400, "42704", f'type "{item.cast}" does not exist')
        value = piece("cast({} as {})", value, type_name(CASTS[item.cast]))
    return (piece("{} as {}", value, named(item.alias or item.field.name)),)


def _mentioned(items: tuple[Item, ...], order: tuple[Term, ...], table: Table, role: Role) -> tuple[str, ...]:
    """Return the columns that an answer needs, each once."""
    selected = [
        column
        for item in items
        for column in (table.readable(role) if item.field is None else (item.field.column,))
    ]
    needed = dict.fromkeys([*selected, *(term.field.column for term in order)])
    for column in needed:
        if column not in table.columns:
            raise unknown_column(table.name, column)
    return tuple(needed)


def _columns(names: tuple[str, ...]) -> Fragment:
    return joined(", ", (named(ALIAS, name) for name in names))


def _windowed(window: Window, most: int | None) -> Fragment:
    limits = [limit for limit in (window.limit, most) if limit is not None]
    limit = piece("limit {}", bound(min(limits))) if limits else piece("")
    return piece("{} offset {}", limit, bound(window.offset)) if window.offset else limit
