"""The form in which the next version of a prompt is written, part by part."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from bee.coach.prompts.draft import Draft, parse_draft
from bee.coach.prompts.template import Choice, Listing, Parameters, Passage
from bee.ui.prompt_difference import TEXT_PX
from bee.ui.prompt_order import AT_END, TemplatePart, ask_order, kept_words, part_names
from bee.ui.prompt_words import SETTINGS_MODEL, STATE_WORDS, part_words

MOST_LETTERS: Final = 8000
BRACES: Final = "Braces stand for variables: for a brace itself write it twice."


def ask_draft(start: Draft, key: str) -> Draft:
    """Ask what the next version shall say, beginning with what one says.

    Raises :class:`bee.errors.Invalid` with every fault. ``key``: what the fields belong to.
    """
    parts = start.template.parts
    order, kept = ask_order(parts, key), kept_words(key)
    said = [
        _ask_part(parts[place], f"{key}-{place}", kept) for place in order.places if place not in order.out
    ]
    before, new = _ask_new_part(
        [place for place in order.places if place not in order.out], parts, f"{key}-new"
    )
    said.insert(len(said) if before is None else before, new)
    variables = dict(start.template.variables)
    return parse_draft(
        {
            "template": {"variables": variables, "parts": [part for part in said if part is not None]},
            "model": _ask_model(start.model, f"{key}-model"),
            "parameters": _ask_parameters(start.parameters, key),
        }
    )


def _ask_part(part: TemplatePart, key: str, kept: Mapping[str, str]) -> dict[str, Any] | None:
    """Ask what a part shall say; None where it shall go. ``kept``: what was written before it was left out."""
    said = part.model_dump(mode="json")
    match part:
        case Passage():
            text = _ask_text(
                part_words(part.origin), kept.get(key, part.text), key, f"Left empty, it goes. {BRACES}"
            )
            return said | {"text": text} if text.strip() else None
        case Choice():
            return said | {"texts": _ask_guidance(part, key, kept)}
        case Listing():
            heading = _ask_text(
                f"{part_words(part.origin)}, what stands above them", kept.get(key, part.heading), key,
                "One line for each memory follows; without any, all of it is left out.",
            )  # fmt: skip
            return said | {"heading": heading}


def _ask_guidance(part: Choice, key: str, kept: Mapping[str, str]) -> dict[str, str]:
    return {
        state: _ask_text(
            f"{part_words(part.origin)}: {STATE_WORDS[state]}",
            kept.get(f"{key}-{state}", part.texts[state]),
            f"{key}-{state}",
        )
        for state in STATE_WORDS
    }


def _ask_new_part(
    places: Sequence[int], parts: Sequence[TemplatePart], key: str
) -> tuple[int | None, dict[str, Any] | None]:
    """Ask for one more part, and return before which of ``places`` it shall stand, and what it says; or None."""
    names = part_names(parts)
    before = {f"Before {names[place]}": number for number, place in enumerate(places)}
    with st.expander("Add a part"):
        with st.container(horizontal=True):
            name = st.text_input(
                "Name of the part", key=f"{key}-name", max_chars=40, placeholder="tone", width=260
            )
            where = st.selectbox("Where", (AT_END, *before), key=f"{key}-where", width=260)
        text = _ask_text("What it says", "", f"{key}-text", BRACES)
    if not name and not text:
        return None, None
    return before.get(where), {"origin": name.strip().lower().replace(" ", "_"), "text": text}


def _ask_text(label: str, text: str, key: str, more: str | None = None) -> str:
    said = st.text_area(label, text, "content", MOST_LETTERS, key=key, help=more, width=TEXT_PX)
    return said or ""


def _ask_model(model: str | None, key: str) -> str | None:
    said = st.text_input(
        "Model",
        model or "",
        100,
        key=key,
        placeholder=SETTINGS_MODEL,
        help="provider/model, such as openai/gpt-4o-mini, or offline. Empty: the one that the settings name.",
        width=320,
    )
    return said.strip() or None


def _ask_parameters(start: Parameters, key: str) -> dict[str, Any]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tokens = st.number_input(
            "Most tokens", 1, 4000, start.max_tokens, key=f"{key}-tokens", width=165,
            help="Where an answer is cut off; a token is about three quarters of a word.",
        )  # fmt: skip
        left = st.toggle("The model decides the temperature", start.temperature is None, key=f"{key}-left")
        usual = Parameters().temperature if start.temperature is None else start.temperature
        temperature = st.number_input(
            "Temperature", 0.0, 2.0, usual, 0.1, key=f"{key}-temperature", width=165, disabled=left,
            help="Lower is steadier.",
        )  # fmt: skip
    return {"temperature": None if left else temperature, "max_tokens": tokens}
