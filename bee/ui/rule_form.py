"""The form in which a rule or the budget is changed: what it asks for becomes a rule, or says why it is none."""

import json
from datetime import time
from typing import Any, Final

import streamlit as st

from bee.errors import Invalid
from bee.momentum.score import MomentumState
from bee.notify.payload import MOST_BYTES
from bee.notify.preview import preview
from bee.notify.rule import Budget, Drop, NewMember, Rule, Silence, Streak, Variant, parse_body
from bee.ui.palette import WORDS
from bee.ui.text import plain
from bee.ui.words import type_words

MOST_WORDINGS: Final = 10
NO_TASK: Final = "None"
PREVIEW_PX: Final = 340
HELP: Final = "{days}, {hours} and {score} are filled in."


def ask_rule(body: Rule | Budget, key: str) -> Rule | Budget:
    """Ask what a rule shall say, beginning with what it says. Raises :class:`Invalid` with every fault.

    ``key``: what the fields belong to, so that those of another version begin anew.
    """
    said = body.model_dump(mode="json")
    with st.container(border=True):
        said |= _ask_budget(body, key) if isinstance(body, Budget) else _ask_limits(body, key)
    if isinstance(body, Rule):
        said["variants"] = _ask_wordings(body, key)
    return parse_body(json.dumps(said))


def show_wordings(rule: Rule) -> None:
    """Draw the wordings of a rule as a lock screen shows them, with what they take of the service's limit."""
    with st.container(horizontal=True):
        for variant in rule.variants:
            show_preview(rule, variant)


def show_preview(rule: Rule, variant: Variant) -> None:
    """Draw one wording as a lock screen shows it."""
    shown = preview(rule, variant)
    with st.container(width=PREVIEW_PX, gap="xsmall"):
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{plain(shown.title)}**")
            st.text(shown.body)
        size = f"{shown.size_bytes:,} of {MOST_BYTES:,} bytes"
        st.caption(
            plain(
                f"Wording {shown.variant} · {size}{'' if shown.fits else ': too long, nothing of it is sent'}"
            )
        )


def _ask_budget(budget: Budget, key: str) -> dict[str, Any]:
    with st.container(horizontal=True):
        most = _number("Most a week, of everything", budget.most_per_week, 0, 50, f"{key}-week")
        begins = _time("Quiet from", budget.quiet_from, f"{key}-from")
        ends = _time("Quiet until", budget.quiet_until, f"{key}-until")
    return {"most_per_week": most, "quiet_from": begins, "quiet_until": ends}


def _ask_limits(rule: Rule, key: str) -> dict[str, Any]:
    with st.container(horizontal=True):
        condition = _ask_condition(rule, key)
    with st.container(horizontal=True):
        priority = _choice("Priority", ("high", "normal", "low"), rule.priority, f"{key}-priority")
        pause = _number("Pause, hours", rule.cooldown_h, 0, 720, f"{key}-pause")
        most = _number("Most a day", rule.most_per_day, 1, 10, f"{key}-most")
        valid = _number("Sent within, hours", rule.valid_h, 1, 72, f"{key}-valid")
        holdout = _number("Held out, %", round(100 * rule.holdout), 0, 90, f"{key}-holdout")
        task = _choice(
            "Task for the coach",
            (NO_TASK, "urgent", "high", "normal", "low"),
            rule.task or NO_TASK,
            f"{key}-task",
        )
    return {
        "condition": condition,
        "priority": priority,
        "cooldown_h": pause,
        "most_per_day": most,
        "valid_h": valid,
        "holdout": holdout / 100,
        "task": None if task == NO_TASK else task,
    }


def _ask_condition(rule: Rule, key: str) -> dict[str, Any]:
    condition = rule.condition
    said = condition.model_dump(mode="json")
    match condition:
        case Streak():
            states = {WORDS[state]: state.value for state in MomentumState}
            state = _choice("State", tuple(states), WORDS[MomentumState(condition.state)], f"{key}-state")
            return said | {
                "state": states[state],
                "days": _number("Days in a row", condition.days, 2, 14, f"{key}-days"),
            }
        case Drop():
            return said | {
                "days": _number("Days of each mean", condition.days, 1, 7, f"{key}-days"),
                "points": _number("Fall, points", condition.points, 0.5, 100.0, f"{key}-points"),
            }
        case NewMember():
            return said | {
                "days": _number("Scored days at most", condition.days, 1, 7, f"{key}-days"),
                "unsent_h": _number("Nothing sent for, hours", condition.unsent_h, 1, 168, f"{key}-unsent"),
            }
        case Silence():
            return said | {
                "hours": _number("Silent for, hours", condition.hours, 12, 336, f"{key}-hours"),
                "within_h": _number("Past after more hours", condition.within_h, 1, 72, f"{key}-within"),
            }


def _ask_wordings(rule: Rule, key: str) -> list[dict[str, str]]:
    wordings = _number("Wordings, by lot", len(rule.variants), 1, MOST_WORDINGS, f"{key}-wordings")
    found = []
    for number in range(wordings):
        known = rule.variants[number] if number < len(rule.variants) else None
        with st.container(border=True):
            asked, shown = st.columns([3, 2])
            with asked:
                found.append(_ask_wording(known, number, f"{key}-{number}"))
            with shown:
                _show_draft(rule, found[-1])
    return found


def _ask_wording(known: Variant | None, number: int, key: str) -> dict[str, str]:
    return {
        "name": st.text_input(
            "Name of the wording", known.name if known else f"wording_{number + 1}", 40, key=f"{key}-name"
        ),
        "title": st.text_input("Title", known.title if known else "", 120, key=f"{key}-title", help=HELP),
        "body": st.text_area("Text", known.body if known else "", 90, 1000, key=f"{key}-body", help=HELP),
    }


def _show_draft(rule: Rule, said: dict[str, str]) -> None:
    try:
        variant = Variant.model_validate(said)
    except ValueError:
        st.caption("A preview appears once the wording has a name, a title and a text.")
        return
    show_preview(rule, variant)


def _number(label: str, value: Any, least: Any, most: Any, key: str) -> Any:
    return st.number_input(label, least, most, value, key=key, width=165)


def _choice(label: str, choices: tuple[str, ...], value: str, key: str) -> str:
    found = st.selectbox(label, choices, choices.index(value), key=key, width=165, format_func=type_words)
    return found or value


def _time(label: str, value: time, key: str) -> str:
    found = st.time_input(label, value, key=key, width=165)
    if not isinstance(found, time):
        raise Invalid("no_time", f"{label} needs a time of day.")
    return found.isoformat()
