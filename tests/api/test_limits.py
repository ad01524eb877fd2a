"""Never more than so many requests of a member in any 60 seconds, over all processes."""

import threading
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from bee.api.asgi import create_app
from bee.api.limits import Area, Limiter
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.errors import TooMany
from bee.settings import Settings
from tests.api.conftest import Keys, sign_up
from tests.factories import execute, make_member
from tests.sla.rows import stored


def accepted(limiter: Limiter, member_id: object, tries: int) -> int:
    number = 0
    for _ in range(tries):
        try:
            limiter.accept(member_id)  # type: ignore[arg-type]
        except TooMany:
            continue
        number += 1
    return number


def age(database: Database, member_id: object, seconds: float) -> None:
    """Let the member's counted requests be older."""
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            update member_requests
            set accepted = array(
                select moment - make_interval(secs => :seconds) from unnest(accepted) as moment order by moment desc
            )
            where user_id = :id
            """,
            id=member_id,
            seconds=seconds,
        )


def test_the_limit_holds_and_other_members_have_their_own(database: Database) -> None:
    limiter, one, other = Limiter(database, Area.V1, most=5), uuid4(), uuid4()
    assert accepted(limiter, one, 9) == 5
    assert accepted(limiter, other, 9) == 5


def test_what_is_refused_is_counted_by_the_hour_of_members_who_exist(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
    one, other = Limiter(database, Area.V1, most=5), Limiter(database, Area.REST, most=2)
    for limiter, whose, tries in ((one, member, 9), (one, member, 1), (other, member, 3), (one, uuid4(), 9)):
        accepted(limiter, whose, tries)
    assert stored(database, "area, user_id, refused", "request_refusals") == [
        ("rest", member, 1), ("v1", member, 5),
    ]  # fmt: skip


def test_the_window_slides(database: Database) -> None:
    limiter, member = Limiter(database, Area.V1, most=5), uuid4()
    assert accepted(limiter, member, 3) == 3
    age(database, member, 40)
    assert accepted(limiter, member, 9) == 2
    age(database, member, 21)
    assert accepted(limiter, member, 9) == 3, "the first three are 61 seconds old, the other two 21"


def test_processes_that_count_at_once_never_accept_one_too_many(database: Database) -> None:
    member = uuid4()
    databases = [Database(database.address) for _ in range(4)]
    limiters = [Limiter(each, Area.V1, most=30) for each in databases]
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda which=which: counts.append(accepted(which, member, 15)))
        for which in limiters
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in databases:
        each.dispose()
    assert sum(counts) == 30


def test_a_refusal_says_when_to_come_back(database: Database, settings: Settings, keys: Keys) -> None:
    app = create_app(database, settings.model_copy(update={"requests_per_minute": 2}))
    with TestClient(app, headers={"apikey": keys.anon}) as client:
        member = sign_up(client)
        statuses = [
            client.get(path, headers=member.headers).status_code
            for path in ("/v1/consents", "/functions/v1/consents", "/v1/consents")
        ]
        assert statuses == [200, 200, 429], "the prefix is another name for the same bucket"
        answer = client.get("/v1/notifications", headers=member.headers)
    assert answer.json()["error"]["code"] == "rate_limited"
    assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_a_limiter_that_fails_lets_the_request_pass_and_counts_it() -> None:
    nowhere = Database(ServerAddress((("host", "127.0.0.1"), ("port", "1"), ("dbname", "bee")), (), None))
    limiter = Limiter(nowhere, Area.V1, most=1)
    limiter.accept(uuid4())
    limiter.accept(uuid4())
    assert limiter.failures == 2


def test_the_tables_have_a_limit_of_their_own(database: Database, settings: Settings, keys: Keys) -> None:
    app = create_app(database, settings.model_copy(update={"table_requests_per_minute": 2}))
    with TestClient(app, headers={"apikey": keys.anon}) as client:
        member = sign_up(client)
        path = "/rest/v1/engagement_events?select=id"
        answers = [client.get(path, headers=member.headers) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].json()["code"] == "rate_limited"
        assert client.get("/v1/consents", headers=member.headers).status_code == 200
        service = {"apikey": keys.service, "Authorization": f"Bearer {keys.service}"}
        assert client.get(path, headers=service).status_code == 200


@pytest.mark.parametrize("most", [1, 30])
def test_a_lower_limit_holds_at_once(database: Database, most: int) -> None:
    member = uuid4()
    assert accepted(Limiter(database, Area.V1, most=40), member, 40) == 40
    assert accepted(Limiter(database, Area.V1, most=most), member, 2) == 0
