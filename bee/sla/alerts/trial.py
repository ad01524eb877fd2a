"""Trying a rule on what is stored, and saving it only then."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bee.audit import Actor
from bee.db import ReadSession, WriteSession
from bee.errors import Invalid, NotFound
from bee.sla.alerts.ageing import Age
from bee.sla.alerts.backtest import PERIOD, Backtest, backtest_age, backtest_burn, longest_window
from bee.sla.alerts.registry import save_rule
from bee.sla.alerts.rule import AgeRule, BurnRule, Escalation, Rule
from bee.sla.alerts.watch import minute_over
from bee.sla.alerts.words import pair_words
from bee.sla.counts import minute_counts
from bee.sla.lint import refusals
from bee.sla.objectives import get_objective


@dataclass(frozen=True, slots=True)
class _Pass:
    minute: datetime


@dataclass(frozen=True, slots=True)
class _Late:
    minute: datetime
    subject: str
    age_s: float


def faults_of(body: Rule | Escalation) -> Sequence[str]:
    """Return why a rule makes no sense though it is well formed, a sentence each; nothing where it does."""
    if not isinstance(body, BurnRule):
        return ()
    try:
        objective = get_objective(body.objective)
    except NotFound as error:
        return (error.message,)
    found = [f"{pair_words(pair)}: {why}" for pair in body.pairs for why in refusals(pair, objective)]
    if len({(pair.long_min, pair.short_min) for pair in body.pairs}) < len(body.pairs):
        found.append("Two pairs have the same windows.")
    return found


def try_rule(session: ReadSession, body: Rule, *, now: datetime) -> Backtest:
    """Return what a rule would have fired over the last 30 days. Raises :class:`Invalid` for one without sense."""
    if faults := faults_of(body):
        raise Invalid("alert_rule_impossible", " ".join(faults))
    until = minute_over(now)
    since = until - PERIOD
    match body:
        case BurnRule():
            objective = get_objective(body.objective)
            counted = minute_counts(
                session, since=since - longest_window(body), until=until, objective=objective
            )
            return backtest_burn(body, counted, objective, since=since, until=until)
        case AgeRule():
            return _on_passes(session, body, since, until)


def save_tried(
    session: WriteSession,
    body: Rule | Escalation,
    *,
    is_on: bool,
    seen: int | None,
    message: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Try a rule, and store it with what that came to; return its version. Raises as :func:`save_rule` besides."""
    tested = {} if isinstance(body, Escalation) else try_rule(session, body, now=now).summary()
    return save_rule(session, body, is_on=is_on, seen=seen, tested=tested, message=message, actor=actor)


def _on_passes(session: ReadSession, rule: AgeRule, since: datetime, until: datetime) -> Backtest:
    ages: dict[datetime, list[Age]] = defaultdict(list)
    for late in session.all(_Late, "sla/alert_ages", signal=rule.signal, since=since, until=until):
        ages[late.minute].append(Age(rule.signal, late.subject, late.age_s))
    passes = session.all(_Pass, "sla/alert_pass_minutes", since=since, until=until)
    return backtest_age(rule, ages, [each.minute for each in passes], since=since, until=until)
