"""What the repeated blocks say and draw: cards, words, file names, the shell. Pure."""

import math
from datetime import date

import pytest

from bee.engage.cards import Card, CardName, Unit
from bee.engage.queries import Movement, StateDay
from bee.ui.cards import change_words, sparkline_points, value_words
from bee.ui.shell import ORIGINAL, shell
from bee.ui.words import file_words, movements_words, type_words


def card(value: float | None, change: float | None, *points: float | None) -> Card:
    return Card(CardName.RECOVERED, Unit.PERCENT, value, change, points)


def test_a_figure_without_anybody_to_count_is_a_dash_and_its_days_are_gaps() -> None:
    quiet = card(None, None, 50.0, None, 75.0)
    assert (value_words(quiet), change_words(quiet)) == ("–", None)
    points = sparkline_points(quiet)
    assert points is not None
    assert (points[0], math.isnan(points[1]), points[2]) == (50.0, True, 75.0)
    assert sparkline_points(card(None, None, None, None)) is None


@pytest.mark.parametrize(
    ("change", "said"), [(0.04, 0), (-0.04, 0), (0.05, "+0.1 pts"), (-3.21, "-3.2 pts"), (None, None)]
)
def test_a_change_that_rounds_to_nothing_draws_no_arrow(change: float | None, said: object) -> None:
    assert change_words(card(10.0, change)) == said


def test_a_label_becomes_a_part_of_a_file_name() -> None:
    assert file_words("Coach Cora Demo") == "coach-cora-demo"
    assert file_words("America/New York") == "america-new-york"
    assert file_words("Plan: ../../etc") == "plan-etc"


def test_types_of_events_read_as_people_write_them() -> None:
    assert type_words("lesson_completion") == "Lesson completion"
    assert type_words("pes_entry") == "PES entry"


def test_movements_say_of_how_many_people_they_are() -> None:
    days = [StateDay(date(2026, 9, 1), 1, 1, 1, 150.0), StateDay(date(2026, 11, 23), 1, 1, 1, 150.0)]
    flows = [Movement("Rising", "Steady", 1_000), Movement("Steady", "Steady", 6)]
    assert movements_words(days, flows) == "1 Sep → 23 Nov, 1,006 people with a score on both"


def test_the_shell_is_streamlits_under_our_name_and_says_where_the_server_is() -> None:
    original = ORIGINAL.read_text(encoding="utf-8")
    ours = shell(original)
    assert "<title>BEE</title>" in ours
    assert "Streamlit</title>" not in ours
    assert "SourceSans" not in ours
    assert ours.index("BACKEND_BASE_URL") < ours.index('<script type="module"')
    assert '"./' not in ours
    assert ours.count("modulepreload") == original.count("modulepreload")
