"""Jobs for tests to stand on."""

from bee.db import Database, Login
from tests.factories import execute


def fill_jobs(database: Database) -> None:
    """Add one kind that is fine and waits, one that failed an hour ago, and an old run."""
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into jobs
                (kind, run_at, started_at, finished_at, outcome, error, rows_done, attempts, worker)
            select kind, moment, moment, moment + took, outcome, error, rows_done, attempts, 'w1'
            from (
                values
                    ('housekeeping', now() - interval '3 hours', interval '75 s', 'done', null, 1200, 1),
                    ('housekeeping', now() - interval '10 days', interval '0 s', 'done', null, 5, 1),
                    ('notify', now() - interval '1 hour', interval '0 s', 'failed',
                        'database_busy: The database has no free connection.', 0, 5)
            ) as ended (kind, moment, took, outcome, error, rows_done, attempts)
            """,
        )
        execute(
            session, "insert into jobs (kind, run_at) values ('housekeeping', now() + interval '10 hours')"
        )
