"""The public status page: what it says of each day, that it says nothing of anybody, and that it is whole."""

import json
import random
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pytest

from bee.audit import Actor
from bee.db import Database, Login
from bee.errors import Unavailable
from bee.settings import Settings
from bee.sla.amendments import correct, declare_maintenance
from bee.sla.status import publish
from bee.sla.status.notes import Kind
from bee.sla.status.page import status_json, status_page
from bee.sla.status.standing import (
    Day,
    Incident,
    Maintenance,
    Standing,
    Word,
    days_of,
    down_between,
    state_of,
)  # fmt: skip
from bee.sla.status.words import day_kind, day_words, percent, uptime_words
from bee.sla.uptime import Run, State, Uptime
from bee.worker import Worker
from tests.cluster import away
from tests.commands import Bee
from tests.factories import execute, make_staff

NOW = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
UP, DOWN, KEPT, UNKNOWN = State.UP, State.DOWN, State.MAINTENANCE, State.UNKNOWN


def runs(*parts: tuple[State, float], since: datetime = MIDNIGHT - 24 * HOUR) -> list[Run]:
    """Return runs one after the other, each of so many hours."""
    found = []
    for state, hours in parts:
        found.append(Run(state, since, round(hours * 60)))
        since = found[-1].ends_at
    return found


def test_runs_are_cut_at_midnight_and_days_before_anything_is_known_are_left_out() -> None:
    found = days_of(runs((UNKNOWN, 30), (UP, 12), (DOWN, 12), (UP, 2), since=MIDNIGHT - 48 * HOUR))
    assert found == (
        Day(date(2026, 2, 9), Uptime(up=720, down=360, unknown=360)),
        Day(date(2026, 2, 10), Uptime(up=120, down=360)),
    )


def test_of_nothing_there_is_no_day() -> None:
    assert days_of([]) == days_of(runs((UNKNOWN, 48))) == ()


@pytest.mark.parametrize(
    ("parts", "minutes_later", "state", "why"),
    [
        (((UP, 24),), 1, UP, "the minute before was up"),
        (((UP, 23), (DOWN, 1)), 0, DOWN, "it is down"),
        (((UP, 23), (KEPT, 1)), 0, KEPT, "it is worked on"),
        (((UP, 23.95), (UNKNOWN, 0.05)), 0, UP, "three minutes ago it was up, and nobody has judged since"),
        (((UP, 23.9), (UNKNOWN, 0.1)), 0, UNKNOWN, "six minutes ago is too long"),
        (((UP, 24),), 6, UNKNOWN, "nothing is known of the last six minutes"),
        ((), 0, UNKNOWN, "nothing is known at all"),
    ],
)
def test_what_is_said_of_now_rests_on_the_newest_evidence(
    parts: tuple[tuple[State, float], ...], minutes_later: int, state: State, why: str
) -> None:
    assert state_of(runs(*parts), MIDNIGHT + timedelta(minutes=minutes_later)) is state, why


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(1.0, "100.00 %"), (0.99999, "99.99 %"), (0.5, "50.00 %"), (0.0, "0.00 %"), (None, "–")],
)
def test_what_was_not_always_up_is_never_said_to_be(ratio: float | None, words: str) -> None:
    assert percent(ratio) == words


@pytest.mark.parametrize(
    ("uptime", "words", "kind"),
    [
        (Uptime(up=1440), "9 February 2026: 100.00 % up", "up"),
        (Uptime(up=1439, down=1), "9 February 2026: 99.93 % up, 1 minute down", "some"),
        (
            Uptime(up=1200, down=90, maintenance=30, unknown=120),
            "9 February 2026: 93.02 % up, 1 h 30 min down, 30 minutes of announced maintenance, 2 h 0 min unknown",
            "down",
        ),
        (Uptime(unknown=1440), "9 February 2026: nothing is known", "unknown"),
        (
            Uptime(maintenance=1440),
            "9 February 2026: nothing is known, 24 h 0 min of announced maintenance",
            "unknown",
        ),
    ],
)
def test_a_day_in_words_and_as_a_bar(uptime: Uptime, words: str, kind: str) -> None:
    assert day_words(Day(date(2026, 2, 9), uptime)) == words
    assert day_kind(uptime) == kind


def test_the_minutes_of_an_incident_are_those_that_were_measured_in_its_time() -> None:
    found = runs((UP, 1), (DOWN, 0.5), (UP, 1), (DOWN, 1), (KEPT, 1), since=MIDNIGHT)
    hour = timedelta(hours=1)
    assert down_between(found, MIDNIGHT, MIDNIGHT + 5 * hour) == 90
    assert down_between(found, MIDNIGHT + hour, MIDNIGHT + 2 * hour) == 30
    assert down_between(found, MIDNIGHT + 1.25 * hour, MIDNIGHT + 3 * hour) == 15 + 30
    assert down_between(found, MIDNIGHT + timedelta(seconds=4530), MIDNIGHT + timedelta(seconds=4590)) == 2
    assert down_between([], MIDNIGHT, MIDNIGHT + hour) == 0


def standing(*days: Uptime, **more: object) -> Standing:
    found = tuple(Day(date(2026, 2, 1) + timedelta(days=place), day) for place, day in enumerate(days))
    given: dict[str, object] = {
        "at": NOW,
        "state": UP,
        "days": found,
        "maintenance": (),
        "incidents": (),
    } | more
    return Standing(**given)  # type: ignore[arg-type]


def test_uptime_says_how_much_of_it_is_known_and_what_the_rest_could_make_of_it() -> None:
    assert uptime_words(standing()) == "Nothing has been measured yet."
    assert uptime_words(standing(Uptime(up=1440))) == (
        "100.00 % up in the last day. There is evidence of 100.00 % of that time."
    )
    assert uptime_words(standing(Uptime(up=900, unknown=540), Uptime(up=1000, down=440))) == (
        "81.19 % up in the last 2 days. There is evidence of 81.25 % of that time; whatever the rest was, it lies"
        " between 65.97 % and 84.72 %."
    )


class Tags(HTMLParser):
    """Which tags are open, and what would be fetched or run."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.fetched += [name for name, _value in attrs if name in {"src", "href", "onclick", "onload"}]
        if tag not in {"meta", "link", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_fetches_nothing_and_runs_nothing() -> None:
    word = Word(Kind.PUBLISHED, NOW, '<script>alert(1)</script> & "more"', "<img src=x>\nSecond line")
    evil = Incident(NOW, None, 3, (word,))
    page = status_page(standing(Uptime(up=1), Uptime(down=99), Uptime(unknown=1), incidents=(evil,)))
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.fetched == []
    assert {"script", "img", "link", "iframe"}.isdisjoint(tags.seen)
    assert tags.seen.count("rect") == 3
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert "http" not in re.sub(r'http-equiv="\S+"', "", page)


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_headline(state: State) -> None:
    assert "<h1" in status_page(standing(state=state))


def test_programs_get_the_same_as_figures() -> None:
    kept = Maintenance(NOW, NOW + HOUR)
    said = json.loads(status_json(standing(Uptime(up=3, down=1), maintenance=(kept,))))
    assert said["uptime"]["uptime_ratio"] == said["days"][0]["uptime_ratio"] == 0.75
    assert (said["state"], said["days_covered"], said["days"][0]["on"]) == ("up", 1, "2026-02-01")
    assert said["maintenance"] == [
        {"starts_at": "2026-02-10T12:00:00+00:00", "ends_at": "2026-02-10T13:00:00+00:00"}
    ]


def fill(database: Database) -> UUID:
    """An hour up and ten minutes down until now, an incident, and what is no one else's business."""
    with database.writing(Login.OWNER) as session:
        staff = make_staff(session, full_name="Olga Private", roles=("oncall",))
        execute(
            session,
            """
            insert into uptime_minutes (minute, state)
            select minute, case when minute < :now - interval '10 minutes' then 'up' else 'down' end
            from generate_series(:now - interval '70 minutes', :now - interval '1 minute', interval '1 minute')
                as minute
            """,
            now=NOW,
        )
        execute(
            session,
            "insert into annotations (on_date, title, body, kind, author_id)"
            " values ('2026-02-09', 'Secret release', 'because of Mia', 'incident', :staff)",
            staff=staff,
        )
        execute(
            session,
            """
            with opened as (
                insert into status_incidents (began_at, opened_by)
                values (cast(:now as timestamptz) - interval '15 minutes', :staff)
                returning id
            )
            insert into status_notes (
                incident, kind, title, body, written_by, published_at, published_by,
                withdrawn_at, withdrawn_by, withdrawn_because
            )
            select
                id, 'published', title, body, :staff, published_at,
                case when published_at is not null then :staff end,
                withdrawn_at, case when withdrawn_at is not null then :staff end,
                case when withdrawn_at is not null then 'Mia' end
            from opened
            cross join (
                values
                    ('Slow sign-ins', 'Signing in takes long.', cast(:now as timestamptz), null),
                    ('Mia drafted this', 'Nobody saw it.', null, null),
                    ('Mia published this', 'By mistake.', :now, cast(:now as timestamptz))
            ) as notes (title, body, published_at, withdrawn_at)
            """,
            now=NOW,
            staff=staff,
        )
    return staff


def test_what_is_published_is_what_was_measured_and_announced_and_names_nobody(
    database: Database, tmp_path: Path
) -> None:
    actor = Actor.staff(fill(database))
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=actor.id) as session:
        # Said before it begins by the database's clock, which is a later one than this test's.
        later = datetime(2100, 1, 1, tzinfo=UTC)
        declare_maintenance(session, later, later + HOUR, reason="for Mia's disk", actor=actor, now=NOW)
    found = publish(database, tmp_path / "new" / "folder", now=NOW)
    assert (found.state, found.uptime.up, found.uptime.down) == (DOWN, 60, 10)
    page = (tmp_path / "new/folder/index.html").read_text(encoding="utf-8")
    said = (tmp_path / "new/folder/status.json").read_text(encoding="utf-8")
    assert "Something is wrong" in page
    assert "From 10 February 2026, 11:45 UTC, not over yet; 10 minutes down." in page
    assert json.loads(said)["incidents"][0]["down_minutes"] == 10
    assert "1 January 2100, 00:00 UTC to 1 January 2100, 01:00 UTC" in page
    for text in (page, said):
        assert "Slow sign-ins" in text
        assert "Signing in takes long." in text
        for secret in ("Mia", "Olga", "Secret release", str(actor.id)):
            assert secret not in text
    assert sorted(path.name for path in (tmp_path / "new/folder").iterdir()) == ["index.html", "status.json"]


def test_a_correction_changes_what_is_published(database: Database, tmp_path: Path) -> None:
    actor = Actor.staff(fill(database))
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=actor.id) as session:
        correct(
            session, NOW - 10 * timedelta(minutes=1), NOW, UP, reason="a probe's fault", actor=actor, now=NOW
        )
    assert publish(database, tmp_path, now=NOW).uptime == Uptime(up=70, unknown=12 * 60 - 70)


def test_an_installation_without_any_minute_says_so(database: Database, tmp_path: Path) -> None:
    assert publish(database, tmp_path, now=NOW).state is UNKNOWN
    assert "Nothing has been measured yet." in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_without_a_database_the_page_stays_as_it_was(database: Database, tmp_path: Path) -> None:
    publish(database, tmp_path, now=NOW)
    before = (tmp_path / "index.html").read_bytes()
    with away(database), pytest.raises(Unavailable):
        publish(database, tmp_path, now=NOW + HOUR)
    assert (tmp_path / "index.html").read_bytes() == before


def test_a_folder_that_is_none_is_said(bee: Bee, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = bee("status", "--to", tmp_path / "file" / "status")
    assert said.code == 2
    assert "Can't write into" in said.err


def test_the_command_writes_it_and_says_how_things_stand(bee: Bee, tmp_path: Path) -> None:
    said = bee("status", "--to", tmp_path / "status")
    assert (said.code, said.out) == (0, f"We don't know at the moment. Written to {tmp_path / 'status'}.\n")
    assert json.loads(bee("status", "--to", tmp_path / "status", "--json").out)["state"] == "unknown"


def test_the_worker_writes_it_where_the_settings_say_so(database: Database, tmp_path: Path) -> None:
    settings = Settings(status_folder=tmp_path / "status")
    worker = Worker(database, settings, "w1", random.Random(7))  # noqa: S311  # no secret
    worker.tick()
    with database.writing(Login.OWNER) as session:
        execute(session, "update jobs set run_at = now() where kind = 'status'")
    worker.tick()
    assert (tmp_path / "status" / "index.html").is_file()
    assert "status" not in Worker(database, Settings(), "w2", random.Random(7)).schedules()  # noqa: S311
