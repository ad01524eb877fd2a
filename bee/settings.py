"""One frozen :class:`Settings`, read once: environment before ``.env.local`` before the user's secrets file."""

import os
import re
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bee.errors import Invalid, Unavailable

SECRETS_FILE = Path("~/.bee_secrets/supabase.env")
PLACEHOLDERS = frozenset(
    {"", "changeme", "change-me", "password", "secret", "placeholder", "todo", "xxx", "your-secret-here"}
)
# What stands between the user and the host of a database's address.
PASSWORD_OF_ADDRESS = re.compile(r"://[^:/@]*:(?P<password>[^@]*)@")


class Environment(StrEnum):
    """Where this process runs."""

    LOCAL = "local"
    STAGING = "staging"
    PROD = "prod"


class Settings(BaseSettings):
    """Everything that differs from one installation to another.

    The name of each field in capitals with ``BEE_`` in front is its variable, unless an alias is given.
    """

    model_config = SettingsConfigDict(
        env_prefix="BEE_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    environment: Environment = Environment.LOCAL
    home: Path = Field(
        default=Path(".bee"), description="Where the embedded server and local files are kept."
    )
    database_url: SecretStr | None = Field(
        default=None,
        alias="DATABASE_URL",
        description="PostgreSQL 15 or later; the embedded one when absent.",
    )
    login_secret: SecretStr | None = Field(
        default=None,
        description="The passwords of the database logins are derived from it. Needed with DATABASE_URL.",
    )
    host: str = Field(default="127.0.0.1", description="The address that the dashboard and the API bind.")
    dashboard_port: int = Field(default=8501, ge=0, le=65535)
    api_port: int = Field(default=54321, ge=0, le=65535)
    api_workers: int = Field(default=1, ge=1, le=64, description="How many processes serve the API.")
    public_url: str | None = Field(
        default=None, description="The dashboard's address as people type it; in one-time links."
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=8,
        description="How many proxies stand in front; their X-Forwarded-For is believed.",
    )
    cookie_secret: SecretStr | None = Field(
        default=None, description="Signs Streamlit's own cookie. A fixed one is needed outside local."
    )
    api_url: str | None = Field(
        default=None, description="The API's address as clients have it; it is in every token."
    )
    cors_origins: str = Field(
        default="",
        description="Web origins that may call the API, separated by commas; the phone app needs none.",
    )
    requests_per_minute: int = Field(
        default=30, ge=1, description="How many requests of a member the API accepts in any 60 seconds."
    )
    table_requests_per_minute: int = Field(
        default=120,
        ge=1,
        description="The same for the tables, for GraphQL and for broadcasts, each.",
    )
    sockets_per_address: int = Field(
        default=200, ge=1, description="How many realtime sockets of one address a process keeps open."
    )
    sockets_per_member: int = Field(
        default=20, ge=1, description="How many realtime sockets of one member a process keeps open."
    )
    supabase_url: str | None = Field(
        default=None,
        alias="SUPABASE_URL",
        description="The Supabase project that signs members in; the API then only verifies its tokens.",
    )
    supabase_jwt_secret: SecretStr | None = Field(
        default=None,
        alias="SUPABASE_JWT_SECRET",
        description="That project's secret, where it signs with HS256.",
    )
    supabase_anon_key: SecretStr | None = Field(
        default=None, alias="SUPABASE_ANON_KEY", description="That project's anon or publishable key."
    )
    supabase_service_role_key: SecretStr | None = Field(
        default=None,
        alias="SUPABASE_SERVICE_ROLE_KEY",
        description="That project's service_role or secret key.",
    )
    crisis_region: str = Field(
        default="US",
        pattern="^[A-Z]{2}$",
        description="The country whose help lines a member in danger is told of.",
    )
    coach_model: str = Field(
        default="offline",
        pattern=r"^(offline|(openai|vertex|anthropic)/\S+)$",
        description="Who answers where a prompt names no model: offline, or provider/model.",
    )
    coach_embedding: str = Field(
        default="local/keywords-v1",
        pattern=r"^(local/(keywords-v1|all-minilm-l6-v2-int8)|(openai|vertex)/\S+)$",
        description="What memories are compared by: keywords, or a model of meaning, here or a provider's.",
    )
    coach_minilm: Path | None = Field(
        default=None,
        description="The file of all-minilm-l6-v2-int8, where the package that brings it is not installed.",
    )
    coach_usd_per_day: Decimal = Field(
        default=Decimal("50.0"), ge=0, description="What models may cost in a day (UTC)."
    )
    coach_lab_usd_per_day: Decimal = Field(
        default=Decimal("10.0"), ge=0, description="How much of that the lab and its judges may take."
    )
    coach_tokens_per_day: int = Field(
        default=20_000_000, ge=0, description="How many tokens models may take in a day (UTC)."
    )
    coach_member_tokens_per_day: int = Field(
        default=200_000, ge=0, description="How many of them one member may cause."
    )
    coach_prices: Path | None = Field(
        default=None,
        description="A file with prices of your own, of the shape of bee/coach/model/prices.json.",
    )
    coach_run_usd: Decimal = Field(
        default=Decimal(5),
        ge=0,
        description="What a run of the lab may cost unless it is told otherwise.",
    )
    coach_gate_p95_ms: int = Field(
        default=8000,
        ge=1,
        description="Within how many milliseconds 19 of 20 answers of a version that goes live come.",
    )
    coach_gate_mean_usd: Decimal = Field(
        default=Decimal("0.01"), ge=0, description="What an answer of such a version may cost on average."
    )
    coach_gate_days: int = Field(
        default=14, ge=1, le=365, description="For how many days what the gate said of a version holds."
    )
    openai_api_key: SecretStr | None = Field(
        default=None, alias="OPENAI_API_KEY", description="OpenAI's key; without it OpenAI is not asked."
    )
    openai_url: str | None = Field(default=None, description="Another address than OpenAI's own.")
    anthropic_api_key: SecretStr | None = Field(
        default=None, alias="ANTHROPIC_API_KEY", description="Anthropic's key, for Claude."
    )
    anthropic_url: str | None = Field(default=None, description="Another address than Anthropic's own.")
    vertex_project: str | None = Field(
        default=None, description="The Google Cloud project whose Vertex AI is asked."
    )
    vertex_location: str = Field(default="us-central1", description="Where it runs.")
    vertex_credentials: Path | None = Field(
        default=None,
        description="The key file of a service account that may ask it; this machine's own when absent.",
    )
    vertex_url: str | None = Field(default=None, description="Another address than Google's own.")
    push_credentials: Path | None = Field(
        default=None,
        alias="GOOGLE_APPLICATION_CREDENTIALS",
        description="The key file of a service account that may send; the recorder stands in when absent.",
    )
    push_project: str | None = Field(
        default=None,
        alias="GOOGLE_CLOUD_PROJECT",
        description="The Firebase project that is sent through; the key's own when absent.",
    )
    notification_retention_years: int = Field(
        default=7, ge=1, le=100, description="How long decisions about notifications are kept."
    )
    coach_call_retention_years: int = Field(
        default=2, ge=1, le=100, description="How long it is kept what each call of a model took and cost."
    )
    coach_moment_retention_days: int = Field(
        default=90, ge=1, le=3660, description="How long it is kept what an answer of the coach rested on."
    )
    audit_retention_years: int = Field(
        default=7, ge=1, le=100, description="How long the trail of who did what is kept."
    )
    service_minutes_kept_days: int = Field(
        default=35,
        ge=31,
        le=400,
        description="How long what requests came to is kept by minute, route and release.",
    )
    bad_requests_kept_days: int = Field(
        default=31,
        ge=31,
        le=400,
        description="How long each request that spent a budget is kept by itself, with the member who asked.",
    )
    service_levels_kept_days: int = Field(
        default=400,
        ge=31,
        le=4000,
        description="How long it is kept by objective, and whether the house was up.",
    )
    probe_url: str | None = Field(
        default=None, description="The API's address that the worker probes; without one it probes none."
    )
    probe_every_s: int = Field(
        default=60,
        ge=3,
        le=3600,
        description="How many seconds lie between two looks at whether it is ready.",
    )
    probe_timeout_s: float = Field(
        default=10.0, gt=0, description="How long one try of them may take; at most a third of that."
    )
    probe_journey_every_s: int = Field(
        default=900, ge=300, le=3600, description="How many seconds lie between two journeys of a member."
    )
    probe_key: SecretStr | None = Field(
        default=None,
        description="What a prober proves itself with; derived from the installation's secret when absent.",
    )
    probe_member_email: str | None = Field(
        default=None,
        description="As whom a prober signs in where a Supabase project does that: a member made for it there.",
    )
    probe_member_password: SecretStr | None = Field(
        default=None, description="That member's password; without both no journey is taken there."
    )
    probe_retention_days: int = Field(
        default=100, ge=31, le=3650, description="How long what probes saw is kept."
    )
    alert_smtp_url: SecretStr | None = Field(
        default=None,
        description="The mail server for alerts: smtp:// begins TLS, smtps:// has it from the start.",
    )
    alert_mail_from: str | None = Field(default=None, description="Who sends the alerts' mails.")
    alert_mail_to: str | None = Field(
        default=None, description="Where alerts go when nobody is on call, and what is for the team."
    )
    alert_webhook_url: SecretStr | None = Field(
        default=None, description="Where alerts are posted to, signed as Standard Webhooks says."
    )
    alert_webhook_secret: SecretStr | None = Field(
        default=None, description="The secret that they are signed with, whsec_ and base64."
    )
    alert_watchdog_url: SecretStr | None = Field(
        default=None,
        description="Asked each minute that was watched; whoever is behind it tells when it is not.",
    )
    watch_retention_days: int = Field(
        default=40, ge=31, le=3650, description="How long is kept what alert rules are tried on."
    )
    status_folder: Path | None = Field(
        default=None, description="Where the worker writes the public status page; nowhere when absent."
    )
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_format: str = Field(
        default="auto",
        pattern="^(auto|json|google|text)$",
        description="How lines of the log are written; auto is text on a local terminal and JSON elsewhere.",
    )
    sentry_dsn: SecretStr | None = Field(
        default=None, alias="SENTRY_DSN", description="Where errors are reported; nowhere when absent."
    )
    traces_url: str | None = Field(
        default=None,
        alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        pattern=r"^https?://[^\s/]+\S*$",
        description="The collector that traces are sent to by OTLP/HTTP; nothing is traced when absent.",
    )
    traces_headers: SecretStr | None = Field(
        default=None,
        alias="OTEL_EXPORTER_OTLP_HEADERS",
        description="What lets us in there: name=value, separated by commas.",
    )
    traces_ratio: float = Field(
        default=0.1, ge=0, le=1, description="The share of requests, jobs and page runs that is traced."
    )

    @property
    def is_local(self) -> bool:
        """Whether this is somebody's own machine."""
        return self.environment is Environment.LOCAL

    @property
    def issues_tokens(self) -> bool:
        """Whether the API signs members in itself; otherwise it verifies the tokens of a Supabase project."""
        return self.supabase_url is None and self.supabase_jwt_secret is None

    @property
    def release(self) -> str:
        """The version of the program that runs."""
        from bee import __version__

        return __version__

    @model_validator(mode="after")
    def _alerts_can_be_sent(self) -> Self:
        if self.alert_smtp_url and not (self.alert_mail_from and self.alert_mail_to):
            raise ValueError("BEE_ALERT_SMTP_URL needs BEE_ALERT_MAIL_FROM and BEE_ALERT_MAIL_TO")
        if bool(self.alert_webhook_url) != bool(self.alert_webhook_secret):
            raise ValueError("BEE_ALERT_WEBHOOK_URL and BEE_ALERT_WEBHOOK_SECRET need each other")
        return self

    @model_validator(mode="after")
    def _probes_sign_in_whole(self) -> Self:
        if (self.probe_member_email is None) != (self.probe_member_password is None):
            raise ValueError("BEE_PROBE_MEMBER_EMAIL and BEE_PROBE_MEMBER_PASSWORD need each other")
        return self

    @model_validator(mode="after")
    def _secrets_are_real_outside_local(self) -> Self:
        if self.is_local:
            return self
        missing = [
            variable
            for variable, value in (
                ("DATABASE_URL", self.database_url),
                ("BEE_LOGIN_SECRET", self.login_secret),
                ("BEE_COOKIE_SECRET", self.cookie_secret),
            )
            if value is None or _is_placeholder(value.get_secret_value())
        ]
        missing += [
            variable
            for variable, value in (
                ("OPENAI_API_KEY", self.openai_api_key),
                ("ANTHROPIC_API_KEY", self.anthropic_api_key),
            )
            if value is not None and _is_placeholder(value.get_secret_value())
        ]
        weak = [
            variable
            for variable, value in (
                ("BEE_LOGIN_SECRET", self.login_secret),
                ("BEE_COOKIE_SECRET", self.cookie_secret),
            )
            if variable not in missing and value is not None and len(value.get_secret_value()) < 32
        ]
        if missing:
            raise ValueError(
                f"{', '.join(missing)}: missing or a placeholder, which {self.environment} refuses"
            )
        if weak:
            raise ValueError(
                f"{', '.join(weak)}: shorter than 32 characters, which {self.environment} refuses"
            )
        return self


def _is_placeholder(value: str) -> bool:
    """Return whether a secret, or the password in an address, is what a manual writes in its place."""
    password = PASSWORD_OF_ADDRESS.search(value)
    text = (password["password"] if password else value).strip().lower()
    return text in PLACEHOLDERS or text[:1] + text[-1:] in {"[]", "<>"}


def load_settings(*, folder: Path | None = None, read_files: bool = True) -> Settings:
    """Return the settings of this process.

    ``folder``: where ``.env.local`` is looked for; the working directory when absent.
    ``read_files``: False leaves the user's files alone, as tests do.
    Raises :class:`Invalid` that names each variable at fault and never its value.
    """
    folder = folder or Path.cwd()
    # The later file wins over the earlier one; the environment wins over both.
    files = (SECRETS_FILE.expanduser(), folder / ".env.local") if read_files else None
    try:
        settings = Settings(_env_file=files)  # type: ignore[call-arg]  # pydantic-settings' own keyword
    except ValidationError as error:
        raise Invalid("settings", _told(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise Invalid("settings", f"{folder / '.env.local'} or {SECRETS_FILE}: {reason}.") from error
    return settings.model_copy(update={"home": _absolute(settings.home, folder)})


def make_home(home: Path) -> None:
    """Make the folder of local files where it is missing.

    Raises :class:`Unavailable` that names the setting to change.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            "home", f"Can't make the folder {home} ({error.strerror}): name another one in BEE_HOME."
        ) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise Unavailable("home", f"Can't write into the folder {home}: name another one in BEE_HOME.")


def _told(error: ValidationError) -> str:
    return "; ".join(
        f"{_variable(fault['loc'])}{fault['msg'].removeprefix('Value error, ')}" for fault in error.errors()
    )


def _variable(location: tuple[int | str, ...]) -> str:
    if not location:
        return ""
    name = str(location[0])
    return f"{name if name.isupper() else f'BEE_{name.upper()}'}: "


def _absolute(home: Path, folder: Path) -> Path:
    home = home.expanduser()
    return home if home.is_absolute() else (folder / home).absolute()
