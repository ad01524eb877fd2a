"""What can be measured on a reply without any model (pure)."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

MOST_WORDS: Final = 90
HIGHEST_GRADE: Final = 8.0
QUESTION_MARKS: Final = "?？؟"
SENTENCE_ENDS: Final = re.compile(r"[.!?…。！？؟]+")
ENDINGS: Final = ("ing", "ed", "es", "s")
VOWELS: Final = re.compile(r"[aeiouy]+")
_WORDS: Final[dict[str, list[str]]] = json.loads(
    (files(__package__) / "words.json").read_text(encoding="utf-8")
)
SHAMING_WORDS: Final = frozenset(_WORDS["shaming"])
CLINICAL_WORDS: Final = frozenset(_WORDS["clinical"])
FIRST_PERSON: Final = frozenset(_WORDS["first_person"])
OTHER_PEOPLE: Final = frozenset(_WORDS["other_people"])
EMPTY_WORDS: Final = frozenset(_WORDS["empty"])


@dataclass(frozen=True, slots=True)
class ReplyFigures:
    """A reply in figures. ``reading_grade``: years of school, by Flesch and Kincaid."""

    words: int
    questions: int
    ends_with_question: bool
    reading_grade: float
    forbidden: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether the reply is as short, plain and kind as every reply has to be."""
        return (
            self.words <= MOST_WORDS
            and self.questions <= 1
            and (self.questions == 0 or self.ends_with_question)
            and self.reading_grade <= HIGHEST_GRADE
            and not self.forbidden
        )


def reply_figures(reply: str) -> ReplyFigures:
    """Measure a reply. A crisis answer is not held to these."""
    words = words_of(reply)
    return ReplyFigures(
        words=len(words),
        questions=sum(reply.count(mark) for mark in QUESTION_MARKS),
        ends_with_question=reply.rstrip().endswith(tuple(QUESTION_MARKS)),
        reading_grade=reading_grade(reply),
        forbidden=tuple(word for word in words if word.casefold() in SHAMING_WORDS | CLINICAL_WORDS),
    )


def reading_grade(text: str) -> float:
    """Return the school grade that reads a text with ease, by Flesch and Kincaid; 0 for a text without words."""
    words = words_of(text)
    if not words:
        return 0.0
    sentences = max(1, sum(bool(words_of(part)) for part in SENTENCE_ENDS.split(text)))
    return 0.39 * len(words) / sentences + 11.8 * _syllables(words) / len(words) - 15.59


def words_of(text: str) -> list[str]:
    """Return a text's words in any script, without the punctuation around them."""
    return [word for word in (bare(piece) for piece in text.split()) if word]


def stem(word: str) -> str:
    """Return a word without its commonest English ending."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def bare(piece: str) -> str:
    """Return what stands between blanks without what is neither letter, mark nor digit at its ends."""
    kept = [place for place, sign in enumerate(piece) if is_of_a_word(sign)]
    return piece[kept[0] : kept[-1] + 1] if kept else ""


def is_of_a_word(sign: str) -> bool:
    """Whether a sign is a letter, a digit, or a mark upon one."""
    return unicodedata.category(sign)[0] in "LMN"


def _syllables(words: Sequence[str]) -> int:
    """Return about how many syllables English words have: groups of vowels, a silent e left out."""
    return sum(max(1, len(VOWELS.findall(word.casefold().removesuffix("e")))) for word in words)
