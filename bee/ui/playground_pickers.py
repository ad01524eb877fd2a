"""The choices of the playground: all of them in the address, but the texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import streamlit as st

from bee.coach.model import Provider
from bee.coach.offline import Memory, Momentum
from bee.coach.prompting import Prompt
from bee.ui.palette import WORDS
from bee.ui.pickers import pick_one
from bee.ui.playground_acts import Offer, prompt_from
from bee.ui.playground_words import LETTERS
from bee.ui.text import plain

OFF: Final = "off"
STATES: Final = {words: state.value for state, words in WORDS.items()}
ARMS: Final = {"2": 2, "3": 3, "4": 4}


@dataclass(frozen=True, slots=True)
class Typed:
    """The texts of a made-up moment."""

    memories: str
    said: str


def pick_state() -> Momentum | None:
    """Let the viewer choose how the days of somebody made up go."""
    chosen = pick_one("State", "Nothing known", STATES, key="state", width=150)
    return None if chosen is None else Momentum(chosen)


def pick_how_many() -> int:
    """Let the viewer choose how many are asked."""
    chosen = st.segmented_control(
        "How many", tuple(ARMS), default="2", required=True, key="arms", label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    return ARMS.get(chosen or "2", 2)


def pick_prompt(offer: Offer, place: int, *, is_only: bool = False) -> Prompt | None:
    """Let the viewer choose a version and a model for one of those asked; None while there is no version.

    ``is_only``: whether it is the only one, which needs no letter.
    """
    letter = LETTERS[place]
    # What is tried first is beside what members get.
    usual = offer.live if place == 0 else offer.versions[0] if offer.versions else None
    label = "Live version" if place == 0 else "Newest version"
    numbers = {f"Version {version.number}": str(version.number) for version in offer.versions}
    with st.container(horizontal=True, vertical_alignment="center"):
        if not is_only:
            st.markdown(f"**{letter}**", width="content")
        chosen = pick_one(f"Version {letter}", label, numbers, key=f"v{place + 1}", width=150)
        model = pick_one(
            f"Model {letter}",
            "Its own model",
            {name: name for name in offer.models},
            key=f"m{place + 1}",
            width=220,
        )
    version = usual if chosen is None else offer.version(int(chosen))
    return None if version is None else prompt_from(version, model)


def pick_known(memories: Sequence[Memory]) -> frozenset[UUID]:
    """Let the viewer switch memories off, and return those that are; the address has them, and no word of them."""
    if not memories:
        st.caption("Nothing is remembered.")
        return frozenset()
    asked = set(st.query_params.get(OFF, "").split(","))
    off = []
    for memory in memories:
        key = f"known-{memory.id}"
        st.session_state.setdefault(key, _short(memory.id) not in asked)
        if not st.checkbox(plain(memory.trait_value), key=key):
            off.append(memory.id)
    if off:
        st.query_params[OFF] = ",".join(map(_short, off))
    else:
        st.query_params.pop(OFF, None)
    return frozenset(off)


def pick_shown(prompts: Sequence[Prompt]) -> int:
    """Let the viewer choose whose prompt is shown."""
    letters = LETTERS[: len(prompts)]
    chosen = st.segmented_control(
        "Whose prompt", tuple(letters), default="A", required=True, key="prompt", label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    return letters.index(chosen) if chosen and chosen in letters else 0


def ask_made_up() -> Typed:
    """Ask what is remembered and was said."""
    memories = st.text_area(
        "Memories", key="memories", height=90, max_chars=20_000, placeholder="One a line: walks at dawn"
    )
    said = st.text_area(
        "Said before", key="said", height=90, max_chars=20_000,
        placeholder="One a line, oldest first; the coach's begin with Coach:",
    )  # fmt: skip
    return Typed(memories, said)


def is_offline(prompt: Prompt) -> bool:
    """Whether no model would be asked."""
    return prompt.provider is Provider.OFFLINE


def _short(memory_id: UUID) -> str:
    """Return a memory's id as an address has it: of one member's, no two begin alike."""
    return memory_id.hex[:8]
