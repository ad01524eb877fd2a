"""The trail forgets its beginning when it is old enough, and what is left still proves itself."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy

from bee.audit import verify
from bee.audit.retention import forget_old_acts
from bee.audit.sealing import seal
from bee.db import Database, Login
from tests.audit.trails import append, seal_all, tamper
from tests.commands import Bee
from tests.factories import execute

NOW = datetime(2026, 1, 2, tzinfo=UTC)

PUT_BEFORE = """
    insert into audit_log (id, transaction, actor_kind, action, subject_kind)
    overriding system value
    values (1, '1', 'system', 'member.scored', 'member')
"""


def forget(database: Database, *, kept_years: int = 7, now: datetime = NOW) -> int:
    with database.writing(Login.OWNER) as session:
        return forget_old_acts(session, kept_years=kept_years, now=now)


def fault(database: Database) -> str | None:
    with database.reading(Login.WORKER) as session:
        return verify(session).broken


def make_old(database: Database) -> None:
    """Seal two rounds of acts in a year long past, and one today."""
    for acts in (3, 2):
        append(database, acts)
        seal_all(database)
    tamper(database, "update audit_seals set sealed_at = '2018-01-01' where id <= 2")
    append(database, 4)
    seal_all(database)
    append(database)


def count(database: Database, table: str) -> int:
    with database.reading(Login.OWNER) as session:
        return int(execute(session, f"select count(*) from {table}").scalar_one())


def test_what_is_old_enough_goes_and_the_rest_still_holds(database: Database, bee: Bee) -> None:
    make_old(database)
    kept = json.loads(bee("audit", "verify", "--json").out)["head"]
    assert forget(database) == 5
    assert (count(database, "audit_log"), count(database, "audit_seals")) == (4 + 1 + 1, 2)
    assert fault(database) is None
    seal_all(database)
    with database.reading(Login.WORKER) as session:
        found = verify(session)
    assert (found.seals, found.rows_sealed, found.rows_unsealed, found.broken) == (2, 6, 0, None)
    said = bee("audit", "verify", "--head", kept)
    assert (said.code, "2 seals over 6 acts hold" in said.out) == (0, True)
    assert f"What was before seal {(found.begins_after or '')[:16]}… is forgotten" in said.out


def test_the_trail_says_what_it_forgot_and_up_to_where(database: Database) -> None:
    make_old(database)
    forget(database)
    with database.reading(Login.OWNER) as session:
        row = execute(session, "select * from audit_log where action = 'trail.forgotten'").one()
        digest = execute(
            session, "select encode(digest, 'hex') from audit_seals order by id limit 1"
        ).scalar()
    assert (row.actor_kind, row.subject_id, row.after, row.reason) == (
        "system", "2", {"digest": digest}, "kept for 7 years",
    )  # fmt: skip
    assert (row.before["acts"], row.before["seals"]) == (5, 1)


def test_what_is_forgotten_twice_or_too_early_is_nothing(database: Database) -> None:
    make_old(database)
    assert forget(database, now=datetime(2024, 12, 30, tzinfo=UTC)) == 0
    assert forget(database) == 5
    assert forget(database) == 0
    assert fault(database) is None


def test_where_all_of_it_is_old_the_chain_goes_on_from_its_last_seal(database: Database) -> None:
    append(database, 3)
    seal_all(database)
    tamper(database, "update audit_seals set sealed_at = '2018-01-01'")
    assert forget(database) == 3
    assert fault(database) is None
    seal_all(database)
    append(database, 2)
    seal_all(database)
    with database.reading(Login.WORKER) as session:
        found = verify(session)
    assert (found.seals, found.rows_sealed, found.broken) == (2, 3, None)


def test_it_forgets_again_when_its_checkpoint_is_old_as_well(database: Database) -> None:
    make_old(database)
    forget(database)
    seal_all(database)
    tamper(database, "update audit_seals set sealed_at = '2018-06-01'")
    assert forget(database) == 6
    assert fault(database) is None


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("update audit_log set action = 'member.forgotten' where id = 7", "does not match its rows"),
        ("delete from audit_log where id = 7", "covers 4 rows and 3 are there"),
        ("update audit_log set after = '{}' where action = 'trail.forgotten'", "the trail does not say"),
        ("delete from audit_log where action = 'trail.forgotten'", "the trail does not say"),
        ("update audit_seals set digest = sha256('other') where id = 2", "the trail does not say"),
        ("delete from audit_seals where id = 2", "the trail does not say"),
        (
            PUT_BEFORE,
            "1 rows stand where no seal begins",
        ),
    ],
)
def test_tampering_with_what_is_left_is_found(tampering: str, told: str, database: Database) -> None:
    make_old(database)
    forget(database)
    tamper(database, tampering)
    assert told in (fault(database) or "")


def test_a_beginning_that_somebody_cut_off_by_hand_does_not_hold(database: Database) -> None:
    make_old(database)
    tamper(database, "delete from audit_log where id <= 5", "delete from audit_seals where id = 1")
    assert "the trail does not say that what it follows was forgotten" in (fault(database) or "")


def test_a_head_from_before_the_beginning_is_said_to_be_too_old(database: Database, bee: Bee) -> None:
    append(database)
    seal_all(database)
    kept = json.loads(bee("audit", "verify", "--json").out)["head"]
    make_old(database)
    tamper(database, "update audit_seals set sealed_at = '2018-01-01' where id <= 3")
    forget(database)
    assert "or it is older than what is kept" in bee("audit", "verify", "--head", kept).out


def test_not_even_the_owner_forgets_the_last_year(database: Database) -> None:
    with pytest.raises(sqlalchemy.exc.IntegrityError, match="kept for a year at least"):
        with database.engine(Login.OWNER).begin() as connection:
            connection.execute(sqlalchemy.text("select bee_forget_acts(now() - interval '364 days')"))


def test_forgetting_opens_no_door_for_another_delete(database: Database) -> None:
    make_old(database)
    with pytest.raises(sqlalchemy.exc.IntegrityError, match="only ever appended"):
        with database.engine(Login.OWNER).begin() as connection:
            connection.execute(sqlalchemy.text("select bee_forget_acts('2020-01-01')"))
            connection.execute(sqlalchemy.text("delete from audit_log"))
    for role in ("bee_admin", "bee_oncall"):
        with pytest.raises(sqlalchemy.exc.ProgrammingError, match="permission denied"):
            with database.writing(Login.DASHBOARD, role=role) as session:
                execute(session, "select bee_forget_acts('2020-01-01')")
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="permission denied"):
        with database.writing(Login.WORKER) as session:
            execute(session, "select bee_forget_acts('2020-01-01')")


def test_sealing_goes_on_while_the_beginning_is_forgotten(database: Database) -> None:
    make_old(database)
    with database.writing(Login.OWNER) as forgetting:
        forget_old_acts(forgetting, kept_years=7, now=NOW + timedelta(days=1))
        append(database)
        with database.writing(Login.WORKER) as session:
            seal(session)
    seal_all(database)
    assert fault(database) is None
