"""What a prompt comes to: its variables by kind, its parts by origin; nothing is ever put in as an empty text."""

import json
from collections.abc import Mapping

import pytest

from bee.coach.prompts.registry import shipped_prompt
from bee.coach.prompts.template import (
    STATES,
    Parameters,
    Template,
    Value,
    parse_template,
    prompt_digest,
    render,
    template_text,
)
from bee.errors import Invalid

VALUES: Mapping[str, Value] = {"state": "Steady", "memories": ["likes to walk"], "name": "P-1", "days": 3}
CHOICE = {"origin": "state", "by": "state", "texts": {state: f"It is {state}." for state in STATES}}
ALL_KINDS = {
    "variables": {"state": "state", "memories": "texts", "name": "text", "days": "number"},
    "parts": [
        {"origin": "persona", "text": "To {name}, {{as ever}}, after {days} days."},
        CHOICE,
        {"origin": "memories", "heading": "Known:", "list": "memories"},
    ],
}


def template(**changes: object) -> Template:
    return parse_template(json.dumps(ALL_KINDS | changes))


def test_each_part_says_what_it_came_from_and_all_together_are_the_prompt() -> None:
    found = render(template(), VALUES)
    assert [(part.origin, part.text) for part in found.parts] == [
        ("persona", "To P-1, {as ever}, after 3 days."),
        ("state", "It is Steady."),
        ("memories", "Known:\n- likes to walk"),
    ]
    assert found.text == "To P-1, {as ever}, after 3 days.\n\nIt is Steady.\n\nKnown:\n- likes to walk"


def test_what_a_member_wrote_is_put_in_as_it_stands_and_never_read_as_a_template() -> None:
    values = {**VALUES, "name": "{days} {state.__class__}", "memories": ["{name}"]}
    found = render(template(), values)
    assert found.parts[0].text.startswith("To {days} {state.__class__}, ")
    assert found.parts[2].text == "Known:\n- {name}"


def test_a_list_without_items_leaves_its_heading_out() -> None:
    assert [part.origin for part in render(template(), {**VALUES, "memories": []}).parts] == [
        "persona", "state",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["state", "memories", "name", "days"])
def test_a_value_that_is_missing_fails_the_prompt(name: str) -> None:
    values = {key: value for key, value in VALUES.items() if key != name}
    with pytest.raises(Invalid, match=f"variable {name} has no value"):
        render(template(), values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "steady"),
        ("state", None),
        ("state", ["Steady"]),
        ("memories", "likes to walk"),
        ("memories", [""]),
        ("memories", [7]),
        ("memories", None),
        ("name", ""),
        ("name", "  "),
        ("name", 7),
        ("name", None),
        ("days", "3"),
        ("days", True),
        ("days", None),
    ],
)
def test_a_value_of_another_kind_fails_the_prompt(name: str, value: object) -> None:
    with pytest.raises(Invalid, match=f"variable {name} is no "):
        render(template(), {**VALUES, name: value})  # type: ignore[dict-item]  # that is the point


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"parts": [{"origin": "a", "text": "{nobody}"}]}, "{nobody} is not among the variables"),
        ({"parts": [{"origin": "a", "text": "{memories}"}]}, "of the kind texts"),
        ({"parts": [{"origin": "a", "text": "{name!r}"}]}, "can only stand by itself"),
        ({"parts": [{"origin": "a", "text": "{days:>9}"}]}, "can only stand by itself"),
        ({"parts": [{"origin": "a", "text": "{name.__class__}"}]}, "not among the variables"),
        ({"parts": [{"origin": "a", "text": "{"}]}, "Single '{' encountered"),
        ({"parts": [CHOICE | {"texts": {"Rising": "Good."}}]}, "a text for each of"),
        ({"parts": [CHOICE | {"by": "name"}]}, "of the kind text"),
        ({"parts": []}, "parts"),
        ({"variables": {"Name": "text"}}, "variables"),
        ({"variables": {"name": "date"}}, "variables"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_no_prompt_is_refused_with_its_fault(changes: dict[str, object], told: str) -> None:
    with pytest.raises(Invalid) as caught:
        template(**changes)
    assert told in caught.value.message


def test_the_digest_changes_with_whatever_decides_and_with_nothing_else() -> None:
    again = parse_template(template_text(template()))
    usual = prompt_digest(template(), None, Parameters())
    assert prompt_digest(again, None, Parameters()) == usual
    others = {
        prompt_digest(template(parts=[CHOICE]), None, Parameters()),
        prompt_digest(template(), "openai/fine", Parameters()),
        prompt_digest(template(), None, Parameters(max_tokens=401)),
        prompt_digest(template(), None, Parameters(temperature=None)),
    }
    assert len(others - {usual}) == 4


@pytest.mark.parametrize("state", sorted(STATES))
def test_the_prompt_that_comes_along_has_its_safety_rules_in_every_state(state: str) -> None:
    found = render(shipped_prompt(), {"state": state, "memories": []})
    assert [part.origin for part in found.parts] == [
        "persona", "safety", "style", "masking", "memory", "state",
    ]  # fmt: skip
