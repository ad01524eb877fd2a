"""Coaching › Today: whom to see to, why, by when; and what came of it."""

from typing import Final
from uuid import UUID

import streamlit as st

from bee.access import StaffRole
from bee.notify.tasks import NOBODYS, Outcome, Task, TaskSearch, tasks_csv
from bee.ui.blocks import page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.member_reads import record_look
from bee.ui.pickers import pick_one
from bee.ui.reads import Scope, forget_reads
from bee.ui.sessions import utc_now
from bee.ui.task_acts import SEE_TASKS, do_task, done_since, give_to, read_coaches, read_task, read_tasks
from bee.ui.task_table import show_counts, tally_words, tasks_table, whole_task

viewer = guard(*SEE_TASKS)
IS_ADMIN = viewer.has_any((StaffRole.ADMIN,))
WHICH: Final = {"Overdue": "overdue", "Done in 7 days": "done"}
OUTCOMES: Final = {outcome.value.capitalize(): outcome.value for outcome in Outcome}


def show() -> None:
    """Draw the choices, one read, the empty cases, the tasks."""
    covers, choices = page_head("Today")
    scope = Scope.of(viewer, SEE_TASKS)
    with choices:
        search = ask(scope)
    with st.skeleton(height=480):
        board = read_tasks(scope, search)
    covers.caption(tally_words(board.counts, board.rows))
    show_counts(board.counts)
    if not board.rows:
        show_nothing(search)
        return
    with choices:
        st.download_button(
            "Export", lambda: tasks_csv(board.rows), f"tasks-{utc_now().date()}.csv", "text/csv",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    chosen = tasks_table(board.rows, search.now, key="open-task")
    if chosen is not None:
        show_task(scope, chosen.id)


def ask(scope: Scope) -> TaskSearch:
    """Return what was chosen, all of it in the address."""
    which = pick_one("Which", "Open", WHICH, key="which", width=150)
    coach = None
    if IS_ADMIN:
        names = {row.full_name: str(row.id) for row in read_coaches(scope)}
        coach = pick_one("Coach", "Every coach", names | {"Nobody's": NOBODYS}, key="coach")
    now = utc_now()
    return TaskSearch(
        now, done_since(now), shows_open=which != "done", shows_done=which == "done",
        only_overdue=which == "overdue", coach=coach,
    )  # fmt: skip


def show_nothing(search: TaskSearch) -> None:
    """Say that there is nothing, and what would bring something."""
    if search.shows_open and not search.only_overdue and search.coach is None:
        empty(
            "task_alt",
            "Nobody needs you right now",
            "A task appears when a rule asks for a coach, also about members without a device.",
            button=("Look again", forget_reads),
        )
        return
    empty("filter_alt_off", "No task is like that", "Choose open tasks, or another coach.")


@st.dialog("One task", position="right", width="medium")
def show_task(scope: Scope, task_id: UUID) -> None:
    """Show a task in full and what may be done; that somebody looked is in the trail before."""
    with errors_shown():
        task = read_task(scope, task_id)
        record_look(viewer, scope, task.user_id, utc_now())
        whole_task(task, utc_now())
        # Not a page link: a dialog reruns without the navigation that knows the pages.
        st.markdown(f"[Their days](/member?member=P-{task.number})")
        if task.done_at is None:
            offer_acts(scope, task)


def offer_acts(scope: Scope, task: Task) -> None:
    """Offer what may be done: say what came of it, or give the member to somebody else."""
    if task.is_safety:
        st.markdown("[See to it under Safety](/safety)")
    else:
        ask_outcome(task)
    if IS_ADMIN:
        ask_coach(scope, task)


def ask_outcome(task: Task) -> None:
    """Ask what came of it."""
    # Of this task alone: what was written about one member, and left, never stands at the next one's.
    with st.form(f"do-task-{task.id}", border=False):
        came = st.radio("What came of it", tuple(OUTCOMES), index=None, horizontal=True)
        note = st.text_area("Note", max_chars=2000, placeholder="What whoever comes after you should know")
        sent = st.form_submit_button("Done", icon=":material/check:")
    if sent:
        with errors_shown():
            do_task(task.id, OUTCOMES.get(came or "", ""), note)
            st.rerun()


def ask_coach(scope: Scope, task: Task) -> None:
    """Ask to whom the member goes; their tasks follow."""
    names = {row.full_name: row.id for row in read_coaches(scope) if row.id != task.coach_id}
    with st.form(f"give-task-{task.id}", border=False):
        chosen = st.selectbox("Give the member, and all tasks about them, to", tuple(names), index=None)
        sent = st.form_submit_button("Give", icon=":material/swap_horiz:", disabled=not names)
    if sent and chosen is not None:
        with errors_shown():
            give_to(task.number, names[chosen])
            st.rerun()


with errors_shown():
    show()
