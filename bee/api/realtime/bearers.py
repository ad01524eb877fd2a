"""Whose token a channel brings."""

from datetime import UTC, datetime

from bee.api.caller import caller_of
from bee.api.house import House
from bee.api.realtime.channel import Bearer


def bearer_of(house: House, token: str) -> Bearer:
    """Return who a token speaks for. Raises :class:`bee.errors.Unauthenticated`."""
    role = house.role_of_key(token)
    if role:
        return Bearer(token, caller_of({"role": role}), None)
    claims = house.verifier.verify(token)
    return Bearer(token, caller_of(claims), datetime.fromtimestamp(claims["exp"], UTC))
