"""What a password has to be: streamlit-authenticator's rule for short ones, or simply a long sentence."""

from typing import Final

from bee.staff.passwords import SHORTEST

LONG_ENOUGH: Final = 16
RULES: Final = (
    f"{SHORTEST} characters or more, with upper and lower case, a digit and a sign; "
    f"or any sentence of {LONG_ENOUGH} or more."
)


def password_complaint(password: str, again: str) -> str | None:
    """Return what is wrong with a new password in one sentence, None when it will do."""
    # Importing it runs Streamlit calls that complain when made before there is an application.
    from streamlit_authenticator.utilities import Validator

    if password != again:
        return "The two passwords differ."
    if len(password) >= LONG_ENOUGH:
        return None
    if len(password) < SHORTEST or not Validator().validate_password(password):
        return f"This password is too easy to guess. It needs {RULES}"
    return None
