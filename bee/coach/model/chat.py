"""OpenAI's chat completions, through the ``openai`` client; Vertex AI serves the same protocol.

What the protocol leaves to be known: the usage comes in a last chunk without choices, and only when it is asked
for; a stream may end without a word where the connection went; an error may come as an event of a stream that
began well; OpenAI counts reasoning among the tokens of the completion, Vertex AI beside them.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final

import openai
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam
from openai.types.completion_usage import CompletionUsage

from bee.coach.model.embeddings import Embeddings, failure_of
from bee.coach.model.faults import Classified
from bee.coach.model.interface import (
    Completion,
    Finish,
    ModelRequest,
    Provider,
    Usage,
    broken,
)

OPENAI_URL: Final = "https://api.openai.com/v1"
LONGEST_S: Final = 60.0
FINISHES: Final = {
    "stop": Finish.COMPLETE,
    "length": Finish.LENGTH,
    "content_filter": Finish.REFUSED,
}


class Chat:
    """The models behind one address that speaks chat completions."""

    def __init__(self, provider: Provider, *, key: str | Callable[[], Awaitable[str]], url: str) -> None:
        self.provider = provider
        # Tries are the engine's, which knows how much time is left.
        self._client = AsyncOpenAI(api_key=key, base_url=url, max_retries=0, timeout=LONGEST_S)

    @property
    def embeddings(self) -> Embeddings:
        """The models of meaning behind the same address."""
        return Embeddings(self.provider, self._client)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield the text as it comes, then how it ended."""
        with Classified(failure_of):
            stream = await self._client.chat.completions.create(
                model=request.model,
                messages=_messages(request),
                stream=True,
                stream_options={"include_usage": True},
                temperature=openai.omit if request.temperature is None else request.temperature,
                **self._own(request),
            )
        finish: Finish | None = None
        usage: Usage | None = None
        model = request.model
        with Classified(failure_of, reads=True):
            async with stream:
                async for chunk in stream:
                    text, reason = _read(chunk)
                    # A refusal ends with "stop" as well.
                    finish = finish if finish is Finish.REFUSED else reason or finish
                    usage = _usage(chunk.usage) or usage
                    model = chunk.model or model
                    if text:
                        yield text
        if finish is None:
            raise broken("ended early")
        yield Completion(finish, usage, model)

    async def check(self, model: str) -> None:
        """Ask for the description of a model; Vertex AI has none to give, so there the least is asked."""
        with Classified(failure_of):
            if self.provider is Provider.OPENAI:
                await self._client.models.retrieve(model)
            else:
                await self._client.chat.completions.create(
                    model=model, messages=[{"role": "user", "content": "Hello"}], max_tokens=1
                )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _own(self, request: ModelRequest) -> dict[str, Any]:
        """Return what only one of the two takes."""
        if self.provider is Provider.OPENAI:
            return {
                "max_completion_tokens": request.max_tokens,
                "store": False,
                "safety_identifier": request.pseudonym,
            }
        return {"max_tokens": request.max_tokens}


def _messages(request: ModelRequest) -> list[ChatCompletionMessageParam]:
    said: list[ChatCompletionMessageParam] = [{"role": "system", "content": request.system}]
    for turn in request.turns:
        if turn.role == "user":
            said.append({"role": "user", "content": turn.text})
        else:
            said.append({"role": "assistant", "content": turn.text})
    return said


def _read(chunk: ChatCompletionChunk) -> tuple[str, Finish | None]:
    """Return a chunk's text and why the model stopped. What is no chunk is built unchecked by the client."""
    if not isinstance(chunk, ChatCompletionChunk) or not isinstance(chunk.choices, list):
        raise broken("no chunk")
    if not chunk.choices:
        return "", None
    choice = chunk.choices[0]
    reason = choice.finish_reason
    if reason is not None and reason not in FINISHES:
        raise broken("unknown finish")
    if choice.delta.refusal:
        return "", Finish.REFUSED
    text = choice.delta.content or ""
    if not isinstance(text, str):
        raise broken("no text")
    return text, None if reason is None else FINISHES[reason]


def _usage(told: CompletionUsage | None) -> Usage | None:
    if told is None:
        return None
    asked, answered = told.prompt_tokens_details, told.completion_tokens_details
    read = (asked.cached_tokens or 0) if asked else 0
    written = (asked.cache_write_tokens or 0) if asked else 0
    reasoning = (answered.reasoning_tokens or 0) if answered else 0
    is_beside = told.total_tokens == told.prompt_tokens + told.completion_tokens + reasoning
    return Usage(
        input=max(0, told.prompt_tokens - read - written),
        cache_read=read,
        cache_write=written,
        output=told.completion_tokens if is_beside else max(0, told.completion_tokens - reasoning),
        reasoning=reasoning,
    )
