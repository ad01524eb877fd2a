"""What a coach decides about memories, through the dashboard's login: whose, once, and with its trace."""

import json
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import ProgrammingError

from bee.coach.memory import recall
from bee.coach.memory.decisions import LONGEST_VALUE, Decision, accept, expire, reject, reword
from bee.db import Database, Login, WriteSession
from bee.errors import BeeError, Conflict, Invalid
from tests.coach.memory.remembering import NOW, as_member, remember, say
from tests.factories import execute, make_member, make_staff


@dataclass(frozen=True, slots=True)
class House:
    cora: UUID
    carl: UUID
    mia: UUID


@pytest.fixture
def house(database: Database) -> House:
    with database.writing(Login.OWNER) as session:
        cora, carl = make_staff(session, roles=("coach",)), make_staff(session, roles=("coach",))
        return House(cora, carl, make_member(session, coach_id=cora))


def coaching(database: Database, coach: UUID) -> Any:
    return database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach)


def decision(house: House, memory: UUID, *, coach: UUID | None = None, days: int = 0) -> Decision:
    return Decision(memory, house.mia, coach or house.cora, NOW + timedelta(days=days))


def known(database: Database, house: House, *, days: int = 0) -> list[str]:
    with as_member(database, house.mia) as session:
        found = recall(session, house.mia, "", limit=99, at=NOW + timedelta(days=days)).memories
        return sorted(memory.trait_value for memory in found)


def acts(database: Database) -> list[tuple[str, Any, Any]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(session, "select action, before, after from audit_log order by id")
        return [tuple(row) for row in rows]


def test_a_proposal_that_is_accepted_is_known_from_then_on(database: Database, house: House) -> None:
    proposal = remember(database, house.mia, "goal:run", "I want to run", status="proposed")
    assert known(database, house) == []
    with coaching(database, house.cora) as session:
        accept(session, decision(house, proposal))
    assert known(database, house) == ["I want to run"]
    assert known(database, house, days=-1) == []
    assert acts(database) == [
        ("memory.accepted", {"ended": [], "memory": str(proposal)}, {"memory": str(proposal)})
    ]


def test_what_was_known_of_the_same_trait_ends(database: Database, house: House) -> None:
    old = remember(database, house.mia, "goal:run", "I want to run")
    proposal = remember(database, house.mia, "goal:run", "I want to run again", status="proposed")
    with coaching(database, house.cora) as session:
        accept(session, decision(house, proposal))
    assert known(database, house) == ["I want to run again"]
    assert known(database, house, days=-1) == ["I want to run"]
    assert acts(database)[0][1]["ended"] == [str(old)]


def test_a_proposal_that_is_rejected_is_never_known(database: Database, house: House) -> None:
    proposal = remember(database, house.mia, "goal:run", "I want to run", status="proposed")
    with coaching(database, house.cora) as session:
        reject(session, decision(house, proposal))
    assert known(database, house) == []
    assert [act[0] for act in acts(database)] == ["memory.rejected"]


@pytest.mark.parametrize("status", ["accepted", "proposed"])
def test_other_words_are_a_row_of_their_own_and_the_old_one_ends(
    status: str, database: Database, house: House
) -> None:
    message = say(database, house.mia, "I want to run")
    old = remember(database, house.mia, "goal:run", "I want to run", status=status)
    with database.writing(Login.OWNER) as owner:
        execute(owner, "update coach_memory set message_id = :message", message=message)
    with coaching(database, house.cora) as session:
        new = reword(session, decision(house, old), "  Wants to run\n5 km ")
    assert known(database, house) == ["Wants to run 5 km"]
    assert known(database, house, days=-1) == (["I want to run"] if status == "accepted" else [])
    with database.reading(Login.OWNER) as reading:
        row = execute(
            reading,
            "select source, replaces, message_id, trait_key, decided_by from coach_memory where id = :id",
            id=new,
        ).one()
    assert tuple(row) == ("coach", old, message, "goal:run", house.cora)
    assert acts(database) == [("memory.reworded", {"ended": [], "memory": str(old)}, {"memory": str(new)})]
    assert "5 km" not in json.dumps([act[1:] for act in acts(database)])


def test_a_memory_that_ends_is_still_known_as_of_before(database: Database, house: House) -> None:
    memory = remember(database, house.mia, "goal:run", "I want to run")
    with coaching(database, house.cora) as session:
        expire(session, decision(house, memory))
    assert (known(database, house), known(database, house, days=-1)) == ([], ["I want to run"])
    with pytest.raises(Conflict, match="ended already"), coaching(database, house.cora) as session:
        expire(session, decision(house, memory, days=1))


def test_what_holds_from_tomorrow_on_only_can_be_ended_today(database: Database, house: House) -> None:
    memory = remember(database, house.mia, "goal", "run", valid_from=NOW + timedelta(days=1))
    with coaching(database, house.cora) as session:
        expire(session, decision(house, memory))
    assert known(database, house, days=2) == []


@pytest.mark.parametrize("value", ["", "  \n", "x" * (LONGEST_VALUE + 1)])
def test_no_words_and_too_many_are_refused_and_nothing_changes(
    value: str, database: Database, house: House
) -> None:
    memory = remember(database, house.mia, "goal:run", "I want to run")
    with pytest.raises(Invalid), coaching(database, house.cora) as session:
        reword(session, decision(house, memory), value)
    assert known(database, house) == ["I want to run"]


def test_a_coach_of_others_decides_nothing(database: Database, house: House) -> None:
    proposal = remember(database, house.mia, "goal:run", "I want to run", status="proposed")
    memory = remember(database, house.mia, "likes:tea", "I like tea")
    for act in (accept, reject):
        with pytest.raises(Conflict), coaching(database, house.carl) as session:
            act(session, decision(house, proposal, coach=house.carl))
    with pytest.raises(Conflict), coaching(database, house.carl) as session:
        expire(session, decision(house, memory, coach=house.carl))
    with pytest.raises(Conflict), coaching(database, house.carl) as session:
        reword(session, decision(house, memory, coach=house.carl), "I like coffee")
    assert known(database, house) == ["I like tea"]
    assert acts(database) == []


def test_nobody_signs_for_somebody_else(database: Database, house: House) -> None:
    proposal = remember(database, house.mia, "goal:run", "I want to run", status="proposed")
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        coaching(database, house.cora) as session,
    ):
        accept(session, decision(house, proposal, coach=house.carl))


def test_an_admin_reads_and_decides_nothing(database: Database, house: House) -> None:
    proposal = remember(database, house.mia, "goal:run", "I want to run", status="proposed")
    with pytest.raises(ProgrammingError, match="permission denied"):
        with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=house.carl) as session:
            accept(session, decision(house, proposal, coach=house.carl))


def test_of_two_who_decide_at_once_one_is_told_so(database: Database, house: House) -> None:
    proposal = remember(database, house.mia, "goal:run", "I want to run", status="proposed")
    together = threading.Barrier(2, timeout=30)
    told: list[str] = []

    def decide(act: Any) -> None:
        try:
            with coaching(database, house.cora) as session:
                execute(
                    session, "select from coach_memory where id = :id and status = 'proposed'", id=proposal
                )
                together.wait()
                act(session, decision(house, proposal))
            told.append("done")
        except BeeError as error:
            told.append(error.code)

    threads = [threading.Thread(target=decide, args=(act,)) for act in (accept, reject)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == ["done", "memory_decided"]
    assert len(acts(database)) == 1


@pytest.mark.parametrize(
    "change",
    ["status = 'rejected'", "status = 'proposed'", "valid_to = now() + interval '1 day'", "valid_to = null"],
)
def test_what_was_decided_and_what_has_ended_stays_so_whoever_asks(
    change: str, database: Database, house: House
) -> None:
    memory = remember(database, house.mia, "goal:run", "I want to run", valid_to=NOW)
    with pytest.raises(Conflict):
        with database.writing(Login.API, role="service_role") as session:
            change_memory(session, change, memory)


def change_memory(session: WriteSession, change: str, memory: UUID) -> None:
    execute(session, f"update coach_memory set {change} where id = :id", id=memory)
