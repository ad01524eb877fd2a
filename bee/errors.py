"""The kinds of things that go wrong, as the core names them.

======================  ======  =======================================================
kind                    status  meaning
======================  ======  =======================================================
:class:`Invalid`        400     the input can never be accepted as it is
:class:`Unauthenticated` 401    nobody is signed in, or the proof of it is void
:class:`Forbidden`      403     signed in, but this is not theirs
:class:`NotFound`       404     there is no such thing, or it may not be seen
:class:`Conflict`       409     the state of the world says no; it may have changed since
:class:`TooMany`        429     a limit was reached; try again later
:class:`Unavailable`    503     a part that we depend on does not answer
======================  ======  =======================================================

The edge turns a kind into an HTTP status, an exit code or a notice on a page; the core knows none of them.
"""

from typing import ClassVar


class BeeError(Exception):
    """A domain error: ``code`` is stable and for programs, ``message`` is one sentence for a person."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Invalid(BeeError):
    """The input can never be accepted as it is."""

    status = 400


class Unauthenticated(BeeError):
    """Nobody is signed in, or the proof of it is void."""

    status = 401


class Forbidden(BeeError):
    """Signed in, but this is not theirs."""

    status = 403


class NotFound(BeeError):
    """There is no such thing, or it may not be seen by whoever asks."""

    status = 404


class Conflict(BeeError):
    """The state of the world says no; it may have changed since it was read."""

    status = 409


class TooMany(BeeError):
    """A limit was reached. ``retry_after_s`` says in how many seconds another try can succeed."""

    status = 429

    def __init__(self, code: str, message: str, *, retry_after_s: int) -> None:
        super().__init__(code, message)
        self.retry_after_s = retry_after_s


class Unavailable(BeeError):
    """A part that we depend on does not answer, or not as it should."""

    status = 503
