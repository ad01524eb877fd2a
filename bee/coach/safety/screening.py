"""Whether somebody may be in danger, judged by the words alone.

Rules are data (``rules.json``): harmless sayings are taken out first, then each sign of danger is looked for in
what is left, so that "dying of laughter, but I want to die" is still seen. Missing somebody costs more than a
needless look, therefore:

- a denial counts ("I don't want to die", "I'm not suicidal"): people in danger say it as well;
- so does the past ("I tried to kill myself") and somebody else ("my friend wants to kill herself");
- quotes are read like anything else.

RE2 matches in linear time whatever the text, so nobody can stall the check in front of the coach.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from itertools import islice
from typing import Any, Final

import re2

from bee.coach.safety.folding import Folded, fold

MOST_MATCHES: Final = 20
LONGEST_MATCH: Final = 300
RULES_MEMORY: Final = 128 << 20


class Category(StrEnum):
    """What somebody may be in danger of."""

    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found in a text. ``matched``: the exact words of it that were a sign, in the order of the text.

    ``category``: the most urgent one found (emergency, then self-harm, then violence); None without a sign.
    ``rules_version``: the rules that judged, with the start of their digest.
    """

    crisis: bool
    category: Category | None
    matched: tuple[str, ...]
    rules_version: str


def screen(text: str) -> Screening:
    """Return what the rules find in a text. Never raises; the work grows with the length alone."""
    folded = fold(text)
    readable = _without_harmless(folded.text.encode("ascii"))
    found = {category: list(_places(pattern, readable)) for category, pattern in SIGNS.items()}
    category = next((category for category in SIGNS if found[category]), None)
    places = sorted(place for places in found.values() for place in places)
    return Screening(category is not None, category, _words_at(text, folded, places), RULES_VERSION)


def _without_harmless(readable: bytes) -> bytes:
    """Return the text with every harmless saying blotted out, each place where it was."""
    return bytes(HARMLESS.sub(lambda match: b"#" * len(match.group()), readable))


def _places(pattern: Any, readable: bytes) -> Iterator[tuple[int, int]]:
    return (match.span() for match in islice(pattern.finditer(readable), MOST_MATCHES))


def _words_at(text: str, folded: Folded, places: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    originals = (folded.original(start, end) for start, end in places)
    return tuple(dict.fromkeys(text[start:end][:LONGEST_MATCH] for start, end in originals))[:MOST_MATCHES]


def _compiled(patterns: Sequence[str], words: dict[str, str]) -> Any:
    options = re2.Options()
    options.max_mem = RULES_MEMORY
    whole = "|".join(rf"\b(?:{_expanded(pattern, words)})\b" for pattern in patterns)
    return re2.compile(whole.encode("ascii"), options)


def _expanded(pattern: str, words: dict[str, str]) -> str:
    """Return a pattern with every ``<name>`` replaced by the words that it stands for."""
    return re.sub(
        r"<(\w+)>",
        lambda match: _expanded(words[match[1]], words),
        pattern,
    )


_SOURCE = (files(__package__) / "rules.json").read_bytes()
_RULES = json.loads(_SOURCE)
RULES_VERSION: Final = f"{_RULES['version']}+{hashlib.sha256(_SOURCE).hexdigest()[:8]}"
HARMLESS: Final = _compiled(_RULES["harmless"], _RULES["words"])
# In order of urgency.
SIGNS: Final = {
    category: _compiled(_RULES["signs"][category], _RULES["words"])
    for category in (Category.EMERGENCY, Category.SELF_HARM, Category.VIOLENCE)
}
