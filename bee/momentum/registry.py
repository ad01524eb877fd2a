"""Which definitions the database has, and which one scores now."""

import json
from dataclasses import dataclass
from pathlib import Path

from bee.db import Database, Login, ReadSession
from bee.errors import Conflict, Invalid, NotFound
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


@dataclass(frozen=True, slots=True)
class ChosenDefinition:
    """A definition that somebody asked for. ``origin``: ``active``, ``stored``, ``shipped`` or the file's name."""

    definition: Definition
    origin: str


def chosen_definition(session: ReadSession, text: str | None) -> ChosenDefinition:
    """Return the definition that a text names: a stored or shipped one or a ``.json`` file; None is the active one.

    Raises :class:`NotFound` for an unknown name and :class:`Invalid` for a file that is no definition.
    """
    if text is None:
        return ChosenDefinition(active_definition(session), "active")
    if text.endswith(".json"):
        return ChosenDefinition(parse_definition(read_spec(Path(text))), text)
    stored = {row.name: row for row in session.all(StoredDefinition, "momentum/stored_definitions")}
    if text in stored:
        return ChosenDefinition(parse_definition(stored[text].spec), "stored")
    shipped = shipped_definitions()
    if text not in shipped:
        known = ", ".join(sorted({*stored, *shipped}))
        raise NotFound("no_definition", f"There is no definition {text!r}; there are {known}, or FILE.json.")
    return ChosenDefinition(shipped[text], "shipped")


def read_spec(path: Path) -> str:
    """Return the text of a file that describes something. Raises :class:`Invalid` where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise Invalid("bad_file", f"{path} can't be read: {reason}.") from error
