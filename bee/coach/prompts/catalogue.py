"""Prompts as people look through them: every version at a glance, what is live, what waits, what was done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bee.coach.prompts.gate import Verdict, deciding, verdicts
from bee.coach.prompts.live import LivePrompt, live_prompts, named_model
from bee.coach.prompts.promotions import Promotion, promotions, ways_back
from bee.coach.prompts.registry import Deployment, PromptVersion, deployments, prompt_versions
from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.settings import Environment

NOBODY = "The program"


@dataclass(frozen=True, slots=True)
class VersionCard:
    """A version at a glance. ``live_in``: where it is live. ``verdicts``: the gate's on it, newest first.

    ``model``: which one answers with it in the environment, or would; None where nobody knows.
    """

    version: PromptVersion
    author: str
    live_in: tuple[Environment, ...]
    verdicts: tuple[Verdict, ...]
    model: str | None

    @property
    def number(self) -> int:
        """Its number."""
        return self.version.number

    @property
    def verdict(self) -> Verdict | None:
        """The one that counts: of the model that answers with it."""
        return deciding(self.verdicts, self.model)


@dataclass(frozen=True, slots=True)
class PromptCard:
    """A prompt in one environment. ``cards``: newest first; ``times``, ``asked``: of the environment, newest first.

    ``people``: how those are called who wrote, asked and deployed. ``untried``: what is live there, where no run
    let it pass with the model that answers.
    """

    prompt: str
    environment: Environment
    cards: tuple[VersionCard, ...]
    times: tuple[Deployment, ...]
    asked: tuple[Promotion, ...]
    people: Mapping[UUID, str]
    untried: LivePrompt | None

    @property
    def live(self) -> VersionCard | None:
        """The version that is live in the environment; None where none is."""
        number = next((time.number for time in self.times if time.live_to is None), None)
        return next((card for card in self.cards if card.number == number), None)

    @property
    def waiting(self) -> list[Promotion]:
        """What waits for a decision, newest first."""
        return [each for each in self.asked if each.waits]

    @property
    def back(self) -> list[Deployment]:
        """To where one can roll back, what was live last first."""
        return ways_back(self.times)

    def waits(self, card: VersionCard) -> Promotion | None:
        """Return the request for a version that waits for a decision."""
        return next((each for each in self.waiting if each.number == card.number), None)

    def at(self, moment: datetime) -> Deployment | None:
        """Return what was live at a moment; None where nothing was."""
        return next((time for time in self.times if _covers(time, moment)), None)

    def name(self, who: UUID | None) -> str:
        """Return how somebody is called."""
        return NOBODY if who is None else self.people.get(who, "Somebody no longer known")


@dataclass(frozen=True, slots=True)
class PromptAct:
    """Something that was done to a prompt, with why.

    ``act``: added, asked, rejected, withdrawn, promoted, rolled_back or shipped.
    """

    at: datetime
    act: str
    number: int
    who_id: UUID | None
    who_name: str | None
    words: str

    @property
    def who(self) -> str:
        """Who it was, by name."""
        return NOBODY if self.who_id is None else self.who_name or "Somebody no longer known"


@dataclass(frozen=True, slots=True)
class _Person:
    id: UUID
    full_name: str


def catalogue(session: ReadSession, prompt: str, environment: Environment) -> PromptCard:
    """Return a prompt as it stands in an environment; for coaches and admins."""
    people = {row.id: row.full_name for row in session.all(_Person, "coach/prompt_people", prompt=prompt)}
    live_in = _live_in(session, prompt)
    known, named = verdicts(session, prompt), named_model(session, environment)
    return PromptCard(
        prompt=prompt,
        environment=environment,
        cards=tuple(_card(row, people, live_in, known, named) for row in prompt_versions(session, prompt)),
        times=tuple(deployments(session, prompt, environment)),
        asked=tuple(promotions(session, prompt, environment)),
        people=people,
        untried=_untried(session, prompt, environment),
    )


def prompt_history(session: ReadSession, prompt: str, environment: Environment) -> list[PromptAct]:
    """Return what was done to a prompt, newest first: all that was written, and the rest of the environment."""
    return session.all(PromptAct, "coach/prompt_history", prompt=prompt, environment=environment)


def prompt_history_csv(acts: Iterable[PromptAct]) -> str:
    """Return what was done to a prompt as a file, in its order."""
    return csv_text(
        ("at", "act", "version", "who", "why"),
        ((each.at.isoformat(), each.act, each.number, each.who, each.words) for each in acts),
    )


def _card(
    version: PromptVersion,
    people: Mapping[UUID, str],
    live_in: Mapping[Environment, int],
    known: Sequence[Verdict],
    named: str | None,
) -> VersionCard:
    author = NOBODY if version.author_id is None else people[version.author_id]
    return VersionCard(
        version,
        author,
        tuple(environment for environment, number in live_in.items() if number == version.number),
        tuple(verdict for verdict in known if verdict.sha256 == version.sha256),
        version.model or named,
    )


def _untried(session: ReadSession, prompt: str, environment: Environment) -> LivePrompt | None:
    found = (
        each for each in live_prompts(session) if (each.prompt, each.environment) == (prompt, environment)
    )
    return next((each for each in found if each.is_untried), None)


def _live_in(session: ReadSession, prompt: str) -> dict[Environment, int]:
    found = {environment: deployments(session, prompt, environment) for environment in Environment}
    return {
        environment: times[0].number
        for environment, times in found.items()
        if times and times[0].live_to is None
    }


def _covers(time: Deployment, moment: datetime) -> bool:
    return time.live_from <= moment and (time.live_to is None or moment < time.live_to)
