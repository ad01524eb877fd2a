"""What one prompt says otherwise than another, part by part and word by word (pure)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from bee.coach.prompts.template import Part, Rendered

# A word with the space behind it, so that of two runs of words in a row each is one.
WORD: Final = re.compile(r"\S+\s*|\s+")


class Mark(StrEnum):
    """Where some words stand."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row: in both texts, or in one of them."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class PartDifference:
    """A part of either prompt. All its words that are not gone, in a row, are the part of the later one."""

    origin: str
    pieces: tuple[Piece, ...]

    @property
    def mark(self) -> Mark | None:
        """What all of it is; None where it changed."""
        marks = {piece.mark for piece in self.pieces}
        return marks.pop() if len(marks) == 1 else None


def differences(before: Rendered, after: Rendered) -> list[PartDifference]:
    """Return the parts of two prompts in their order; one that stands elsewhere is gone here and new there.

    A part is known by its origin, and by which one of that origin it is.
    """
    was, now = _named(before.parts), _named(after.parts)
    found: list[PartDifference] = []
    matcher = SequenceMatcher(None, [name for name, _ in was], [name for name, _ in now], autojunk=False)
    for kind, was_from, was_to, now_from, now_to in matcher.get_opcodes():
        if kind == "equal":
            pairs = zip(was[was_from:was_to], now[now_from:now_to], strict=True)
            found += [PartDifference(old.origin, pieces(old.text, new.text)) for (_, old), (_, new) in pairs]
        else:
            found += [_whole(part, Mark.GONE) for _, part in was[was_from:was_to]]
            found += [_whole(part, Mark.NEW) for _, part in now[now_from:now_to]]
    return found


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return what of a text stayed, went and came, word by word; what went stands before what came."""
    return tuple(piece for piece in _pieces(WORD.findall(before), WORD.findall(after)) if piece.text)


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for kind, was_from, was_to, now_from, now_to in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        was, now = "".join(before[was_from:was_to]), "".join(after[now_from:now_to])
        if kind == "equal":
            yield Piece(Mark.SAME, was)
        else:
            yield Piece(Mark.GONE, was)
            yield Piece(Mark.NEW, now)


def _whole(part: Part, mark: Mark) -> PartDifference:
    return PartDifference(part.origin, (Piece(mark, part.text),))


def _named(parts: Sequence[Part]) -> list[tuple[tuple[str, int], Part]]:
    named: list[tuple[tuple[str, int], Part]] = []
    for part in parts:
        number = sum(origin == part.origin for (origin, _), _ in named)
        named.append(((part.origin, number), part))
    return named
