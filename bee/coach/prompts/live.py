"""What is live, and with which model: whether exactly that passed, also after the settings name another one."""

from dataclasses import dataclass

from bee.coach.model import Provider
from bee.coach.prompts.registry import PromptVersion
from bee.db import ReadSession, WriteSession
from bee.settings import Environment, Settings


@dataclass(frozen=True, slots=True)
class LivePrompt:
    """A version that is live. ``model``: which one answers with it, None where nobody knows.

    ``own_model``: whether the version names it, else it is the settings'. ``passed``: what the gate's newest
    verdict on both says; None where it said nothing of them.
    """

    prompt: str
    environment: Environment
    number: int
    model: str | None
    own_model: bool
    passed: bool | None

    @property
    def is_untried(self) -> bool:
        """Whether members get answers that no run let pass; the offline coach's do not depend on a prompt."""
        return self.model not in {None, Provider.OFFLINE} and not self.passed

    @property
    def told(self) -> str:
        """What is live, in a sentence, and what is wrong with it where something is."""
        whose = "which it names itself" if self.own_model else "which the settings name"
        live = f"Version {self.number} is live in {self.environment} with {self.model or 'no model yet'}, {whose}"
        if not self.is_untried:
            return f"{live}."
        failed = "the gate did not let that pass" if self.passed is False else "no run let that pass"
        return f"{live}, and {failed}: run it over the cases, or let a version go live that passed."


def name_model(session: WriteSession, settings: Settings) -> bool:
    """Keep which model the settings name, where that is news; as the worker. Return whether it was."""
    found = session.run(
        "coach/prompt_name_model", environment=settings.environment, model=settings.coach_model
    )
    return found == 1


def named_model(session: ReadSession, environment: Environment) -> str | None:
    """Return which model the settings of an environment name; None where nothing ever ran there."""
    found: str | None = session.scalar("coach/prompt_named_model", environment=environment)
    return found


def answering_model(session: ReadSession, version: PromptVersion, environment: Environment) -> str | None:
    """Return which model answers with a version: its own, or the settings'; None where nobody knows."""
    return version.model or named_model(session, environment)


def live_prompts(session: ReadSession, settings: Settings | None = None) -> list[LivePrompt]:
    """Return what is live everywhere; ``settings``: what here will go by, also before anything ran with it."""
    return session.all(
        LivePrompt,
        "coach/prompt_live",
        here=None if settings is None else settings.environment,
        assumed=None if settings is None else settings.coach_model,
    )
