"""What a model is asked with: the prompt that is live, rendered for one moment."""

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from bee.coach.masking import Mask
from bee.coach.model import ModelRequest, Moment, Provider, Turn
from bee.settings import Settings

MOST_TURNS: Final = 10


@dataclass(frozen=True, slots=True)
class Prompt:
    """A version of a prompt and the model that it is for."""

    name: str
    number: int
    sha256: str
    body: Any
    provider: Provider
    model: str

    @property
    def label(self) -> str:
        """How it is named in answers: ``coach@1``."""
        return f"{self.name}@{self.number}"


def first_prompt(settings: Settings) -> Prompt:
    """Return the prompt that comes with the program, for the model that the settings name."""
    provider, _, model = settings.coach_model.partition("/")
    return Prompt(
        name=_FIRST["name"],
        number=_FIRST["number"],
        sha256=hashlib.sha256(_SOURCE).hexdigest(),
        body=_FIRST,
        provider=Provider(provider),
        model=model or provider,
    )


def rendered(prompt: Prompt, moment: Moment, mask: Mask, pseudonym: str) -> ModelRequest:
    """Return what is asked: state, memories and messages, with everything hidden that points at a person."""
    body = prompt.body
    parts = [*body["system"], body["states"][moment.state or "unknown"]]
    if moment.memories:
        known = "\n".join(f"- {mask.hide(memory.trait_value)}" for memory in moment.memories)
        parts.append(f"{body['memories']}\n{known}")
    said = [
        Turn("user" if message.role == "member" else "assistant", mask.hide(message.body))
        for message in reversed(moment.recent[:MOST_TURNS])
    ]
    return ModelRequest(
        model=prompt.model,
        system="\n\n".join(parts),
        turns=(*said, Turn("user", mask.hide(moment.message))),
        max_tokens=body["max_tokens"],
        temperature=body["temperature"],
        pseudonym=pseudonym,
        moment=moment,
    )


_SOURCE: Final = (files(__package__) / "first_prompt.json").read_bytes()
_FIRST: Final[Any] = json.loads(_SOURCE)
