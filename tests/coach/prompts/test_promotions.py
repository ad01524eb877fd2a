"""What goes live is asked by one, approved by another and let pass by the gate, whoever writes the row."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from bee.access import StaffRole
from bee.audit import Actor
from bee.coach.prompts import actions, deployments, live_version
from bee.coach.prompts.gate import verdicts
from bee.coach.prompts.promotions import get_promotion, promotions, ways_back
from bee.coach.prompts.registry import COACH, Deployment, Way, deploy, get_version, prompt_versions
from bee.db import Database, Login
from bee.errors import BeeError, Conflict, Forbidden, Invalid, NotFound
from bee.settings import Environment
from tests.coach.prompts.versions import (
    LOCAL,
    add_coach,
    approve,
    ask,
    draft,
    go_live,
    judge,
    roll_back,
    write,
)
from tests.factories import execute

LONG_AGO = timedelta(days=30)


@pytest.fixture
def cora(database: Database) -> UUID:
    return add_coach(database)


@pytest.fixture
def carl(database: Database) -> UUID:
    return add_coach(database, name="Carl")


@pytest.fixture
def cleo(database: Database) -> UUID:
    return add_coach(database, name="Cleo")


def live(database: Database, environment: Environment = LOCAL) -> int:
    with database.reading(Login.SYSTEM) as session:
        found = live_version(session, COACH, environment)
    assert found is not None
    return found.number


def times(database: Database) -> list[Deployment]:
    with database.reading(Login.SYSTEM) as session:
        return deployments(session, COACH, LOCAL)


def trail(database: Database) -> list[tuple[str, Any, Any, str | None]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session,
            "select action, before, after, reason from audit_log where subject_kind = 'prompt' order by id",
        )
        return [tuple(row) for row in rows]


def let_expire(database: Database) -> None:
    """Let every verdict be as old as if a month had gone by."""
    with database.writing(Login.OWNER) as session:
        execute(session, "alter table coach_gate_verdicts disable trigger append_only")
        execute(
            session,
            """
            update coach_gate_verdicts
            set decided_at = decided_at - interval '1 month', expires_at = expires_at - interval '1 month'
            """,
        )
        execute(session, "alter table coach_gate_verdicts enable trigger append_only")


def put_live(database: Database, who: UUID, number: int, way: Way, *, role: str = "bee_coach") -> None:
    """Write the row as somebody who leaves the acts aside."""
    with database.writing(Login.DASHBOARD, role=role, staff_id=who) as session:
        deploy(session, COACH, LOCAL, number, way, reason="by hand")


def decide(database: Database, who: UUID, promotion_id: UUID, outcome: str = "approved") -> None:
    """Write a decision as somebody who leaves the acts aside."""
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=who) as session:
        session.run(
            "coach/add_prompt_decision",
            promotion_id=promotion_id,
            outcome=outcome,
            decided_by=who,
            reason="by hand",
        )


def test_a_version_goes_live_once_the_gate_let_it_pass_and_another_coach_approved(
    database: Database, cora: UUID, carl: UUID
) -> None:
    assert write(database, cora, 300) == 2
    promotion_id = ask(database, cora, 2)
    run_id = judge(database, 2)
    approve(database, carl, promotion_id)
    assert (live(database), live(database, Environment.PROD)) == (2, 1)
    newest, first = times(database)
    assert (newest.deployed_by, newest.promotion_id, newest.run_id) == (carl, promotion_id, run_id)
    assert (newest.live_from, newest.live_to) == (first.live_to, None)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
        found = get_promotion(session, promotion_id)
    assert (found.asked_by, found.author_id, found.outcome, found.decided_by, found.decision) == (
        cora, cora, "approved", carl, "read it",
    )  # fmt: skip


def test_an_admin_may_write_ask_and_approve_as_well(database: Database, cora: UUID) -> None:
    ada = add_coach(database, StaffRole.ADMIN, "Ada")
    assert write(database, ada, 300, role="bee_admin") == 2
    judge(database, 2)
    promotion_id = ask(database, cora, 2)
    with pytest.raises(Forbidden):
        approve(database, ada, promotion_id, role="bee_admin")
    another = add_coach(database, StaffRole.ADMIN, "Ann")
    approve(database, another, promotion_id, role="bee_admin")
    assert live(database) == 2


@pytest.mark.parametrize("role", ["bee_product", "bee_oncall", "bee_gate"])
def test_nobody_else_writes_asks_or_decides(role: str, database: Database, cora: UUID) -> None:
    with pytest.raises(Exception, match="permission denied"):
        write(database, cora, 300, role=role)
    write(database, cora, 300)
    judge(database, 2)
    with pytest.raises(Exception, match="permission denied"):
        approve(database, cora, ask(database, cora, 2), role=role)


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ({}, "said nothing"),
        ({"passed": False}, "did not let this version pass"),
        ({"decided_at": datetime.now(UTC) - LONG_AGO}, "too old"),
        ({"of": 1}, "said nothing"),
    ],
)
def test_what_the_gate_does_not_let_pass_does_not_go_live(
    verdict: Mapping[str, Any], told: str, database: Database, cora: UUID, carl: UUID
) -> None:
    write(database, cora, 300)
    if verdict:
        judge(database, 2, **verdict)
    promotion_id = ask(database, cora, 2)
    with pytest.raises(Conflict, match=told):
        approve(database, carl, promotion_id)
    assert live(database) == 1
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:
        assert get_promotion(session, promotion_id).waits, "it can still be approved later"


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ({"passed": False}, "did not let this version pass"),
        ({"decided_at": datetime.now(UTC) - LONG_AGO}, "too old"),
        ({"of": 1}, "said nothing of exactly this version"),
    ],
)
@pytest.mark.parametrize("role", ["bee_coach", "bee_admin"])
def test_the_database_refuses_it_also_without_the_acts(
    role: str, verdict: Mapping[str, Any], told: str, database: Database, cora: UUID, carl: UUID
) -> None:
    write(database, cora, 300)
    run_id = judge(database, 2, **verdict)
    promotion_id = ask(database, cora, 2)
    decide(database, carl, promotion_id)
    with pytest.raises(Conflict, match=told):
        put_live(database, carl, 2, Way(by=carl, promotion_id=promotion_id, run_id=run_id), role=role)
    with pytest.raises(Conflict, match="promoted_on_a_verdict"):
        put_live(database, carl, 2, Way(by=carl, promotion_id=promotion_id), role=role)
    assert live(database) == 1


def test_a_later_verdict_that_failed_takes_back_one_that_passed(
    database: Database, cora: UUID, carl: UUID
) -> None:
    write(database, cora, 300)
    passed = judge(database, 2, decided_at=datetime.now(UTC) - timedelta(hours=1))
    judge(database, 2, passed=False)
    promotion_id = ask(database, cora, 2)
    with pytest.raises(Conflict, match="did not let this version pass"):
        approve(database, carl, promotion_id)
    decide(database, carl, promotion_id)
    with pytest.raises(Conflict, match="did not let this version pass"):
        put_live(database, carl, 2, Way(by=carl, promotion_id=promotion_id, run_id=passed))
    judge(database, 2)
    assert live(database) == 1


def test_a_verdict_is_the_workers_to_give_and_is_given_once_for_a_run(database: Database, cora: UUID) -> None:
    write(database, cora, 300)
    judge(database, 2)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
        (known,) = verdicts(session, COACH, get_version(session, COACH, 2).sha256)
    assert [(reason.check, reason.said) for reason in known.reasons] == [("needs_care", "no loss")]
    again = "insert into coach_gate_verdicts select * from coach_gate_verdicts"
    for role in ("bee_coach", "bee_admin"):
        with pytest.raises(Exception, match="permission denied"):
            with database.writing(Login.DASHBOARD, role=role, staff_id=cora) as session:
                execute(session, again)
    with pytest.raises(Conflict, match="decided about this run already"):
        with database.writing(Login.OWNER) as session:
            execute(session, again)


@pytest.mark.parametrize("outcome", ["approved", "rejected"])
def test_who_asked_does_not_decide_about_it(outcome: str, database: Database, cora: UUID, carl: UUID) -> None:
    write(database, carl, 300)
    judge(database, 2)
    promotion_id = ask(database, cora, 2)
    with pytest.raises(Forbidden, match="Somebody else"):
        decide(database, cora, promotion_id, outcome)
    with pytest.raises(Forbidden, match="Somebody else"):
        act = actions.approve if outcome == "approved" else actions.reject
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
            act(session, promotion_id, reason="mine", actor=Actor.staff(cora))
    assert live(database) == 1


def test_who_wrote_a_version_does_not_approve_it_whoever_asked(
    database: Database, cora: UUID, carl: UUID
) -> None:
    write(database, carl, 300)
    judge(database, 2)
    promotion_id = ask(database, cora, 2)
    with pytest.raises(Forbidden, match="Somebody else"):
        approve(database, carl, promotion_id)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
        found = get_promotion(session, promotion_id)
    assert [found.may_approve(who) for who in (cora, carl, uuid4())] == [False, False, True]


def test_nobody_acts_in_the_name_of_another(database: Database, cora: UUID, carl: UUID) -> None:
    write(database, cora, 300)
    run_id, promotion_id = judge(database, 2), ask(database, cora, 2)
    with database.writing(Login.OWNER) as session:
        session.run(
            "coach/add_prompt_decision",
            promotion_id=promotion_id,
            outcome="approved",
            decided_by=carl,
            reason="yes",
        )
    way = Way(by=carl, promotion_id=promotion_id, run_id=run_id)
    with pytest.raises(Exception, match="row-level security"):
        put_live(database, cora, 2, way)
    with pytest.raises(Exception, match="row-level security"):
        put_live(database, cora, 2, Way())
    with pytest.raises(Conflict, match="Nobody has approved"):
        put_live(database, cora, 2, Way(by=cora, promotion_id=promotion_id, run_id=run_id))
    put_live(database, carl, 2, way)
    assert live(database) == 2


def test_an_approval_is_of_one_version_at_one_place_and_goes_live_once(
    database: Database, cora: UUID, carl: UUID
) -> None:
    for tokens in (300, 301):
        write(database, cora, tokens)
    runs = {number: judge(database, number) for number in (2, 3)}
    promotion_id = ask(database, cora, 2)
    decide(database, carl, promotion_id)
    with pytest.raises(Conflict, match="Nobody has approved"):
        put_live(database, carl, 3, Way(by=carl, promotion_id=promotion_id, run_id=runs[3]))
    with pytest.raises(Conflict, match="Nobody has approved"):
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=carl) as session:
            way = Way(by=carl, promotion_id=promotion_id, run_id=runs[2])
            deploy(session, COACH, Environment.PROD, 2, way, reason="by hand")
    put_live(database, carl, 2, Way(by=carl, promotion_id=promotion_id, run_id=runs[2]))
    go_live(database, 3)
    with pytest.raises(Conflict, match="went live already"):
        put_live(database, carl, 2, Way(by=carl, promotion_id=promotion_id, run_id=runs[2]))


@pytest.mark.parametrize("second", ["approve", "reject", "withdraw"])
@pytest.mark.parametrize("first", ["approve", "reject", "withdraw"])
def test_a_second_decision_is_a_conflict(
    first: str, second: str, database: Database, cora: UUID, carl: UUID, cleo: UUID
) -> None:
    write(database, cora, 300)
    judge(database, 2)
    promotion_id = ask(database, cora, 2)

    def act(name: str, other: UUID) -> None:
        who = cora if name == "withdraw" else other
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=who) as session:
            getattr(actions, name)(session, promotion_id, reason="so", actor=Actor.staff(who))

    act(first, carl)
    with pytest.raises(Conflict, match="already"):
        act(second, cleo)
    assert live(database) == (2 if first == "approve" else 1)


def test_only_who_asked_withdraws(database: Database, cora: UUID, carl: UUID) -> None:
    write(database, cora, 300)
    promotion_id = ask(database, cora, 2)
    with pytest.raises(Forbidden, match="Who asked"):
        decide(database, carl, promotion_id, "withdrawn")
    decide(database, cora, promotion_id, "withdrawn")
    assert ask(database, cora, 2) != promotion_id, "what was withdrawn can be asked for again"


def test_one_request_for_a_version_waits_at_a_time_and_none_for_what_is_live(
    database: Database, cora: UUID, carl: UUID
) -> None:
    write(database, cora, 300)
    ask(database, cora, 2)
    with pytest.raises(Conflict, match="nobody has decided"):
        ask(database, carl, 2)
    ask(database, carl, 2, Environment.PROD)
    with pytest.raises(Conflict, match="live there already"):
        ask(database, carl, 1)
    with pytest.raises(NotFound):
        ask(database, carl, 9)


def test_the_same_prompt_again_is_a_conflict_that_tells_its_number(database: Database, cora: UUID) -> None:
    assert [write(database, cora, tokens) for tokens in (300, 301)] == [2, 3]
    with pytest.raises(Conflict, match="version 2 of the prompt already"):
        write(database, cora, 300)


@pytest.mark.parametrize("words", ["", "  ", "\0", "x" * 501])
def test_every_act_needs_a_few_words(words: str, database: Database, cora: UUID, carl: UUID) -> None:
    write(database, cora, 300)
    judge(database, 2)
    promotion_id = ask(database, cora, 2)
    actor = Actor.staff(carl)
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=carl) as session:
        acts: list[Callable[[], object]] = [
            lambda: actions.add_version(session, COACH, draft(9), message=words, actor=actor),
            lambda: actions.ask(session, COACH, Environment.PROD, 2, reason=words, actor=actor),
            lambda: actions.approve(session, promotion_id, reason=words, actor=actor),
            lambda: actions.reject(session, promotion_id, reason=words, actor=actor),
            lambda: actions.withdraw(session, promotion_id, reason=words, actor=actor),
            lambda: actions.roll_back(session, COACH, LOCAL, 1, reason=words, actor=actor),
        ]
        for act in acts:
            with pytest.raises(Invalid, match="at most 500"):
                act()


def test_one_person_rolls_back_at_once_on_the_verdict_of_then_although_it_expired(
    database: Database, cora: UUID, carl: UUID
) -> None:
    for tokens in (300, 301):
        write(database, cora, tokens)
    judge(database, 2)
    approve(database, carl, ask(database, cora, 2))
    go_live(database, 3)
    let_expire(database)
    roll_back(database, cora, 2)
    newest, _, before, _ = times(database)
    assert (newest.number, newest.back_to, newest.run_id, newest.deployed_by) == (
        2, before.id, before.run_id, cora,
    )  # fmt: skip
    roll_back(database, cora, 1)
    assert (live(database), times(database)[0].run_id) == (1, None), "what came along never had a verdict"


def test_there_is_no_way_back_to_what_was_never_live_or_was_rolled_back_from(
    database: Database, cora: UUID
) -> None:
    for tokens in (300, 301, 302):
        write(database, cora, tokens)
    for number in (2, 3):
        go_live(database, number)
    with pytest.raises(Conflict, match="no way back to version 4"):
        roll_back(database, cora, 4)
    with pytest.raises(Conflict, match="no way back to version 3"):
        roll_back(database, cora, 3)
    assert [goal.number for goal in ways_back(times(database))] == [2, 1]
    roll_back(database, cora, 1)
    assert [goal.number for goal in ways_back(times(database))] == [2], "it was left for 3, not for being bad"
    with pytest.raises(Conflict, match="no way back to version 3"):
        roll_back(database, cora, 3)
    go_live(database, 3)
    assert [goal.number for goal in ways_back(times(database))] == [1, 2]


def test_the_database_knows_the_ways_back_by_itself(database: Database, cora: UUID) -> None:
    """Every way that the rule offers passes, and every other one is refused, after each of these steps."""
    for tokens in (300, 301):
        write(database, cora, tokens)
    steps: list[Callable[[], None]] = [
        lambda: go_live(database, 2),
        lambda: go_live(database, 3),
        lambda: roll_back(database, cora, 2),
        lambda: roll_back(database, cora, 1),
        lambda: go_live(database, 3),
        lambda: go_live(database, 2),
        lambda: roll_back(database, cora, 1),
    ]
    for step in steps:
        step()
        known = times(database)
        offered = {goal.id for goal in ways_back(known)}
        passed = {goal.id for goal in known if passes(database, cora, goal)}
        assert offered <= passed
        numbers = {goal.number for goal in known if goal.id in passed}
        assert numbers == {goal.number for goal in known if goal.id in offered}


def passes(database: Database, who: UUID, goal: Deployment) -> bool:
    """Try a way back and undo it."""
    try:
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=who) as session:
            way = Way(by=who, back_to=goal.id, run_id=goal.run_id)
            deploy(session, COACH, LOCAL, goal.number, way, reason="tried")
            session.driver.rollback()
    except Conflict:
        return False
    return True


def test_a_roll_back_names_exactly_the_time_that_it_goes_back_to(
    database: Database, cora: UUID, carl: UUID
) -> None:
    write(database, cora, 300)
    go_live(database, 2)
    first = times(database)[-1]
    other = judge(database, 1)
    for way in (
        Way(by=cora, back_to=first.id, run_id=other),
        Way(by=cora, back_to=first.id + 1),
        Way(by=cora),
    ):
        with pytest.raises(Conflict):
            put_live(database, cora, 1, way)
    assert live(database) == 2


def test_an_end_or_a_beginning_is_nobodys_to_say(database: Database, cora: UUID) -> None:
    begin = """
        insert into coach_prompt_deployments (place, prompt, version_id, live_from, deployed_by, reason)
        select place, prompt, version_id, now(), :me, 'earlier' from coach_prompt_deployments
    """
    for statement in ("update coach_prompt_deployments set live_to = now()", begin):
        with pytest.raises(Exception, match="permission denied"):
            with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=cora) as session:
                execute(session, statement, me=cora)


def test_of_twenty_who_approve_the_same_at_once_one_does(database: Database, cora: UUID) -> None:
    write(database, cora, 300)
    judge(database, 2)
    promotion_id = ask(database, cora, 2)
    people = [add_coach(database) for _ in range(20)]
    found = at_once([partial(approve, database, who, promotion_id) for who in people])
    assert [error for error in found if error is not None and error.code != "decided_before"] == []
    assert found.count(None) == 1
    assert [time.number for time in times(database)] == [2, 1]


def test_twenty_approvals_at_once_leave_no_gap_and_no_overlap(database: Database, cora: UUID) -> None:
    asked = []
    for number in range(2, 22):
        write(database, cora, 300 + number)
        judge(database, number)
        asked.append((ask(database, cora, number), add_coach(database)))
    found = at_once([partial(approve, database, who, which) for which, who in asked])
    assert found == [None] * 20
    known = times(database)
    assert sorted(time.number for time in known) == list(range(1, 22))
    assert [time.live_to for time in known] == [None, *(time.live_from for time in known[:-1])]
    starts = [time.live_from for time in known]
    assert starts == sorted(set(starts), reverse=True)


def test_who_writes_and_asks_at_the_same_moment_gets_a_number_and_a_request_each(
    database: Database, cora: UUID
) -> None:
    found = at_once([partial(write, database, cora, 300 + place) for place in range(8)])
    assert found == [None] * 8
    with database.reading(Login.SYSTEM) as session:
        assert [version.number for version in prompt_versions(session, COACH)] == list(range(9, 0, -1))
    found = at_once([partial(ask, database, cora, 2) for _ in range(8)])
    assert sorted(error.code if error else "" for error in found) == ["", *["asked_before"] * 7]


def at_once(acts: Sequence[Callable[[], object]]) -> list[BeeError | None]:
    """Do everything at the same moment and return what each came to."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> BeeError | None:
        ready.wait()
        try:
            act()
        except BeeError as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_all_of_it_is_in_the_trail_by_number_and_digest_and_without_a_word_of_a_prompt(
    database: Database, cora: UUID, carl: UUID
) -> None:
    write(database, cora, 300)
    judge(database, 2)
    approve(database, carl, ask(database, cora, 2))
    roll_back(database, cora, 1)
    refused = ask(database, cora, 2)
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=carl) as session:
        actions.reject(session, refused, reason="not yet", actor=Actor.staff(carl))
    with database.reading(Login.OWNER) as session:
        first, second = (get_version(session, COACH, number).sha256 for number in (1, 2))
        newest = promotions(session, COACH, LOCAL)
        words = {part.text for part in prompt_versions(session, COACH)[0].template.parts[:2]}  # type: ignore[union-attr]
    found = trail(database)
    assert [(action, reason) for action, _, _, reason in found] == [
        ("prompt.added", None),
        ("prompt.asked", "better"),
        ("prompt.promoted", "read it"),
        ("prompt.rolled_back", "it was better"),
        ("prompt.asked", "better"),
        ("prompt.rejected", "not yet"),
    ]
    promoted, rolled_back = found[2], found[3]
    assert (promoted[1]["number"], promoted[1]["sha256"]) == (1, first)
    assert (promoted[2]["number"], promoted[2]["sha256"]) == (2, second)
    assert promoted[2]["promotion"] == str(newest[1].id)
    assert (rolled_back[1]["number"], rolled_back[2]["number"]) == (2, 1)
    assert not any(word in str(found) for word in words)
