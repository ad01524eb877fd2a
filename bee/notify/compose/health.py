"""Words in a text that a lock screen should not show to whoever stands by (pure): the list is data beside it."""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from bee.notify.rule import Variant

WORDS_FILE: Final = Path(__file__).with_name("health_words.json")


def health_words(variants: Iterable[Variant]) -> list[str]:
    """Return what in the wordings tells of somebody's health, as the list has it, in order."""
    text = " ".join(f"{variant.title} {variant.body}" for variant in variants).casefold()
    return sorted({" ".join(found[0].split()) for found in _pattern().finditer(text)})


@cache
def _pattern() -> re.Pattern[str]:
    known = json.loads(WORDS_FILE.read_text(encoding="utf-8"))
    # The longest first, so that a phrase is found before a word of it.
    longest_first = sorted(known["words"] + known["phrases"], key=len, reverse=True)
    alternatives = "|".join(r"[\s-]+".join(map(re.escape, said.split())) for said in longest_first)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
