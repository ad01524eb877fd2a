"""The rules as people look through them: what is in force, what waits for approval, what was done to a rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.notify.registry import RuleVersion, rule_versions, thrown_switches
from bee.notify.rule import Budget, Rule, parse_body


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule at a glance. ``versions``: newest first; ``body``: of the one in force, or of the newest.

    ``sent`` and ``recorded``: of what was decided since the time that was asked for.
    """

    name: str
    versions: tuple[RuleVersion, ...]
    body: Rule | Budget
    is_stopped: bool
    sent: int
    recorded: int

    @property
    def live(self) -> RuleVersion | None:
        """The version in force; None where the rule is off."""
        return next((each for each in self.versions if each.is_active), None)

    @property
    def asked(self) -> RuleVersion | None:
        """The newest version, if it waits for approval."""
        newest = self.versions[0]
        return None if newest.approved_by or newest.is_active else newest


@dataclass(frozen=True, slots=True)
class RuleAct:
    """Something that was done to a rule. ``act``: added, approved, activated or deactivated; ``words``: why."""

    at: datetime
    act: str
    version: int | None
    who_id: UUID | None
    who_name: str | None
    words: str | None

    @property
    def who(self) -> str:
        """Who it was, by name."""
        if self.who_id is not None:
            return self.who_name or "Somebody no longer known"
        return "The program" if self.words and self.words.startswith(SHIPPED) else "The command line"


@dataclass(frozen=True, slots=True)
class _Sends:
    rule: str
    sent: int
    recorded: int


SHIPPED = ("Comes with release", "shipped")


def catalogue(session: ReadSession, *, since: datetime) -> list[RuleCard]:
    """Return every rule and the budget, by name."""
    stops = thrown_switches(session)
    sends = {row.rule: row for row in session.all(_Sends, "notify/rule_sends", since=since)}
    return [
        _card(
            name, tuple(versions), bool(stops.hold(name)), sends.get(name, _Sends(name, sent=0, recorded=0))
        )
        for name, versions in groupby(rule_versions(session), key=lambda row: row.rule)
    ]


def rule_history(session: ReadSession, rule: str) -> list[RuleAct]:
    """Return what was done to a rule, newest first."""
    return session.all(RuleAct, "notify/rule_history", rule=rule)


def rule_history_csv(acts: Iterable[RuleAct]) -> str:
    """Return what was done to a rule as a file, in its order."""
    return csv_text(
        ("at", "act", "version", "who", "why"),
        ((each.at.isoformat(), each.act, each.version, each.who, each.words) for each in acts),
    )


def _card(name: str, versions: Sequence[RuleVersion], is_stopped: bool, sends: _Sends) -> RuleCard:
    shown = next((each for each in versions if each.is_active), versions[0])
    return RuleCard(name, tuple(versions), parse_body(shown.body), is_stopped, sends.sent, sends.recorded)
