"""What a text is to a comparison by keywords (pure): the local stand-in for a model of meaning, and named as one.

Stems of the words that carry meaning, and pairs of neighbours, are hashed to places and signs (feature hashing,
Weinberger et al. 2009), so that two texts are alike as far as they share words. Synonyms are strangers to it. The
same text gives the same numbers on every machine.
"""

import hashlib
import math
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

from bee.coach.checks import EMPTY_WORDS, FIRST_PERSON, stem, words_of

DIMENSION: Final = 256
# Where texts without a word lie, apart from all others: an index over cosines has no place for nothing.
WORDLESS: Final = DIMENSION - 1
# A pair says less than its words do: it only tells texts apart that share them.
PAIR_WEIGHT: Final = 0.5
LONGEST_TEXT: Final = 4000
WITHOUT_MEANING: Final = EMPTY_WORDS | FIRST_PERSON


def keywords(text: str) -> Mapping[int, float]:
    """Return the places of a text that are not zero, of length 1 together."""
    places: dict[int, float] = {}
    for feature, weight in _features(text):
        place, sign = _hashed(feature)
        places[place] = places.get(place, 0.0) + sign * weight
    length = math.sqrt(sum(value * value for value in places.values()))
    return {place: value / length for place, value in places.items() if value} if length else {WORDLESS: 1.0}


def embedded(text: str) -> list[float]:
    """Return all places of a text, zeros included."""
    found = keywords(text)
    return [found.get(place, 0.0) for place in range(DIMENSION)]


def likeness(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    """Return the cosine of two texts, -1 to 1."""
    return sum(value * other.get(place, 0.0) for place, value in one.items())


def stems(text: str) -> list[str]:
    """Return the stems of a text's words that carry meaning, in order; of all words where none does."""
    words = [_folded(word) for word in words_of(text[:LONGEST_TEXT])]
    telling = [word for word in words if (len(word) > 1 or word.isdigit()) and word not in WITHOUT_MEANING]
    return [stem(word) for word in telling or words]


def _features(text: str) -> Iterator[tuple[str, float]]:
    found = stems(text)
    yield from ((word, 1.0) for word in found)
    yield from ((f"{one} {other}", PAIR_WEIGHT) for one, other in pairwise(found))


@lru_cache(maxsize=50_000)
def _hashed(feature: str) -> tuple[int, int]:
    digest = hashlib.blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    return number % WORDLESS, 1 if number >> 63 else -1


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
