"""Text as the rules read it: plain lower-case ASCII words, each of which knows where it came from.

Folding undoes what keeps a phrase from being seen without changing what a person reads: case, full-width and
decorative letters, accents, invisible and right-to-left marks, look-alikes from other alphabets, apostrophes of
every kind, digits for letters, single letters set apart, letters drawn out. One pass, whatever the text holds.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

# Letters of other alphabets that look like Latin ones.
LOOK_ALIKES = str.maketrans(
    "абвеѕіјкмнорстухԁɡɩηαβεικνορτυχᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
    "abbesijkmhopctyxdginabeiknoptuxabcdefghijklmnoprstuvwyz",
)
LETTERS_FOR_DIGITS = str.maketrans("013457@$!|", "oieastasii")
APOSTROPHES = "'’‘‛ʼʹ`´＇′"
# Apostrophes, invisible marks, combining marks, and the signs that stand for letters belong to a word.
IN_WORD = (
    r"\w'’‘‛ʼʹ`´＇′@$!|"
    r"\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
    r"\u24b6-\u24e9\U0001f130-\U0001f149"
)
SPACED_LETTERS = rf"[^\W\d_](?:[ .\-*/]{{1,2}}[^\W\d_](?![{IN_WORD}])){{2,}}"
WORDS = re.compile(rf"(?:({SPACED_LETTERS})|([{IN_WORD}]+))([^{IN_WORD}]*)")
BETWEEN_LETTERS = re.compile(r"[ .\-*/]")
SENTENCE_END = re.compile(r"(?<!\.)[.?;:](?=\s)|\n\s*\n")
DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
UNIT = re.compile(r"(\d+)([a-z]{1,3})")
LONGEST_WORD = 64


@dataclass(frozen=True, slots=True)
class Folded:
    """A text's words, one space between them and a line break between sentences.

    ``starts[i]`` is where in ``text`` the word begins that covers ``spans[i]`` of the original.
    """

    text: str
    starts: list[int]
    spans: list[tuple[int, int]]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the original the words between two places of the folded text stand."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        return self.spans[first][0], self.spans[last][1]


def fold(text: str) -> Folded:
    """Return a text as the rules read it. Never raises; the work grows with the length alone."""
    pieces: list[str] = []
    starts: list[int] = []
    spans: list[tuple[int, int]] = []
    length = 0
    for match in WORDS.finditer(text):
        spaced, word, gap = match.groups()
        if spaced:
            word = BETWEEN_LETTERS.sub("", spaced)
        folded = _fold_word(word) if len(word) <= LONGEST_WORD else _folded(word)
        if not folded:
            continue
        starts.append(length)
        spans.append(match.span(1 if spaced else 2))
        ends = bool(gap) and (word[-1] == "!" or (gap != " " and SENTENCE_END.search(gap) is not None))
        pieces.append(folded + ("\n" if ends else " "))
        length += len(pieces[-1])
    return Folded("".join(pieces), starts, spans)


@lru_cache(maxsize=20_000)
def _fold_word(word: str) -> str:
    return _folded(word)


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).casefold().translate(LOOK_ALIKES)
    letters = "".join(
        " " if letter == "_" else letter for letter in plain if letter.isascii() and letter not in APOSTROPHES
    )
    return DRAWN_OUT.sub(_shorten, " ".join(map(_spelled_out, letters.split())))


def _spelled_out(word: str) -> str:
    """Return a word with letters for the digits in it; a number with its unit stays one, set apart."""
    word = word.strip("!|")
    unit = UNIT.fullmatch(word)
    if unit is not None:
        return f"{unit[1]} {unit[2]}"
    if not any("a" <= letter <= "z" for letter in word):
        return word
    return word.replace("11", "ll").translate(LETTERS_FOR_DIGITS)


def _shorten(match: re.Match[str]) -> str:
    return match[1] * (2 if match[1] in "ls" else 1)
