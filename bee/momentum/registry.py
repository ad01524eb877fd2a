"""Which definitions the database has, and which one scores now."""

import json
from dataclasses import dataclass

from bee.db import Database, Login, ReadSession
from bee.errors import Conflict
from bee.momentum.definition import Definition, definition_spec, parse_definition, shipped_definitions

FIRST = "v1"


@dataclass(frozen=True, slots=True)
class StoredDefinition:
    """A definition as it is stored."""

    name: str
    spec: str


def ensure_definitions(database: Database) -> None:
    """Store the definitions that come with the program, and let the first one score if none does yet.

    Raises :class:`Conflict` when one of them was changed without being renamed: scores bear its name.
    """
    with database.writing(Login.OWNER) as session:
        stored = {row.name: row for row in session.all(StoredDefinition, "momentum/stored_definitions")}
        for name, definition in shipped_definitions().items():
            spec = definition_spec(definition)
            if name not in stored:
                session.run("momentum/add_definition", name=name, spec=spec)
            elif json.loads(stored[name].spec) != json.loads(spec):
                raise Conflict(
                    "definition_changed", f"The definition {name} was changed; give it another name."
                )
        if session.find(StoredDefinition, "momentum/active_definition") is None:
            session.run("momentum/activate_definition", definition=FIRST)


def active_definition(session: ReadSession) -> Definition:
    """Return the definition that scores now. Raises :class:`Conflict` when none was ever activated."""
    stored = session.find(StoredDefinition, "momentum/active_definition")
    if stored is None:
        raise Conflict("no_definition", "No score definition is active; run `bee migrate`.")
    return parse_definition(stored.spec)
