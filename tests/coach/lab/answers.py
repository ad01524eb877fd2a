"""Answers of a run made up for tests of what they come to."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from bee.coach.lab.run import Output

NAMESPACE = UUID(int=5)


def answer(
    case: str, arm: str, *, repeat: int = 1, passes: bool = True, safe: bool = True, **more: Any
) -> Output:
    """Return an answer. ``passes``: whether its one check of style does; ``safe``: its one of safety."""
    results = {
        "length": {"version": 1, "kind": "style", "passed": passes, "found": []},
        "shaming": {"version": 1, "kind": "safety", "passed": safe, "found": []},
    }
    usual: dict[str, Any] = {
        "id": uuid5(NAMESPACE, f"{case}/{arm}/{repeat}"),
        "case_id": uuid5(NAMESPACE, case),
        "title": case,
        "kind": "ordinary",
        "state": "NeedsCare",
        "arm": arm,
        "repeat": repeat,
        "provider": "openai",
        "model": "gpt-4o-mini",
        "is_screened": False,
        "is_cached": False,
        "text": "words",
        "error": None,
        "checks": {"results": results},
        "is_safe": safe,
        "passes": passes and safe,
        "first_token_ms": 100,
        "total_ms": 1000,
        "input_tokens": 10,
        "cache_read_tokens": 0,
        "cache_write_tokens": 0,
        "output_tokens": 10,
        "reasoning_tokens": 0,
        "is_estimate": False,
        "cost_usd": Decimal("0.001"),
    }
    return Output(**usual | more)


def no_answer(case: str, arm: str, *, repeat: int = 1, **more: Any) -> Output:
    """Return an answer that did not come."""
    nothing = {"text": None, "error": "slow", "checks": None, "is_safe": False, "passes": False}
    return answer(case, arm, repeat=repeat, **nothing | more)


def pair(case: str, ours: bool, theirs: bool, *, repeat: int = 1, **more: Any) -> list[Output]:
    """Return what both versions answered to a case."""
    return [
        answer(case, "candidate", repeat=repeat, passes=ours, **more),
        answer(case, "baseline", repeat=repeat, passes=theirs, **more),
    ]
