"""What shall become a version is checked as a whole: every fault is told, with where it is."""

from collections.abc import Mapping
from typing import Any

import pytest

from bee.coach.prompts.draft import Draft, parse_draft
from bee.coach.prompts.registry import shipped_prompt
from bee.coach.prompts.template import Parameters, prompt_digest
from bee.errors import Invalid

SHIPPED: Mapping[str, Any] = {
    "template": shipped_prompt().model_dump(mode="json"),
    "model": None,
    "parameters": {"max_tokens": 400, "temperature": 0.6},
}


def parts(*said: Mapping[str, Any]) -> dict[str, Any]:
    return {"template": {"variables": {"state": "state", "memories": "texts"}, "parts": list(said)}}


def test_what_comes_along_taken_apart_and_put_together_again_is_the_same_prompt() -> None:
    found = parse_draft(SHIPPED)
    assert found == Draft(template=shipped_prompt(), model=None, parameters=Parameters())
    assert found.sha256 == prompt_digest(shipped_prompt(), None, Parameters())


@pytest.mark.parametrize(
    "model", ["offline", "openai/gpt-4o-mini", "anthropic/claude", "vertex/google/gemini"]
)
def test_a_model_is_a_provider_of_ours_and_a_name(model: str) -> None:
    assert parse_draft({**SHIPPED, "model": model}).model == model


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (parts({"origin": "safety", "text": ""}), "part 1, text: it says nothing"),
        (parts({"origin": "safety", "text": " \n"}), "part 1, text: it says nothing"),
        (parts({"origin": "safety", "text": "a\0b"}), "part 1, text: it holds characters that can't be shown"),
        (parts({"origin": "safety", "text": "a\ud800"}), "part 1, text"),
        (parts({"origin": "safety", "text": "x" * 8001}), "part 1, text"),
        (parts({"origin": "Safety!", "text": "a"}), "part 1, origin"),
        (parts({"origin": "safety", "text": 7}), "part 1, text: Input should be a valid string"),
        (parts({"origin": "state", "by": "state", "texts": {"Rising": ""}}), "part 1, texts, Rising"),
        (parts({"origin": "known", "list": "memories", "heading": ""}), "part 1, heading"),
        (parts({"origin": "safety", "text": "Be {kind}."}), "{kind} is not among the variables"),
        (parts({"origin": "safety", "text": "Be {"}), "Single '{' encountered"),
        (parts(), "parts: Tuple should have at least 1 item"),
        ({"template": {"variables": {"name": "text"}, "parts": [{"origin": "a", "text": "Hi {name}"}]}},
         "nothing supplies the variable name"),
        ({"template": {"variables": {"state": "text"}, "parts": [{"origin": "a", "text": "a"}]}},
         "nothing supplies the variable state"),
        ({"template": []}, "all of it"),
        ({"model": "gpt"}, "model: "),
        ({"model": "openai/"}, "model: "),
        ({"model": "openai/a b"}, "model: "),
        ({"model": "openai/" + "x" * 100}, "model: "),
        ({"parameters": {"max_tokens": 0}}, "parameters, max_tokens"),
        ({"parameters": {"max_tokens": 4001}}, "parameters, max_tokens"),
        ({"parameters": {"temperature": 2.1}}, "parameters, temperature"),
        ({"parameters": {"temperature": float("nan")}}, "parameters, temperature"),
        ({"more": 1}, "more"),
    ],
)  # fmt: skip
def test_what_is_no_prompt_is_refused_with_where_the_fault_is(changes: Mapping[str, Any], told: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_draft({**SHIPPED, **changes})
    assert told in caught.value.message


def test_every_fault_is_told_at_once() -> None:
    wrong = parts({"origin": "safety", "text": ""}, {"origin": "style", "text": "x" * 9000})
    with pytest.raises(Invalid) as caught:
        parse_draft({**wrong, "model": "gpt", "parameters": {"max_tokens": 0, "temperature": 9}})
    for told in ("part 1, text", "part 2, text", "model", "max_tokens", "temperature"):
        assert told in caught.value.message
    assert "passage" not in caught.value.message
