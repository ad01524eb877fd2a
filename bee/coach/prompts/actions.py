"""What people do to prompts; each act is in the trail, with numbers and digests and without a word of a prompt.

Who may, and what goes live, is the database's to say: an approval is another person's than the request and the
version, is given once, and lets go live only what the gate's newest verdict on exactly that version lets pass, with
the model that would answer there.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from bee.audit import Actor, given_words, record
from bee.coach.prompts.draft import Draft
from bee.coach.prompts.gate import deciding, verdicts
from bee.coach.prompts.live import answering_model
from bee.coach.prompts.promotions import Promotion, get_promotion, promotions, ways_back
from bee.coach.prompts.registry import (
    Deployment,
    PromptVersion,
    Way,
    deploy,
    deployments,
    get_version,
    prompt_versions,
)
from bee.coach.prompts.template import parameters_text, template_text
from bee.db import WriteSession
from bee.errors import Conflict
from bee.settings import Environment


def add_version(session: WriteSession, prompt: str, draft: Draft, *, message: str, actor: Actor) -> int:
    """Store what a prompt shall say as a version, which goes nowhere by itself, and return its number.

    Raises :class:`Conflict` where a version says exactly this already, with its number.
    """
    said = given_words(message, "Say what is new in it")
    known = _locked(session, prompt)
    if same := [version.number for version in known if version.sha256 == draft.sha256]:
        raise Conflict("prompt_unchanged", f"That is version {same[0]} of the prompt already.")
    number = 1 + max((version.number for version in known), default=0)
    session.run(
        "coach/add_prompt_version",
        prompt=prompt,
        number=number,
        body=template_text(draft.template),
        model=draft.model,
        parameters=parameters_text(draft.parameters),
        sha256=draft.sha256,
        author_id=actor.id,
        message=said,
    )
    _record(session, actor, "added", prompt, None, {"number": number, "sha256": draft.sha256})
    return number


def ask(
    session: WriteSession, prompt: str, environment: Environment, number: int, *, reason: str, actor: Actor
) -> UUID:
    """Ask for a version to go live somewhere, and return the request's id.

    Raises :class:`Conflict` where it is live there, or was asked for and nobody has decided yet.
    """
    said = given_words(reason, "Say why it shall go live")
    _locked(session, prompt)
    version = get_version(session, prompt, number)
    live = _live(deployments(session, prompt, environment))
    if live and live.number == number:
        raise Conflict("live_before", "This version is live there already.")
    if any(each.waits and each.number == number for each in promotions(session, prompt, environment)):
        raise Conflict("asked_before", "Somebody asked for that already, and nobody has decided yet.")
    made: UUID | None = session.scalar(
        "coach/add_prompt_promotion",
        prompt=prompt, environment=environment, number=number, asked_by=actor.id, reason=said,
    )  # fmt: skip
    assert made is not None, "the version is there, and every environment has its place"
    after = {"environment": environment, "number": number, "sha256": version.sha256, "promotion": made}
    _record(session, actor, "asked", prompt, _told(live, environment), after, said)
    return made


def approve(session: WriteSession, promotion_id: UUID, *, reason: str, actor: Actor) -> None:
    """Let what was asked for go live now.

    Raises :class:`Forbidden` for who asked or wrote it, and :class:`Conflict` where somebody decided before, or the
    gate does not let it pass.
    """
    said = given_words(reason, "Say why")
    found = _decide(session, promotion_id, "approved", said, actor)
    version = get_version(session, found.prompt, found.number)
    known = verdicts(session, found.prompt, found.sha256)
    verdict = deciding(known, answering_model(session, version, found.environment)) or next(iter(known), None)
    if verdict is None:
        raise Conflict(
            "gate_missing", "The gate has said nothing of this version: run it over the cases first."
        )
    way = Way(by=actor.id, promotion_id=found.id, run_id=verdict.run_id)
    _go_live(session, "promoted", found.prompt, found.environment, found.number, way, said, actor)


def reject(session: WriteSession, promotion_id: UUID, *, reason: str, actor: Actor) -> None:
    """Say no to what was asked for. Raises :class:`Forbidden` for who asked, :class:`Conflict` the second time."""
    said = given_words(reason, "Say why")
    found = _decide(session, promotion_id, "rejected", said, actor)
    _record(session, actor, "rejected", found.prompt, None, _asked(found), said)


def withdraw(session: WriteSession, promotion_id: UUID, *, reason: str, actor: Actor) -> None:
    """Take back what one asked for. Raises :class:`Forbidden` for others, :class:`Conflict` the second time."""
    said = given_words(reason, "Say why")
    found = _decide(session, promotion_id, "withdrawn", said, actor)
    _record(session, actor, "withdrawn", found.prompt, None, _asked(found), said)


def roll_back(
    session: WriteSession, prompt: str, environment: Environment, number: int, *, reason: str, actor: Actor
) -> None:
    """Let a version be live again that was live there before; one person can, at once.

    It rests on the verdict that it had then. Raises :class:`Conflict` where it was never live there, is live now,
    or somebody rolled back from it.
    """
    said = given_words(reason, "Say why")
    _locked(session, prompt)
    goals = [goal for goal in ways_back(deployments(session, prompt, environment)) if goal.number == number]
    if not goals:
        raise Conflict("not_back", f"There is no way back to version {number} there: ask for approval.")
    way = Way(by=actor.id, back_to=goals[0].id, run_id=goals[0].run_id)
    _go_live(session, "rolled_back", prompt, environment, number, way, said, actor)


def _decide(session: WriteSession, promotion_id: UUID, outcome: str, said: str, actor: Actor) -> Promotion:
    found = get_promotion(session, promotion_id)
    _locked(session, found.prompt)
    session.run(
        "coach/add_prompt_decision",
        promotion_id=promotion_id, outcome=outcome, decided_by=actor.id, reason=said,
    )  # fmt: skip
    return found


def _go_live(
    session: WriteSession,
    verb: str,
    prompt: str,
    environment: Environment,
    number: int,
    way: Way,
    said: str,
    actor: Actor,
) -> None:
    live = _live(deployments(session, prompt, environment))
    deploy(session, prompt, environment, number, way, reason=said)
    after = {
        "environment": environment,
        "number": number,
        "sha256": get_version(session, prompt, number).sha256,
        "promotion": way.promotion_id,
        "run": way.run_id,
    }
    _record(session, actor, verb, prompt, _told(live, environment), after, said)


def _locked(session: WriteSession, prompt: str) -> list[PromptVersion]:
    """Wait until nobody else does anything to a prompt, and return its versions."""
    session.scalar("coach/lock_prompt", prompt=prompt)
    return prompt_versions(session, prompt)


def _live(times: Sequence[Deployment]) -> Deployment | None:
    return times[0] if times and times[0].live_to is None else None


def _told(live: Deployment | None, environment: Environment) -> dict[str, object] | None:
    if live is None:
        return None
    return {"environment": environment, "number": live.number, "sha256": live.sha256}


def _asked(found: Promotion) -> dict[str, object]:
    return {
        "environment": found.environment,
        "number": found.number,
        "sha256": found.sha256,
        "promotion": found.id,
    }


def _record(
    session: WriteSession,
    actor: Actor,
    verb: str,
    prompt: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
    reason: str | None = None,
) -> None:
    record(
        session,
        actor=actor,
        action=f"prompt.{verb}",
        subject_kind="prompt",
        subject_id=prompt,
        before=before,
        after=after,
        reason=reason,
    )
