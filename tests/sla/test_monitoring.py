"""The rules and the board that are committed: made from the objectives, of metrics that there are."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import promql_parser
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from bee.cli_sla import monitoring_files
from bee.db import Database, Login
from bee.sla.board import expressions
from bee.sla.burn import PAIRS, Counts, Pair, burn_of, highest_burn
from bee.sla.exposition import Total, duration, exposition, read_exposition
from bee.sla.monitoring import pairs_of, threshold
from bee.sla.objectives import Objective, objectives
from tests.commands import Bee
from tests.conftest import ROOT
from tests.factories import execute

FOLDER = ROOT / "monitoring"
RULES = yaml.safe_load((FOLDER / "prometheus/bee.rules.yml").read_text(encoding="utf-8"))
BOARD = json.loads((FOLDER / "grafana/service-levels.json").read_text(encoding="utf-8"))
ALL = [rule for group in RULES["groups"] for rule in group["rules"]]
ALERTS = {
    (rule["labels"]["objective"], rule["labels"]["long_window"]): rule
    for rule in ALL
    if "objective" in rule.get("labels", {}) and "alert" in rule
}
ASKED = [*(rule["expr"] for rule in ALL), *expressions(BOARD)]
FIRING = [(objective, pair) for objective in objectives() for pair in pairs_of(objective)]
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def parts(text: str) -> list[promql_parser.Expr]:
    """Return every part of a question, as Prometheus' grammar takes it apart."""
    found: list[promql_parser.Expr] = []
    promql_parser.walk(promql_parser.parse(text), pre_visit=found.append)
    return found


def selectors(text: str) -> list[promql_parser.VectorSelector]:
    return [part for part in parts(text) if isinstance(part, promql_parser.VectorSelector)]


def exposed() -> set[str]:
    """Return the name of every series that /metrics may have."""
    total = Total("GET /x", "1.0", "2xx", 1, 0.1, [[0, 1]], [[0, 1]])
    text = exposition([total], lost=0, windows={}).decode()
    families = text_string_to_metric_families(text)
    return {sample.name for family in families for sample in family.samples}


def test_what_is_committed_is_what_the_objectives_make(bee: Bee, tmp_path: Path) -> None:
    said = bee("sla", "monitoring", "--to", tmp_path)
    assert said.code == 0
    written = {str(path.relative_to(tmp_path)): path for path in tmp_path.rglob("*.*") if path.is_file()}
    kept = {str(path.relative_to(FOLDER)): path for path in FOLDER.rglob("*.*") if path.is_file()}
    assert set(monitoring_files()) == set(kept)
    for name, path in kept.items():
        assert written[name].read_bytes() == path.read_bytes(), "run `bee sla monitoring`"


def test_no_two_rules_record_the_same_series() -> None:
    recorded = [(rule["record"], *sorted(rule.get("labels", {}).items())) for rule in ALL if "record" in rule]
    assert len(set(recorded)) == len(recorded)


@pytest.mark.parametrize("expression", ASKED)
def test_prometheus_grammar_takes_every_question_and_every_series_is_there(expression: str) -> None:
    known = exposed() | {rule["record"] for rule in ALL if "record" in rule}
    asked = {selector.name for selector in selectors(expression)}
    assert asked
    assert asked <= known


@pytest.mark.parametrize("expression", ASKED)
def test_every_objective_and_window_that_is_asked_for_is_told(expression: str) -> None:
    told = {
        "objective": {objective.id for objective in objectives()},
        "window": {duration(minutes) for pair in PAIRS for minutes in (pair.long_min, pair.short_min)},
        "outcome": {"good", "bad"},
    }
    for selector in selectors(expression):
        for matcher in selector.matchers.matchers:
            if matcher.name in told:
                assert matcher.value in told[matcher.name]


@pytest.mark.parametrize(("objective", "pair"), FIRING)
def test_an_alert_asks_for_what_its_objective_says(objective: Objective, pair: Pair) -> None:
    alert = ALERTS[objective.id, duration(pair.long_min)]
    numbers = [part.val for part in parts(alert["expr"]) if isinstance(part, promql_parser.NumberLiteral)]
    least = threshold(objective, pair)
    assert numbers == [least, least, pair.least_bad]
    assert least == pytest.approx(pair.factor * (1 - objective.target))
    windows = [
        matcher.value
        for selector in selectors(alert["expr"])
        for matcher in selector.matchers.matchers
        if matcher.name == "window"
    ]
    assert windows == [duration(pair.long_min), duration(pair.short_min), duration(pair.long_min)]
    assert alert["labels"]["severity"] == pair.severity
    assert objective.promise in alert["annotations"]["description"]


def test_every_alert_can_fire_and_no_other_is_missing() -> None:
    possible = {
        (objective.id, duration(pair.long_min))
        for objective in objectives()
        for pair in PAIRS
        if pair.factor <= highest_burn(objective)
    }
    assert set(ALERTS) == possible
    assert (
        len({(rule["alert"], *rule["labels"].values()) for rule in ALL if "alert" in rule})
        == len(possible) + 2
    )


COUNTS = st.builds(Counts, st.integers(0, 2000), st.integers(0, 2000))


@given(st.sampled_from(FIRING), COUNTS, COUNTS)
def test_prometheus_calls_exactly_when_the_house_itself_does(
    firing: tuple[Objective, Pair], long: Counts, short: Counts
) -> None:
    objective, pair = firing
    least = threshold(objective, pair)
    reached = all(counts.total > 0 and counts.bad / counts.total >= least for counts in (long, short))
    ours = burn_of(pair, {pair.long_min: long, pair.short_min: short}, objective)
    assert ours.is_burning == (reached and long.bad >= pair.least_bad)


@pytest.mark.parametrize(("objective", "pair"), FIRING)
def test_what_burns_exactly_as_fast_as_an_alert_says_fires_it(objective: Objective, pair: Pair) -> None:
    events = 1_000_000
    bad = round(threshold(objective, pair) * events)
    assert bad / events >= threshold(objective, pair)


def test_the_board_has_a_place_for_each_panel_and_a_line_for_each_promise() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
    lines = {
        panel["title"]: panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"]
        for panel in BOARD["panels"]
    }
    for objective in objectives():
        assert objective.name in lines
        if objective.is_of_requests and objective.within_s:
            assert lines[f"{objective.name}: p95"] == objective.within_s
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])


def test_metrics_tell_what_came_in_each_window_up_to_the_full_minute(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into objective_minutes (minute, objective, good, bad)
            values (:near, 'errors', 90, 10), (:far, 'errors', 7, 1), (:now, 'errors', 1000, 0)
            """,
            near=NOON - timedelta(minutes=1),
            far=NOON - timedelta(minutes=50),
            now=NOON,
        )
    text = read_exposition(database, now=NOON + timedelta(seconds=20)).decode()
    told = {
        (sample.labels["window"], sample.labels["outcome"]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.labels.get("objective") == "errors"
    }
    assert {key: told[key] for key in [("5m", "bad"), ("1h", "bad"), ("5m", "good"), ("1h", "good")]} == {
        ("5m", "bad"): 10,
        ("1h", "bad"): 11,
        ("5m", "good"): 90,
        ("1h", "good"): 97,
    }
    assert len(re.findall(r'^bee_objective_events\{objective="crisis"', text, re.MULTILINE)) == 14
