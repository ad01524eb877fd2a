"""A credential that fetches no token, so that the real client can be driven without one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from firebase_admin.credentials import Base
from google.auth.credentials import AnonymousCredentials, Credentials


class Anonymous(Base):  # type: ignore[misc]  # the library has no types
    """Nobody in particular."""

    def get_credential(self) -> Any:
        """Return a credential that adds nothing to a request."""
        return AnonymousCredentials()  # type: ignore[no-untyped-call]


class Expiring(Base):  # type: ignore[misc]  # the library has no types
    """Somebody whose access token ends after ``lasts``; a new one comes an hour later, or ``fault`` instead."""

    def __init__(self, lasts: timedelta, fault: Exception | None = None) -> None:
        self.given = _Expiring(lasts, fault)

    def get_credential(self) -> Any:
        """Return it."""
        return self.given


class _Expiring(Credentials):
    def __init__(self, lasts: timedelta, fault: Exception | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.fetched = 0
        self._fault = fault
        self._last_for(lasts)

    def refresh(self, request: Any) -> None:  # noqa: ARG002  # the library's
        """Fetch a new token."""
        self.fetched += 1
        if self._fault is not None:
            raise self._fault
        self._last_for(timedelta(hours=1))

    def _last_for(self, length: timedelta) -> None:
        self.token = f"token {self.fetched}"
        self.expiry = datetime.now(UTC).replace(tzinfo=None) + length
