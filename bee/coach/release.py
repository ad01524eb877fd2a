"""What of a text that still grows may be shown (pure)."""

import re
from typing import Final

from bee.coach.masking import Mask
from bee.coach.offline import Moment
from bee.coach.review import LONGEST_REPLY, review_part
from bee.coach.text import cleaned

# As many words are held back as it takes to see what they are part of: a number, a name, a claim.
HELD_BACK: Final = 3
# Looked at whenever so many more are there: a look costs a millisecond.
STEP: Final = 2
WORD_ENDS: Final = re.compile(r"\s(?=\S)")


class Unsafe(Exception):
    """What came may not be shown. ``failed``: the checks that object."""

    def __init__(self, failed: tuple[str, ...]) -> None:
        super().__init__(", ".join(failed))
        self.failed = failed


class Release:
    """A text as it comes from a model, with tokens for what is hidden, and how much of it was shown."""

    def __init__(self, moment: Moment, mask: Mask) -> None:
        self._moment = moment
        self._mask = mask
        self._raw = ""
        self._shown = 0
        self._words = 0

    @property
    def text(self) -> str:
        """All that came, as the member reads it."""
        return self._mask.show(self._raw)

    @property
    def received(self) -> int:
        """How many characters came."""
        return len(self._raw)

    def feed(self, piece: str) -> str:
        """Take in what came and return what may be shown now. Raises :class:`Unsafe`."""
        self._raw += cleaned(piece)
        if len(self._raw) > LONGEST_REPLY:
            raise Unsafe(("length",))
        ends = [match.start() for match in WORD_ENDS.finditer(self._raw)]
        if len(ends) < HELD_BACK or (self._words and len(ends) < self._words + STEP):
            return ""
        self._words = len(ends)
        found = review_part(self.text, self._moment)
        if not found.passes:
            raise Unsafe(found.failed)
        return self._upto(self._mask.show(self._raw[: ends[-HELD_BACK]]))

    def rest(self) -> str:
        """Return what was not shown yet of a text that is whole and was checked."""
        return self._upto(self.text)

    def _upto(self, text: str) -> str:
        fresh = text[self._shown :]
        self._shown = len(text)
        return fresh
