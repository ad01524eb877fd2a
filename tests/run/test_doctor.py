"""``bee doctor``: what is configured, whether it answers, and no secret in what it says."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bee.db.address import ServerAddress
from bee.db.embedded import discard_server, ensure_server, is_running
from bee.db.migrations import migrate
from bee.doctor import Finding, State, as_json, as_text, examine
from bee.settings import Settings

NOWHERE = SecretStr("postgresql://bee:hunter2@127.0.0.1:1/bee")


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of the test's own."""
    with tempfile.TemporaryDirectory(prefix="bee-doctor-") as folder:
        yield Path(folder)
        discard_server(Path(folder))


def found(findings: list[Finding], subject: str) -> Finding:
    return next(finding for finding in findings if finding.subject == subject)


def test_a_server_that_is_not_running_is_a_notice_and_stays_so(home: Path) -> None:
    findings = examine(Settings(home=home))
    assert found(findings, "database").state is State.NOTICE
    assert "`bee up` starts it" in found(findings, "database").detail
    assert not is_running(home)


def test_a_database_without_tables_names_the_command(home: Path) -> None:
    ensure_server(home)
    findings = examine(Settings(home=home))
    assert [finding.state for finding in findings if finding.subject == "migrations"] in ([], [State.BROKEN])
    assert State.BROKEN in {finding.state for finding in findings}


def test_a_database_of_this_release_is_fine(home: Path) -> None:
    migrate(ensure_server(home))
    findings = examine(Settings(home=home))
    assert found(findings, "database").state is State.FINE
    assert "embedded PostgreSQL 18" in found(findings, "database").detail
    assert "pgvector" in found(findings, "database").detail
    assert "applied, the newest" in found(findings, "migrations").detail
    assert found(findings, "members").detail == "0, of whom 0 are demo members"


def test_a_server_that_does_not_answer_is_broken(home: Path) -> None:
    findings = examine(Settings(home=home).model_copy(update={"database_url": NOWHERE}))
    assert found(findings, "database").state is State.BROKEN
    assert "does not answer" in found(findings, "database").detail


def test_no_secret_is_ever_shown(home: Path) -> None:
    settings = Settings(
        home=home,
        login_secret=SecretStr("hunter3-hunter3-hunter3-hunter3-hunter3"),
        cookie_secret=SecretStr("hunter4-hunter4-hunter4-hunter4-hunter4"),
    )
    findings = examine(settings.model_copy(update={"database_url": NOWHERE}))
    assert "hunter" not in as_text(findings) + as_json(findings)
    assert found(findings, "BEE_LOGIN_SECRET").detail == "set, hidden"


def test_every_setting_is_listed(home: Path) -> None:
    subjects = {finding.subject for finding in examine(Settings(home=home))}
    fields = Settings.model_fields.items()
    assert subjects >= {field.alias or f"BEE_{name.upper()}" for name, field in fields}


def test_the_document_for_programs_holds_the_same(home: Path) -> None:
    findings = [Finding("disk", State.FINE, "71 GiB free"), Finding("database", State.BROKEN, "down")]
    assert json.loads(as_json(findings)) == {
        "findings": [
            {"subject": "disk", "state": "fine", "detail": "71 GiB free"},
            {"subject": "database", "state": "broken", "detail": "down"},
        ]
    }
    assert as_text(findings) == "fine    disk      71 GiB free\nbroken  database  down"


def test_an_address_shows_no_password() -> None:
    address = ServerAddress((("host", "db"),), (("user", "boss"), ("password", "hunter2")), "secret")
    assert "hunter2" not in repr(address)
