"""Claude, through the ``anthropic`` client; its OpenAI-compatible address is not meant for production.

The events of a stream carry the usage twice: what went in at the beginning, what came out so far with the end. An
error may come as an event of a stream that began well, whose status is then 200: its type tells what it is. Claude
takes no temperature.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Final

import anthropic
from anthropic import AsyncAnthropic
from anthropic.types import (
    MessageDeltaUsage,
    MessageParam,
    RawContentBlockDeltaEvent,
    RawMessageDeltaEvent,
    RawMessageStartEvent,
    RawMessageStopEvent,
    TextDelta,
)
from anthropic.types import Usage as ClaudeUsage

from bee.coach.model.faults import Classified, failure_of_status
from bee.coach.model.interface import (
    Completion,
    Fault,
    Finish,
    ModelFailed,
    ModelRequest,
    Provider,
    Usage,
    broken,
)

ANTHROPIC_URL: Final = "https://api.anthropic.com"
LONGEST_S: Final = 60.0
FINISHES: Final = {
    "end_turn": Finish.COMPLETE,
    "stop_sequence": Finish.COMPLETE,
    "max_tokens": Finish.LENGTH,
    "model_context_window_exceeded": Finish.LENGTH,
    "refusal": Finish.REFUSED,
}
FAULTS: Final[Mapping[str, Fault]] = {
    "overloaded_error": Fault.OVERLOADED,
    "api_error": Fault.OVERLOADED,
    "timeout_error": Fault.OVERLOADED,
    "rate_limit_error": Fault.THROTTLED,
    "billing_error": Fault.QUOTA,
    "authentication_error": Fault.CONFIGURATION,
    "permission_error": Fault.CONFIGURATION,
    "not_found_error": Fault.CONFIGURATION,
    "invalid_request_error": Fault.REJECTED,
    "request_too_large": Fault.REJECTED,
}


@dataclass(slots=True)
class _Heard:
    """What the events of a stream have told so far."""

    model: str
    finish: Finish | None = None
    began: ClaudeUsage | None = None
    ended: MessageDeltaUsage | None = None
    is_over: bool = False

    def text(self, event: object) -> str:
        """Take in an event and return its text."""
        match event:
            case RawMessageStartEvent(message=message):
                self.model, self.began = message.model or self.model, message.usage
            case RawContentBlockDeltaEvent(delta=TextDelta(text=text)):
                if not isinstance(text, str):
                    raise broken("no text")
                return text
            case RawMessageDeltaEvent(delta=delta, usage=usage):
                self.ended = usage
                if delta.stop_reason is not None:
                    self.finish = FINISHES.get(delta.stop_reason)
                    if self.finish is None:
                        raise broken("unknown finish")
            case RawMessageStopEvent():
                self.is_over = True
        return ""


class Claude:
    """Anthropic's models."""

    provider = Provider.ANTHROPIC

    def __init__(self, *, key: str, url: str) -> None:
        # Tries are the engine's, which knows how much time is left.
        self._client = AsyncAnthropic(api_key=key, base_url=url, max_retries=0, timeout=LONGEST_S)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield the text as it comes, then how it ended."""
        heard = _Heard(request.model)
        with Classified(_failure):
            stream = await self._client.messages.create(
                model=request.model,
                system=request.system,
                messages=_messages(request),
                max_tokens=request.max_tokens,
                metadata={"user_id": request.pseudonym},
                stream=True,
            )
        with Classified(_failure, reads=True):
            async with stream:
                async for event in stream:
                    if text := heard.text(event):
                        yield text
        if heard.finish is None or not heard.is_over:
            raise broken("ended early")
        yield Completion(heard.finish, _usage(heard.began, heard.ended), heard.model)

    async def check(self, model: str) -> None:
        """Ask for the description of a model."""
        with Classified(_failure):
            await self._client.models.retrieve(model)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()


def _messages(request: ModelRequest) -> list[MessageParam]:
    """Return the turns from the member's first on: a conversation begins with the user's."""
    turns = list(request.turns)
    while turns and turns[0].role == "assistant":
        turns.pop(0)
    said: list[MessageParam] = []
    for turn in turns:
        if turn.role == "user":
            said.append({"role": "user", "content": turn.text})
        else:
            said.append({"role": "assistant", "content": turn.text})
    return said


def _usage(began: ClaudeUsage | None, ended: MessageDeltaUsage | None) -> Usage | None:
    """Return both tellings as one; what the end repeats of the beginning is the total so far."""
    if began is None or ended is None:
        return None
    details = ended.output_tokens_details
    thinking = details.thinking_tokens if details else 0
    return Usage(
        input=_either(ended.input_tokens, began.input_tokens),
        cache_read=_either(ended.cache_read_input_tokens, began.cache_read_input_tokens),
        cache_write=_either(ended.cache_creation_input_tokens, began.cache_creation_input_tokens),
        output=max(0, ended.output_tokens - thinking),
        reasoning=thinking,
    )


def _either(later: int | None, earlier: int | None) -> int:
    return later if later is not None else earlier or 0


def _failure(error: BaseException) -> ModelFailed | None:
    """Return what an error of the client means; the order matters, for some kinds are kinds of others."""
    match error:
        case anthropic.APITimeoutError():
            return ModelFailed(Fault.SLOW, "timeout")
        case anthropic.APIConnectionError():
            return ModelFailed(Fault.UNREACHABLE, type(error.__cause__).__name__)
        case anthropic.APIStatusError():
            by_status = failure_of_status(error.status_code, error.response.headers)
            fault = FAULTS.get(str(error.type))
            if fault is None or fault is by_status.fault:
                return by_status
            return ModelFailed(fault, str(error.type), retry_after_s=by_status.retry_after_s)
        case anthropic.APIError():
            return broken(type(error).__name__)
    return None
