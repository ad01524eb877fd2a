"""Reading a parameter from left to right, and the words that all share: names, JSON arrows, quoted texts."""

import re
from typing import Final

from bee.api.tables.asked import Arrow, Field
from bee.api.tables.refusal import Refusal, too_much, unparsable

MOST_ARROWS: Final = 16

BLANKS: Final = re.compile(r"[ \t]*")
QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
NAME: Final = re.compile(r"[\w $]+(?:-(?!>)[\w $]+)*")
ARROW: Final = re.compile(r"->>?")
# A place in an array is a number and nothing else: what follows it ends the step.
PLACE: Final = re.compile(r"-?[0-9]{1,9}(?=->|::|[.,:)]|$)")
NAME_EXPECTED: Final = "field name (* or [a..z0..9_$])"


class Scanner:
    """A text and how far it was read. ``what``: what is told of it when it does not parse."""

    def __init__(self, what: str, text: str) -> None:
        self._what = what
        self._text = text
        self._at = 0

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read on over a pattern, if it is here."""
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def need(self, pattern: re.Pattern[str], expected: str) -> str:
        """Read on over a pattern. Raises :class:`Refusal` where it is not."""
        match = self.take(pattern)
        if match is None:
            raise self.refuse(expected)
        return match.group()

    def sees(self, pattern: re.Pattern[str]) -> bool:
        """Say whether a pattern is here."""
        return pattern.match(self._text, self._at) is not None

    def word(self, mark: str) -> bool:
        """Read on over a mark, if it is here."""
        is_here = self._text.startswith(mark, self._at)
        self._at += len(mark) * is_here
        return is_here

    def mark(self, mark: str) -> None:
        """Read on over a mark. Raises :class:`Refusal` where it is not."""
        if not self.word(mark):
            raise self.refuse(f'"{mark}"')

    def blanks(self) -> None:
        """Read on over blanks."""
        self.take(BLANKS)

    def rest(self) -> str:
        """Read all that is left."""
        at, self._at = self._at, len(self._text)
        return self._text[at:]

    def is_over(self) -> bool:
        """Say whether all was read."""
        return self._at >= len(self._text)

    def end(self, expected: str) -> None:
        """Raise :class:`Refusal` unless all was read."""
        if not self.is_over():
            raise self.refuse(expected)

    def refuse(self, expected: str) -> Refusal:
        """Return the error for what is here."""
        return unparsable(self._what, self._text, self._at, expected)

    def quoted(self) -> str | None:
        """Read a text in quotes, if here is one that a comma, a parenthesis or the end follows."""
        start = self._at
        match = self.take(QUOTED)
        if match is None:
            return None
        if not self.is_over() and self._text[self._at] not in ",)":
            self._at = start
            return None
        return unescaped(match.group(1))


def unescaped(text: str) -> str:
    """Return what a quoted text stands for."""
    return ESCAPED.sub(r"\1", text)


def read_name(scanner: Scanner) -> str:
    """Read the name of a column, plain or in quotes."""
    match = scanner.take(QUOTED)
    name = unescaped(match.group(1)) if match else scanner.need(NAME, NAME_EXPECTED).strip()
    if not name:
        raise scanner.refuse(NAME_EXPECTED)
    return name


def read_field(scanner: Scanner) -> Field:
    """Read a column and the way into its JSON, with blanks around them."""
    scanner.blanks()
    column = read_name(scanner)
    arrows: list[Arrow] = []
    while (arrow := scanner.take(ARROW)) is not None:
        place = scanner.take(PLACE)
        key = int(place.group()) if place else read_name(scanner)
        arrows.append(Arrow(key, arrow.group() == "->>"))
        if len(arrows) > MOST_ARROWS:
            raise too_much(f"A field goes at most {MOST_ARROWS} steps into JSON")
    scanner.blanks()
    return Field(column, tuple(arrows))


def read_names(what: str, text: str) -> tuple[str, ...]:
    """Read a list of columns."""
    scanner = Scanner(what, text)
    names = [_read_listed_name(scanner)]
    while scanner.word(","):
        names.append(_read_listed_name(scanner))
    scanner.end('"," or end of input')
    return tuple(dict.fromkeys(names))


def _read_listed_name(scanner: Scanner) -> str:
    scanner.blanks()
    name = read_name(scanner)
    scanner.blanks()
    return name
