"""The models that the settings give."""

from types import TracebackType
from typing import Final, Self

from bee.coach.model.interface import Embedder, Fault, Model, ModelFailed, Provider
from bee.coach.model.minilm import MiniLM
from bee.coach.model.offline import Offline
from bee.settings import Settings

VERTEX_URL: Final = "https://{host}/v1/projects/{project}/locations/{location}/endpoints/openapi"


class Models:
    """One door for each provider that is configured; the offline coach always is. Of one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._minilm = MiniLM(settings.coach_minilm)
        self._models: dict[Provider, Model] = {Provider.OFFLINE: Offline()} | _configured(settings)

    @property
    def providers(self) -> frozenset[Provider]:
        """Whose models there are."""
        return frozenset(self._models)

    def of(self, provider: Provider) -> Model:
        """Return a provider's models. Raises :class:`ModelFailed` where none are configured."""
        found = self._models.get(provider)
        if found is None:
            raise ModelFailed(Fault.CONFIGURATION, f"{provider} is not configured")
        return found

    def embedder(self, provider: str) -> Embedder:
        """Return the models of meaning of a provider, or of this machine (``local``).

        Raises :class:`ModelFailed` where it has none.
        """
        if provider == "local":
            return self._minilm
        from bee.coach.model.chat import Chat

        found = self.of(Provider(provider))
        if not isinstance(found, Chat):
            raise ModelFailed(Fault.CONFIGURATION, f"{provider} embeds nothing")
        return found.embeddings

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        for model in self._models.values():
            await model.aclose()


def providers_of(settings: Settings) -> frozenset[Provider]:
    """Return whose models can be asked by these settings, without making a client."""
    named = {
        Provider.OFFLINE: True,
        Provider.OPENAI: settings.openai_api_key is not None,
        Provider.VERTEX: settings.vertex_project is not None,
        Provider.ANTHROPIC: settings.anthropic_api_key is not None,
    }
    return frozenset(provider for provider, is_there in named.items() if is_there)


def vertex_url(project: str, location: str) -> str:
    """Return where a project's models are: each region has a host of its own, ``global`` the one without a name."""
    host = "aiplatform.googleapis.com" if location == "global" else f"{location}-aiplatform.googleapis.com"
    return VERTEX_URL.format(host=host, project=project, location=location)


def _configured(settings: Settings) -> dict[Provider, Model]:
    # Each client takes up to 1.5 s to load: only those that are needed.
    models: dict[Provider, Model] = {}
    if settings.openai_api_key is not None:
        from bee.coach.model.chat import OPENAI_URL, Chat

        key = settings.openai_api_key.get_secret_value()
        models[Provider.OPENAI] = Chat(Provider.OPENAI, key=key, url=settings.openai_url or OPENAI_URL)
    if settings.vertex_project is not None:
        from bee.coach.model.chat import Chat
        from bee.coach.model.google_token import GoogleToken

        token = GoogleToken.of(settings.vertex_credentials)
        url = settings.vertex_url or vertex_url(settings.vertex_project, settings.vertex_location)
        models[Provider.VERTEX] = Chat(Provider.VERTEX, key=token, url=url)
    if settings.anthropic_api_key is not None:
        from bee.coach.model.claude import ANTHROPIC_URL, Claude

        key = settings.anthropic_api_key.get_secret_value()
        models[Provider.ANTHROPIC] = Claude(key=key, url=settings.anthropic_url or ANTHROPIC_URL)
    return models
