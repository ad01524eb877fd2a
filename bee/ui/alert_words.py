"""Alerts, rules and the rota as the page says them. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bee.sla.alerts.backtest import Backtest
from bee.sla.alerts.queries import AlertAct, AlertCard, ChannelState, Delivery, WatchState
from bee.sla.alerts.registry import RuleVersion
from bee.sla.alerts.rota import OnCall
from bee.sla.alerts.rule import AgeRule, BurnRule, Escalation, Rule, Step
from bee.sla.alerts.words import SIGNALS, minutes_words, pair_words
from bee.sla.burn import Severity
from bee.ui.words import NOTHING, counted, type_words

SEVERITIES: Final = {Severity.PAGE: "Page", Severity.TICKET: "Ticket"}
FIRES, QUIET, SEEN, SNOOZED, OVER = "Fires", "Quiet", "Seen to", "Snoozed", "Over"
STATES: Final = (FIRES, QUIET, SEEN, SNOOZED, OVER)
CHANNELS: Final = {"mail": "E-mail", "webhook": "Webhook"}
ACTS: Final = {
    "opened": "Began to fire",
    "raised": "Became a page",
    "came_back": "Fired again",
    "reopened": "Fired again after its end",
    "expired": "What held it ran out",
    "told": "Told",
    "ended": "Ended by itself",
    "acknowledged": "Acknowledged",
    "snoozed": "Snoozed",
    "escalated": "Next step asked for",
    "noted": "Note",
    "judged": "Judged",
    "closed": "Closed",
}
# Whoever watches has missed a minute by then, whatever it waits for.
SILENT_AFTER: Final = timedelta(minutes=3)


def moment_words(at: datetime) -> str:
    """Return a moment such as ``24 Nov, 12:09``."""
    return f"{at.day} {at:%b, %H:%M}"


def since_words(since: datetime, now: datetime) -> str:
    """Return for how long something has been, such as ``1 h 5 min``."""
    return minutes_words(max(0, int((now - since).total_seconds() // 60)))


def state_words(card: AlertCard, now: datetime) -> str:
    """Return how an alert stands, one of :data:`STATES`."""
    if not card.is_open:
        return OVER
    if card.snoozed_until and card.snoozed_until > now:
        return SNOOZED
    if card.acknowledged_until and card.acknowledged_until > now:
        return SEEN
    return FIRES if card.fires else QUIET


def held_words(card: AlertCard, now: datetime) -> str:
    """Return who sees to an alert or let it wait, and until when; a dash for nobody."""
    if card.closed_at:
        return card.closed_name or NOTHING
    if card.snoozed_until and card.snoozed_until > now:
        return f"{card.snoozed_name}, until {moment_words(card.snoozed_until)}"
    if card.acknowledged_until and card.acknowledged_until > now:
        return f"{card.acknowledged_name}, until {moment_words(card.acknowledged_until)}"
    return NOTHING


def is_watched(state: WatchState, now: datetime) -> bool:
    """Return whether somebody watched a moment ago."""
    return state.minute is not None and now - state.minute <= SILENT_AFTER


def unwatched_words(state: WatchState, now: datetime) -> str:
    """Return that nobody watches, and since when."""
    if state.minute is None:
        return "Nobody has ever watched: start `bee worker`."
    silent = since_words(state.minute, now)
    return f"Nobody has watched for {silent}: what burns now is not told. See to the worker."


def unread_words(rules: Sequence[str]) -> str:
    """Return which rules watch nothing, because another release wrote them."""
    names = ", ".join(map(type_words, rules))
    return f"This release can't read {counted(len(rules), 'rule', 'rules')}, and nothing is watched for: {names}."


def coverage_words(cards: Sequence[AlertCard], state: WatchState, people: Sequence[OnCall]) -> str:
    """Return what stands under the title: how much is open, who is on call, through when was watched."""
    is_open = [card for card in cards if card.is_open]
    firing = sum(card.fires for card in is_open)
    called = ", ".join(f"{each.full_name} ({each.level})" for each in people) or "nobody"
    through = f" · watched through {state.minute:%H:%M} UTC" if state.minute else ""
    return f"{counted(len(is_open), 'alert', 'alerts')} open, {firing} firing · on call: {called}{through}"


def act_words(act: AlertAct) -> str:
    """Return what became of an alert or was done about it."""
    said = ACTS.get(act.kind, act.kind.capitalize())
    if act.until:
        return f"{said} until {moment_words(act.until)}"
    if act.is_actionable is not None:
        return "There was something to do" if act.is_actionable else "There was nothing to do"
    return said


def who_words(act: AlertAct) -> str:
    """Return who it was; what nobody did the worker saw."""
    return (act.done_name or "Somebody no longer known") if act.done_by else "The worker"


def step_words(delivery: Delivery) -> str:
    """Return which message it was."""
    return "That it is over" if delivery.step == 0 else f"Step {delivery.step} of round {delivery.round}"


def receiver_words(delivery: Delivery) -> str:
    """Return for whom a message was, and by which way."""
    to = (
        ""
        if delivery.channel == "webhook"
        else ", the team"
        if delivery.receiver == "team"
        else f", {delivery.receiver}"
    )
    return f"{CHANNELS[delivery.channel]}{to}"


def fared_words(delivery: Delivery) -> str:
    """Return what became of a message."""
    if delivery.delivered_at:
        return f"Taken {moment_words(delivery.delivered_at)}"
    if delivery.given_up_at:
        return "Given up"
    if delivery.attempts:
        return f"Tried {counted(delivery.attempts, 'time', 'times')}: {delivery.last_error}"
    return "Waits"


def failing(states: Sequence[ChannelState]) -> list[ChannelState]:
    """Return the ways out that do not take what they are given."""
    return [state for state in states if state.failing_since is not None]


def failing_words(state: ChannelState, now: datetime) -> str:
    """Return that a way out fails, since when and why."""
    assert state.failing_since is not None
    waits = counted(state.waiting, "message waits", "messages wait")
    return (
        f"{CHANNELS[state.channel]} has failed for {since_words(state.failing_since, now)}, and {waits}:"
        f" {state.last_error}"
    )


def rule_says(body: Rule | Escalation) -> str:
    """Return what a rule watches, in one line."""
    match body:
        case BurnRule():
            return "; ".join(
                f"{SEVERITIES[pair.severity].lower()} at {pair_words(pair)}" for pair in body.pairs
            )
        case AgeRule():
            return f"{SIGNALS[body.signal]} for more than {minutes_words(body.most_min)}"
        case Escalation():
            return "; ".join(
                f"after {minutes_words(step.after_min)}: {step_says(step)}" for step in body.page
            )


def step_says(step: Step) -> str:
    """Return whom a step tells."""
    levels = [f"level {level}" for level in step.levels]
    return ", ".join([*levels, *(["the team"] if step.team else []), *(["webhook"] if step.webhook else [])])


def rule_severity(body: Rule | Escalation) -> str:
    """Return how urgent a rule's alerts may become; a dash for the steps."""
    match body:
        case BurnRule():
            severities = {pair.severity for pair in body.pairs}
            return SEVERITIES[Severity.PAGE if Severity.PAGE in severities else Severity.TICKET]
        case AgeRule():
            return SEVERITIES[body.severity]
        case Escalation():
            return NOTHING


def version_words(row: RuleVersion) -> str:
    """Return which version holds, and whose."""
    return f"{row.version}, {row.author_name or 'came along'}"


def trial_words(found: Backtest) -> str:
    """Return what a rule would have fired, and of how much of the time anything is known."""
    days = found.minutes // 1440
    known = 100 * found.known_minutes / found.minutes
    if not found.known_minutes:
        return f"Of the last {days} days nothing is stored that it could be tried on."
    alerts = counted(len(found.episodes), "alert", "alerts")
    return (
        f"Over the last {days} days: {alerts}, {found.pages} of them pages, firing for"
        f" {minutes_words(found.firing_minutes)} in all. Something is known of {known:.1f} % of the minutes."
    )
