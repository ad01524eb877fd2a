"""Which versions of prompts there are, and which was live where and when."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Final
from uuid import UUID

from bee import __version__
from bee.coach.prompts.template import (
    Parameters,
    Template,
    parameters_text,
    parse_template,
    prompt_digest,
    template_text,
)
from bee.db import Database, Login, ReadSession, WriteSession
from bee.errors import NotFound
from bee.settings import Environment

COACH: Final = "coach"


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """A version as it is stored. ``body`` and ``parameters`` are JSON; ``model``: None is the settings' one.

    ``author_id``: None for what came with the program.
    """

    id: UUID
    prompt: str
    number: int
    body: str
    model: str | None
    parameters: str
    sha256: str
    author_id: UUID | None
    message: str
    created_at: datetime

    @property
    def template(self) -> Template:
        """What it says."""
        return parse_template(self.body)

    @property
    def model_parameters(self) -> Parameters:
        """What its model is told beside the words."""
        return Parameters.model_validate_json(self.parameters)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A time for which a version was live; ``live_to``: None while it is. ``deployed_by``: None is the program.

    ``back_to``: the deployment that a roll-back went back to. ``run_id``: of the gate's verdict it rests on.
    """

    id: int
    number: int
    sha256: str
    live_from: datetime
    live_to: datetime | None
    deployed_by: UUID | None
    promotion_id: UUID | None
    back_to: int | None
    run_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Way:
    """How a version comes to be live: promoted, or back to the deployment ``back_to``; by nobody, as the first.

    ``run_id``: of the gate's verdict that it rests on.
    """

    by: UUID | None = None
    promotion_id: UUID | None = None
    back_to: int | None = None
    run_id: UUID | None = None


def ensure_prompts(database: Database) -> None:
    """Store the prompt that comes with the program, and let it go live wherever none ever was.

    What was changed since an earlier release becomes a new version, which does not go live by itself.
    """
    template, parameters = shipped_prompt(), Parameters()
    sha256 = prompt_digest(template, None, parameters)
    with database.writing(Login.OWNER) as session:
        session.scalar("coach/lock_prompt", prompt=COACH)
        known = prompt_versions(session, COACH)
        if sha256 not in {version.sha256 for version in known}:
            session.run(
                "coach/add_prompt_version",
                prompt=COACH,
                number=1 + max((version.number for version in known), default=0),
                body=template_text(template),
                model=None,
                parameters=parameters_text(parameters),
                sha256=sha256,
                author_id=None,
                message=f"Comes with release {__version__}.",
            )
        for environment in Environment:
            session.run("coach/add_prompt_place", prompt=COACH, environment=environment)
            if not deployments(session, COACH, environment):
                deploy(session, COACH, environment, 1, Way(), reason="shipped")


def deploy(
    session: WriteSession, prompt: str, environment: Environment, number: int, way: Way, *, reason: str
) -> None:
    """Let a version be live from now on, and the one before until now: at no moment there is none.

    The database refuses what was not approved or what the gate does not let pass, whoever asks. Raises
    :class:`NotFound` for a version or an environment that is not there.
    """
    added = session.run(
        "coach/add_prompt_deployment",
        prompt=prompt,
        environment=environment,
        number=number,
        deployed_by=way.by,
        promotion_id=way.promotion_id,
        back_to=way.back_to,
        run_id=way.run_id,
        reason=reason,
    )
    if not added:
        raise NotFound("no_prompt_version", f"There is no version {number} of {prompt}.")


def live_version(
    session: ReadSession, prompt: str, environment: Environment, at: datetime | None = None
) -> PromptVersion | None:
    """Return the version that was live at a moment, or is now; None where none was."""
    return session.find(
        PromptVersion, "coach/prompt_live_version", prompt=prompt, environment=environment, at=at
    )


def prompt_versions(session: ReadSession, prompt: str) -> list[PromptVersion]:
    """Return every version of a prompt, newest first."""
    return session.all(PromptVersion, "coach/prompt_versions", prompt=prompt)


def get_version(session: ReadSession, prompt: str, number: int) -> PromptVersion:
    """Return a version. Raises :class:`NotFound` where there is none of that number."""
    for version in prompt_versions(session, prompt):
        if version.number == number:
            return version
    raise NotFound("no_prompt_version", f"There is no version {number} of the prompt.")


def deployments(session: ReadSession, prompt: str, environment: Environment) -> list[Deployment]:
    """Return which versions were live in an environment, newest first."""
    return session.all(Deployment, "coach/prompt_deployments", prompt=prompt, environment=environment)


def shipped_prompt() -> Template:
    """Return the coach's prompt that comes with the program."""
    return parse_template((files(__package__) / "shipped" / "coach.json").read_text(encoding="utf-8"))
