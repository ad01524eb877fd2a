"""A few of somebody's own words, fit to be given back to them (pure)."""

import re
from collections.abc import Sequence
from typing import Final

from bee.coach.checks import CLINICAL_WORDS, FIRST_PERSON, OTHER_PEOPLE, SHAMING_WORDS, bare, is_of_a_word
from bee.coach.masking import Mask, identifiers
from bee.coach.safety import screen

MOST_WORDS: Final = 8
LONGEST_WORD: Final = 20
CLAUSE_ENDS: Final = re.compile(r"[.!?…。！？؟;:,،、\n]+")
WITHIN_WORDS: Final = "'’-"


def quotable(text: str) -> str | None:
    """Return up to eight words of a text as they stand there, or None when no clause of it is fit.

    A clause in the first person comes first. Left out is whatever names or describes somebody else, may point at
    a person (addresses, numbers, names), shames, or sounds like a diagnosis: a reply never repeats those.
    """
    # A token has signs in it that no word may have, so its clause is unfit.
    hidden = Mask().hide(text)
    clauses = [
        words
        for words in map(_words, CLAUSE_ENDS.split(hidden))
        if len(words) > 1 and all(map(_is_fit, words))
    ]
    clauses = [
        words for words in clauses if not any(word[0].isupper() and not word.isupper() for word in words[1:])
    ]
    chosen = next((words for words in clauses if _is_own(words)), clauses[0] if clauses else None)
    if chosen is None:
        return None
    quoted = " ".join(chosen[:MOST_WORDS]) + ("…" if len(chosen) > MOST_WORDS else "")
    # Without the signs between them words may say something else: digits a number, part of a sentence danger.
    return None if identifiers(quoted) or screen(quoted).crisis else quoted


def _words(clause: str) -> list[str]:
    return [word for word in map(bare, clause.split()) if word]


def _is_fit(word: str) -> bool:
    return (
        len(word) <= LONGEST_WORD
        and all(is_of_a_word(sign) or sign in WITHIN_WORDS for sign in word)
        and sum(sign.isnumeric() for sign in word) < 5
        and word.casefold() not in SHAMING_WORDS | CLINICAL_WORDS | OTHER_PEOPLE
    )


def _is_own(words: Sequence[str]) -> bool:
    return any(word.casefold().replace("’", "'") in FIRST_PERSON for word in words)
