"""``bee notify rules``: a version from a file, approved by somebody else who proves it, in force, and back."""

import io
import json
from pathlib import Path

import pytest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.notify.registry import active_rules
from tests.commands import Bee, Said
from tests.dashboard import PASSWORD, Person, add_person
from tests.factories import execute


@pytest.fixture
def ana(database: Database) -> Person:
    return add_person(database, StaffRole.PRODUCT, email="ana@example.org")


@pytest.fixture
def ben(database: Database) -> Person:
    return add_person(database, StaffRole.ADMIN, email="ben@example.org", name="Ben")


@pytest.fixture
def changed(bee: Bee, tmp_path: Path) -> Path:
    """A file in which needs_care waits two days."""
    file = tmp_path / "rule.json"
    said = json.loads(bee("notify", "rules", "show", "needs_care").out)
    file.write_text(json.dumps(said | {"cooldown_h": 48}))
    return file


def bee_as(
    monkeypatch: pytest.MonkeyPatch, bee: Bee, who: Person, *words: object, password: str = PASSWORD
) -> Said:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    return bee("notify", "rules", *words, "--as", who.email)


def live(database: Database) -> dict[str, int]:
    with database.reading(Login.WORKER) as session:
        return dict(active_rules(session).versions)


def test_a_rule_from_a_file_decides_once_somebody_else_approved_it(
    database: Database, bee: Bee, ana: Person, ben: Person, changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = bee_as(monkeypatch, bee, ana, "add", changed, "--message", "Two days apart.")
    assert said.out == "Version 2 of needs_care waits for approval by somebody else.\n"
    assert bee("notify", "rules", "activate", "needs_care", 2, "--reason", "Now.").code == 2
    said = bee_as(monkeypatch, bee, ben, "approve", "needs_care", 2)
    assert "  cooldown_h: 24 -> 48\n" in said.out
    said = bee("notify", "rules", "activate", "needs_care", 2, "--reason", "Tried.")
    assert said.out == "Version 2 of needs_care is in force.\n"
    assert live(database)["needs_care"] == 2
    rows = json.loads(bee("notify", "rules", "list", "--json").out)
    assert [row["is_active"] for row in rows if row["rule"] == "needs_care"] == [True, False]
    assert 'cooldown_h": 24' in bee("notify", "rules", "show", "needs_care", "--version", 1).out
    bee("notify", "rules", "deactivate", "needs_care", "--reason", "Too loud.")
    assert "needs_care" not in live(database)
    with database.reading(Login.OWNER) as session:
        acts = execute(
            session,
            "select action, actor_kind, actor_id from audit_log"
            " where subject_kind = 'notification_rule' order by id",
        )
        assert [tuple(act) for act in acts] == [
            ("notification_rule.added", "staff", ana.id),
            ("notification_rule.approved", "staff", ben.id),
            ("notification_rule.activated", "operator", None),
            ("notification_rule.deactivated", "operator", None),
        ]
        open_sessions = execute(
            session, "select count(*) from staff_sessions where ended_at is null"
        ).scalar()
        assert open_sessions == 2, "those of the two browsers only"


def test_who_does_not_say_who_they_are_or_may_not_changes_nothing(
    database: Database, bee: Bee, ana: Person, ben: Person, changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bee_as(monkeypatch, bee, ben, "add", changed, "--message", "Mine.").code == 0
    for who, password, code in (
        (ben, PASSWORD, "Somebody else"),
        (ana, PASSWORD, "role"),
        (ana, "x", "not right"),
    ):
        said = bee_as(monkeypatch, bee, who, "approve", "needs_care", 2, password=password)
        assert (said.code, code in said.err) == (2, True)
    said = bee_as(monkeypatch, bee, ana, "add", changed, "--message", "The same.")
    assert "That is version 2" in said.err
    changed.write_text("{")
    assert bee_as(monkeypatch, bee, ana, "add", changed, "--message", "Broken.").code == 2
    assert bee_as(monkeypatch, bee, ana, "add", changed.with_name("none"), "--message", "None.").code == 2
    with database.reading(Login.OWNER) as session:
        assert execute(session, "select count(*) from notification_rule_approvals").scalar() == 0
