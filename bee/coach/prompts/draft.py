"""What shall become a version: all that decides what a model is asked, checked as a whole (pure)."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bee.coach.prompts.registry import PromptVersion
from bee.coach.prompts.template import Parameters, Template, no_prompt, prompt_digest
from bee.coach.prompts.values import SUPPLIED


def _can_be_rendered(template: Template) -> Template:
    for name, kind in template.variables.items():
        if SUPPLIED.get(name) != kind:
            raise ValueError(f"nothing supplies the variable {name} as {kind}")
    return template


class Draft(BaseModel):
    """All that decides what a model is asked. ``model``: provider/model; None is the settings' one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: Annotated[Template, AfterValidator(_can_be_rendered)]
    model: Annotated[str, Field(max_length=100, pattern=r"^(offline|(openai|vertex|anthropic)/\S+)$")] | None
    parameters: Parameters

    @classmethod
    def of(cls, version: PromptVersion) -> Self:
        """Return what a version says, to begin with; unchecked, for it may be what has to be put right."""
        return cls.model_construct(
            template=version.template, model=version.model, parameters=version.model_parameters
        )

    @property
    def sha256(self) -> str:
        """Its digest."""
        return prompt_digest(self.template, self.model, self.parameters)


def parse_draft(said: Mapping[str, object]) -> Draft:
    """Return the draft that JSON values describe. Raises :class:`bee.errors.Invalid` with every fault."""
    try:
        return Draft.model_validate(said)
    except ValidationError as error:
        raise no_prompt(error) from error
