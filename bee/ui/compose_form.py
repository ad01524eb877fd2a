"""The form in which a campaign is written: what it asks for becomes a campaign, or says why it is none."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from bee.engage.queries import Segment
from bee.momentum.score import MomentumState
from bee.notify.compose.campaign import SAMPLE, Audience, Campaign, longest_bytes, make_campaign, rendered
from bee.notify.compose.lock_screen import PHONES, Shown, shown_on
from bee.notify.payload import MOST_BYTES
from bee.notify.rule import Variant
from bee.ui.compose_words import PLATFORMS, segment_labels
from bee.ui.palette import WORDS
from bee.ui.text import plain
from bee.ui.words import counted, type_words

MOST_WORDINGS: Final = 5
PREVIEW_PX: Final = 300
HELP: Final = "{score} is filled in; who has no score yet gets nothing then."


def ask_campaign(
    known: Campaign | None, segments: Sequence[Segment], zones: Sequence[str], key: str
) -> Campaign:
    """Ask what a campaign says and to whom, beginning with what it says.

    Raises :class:`bee.errors.Invalid` with every fault. ``key``: what the fields belong to.
    """
    with st.container(border=True):
        title = st.text_input(
            "What the staff call it", known.title if known else "", 80, key=f"{key}-title", autocomplete="off"
        )
        audience = _ask_audience(known, segments, zones, key)
    variants = _ask_wordings(known, key)
    with st.container(border=True):
        limits = _ask_limits(known, key)
    return make_campaign({"title": title, "audience": audience, "variants": variants} | limits)


def show_wordings(campaign: Campaign) -> None:
    """Draw every wording as lock screens show it, and what it takes of the push service's limit."""
    for variant in campaign.variants:
        if len(campaign.variants) > 1:
            st.caption(plain(f"Wording {variant.name}"))
        show_wording(variant)
    st.caption(f"{longest_bytes(campaign):,} of {MOST_BYTES:,} bytes, at most")


def show_wording(variant: Variant) -> None:
    """Draw one wording as lock screens show it."""
    text = rendered(variant, SAMPLE)
    if text is None:
        return
    with st.container(horizontal=True):
        for phone in PHONES:
            _show_phone(shown_on(phone, text))


def _show_phone(shown: Shown) -> None:
    with st.container(width=PREVIEW_PX, gap="xsmall"):
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{plain(shown.title)}**")
            st.text(shown.body)
        st.caption(f"{shown.phone}, locked{': cut' if shown.is_cut else ''}")


def _ask_audience(
    known: Campaign | None, segments: Sequence[Segment], zones: Sequence[str], key: str
) -> dict[str, Any]:
    said = known.audience if known else None
    known_zones = [*zones, *(zone for zone in (said.zones if said else ()) if zone not in zones)]
    states = {state.value: WORDS[state] for state in MomentumState}
    with st.container(horizontal=True):
        segment = _ask_segment(said.segment if said else Audience().segment, segments, key)
        chosen_states = st.multiselect(
            "State", list(states), list(said.states) if said else [], format_func=lambda each: states[each],
            key=f"{key}-states", placeholder="Any", width=220,
        )  # fmt: skip
        chosen_zones = st.multiselect(
            "Time zone", known_zones, list(said.zones) if said else [], key=f"{key}-zones", placeholder="Any",
            width=220,
        )  # fmt: skip
        platforms = st.multiselect(
            "Device", list(PLATFORMS), list(said.platforms) if said else [],
            format_func=lambda each: PLATFORMS[each], key=f"{key}-platforms", placeholder="Any", width=200,
        )  # fmt: skip
    return {
        "segment": segment,
        "states": chosen_states,
        "zones": chosen_zones,
        "platforms": platforms,
    }


def _ask_segment(chosen: str, segments: Sequence[Segment], key: str) -> str:
    """Ask for a segment, and return its key. One that is no more stays: nobody else is meant instead."""
    labels = segment_labels(segments)
    keys = list(dict.fromkeys((*labels, chosen)))
    if len(keys) == 1:
        return keys[0]
    found = st.selectbox(
        "Segment", keys, keys.index(chosen), format_func=lambda each: labels.get(each, each),
        key=f"{key}-segment", width=200, required=True,
    )  # fmt: skip
    return found or chosen


def _ask_wordings(known: Campaign | None, key: str) -> list[dict[str, str]]:
    variants = known.variants if known else ()
    many = st.number_input(
        "Wordings, by lot", 1, MOST_WORDINGS, max(1, len(variants)), key=f"{key}-wordings", width=165
    )
    return [
        _ask_wording(variants[place] if place < len(variants) else None, place, f"{key}-{place}")
        for place in range(many)
    ]


def _ask_wording(known: Variant | None, place: int, key: str) -> dict[str, str]:
    with st.container(border=True):
        said = {
            "name": known.name if known else f"wording_{place + 1}",
            "title": st.text_input("Title", known.title if known else "", 120, key=f"{key}-title", help=HELP),
            "body": st.text_area("Text", known.body if known else "", 90, 1000, key=f"{key}-body", help=HELP),
        }
        try:
            show_wording(Variant.model_validate(said))
        except ValueError:
            st.caption("A preview appears once there are a title and a text.")
    return said


def _ask_limits(known: Campaign | None, key: str) -> dict[str, Any]:
    usual = known or Campaign(title="x", variants=(Variant(name="x", title="x", body="x"),))
    priorities = ("high", "normal", "low")
    with st.container(horizontal=True):
        screen = st.text_input(
            "Screen that it opens", usual.action.get("screen", ""), 40, key=f"{key}-screen", width=165,
            placeholder="today", help="As the app calls it; empty opens the app.",
        ).strip()  # fmt: skip
        return {
            "action": {"screen": screen} if screen else {},
            "type": st.text_input(
                "Type", usual.type, 40, key=f"{key}-type", width=165, help="Members opt out by type."
            ),
            "priority": st.selectbox(
                "Priority", priorities, priorities.index(usual.priority), key=f"{key}-priority", width=120,
                format_func=type_words, required=True,
            ),
            "per_minute": _number("A minute, at most", usual.per_minute, 1, 600, f"{key}-minute"),
            "valid_h": _number("Sent within, hours", usual.valid_h, 1, 72, f"{key}-valid"),
            "cooldown_h": _number("Pause, hours", usual.cooldown_h, 0, 720, f"{key}-pause"),
            "most_per_day": _number("Most a day", usual.most_per_day, 1, 10, f"{key}-most"),
        }  # fmt: skip


def _number(label: str, value: int, least: int, most: int, key: str) -> int:
    return st.number_input(label, least, most, value, key=key, width=165)


def audience_caption(people: int) -> str:
    """Return how many people an audience means."""
    return f"{counted(people, 'person', 'people')} now. Saving keeps exactly who they are."
