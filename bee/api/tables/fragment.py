"""Pieces of a statement with the values that belong to them, so that neither can get ahead of the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import LiteralString

from psycopg import sql


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of SQL and its values, in the order of their placeholders."""

    text: sql.Composable
    values: tuple[object, ...] = ()


def piece(template: LiteralString, *parts: Fragment) -> Fragment:
    """Return a template of ours with a part at each ``{}``."""
    return Fragment(
        sql.SQL(template).format(*(part.text for part in parts)),
        tuple(value for part in parts for value in part.values),
    )


def named(*path: str) -> Fragment:
    """Return a name, quoted. A percent sign would be read as a placeholder's."""
    return Fragment(sql.Identifier(*(part.replace("%", "%%") for part in path)))


def bound(value: object) -> Fragment:
    """Return a value's placeholder."""
    return Fragment(sql.Placeholder(), (value,))


def joined(separator: LiteralString, parts: Iterable[Fragment]) -> Fragment:
    """Return parts one after the other."""
    listed = tuple(parts)
    return Fragment(
        sql.SQL(separator).join(part.text for part in listed),
        tuple(value for part in listed for value in part.values),
    )
