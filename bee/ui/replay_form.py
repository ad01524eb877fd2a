"""The form in which a replay is asked for: what it asks for is drawn and asked again by the worker."""

from decimal import Decimal
from typing import Final

import streamlit as st

from bee.coach.prompting import Prompt
from bee.coach.replay import Population, Wanted
from bee.coach.replay.asking import MOST_MESSAGES, MOST_USD
from bee.settings import Settings
from bee.ui.playground_acts import Offer
from bee.ui.playground_pickers import pick_prompt
from bee.ui.playground_words import model_name
from bee.ui.replay_acts import ReplayQuestion
from bee.ui.replay_words import day_words

USUAL_MESSAGES: Final = 240
NUMBER_PX: Final = 165


def ask_replay(
    offer: Offer, question: ReplayQuestion, found: Population, settings: Settings
) -> Wanted | None:
    """Ask what a replay shall be and return it once it was asked for."""
    prompt = pick_prompt(offer, 0, is_only=True)
    if prompt is None:
        st.caption("There is no prompt yet.")
        return None
    with st.container(horizontal=True):
        most = st.number_input(
            "At most, messages", 1, MOST_MESSAGES, USUAL_MESSAGES, key="messages", width=NUMBER_PX,
            bind="query-params",
        )  # fmt: skip
        most_usd = st.number_input(
            "May cost at most, $", 0.0, float(MOST_USD), float(settings.coach_run_usd), key="most",
            width=NUMBER_PX, bind="query-params",
        )  # fmt: skip
    st.caption(f"{day_words(found, most)} · asked of {model_name(prompt)}, counted as the lab's")
    can_ask = found.is_over and found.askable > 0
    if not st.button("Ask again", icon=":material/replay:", disabled=not can_ask):
        return None
    return Wanted(prompt.number, question.day, _model(prompt), most, Decimal(str(round(most_usd, 4))))


def _model(prompt: Prompt) -> str:
    return f"{prompt.provider}/{prompt.model}"
