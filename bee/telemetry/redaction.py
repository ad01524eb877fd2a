"""What nobody may read in a log, an error report or a trace (pure): secrets, tokens, addresses.

The shapes are the last line, not the first; ``docs/decisions/0035-what-a-log-may-say.md`` has the others.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

HIDDEN: Final = "[hidden]"
# Nobody reads further, and no pattern has to.
MOST_LETTERS: Final = 8_000
# What is shorter would be hidden wherever it stands in a word.
SHORTEST_SECRET: Final = 6
SHAPES: Final = (
    r"\[parameters: .*",  # what was bound, as SQLAlchemy tells it
    r"\b(?:DETAIL|CONTEXT): .*",  # a row, as PostgreSQL quotes it
    r"=\([^)]*\)",  # a key's value, as it does as well
    r"(?<=://)[^/\s@]*@",  # who signs in at an address
    r"(?<=[\w/])\?[^\s\"'<>]+",  # what was asked of an address
    r"\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?",  # a JWT
    r"\b(?:[Bb]earer|[Bb]asic)\s+[\w.~+/=-]+",
    r"\b(?:sk|pk|rk|sb|ya29|AIza)[-_.]?[\w-]{16,}",  # keys of the providers
    r"\b[\w-]{8,}:APA91[\w-]+",  # an address of Firebase
    r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+",  # an e-mail address
    r"\+\d[\d ()./-]{6,20}\d",  # a telephone number
)


class Redaction:
    """Hides the secrets of an installation, and whatever has the shape of one."""

    __slots__ = ("_pattern",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted(
            {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True
        )
        self._pattern = re.compile("|".join((*map(re.escape, known), *SHAPES)))

    def text(self, text: str) -> str:
        """Return a text without them, cut where it is very long."""
        return self._pattern.sub(HIDDEN, text[: self._end(text)])

    def _end(self, text: str) -> int:
        """Return where a very long text is cut: before what is hidden, half of which would have no shape."""
        if len(text) > MOST_LETTERS:
            for found in self._pattern.finditer(text[: 2 * MOST_LETTERS]):
                if found.end() > MOST_LETTERS:
                    return min(found.start(), MOST_LETTERS)
        return MOST_LETTERS

    def value(self, value: object) -> object:
        """Return a value without them, however deep they are in it; what is no plain data becomes its kind."""
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self.text(value)
            case Mapping():
                return {self.text(str(name)): self.value(inner) for name, inner in value.items()}
            case list() | tuple():
                return [self.value(inner) for inner in value]
        return type(value).__qualname__
