"""One case, drawn; its change; and taking one from a conversation, which somebody reads before it is kept."""

from typing import Final
from uuid import UUID

import streamlit as st

from bee.access import Viewer
from bee.coach.lab.case import Case, CaseBody
from bee.coach.lab.taking import Taken
from bee.errors import NotFound
from bee.ui.blocks import card_head, facts
from bee.ui.case_acts import revise, take, write
from bee.ui.case_form import ask_case
from bee.ui.case_pickers import MESSAGE, look_at
from bee.ui.case_reads import read_messages, read_taken
from bee.ui.case_table import messages_table
from bee.ui.case_words import SPEAKERS, case_facts
from bee.ui.empty import empty, errors_shown
from bee.ui.member_reads import SearchQuestion, read_matches, record_look
from bee.ui.pickers import pick_member_words, search_for
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now
from bee.ui.tables import matches_table
from bee.ui.words import counted

CONFIRM: Final = "I read every line: nothing in it points at anybody"


def show_case(case: Case) -> None:
    """Draw what a case says, and offer to retire it or to take it up again."""
    with st.container(border=True):
        card_head(case.title, "What every version of the prompt is asked")
        facts(case_facts(case))
        show_body(case.body)
    label = "Take it up again" if case.is_retired else "Retire it"
    icon = ":material/unarchive:" if case.is_retired else ":material/archive:"
    if st.button(
        label, icon=icon, help="Runs that begin later are over it, or not; earlier ones stay as they are."
    ):
        with errors_shown():
            revise(case, case.body, is_retired=not case.is_retired)
            st.rerun()


def show_body(body: CaseBody) -> None:
    """Draw what was remembered, said before, and written."""
    if body.memories:
        st.caption("Remembered")
        for memory in body.memories:
            st.text(f"· {memory}")
    if body.recent:
        st.caption("Said before")
        for turn in body.recent:
            st.text(f"{SPEAKERS[turn.role]}: {turn.body}")
    st.caption("The member writes")
    st.text(body.message)


def show_change(case: Case) -> None:
    """Ask for the next version of a case."""
    st.caption("Saving makes a new version. Runs that were asked for before keep the one they began with.")
    confirms = CONFIRM if case.confirmed_by else None
    with errors_shown():
        body = ask_case(
            case.body, f"case-{case.case_id}-{case.version}", "Save a new version", confirms=confirms
        )
        if body is not None:
            revise(case, body, is_retired=case.is_retired)
            look_at(body.title)


def show_new() -> None:
    """Ask for a new case."""
    with errors_shown():
        body = ask_case(None, "case-new", "Save")
        if body is not None:
            write(body)
            look_at(body.title)


def show_taking(viewer: Viewer, scope: Scope) -> None:
    """Ask for a member of the viewer's and one of their messages, and show that masked, to be read and kept."""
    message_id = _asked_message()
    if message_id is not None:
        taken = read_taken(scope, message_id)
        record_look(viewer, scope, taken.user_id, utc_now())
        _show_taken(taken)
        return
    with st.container(horizontal=True):
        words = pick_member_words(by_name=True)
    matches = read_matches(SearchQuestion(scope, words)) if words else []
    if len(matches) == 1:
        record_look(viewer, scope, matches[0].id, utc_now())
        _show_messages(scope, matches[0].id)
    elif matches:
        chosen = matches_table(matches, key="case-member")
        if chosen is not None:
            search_for(f"P-{chosen.number}")
    else:
        empty(
            "person_search",
            "Nobody found among your members" if words else "Whose conversation?",
            "Type a number such as P-1778 or a name. That you looked is in the audit trail.",
        )


def _show_messages(scope: Scope, member_id: UUID) -> None:
    messages = read_messages(scope, member_id)
    if not messages:
        empty("forum", "Nothing was written yet", "This member has not written to the coach.")
        return
    chosen = messages_table(messages, key="take-message")
    if chosen is not None:
        st.query_params[MESSAGE] = str(chosen.id)
        st.rerun()


def _show_taken(taken: Taken) -> None:
    st.warning(
        "Masking finds what has a structure, and what the member's record says. Names of other people, places and"
        " rare stories stay: read every line and change what still points at anybody. Nothing is kept before that.",
        icon=":material/visibility:",
    )
    said, masked = st.columns(2)
    with said, st.container(border=True):
        card_head("As it was said", "For you alone; it is not kept with the case")
        show_body(taken.original)
    with masked:
        card_head("As it would be kept", f"{counted(taken.hidden, 'thing is', 'things are')} hidden")
        with errors_shown():
            body = ask_case(taken.masked, f"take-{taken.message_id}", "Keep it as a case", confirms=CONFIRM)
            if body is not None:
                take(taken, body)
                look_at(body.title)
    st.button("Take another message", icon=":material/arrow_back:", on_click=_forget_message)


def _forget_message() -> None:
    st.query_params.pop(MESSAGE, None)


def _asked_message() -> UUID | None:
    """Return the message in the address. Raises :class:`NotFound` for what is none."""
    asked = st.query_params.get(MESSAGE)
    if not asked:
        return None
    try:
        return UUID(asked)
    except ValueError as error:
        raise NotFound("no_message", "There is no such message among those of your members.") from error
