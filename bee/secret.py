"""One secret an installation; everything else that has to be secret is derived from it."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from bee.settings import Settings


def installation_secret(settings: Settings) -> str:
    """Return the settings' secret, or this machine's own; outside local the settings must bring one."""
    if settings.login_secret is not None:
        return settings.login_secret.get_secret_value()
    return _own_secret(settings.home)


def derived(secret: str, purpose: str) -> str:
    """Return 64 hexadecimal digits that tell nothing of the secret, nor of those for another purpose."""
    return hmac.new(secret.encode(), f"bee-{purpose}".encode(), hashlib.sha256).hexdigest()


def _own_secret(home: Path) -> str:
    """Return the secret that lies in the home folder, made when it is first needed."""
    path = home / "login-secret"
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii")
