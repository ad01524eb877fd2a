"""A mapping says which column is what; what it gets wrong is said before the first row."""

import re
from pathlib import Path

import pytest

from bee.errors import Invalid
from bee.members.ingest.mapping import DEFAULT, EventMapping, bind, parse_mapping, read_mapping

TOML = """
[columns]
external_id = "person"
event_type = "what"
occurred_at = "when"

[metadata]
topic = "subject"

[event_types]
opened = "app_session"

[defaults]
time_zone = "Europe/Berlin"
"""


def test_a_toml_file_names_columns_types_and_defaults(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(TOML, encoding="utf-8")
    assert read_mapping(path) == EventMapping(
        columns={"external_id": "person", "event_type": "what", "occurred_at": "when"},
        metadata={"topic": "subject"},
        event_types={"opened": "app_session"},
        defaults={"time_zone": "Europe/Berlin"},
    )


def test_a_json_file_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mapping.json"
    path.write_text('{"columns": {"event_type": "what"}}', encoding="utf-8")
    assert read_mapping(path).columns == {"event_type": "what"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "A mapping has tables"),
        ({"colums": {}}, "unknown section colums; did you mean columns?"),
        ({"columns": {"user": "x"}}, "unknown field user"),
        ({"columns": {"event_type": 3}}, "columns.event_type in the mapping is not a text"),
        ({"columns": "event_type"}, "columns in the mapping is a table"),
        ({"columns": {"metadata": "m"}, "metadata": {"a": "b"}}, "not both"),
        ({"defaults": {"metadata": "x"}}, "unknown field metadata"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_with_the_place(data: object, said: str) -> None:
    with pytest.raises(Invalid, match=re.escape(said)):
        parse_mapping(data)


@pytest.mark.parametrize("name", ["broken.toml", "broken.json"])
def test_a_mapping_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("columns: [", encoding="utf-8")
    with pytest.raises(Invalid, match=r"is not (TOML|JSON)"):
        read_mapping(tmp_path / name)
    with pytest.raises(Invalid, match="read the mapping"):
        read_mapping(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes("# Müller".encode("latin-1"))
    with pytest.raises(Invalid, match="UTF-8"):
        read_mapping(tmp_path / "latin.toml")


def test_columns_that_bear_the_names_of_the_table_need_no_mapping() -> None:
    columns = ("user_id", "event_type", "occurred_at", "metadata", "extra")
    bound = bind(DEFAULT, columns)
    assert dict(bound.columns) == {name: name for name in columns[:-1]}


def test_a_mapped_column_that_is_not_in_the_file_is_named() -> None:
    mapping = EventMapping(columns={"event_type": "what"}, metadata={"topic": "subject"})
    with pytest.raises(Invalid, match=r"names what, subject, which the file does not have; it has a, b"):
        bind(mapping, ("a", "b"))


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        (("event_type", "occurred_at"), "user_id or external_id"),
        (("user_id", "occurred_at"), "event_type"),
        (("user_id", "event_type"), "occurred_at or event_date"),
    ],
)
def test_what_every_event_needs_must_have_a_column(columns: tuple[str, ...], missing: str) -> None:
    with pytest.raises(Invalid, match=f"no column {missing}"):
        bind(DEFAULT, columns)


def test_a_default_stands_in_for_a_column() -> None:
    mapping = EventMapping(defaults={"event_type": "app_session"})
    assert "event_type" not in bind(mapping, ("user_id", "occurred_at")).columns
