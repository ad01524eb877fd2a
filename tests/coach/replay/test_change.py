"""How risky a change is, and which comes first."""

import csv
import random
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from bee.coach.replay import Change, Danger, Risk, changes_csv, risk_of, riskiest_first
from bee.coach.replay.again import words_apart

SAME = Change(
    user_id=UUID(int=1),
    person=1,
    number=1,
    local_at=datetime(2026, 11, 24, 8),  # noqa: DTZ001  # by the member's clock
    state="Steady",
    message="I took a walk",
    answer="You took a walk.",
    answered_by="offline",
    prompt=None,
    fallback_then=None,
    danger=Danger.NONE,
    sent="You took a walk.",
    heard="You took a walk.",
    fallback=None,
    failed_then=[],
    checks={"results": {}},
    distance=0.0,
    cost_usd=Decimal(0),
)


def failing(*names: str, **more: Any) -> Change:
    """Return a change to which checks object: those called after a danger are of safety."""
    kinds = {name: "safety" if name == "diagnosis" else "style" for name in names}
    results = {
        name: {"version": 1, "kind": kind, "passed": False, "found": []} for name, kind in kinds.items()
    }
    results["words"] = {"version": 1, "kind": "style", "passed": True, "found": []}
    return replace(SAME, checks={"results": results}, **more)


@pytest.mark.parametrize(
    ("change", "risk"),
    [
        (failing("closing_step"), Risk.NOW_FAILS),
        (failing("diagnosis", "closing_step", failed_then=["diagnosis"]), Risk.NOW_FAILS),
        (failing("diagnosis", failed_then=["diagnosis"]), Risk.SAFETY),
        (failing("closing_step", failed_then=["closing_step"]), Risk.LITTLE),
        (failing("closing_step", fallback="checks", fallback_then="checks"), Risk.LITTLE),
        (failing("diagnosis", fallback="checks", fallback_then="checks"), Risk.SAFETY),
        (failing("closing_step", fallback="checks", fallback_then="overloaded"), Risk.NOW_FAILS),
        (replace(SAME, danger=Danger.NEWLY, checks=None), Risk.SAFETY),
        (replace(SAME, danger=Danger.NO_LONGER, sent=None, checks=None), Risk.SAFETY),
        (replace(SAME, danger=Danger.AS_BEFORE, sent=None, checks=None, state="NeedsCare"), Risk.LITTLE),
        (replace(SAME, state="NeedsCare", distance=0.1), Risk.NEEDS_CARE),
        (replace(SAME, state="NeedsCare"), Risk.LITTLE),
        (replace(SAME, distance=0.5), Risk.OTHER_WORDS),
        (replace(SAME, distance=0.49), Risk.LITTLE),
        (SAME, Risk.LITTLE),
    ],
)
def test_the_worst_that_is_to_be_said_of_a_change_is_its_risk(change: Change, risk: Risk) -> None:
    assert risk_of(change) is risk


def test_the_riskiest_comes_first_and_what_is_alike_stays_in_its_order() -> None:
    expected = [
        failing("diagnosis"),
        failing("closing_step", "reflection"),
        failing("closing_step", state="NeedsCare", distance=0.2),
        failing("closing_step", distance=0.9),
        failing("diagnosis", failed_then=["diagnosis"]),
        replace(SAME, danger=Danger.NEWLY, checks=None),
        replace(SAME, state="NeedsCare", distance=0.8),
        replace(SAME, state="NeedsCare", distance=0.1),
        replace(SAME, distance=0.7),
        replace(SAME, distance=0.2),
        SAME,
        replace(SAME, number=2),
    ]
    for seed in range(5):
        mixed = expected.copy()
        random.Random(seed).shuffle(mixed)  # noqa: S311  # no secret
        assert riskiest_first(mixed) == expected


def test_checks_that_now_fail_come_before_those_that_failed_already_and_safety_before_style() -> None:
    change = failing("length", "reflection", "diagnosis", failed_then=["length"])
    assert change.failed == ("diagnosis", "reflection", "length")
    assert change.now_failed == ("diagnosis", "reflection")


def test_texts_are_as_far_apart_as_their_words() -> None:
    assert words_apart("a walk today", "a  walk\ntoday") == 0
    assert words_apart("a walk", "some soup") == 1
    assert words_apart("a walk", "") == 1
    assert words_apart("a b c d", "a b x y") == 0.5


def test_a_file_has_every_change_in_its_order_and_says_why() -> None:
    (header, first, second) = csv.reader(
        changes_csv([failing("diagnosis", answer="=1+1"), replace(SAME, sent=None)]).splitlines()
    )
    assert (first[header.index("risk")], first[header.index("now_failed_checks")]) == (
        "now_fails",
        "diagnosis",
    )
    assert first[header.index("sent_then")] == "'=1+1", "no spreadsheet runs it"
    assert second[header.index("would_be_sent")] == ""
