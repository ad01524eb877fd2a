"""What texts are to a model of meaning, through the ``openai`` client, and what the errors of that client mean.

OpenAI takes any number of texts that the worker has at a time, Vertex AI five in a request, and one for a model of
Gemini: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import openai
from openai import AsyncOpenAI

from bee.coach.model.faults import NONSENSE, Classified, failure_of_status
from bee.coach.model.interface import Fault, Meanings, ModelFailed, Provider, Usage

QUOTA_CODES: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


class Embeddings:
    """The models of meaning of one provider."""

    def __init__(self, provider: Provider, client: AsyncOpenAI) -> None:
        self._provider = provider
        self._client = client

    async def embed(self, model: str, texts: Sequence[str], dimension: int) -> Meanings:
        """Return what came of one request. Raises :class:`ModelFailed`; the caller keeps time."""
        with Classified(failure_of, reads=True):
            answer = await self._client.embeddings.create(
                model=model, input=list(texts), dimensions=dimension, encoding_format="float"
            )
        return Meanings(_rows(answer, len(texts), dimension), _usage(answer))

    def most_at_a_time(self, model: str) -> int:
        """Return how many texts a request may have."""
        if self._provider is Provider.VERTEX:
            return 1 if "gemini" in model else 5
        return 2048


def _rows(answer: Any, number: int, dimension: int) -> list[list[float]] | None:
    """Return what came for each text, None where that is not as it was asked for; the client does not look."""
    try:
        found = {row.index: [float(value) for value in row.embedding] for row in answer.data}
        rows = [found[place] for place in range(number)]
    except NONSENSE:
        return None
    is_whole = len(answer.data) == number and all(len(row) == dimension for row in rows)
    return rows if is_whole and all(all(map(math.isfinite, row)) for row in rows) else None


def _usage(answer: Any) -> Usage | None:
    told = getattr(getattr(answer, "usage", None), "prompt_tokens", None)
    return Usage(input=told) if isinstance(told, int) and told >= 0 else None


def failure_of(error: BaseException) -> ModelFailed | None:
    """Return what an error of the client means; the order matters, for some kinds are kinds of others."""
    match error:
        case openai.APITimeoutError():
            return ModelFailed(Fault.SLOW, "timeout")
        case openai.APIConnectionError():
            return ModelFailed(Fault.UNREACHABLE, type(error.__cause__).__name__)
        case openai.APIStatusError():
            if error.code in QUOTA_CODES:
                return ModelFailed(Fault.QUOTA, str(error.code))
            return failure_of_status(error.status_code, error.response.headers)
        case openai.APIError():
            # An event of a stream that had begun.
            fault = Fault.QUOTA if error.code in QUOTA_CODES else Fault.OVERLOADED
            return ModelFailed(fault, "error in the stream")
    return None
