"""The token that Vertex AI asks for, fetched again before it runs out."""

import asyncio
from pathlib import Path
from typing import Any, Final

import google.auth
import google.auth.exceptions
from google.auth.transport.requests import Request
from google.oauth2 import service_account

from bee.coach.model.interface import Fault, ModelFailed
from bee.errors import Unavailable

SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform",)


class GoogleToken:
    """A token of a service account, or of whatever this machine is to Google. One fetch at a time."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials
        self._lock = asyncio.Lock()

    @classmethod
    def of(cls, key_file: Path | None) -> "GoogleToken":
        """Return the token that a key file gives, or this machine's own. Raises :class:`Unavailable`."""
        try:
            if key_file is None:
                credentials, _ = google.auth.default(scopes=SCOPES)
            else:
                of_file = service_account.Credentials.from_service_account_file
                credentials = of_file(str(key_file), scopes=SCOPES)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, google.auth.exceptions.GoogleAuthError) as error:
            raise Unavailable(
                "vertex_credentials", f"BEE_VERTEX_CREDENTIALS: {key_file or 'this machine'} gives no key."
            ) from error
        return cls(credentials)

    async def __call__(self) -> str:
        """Return a token that is valid for some minutes yet. Raises :class:`ModelFailed`."""
        async with self._lock:
            if self._credentials.token_state.name != "FRESH":
                try:
                    # google-auth waits for the answer.
                    await asyncio.to_thread(self._credentials.refresh, Request())
                except google.auth.exceptions.TransportError as error:
                    raise ModelFailed(Fault.UNREACHABLE, "token") from error
                except google.auth.exceptions.GoogleAuthError as error:
                    raise ModelFailed(Fault.CONFIGURATION, "token") from error
            return str(self._credentials.token)
