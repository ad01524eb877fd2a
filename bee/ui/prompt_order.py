"""The order of the parts of a version that somebody writes: one is chosen, and moved, left out or put back."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from bee.coach.prompts.order import Order
from bee.coach.prompts.template import Choice, Listing, Passage
from bee.ui.prompt_words import STATE_WORDS, part_words

TemplatePart = Passage | Choice | Listing
AT_END: Final = "At the end"


def ask_order(parts: Sequence[TemplatePart], key: str) -> Order:
    """Let somebody choose a part and say where it shall stand; the buttons stay where they are meanwhile."""
    order: Order = st.session_state.get(f"{key}-order", Order.of(len(parts)))
    names = part_names(parts)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = names.index(st.selectbox("Part to move or leave out", names, key=f"{key}-moved", width=260))
        for words, icon, by in (("Up", "arrow_upward", -1), ("Down", "arrow_downward", 1)):
            st.button(
                words,
                icon=f":material/{icon}:",
                key=f"{key}-{words}",
                disabled=not order.can_move(place, by),
                on_click=_keep,
                args=(key, order.moved(place, by)),
            )
        is_out = place in order.out
        st.button(
            "Put it back" if is_out else "Leave it out",
            icon=":material/undo:" if is_out else ":material/remove:",
            key=f"{key}-turn",
            on_click=_turn,
            args=(key, order, place, text_keys(parts[place], f"{key}-{place}")),
        )
    told = (f"~~{names[place]}~~" if place in order.out else names[place] for place in order.places)
    st.caption(" · ".join(told))
    return order


def part_names(parts: Sequence[TemplatePart]) -> list[str]:
    """Return what each part is called; where two come from the same, the later ones with a number."""
    names: list[str] = []
    for part in parts:
        name = part_words(part.origin)
        number = sum(other.origin == part.origin for other in parts[: len(names)]) + 1
        names.append(name if number == 1 else f"{name} ({number})")
    return names


def text_keys(part: TemplatePart, key: str) -> list[str]:
    """Return the keys of the fields in which a part's words stand."""
    return [f"{key}-{state}" for state in STATE_WORDS] if isinstance(part, Choice) else [key]


def kept_words(key: str) -> Mapping[str, str]:
    """Return what stood in the fields of parts when they were left out, by their keys."""
    kept: Mapping[str, str] = st.session_state.get(f"{key}-kept", {})
    return kept


def _keep(key: str, order: Order) -> None:
    st.session_state[f"{key}-order"] = order


def _turn(key: str, order: Order, place: int, fields: Sequence[str]) -> None:
    """Leave a part out or put it back, with what was written there: a field that is not drawn forgets it."""
    written = {field: st.session_state[field] for field in fields if st.session_state.get(field)}
    st.session_state[f"{key}-kept"] = {**kept_words(key), **written}
    _keep(key, order.turned(place))
