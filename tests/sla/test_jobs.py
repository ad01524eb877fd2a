"""Jobs as people on call see them: how each stands, what is in trouble first, and what is run now."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bee.audit import Actor
from bee.db import Database, Login
from bee.errors import BeeError, Conflict, Invalid, NotFound
from bee.jobs import run_due
from bee.sla.jobs import JobState, RunSearch, kind_names, kinds, open_state, run_now, runs, runs_csv
from tests.factories import execute, make_staff
from tests.sla.rows import stored

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ROLES = ("bee_oncall", "bee_admin")


@pytest.mark.parametrize(
    ("working_s", "heard_s", "due_s", "error", "state", "why"),
    [
        (5, 5, 60, None, JobState.WORKING, "it was heard of just now"),
        (600, 59, 660, None, JobState.WORKING, "it takes long and is alive"),
        (600, 61, 660, None, JobState.LOST, "its worker is silent for more than a minute"),
        (600, 61, 660, "x: y", JobState.LOST, "silent in a later try"),
        (None, None, -60, None, JobState.WAITING, "it is due in a minute"),
        (
            None,
            None,
            119,
            None,
            JobState.WAITING,
            "a worker looks every few seconds, and may be at something",
        ),
        (None, None, 121, None, JobState.LATE, "nobody took it"),
        (None, None, -10, "x: y", JobState.AGAIN, "it failed and comes back"),
        (None, None, 900, "x: y", JobState.AGAIN, "that it failed says more than that it is late"),
    ],
)
def test_how_a_job_that_has_not_ended_stands(
    working_s: int | None, heard_s: int | None, due_s: int, error: str | None, state: JobState, why: str
) -> None:
    def ago(seconds: int | None) -> datetime | None:
        return None if seconds is None else NOW - timedelta(seconds=seconds)

    due = NOW - timedelta(seconds=due_s)
    assert open_state(NOW, ago(working_s), ago(heard_s), due, error) is state, why


def add(database: Database, kind: str, key: str = "", **more: str) -> None:
    """Add a job as it is told: columns and their SQL."""
    columns = {"run_at": "timestamptz '2026-02-01 11:00+00'"} | more
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            f"insert into jobs (kind, key, {', '.join(columns)})"
            f" values (:kind, :key, {', '.join(columns.values())})",
            kind=kind,
            key=key,
        )


def ended(at: str, outcome: str = "done", error: str = "null", rows: int = 3) -> dict[str, str]:
    moment = f"timestamptz '2026-02-01 {at}+00'"
    return {
        "started_at": f"{moment} - interval '5 s'", "finished_at": moment, "outcome": f"'{outcome}'",
        "error": error, "rows_done": str(rows), "attempts": "1",
    }  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Database:
    add(database, "score", **ended("10:00", rows=7))
    add(database, "score", **ended("11:00"))
    add(database, "notify", **ended("09:00"))
    add(database, "notify", **ended("11:30", "failed", "'database_busy: No connection.'", 0))
    add(database, "notify", "a day is over", **ended("11:40"))
    add(database, "notify", run_at="timestamptz '2026-02-01 12:10+00'")
    add(database, "housekeeping", run_at="timestamptz '2026-02-02 03:17+00'")
    return database


@pytest.mark.parametrize("role", ROLES)
def test_each_kind_with_its_newest_run_and_the_next_and_those_in_trouble_first(
    filled: Database, role: str
) -> None:
    add(filled, "derive", run_at="timestamptz '2026-02-01 11:59:58+00'", error="'x: y'", attempts="1")
    with filled.reading(Login.DASHBOARD, role=role) as session:
        found = kinds(session, since=NOW - DAY, now=NOW)
        assert kind_names(session) == ["derive", "housekeeping", "notify", "score"]
    assert [(kind.kind, kind.state(NOW), kind.runs, kind.failed, kind.seconds) for kind in found] == [
        ("derive", JobState.AGAIN, 0, 0, None),
        ("housekeeping", JobState.WAITING, 0, 0, None),
        ("notify", JobState.WAITING, 3, 1, 5.0),
        ("score", JobState.DONE, 2, 0, 5.0),
    ]
    assert [kind.next_at for kind in found[1:]] == [
        datetime(2026, 2, 2, 3, 17, tzinfo=UTC), datetime(2026, 2, 1, 12, 10, tzinfo=UTC), None,
    ]  # fmt: skip


def test_a_kind_whose_newest_run_failed_stays_in_trouble_while_the_next_one_waits(database: Database) -> None:
    add(database, "notify", **ended("11:30", "failed", "'x: y'"))
    add(database, "notify", run_at="timestamptz '2026-02-01 12:10+00'")
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        (kind,) = kinds(session, since=NOW - DAY, now=NOW)
    assert kind.state(NOW) is JobState.FAILED


def found(
    database: Database, *, most: int = 9, before: int | None = None, **search: str
) -> list[tuple[int, str]]:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        rows = runs(session, RunSearch(NOW - DAY, **search), most=most, before=before)
    return [(row.id, row.kind) for row in rows]


def test_runs_that_have_not_ended_come_first_then_the_newest_page_by_page(filled: Database) -> None:
    everything = found(filled)
    assert everything == [
        (7, "housekeeping"), (6, "notify"), (5, "notify"), (4, "notify"), (2, "score"), (1, "score"), (3, "notify"),
    ]  # fmt: skip
    pages = [*found(filled, most=3), *found(filled, most=3, before=5), *found(filled, most=3, before=1)]
    assert pages == everything
    assert found(filled, before=999) == []


def test_runs_are_found_by_kind_and_by_how_they_ended(filled: Database) -> None:
    assert found(filled, state="failed") == [(4, "notify")]
    assert found(filled, kind="score", state="done") == [(2, "score"), (1, "score")]
    assert found(filled, state="open") == [(7, "housekeeping"), (6, "notify")]


def test_a_file_says_what_the_screen_says_and_runs_nothing_in_a_spreadsheet(database: Database) -> None:
    add(database, "score", **ended("11:00", "failed", "'=cmd: x'"))
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:
        rows = runs(session, RunSearch(NOW - DAY), most=9)
    assert runs_csv(rows, NOW).splitlines()[1] == (
        "1,score,,failed,2026-02-01T11:00:00+00:00,2026-02-01T10:59:55+00:00,2026-02-01T11:00:00+00:00,5.0,3,1,,"
        "'=cmd: x"
    )


def ask(
    database: Database, role: str, kind: str, *, key: str = "", reason: str = "it failed at night"
) -> UUID:
    with database.writing(Login.OWNER) as session:
        staff = make_staff(session, roles=(role.removeprefix("bee_"),))
    with database.writing(Login.DASHBOARD, role=role, staff_id=staff) as session:
        run_now(session, kind=kind, key=key, reason=reason, actor=Actor.staff(staff))
    return staff


@pytest.mark.parametrize("role", ROLES)
def test_what_waits_runs_sooner_and_what_does_not_is_asked_for_and_both_are_in_the_trail(
    filled: Database, role: str
) -> None:
    first = ask(filled, role, "housekeeping")
    second = ask(filled, role, "score")
    assert stored(filled, "kind, run_at <= now()", "jobs where finished_at is null") == [
        ("housekeeping", True), ("notify", True), ("score", True),
    ]  # fmt: skip
    trail = "action, actor_id, subject_kind, subject_id, reason"
    assert set(stored(filled, trail, "audit_log")) == {
        ("job.asked", first, "job", "housekeeping", "it failed at night"),
        ("job.asked", second, "job", "score", "it failed at night"),
    }
    ran: list[str] = []
    while run_due(
        filled, {kind: lambda job, _progress: ran.append(job.kind) for kind in kind_set(filled)}, worker="w"
    ):
        pass
    assert {"housekeeping", "score"} <= set(ran)


def kind_set(database: Database) -> set[str]:
    return {kind for (kind,) in stored(database, "kind", "jobs")}


def test_what_is_asked_for_twice_is_one_job(filled: Database) -> None:
    ask(filled, "bee_oncall", "score")
    ask(filled, "bee_oncall", "score")
    assert len(stored(filled, "id", "jobs where kind = 'score' and finished_at is null")) == 1


@pytest.mark.parametrize(
    ("kind", "key", "reason", "error"),
    [
        ("score", "", "  ", Invalid),
        ("score", "", "\0", Invalid),
        ("score", "", "x" * 501, Invalid),
        ("drop tables", "", "fun", NotFound),
        ("score", "no such key", "fun", NotFound),
        ("running", "", "fun", Conflict),
    ],
)
def test_what_can_not_be_run_is_refused_and_nothing_is_asked_for(
    filled: Database, kind: str, key: str, reason: str, error: type[BeeError]
) -> None:
    add(filled, "running", started_at="now()", heartbeat_at="now()", attempts="1")
    before = stored(filled, "id, run_at", "jobs")
    with pytest.raises(error):
        ask(filled, "bee_oncall", kind, key=key, reason=reason)
    assert stored(filled, "id, run_at", "jobs") == before
    assert stored(filled, "action", "audit_log") == []


def test_old_runs_are_forgotten_and_the_newest_of_each_kind_is_not(filled: Database) -> None:
    with filled.writing(Login.WORKER) as session:
        assert session.run("jobs/forget_finished", before=NOW) == 3
    assert found(filled) == [(7, "housekeeping"), (6, "notify"), (5, "notify"), (2, "score")]
