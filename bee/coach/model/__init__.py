"""Models behind one interface: OpenAI, Vertex AI, Claude, and the offline coach."""

from bee.coach.model.asking import Patience, ask, complete
from bee.coach.model.interface import (
    Completion,
    Fault,
    Finish,
    Model,
    ModelFailed,
    ModelRequest,
    Moment,
    Provider,
    Turn,
    Usage,
)
from bee.coach.model.models import Models

__all__ = [
    "Completion",
    "Fault",
    "Finish",
    "Model",
    "ModelFailed",
    "ModelRequest",
    "Models",
    "Moment",
    "Patience",
    "Provider",
    "Turn",
    "Usage",
    "ask",
    "complete",
]
