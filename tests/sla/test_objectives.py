"""What was promised: the shipped objectives, what is refused, and alerts on them that make no sense."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bee.errors import Invalid, NotFound
from bee.sla.burn import PAIRS, Pair, Severity
from bee.sla.lint import refusals
from bee.sla.objectives import Indicator, as_asked, get_objective, objectives, parse_objectives

PAGE = PAIRS[0]


def written(**changes: Any) -> str:
    usual = {
        "id": "errors", "name": "Errors", "promise": "Few.", "indicator": "errors", "areas": ["api"], "target": 0.99
    }  # fmt: skip
    return json.dumps([{name: value for name, value in (usual | changes).items() if value is not None}])


def test_the_targets_of_the_product_are_all_promised() -> None:
    targets = {objective.id: (objective.target, objective.within_s) for objective in objectives()}
    assert targets["uptime"] == (0.99, None)
    assert targets["errors"] == (0.99, None)
    assert targets["latency"] == (0.95, 1.0)  # p95 below 1 s
    assert {objective.indicator for objective in objectives()} == set(Indicator)
    assert {objective.window_days for objective in objectives()} == {30}


def test_one_second_is_counted_exactly_and_other_limits_at_the_nearest_edge() -> None:
    asked = {row["objective"]: row for row in json.loads(as_asked(objectives()))}
    assert asked["latency"]["bucket"] == 0
    assert asked["errors"]["bucket"] is None
    assert set(asked) == {"availability", "errors", "latency", "reply_begins", "reply_ends"}


@pytest.mark.parametrize(
    "changes",
    [
        {"target": 1},
        {"target": 0},
        {"target": "much"},
        {"areas": []},
        {"areas": ["moon"]},
        {"indicator": "latency"},  # within what?
        {"indicator": "uptime"},  # minutes have no areas
        {"within_s": 1.0},  # errors are not timed
        {"id": "Errors!"},
        {"window_days": 0},
        {"surprise": 1},
        {"name": ""},
    ],
)
def test_what_is_no_objective_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="The objectives are not as they have to be"):
        parse_objectives(written(**changes))


@pytest.mark.parametrize("text", ["", "{}", "null", '[{"id": "errors"}]'])
def test_what_is_no_list_of_objectives_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_objectives(text)


def test_two_objectives_of_one_name_are_refused() -> None:
    two = json.dumps(json.loads(written()) * 2)
    with pytest.raises(Invalid, match="same id"):
        parse_objectives(two)


def test_an_objective_that_there_is_not_is_not_found() -> None:
    with pytest.raises(NotFound):
        get_objective("happiness")


def test_the_shipped_pairs_make_sense_for_every_objective() -> None:
    for objective in objectives():
        for pair in PAIRS:
            assert refusals(pair, objective) == ()


@pytest.mark.parametrize(
    ("objective", "pair", "reason"),
    [
        ("latency", replace(PAGE, factor=21), "can never fire"),  # at most 20
        ("errors", replace(PAGE, factor=101), "can never fire"),
        ("errors", replace(PAGE, factor=0), "above 0"),
        ("errors", replace(PAGE, factor=float("nan")), "above 0"),
        ("errors", replace(PAGE, long_min=5, short_min=60), "out of order"),
        ("errors", replace(PAGE, short_min=60), "out of order"),
        ("errors", replace(PAGE, short_min=0), "a minute at least"),
        ("errors", replace(PAGE, long_min=31 * 24 * 60), "longer than the objective's own"),
        ("errors", replace(PAGE, least_bad=1), "5 bad events at least"),
        ("uptime", Pair(14.4, 4, 1, Severity.PAGE), "Too few events"),  # four minutes hold no five bad ones
    ],
)
def test_an_impossible_alert_is_refused_with_the_reason(objective: str, pair: Pair, reason: str) -> None:
    found = refusals(pair, get_objective(objective))
    assert any(reason in sentence for sentence in found), found


def test_what_can_just_fire_is_not_refused() -> None:
    assert refusals(replace(PAGE, factor=20), get_objective("latency")) == ()
    assert refusals(replace(PAGE, factor=100), get_objective("errors")) == ()


def test_traffic_too_thin_for_five_bad_events_is_refused_where_it_is_known() -> None:
    errors = get_objective("errors")
    assert refusals(PAGE, errors, events_a_minute=4 / 60)[0].startswith(
        "Too few events: there are usually 4 "
    )
    assert refusals(PAGE, errors, events_a_minute=0)
    assert refusals(PAGE, errors, events_a_minute=5) == ()
