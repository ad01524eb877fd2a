"""Coaching › Playground: what would the coach answer, by which version and model, and why."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import streamlit as st

from bee.coach.playground import Asked, Scene, Trial, made_up
from bee.coach.prompting import Prompt
from bee.momentum.score import MomentumState
from bee.ui.blocks import card_head, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.member_picker import find_one
from bee.ui.member_reads import record_look
from bee.ui.palette import WORDS
from bee.ui.pickers import pick_member_words
from bee.ui.playground_acts import SEE_LAB, begin_trial, read_members_scene, read_offer
from bee.ui.playground_pickers import (
    ask_made_up,
    is_offline,
    pick_how_many,
    pick_known,
    pick_prompt,
    pick_shown,
    pick_state,
)
from bee.ui.playground_view import show_prompt, show_said, show_trials, watch
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now

viewer = guard(*SEE_LAB)

PLAYED: Final = "playground-played"
SAFE: Final = (
    "Nothing of this reaches a member or is kept as a conversation; what it costs counts as the lab's."
)


@dataclass(frozen=True, slots=True)
class Played:
    """What was asked last, about whom, and what came of it; ``before``: of the time before."""

    asked: tuple[Asked, ...]
    message: str
    member_id: UUID | None
    trials: tuple[Trial, ...]
    before: tuple[Trial, ...]


def show() -> None:
    """Draw the choices, the moment, the versions, the answers and the prompt."""
    covers, choices = page_head("Playground")
    covers.caption(SAFE)
    scope = Scope.of(viewer, SEE_LAB)
    with choices:
        words = pick_member_words(by_name=True)
        how_many = pick_how_many()
    member_id = find_one(scope, words, "Leave it empty for somebody made up.") if words else None
    if words and member_id is None:
        return
    if member_id is not None:
        record_look(viewer, scope, member_id, utc_now())
    whole, off = show_moment(scope, member_id)
    scene = whole.without(off)
    prompts = show_versions(scope, how_many)
    if not prompts:
        return
    ask(prompts, scene, member_id)
    with st.container(border=True):
        card_head("The exact prompt", "Part by part, as it would leave this house, masked")
        prompt = prompts[pick_shown(prompts)]
        if is_offline(prompt):
            st.caption(
                "The offline coach answers by rules and reads no prompt. With a model this would be it:"
            )
        show_prompt(prompt, scene, whole)


def show_moment(scope: Scope, member_id: UUID | None) -> tuple[Scene, frozenset[UUID]]:
    """Draw what an answer would rest on, and return it with the memories that are switched off."""
    said, known = st.columns(2)
    with said.container(border=True, height="stretch"):
        card_head("The message", "What the member writes")
        message = st.text_area(
            "Message", key="message", height=120, max_chars=20_000, label_visibility="collapsed",
            placeholder="I had a hard week and did not walk once",
        )  # fmt: skip
        scene = read_members_scene(scope, member_id, message, utc_now()) if member_id else ask_scene(message)
    with known.container(border=True, height="stretch"):
        state = scene.moment.state
        card_head("What is known", "A memory that is switched off is left out of the prompt")
        st.caption(f"Momentum: {WORDS[MomentumState(state)].lower() if state else 'nothing known'}")
        off = pick_known(scene.moment.memories)
        if member_id and not scene.may_leave:
            st.caption(":material/lock: The member did not consent: no word of theirs goes to a model.")
        if member_id:
            show_said(scene.moment.recent)
    return scene, off


def ask_scene(message: str) -> Scene:
    """Ask for a moment of nobody's."""
    state = pick_state()
    typed = ask_made_up()
    return made_up(message, state, typed.memories, typed.said)


def show_versions(scope: Scope, how_many: int) -> list[Prompt]:
    """Draw which versions and models are asked, and return them."""
    offer = read_offer(scope)
    if not offer.versions:
        empty(
            "description", "There is no prompt yet", "A version comes with each release; coaches write more."
        )
        return []
    with st.container(border=True):
        card_head("Versions", "A version and its model, or another model")
        prompts = [pick_prompt(offer, place) for place in range(how_many)]
    return [prompt for prompt in prompts if prompt is not None]


def ask(prompts: Sequence[Prompt], scene: Scene, member_id: UUID | None) -> None:
    """Offer to ask, and draw the answers: as they come, or those of the last time."""
    played: Played | None = st.session_state.get(PLAYED)
    message = str(st.session_state.get("message", ""))
    if st.button("Ask", icon=":material/play_arrow:", disabled=not message.strip()):
        asked = tuple(Asked(prompt, scene.asking(message)) for prompt in prompts)
        stage = begin_trial(prompts, member_id)
        with closing(stage.play(asked)) as events:
            trials = tuple(watch(events, prompts))
        st.session_state[PLAYED] = Played(asked, message, member_id, trials, played.trials if played else ())
        st.rerun()
    if played is None:
        st.caption("Write a message and ask: the answers come side by side.")
        return
    now = tuple(Asked(prompt, scene.asking(played.message)) for prompt in prompts)
    if (message, member_id) != (played.message, played.member_id) or now != played.asked:
        st.caption(
            ":material/info: You changed something since: these are the answers to what you asked before."
        )
    show_trials(played.trials, played.before)


with errors_shown():
    show()
