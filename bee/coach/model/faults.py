"""What answers and errors of the clients mean."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final

import httpx2

from bee.coach.model.interface import Fault, ModelFailed, broken
from bee.errors import BeeError

CONFIGURATION: Final = frozenset({401, 403, 404})
LONGEST_RETRY_S: Final = 600.0
# What unchecked data does to whoever reads it: the clients build their objects without looking.
NONSENSE: Final = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class Classified:
    """A block in which whatever a client raises becomes :class:`ModelFailed`.

    ``reads``: what came is read here, so that nonsense in it is the provider's fault and not ours.
    """

    def __init__(
        self, failure_of: Callable[[BaseException], ModelFailed | None], *, reads: bool = False
    ) -> None:
        self._failure_of = failure_of
        self._reads = reads

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, BeeError):
            return
        failure = self._failure_of(error) or _failure(error)
        if failure is None and self._reads and isinstance(error, NONSENSE):
            failure = broken(type(error).__name__)
        if failure is not None:
            raise failure from error


def failure_of_status(status: int, headers: Mapping[str, str]) -> ModelFailed:
    """Return what an HTTP status means."""
    if status == 429:
        return ModelFailed(Fault.THROTTLED, "429", retry_after_s=_retry_after_s(headers))
    if status in CONFIGURATION:
        return ModelFailed(Fault.CONFIGURATION, str(status))
    fault = Fault.REJECTED if 400 <= status < 500 else Fault.OVERLOADED
    return ModelFailed(fault, str(status))


def _failure(error: BaseException) -> ModelFailed | None:
    match error:
        case httpx2.TimeoutException():
            return ModelFailed(Fault.SLOW, "timeout")
        case httpx2.TransportError():
            return ModelFailed(Fault.UNREACHABLE, type(error).__name__)
    return None


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an answer asks to wait; a date, or nonsense, is nothing."""
    told = headers.get("retry-after", "")
    return min(float(told), LONGEST_RETRY_S) if told.isascii() and told.isdigit() else None
