"""The start of a process: from here on it tells what it does, and hides what it must."""

import sys
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from bee.errors import Invalid
from bee.secret import derived, installation_secret
from bee.settings import Settings
from bee.telemetry.entries import Telling
from bee.telemetry.forms import Form
from bee.telemetry.logs import configure_logs
from bee.telemetry.redaction import Redaction
from bee.telemetry.spans import trace_with


def start(settings: Settings, process: str) -> None:
    """Let this process log. ``process``: what it is, in every line."""
    telling = Telling(
        Redaction(secrets_of(settings)),
        {"process": process, "release": settings.release, "environment": settings.environment.value},
    )
    configure_logs(settings.log_level, telling, form=form_of(settings), project=settings.push_project)
    if settings.sentry_dsn is not None:
        _start_reports(settings.sentry_dsn.get_secret_value(), telling)
    if settings.traces_url is not None:
        _start_traces(settings, settings.traces_url, telling)


def _start_reports(dsn: str, telling: Telling) -> None:
    # Imported where it is asked for: it takes a third of a second.
    from sentry_sdk.utils import BadDsn

    from bee.telemetry.reports import start_reports

    try:
        start_reports(dsn, telling)
    except BadDsn as error:
        raise Invalid("settings", "SENTRY_DSN: is not the address of a project in Sentry.") from error


def _start_traces(settings: Settings, url: str, telling: Telling) -> None:
    from bee.telemetry.traces import start_traces

    sent = settings.traces_headers.get_secret_value() if settings.traces_headers else ""
    pairs = (pair.partition("=") for pair in sent.split(",") if "=" in pair)
    headers = {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs}
    trace_with(start_traces(url, headers, settings.traces_ratio, telling))


def form_of(settings: Settings) -> Form:
    """Return how lines are written: on somebody's own terminal as text, unless the settings name a form."""
    form = Form(settings.log_format)
    if form is not Form.AUTO:
        return form
    return Form.TEXT if settings.is_local and sys.stdout.isatty() else Form.JSON


def secrets_of(settings: Settings) -> Iterator[str]:
    """Return every secret of an installation, and of each address its password, also as it is spelled there."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            yield (text := value.get_secret_value())
            if password := urlsplit(text).password if "://" in text else None:
                yield from (password, unquote(password))
    yield (own := installation_secret(settings))
    yield derived(own, "jwt-secret")
