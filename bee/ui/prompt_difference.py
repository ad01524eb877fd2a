"""What two versions say otherwise, drawn word by word: what went is struck through, what came is bold."""

import re
from collections.abc import Sequence
from typing import Final

import streamlit as st

from bee.coach.prompts.difference import Mark, PartDifference, Piece
from bee.ui.prompt_words import mark_words, part_words

# The widest that a line of text is to be read.
TEXT_PX: Final = 720
# Whatever Markdown could take for a mark.
PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
LEADING: Final = re.compile(r"^[ \t]+")


def show_differences(found: Sequence[PartDifference], *, before: str, after: str, only_changes: bool) -> None:
    """Draw the parts of two prompts; ``before`` and ``after`` are how these are called."""
    shown = [part for part in found if not (only_changes and part.mark is Mark.SAME)]
    if not shown:
        st.caption("Not a word differs.")
        return
    st.caption(f"~~Struck through~~: only in {before}. **Bold**: only in {after}.")
    for part in shown:
        _show_part(part)


def marked(pieces: Sequence[Piece]) -> str:
    """Return a part as Markdown that says nothing but its words and what became of them."""
    text = ""
    for piece in pieces:
        for number, line in enumerate(piece.text.split("\n")):
            text += ("  \n" if number else "") + _dressed(piece.mark, line)
    return text


def _show_part(part: PartDifference) -> None:
    with st.container(gap="xxsmall", width=TEXT_PX):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(part_words(part.origin), width="content")
            if said := mark_words(part):
                st.badge(said, color="green" if part.mark is Mark.NEW else "gray", width="content")
        st.markdown(marked(part.pieces))


def _dressed(mark: Mark, line: str) -> str:
    words = line.strip()
    if not words:
        return line
    start, _, end = line.partition(words)
    said = PUNCTUATION.sub(r"\\\1", words)
    match mark:
        case Mark.SAME:
            dressed = said
        case Mark.GONE:
            dressed = f":gray-background[~~{said}~~]"
        case Mark.NEW:
            dressed = f":green-background[**{said}**]"
    # A space at the beginning of a line is one, and no sign of code.
    return LEADING.sub(lambda found: "\N{NO-BREAK SPACE}" * len(found[0]), start) + dressed + end
