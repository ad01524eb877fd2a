"""Settings: where they come from, in which order, and what stops the start."""

import os
import re
from pathlib import Path

import pytest

from bee.errors import Invalid, Unavailable
from bee.settings import Environment, Settings, load_settings, make_home
from tests.conftest import ROOT

REAL = {
    "DATABASE_URL": "postgresql://postgres:a-real-password@db.example.org/bee",
    "BEE_LOGIN_SECRET": "q" * 40,
    "BEE_COOKIE_SECRET": "w" * 40,
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, field in Settings.model_fields.items():
        monkeypatch.delenv(field.alias or f"BEE_{name.upper()}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def test_a_machine_without_any_setting_is_local_and_embedded(tmp_path: Path) -> None:
    settings = load_settings(folder=tmp_path)
    assert settings.environment is Environment.LOCAL
    assert settings.database_url is None
    assert settings.home == tmp_path / ".bee"


def test_environment_beats_env_local_which_beats_the_secrets_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "home" / ".bee_secrets" / "supabase.env"
    secrets.parent.mkdir(parents=True)
    secrets.write_text("BEE_API_PORT=1111\nBEE_DASHBOARD_PORT=2222\nBEE_LOG_LEVEL=ERROR\n")
    (tmp_path / ".env.local").write_text("BEE_DASHBOARD_PORT=3333\nBEE_LOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("BEE_LOG_LEVEL", "WARNING")

    settings = load_settings(folder=tmp_path)

    assert (settings.api_port, settings.dashboard_port, settings.log_level) == (1111, 3333, "WARNING")


def test_tests_can_leave_the_files_of_the_user_alone(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_text("BEE_API_PORT=1111\n")
    assert load_settings(folder=tmp_path, read_files=False).api_port == 54321


@pytest.mark.parametrize("environment", ["staging", "prod"])
@pytest.mark.parametrize("variable", sorted(REAL))
@pytest.mark.parametrize("value", [None, "", "changeme", "PLACEHOLDER"])
def test_a_missing_or_placeholder_secret_stops_the_start_with_its_name(
    environment: str, variable: str, value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEE_ENVIRONMENT", environment)
    for name, real in REAL.items():
        monkeypatch.setenv(name, real)
    if value is None:
        monkeypatch.delenv(variable)
    else:
        monkeypatch.setenv(variable, value)

    with pytest.raises(Invalid) as caught:
        load_settings(folder=tmp_path)

    assert variable in caught.value.message
    assert not any(real in caught.value.message for real in REAL.values())


def test_a_short_secret_is_refused_outside_local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, real in (REAL | {"BEE_COOKIE_SECRET": "short-one", "BEE_ENVIRONMENT": "prod"}).items():
        monkeypatch.setenv(name, real)
    with pytest.raises(Invalid, match=r"BEE_COOKIE_SECRET.*32 characters"):
        load_settings(folder=tmp_path)


def test_prod_starts_with_real_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, real in (REAL | {"BEE_ENVIRONMENT": "prod"}).items():
        monkeypatch.setenv(name, real)
    assert load_settings(folder=tmp_path).environment is Environment.PROD


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BEE_API_PORT", "seven"),
        ("BEE_API_PORT", "70000"),
        ("BEE_ENVIRONMENT", "moon"),
        ("BEE_LOG_LEVEL", "LOUD"),
        ("BEE_CRISIS_REGION", "Atlantis"),
        ("BEE_COACH_MODEL", "somebody/some-model"),
        ("BEE_COACH_MODEL", "openai"),
        ("BEE_COACH_USD_PER_DAY", "-1"),
        ("BEE_COACH_USD_PER_DAY", "nan"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(
    variable: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Invalid, match=variable):
        load_settings(folder=tmp_path)


def test_no_secret_shows_when_settings_are_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, real in REAL.items():
        monkeypatch.setenv(name, real)
    settings = load_settings(folder=tmp_path)
    assert not any(real in repr(settings) for real in REAL.values())


def test_settings_never_change(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings(folder=tmp_path).api_port = 1


def test_a_home_that_can_not_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="BEE_HOME"):
        make_home(tmp_path / "file" / ".bee")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_can_not_be_written_names_the_setting(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Unavailable, match="BEE_HOME"):
        make_home(tmp_path / ".bee")
    with pytest.raises(Unavailable, match="BEE_HOME"):
        make_home(tmp_path)


def test_a_home_is_for_its_user_only(tmp_path: Path) -> None:
    make_home(tmp_path / "some" / ".bee")
    make_home(tmp_path / "some" / ".bee")
    assert (tmp_path / "some" / ".bee").stat().st_mode & 0o777 == 0o700


def test_the_secrets_file_alone_is_enough_and_the_environment_wins_over_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "home" / ".bee_secrets" / "supabase.env"
    secrets.parent.mkdir(parents=True)
    secrets.write_text("".join(f"{name}={value}\n" for name, value in REAL.items()))
    monkeypatch.setenv("BEE_ENVIRONMENT", "prod")
    settings = load_settings(folder=tmp_path)
    assert settings.login_secret is not None
    assert settings.login_secret.get_secret_value() == REAL["BEE_LOGIN_SECRET"]
    monkeypatch.setenv("BEE_LOGIN_SECRET", "changeme")
    with pytest.raises(Invalid, match="BEE_LOGIN_SECRET"):
        load_settings(folder=tmp_path)


@pytest.mark.parametrize("value", ["", "password", "<password>", "[YOUR-PASSWORD]"])
def test_a_database_address_with_the_placeholder_of_a_manual_is_refused(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://postgres:{value}@db.example.org/postgres"
    for name, real in (REAL | {"DATABASE_URL": url, "BEE_ENVIRONMENT": "staging"}).items():
        monkeypatch.setenv(name, real)
    with pytest.raises(Invalid, match="DATABASE_URL") as caught:
        load_settings(folder=tmp_path)
    assert url not in caught.value.message


def test_an_env_file_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_bytes(b"BEE_LOG_LEVEL=\xff\xfe\n")
    with pytest.raises(Invalid, match=r"\.env\.local"):
        load_settings(folder=tmp_path)


def test_the_example_holds_every_default_as_it_is(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    defaults = Settings.model_construct()
    for name, value in re.findall(r"^# (BEE_\w+)=(.+)$", example, re.MULTILINE):
        default = getattr(defaults, name.removeprefix("BEE_").lower())
        assert default in (None, "") or str(default) == value, name
    (tmp_path / ".env.local").write_text(example)
    assert load_settings(folder=tmp_path) == load_settings(folder=tmp_path, read_files=False)


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"])
def test_a_placeholder_for_a_models_key_is_refused_outside_local(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, real in (REAL | {variable: "changeme", "BEE_ENVIRONMENT": "prod"}).items():
        monkeypatch.setenv(name, real)
    with pytest.raises(Invalid, match=variable):
        load_settings(folder=tmp_path)
