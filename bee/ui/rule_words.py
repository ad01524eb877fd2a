"""Rules, versions, and what they changed, as people read them. Pure."""

import math
from collections.abc import Sequence
from typing import Final, assert_never

from bee.errors import Invalid
from bee.momentum.score import MomentumState
from bee.notify.catalogue import RuleAct, RuleCard
from bee.notify.difference import Difference, Leaf
from bee.notify.effect import Term
from bee.notify.measured import NO_STATE, Measured, Outcome, Part
from bee.notify.registry import RuleVersion
from bee.notify.rule import Budget, Drop, NewMember, Rule, Silence, Streak
from bee.ui.palette import WORDS
from bee.ui.words import NOTHING, counted, type_words

LIVE: Final = "Live"
OFF: Final = "Off"
STOPPED: Final = "Stopped"
ASKED: Final = "Asked"
STATES: Final = (LIVE, OFF, STOPPED, ASKED)
OUTCOMES: Final = {
    "Opens within 1 h": Outcome.OPENS_1H,
    "Opens within 24 h": Outcome.OPENS_24H,
    "Score of the next 3 days": Outcome.SCORE,
}
# Why an effect is not shown, short enough for a table.
REFUSALS: Final = {
    "not_randomised": "Nobody is held out",
    "nothing_known": "Nothing known yet",
    "nothing_went_out": "Nothing went out",
    "too_few_members": "Too few people yet",
    "one_member_decides": "Too few people yet",
    "one_arm": "Nothing to compare with yet",
    "no_events": "Nobody opened the app",
    "constant_outcome": "All did the same",
    "probability_inconsistent": "Not drawn as it says",
}
FIELDS: Final = {
    "condition.kind": "Condition",
    "condition.state": "State",
    "condition.days": "Days",
    "condition.points": "Points of the fall",
    "condition.unsent_h": "Hours with nothing sent",
    "condition.hours": "Hours of silence",
    "condition.within_h": "Hours until the moment is past",
    "priority": "Priority",
    "type": "Type",
    "cooldown_h": "Pause, hours",
    "most_per_day": "Most a day",
    "valid_h": "Sent within, hours",
    "holdout": "Held out",
    "task": "Task for the coach",
    "most_per_week": "Most a week, of everything",
    "quiet_from": "Quiet from",
    "quiet_until": "Quiet until",
}
ACTS: Final = {
    "added": "Written",
    "approved": "Approved",
    "activated": "Put in force",
    "deactivated": "Taken out of force",
}


def rules_words(cards: Sequence[RuleCard]) -> str:
    """Return how many rules there are, and how many of them decide, are stopped or wait."""
    rules = [card for card in cards if isinstance(card.body, Rule)]
    states = [state for card in rules for state in rule_states(card)]
    parts = [counted(len(rules), "rule", "rules"), f"{states.count(LIVE):,} live"]
    parts += [f"{states.count(state):,} {state.lower()}" for state in (OFF, STOPPED) if state in states]
    waiting = sum(card.asked is not None for card in cards)
    return " · ".join([*parts, *([f"{waiting:,} waiting for approval"] if waiting else [])])


def rule_states(card: RuleCard) -> list[str]:
    """Return how things stand for a rule."""
    stands = STOPPED if card.is_stopped and card.live else LIVE if card.live else OFF
    return [stands, *([ASKED] if card.asked else [])]


def version_words(card: RuleCard, version: RuleVersion) -> str:
    """Return where a version stands."""
    if version.is_active:
        return "in force"
    if version is card.asked:
        return "asked for approval"
    return "approved, not in force" if version.approved_by else "never approved"


def rule_words(card: RuleCard, version: RuleVersion) -> str:
    """Return which version of which rule a page is about."""
    of = counted(len(card.versions), "version", "versions")
    return f"{type_words(card.name)} · version {version.version} of {of} · {version_words(card, version)}"


def condition_words(body: Rule | Budget) -> str:
    """Return when a rule becomes eligible, in a sentence."""
    if isinstance(body, Budget):
        return "Over all rules: so much a week at most, and nothing in quiet hours"
    condition = body.condition
    match condition:
        case Streak():
            return f"{condition.days} days in a row in {WORDS[MomentumState(condition.state)]}"
        case Drop():
            span = counted(condition.days, "day", "days")
            return (
                f"The mean of {span} lies more than {condition.points:g} points below that of as many before"
            )
        case NewMember():
            days = f"1 to {condition.days}" if condition.days > 1 else "1"
            return f"A new member with {days} scored days, to whom nothing was sent for {condition.unsent_h} hours"
        case Silence():
            return (
                f"Nothing happened for {condition.hours} hours; {condition.within_h} hours later it is past"
            )
        case _:
            assert_never(condition)


def body_facts(body: Rule | Budget) -> list[tuple[str, str]]:
    """Return what else a version says, as names and values."""
    if isinstance(body, Budget):
        return [
            ("Most a week", str(body.most_per_week)),
            ("Quiet hours", f"{body.quiet_from:%H:%M} to {body.quiet_until:%H:%M} where the member lives"),
        ]
    task = f"{type_words(body.task)} priority" if body.task else "None"
    return [
        ("Type", type_words(body.type)),
        ("Priority", type_words(body.priority)),
        ("Pause", f"{body.cooldown_h} h"),
        ("Most a day", str(body.most_per_day)),
        ("Sent within", f"{body.valid_h} h"),
        ("Held out at random", f"{body.holdout:.0%}"),
        ("Task for the coach", task),
    ]


def field_words(name: str) -> str:
    """Return what differs: ``variants.company.title`` is ``Wording company, title``."""
    if name in FIELDS:
        return FIELDS[name]
    kind, _, rest = name.partition(".")
    if kind == "variants":
        return f"Wording {rest.replace('.', ', ')}"
    return f"{type_words(kind)} {rest}".strip()


def leaf_words(difference: Difference, value: Leaf) -> str:
    """Return what something was or is."""
    if value is None:
        return NOTHING
    if difference.name == "condition.state":
        return WORDS[MomentumState(str(value))]
    if difference.name == "holdout" and isinstance(value, float | int):
        return f"{value:.0%}"
    return str(value)


def act_words(act: RuleAct) -> str:
    """Return what was done to a rule."""
    version = f" version {act.version}" if act.version else ""
    return f"{ACTS[act.act]}{version}"


def term_words(term: Term, outcome: Outcome) -> str:
    """Return an effect with its interval: how many times as likely, or by how many points."""
    if outcome is Outcome.SCORE:
        return f"{term.estimate:+.1f} pts ({term.low:+.1f} to {term.high:+.1f})"
    times, low, high = math.exp(term.estimate), math.exp(term.low), math.exp(term.high)
    return f"{times:.2f}× ({low:.2f} to {high:.2f})"


def part_words(part: Part) -> str:
    """Return of which decisions a part of an effect is."""
    match part.of:
        case "state":
            return "State not known" if part.name == NO_STATE else WORDS[MomentumState(part.name)]
        case "day":
            return f"Day {int(part.name):,}"
        case _:
            return "All"


def glance_words(found: Measured | Invalid) -> str:
    """Return an effect, or why there is none, in so many words as a table has room for."""
    if isinstance(found, Measured):
        return f"{term_words(found.overall, found.outcome)}, n {found.decisions:,}"
    return REFUSALS.get(found.code, "Can't be told yet")


def verdict_words(measured: Measured) -> str:
    """Return in a sentence what a rule changed."""
    term, outcome = measured.overall, measured.outcome
    said = term_words(term, outcome)
    if term.low <= 0 <= term.high:
        return f"No effect can be told apart from none: {said}."
    if outcome is Outcome.SCORE:
        return f"The score of the three days after is {'higher' if term.estimate > 0 else 'lower'}: {said}."
    more = "more" if term.estimate > 0 else "less"
    return f"Whoever is sent it opens the app {more} often than who is held out: {said}."


def measured_words(measured: Measured) -> str:
    """Return what an effect counts, and what it does not."""
    decisions = counted(measured.decisions, "decision", "decisions")
    people = counted(measured.members, "person", "people")
    parts = [f"{decisions} about {people}", f"{measured.treated:,} of them to be sent"]
    if measured.went_out < measured.treated:
        parts.append(f"{measured.went_out:,} went out")
    if measured.pending:
        parts.append(f"{measured.pending:,} not known yet")
    return " · ".join(parts)


def rate_words(measured: Measured, rate: float) -> str:
    """Return the outcome's mean on one side."""
    return f"{rate:.1f}" if measured.outcome is Outcome.SCORE else f"{rate:.1%}"
