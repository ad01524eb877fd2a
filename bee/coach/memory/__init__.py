"""What the coach remembers of a member: proposed, decided by their coach, called up by a message, forgotten."""

from bee.coach.memory.models import EmbeddingModel, model_of
from bee.coach.memory.recall import Recollection, recall

__all__ = ["EmbeddingModel", "Recollection", "model_of", "recall"]
