"""What a prober proves itself with: its requests are no member's, and what it tells is believed."""

import hmac
from typing import Final

from bee.accounts.tokens import api_key, api_key_secret
from bee.secret import derived, installation_secret
from bee.settings import Settings

HEADER: Final = "X-BEE-Probe"


def probe_key(settings: Settings) -> str:
    """Return the key, the settings' own or the one that follows from the installation's secret."""
    if settings.probe_key is not None:
        return settings.probe_key.get_secret_value()
    return derived(installation_secret(settings), "probe-key")


def holds(key: str, sent: bytes) -> bool:
    """Return whether what was sent is the key, compared in constant time."""
    return bool(sent) and hmac.compare_digest(key.encode(), sent)


def anon_key(settings: Settings) -> str:
    """Return the key that every client of the API has: the one that was given, or this installation's."""
    if settings.supabase_anon_key is not None:
        return settings.supabase_anon_key.get_secret_value()
    return api_key("anon", secret=api_key_secret(settings))
