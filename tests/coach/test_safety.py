"""Crisis detection over the committed cases, and what it does with texts that nobody expects."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bee.coach.safety import RULES_VERSION, Category, screen

CASES = Path(__file__).parent / "cases"
PARTS = ("facts", "tuned", "held_out")


@dataclass(frozen=True, slots=True)
class Case:
    """A text and what the rules should say of it."""

    text: str
    crisis: bool
    category: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How well the rules do over some cases."""

    recall: float
    precision: float
    missed: list[str]
    false_alarms: list[str]


def cases_of(part: str) -> list[Case]:
    lines = (CASES / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Case(**json.loads(line)) for line in lines]


def figures(cases: list[Case]) -> Figures:
    flagged = [case for case in cases if screen(case.text).crisis]
    right = [case for case in flagged if case.crisis]
    return Figures(
        recall=len(right) / sum(case.crisis for case in cases),
        precision=len(right) / len(flagged),
        missed=[case.text for case in cases if case.crisis and case not in flagged],
        false_alarms=[case.text for case in flagged if not case.crisis],
    )


def test_the_facts_are_told_apart_without_a_fault() -> None:
    assert figures(cases_of("facts")) == Figures(1.0, 1.0, [], [])


# The rules were written with the tuned cases in view, and must do well on them. No held-out case was used to write
# a rule: half of them were written before the rules and half after, as hard as we could. They say what to expect of
# words that nobody thought of, which is far from everything: their floors are what was measured once.
@pytest.mark.parametrize(
    ("part", "recall", "precision"), [("facts", 1.0, 1.0), ("tuned", 0.97, 0.95), ("held_out", 0.80, 0.95)]
)
def test_recall_and_precision_do_not_fall(
    part: str, recall: float, precision: float, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = cases_of(part)
    found = figures(cases)
    with capsys.disabled():
        print(  # noqa: T201  # the figures belong in the output of the test command
            f"\ncrisis detection, {part}: {len(cases)} cases, recall {found.recall:.3f},"
            f" precision {found.precision:.3f}"
        )
    assert found.recall >= recall, found.missed
    assert found.precision >= precision, found.false_alarms


def test_over_all_cases_that_rules_may_know_recall_and_precision_hold() -> None:
    found = figures([*cases_of("facts"), *cases_of("tuned")])
    assert found.recall >= 0.97
    assert found.precision >= 0.95


def test_there_are_enough_cases_of_both_kinds_and_none_is_in_two_files() -> None:
    tuned, held_out = cases_of("tuned"), cases_of("held_out")
    assert min(sum(case.crisis for case in tuned), sum(not case.crisis for case in tuned)) >= 150
    assert len(held_out) >= 60
    texts = [case.text for part in PARTS for case in cases_of(part)]
    assert len(texts) == len(set(texts))


def test_the_category_is_nearly_always_the_one_a_person_chose() -> None:
    cases = [case for part in PARTS for case in cases_of(part) if case.crisis]
    screened = [(case, screen(case.text)) for case in cases]
    agreed = [case.category == result.category for case, result in screened if result.crisis]
    assert sum(agreed) / len(agreed) >= 0.98


@pytest.mark.parametrize("case", cases_of("facts"), ids=lambda case: case.text)
def test_each_fact(case: Case) -> None:
    assert screen(case.text).crisis is case.crisis


def test_what_matched_are_the_exact_words_of_the_text() -> None:
    text = "Soup for lunch. I’m   okay, but I want to… DIE, and su1c1de is on my mind 😞"
    assert screen(text).matched == ("want to… DIE", "su1c1de")


def test_every_flagged_case_names_words_that_stand_in_it() -> None:
    for case in (case for part in PARTS for case in cases_of(part)):
        result = screen(case.text)
        assert result.crisis == bool(result.matched)
        assert result.crisis == (result.category is not None)
        assert all(words and words in case.text for words in result.matched)


def test_the_most_urgent_danger_names_the_category() -> None:
    assert screen("I want to die and I will kill them all").category is Category.SELF_HARM
    assert screen("I want to die, I took 40 sleeping pills").category is Category.EMERGENCY


def test_a_saying_hides_nothing_that_stands_beside_it() -> None:
    assert screen("dying of laughter lol").crisis is False
    assert screen("dying of laughter lol, but honestly I want to die").crisis is True


@pytest.mark.parametrize(
    "text",
    ["I don't want to die", "I'm not suicidal", "my friend wants to kill herself", "I tried to kill myself"],
)
def test_denials_the_past_and_other_people_count(text: str) -> None:
    assert screen(text).crisis is True


def test_every_result_names_the_rules_that_judged() -> None:
    version, _, digest = RULES_VERSION.partition("+")
    assert version.count(".") == 2
    assert len(digest) == 8
    assert screen("hello").rules_version == screen("kms").rules_version == RULES_VERSION


@given(st.text())
@example("\ud800 I want to die \udfff")
@example("\0")
@example("‮eid ot tnaw I")
@example("ﷺ" * 300)
@settings(max_examples=300)
def test_no_text_makes_it_fail(text: str) -> None:
    result = screen(text)
    assert all(words in text for words in result.matched)


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_plea_is_seen_whatever_stands_around_it(before: str, after: str) -> None:
    assert screen(f"{before}\n\nI want to kill myself\n\n{after}").crisis is True


@pytest.mark.parametrize(
    "filler",
    ["I had oatmeal and went for a walk. ", "a", "a b ", "k i l l ", "é", "\u200b", "took a ", "die "],
)
def test_one_line_is_found_in_a_huge_text(filler: str) -> None:
    half = filler * (500_000 // len(filler))
    result = screen(f"{half}\n\nthere is no reason to live\n\n{half}")
    assert "no reason to live" in result.matched


def test_what_is_shown_of_a_huge_match_is_bounded() -> None:
    result = screen("I want to die. " * 10_000 + "kill" + "\u200b" * 5_000 + " myself")
    assert len(result.matched) <= 20
    assert all(len(words) <= 300 for words in result.matched)
