"""What no effect can be told from is refused, with the reason."""

from collections.abc import Callable
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from bee.errors import Invalid
from bee.notify.effect import Effect, Kind, Question, effect_of

Columns = dict[str, list[object] | NDArray[np.float64]]


def table(members: int = 12, points: int = 20, seed: int = 11) -> Columns:
    rng = np.random.default_rng(seed)
    size = members * points
    treatment = (rng.random(size) < 0.5).astype(np.float64)
    mood = rng.normal(size=size)
    return {
        "member": np.repeat(np.arange(members), points).astype(np.float64),
        "outcome": mood + treatment + rng.normal(size=size),
        "opened": (rng.random(size) < 0.3 + 0.2 * treatment).astype(np.float64),
        "treatment": treatment,
        "probability": np.full(size, 0.5),
        "available": np.ones(size),
        "mood": mood,
        "day": np.tile(np.arange(points), members).astype(np.float64),
    }


def question(
    outcome: str = "outcome",
    probability: str | float = "probability",
    controls: tuple[str, ...] = (),
    moderators: tuple[str, ...] = (),
    kind: Kind | None = None,
    numerator: str | float | None = None,
) -> Question:
    return Question(
        "member", outcome, "treatment", probability, controls, moderators, "available", numerator, kind
    )


def refusal(columns: Columns, asked: Question | None = None) -> Invalid:
    with pytest.raises(Invalid) as refused:
        effect_of(columns, asked or question())
    return refused.value


def changed(name: str, change: Callable[[NDArray[np.float64]], object]) -> Columns:
    columns = table()
    values = np.array(columns[name], dtype=np.float64)
    change(values)
    return {**columns, name: values}


def at(index: slice | list[int] | int, value: float) -> Callable[[NDArray[np.float64]], None]:
    def change(values: NDArray[np.float64]) -> None:
        values[index] = value

    return change


def test_an_unknown_column_is_named_with_those_there_are() -> None:
    said = refusal(table(), question(controls=("mod",))).message
    assert said.startswith("The table has no column mod. It has: member, outcome,")


@pytest.mark.parametrize("value", [np.nan, 0.0, 1.0])
def test_decisions_that_were_not_randomised_have_no_effect(value: float) -> None:
    error = refusal(changed("probability", at(slice(3), value)))
    assert error.code == "not_randomised"
    assert error.message.startswith("3 of 240 decisions were not randomised")


@pytest.mark.parametrize("probability", [0, 1])
def test_a_rule_that_always_or_never_sends_has_no_effect(probability: float) -> None:
    assert refusal(table(), question(probability=probability)).code == "not_randomised"


@pytest.mark.parametrize("value", [-0.1, 1.5, 40])
def test_a_probability_outside_0_to_1_is_refused(value: float) -> None:
    assert refusal(changed("probability", at(slice(2), value))).message == (
        "2 probabilities do not lie between 0 and 1."
    )


@pytest.mark.parametrize("numerator", [0.0, 1.0, -2.0])
def test_a_numerator_outside_0_to_1_is_refused(numerator: float) -> None:
    assert refusal(table(), question(numerator=numerator)).code == "probability_outside"
    assert refusal({**table(), "n": np.full(240, numerator)}, question(numerator="n")).code == (
        "probability_outside"
    )


def test_a_probability_that_the_treatments_belie_is_refused() -> None:
    said = refusal(table(), question(probability=0.1)).message
    assert "% of the decision points are treated, where the probability says 10.0%" in said


def test_missing_values_are_counted_by_column() -> None:
    columns = changed("outcome", at([0, 1, 2], np.nan))
    columns["mood"] = [None, *np.asarray(columns["mood"])[1:-1], float("inf")]
    said = refusal(columns, question(controls=("mood",))).message
    assert said == (
        "4 of 240 available decision points miss values (outcome 3, mood 2)."
        " Fill them in, or leave those decision points out with --drop-missing."
    )


def test_dropping_leaves_out_what_misses_a_value_and_says_how_much() -> None:
    found = effect_of(changed("outcome", at([0, 1, 2], np.nan)), question(), drop_missing=True)
    assert (found.available, found.dropped) == (237, 3)
    assert found.notices == ("3 available decision points were left out: they miss a value.",)
    rest = {name: values[3:] for name, values in table().items()}
    assert found.terms == effect_of(rest, question()).terms


def test_dropping_everything_is_refused() -> None:
    with pytest.raises(Invalid, match="Every available decision point misses a value"):
        effect_of(changed("outcome", at(slice(None), np.nan)), question(), drop_missing=True)


def test_a_row_without_a_member_is_refused_even_when_it_is_not_available() -> None:
    columns = changed("available", at(0, 0))
    columns["member"] = [None, *np.asarray(columns["member"])[1:].tolist()]
    assert refusal(columns).message == "Whose they are is missing in 1 of 240 rows."


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("treatment", 2, "treatment_not_binary"),
        ("treatment", 0.5, "treatment_not_binary"),
        ("available", 2, "availability_not_binary"),
        ("available", np.nan, "availability_not_binary"),
    ],
)
def test_what_has_to_be_0_or_1_is(name: str, value: float, code: str) -> None:
    assert refusal(changed(name, at([0, 5], value))).code == code


@pytest.mark.parametrize("value", [0, 1])
def test_without_both_arms_there_is_nothing_to_compare(value: float) -> None:
    error = refusal(changed("treatment", at(slice(None), value)))
    assert error.code == "one_arm"


def test_a_table_without_rows_or_without_anybody_available_is_refused() -> None:
    empty: Columns = {name: [] for name in table()}
    assert refusal(empty).code == "nothing_available"
    assert refusal(changed("available", at(slice(None), 0))).code == "nothing_available"


def test_one_member_is_no_trial() -> None:
    said = refusal(table(members=1)).message
    assert said == (
        "1 member has an available decision point, and 2 coefficients are to be estimated: it takes 3 members"
        " at least."
    )


def test_as_many_members_as_coefficients_are_too_few() -> None:
    assert refusal(table(members=3), question(controls=("mood",))).code == "too_few_members"
    assert effect_of(table(members=4), question(controls=("mood",))).terms[0].df == 1


def test_controls_that_say_the_same_are_named() -> None:
    columns = table()
    columns["twice"] = 3 - 2 * np.asarray(columns["mood"], dtype=np.float64)
    error = refusal(columns, question(controls=("mood", "twice")))
    assert error.code == "collinear"
    assert "twice" in error.message or "mood" in error.message
    assert refusal({**columns, "same": np.ones(240)}, question(controls=("same",))).message == (
        "The column same has one value only, so it says nothing."
    )


def test_a_constant_outcome_is_refused() -> None:
    assert (
        refusal(changed("outcome", at(slice(None), 7))).message == "The outcome is 7 at every decision point."
    )
    assert refusal(changed("opened", at(slice(None), 1)), question("opened")).code == "constant_outcome"


@pytest.mark.parametrize(("arm", "word"), [(1, "treated"), (0, "untreated")])
def test_an_arm_without_the_outcome_has_no_finite_relative_risk(arm: int, word: str) -> None:
    columns = table()
    opened = np.array(columns["opened"], dtype=np.float64)
    opened[np.asarray(columns["treatment"]) == arm] = 0
    said = refusal({**columns, "opened": opened}, question("opened")).message
    assert said == f"No {word} decision point has the outcome, so the relative risk has no finite estimate."


def test_a_moderator_that_separates_the_outcome_is_refused() -> None:
    columns = table()
    late = (np.asarray(columns["day"]) >= 10).astype(np.float64)
    opened = np.array(columns["opened"], dtype=np.float64)
    opened[(late == 1) & (np.asarray(columns["treatment"]) == 1)] = 0
    columns |= {"opened": opened, "late": late}
    error = refusal(columns, question("opened", controls=("late",), moderators=("late",)))
    assert error.code == "not_converged"


def test_an_outcome_that_is_not_0_or_1_is_not_binary() -> None:
    assert refusal(table(), question(kind=Kind.BINARY)).code == "outcome_not_binary"


def test_the_kind_is_inferred_and_can_be_overruled() -> None:
    assert effect_of(table(), question("opened")).scale == "log of the relative risk"
    assert effect_of(table(), question("opened", kind=Kind.CONTINUOUS)).scale == "difference of means"


def test_a_member_who_alone_decides_a_control_is_refused() -> None:
    columns = table()
    columns["alone"] = (np.asarray(columns["member"]) == 3).astype(np.float64)
    assert refusal(columns, question(controls=("alone",))).code == "one_member_decides"
    assert effect_of(columns, question(controls=("alone",)), small_sample=False).terms[0].se > 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["high", "3"], "The column outcome holds text ('high'), where numbers are wanted."),
        ([b"3", b"4"], "The column outcome holds values of the type binary, where numbers are wanted."),
    ],
)
def test_an_outcome_that_is_no_number_is_refused(values: list[object], said: str) -> None:
    assert refusal({**table(), "outcome": values * 120}).message == said


def test_a_text_with_too_many_values_is_no_covariate() -> None:
    columns: Columns = {**table(), "note": [f"note {index}" for index in range(240)]}
    assert refusal(columns, question(controls=("note",))).code == "too_many_levels"


def test_a_column_is_not_two_things() -> None:
    with pytest.raises(Invalid, match="have to be three columns"):
        Question("member", "outcome", "outcome", 0.5)
    with pytest.raises(Invalid, match="treatment is named twice"):
        Question("member", "outcome", "treatment", 0.5, controls=("treatment",))
    with pytest.raises(Invalid, match="mood is named twice"):
        Question("member", "outcome", "treatment", 0.5, moderators=("mood", "mood"))


def test_a_moderator_that_was_not_asked_for_is_refused() -> None:
    found = effect_of(table(), question(moderators=("mood",)))
    with pytest.raises(Invalid, match="no moderator day"):
        found.at("day 3", {"day": 3})


def test_rows_of_a_ledger_with_uuids_and_booleans_are_taken_as_they_are() -> None:
    columns = table()
    plain = effect_of(columns, question("opened"))
    columns["member"] = [UUID(int=int(member)) for member in np.asarray(columns["member"])]
    columns["opened"] = [bool(opened) for opened in np.asarray(columns["opened"])]
    columns["treatment"] = [bool(sent) for sent in np.asarray(columns["treatment"])]
    assert effect_of(columns, question("opened")).terms == plain.terms


def test_a_trial_too_large_to_keep_is_read_again_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: Effect = effect_of(table(), question("opened", controls=("mood",)))
    monkeypatch.setattr("bee.notify.effect.design.MOST_KEPT", 0)
    pieces = pa.concat_tables([pa.table(table())[start : start + 7] for start in range(0, 240, 7)])
    again = effect_of(pieces, question("opened", controls=("mood",)))
    assert again.terms[0].estimate == pytest.approx(kept.terms[0].estimate, rel=1e-12)
    assert again.terms[0].se == pytest.approx(kept.terms[0].se, rel=1e-12)
    assert again.members == kept.members == 12
