"""The trail: appended with the act, chained behind it, and what happens to whoever touches it."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from bee.audit import Actor, record, verify
from bee.audit.chain import GENESIS, NAMES, Entry, canonical, seal_digest
from bee.audit.sealing import seal
from bee.db import Database, Login
from tests.audit.trails import append, seal_all, tamper
from tests.commands import Bee
from tests.factories import make_staff

ENTRY = Entry(
    id=7,
    at=datetime(2026, 11, 2, 3, 4, 5, 678, tzinfo=UTC),
    transaction=900,
    actor_kind="staff",
    actor_id=UUID(int=1),
    action="member.viewed",
    subject_kind="member",
    subject_id="m",
    before=None,
    after='{"a": 1}',
    reason=None,
)
OTHER: dict[str, Any] = {
    "id": 8,
    "at": datetime(2026, 11, 2, 3, 4, 5, 679, tzinfo=UTC),
    "transaction": 901,
    "actor_kind": "system",
    "actor_id": None,
    "action": "member.changed",
    "subject_kind": "staff",
    "subject_id": None,
    "before": "{}",
    "after": None,
    "reason": "",
}


SWAP = """
    update audit_log as act set subject_id = other.subject_id from audit_log as other
    where act.id + other.id = 3 and act.id in (1, 2)
"""
SHORTEN = """
    update audit_seals
    set through_id = 2, rows_sealed = 2, through_transaction = (select transaction from audit_log where id = 2)
    where id = 1
"""
PUT_IN = """
    insert into audit_log (id, transaction, actor_kind, action, subject_kind)
    overriding system value
    values ({id}, {transaction}, 'system', 'member.scored', 'member')
"""


@pytest.mark.parametrize("name", NAMES)
def test_a_change_of_any_field_changes_the_digest(name: str) -> None:
    changed = replace(ENTRY, **{name: OTHER[name]})
    assert seal_digest(GENESIS, [changed]) != seal_digest(GENESIS, [ENTRY])


@given(st.text(), st.text())
def test_text_can_not_move_from_one_field_into_the_next(left: str, right: str) -> None:
    here = replace(ENTRY, subject_kind=left + right, subject_id="")
    there = replace(ENTRY, subject_kind=left, subject_id=right)
    assert (canonical(here) == canonical(there)) == (right == "")


def test_order_matters() -> None:
    other = replace(ENTRY, id=8)
    assert seal_digest(GENESIS, [ENTRY, other]) != seal_digest(GENESIS, [other, ENTRY])


def test_an_empty_trail_holds(database: Database) -> None:
    assert seal_all(database) == 0
    with database.reading(Login.WORKER) as session:
        found = verify(session)
    assert (found.seals, found.rows_unsealed, found.broken, found.head) == (0, 0, None, GENESIS.hex())


def test_seals_chain_and_the_tail_is_named(database: Database) -> None:
    append(database, 3)
    assert seal_all(database) == 3
    append(database, 2)
    assert seal_all(database) == 2
    append(database)
    with database.reading(Login.WORKER) as session:
        found = verify(session)
    assert (found.seals, found.rows_sealed, found.rows_unsealed, found.broken) == (2, 5, 1, None)


def test_a_row_of_a_transaction_that_began_earlier_is_never_left_behind_the_seal(database: Database) -> None:
    with database.writing(Login.WORKER) as slow:
        record(slow, actor=Actor.system(), action="job.began", subject_kind="job")
        append(database)
        assert seal_all(database) == 0
    assert seal_all(database) == 2


def test_two_sealers_do_not_fork_the_chain(database: Database) -> None:
    append(database, 2)
    with database.writing(Login.WORKER) as first:
        assert seal(first) == 2
        assert seal_all(database) == 0
    with database.reading(Login.WORKER) as session:
        assert verify(session).broken is None


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("update audit_log set action = 'member.forgotten' where id = 2", "was changed"),
        ("update audit_log set after = '{\"score\": 99}' where id = 2", "was changed"),
        ("delete from audit_log where id = 2", "covers 3 rows and 2 are there"),
        (
            SWAP,
            "was changed",
        ),
        ("update audit_log set transaction = '9000000000' where id = 2", "covers 3 rows and 2 are there"),
        (
            PUT_IN.format(transaction="(select transaction from audit_log where id = 2)", id=-1),
            "and 4 are there",
        ),
        (PUT_IN.format(transaction="cast('0' as xid8)", id=0), "1 rows stand where no seal begins"),
        ("update audit_seals set rows_sealed = 2 where id = 1", "covers 2 rows and 3 are there"),
        (
            SHORTEN,
            "does not match",
        ),
        ("delete from audit_seals where id = 1", "the trail does not say that what it follows was forgotten"),
        ("update audit_seals set digest = decode(repeat('ab', 32), 'hex') where id = 1", "does not match"),
    ],
)
def test_tampering_that_switches_the_triggers_off_is_found(
    tampering: str, told: str, database: Database
) -> None:
    append(database, 3)
    seal_all(database)
    append(database, 2)
    seal_all(database)
    tamper(database, tampering)
    with database.reading(Login.WORKER) as session:
        assert told in (verify(session).broken or "")


def test_an_end_that_was_cut_off_shows_against_a_head_that_was_kept(database: Database, bee: Bee) -> None:
    append(database, 3)
    seal_all(database)
    kept_before = json.loads(bee("audit", "verify", "--json").out)["head"]
    append(database, 2)
    seal_all(database)
    kept = json.loads(bee("audit", "verify", "--json").out)["head"]
    assert bee("audit", "verify", "--head", kept[:16]).code == 0
    tamper(database, "delete from audit_log where id > 3", "delete from audit_seals where id = 2")
    # By itself what is left holds.
    assert bee("audit", "verify").code == 0
    assert bee("audit", "verify", "--head", kept_before).code == 0
    said = bee("audit", "verify", "--head", kept[:16])
    assert (said.code, "DO NOT HOLD" in said.out) == (1, True)
    assert f"no seal has the head {kept[:16]}: the end was cut off" in said.out
    assert bee("audit", "verify", "--head", "zz").code == 2


def test_a_seal_that_was_taken_off_the_end_leaves_its_acts_unsealed(database: Database, bee: Bee) -> None:
    append(database, 3)
    seal_all(database)
    append(database, 2)
    seal_all(database)
    tamper(database, "delete from audit_seals where id = 2")
    said = bee("audit", "verify")
    assert (said.code, "1 seals over 3 acts hold; 2 acts are not sealed yet" in said.out) == (0, True)


def test_the_command_names_what_is_broken_and_fails(database: Database, bee: Bee) -> None:
    append(database, 3)
    seal_all(database)
    assert "1 seals over 3 acts hold; 0 acts are not sealed yet" in bee("audit", "verify").out
    tamper(database, "update audit_log set action = 'member.forgotten' where id = 2")
    said = bee("audit", "verify")
    assert said.code == 1
    assert "seal 1 (rows through 3) does not match its rows" in said.out


def test_each_seal_says_its_head_in_the_log(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    append(database)
    with caplog.at_level("INFO", logger="bee.audit"):
        seal_all(database)
    with database.reading(Login.WORKER) as session:
        assert verify(session).head in caplog.text


def test_writers_who_commit_in_any_order_while_others_seal_leave_a_chain_that_holds(
    database: Database,
) -> None:
    writers, acts = 6, 15
    written = threading.Event()

    def write(number: int) -> int:
        """Append in transactions of different lengths, every fourth of which fails; return how many did not."""
        committed = 0
        for act in range(acts):
            fails = act % 4 == number % 4
            with suppress(ZeroDivisionError), database.writing(Login.WORKER) as session:
                record(session, actor=Actor.system(), action="member.scored", subject_kind="member")
                time.sleep((act * 7 + number * 3) % 10 / 1_000)
                committed += not fails
                1 / (not fails)
        return committed

    def keep_sealing() -> int:
        sealed = 0
        while not written.is_set():
            sealed += seal_all(database)
        return sealed

    with ThreadPoolExecutor(writers + 2) as pool:
        sealers = [pool.submit(keep_sealing) for _ in range(2)]
        results = [pool.submit(write, number) for number in range(writers)]
        try:
            committed = sum(result.result() for result in results)
        finally:
            written.set()
        on_the_way = sum(sealer.result() for sealer in sealers)
    sealed = on_the_way + seal_all(database)
    with database.reading(Login.WORKER) as session:
        found = verify(session)
    assert (found.broken, found.rows_sealed, found.rows_unsealed) == (None, committed, 0)
    assert (sealed, on_the_way > 0) == (committed, True)


@pytest.mark.parametrize("table", ["audit_log", "audit_seals"])
@pytest.mark.parametrize("verb", ["update {} set id = default", "delete from {}", "truncate {}"])
def test_not_even_the_owner_changes_the_trail_by_accident(verb: str, table: str, database: Database) -> None:
    with pytest.raises(sqlalchemy.exc.IntegrityError, match="only ever appended") as caught:
        with database.engine(Login.OWNER).begin() as connection:
            connection.execute(sqlalchemy.text(verb.format(table)))
    assert caught.value.orig is not None


def test_staff_can_not_sign_for_somebody_else(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        ana = make_staff(session)
        ben = make_staff(session)
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="row-level security"):
        with database.writing(Login.DASHBOARD, role="bee_product", staff_id=ana) as session:
            record(session, actor=Actor.staff(ben), action="member.viewed", subject_kind="member")


def test_an_act_that_fails_leaves_no_trace_of_having_succeeded(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing(Login.WORKER) as session:
        record(session, actor=Actor.system(), action="job.done", subject_kind="job")
        raise ZeroDivisionError
    with database.reading(Login.WORKER) as session:
        assert verify(session).rows_unsealed == 0
