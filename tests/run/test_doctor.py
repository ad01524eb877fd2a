"""``bee doctor``: what is configured, whether it answers, and no secret in what it says."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from bee.cli import app
from bee.coach.memory.models import MINILM
from bee.db import Database, Login, migrations
from bee.db.address import ServerAddress
from bee.db.embedded import discard_server, ensure_server, is_running
from bee.db.migrations import migrate
from bee.doctor import Finding, State, as_json, as_text, examine
from bee.errors import Unavailable
from bee.settings import Environment, Settings
from tests.cluster import url_of
from tests.coach.model_server import model_server
from tests.factories import make_member

NOWHERE = SecretStr("postgresql://bee:hunter2@127.0.0.1:1/bee")


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of the test's own."""
    with tempfile.TemporaryDirectory(prefix="bee-doctor-") as folder:
        yield Path(folder)
        discard_server(Path(folder))


def found(findings: list[Finding], subject: str) -> Finding:
    return next(finding for finding in findings if finding.subject == subject)


@pytest.fixture
def elsewhere(tmp_path: Path, database: Database) -> Settings:
    """The settings of a machine whose database is another server's."""
    return Settings(home=tmp_path).model_copy(update={"database_url": url_of(database.address)})


def test_a_server_that_is_not_running_is_a_notice_and_stays_so(home: Path) -> None:
    findings = examine(Settings(home=home))
    assert found(findings, "database").state is State.NOTICE
    assert "`bee up` starts it" in found(findings, "database").detail
    assert not is_running(home)


def test_a_database_without_tables_names_the_command(elsewhere: Settings, empty: ServerAddress) -> None:
    findings = examine(elsewhere.model_copy(update={"database_url": url_of(empty)}))
    assert found(findings, "database").state is State.FINE
    assert found(findings, "migrations").state is State.BROKEN
    assert found(findings, "migrations").detail.endswith("run `python -m bee migrate` first.")
    assert "members" not in {finding.subject for finding in findings}


@pytest.mark.parametrize(
    ("model", "state", "told"),
    [
        ("offline", State.FINE, "Version 1 is live in local with offline, which the settings name."),
        ("openai/b", State.NOTICE, "with openai/b, which the settings name, and no run let that pass"),
    ],
)
def test_a_model_with_which_no_run_let_pass_what_is_live_is_a_notice_also_before_anything_starts(
    elsewhere: Settings, model: str, state: State, told: str
) -> None:
    prompt = found(examine(elsewhere.model_copy(update={"coach_model": model})), "prompt")
    assert prompt.state is state
    assert told in prompt.detail


def test_a_database_of_a_later_release_is_broken(elsewhere: Settings, database: Database) -> None:
    with migrations.connect_as_owner(database.address) as connection:
        connection.execute(
            migrations.RECORD, {"version": "99990101000000", "statements": [], "name": "later"}
        )
    migrated = found(examine(elsewhere), "migrations")
    assert migrated.state is State.BROKEN
    assert "99990101000000 is not in this one" in migrated.detail


def test_a_server_that_is_too_old_is_broken(elsewhere: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "OLDEST_SERVER", 99)
    server = found(examine(elsewhere), "database")
    assert server.state is State.BROKEN
    assert server.detail.endswith("BEE needs 99 or later.")


def test_an_address_that_is_none_of_postgresql_is_a_finding_among_the_others(home: Path) -> None:
    url = SecretStr("mysql://bee:hunter2@db/bee")
    findings = examine(Settings(home=home).model_copy(update={"database_url": url}))
    assert found(findings, "database").state is State.BROKEN
    assert found(findings, "disk").state is State.FINE


def test_demo_members_are_fine_except_in_prod(elsewhere: Settings, database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, is_demo=True)
    assert found(examine(elsewhere), "members").detail == "1, of whom 1 are demo members"
    prod = elsewhere.model_copy(update={"environment": Environment.PROD})
    assert found(examine(prod), "members").state is State.BROKEN


def test_a_server_without_our_logins_names_the_command(home: Path) -> None:
    with (
        pytest.raises(Unavailable, match="run `bee migrate`") as caught,
        Database(ensure_server(home)).reading(Login.WORKER),
    ):
        pass
    assert caught.value.code == "not_migrated"


def test_a_database_of_this_release_is_fine(home: Path) -> None:
    migrate(ensure_server(home))
    findings = examine(Settings(home=home))
    assert found(findings, "database").state is State.FINE
    assert "embedded PostgreSQL 18" in found(findings, "database").detail
    assert "pgvector" in found(findings, "database").detail
    assert found(findings, "database").detail.endswith(":5432/bee")
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


@pytest.mark.parametrize(("url", "code"), [("", 0), (NOWHERE.get_secret_value(), 2)])
def test_the_exit_code_says_whether_something_is_broken(
    home: Path, url: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    for name, value in {"HOME": str(home), "BEE_HOME": str(home), "DATABASE_URL": url}.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == code
    states = {finding["state"] for finding in json.loads(done.stdout)["findings"]}
    assert ("broken" in states) == (code == 2)


def test_settings_at_fault_are_a_finding_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    for name, value in {"HOME": str(home), "BEE_HOME": str(home), "BEE_API_PORT": "seven"}.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == 2
    [finding] = json.loads(done.stdout)["findings"]
    assert finding["state"] == "broken"
    assert finding["detail"].startswith("BEE_API_PORT: ")


def test_an_address_shows_no_password() -> None:
    address = ServerAddress((("host", "db"),), (("user", "boss"), ("password", "hunter2")), "secret")
    assert "hunter2" not in repr(address)


@pytest.mark.parametrize(
    ("model", "state", "detail"),
    [
        ("offline", State.FINE, "the offline coach answers"),
        ("openai/gpt-4o-mini", State.FINE, "openai/gpt-4o-mini answers"),
        ("openai/fine", State.NOTICE, "its price is not known"),
        ("openai/401", State.BROKEN, "configuration: 401"),
        ("anthropic/fine", State.BROKEN, "anthropic is not configured"),
    ],
)
def test_whether_the_model_answers_is_told(model: str, state: State, detail: str, home: Path) -> None:
    with model_server() as service:
        settings = Settings.model_validate(
            {
                "home": home,
                "coach_model": model,
                "OPENAI_API_KEY": "a-key-of-openai",
                "openai_url": f"{service.address}/v1",
            }
        )
        findings = examine(settings)
    assert found(findings, "coach").state is state
    assert detail in found(findings, "coach").detail
    assert "a-key-of-openai" not in as_text(findings) + as_json(findings)


@pytest.mark.parametrize(
    ("model", "state", "detail"),
    [
        ("local/keywords-v1", State.FINE, "shared words, not by meaning"),
        (
            "local/all-minilm-l6-v2-int8",
            State.FINE,
            "answers, in this process: memories are compared by meaning",
        ),
        ("openai/fine", State.FINE, "openai/fine answers"),
        ("openai/401", State.BROKEN, "Shared words stand in"),
        ("vertex/fine", State.BROKEN, "vertex is not configured"),
    ],
)
def test_what_memories_are_compared_by_is_told_and_tried(
    model: str, state: State, detail: str, home: Path
) -> None:
    with model_server() as service:
        settings = Settings.model_validate(
            {
                "home": home,
                "coach_embedding": model,
                "OPENAI_API_KEY": "key",
                "openai_url": f"{service.address}/v1",
            }
        )
        finding = found(examine(settings), "memory")
    assert finding.state is state
    assert detail in finding.detail


def test_a_local_model_of_meaning_that_is_not_here_is_told(home: Path) -> None:
    settings = Settings(home=home, coach_embedding=MINILM.label, coach_minilm=home / "model.onnx")
    finding = found(examine(settings), "memory")
    assert finding.state is State.BROKEN
    assert "can not be read; see requirements-meaning.txt" in finding.detail
    assert finding.detail.endswith("Shared words stand in.")
