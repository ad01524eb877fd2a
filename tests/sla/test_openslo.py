"""Objectives as OpenSLO v1: what the specification asks for, and the same objectives when they are read again."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bee.errors import Invalid
from bee.sla.minutes import Area
from bee.sla.objectives import OF_REQUESTS, TIMED, Indicator, Objective, objectives
from bee.sla.openslo import from_openslo, to_openslo
from tests.commands import Bee

NAME = {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"}
METADATA = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": NAME, "displayName": {"type": "string", "minLength": 1}},
}
SOURCE = {
    "type": "object",
    "required": ["metricSource"],
    "properties": {
        "metricSource": {
            "type": "object",
            "required": ["spec"],
            "properties": {"type": {"type": "string"}, "spec": {"type": "object"}},
        }
    },
}
DURATION = {"type": "string", "pattern": "^[1-9][0-9]*[mhdwMQY]$"}
SHARE = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
# What the specification of version 1 says of these two kinds, in our words.
SERVICE_SPEC = {"type": "object", "properties": {"description": {"type": "string", "maxLength": 1050}}}
SLO_SPEC = {
    "type": "object",
    "additionalProperties": False,
    "required": ["service", "indicator", "timeWindow", "budgetingMethod", "objectives"],
    "properties": {
        "description": {"type": "string", "maxLength": 1050},
        "service": NAME,
        "indicator": {
            "type": "object",
            "required": ["metadata", "spec"],
            "properties": {
                "metadata": METADATA,
                "spec": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["ratioMetric"],
                    "properties": {
                        "ratioMetric": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["counter", "good", "total"],
                            "properties": {"counter": {"type": "boolean"}, "good": SOURCE, "total": SOURCE},
                        }
                    },
                },
            },
        },
        "timeWindow": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["duration", "isRolling"],
                "properties": {"duration": DURATION, "isRolling": {"type": "boolean"}},
            },
        },
        "budgetingMethod": {"enum": ["Occurrences", "Timeslices", "RatioTimeslices"]},
        "objectives": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["target"],
                "properties": {
                    "target": SHARE,
                    "timeSliceTarget": {"type": "number"},
                    "timeSliceWindow": DURATION,
                },
            },
        },
    },
    # Slices of time say how long they are, and when one is good.
    "if": {"properties": {"budgetingMethod": {"const": "Timeslices"}}},
    "then": {
        "properties": {
            "objectives": {"items": {"required": ["timeSliceTarget", "timeSliceWindow"]}},
        }
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "openslo/v1"},
        "kind": {"enum": ["Service", "SLO"]},
        "metadata": METADATA,
        "spec": {"type": "object"},
    },
    "if": {"properties": {"kind": {"const": "SLO"}}},
    "then": {"properties": {"spec": SLO_SPEC}},
    "else": {"properties": {"spec": SERVICE_SPEC}},
}


def documents(text: str) -> list[Any]:
    return list(yaml.safe_load_all(text))


def valid(**changes: Any) -> str:
    """Return the documents of one objective, the spec of its SLO changed."""
    service, slo, *_ = documents(to_openslo(objectives()))
    slo["spec"] |= changes
    text: str = yaml.safe_dump_all([service, slo])
    return text


@st.composite
def some_objective(draw: st.DrawFn) -> Objective:
    indicator = draw(st.sampled_from(list(Indicator)))
    words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=60)
    return Objective(
        id=draw(st.from_regex(r"[a-z][a-z_]{0,39}", fullmatch=True)),
        name=draw(words),
        promise=draw(words),
        indicator=indicator,
        target=draw(st.floats(0.001, 0.99999)),
        areas=tuple(draw(st.sets(st.sampled_from(list(Area)), min_size=1)))
        if indicator in OF_REQUESTS
        else (),
        within_s=draw(st.floats(0.001, 3600)) if indicator in TIMED else None,
        window_days=draw(st.integers(1, 90)),
    )


def test_what_is_exported_is_what_the_specification_asks_for() -> None:
    validator = jsonschema_rs.validator_for(SCHEMA)
    found = documents(to_openslo(objectives()))
    assert len(found) == 1 + len(objectives())
    for document in found:
        validator.validate(document)


def test_the_shipped_objectives_come_back_as_they_are() -> None:
    assert from_openslo(to_openslo(objectives())) == objectives()


@given(some_objective())
def test_any_objective_comes_back_as_it_was(objective: Objective) -> None:
    assert from_openslo(to_openslo([objective])) == (objective,)


def test_p95_below_a_second_is_95_percent_within_a_second() -> None:
    speed = next(
        each for each in documents(to_openslo(objectives())) if each["metadata"]["name"] == "latency"
    )
    assert speed["spec"]["objectives"][0]["target"] == 0.95
    source = speed["spec"]["indicator"]["spec"]["ratioMetric"]["good"]["metricSource"]["spec"]
    assert source["withinSeconds"] == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "just words",
        "apiVersion: openslo/v1alpha\nkind: SLO",
        "apiVersion: openslo/v1\nkind: SLO",
        "apiVersion: openslo/v1\nkind: SLO\nspec: 7",
        "!!python/object/apply:os.system ['true']",
        valid(timeWindow=[{"duration": "1w", "isRolling": True}]),
        valid(timeWindow=[{"duration": "30d", "isRolling": False}]),
        valid(timeWindow=[]),
        valid(objectives=[{"target": 1.5}]),
        valid(objectives=[{"target": 0.9}, {"target": 0.8}]),
        valid(indicator={"spec": {"thresholdMetric": {}}}),
    ],
)
def test_what_can_not_be_kept_count_of_here_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        from_openslo(text)


def test_the_command_line_exports_and_says_what_differs(bee: Bee, tmp_path: Path) -> None:
    file = tmp_path / "slo.yaml"
    assert "Wrote 9 objectives" in bee("sla", "export", "--to", str(file)).out
    assert "latency: in force\n" in bee("sla", "check", str(file)).out
    file.write_text(file.read_text().replace("target: 0.95", "target: 0.9"))
    assert "latency: differs from what is in force" in bee("sla", "check", str(file)).out
    file.write_text(bee("sla", "export").out.split("---\n")[0])
    assert "errors: in force, and not in the file" in bee("sla", "check", str(file)).out
    refused = bee("sla", "check", str(tmp_path))
    assert (refused.code, "can't be read" in refused.err) == (2, True)


def test_the_command_line_says_how_each_objective_stands(bee: Bee) -> None:
    rows = json.loads(bee("sla", "show", "--json").out)
    assert {row["verdict"] for row in rows} == {"no_evidence"}
    assert bee("sla", "show").out.startswith("objective,target,days,good,bad,verdict,budget_left")
