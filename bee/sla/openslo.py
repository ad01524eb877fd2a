"""Objectives in the field's own format, OpenSLO v1, and back (pure).

Alerts are not in it: OpenSLO v1 has no condition over two windows.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import yaml

from bee.errors import Invalid
from bee.sla.objectives import Objective, parse_objectives_of

VERSION: Final = "openslo/v1"
SERVICE: Final = "bee"
# Who is asked for the counts: ours, described by what is counted.
SOURCE: Final = "BEE"


def to_openslo(objectives: Iterable[Objective]) -> str:
    """Return objectives as YAML documents, the service that they are of first."""
    documents = [_service(), *(_slo(objective) for objective in objectives)]
    text: str = yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=100)
    return text


def from_openslo(text: str) -> tuple[Objective, ...]:
    """Return the objectives of YAML documents as :func:`to_openslo` writes them.

    Raises :class:`Invalid` for what is no OpenSLO v1, or counts something else than this service does.
    """
    try:
        documents = [each for each in yaml.safe_load_all(text) if each is not None]
    except yaml.YAMLError as error:
        raise Invalid("openslo", f"That is no YAML: {error}.") from error
    for document in documents:
        if not isinstance(document, dict) or document.get("apiVersion") != VERSION:
            raise Invalid("openslo", f"Each document has to be of {VERSION}.")
    return parse_objectives_of([_read(document) for document in documents if document.get("kind") == "SLO"])


def _service() -> dict[str, Any]:
    return {
        "apiVersion": VERSION,
        "kind": "Service",
        "metadata": {"name": SERVICE, "displayName": "Behavioral Engagement Engine"},
        "spec": {"description": "The mobile API, the coach's replies, and what is done in time for members."},
    }


def _slo(objective: Objective) -> dict[str, Any]:
    name = objective.id.replace("_", "-")
    slices = {} if objective.is_of_requests else {"timeSliceTarget": 1.0, "timeSliceWindow": "1m"}
    return {
        "apiVersion": VERSION,
        "kind": "SLO",
        "metadata": {"name": name, "displayName": objective.name},
        "spec": {
            "description": objective.promise,
            "service": SERVICE,
            "indicator": {
                "metadata": {"name": f"{name}-ratio"},
                "spec": {
                    "ratioMetric": {
                        "counter": False,
                        "good": _source(objective, "good"),
                        "total": _source(objective, "total"),
                    }
                },
            },
            "timeWindow": [{"duration": f"{objective.window_days}d", "isRolling": True}],
            "budgetingMethod": "Occurrences" if objective.is_of_requests else "Timeslices",
            "objectives": [{"displayName": objective.name, "target": objective.target, **slices}],
        },
    }


def _source(objective: Objective, events: str) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "objective": objective.id,
        "events": events,
        "indicator": str(objective.indicator),
    }
    if objective.areas:
        spec["areas"] = [str(area) for area in objective.areas]
    if objective.within_s is not None:
        spec["withinSeconds"] = objective.within_s
    return {"metricSource": {"type": SOURCE, "spec": spec}}


def _read(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an objective; whether they make one is judged with them all."""
    try:
        spec = document["spec"]
        source = spec["indicator"]["spec"]["ratioMetric"]["good"]["metricSource"]["spec"]
        (window,) = spec["timeWindow"]
        (promised,) = spec["objectives"]
        days = str(window["duration"])
        fields = {
            "id": source["objective"],
            "name": document["metadata"]["displayName"],
            "promise": spec["description"],
            "indicator": source["indicator"],
            "target": promised["target"],
            "areas": source.get("areas", []),
            "within_s": source.get("withinSeconds"),
            "window_days": int(days.removesuffix("d")) if days.endswith("d") else days,
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid("openslo", f"An SLO lacks what it needs, or has it twice: {error}.") from error
    if window.get("isRolling") is not True:
        raise Invalid("openslo", "Only rolling windows are counted here.")
    return fields
