"""What is tried, drawn: the exact prompt by its parts, and answers side by side as they come."""

from collections.abc import Iterable, Sequence
from typing import Final

import streamlit as st

from bee.coach.masking import Mask
from bee.coach.offline import Said
from bee.coach.playground import Done, Event, Piece, Scene, Trial
from bee.coach.prompting import Prompt, laid_out
from bee.coach.safety import screen
from bee.ui.blocks import facts
from bee.ui.playground_words import (
    LETTERS,
    check_words,
    checks_words,
    prompt_name,
    seconds_words,
    tokens_words,
    trial_cost_words,
    verdict_words,
    why_words,
)
from bee.ui.prompt_difference import TEXT_PX
from bee.ui.prompt_words import part_words
from bee.ui.text import plain
from bee.ui.words import counted, type_words

GOES_ON: Final = " ▌"
SPEAKERS: Final = {"user": "Member", "assistant": "Coach"}


def show_prompt(prompt: Prompt, scene: Scene, whole: Scene) -> None:
    """Draw what a model reads, part by part; ``whole``: the same with every memory, to tell what is left out."""
    if screen(scene.moment.message).crisis:
        st.caption(
            ":material/health_and_safety: The words tell of danger: no model would be asked with this."
        )
    told = laid_out(prompt, scene.moment, Mask(scene.known))
    before = {part.text for part in laid_out(prompt, whole.moment, Mask(whole.known)).system.parts}
    for part in told.system.parts:
        _show_part(part_words(part.origin), part.text, is_changed=part.text not in before)
    left_out = [memory for memory in whole.moment.memories if memory not in scene.moment.memories]
    if left_out:
        words = "; ".join(f"~~{plain(memory.trait_value)}~~" for memory in left_out)
        st.caption(f"Left out of the prompt: {words}")
    for turn in told.turns:
        if turn.text:
            _show_part(SPEAKERS[turn.role], turn.text)


def show_said(recent: Sequence[Said]) -> None:
    """Draw what was said before, oldest first; ``recent``: newest first."""
    if not recent:
        st.caption("Nothing was said before.")
        return
    with st.expander(f"Said before: {counted(len(recent), 'message', 'messages')}", icon=":material/forum:"):
        for each in reversed(recent):
            _show_part(type_words(each.role), each.body)


def watch(events: Iterable[Event], prompts: Sequence[Prompt]) -> list[Trial]:
    """Draw answers side by side as they come, and return them."""
    places = [place.empty() for place in _columns(prompts)]
    texts = [""] * len(prompts)
    trials: dict[int, Trial] = {}
    for place in places:
        place.caption("Asked …")
    for event in events:
        match event:
            case Piece(place=number, text=text):
                texts[number] += text
                places[number].markdown(plain(texts[number]) + GOES_ON)
            case Done(place=number, trial=trial):
                trials[number] = trial
                with places[number].container():
                    show_trial(trial)
    return [trials[number] for number in sorted(trials)]


def show_trials(trials: Sequence[Trial], before: Sequence[Trial]) -> None:
    """Draw answers side by side, each with the one before it where there was one."""
    columns = _columns([trial.prompt for trial in trials])
    for number, (column, trial) in enumerate(zip(columns, trials, strict=True)):
        with column:
            show_trial(trial)
            if number < len(before):
                _show_before(before[number])


def show_trial(trial: Trial) -> None:
    """Draw one answer: what would be sent, what a model said otherwise, what it took, what the checks say."""
    st.badge(
        verdict_words(trial),
        icon=":material/check:" if trial.fallback is None else ":material/block:",
        color="blue" if trial.fallback is None else "gray",
    )
    if trial.fallback is not None:
        st.caption(f"Because {why_words(trial.fallback)}.")
        if trial.heard:
            st.markdown(plain(trial.heard))
            st.caption("That is what the model said. The member would be sent, by rules:")
        else:
            st.caption("The member would be sent, by rules:")
    st.markdown(plain(trial.sent))
    _show_figures(trial)
    _show_checks(trial)


def _columns(prompts: Sequence[Prompt]) -> list[st.delta_generator.DeltaGenerator]:
    """Return a card for each of those asked, with its name at the top; two to a row, one on a phone."""
    cells = []
    for start in range(0, len(prompts), 2):
        for column, number in zip(st.columns(2), range(start, min(start + 2, len(prompts))), strict=False):
            card = column.container(border=True)
            card.markdown(f"**{LETTERS[number]}** · {plain(prompt_name(prompts[number]))}")
            cells.append(card)
    return cells


def _show_figures(trial: Trial) -> None:
    if not trial.tries:
        return
    facts(
        [
            ("First text", seconds_words(trial.first_ms)),
            ("All of it", seconds_words(trial.total_ms)),
            ("Tokens", tokens_words(trial)),
            ("Cost", trial_cost_words(trial)),
        ]
    )


def _show_checks(trial: Trial) -> None:
    results = trial.found.results if trial.found else ()
    for result in results:
        if not result.passed:
            st.markdown(f":material/close: {plain(check_words(result))}")
    with st.expander(checks_words(trial)):
        for result in results:
            icon = "check" if result.passed else "close"
            st.markdown(f":material/{icon}: {plain(check_words(result))} · version {result.version}")


def _show_before(trial: Trial) -> None:
    with st.expander("The answer before", icon=":material/history:"):
        st.caption(plain(f"{prompt_name(trial.prompt)} · {verdict_words(trial)}"))
        st.markdown(plain(trial.heard or trial.sent))


def _show_part(name: str, text: str, *, is_changed: bool = False) -> None:
    with st.container(gap="xxsmall", width=TEXT_PX):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(plain(name), width="content")
            if is_changed:
                st.badge("Changed", color="gray", width="content")
        st.text(text)
