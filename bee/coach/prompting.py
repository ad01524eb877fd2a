"""What a model is asked with: the prompt that is live, rendered for one moment."""

import json
from dataclasses import dataclass
from typing import Final, Self

from bee.coach.masking import MASK_VERSION, Mask
from bee.coach.model import ModelRequest, Moment, Provider, Turn
from bee.coach.prompts import Parameters, PromptVersion, Rendered, Template, render
from bee.coach.prompts.registry import COACH
from bee.coach.prompts.values import values_of
from bee.db import Database, Identity, Login
from bee.settings import Settings

MOST_TURNS: Final = 10
SYSTEM: Final = Identity(Login.SYSTEM)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A version of a prompt and the model that it is for."""

    name: str
    number: int
    sha256: str
    template: Template
    parameters: Parameters
    provider: Provider
    model: str

    @property
    def label(self) -> str:
        """How it is named in answers: ``coach@1``."""
        return f"{self.name}@{self.number}"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a model was told, as it is kept: masked, and by which rules."""

    prompt_sha256: str
    provider: Provider
    model: str
    mask_version: str
    request: str

    @classmethod
    def of(cls, prompt: Prompt, request: ModelRequest) -> Self:
        """Return what is kept of a request."""
        return cls(prompt.sha256, prompt.provider, prompt.model, MASK_VERSION, request_text(request))


def live_prompt(database: Database, settings: Settings) -> Prompt | None:
    """Return the prompt that is live here now, in a single round trip; None where none ever was. As the system."""
    version = database.find(
        SYSTEM,
        PromptVersion,
        "coach/prompt_live_version",
        prompt=COACH,
        environment=settings.environment,
        at=None,
    )
    return None if version is None else prompt_of(version, settings)


def prompt_of(version: PromptVersion, settings: Settings, model: str | None = None) -> Prompt:
    """Return a version with its model, which is the settings' where it names none; or with another one to try."""
    provider, _, name = (model or version.model or settings.coach_model).partition("/")
    return Prompt(
        name=version.prompt,
        number=version.number,
        sha256=version.sha256,
        template=version.template,
        parameters=version.model_parameters,
        provider=Provider(provider),
        model=name or provider,
    )


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What a model reads: the prompt part by part, and what was said, oldest first."""

    system: Rendered
    turns: tuple[Turn, ...]


def laid_out(prompt: Prompt, moment: Moment, mask: Mask) -> LaidOut:
    """Return state, memories and messages as a model reads them, with everything hidden that points at a person."""
    said = [
        Turn("user" if message.role == "member" else "assistant", mask.hide(message.body))
        for message in reversed(moment.recent[:MOST_TURNS])
    ]
    values = values_of(moment.state, [mask.hide(memory.trait_value) for memory in moment.memories])
    return LaidOut(render(prompt.template, values), (*said, Turn("user", mask.hide(moment.message))))


def rendered(prompt: Prompt, moment: Moment, mask: Mask, pseudonym: str) -> ModelRequest:
    """Return what is asked of a model in a moment."""
    told = laid_out(prompt, moment, mask)
    return ModelRequest(
        model=prompt.model,
        system=told.system.text,
        turns=told.turns,
        max_tokens=prompt.parameters.max_tokens,
        temperature=prompt.parameters.temperature,
        pseudonym=pseudonym,
        moment=moment,
    )


def request_text(request: ModelRequest) -> str:
    """Return all that a model reads and is told, as one text: the same request is the same text, byte for byte."""
    told = {
        "model": request.model,
        "system": request.system,
        "turns": [[turn.role, turn.text] for turn in request.turns],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True)
