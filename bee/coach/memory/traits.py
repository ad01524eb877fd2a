"""What a member says of themselves, by rules (pure): their own words, for their coach to decide about.

The rules are data and look at one clause at a time. They miss much and are meant to: what points at a person,
speaks of somebody else, asks, supposes or may tell of danger is left alone.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from bee.coach.checks import CLINICAL_WORDS, OTHER_PEOPLE, SHAMING_WORDS, bare
from bee.coach.masking import TOKEN, Mask, identifiers
from bee.coach.memory.keywords import keywords, likeness, stems
from bee.coach.memory.scoring import kind_of
from bee.coach.safety import screen

_RULES: Final[dict[str, Any]] = json.loads((files(__package__) / "traits.json").read_text(encoding="utf-8"))
VERSION: Final[str] = _RULES["version"]
CLAUSES: Final = re.compile(r"(?:[^.!?…。！？؟;:,\n]|(?<=\d)[.,:](?=\d))+[.!?…。！？؟]*")
ASKS: Final = ("?", "？", "؟")
UNFIT: Final = OTHER_PEOPLE | SHAMING_WORDS | CLINICAL_WORDS
LONGEST_MESSAGE: Final = 4000
LONGEST_KEY: Final = 100
LONGEST_WORD: Final = 30
# From so much likeness on two traits of a kind say the same.
SAME: Final = 0.8


@dataclass(frozen=True, slots=True)
class Trait:
    """Something that a member says of themselves. ``key``: its kind and what it is about."""

    key: str
    value: str


def traits_in(message: str) -> tuple[Trait, ...]:
    """Return what a message says of its member, each thing once, in the order of the message."""
    if screen(message).crisis:
        return ()
    found: dict[str, Trait] = {}
    # Hidden before it is cut: a clause may end within an address.
    for clause in CLAUSES.findall(Mask().hide(message[:LONGEST_MESSAGE])):
        trait = None if clause.endswith(ASKS) or TOKEN.search(clause) else _trait(clause)
        if trait is not None:
            found.setdefault(trait.key, trait)
    return tuple(found.values())


def new_traits(found: Iterable[Trait], known: Sequence[Trait]) -> Iterator[Trait]:
    """Yield the traits that say what nothing known of the same kind says already."""
    seen = list(known)
    for trait in found:
        if not any(_same(trait, other) for other in seen):
            seen.append(trait)
            yield trait


def _same(one: Trait, other: Trait) -> bool:
    if one.key == other.key:
        return True
    if kind_of(one.key) != kind_of(other.key):
        return False
    return likeness(keywords(one.value), keywords(other.value)) >= SAME


def _trait(clause: str) -> Trait | None:
    words = [word for word in map(bare, clause.split()) if word]
    plain = _plain(words)
    for phrase, kind in PHRASES:
        start = _place(plain, phrase)
        if start is not None:
            return _said(words[start:], plain[start:], len(phrase), kind)
    return None


def _plain(words: Iterable[str]) -> list[str]:
    """Return words as the rules know them: in small letters, and "don't" like "dont"."""
    return [word.casefold().replace("’", "").replace("'", "") for word in words]


def _place(plain: Sequence[str], phrase: Sequence[str]) -> int | None:
    """Return where a phrase begins: near the beginning of a clause, and after nothing that makes it a guess."""
    for start in range(min(_RULES["words_before"], len(plain) - len(phrase)) + 1):
        if tuple(plain[start : start + len(phrase)]) == phrase:
            return start if not set(plain[:start]) & set(_RULES["not_after"]) else None
    return None


def _said(words: Sequence[str], plain: Sequence[str], opening: int, kind: str) -> Trait | None:
    """Return a trait in the member's words, the opening phrase included; None where they are unfit.

    What a clause goes on to say is cut off, but tells whether any of it is fit.
    """
    if not _is_fit(words):
        return None
    ends = (place for place in range(opening, len(plain)) if plain[place] in _RULES["ends_before"])
    words = words[: next(ends, len(words))]
    about = plain[opening : len(words)]
    if not about or len(words) > _RULES["most_words"] or about[0] in _RULES["never_begins"]:
        return None
    return Trait(f"{kind}:{'-'.join(stems(' '.join(about)))}"[:LONGEST_KEY], " ".join(words))


def _is_fit(words: Sequence[str]) -> bool:
    said = " ".join(words)
    names_somebody = any(
        word[0].isupper() and not word.isupper() for word in words[1:] if word not in CAPITALS
    )
    return (
        not names_somebody
        and all(len(word) <= LONGEST_WORD for word in words)
        and not {word.casefold() for word in words} & UNFIT
        and not identifiers(said)
        and not screen(said).crisis
    )


# Days and months have a capital and are nobody; April, May and June are people.
CAPITALS: Final = frozenset(_RULES["capitals_of_nobody"])
# The longest phrase first: "i really love" is not "i" with something behind it.
PHRASES: Final = sorted(
    (
        (tuple(_plain(phrase.split())), kind)
        for kind, phrases in _RULES["kinds"].items()
        for phrase in phrases
    ),
    key=lambda pair: -len(pair[0]),
)
