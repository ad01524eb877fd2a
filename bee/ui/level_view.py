"""The parts of the page of service levels: uptime, one objective looked into, what was said of minutes."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import streamlit as st

from bee.sla.amendments import Amendment
from bee.sla.charges import By, Charges, Where, requests_csv, steps_csv
from bee.sla.impact import MOST_LISTED, bad_requests_csv, charges_csv
from bee.sla.objectives import Indicator, objectives
from bee.sla.standing import Standing
from bee.ui.amendment_table import amendments_table
from bee.ui.blocks import card_head, chart, facts
from bee.ui.empty import empty
from bee.ui.level_figures import STEPS_HEIGHT
from bee.ui.level_forms import ask_change, ask_correction, ask_maintenance, ask_pair
from bee.ui.level_reads import (
    PERIODS,
    USUAL_PERIOD,
    LevelsPage,
    Look,
    Question,
    Slot,
    read_affected,
    read_bad_requests,
    read_blame,
    read_charges,
    read_look,
    read_requests,
)
from bee.ui.level_table import (
    BY_WORDS,
    bad_requests_table,
    burns_table,
    charges_table,
    flips_table,
    requests_table,
)
from bee.ui.level_words import (
    affected_words,
    bad_words,
    blame_words,
    culprit_words,
    flips,
    forecast_words,
    interval_words,
    moment_words,
    percent_words,
    span_words,
    steps_takeaway,
    uptime_takeaway,
    verdict_words,
)
from bee.ui.pickers import pick_one, pick_period
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now
from bee.ui.text import plain
from bee.ui.words import counted

FLIPS_SHOWN: Final = 50
HOURS_OFFERED: Final = 48
CULPRITS_SHOWN: Final = 5
FIRST: Final = objectives()[0]
OTHERS: Final = {objective.name: objective.id for objective in objectives()[1:]}


def show_uptime(page: LevelsPage) -> None:
    """Draw whether the house was up: the number, how much of it is known, and when it changed."""
    standing = page.levels.of(Indicator.UPTIME)
    uptime = standing.uptime
    assert uptime is not None
    with st.container(border=True):
        card_head("Uptime", "By minute, from requests and probes; what is not known is never guessed")
        if uptime.ratio is None:
            st.caption(
                "No evidence: no minute of the last 30 days has a request that was answered, or a probe."
            )
            return
        facts(
            [
                ("Up, of what is known", percent_words(uptime.ratio)),
                ("Known", f"{percent_words(uptime.coverage)} of the minutes"),
                ("Whatever the rest was", interval_words(uptime)),
                ("Down", f"{span_words(uptime.down)} of {span_words(standing.budget.allowed)}")
                if standing.budget
                else ("Down", span_words(uptime.down)),
                ("Maintenance", span_words(uptime.maintenance)),
            ]
        )
        chart(page.strip, key="strip", takeaway=uptime_takeaway(uptime))
        st.caption(f"{verdict_words(standing)} From strong to faint: up, not known. Red: down.")
        with st.expander(f"When it changed: {counted(len(page.levels.runs) - 1, 'time', 'times')}"):
            flips_table(flips(page.levels.runs, FLIPS_SHOWN))


def look_into(standing: Standing) -> None:
    """Have an objective looked into; to be called before its picker is drawn."""
    st.session_state["objective"] = standing.objective.name


def show_look(scope: Scope, page: LevelsPage) -> None:
    """Draw one objective: its budget, its steps, how fast it burns, what burnt it, the requests of an hour."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            chosen = pick_one("Objective", FIRST.name, OTHERS, key="objective", width=200)
            period = pick_period({name: name for name in PERIODS}, USUAL_PERIOD)
        standing = page.levels.of(chosen or FIRST.id)
        question = Question(scope, standing.objective.id, period)
        _show_standing(standing)
        with st.skeleton(height=STEPS_HEIGHT):
            look = read_look(question)
        facts(
            [("Members affected", affected_words(look.affected, page.impact, look.objective, bad=look.bad))]
        )
        _show_steps(look)
    with st.container(border=True):
        card_head("Burn rates", "Both windows of a pair have to burn, with at least five bad events")
        burns_table(standing.burns)
        with st.expander("Would another alert make sense?"):
            ask_pair(standing.objective, _events_a_minute(standing))
    if standing.objective.is_of_requests:
        with st.container(border=True):
            _show_charges(look, question)


def show_amendments(rows: Sequence[Amendment]) -> None:
    """Draw what was said of minutes, and the ways to say more."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        card_head("Maintenance and corrections", "Of the last 90 days; withdrawing one restores every number")
        with st.container(horizontal=True, width="content"):
            if st.button("Declare maintenance", icon=":material/construction:"):
                ask_maintenance()
            if st.button("Correct uptime", icon=":material/edit:"):
                ask_correction()
    if not rows:
        empty("construction", "Nothing was said of any minute", "Maintenance is declared before it begins.")
        return
    chosen = amendments_table(rows, utc_now(), key="withdraw")
    if chosen is not None:
        ask_change(chosen)


def _show_standing(standing: Standing) -> None:
    st.caption(standing.objective.promise)
    facts(
        [
            ("Good", percent_words(standing.good_ratio)),
            ("Bad, of what may be", bad_words(standing)),
            ("Forecast", forecast_words(standing)),
        ]
    )


def _show_steps(look: Look) -> None:
    if not look.steps:
        st.caption("No evidence in this period.")
        return
    good, bad = sum(step.good for step in look.steps), sum(step.bad for step in look.steps)
    _offer("steps", "Download the steps", lambda: steps_csv(look.steps))
    chart(look.figure, key="steps", takeaway=steps_takeaway(look.objective, good, bad))
    st.caption(
        "The share that was bad, step by step; red where it is beyond what is allowed. A gap has no evidence."
    )


def _show_charges(look: Look, question: Question) -> None:
    card_head("What burnt it", "Bad requests of whole hours; the hour that runs follows within minutes")
    with st.container(horizontal=True, vertical_alignment="center"):
        by = _pick_by()
        route = pick_one("Route", "Every route", _same(look.routes), key="route", width=300)
        release = pick_one("Release", "Every release", _same(look.releases), key="release", width=160)
        hours = {moment_words(at): at for at in look.hours[:HOURS_OFFERED]}
        hour = pick_one("Hour", "No hour by minute", _same(hours), key="hour", width=250)
    where = Where(route, release)
    charged = Charges(read_charges(question, by, where), look.bad)
    if not charged.rows:
        st.caption("No request in this period.")
        return
    _show_blame(question, by)
    affected = read_affected(question, by, where)
    charges_table(charged, affected, by, is_all=where == Where())
    _offer("charges", "Download what burnt it", lambda: charges_csv(by, charged, affected))
    slot = Slot() if hour is None else _show_hour(question, hours[hour], where)
    _show_bad_requests(question, look, slot, where)


def _show_blame(question: Question, by: By) -> None:
    verdicts = read_blame(question, by)
    if not verdicts.bad:
        return
    for culprit in verdicts.culprits[:CULPRITS_SHOWN]:
        # Blamed for a route, so counted there.
        named = By.RELEASE if by is By.ROUTE else by
        touched = read_affected(question, named, Where(route=culprit.route)).get(culprit.name)
        st.markdown(f":material/local_fire_department: {plain(culprit_words(culprit, by, touched))}")
    st.caption(plain(blame_words(verdicts)))


def _show_hour(question: Question, hour: datetime, where: Where) -> Slot:
    """Draw an hour minute by minute, and return it, or the one of its minutes that is chosen."""
    rows = read_requests(question, hour, where)
    if not rows:
        st.caption("The requests of that hour are not kept any more.")
        return Slot(hour)
    minutes = {f"{row.minute:%H:%M}": row.minute for row in rows}
    chosen = pick_one("Minute", "Every minute", _same(minutes), key="minute", width=160)
    minute = minutes[chosen] if chosen else None
    shown = [row for row in rows if minute in (None, row.minute)]
    requests_table(shown)
    _offer("requests", "Download the hour", lambda: requests_csv(shown))
    return Slot(hour, minute)


def _show_bad_requests(question: Question, look: Look, slot: Slot, where: Where) -> None:
    """Draw which requests they were; each number is the one in the log and in the answer that was given."""
    card_head("Which requests", "Of a storm a fair sample; the id is the one in the log and in the answer")
    rows = read_bad_requests(question, slot, where)
    if not rows:
        st.caption("None is listed there: none was bad, or none is kept any more.")
        return
    chosen = bad_requests_table(rows, look.objective, key="copy-id")
    if chosen is not None:
        st.code(chosen.request_id, language=None)
    if len(rows) == MOST_LISTED:
        st.caption(f"The latest {MOST_LISTED} are shown: choose a route, a release or an hour for others.")
    _offer("bad-requests", "Download the requests", lambda: bad_requests_csv(rows, look.objective))


def _pick_by() -> By:
    chosen = st.segmented_control(
        "By", tuple(BY_WORDS.values()), default=BY_WORDS[By.ROUTE], required=True, key="by",
        label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    return next((by for by, words in BY_WORDS.items() if words == chosen), By.ROUTE)


def _same(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _offer(kind: str, label: str, make: Callable[[], str]) -> None:
    st.download_button(
        label, make, f"service-levels-{kind}-{utc_now().date()}.csv", "text/csv",
        key=f"csv-{kind}", on_click="ignore", icon=":material/download:", type="tertiary",
    )  # fmt: skip


def _events_a_minute(standing: Standing) -> float | None:
    """Return how many events there usually are; None without any."""
    total = standing.counts.total
    return total / standing.objective.window_minutes if total else None
