"""The tables that clients reach, as the catalogue describes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from bee.api.caller import Role
from bee.db import Database, Login

EXPOSED: Final = (
    "engagement_events",
    "daily_engagement_scores",
    "user_fcm_tokens",
    "momentum_notifications",
    "coach_memory",
)


@dataclass(frozen=True, slots=True)
class Type:
    """A type of PostgreSQL's. ``array``: the name of that of its arrays; ``label``: what people call it."""

    name: str
    array: str
    label: str

    @property
    def is_text(self) -> bool:
        """Say whether patterns apply to it."""
        return self.name in {"text", "varchar", "bpchar"}

    @property
    def is_container(self) -> bool:
        """Say whether it can contain another of its kind."""
        return self.name == "jsonb" or self.name.startswith("_")


TEXT: Final = Type("text", "_text", "text")
JSONB: Final = Type("jsonb", "_jsonb", "jsonb")


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``readers``: the roles that were granted it; ``key_place``: its place in the primary key."""

    table_name: str
    name: str
    type_name: str
    array_name: str
    label: str
    key_place: int | None
    readers: Sequence[str]

    @property
    def type(self) -> Type:
        """Return its type."""
        return Type(self.type_name, self.array_name, self.label)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the schema ``public``; its columns in the order in which they were defined."""

    name: str
    columns: Mapping[str, Column]

    @property
    def key(self) -> tuple[str, ...]:
        """Return the columns of the primary key, in its order."""
        places = {
            column.key_place: column.name for column in self.columns.values() if column.key_place is not None
        }
        return tuple(places[place] for place in sorted(places))

    def readable(self, role: Role) -> tuple[str, ...]:
        """Return the columns that ``*`` means for a role: those it was granted.

        Where it was granted none, all of them: PostgreSQL then says so itself.
        """
        granted = tuple(column.name for column in self.columns.values() if role in column.readers)
        return granted or tuple(self.columns)


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables, by name."""

    tables: Mapping[str, Table]

    @classmethod
    def of(cls, columns: list[Column]) -> Self:
        """Return the tables that columns make up."""
        by_table: dict[str, dict[str, Column]] = {}
        for column in columns:
            by_table.setdefault(column.table_name, {})[column.name] = column
        return cls({name: Table(name, found) for name, found in by_table.items()})


class Catalogue:
    """The schema, read when it is first asked for: what is granted changes with a release only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._schema: Schema | None = None

    def schema(self) -> Schema:
        """Return the schema. Raises :class:`bee.errors.Unavailable`.

        Two threads that ask first read it twice: to wait for one another would be worse while nothing answers.
        """
        if self._schema is None:
            with self._database.reading(Login.API) as session:
                columns = session.all(Column, "tables/columns", tables=list(EXPOSED), roles=list(Role))
            self._schema = Schema.of(columns)
        return self._schema
