"""Service health › Now through ``app.py``: are we up, what burns, what is open, what we stand on."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.sla.derivation import minute_at
from bee.sla.probes.notes import note
from bee.sla.probes.ticks import Probe, Round, Seen, Step, tick_of
from bee.ui.house import House
from bee.ui.reads import forget_reads
from tests.coach.prompts.test_live import name
from tests.dashboard import Person, add_person, now
from tests.factories import execute
from tests.sla.days import MINUTE, Traffic, make_stale, pass_by, settle, two_days
from tests.ui import conftest
from tests.ui.conftest import visit

PAGE = "service/now.py"


@pytest.fixture
def olga(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ONCALL, name="Olga Call")


def words(app: AppTest) -> str:
    """Return everything that the page says, as it is read."""
    return conftest.words(app).replace("\\", "")


def fail(database: Database, minutes: int) -> None:
    """Let every request of the last minutes fail, after a day without a fault."""
    until = minute_at(now())
    with database.writing(Login.OWNER) as session:
        pass_by(session, Traffic(until - timedelta(days=1), 1440 - minutes, 50))
        pass_by(session, Traffic(until - minutes * MINUTE, minutes, 50, status="5xx"))
        make_stale(session)
    settle(database, now=until)


def test_an_empty_house_says_that_nothing_is_known_and_never_that_it_is_up(
    empty_house: House, olga: Person
) -> None:
    app = visit(PAGE, olga)
    assert not app.exception
    said = words(app)
    assert "Not known: there is no evidence" in said
    assert "No evidence: nothing was measured yet." in said
    assert "100%" not in said
    assert "We are up" not in said
    assert "Nobody: neither a worker nor a prober nor a process that measures." in said


def test_a_quiet_house_is_up_and_nothing_burns(empty_house: House, olga: Person) -> None:
    two_days(empty_house.database, now=now())
    app = visit(PAGE, olga)
    assert not app.exception
    said = words(app)
    assert "We are up" in said
    assert "Nothing burns." in said
    assert "No alert is open." in said
    assert "Nobody is on call" in said


def test_an_outage_says_since_when_and_what_burns_and_until_when_it_lasts(
    empty_house: House, olga: Person
) -> None:
    fail(empty_house.database, 12)
    app = visit(PAGE, olga)
    assert not app.exception
    said = words(app)
    assert "We are down" in said
    assert "For 12 min, since " in said or "For 13 min, since " in said
    assert "**Errors**" in said
    assert "**Uptime**" in said
    assert "Wakes somebody: 20.0× over 1 h" in said


def test_an_open_alert_and_who_is_on_call_are_shown(empty_house: House, olga: Person) -> None:
    with empty_house.database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into oncall_shifts (level, staff_id, starts_at, ends_at, created_by)"
            " values (1, :olga, now() - interval '1 hour', now() + interval '7 hours', :olga)",
            olga=olga.id,
        )
        execute(
            session,
            """
            insert into alerts (rule, version, subject, severity, opened_at, fired_at, evidence, round_at)
            select 'push_waits', max(version), '', 'page', now(), now(),
                '{"signal": "push", "age_min": 31, "most_min": 10}', now()
            from alert_rule_versions where rule = 'push_waits'
            """,
        )
    app = visit(PAGE, olga)
    assert not app.exception
    assert "On call: Olga Call, until " in words(app)
    (row,) = [frame.value for frame in app.dataframe if "held" in frame.value.columns]
    assert list(row["what"]) == ["A push that is due does not leave"]
    assert list(row["severity"][0]) == ["Wakes somebody"]


def test_who_works_and_what_waits_are_told_by_their_age(empty_house: House, olga: Person) -> None:
    with empty_house.database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into worker_beats (worker, release, beat_at) values ('house:7', '1', now() - interval '20 s')",
        )
        execute(session, "insert into jobs (kind, run_at) values ('score', now() - interval '40 minutes')")
        execute(
            session,
            "insert into coach_breakers (provider, failures, because, open_until, changed_at)"
            " values ('openai', 5, 'it answers *nothing*', now() + interval '1 minute', now())",
        )
    app = visit(PAGE, olga)
    assert not app.exception
    said = words(app)
    assert "1 waits, the oldest for 40 min" in said
    assert "because: it answers *nothing*" in said
    heard = next(frame.value for frame in app.dataframe if "seen" in frame.value.columns)
    assert (heard["kind"][0], heard["name"][0]) == ("Worker", "house:7")


def test_answers_that_no_run_let_pass_are_told_of(empty_house: House, olga: Person) -> None:
    name(empty_house.database, "offline")
    assert "Answers that no run let pass" not in words(visit(PAGE, olga))
    name(empty_house.database, "openai/b")
    forget_reads()
    app = visit(PAGE, olga)
    assert not app.exception
    assert (
        "Version 1 is live in local with openai/b, which the settings name, and no run let that pass"
        in words(app)
    )


def look(database: Database, *rounds: Round) -> None:
    with database.writing(Login.SYSTEM) as session:
        note(session, rounds, kept_days=100)


def a_round(
    probe: Probe, prober: str, ago: timedelta, *seen: Seen, not_run: str = "", waiting: int = 0
) -> Round:
    every_s = 60 if probe is Probe.READY else 900
    at = tick_of(now() - ago, every_s)
    return Round(probe, "https://api.example.org", prober, at, every_s, "1.0", seen, not_run, 0.5, waiting)


def well(step: Step, seconds: float = 0.2) -> Seen:
    return Seen(step, ok=True, retried=False, seconds=seconds, lasted_s=seconds)


def test_without_a_prober_the_page_says_how_to_have_one(empty_house: House, olga: Person) -> None:
    assert "Nobody looks: set BEE_PROBE_URL" in words(visit(PAGE, olga))


def test_each_prober_shows_its_heartbeat_what_it_saw_and_what_it_could_not_tell(
    empty_house: House, olga: Person
) -> None:
    silent = Seen(Step.READY, ok=False, retried=True, seconds=10, reason="timeout")
    look(
        empty_house.database,
        a_round(Probe.READY, "berlin", 0 * MINUTE, well(Step.READY)),
        a_round(Probe.READY, "tokyo", 30 * MINUTE, silent, waiting=12),
        a_round(Probe.JOURNEY, "tokyo", 0 * MINUTE, not_run="no_credentials"),
    )
    app = visit(PAGE, olga)
    assert not app.exception
    frame = next(found.value for found in app.dataframe if "beat" in found.value)
    rows = {(row["who"], row["what"]): row for _, row in frame.iterrows()}
    berlin, tokyo = rows["berlin", "Is it ready?"], rows["tokyo", "Is it ready?"]
    assert (berlin["beat"], berlin["saw"], berlin["waiting"]) == ("On time", "All well, 0.20 s", "Nothing")
    assert tokyo["beat"].startswith("Late by ")
    assert (tokyo["saw"], tokyo["waiting"]) == ("Ready: no answer in time", "12 rounds")
    idle = rows["tokyo", "A member's journey"]
    assert (idle["beat"], idle["saw"]) == ("On time", "Not run: no credentials are set")
    assert "it was not run: no credentials are set" in words(app)


def test_the_last_journey_is_shown_step_by_step_with_the_one_that_failed(
    empty_house: House, olga: Person
) -> None:
    failed = Seen(Step.COACH, ok=False, retried=True, seconds=15, reason="http_503", lasted_s=30)
    steps = (well(Step.SIGN_IN), well(Step.EVENT), well(Step.MOMENTUM), failed, well(Step.PUSH, 1.5))
    look(
        empty_house.database,
        a_round(Probe.JOURNEY, "berlin", 20 * MINUTE, *map(well, list(Step)[1:])),
        a_round(Probe.JOURNEY, "berlin", 0 * MINUTE, *steps),
    )
    app = visit(PAGE, olga)
    assert "The coach answers failed twice: HTTP 503" in words(app)
    frame = next(found.value for found in app.dataframe if "began" in found.value)
    assert list(frame["step"]) == [
        "Sign in", "Post an event", "Momentum changes", "The coach answers", "A push is taken",
    ]  # fmt: skip
    assert list(frame["came"]) == ["Well", "Well", "Well", "Failed", "Well"]
    assert list(frame["seconds"]) == [0.2, 0.2, 0.2, 15, 1.5]
    assert [round(float(began), 3) for began in frame["began"]] == [0.5, 0.7, 0.9, 1.1, 31.1]
