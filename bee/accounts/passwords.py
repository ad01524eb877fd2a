"""What a member's password has to be; the app's rule."""

from typing import Final

from bee import passwords
from bee.errors import Invalid

SHORTEST: Final = 6


class WeakPassword(Invalid):
    """The password can't be taken. ``reasons`` in the words that Supabase's clients know."""

    def __init__(self, message: str, *reasons: str) -> None:
        super().__init__("weak_password", message)
        self.reasons = reasons


def hash_password(password: str) -> str:
    """Return the hash of a new password. Raises :class:`WeakPassword`, or :class:`Invalid` for one too long."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"Password should be at least {SHORTEST} characters.", "length")
    if "\0" in password:
        raise WeakPassword("Password holds a character that can't be typed.", "characters")
    if len(password.encode(errors="surrogatepass")) > passwords.LONGEST_BYTES:
        raise Invalid("validation_failed", "Password cannot be longer than 72 characters")
    return passwords.hash_password(password)
