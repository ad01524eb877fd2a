"""Which column of a file is what, and what its event types are called here: data, from a TOML or JSON file.

.. code-block:: toml

    [columns]                 # field = the file's column; an unnamed field has the column of its name
    external_id = "user"
    event_type = "action"
    occurred_at = "timestamp"
    metadata = "details"      # a column that holds the metadata as a JSON object

    [metadata]                # or: what goes into the metadata, and the column where it stands
    topic = "lesson_topic"

    [event_types]             # theirs = ours; any other type stays as it is
    "lesson.done" = "lesson_completion"

    [defaults]                # what a row has that says nothing
    time_zone = "Europe/Berlin"
"""

import difflib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bee.errors import Invalid

SCALARS: Final = ("id", "user_id", "external_id", "event_type", "occurred_at", "event_date", "time_zone")
FIELDS: Final = (*SCALARS, "metadata")
SECTIONS: Final = ("columns", "metadata", "event_types", "defaults")
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class EventMapping:
    """How rows of a file are read.

    ``columns``: field → column; that of ``metadata`` holds a whole object. ``metadata``: name in the metadata →
    column. ``event_types``: theirs → ours. ``defaults``: field → value of rows that say nothing.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    metadata: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    event_types: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    defaults: Mapping[str, str] = field(default_factory=lambda: NOTHING)


DEFAULT: Final = EventMapping()


def read_mapping(path: Path) -> EventMapping:
    """Return the mapping in a file. Raises :class:`Invalid` with the reason."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Invalid("no_mapping", f"Can't read the mapping {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Invalid("bad_mapping", f"The mapping {path} is not a text in UTF-8.") from error
    try:
        data = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise Invalid("bad_mapping", f"The mapping {path} is not {kind}: {error}.") from error
    return parse_mapping(data)


def parse_mapping(data: object) -> EventMapping:
    """Return the mapping that decoded TOML or JSON says. Raises :class:`Invalid` naming what it does not know."""
    if not isinstance(data, dict):
        raise Invalid("bad_mapping", "A mapping has tables: columns, metadata, event_types, defaults.")
    _refuse_unknown(data, SECTIONS, "section")
    columns = _section(data, "columns")
    _refuse_unknown(columns, FIELDS, "field")
    metadata = _texts(_section(data, "metadata"), "metadata")
    if metadata and "metadata" in columns:
        raise Invalid("bad_mapping", "A mapping has columns.metadata or a table metadata, not both.")
    defaults = _texts(_section(data, "defaults"), "defaults")
    _refuse_unknown(defaults, SCALARS, "field")
    return EventMapping(
        columns=_texts(columns, "columns"),
        metadata=metadata,
        event_types=_texts(_section(data, "event_types"), "event_types"),
        defaults=defaults,
    )


def bind(mapping: EventMapping, columns: Sequence[str]) -> EventMapping:
    """Return the mapping with every field's column settled for a file that has ``columns``.

    Raises :class:`Invalid` for a column that is mapped and not there, and when a field that every event needs
    has neither a column nor a default.
    """
    wanted = (*mapping.columns.values(), *mapping.metadata.values())
    missing = [column for column in wanted if column not in columns]
    if missing:
        raise Invalid(
            "unknown_column",
            f"The mapping names {_listed(missing)}, which the file does not have; it has {_listed(columns)}.",
        )
    named = mapping.columns.keys() | ({"metadata"} if mapping.metadata else set())
    own = {name: name for name in FIELDS if name in columns and name not in named}
    bound = own | dict(mapping.columns)
    given = bound.keys() | mapping.defaults.keys()
    for needed in (("user_id", "external_id"), ("event_type",), ("occurred_at", "event_date")):
        if not given & set(needed):
            raise Invalid(
                "column_missing",
                f"The file has no column {' or '.join(needed)}; it has {_listed(columns)}."
                " Name the columns with --mapping.",
            )
    return replace(mapping, columns=bound)


def _section(data: Mapping[str, object], name: str) -> dict[str, object]:
    section = data.get(name, {})
    if not isinstance(section, dict):
        raise Invalid("bad_mapping", f"{name} in the mapping is a table of names and values.")
    return dict(section)


def _texts(section: Mapping[str, object], name: str) -> dict[str, str]:
    for key, value in section.items():
        if not isinstance(value, str) or not value:
            raise Invalid("bad_mapping", f"{name}.{key} in the mapping is not a text.")
    return {key: str(value) for key, value in section.items()}


def _refuse_unknown(given: Iterable[str], known: Sequence[str], what: str) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {_listed(known)}."
            raise Invalid("bad_mapping", f"The mapping has an unknown {what} {name}; {hint}")


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
