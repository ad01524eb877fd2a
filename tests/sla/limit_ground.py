"""Requests that were refused, for tests to stand on."""

from bee.db import Database, Login
from tests.factories import execute, make_member


def fill_limits(database: Database) -> None:
    """Two members hit the limit, one of them twice and in two areas; one limiter failed; a prober is left out."""
    with database.writing(Login.OWNER) as session:
        often, once = make_member(session), make_member(session)
        probe = make_member(session, is_synthetic=True)
        for member, area, hours_ago, refused in (
            (often, "v1", 2, 40), (often, "v1", 5, 10), (often, "rest", 2, 3), (once, "v1", 2, 7),
            (once, "v1", 24 * 10, 100), (probe, "v1", 2, 1000),
        ):  # fmt: skip
            execute(
                session,
                """
                insert into request_refusals (hour, area, user_id, refused, last_at)
                select hour, :area, :member, :refused, hour + interval '5 min'
                from date_trunc('hour', now() - make_interval(hours => :ago)) as hour
                """,
                area=area,
                member=member,
                refused=refused,
                ago=hours_ago,
            )
        execute(
            session,
            """
            insert into service_minutes (minute, route, release, status, area, n)
            select date_trunc('hour', now() - interval '2 hours'), route, '1', status, area, n
            from (
                values
                    ('POST /v1/events', 'limited', 'api', 60), ('POST /auth/v1/token', 'limited', 'api', 9),
                    ('(limiter)', 'uncounted', 'api', 4), ('(probe) POST /v1/events', 'limited', 'house', 99)
            ) as told (route, status, area, n)
            """,
        )
