"""Coaching › Prompts: what models are told; one writes the next version, another lets it go live."""

from datetime import datetime

import streamlit as st

from bee.coach.prompts.catalogue import PromptCard, VersionCard, prompt_history_csv
from bee.coach.prompts.difference import differences
from bee.coach.prompts.draft import Draft
from bee.coach.prompts.live import LivePrompt
from bee.coach.prompts.sample import Sample, rendered_for
from bee.ui.blocks import card_head, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.house import get_house
from bee.ui.member_reads import SearchQuestion, read_matches, record_look
from bee.ui.pickers import pick_member_words
from bee.ui.prompt_difference import show_differences
from bee.ui.prompt_pickers import (
    ALL,
    DIFFERENCE,
    HISTORY,
    MADE_UP,
    SAYS,
    WRITE,
    look_at,
    pick_beside,
    pick_environment,
    pick_moment,
    pick_state,
    pick_version,
    pick_view,
    pick_whom,
)
from bee.ui.prompt_reads import SEE_PROMPTS, read_member_sample, read_prompt, read_prompt_history
from bee.ui.prompt_table import times_table, versions_table
from bee.ui.prompt_version import show_change, show_version
from bee.ui.prompt_words import act_words, prompt_words, setting_words, then_words, version_words
from bee.ui.reads import Scope
from bee.ui.run_pickers import NEW
from bee.ui.sessions import utc_now
from bee.ui.tables import acts_table
from bee.ui.text import plain

viewer = guard(*SEE_PROMPTS)


def show() -> None:
    """Draw the page in the view that was chosen."""
    covers, choices = page_head("Prompts")
    scope, now = Scope.of(viewer, SEE_PROMPTS), utc_now()
    with choices:
        environment = pick_environment(get_house().settings.environment)
    with st.skeleton(height=480):
        card = read_prompt(scope, environment)
    view = pick_view()
    if card.untried is not None:
        warn_untried(card.untried)
    if not card.cards:
        empty("edit_note", "There is no prompt yet", "The first version comes with `bee migrate`.")
    elif view in {ALL, HISTORY}:
        covers.caption(prompt_words(card))
        show_all(card, now) if view == ALL else show_history(scope, card)
    else:
        with choices:
            shown = pick_version(card)
        covers.caption(version_words(card, shown))
        show_one(scope, card, shown, view, now)


def warn_untried(live: LivePrompt) -> None:
    """Say that members get answers that no run let pass, and lead to where one is asked for."""
    st.warning(plain(live.told), icon=":material/rule:")
    st.page_link(
        "pages/coaching/runs.py",
        label="Run it over the cases",
        icon=":material/arrow_forward:",
        query_params={"run": NEW},
    )


def show_all(card: PromptCard, now: datetime) -> None:
    """Draw all versions; a row opens one."""
    chosen = versions_table(card, now, key="open-version")
    st.caption(
        "A version is never changed: a change is the next one. It goes live once the gate let it pass with the"
        " model that answers there, and somebody else than who wrote it and who asked has approved."
    )
    if chosen is not None:
        look_at(SAYS, chosen.number)


def show_one(scope: Scope, card: PromptCard, shown: VersionCard, view: str, now: datetime) -> None:
    """Draw one version in the view that was chosen."""
    if view == WRITE:
        show_change(card, shown)
    elif view == DIFFERENCE:
        show_difference(scope, card, shown)
    else:
        show_version(viewer, card, shown, now)


def show_difference(scope: Scope, card: PromptCard, shown: VersionCard) -> None:
    """Draw what two versions come to for one member, or for somebody made up."""
    with st.container(horizontal=True, vertical_alignment="center"):
        beside = pick_beside(card, shown)
        whom = pick_whom()
        only_changes = st.toggle("Only what differs", key="only", bind="query-params")
        sample = ask_made_up() if whom == MADE_UP else ask_member(scope)
    if sample is None:
        return
    found = differences(
        rendered_for(beside.version.template, sample), rendered_for(shown.version.template, sample)
    )
    with st.container(border=True):
        before, after = f"version {beside.number}", f"version {shown.number}"
        card_head(
            f"What {after} says otherwise than {before}",
            "As a model reads it, each part by what it came from",
        )
        if settings := setting_words(Draft.of(beside.version), Draft.of(shown.version)):
            st.caption(plain(settings))
        show_differences(found, before=before, after=after, only_changes=only_changes)


def ask_made_up() -> Sample:
    """Ask who is made up: their state, and what is remembered of them."""
    state = pick_state()
    said = st.text_area(
        "What is remembered, a line each",
        "Likes to walk in the morning",
        96,
        2000,
        key="remembered",
        width=360,
    )
    return Sample(state, tuple(line.strip() for line in said.splitlines() if line.strip()))


def ask_member(scope: Scope) -> Sample | None:
    """Ask for a member and return them as they are now, None until one is found; the look is recorded."""
    words = pick_member_words(by_name=True)
    matches = read_matches(SearchQuestion(scope, words)) if words else []
    if len(matches) != 1:
        st.caption(
            "Type the number or the name of one of your members." if not matches else "Several are meant."
        )
        return None
    record_look(viewer, scope, matches[0].id, utc_now())
    return read_member_sample(scope, matches[0].id)


def show_history(scope: Scope, card: PromptCard) -> None:
    """Draw what was live when, and what was done."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            card_head("What was live", "From when to when; at no moment two versions or none")
            moment = pick_moment()
        st.markdown(then_words(card, moment))
        times_table(card)
    acts = read_prompt_history(scope, card.environment)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            card_head("What was done", "Who wrote, asked, approved, rejected and rolled back; newest first")
            st.download_button(
                "Export", lambda: prompt_history_csv(acts), f"prompt-{card.environment}-{utc_now().date()}.csv",
                "text/csv", on_click="ignore", icon=":material/download:",
            )  # fmt: skip
        acts_table(
            [(each.at, act_words(each), each.who, each.words) for each in acts],
            alt="What was done to the prompt, newest first",
        )


with errors_shown():
    show()
