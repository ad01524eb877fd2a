"""The offline coach as one of the models."""

from collections.abc import AsyncGenerator

from bee.coach.model.interface import Completion, Finish, ModelRequest, Provider, Usage
from bee.coach.offline import MODEL, reply


class Offline:
    """Rules instead of a model: no prompt, no tokens, the same answer to the same moment."""

    provider = Provider.OFFLINE

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield the answer in one piece."""
        moment = request.moment
        yield reply(moment.message, moment.state, moment.memories, moment.recent).text
        yield Completion(Finish.COMPLETE, Usage(), MODEL)

    async def check(self, model: str) -> None:
        """Find nothing amiss, ever."""

    async def aclose(self) -> None:
        """Close nothing."""
