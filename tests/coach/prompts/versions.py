"""Versions of the coach's prompt for tests, and the whole way on which they go live."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from bee.access import StaffRole
from bee.audit import Actor
from bee.coach.prompts import actions
from bee.coach.prompts.draft import Draft
from bee.coach.prompts.gate import Reason, Verdict, record_verdict
from bee.coach.prompts.registry import COACH, get_version, shipped_prompt
from bee.coach.prompts.template import Parameters, parameters_text, prompt_digest, template_text
from bee.db import Database, Login
from bee.settings import Environment
from tests.coach.lab.whole import make_run
from tests.factories import make_staff

LOCAL = Environment.LOCAL


def add_version(database: Database, number: int) -> None:
    """Add a version that differs in its model and parameters."""
    template, parameters = shipped_prompt(), Parameters(max_tokens=100 + number)
    with database.writing(Login.OWNER) as session:
        session.run(
            "coach/add_prompt_version",
            prompt=COACH,
            number=number,
            body=template_text(template),
            model="openai/fine",
            parameters=parameters_text(parameters),
            sha256=prompt_digest(template, "openai/fine", parameters),
            author_id=None,
            message="shorter",
        )


def draft(max_tokens: int) -> Draft:
    """Return what a version may say."""
    return Draft(template=shipped_prompt(), model=None, parameters=Parameters(max_tokens=max_tokens))


def add_coach(database: Database, role: StaffRole = StaffRole.COACH, name: str = "Cora") -> UUID:
    """Add somebody who may write, ask and approve."""
    with database.writing(Login.OWNER) as session:
        return make_staff(session, roles=(role,), full_name=name)


def write(database: Database, author: UUID, max_tokens: int, *, role: str = "bee_coach") -> int:
    """Add a version as somebody."""
    with database.writing(Login.DASHBOARD, role=role, staff_id=author) as session:
        return actions.add_version(
            session, COACH, draft(max_tokens), message="shorter", actor=Actor.staff(author)
        )


def judge(
    database: Database,
    number: int,
    *,
    passed: bool = True,
    decided_at: datetime | None = None,
    valid_days: float = 14,
    of: int | None = None,
    model: str = "offline",
) -> UUID:
    """Record what the gate found of a version, or ``of`` another one, as the worker.

    ``model``: which one the settings named then, for a version that names none.
    """
    with database.writing(Login.OWNER) as session:
        version = get_version(session, COACH, of or number)
        answered = version.model or model
        run_id = make_run(session, COACH, version.number, answered)
    decided_at = decided_at or datetime.now(UTC)
    verdict = Verdict(
        run_id=run_id,
        prompt=COACH,
        sha256=version.sha256,
        model=answered,
        passed=passed,
        reasons=(Reason("needs_care", "no loss" if passed else "worse in 3 of 40 cases"),),
        decided_at=decided_at,
        expires_at=decided_at + timedelta(days=valid_days),
    )
    with database.writing(Login.WORKER) as session:
        record_verdict(session, verdict)
    return verdict.run_id


def ask(database: Database, asker: UUID, number: int, environment: Environment = LOCAL) -> UUID:
    """Ask as a coach for a version to go live."""
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=asker) as session:
        return actions.ask(session, COACH, environment, number, reason="better", actor=Actor.staff(asker))


def approve(database: Database, approver: UUID, promotion_id: UUID, *, role: str = "bee_coach") -> None:
    """Approve a request as somebody."""
    with database.writing(Login.DASHBOARD, role=role, staff_id=approver) as session:
        actions.approve(session, promotion_id, reason="read it", actor=Actor.staff(approver))


def roll_back(database: Database, who: UUID, number: int, environment: Environment = LOCAL) -> None:
    """Roll back to a version as a coach."""
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=who) as session:
        actions.roll_back(session, COACH, environment, number, reason="it was better", actor=Actor.staff(who))


def go_live(database: Database, number: int, environment: Environment = LOCAL) -> None:
    """Let a version go live: the gate lets it pass, somebody asks and somebody else approves."""
    judge(database, number)
    promotion_id = ask(database, add_coach(database), number, environment)
    approve(database, add_coach(database), promotion_id)
