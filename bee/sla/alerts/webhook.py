"""Alerts by webhook, signed as Standard Webhooks says (https://www.standardwebhooks.com)."""

import asyncio
import binascii
import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx2
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from bee.errors import Invalid, Unavailable

TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True, repr=False)
class Hook:
    """Where alerts are posted to, and what signs them."""

    url: str
    signer: Webhook
    tls: ssl.SSLContext
    timeout_s: float = TIMEOUT_S

    def post(self, payload: dict[str, Any], *, number: int, now: datetime) -> None:
        """Post a message, once. ``number`` makes a repeat recognisable.

        Raises :class:`Unavailable` for whatever is not a success; a redirection is none.
        """
        body = json.dumps(payload, ensure_ascii=False)
        name = f"bee-alert-{number}"
        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self.signer.sign(name, now, body),
        }
        status = _asked(
            "POST", self.url, tls=self.tls, timeout_s=self.timeout_s, content=body.encode(), headers=headers
        )
        if not httpx2.codes.is_success(status):
            raise Unavailable("webhook_refused", f"The webhook answered {status}.")


def hook(url: str, secret: str, *, tls: ssl.SSLContext | None = None) -> Hook:
    """Return the hook that an address names. Raises :class:`Invalid`, and repeats neither address nor secret."""
    refuse_no_address("BEE_ALERT_WEBHOOK_URL", url)
    try:
        signer = Webhook(secret)
    except (EmptyWebhookSecretError, RuntimeError, ValueError, binascii.Error) as error:
        raise Invalid("alert_webhook_secret", "BEE_ALERT_WEBHOOK_SECRET: write whsec_ and base64.") from error
    return Hook(url, signer, tls or ssl.create_default_context())


def refuse_no_address(variable: str, url: str) -> None:
    """Raise :class:`Invalid` for what is no web address, without repeating it."""
    if not url.startswith(("https://", "http://")):
        raise Invalid(variable.lower().removeprefix("bee_"), f"{variable}: write https:// and an address.")


def say_alive(url: str, *, tls: ssl.SSLContext | None = None, timeout_s: float = TIMEOUT_S) -> None:
    """Tell whoever watches from outside that a minute was watched. Raises :class:`Unavailable`."""
    status = _asked("GET", url, tls=tls or ssl.create_default_context(), timeout_s=timeout_s)
    if not httpx2.codes.is_success(status):
        raise Unavailable("watchdog_refused", f"The watchdog answered {status}.")


def _asked(method: str, url: str, *, tls: ssl.SSLContext, timeout_s: float, **more: Any) -> int:
    """Return the status of the answer, of which nothing else is read. ``timeout_s``: for all of it."""
    try:
        return asyncio.run(_status(method, url, tls=tls, timeout_s=timeout_s, **more))
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        raise Unavailable(
            "webhook_unreachable", f"The receiver was not reached ({type(error).__name__})."
        ) from error


async def _status(method: str, url: str, *, tls: ssl.SSLContext, timeout_s: float, **more: Any) -> int:
    # The library's own limits are for each read: a receiver that trickles would never reach one.
    async with (
        asyncio.timeout(timeout_s),
        httpx2.AsyncClient(timeout=None, verify=tls, follow_redirects=False) as client,
        client.stream(method, url, **more) as answer,
    ):
        return answer.status_code
