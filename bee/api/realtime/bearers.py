"""Whose token a channel brings."""

from datetime import UTC, datetime
from typing import Final

from bee.api.caller import caller_of
from bee.api.house import House
from bee.api.realtime.channel import Bearer

# The end of the year 9999: some issuers sign for ever.
LATEST: Final = 253_402_300_799


def bearer_of(house: House, token: str) -> Bearer:
    """Return who a token speaks for. Raises :class:`bee.errors.Unauthenticated`."""
    role = house.role_of_key(token)
    if role:
        return Bearer(token, caller_of({"role": role}), None)
    claims = house.verifier.verify(token)
    return Bearer(token, caller_of(claims), datetime.fromtimestamp(min(claims["exp"], LATEST), UTC))
