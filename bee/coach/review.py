"""The checks that every reply passes before it is the answer (pure), in production as in the lab, without a model.

Most checks of safety can be asked of a text that still grows, so that what they object to is never shown; those of
style need the whole. A crisis answer is exempt. Each check has a version of its own; what they all go by is data.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from bee.coach.checks import (
    CLINICAL_WORDS,
    EMPTY_WORDS,
    FIRST_PERSON,
    HIGHEST_GRADE,
    MOST_WORDS,
    OTHER_PEOPLE,
    QUESTION_MARKS,
    SHAMING_WORDS,
    bare,
    reading_grade,
    stem,
    words_of,
)
from bee.coach.masking import MASK_VERSION, TOKEN, identifiers
from bee.coach.offline import Memory, Moment
from bee.coach.quoting import quotable
from bee.coach.safety import RULES_VERSION, screen

SENTENCES: Final = re.compile(r"[^.!?…。！？؟\n]+[.!?…。！？؟]*[\"”’)]*")
QUOTED: Final = re.compile(r"“[^”]*”|\"[^\"]*\"")
SHORTEST_STEM: Final = 4
LONGEST_STEP_WORDS: Final = 30
LONGEST_REPLY: Final = 2000
MOST_FOUND: Final = 5


class Kind(StrEnum):
    """What a check is about."""

    SAFETY = "safety"
    STYLE = "style"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check says of a reply. ``found``: what it objects to."""

    name: str
    version: int
    kind: Kind
    passed: bool
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """What all checks say of a reply, and by which rules they went."""

    checker: str
    results: tuple[CheckResult, ...]

    @property
    def passes(self) -> bool:
        """Whether the reply may be the answer."""
        return not self.failed

    @property
    def as_json(self) -> str:
        """What they say as it is kept, by the name of each."""
        results = {
            result.name: {
                "version": result.version,
                "kind": result.kind,
                "passed": result.passed,
                "found": result.found,
            }
            for result in self.results
        }
        # PostgreSQL has no text with this letter in it.
        return json.dumps({"checker": self.checker, "results": results}).replace("\\u0000", "")

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the checks that object."""
        return tuple(result.name for result in self.results if not result.passed)

    @property
    def is_safe(self) -> bool:
        """Whether nothing speaks against showing it."""
        return all(result.passed for result in self.results if result.kind is Kind.SAFETY)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at; ``objections`` returns what is wrong, nothing for a reply that passes.

    ``grows``: whether it can be asked of a part of a reply too.
    """

    name: str
    version: int
    kind: Kind
    objections: Callable[[str, Moment], Iterable[str]]
    grows: bool = False


def review(reply: str, moment: Moment) -> Review:
    """Return what the checks say of a reply to a moment."""
    return _reviewed(reply, moment, CHECKS)


def review_part(reply: str, moment: Moment) -> Review:
    """Return what can be said of a reply that is not whole yet."""
    return _reviewed(reply, moment, [check for check in CHECKS if check.grows])


def memories_used(reply: str, memories: Iterable[Memory]) -> tuple[UUID, ...]:
    """Return the memories of which a reply repeats a word that carries meaning."""
    said = _stems(words_of(reply))
    return tuple(memory.id for memory in memories if _shared(said, _stems(words_of(memory.trait_value))))


def _reviewed(reply: str, moment: Moment, checks: Sequence[Check]) -> Review:
    results = []
    for check in checks:
        found = tuple(dict.fromkeys(check.objections(reply, moment)))[:MOST_FOUND]
        results.append(CheckResult(check.name, check.version, check.kind, not found, found))
    return Review(CHECKER, tuple(results))


def _one_question(reply: str, _moment: Moment) -> Iterable[str]:
    asked = sum(reply.count(mark) for mark in QUESTION_MARKS)
    if asked > 1:
        yield f"{asked} questions"
    elif asked == 1 and not reply.rstrip('"”’) \n').endswith(tuple(QUESTION_MARKS)):
        yield "the question is not at the end"


def _reflection(reply: str, moment: Moment) -> Iterable[str]:
    """Object where the member said something that can be given back and nothing of it is."""
    own = _stems(words_of(quotable(moment.message) or ""))
    if own and not _shared(own, _stems(words_of(reply))):
        yield "none of the member's words"


def _advice(reply: str, _moment: Moment) -> Iterable[str]:
    is_allowed = False
    for sentence in _sentences(QUOTED.sub("", reply)):
        text = _plain(sentence)
        if not is_allowed and not sentence.endswith(tuple(QUESTION_MARKS)) and _advises(text):
            yield sentence[:60]
        is_allowed = _has(text, "permission")


def _advises(text: str) -> bool:
    if _has(text, "no_orders"):
        return False
    first = text.split()[:2]
    is_order = bool(first) and (first[0] in RULES["orders"] or (first[0] == "please" and len(first) > 1))
    return is_order or _has(text, "advice")


def _diagnosis(reply: str, _moment: Moment) -> Iterable[str]:
    yield from (word for word in words_of(reply) if word.casefold() in CLINICAL_WORDS)
    text = _plain(reply)
    yield from (phrase for phrase in RULES["professions"] if f" {phrase} " in f" {text} ")


def _shaming(reply: str, _moment: Moment) -> Iterable[str]:
    yield from (word for word in words_of(reply) if word.casefold() in SHAMING_WORDS)


def _grade(reply: str, _moment: Moment) -> Iterable[str]:
    grade = reading_grade(reply)
    if grade > HIGHEST_GRADE:
        yield f"grade {grade:.1f}"


def _length(reply: str, _moment: Moment) -> Iterable[str]:
    words = len(words_of(reply))
    if words == 0:
        yield "no words"
    if words > MOST_WORDS or len(reply) > LONGEST_REPLY:
        yield f"{words} words, {len(reply)} characters"


def _invented_memory(reply: str, moment: Moment) -> Iterable[str]:
    """Object to what is said to be remembered and is neither in a retrieved memory nor in what was said."""
    sources = [moment.message, *(said.body for said in moment.recent)]
    known = [_stems(words_of(text)) for text in (*(m.trait_value for m in moment.memories), *sources)]
    for sentence in _sentences(reply):
        text = _plain(sentence)
        phrase = next((phrase for phrase in RULES["remembering"] if f" {phrase} " in f" {text} "), None)
        if phrase is None:
            continue
        claimed = _stems(words_of(f" {text} ".split(f" {phrase} ", 1)[1]))
        if claimed and not any(2 * len(_matches(claimed, stems)) >= len(claimed) for stems in known):
            yield sentence[:60]


def _third_person(reply: str, moment: Moment) -> Iterable[str]:
    """Object to what points at anybody, and to names that the member or a memory mentioned."""
    yield from (reply[place.start : place.end] for place in identifiers(reply) if place.kind != "TEXT")
    texts = (moment.message, *(memory.trait_value for memory in moment.memories))
    mentioned = {name for text in texts for name in _capitals(text)}
    yield from (word for word in _capitals(reply) if word in mentioned)


def _placeholders(reply: str, _moment: Moment) -> Iterable[str]:
    yield from (match[0] for match in TOKEN.finditer(reply))


def _danger(reply: str, _moment: Moment) -> Iterable[str]:
    return screen(reply).matched


def _closing_step(reply: str, _moment: Moment) -> Iterable[str]:
    """Object to a reply that does not end with one step, offered as a question."""
    sentences = _sentences(reply)
    last = sentences[-1] if sentences else ""
    text = _plain(last)
    is_offer = last.rstrip('"”’)').endswith(tuple(QUESTION_MARKS)) and _has(text, "offers")
    if not is_offer or not 3 < len(text.split()) <= LONGEST_STEP_WORDS:
        yield last[:60] or "nothing"


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in SENTENCES.findall(text) if words_of(part)]


def _plain(text: str) -> str:
    return " ".join(bare(piece).casefold().replace("’", "'") for piece in text.split()).strip()


def _has(text: str, phrases: str) -> bool:
    return any(f" {phrase} " in f" {text} " for phrase in RULES[phrases])


def _capitals(text: str) -> list[str]:
    """Return the words with a capital that are neither the first of a sentence, nor ordinary, nor shouted."""
    return [
        word
        for sentence in _sentences(text)
        for word in words_of(sentence)[1:]
        if word[0].isupper()
        and not word.isupper()
        and word.casefold().replace("’", "'").removesuffix("'s") not in ORDINARY
    ]


def _stems(words: Iterable[str]) -> frozenset[str]:
    """Return the beginnings of the words that carry meaning."""
    folded = {word.casefold().replace("’", "'") for word in words if len(word) > 2}
    return frozenset(map(stem, folded - WITHOUT_MEANING))


def _shared(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(_matches(one, other))


def _matches(one: frozenset[str], other: frozenset[str]) -> set[str]:
    """Return which stems of one are in the other, or begin as one there does."""
    return {
        stem
        for stem in one
        if stem in other
        or any(
            min(len(stem), len(known)) >= SHORTEST_STEM and (stem.startswith(known) or known.startswith(stem))
            for known in other
        )
    }


CHECKS: Final = (
    Check("one_question", 1, Kind.STYLE, _one_question),
    Check("reflection", 1, Kind.STYLE, _reflection),
    Check("unsolicited_advice", 1, Kind.STYLE, _advice),
    Check("diagnosis", 1, Kind.SAFETY, _diagnosis, grows=True),
    Check("shaming", 1, Kind.SAFETY, _shaming, grows=True),
    Check("reading_grade", 1, Kind.STYLE, _grade),
    Check("length", 1, Kind.STYLE, _length),
    Check("invented_memory", 1, Kind.SAFETY, _invented_memory),
    Check("third_person", 1, Kind.SAFETY, _third_person, grows=True),
    Check("placeholder", 1, Kind.SAFETY, _placeholders, grows=True),
    Check("danger", 1, Kind.SAFETY, _danger, grows=True),
    Check("closing_step", 1, Kind.STYLE, _closing_step),
)
WITHOUT_MEANING: Final = EMPTY_WORDS | FIRST_PERSON | SHAMING_WORDS | CLINICAL_WORDS | OTHER_PEOPLE
_SOURCES = [(files(__package__) / name).read_bytes() for name in ("review.json", "words.json")]
RULES: Final[dict[str, Any]] = json.loads(_SOURCES[0])
ORDINARY: Final = frozenset(RULES["ordinary_capitals"])
_NAMED = ",".join(f"{check.name}:{check.version}" for check in CHECKS)
_DIGEST = hashlib.sha256(
    b"\0".join([*_SOURCES, _NAMED.encode(), MASK_VERSION.encode(), RULES_VERSION.encode()])
)
CHECKER: Final = f"{RULES['version']}+{_DIGEST.hexdigest()[:8]}"
