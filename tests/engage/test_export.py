"""A download holds what the screen shows."""

import csv
import io
from datetime import date, timedelta
from uuid import uuid4

from bee.engage.export import at_risk_csv, member_csv, movements_csv, states_csv
from bee.engage.queries import EventsOfDay, Movement, PersonAtRisk, RecoveryDay, ScoredDay, StateDay

DAY = date(2026, 11, 22)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def person(coach_name: str | None) -> PersonAtRisk:
    return PersonAtRisk(uuid4(), 1778, "NeedsCare", 24.0, [50.0, 24.0], 15, coach_name, True, 50.0, 26.0)


def test_states_are_a_row_a_day_with_what_is_known_of_recoveries() -> None:
    days = [StateDay(DAY - timedelta(days=1), 1, 1, 2, 200.0), StateDay(DAY, 0, 0, 0, 0.0)]

    assert read(states_csv(days, [RecoveryDay(DAY - timedelta(days=1), 1, 3)])) == [
        {
            "date": "2026-11-21",
            "rising": "1",
            "steady": "1",
            "needs_care": "2",
            "people": "4",
            "mean_score": "50.0",
            "fell_7_days_before": "3",
            "recovered": "1",
        },
        {
            "date": "2026-11-22",
            "rising": "0",
            "steady": "0",
            "needs_care": "0",
            "people": "0",
            "mean_score": "",
            "fell_7_days_before": "0",
            "recovered": "0",
        },
    ]


def test_movements_are_a_row_a_pair() -> None:
    assert movements_csv([Movement("Steady", "Rising", 12)]) == "from,to,people\r\nSteady,Rising,12\r\n"


def test_people_bear_their_pseudonym_and_say_whether_they_are_made_up() -> None:
    (row,) = read(at_risk_csv([person("Cora Demo")]))
    assert (row["person"], row["score"], row["coach"], row["is_demo"]) == (
        "P-1778",
        "24.0",
        "Cora Demo",
        "yes",
    )


def test_a_name_is_never_a_formula() -> None:
    (row,) = read(at_risk_csv([person('=HYPERLINK("https://example.org")')]))
    assert row["coach"] == '\'=HYPERLINK("https://example.org")'


def test_a_members_days_have_a_column_for_each_type_of_event() -> None:
    days = [ScoredDay(DAY, 10.0, 12.5, "NeedsCare", 3, False, "v1")]
    events = [EventsOfDay(DAY, "journal_entry", 1), EventsOfDay(DAY, "app_session", 2)]

    assert member_csv(days, events) == (
        "date,raw_score,score,state,events,is_complete,definition,app_session,journal_entry\r\n"
        "2026-11-22,10.0,12.5,NeedsCare,3,no,v1,2,1\r\n"
    )


def test_nothing_is_a_header_alone() -> None:
    assert movements_csv([]) == "from,to,people\r\n"
