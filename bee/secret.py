"""One secret an installation; everything else that has to be secret is derived from it."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from bee.settings import Settings, make_home


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
    if not path.exists():
        make_home(home)
        unfinished = home / f"{path.name}.{secrets.token_hex(4)}"
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_hex(32), encoding="ascii")
        # Whole or not at all, and the first of several that make it wins.
        with suppress(FileExistsError):
            path.hardlink_to(unfinished)
        unfinished.unlink()
    return path.read_text(encoding="ascii")
