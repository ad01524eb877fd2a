"""A credential that fetches no token, so that the real client can be driven without one."""

from typing import Any

from firebase_admin.credentials import Base
from google.auth.credentials import AnonymousCredentials


class Anonymous(Base):  # type: ignore[misc]  # the library has no types
    """Nobody in particular."""

    def get_credential(self) -> Any:
        """Return a credential that adds nothing to a request."""
        return AnonymousCredentials()  # type: ignore[no-untyped-call]
