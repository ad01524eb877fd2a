"""Alerts by mail, with TLS or not at all."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from bee.errors import Invalid, Unavailable

TIMEOUT_S: Final = 10.0
PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True, repr=False)
class Mailbox:
    """A mail server, as whom it is used, and who sends. ``is_tls_first``: TLS is not begun later."""

    host: str
    port: int
    is_tls_first: bool
    user: str
    password: str
    sender: str
    tls: ssl.SSLContext
    timeout_s: float = TIMEOUT_S

    def send(self, mail: EmailMessage) -> None:
        """Hand a mail over. Raises :class:`Unavailable` where the server does not take it, and says no address."""
        try:
            with self._connected() as server:
                self._hand_over(server, mail)
        except smtplib.SMTPResponseException as error:
            raise Unavailable("mail_refused", f"The mail server answered {error.smtp_code}.") from error
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({str(code) for code, _ in error.recipients.values()})
            raise Unavailable("mail_refused", f"The mail server refused it ({', '.join(codes)}).") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(
                "mail_unreachable", f"The mail server was not reached ({type(error).__name__})."
            ) from error

    def _hand_over(self, server: smtplib.SMTP, mail: EmailMessage) -> None:
        if not self.is_tls_first:
            server.starttls(context=self.tls)
        if self.user:
            server.login(self.user, self.password)
        server.send_message(mail)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Lend a connection; what the server says to a farewell is nothing to whoever was served."""
        if self.is_tls_first:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout_s, context=self.tls
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        try:
            yield server
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()


def mailbox(url: str, sender: str, *, tls: ssl.SSLContext | None = None) -> Mailbox:
    """Return the mailbox that an address names. Raises :class:`Invalid`, and repeats none of it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in PORTS or not parts.hostname:
        raise Invalid("alert_smtp_url", "BEE_ALERT_SMTP_URL: write smtp:// or smtps:// and a host.")
    return Mailbox(
        parts.hostname,
        port or PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        sender,
        tls or ssl.create_default_context(),
    )


def refuse_no_mail_address(variable: str, address: str) -> None:
    """Raise :class:`Invalid` for what no mail can be sent from or to, without repeating it."""
    found = getaddresses([address])
    if not address.isprintable() or not found or not all("@" in each for _, each in found):
        raise Invalid(variable.lower().removeprefix("bee_"), f"{variable}: write an e-mail address.")


def mail_of(payload: dict[str, Any], *, number: int, sender: str, to: str) -> EmailMessage:
    """Return a message of the outbox as a mail. ``number`` makes a repeat recognisable.

    Raises :class:`ValueError` where a line of its head would be more than one.
    """
    data = payload["data"]
    is_over = payload["type"] == "alert.ended"
    mail = EmailMessage()
    mail["Subject"] = f"[{'over' if is_over else data['severity']}] {data['headline']}"
    mail["From"], mail["To"] = sender, to
    mail["Date"] = format_datetime(datetime.fromisoformat(payload["timestamp"]))
    mail["Message-ID"] = f"<bee-alert-{number}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(_lines(payload, is_over=is_over)))
    return mail


def _lines(payload: dict[str, Any], *, is_over: bool) -> Iterator[str]:
    data = payload["data"]
    opened = f"{datetime.fromisoformat(data['opened_at']):%-d %B %Y, %H:%M} UTC"
    yield f"It is over; it began on {opened}." if is_over else f"Since {opened}."
    yield from data["facts"]
    if not is_over:
        yield f"Step {data['step']} of round {data['round']}. Acknowledge it, and nobody else is called."
    if data["url"]:
        yield data["url"]
