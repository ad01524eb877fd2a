"""What is going on when something is said: a request, a job, a page. It is in every line that is said meanwhile."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

Fields = Mapping[str, object]
_FIELDS: Final[ContextVar[Fields]] = ContextVar("bee.about", default={})  # noqa: B039  # never changed


@contextmanager
def about(**fields: object | Callable[[], object]) -> Iterator[None]:
    """Let everything that is said in the block bear these fields; a function is asked when something is said."""
    before = _FIELDS.set({**_FIELDS.get(), **fields})
    try:
        yield
    finally:
        _FIELDS.reset(before)


def note(**fields: object) -> None:
    """Let everything that is said from here on in this thread or task bear these fields as well."""
    _FIELDS.set({**_FIELDS.get(), **fields})


def what_goes_on() -> dict[str, object]:
    """Return the fields as they are now, without those that nothing is known of."""
    known = ((name, value() if callable(value) else value) for name, value in _FIELDS.get().items())
    return {name: value for name, value in known if value is not None}
