"""The words that somebody gives with an act: why, or what for."""

from typing import Final

from bee.errors import Invalid

MOST_LETTERS: Final = 500


def given_words(text: str, ask: str, *, most: int = MOST_LETTERS) -> str:
    """Return what somebody said, without what surrounds it.

    ``ask``: what to say, as ``Say why``. Raises :class:`Invalid` for nothing or too much.
    """
    # PostgreSQL has no text with this letter in it.
    said = text.replace("\0", "").strip()
    if not 1 <= len(said) <= most:
        raise Invalid("words_needed", f"{ask}, in at most {most:,} characters.")
    return said
