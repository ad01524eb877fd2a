"""What points at a person is hidden before words leave the house, and put back in what comes in.

Hidden is what has a structure (addresses, numbers, dates: the patterns are data) and what is known of the member by
their own record. Names of other people, and places without a street, are seen rarely or never: this is masking, not
de-identification, and no text may call it that.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import re2

TOKEN: Final = re.compile(r"\[([A-Z]+)_(\d+)\]")
SHORTEST_NAME: Final = 2
SHORTEST_PHONE: Final = 6
BETWEEN_DIGITS: Final = r"[ .()/-]{0,3}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the member's own record says of them; None where it says nothing."""

    full_name: str | None = None
    email: str | None = None
    phone: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a text something points at a person."""

    start: int
    end: int
    kind: str


class Mask:
    """The hidden words of one conversation, each with the token that stands for it."""

    def __init__(self, known: Known = Known()) -> None:
        self._patterns = (*_patterns_of(known), *PATTERNS)
        self._token_of: dict[tuple[str, str], str] = {}
        self._words_of: dict[str, str] = {}

    @property
    def hidden(self) -> int:
        """How many different things are hidden."""
        return len(self._words_of)

    def hide(self, text: str) -> str:
        """Return a text with a token for everything that points at a person; the same token for the same words."""
        parts: list[str] = []
        done = 0
        for place in _places(text, self._patterns):
            parts += [text[done : place.start], self._token(place.kind, text[place.start : place.end])]
            done = place.end
        return "".join([*parts, text[done:]])

    def show(self, text: str) -> str:
        """Return a text with the words back for their tokens; a token that stands for nothing stays."""
        return TOKEN.sub(lambda match: self._words_of.get(match[0], match[0]), text)

    def _token(self, kind: str, words: str) -> str:
        key = (kind, words.casefold())
        if key not in self._token_of:
            number = 1 + sum(other == kind for other, _ in self._token_of)
            self._token_of[key] = f"[{kind}_{number}]"
            self._words_of[self._token_of[key]] = words
        return self._token_of[key]


def identifiers(text: str) -> list[Place]:
    """Return where a text has something of a structure that points at a person, in order."""
    return _places(text, PATTERNS)


def _places(text: str, patterns: Iterable[tuple[str, Any]]) -> list[Place]:
    """Return what the patterns find, the earlier pattern first where two overlap, in the order of the text."""
    taken: list[Place] = []
    for kind, pattern in patterns:
        for match in pattern.finditer(text):
            # What a pattern needs around it to be sure is not part of what it finds.
            start, end = match.span(1) if pattern.groups and match.group(1) else match.span()
            if not any(start < other.end and other.start < end for other in taken):
                taken.append(Place(start, end, kind))
    return sorted(taken, key=lambda place: place.start)


def _patterns_of(known: Known) -> list[tuple[str, re.Pattern[str]]]:
    literals = [("EMAIL", known.email), ("ID", known.external_id), ("NAME", known.full_name)]
    literals += [("NAME", part) for part in (known.full_name or "").split() if len(part) >= SHORTEST_NAME]
    found = [
        (kind, re.compile(rf"(?<!\w){re.escape(words.strip())}(?!\w)", re.IGNORECASE))
        for kind, words in literals
        if words and words.strip()
    ]
    digits = [sign for sign in known.phone or "" if sign.isdigit()]
    if len(digits) >= SHORTEST_PHONE:
        found.append(("PHONE", re.compile(rf"\+?{BETWEEN_DIGITS.join(digits)}(?!\d)")))
    return found


def _expanded(pattern: str, words: dict[str, str]) -> str:
    """Return a pattern with every ``<name>`` replaced by the words that it stands for."""
    return re.sub(r"<(\w+)>", lambda match: words[match[1]], pattern)


def _compiled(patterns: Sequence[Sequence[str]], words: dict[str, str]) -> list[tuple[str, Any]]:
    return [(kind, re2.compile(_expanded(pattern, words))) for kind, pattern in patterns]


_SOURCE = (files(__package__) / "identifiers.json").read_bytes()
_RULES = json.loads(_SOURCE)
MASK_VERSION: Final = f"{_RULES['version']}+{hashlib.sha256(_SOURCE).hexdigest()[:8]}"
PATTERNS: Final = _compiled(_RULES["patterns"], _RULES["words"])
