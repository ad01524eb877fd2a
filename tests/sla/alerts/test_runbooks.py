"""Runbooks: each kind of alert has one, what it names is filled in, and what it tells people to run exists."""

import re
from datetime import timedelta
from string import Formatter
from typing import Any

import pytest

from bee.sla.alerts.queries import AlertCard
from bee.sla.alerts.rule import Signal
from bee.sla.alerts.runbook import BURN, FOLDER, kind_of, runbook, runbook_text, values_of
from tests.sla.alerts.histories import NOON

KINDS = [BURN, *Signal]
BURNT = {
    "objective": "reply_begins", "target": 0.95, "factor": 14.4, "until": NOON.isoformat(), "long_min": 60,
    "long_total": 1_200, "long_bad": 900, "long_burn": 15.0, "short_min": 5, "short_total": 100, "short_bad": 80,
    "short_burn": 16.0,
}  # fmt: skip


def evidence_of(kind: str) -> dict[str, Any]:
    return BURNT if kind == BURN else {"signal": kind, "age_min": 75, "most_min": 15}


def card(kind: str, subject: str = "coach: openai") -> AlertCard:
    return AlertCard(
        id=1, rule="some_rule", version=1, subject=subject, severity="page", opened_at=NOON, fired_at=NOON,
        quiet_since=None, times=1, evidence=evidence_of(kind), round=1, steps_told=1, acknowledged_by=None,
        acknowledged_name=None, acknowledged_until=None, snoozed_name=None, snoozed_until=None, is_actionable=None,
        closed_name=None, closed_at=None, revision=1,
    )  # fmt: skip


def test_each_kind_of_alert_has_a_page_and_no_page_is_of_none() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted(map(str, KINDS))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_page_names_is_filled_in(kind: str) -> None:
    named = {field for _, field, _, _ in Formatter().parse(runbook_text(kind)) if field is not None}
    assert named <= set(values_of(card(kind), now=NOON))
    said = runbook(card(kind), now=NOON + timedelta(minutes=65))
    assert "{" not in said
    assert kind_of(evidence_of(kind)) == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_says_what_is_now_where_to_look_what_to_do_and_when_it_is_over(kind: str) -> None:
    text = runbook_text(kind)
    assert text.startswith("# ")
    assert [part for part in ("**Now.**", "**Look**", "**Do**", "**Over**") if part not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_page_tells_people_to_run_or_to_set_is_in_the_readme(kind: str) -> None:
    said = (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"`(bee [a-z]+(?: [a-z]+)?)", runbook_text(kind))
    variables = re.findall(r"`([A-Z]+_[A-Z_]+)`", runbook_text(kind))
    assert [name for name in (*commands, *variables) if f"`{name}" not in said] == []


def test_the_values_are_those_of_the_alert() -> None:
    said = runbook(card(BURN), now=NOON + timedelta(minutes=65))
    assert "In the last 1 h 900 of 1,200 were bad: 15.0 times as fast as the budget of 95 % lasts." in said
    assert "It has fired for 1 h 5 min." in said
    # 30 days at 15 times the pace are two.
    assert "gone in 2 d." in said


def test_a_subject_is_shown_as_the_page_wants_it() -> None:
    said = runbook(card("breaker", "coach: *odd*"), now=NOON, shown=lambda value: value.replace("*", r"\*"))
    assert r"coach: \*odd\*" in said
