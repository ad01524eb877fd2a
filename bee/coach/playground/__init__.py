"""Trying what the coach would answer: to a member's moment as it is now, or to one that is made up."""

from bee.coach.playground.scene import Scene, made_up, read_scene
from bee.coach.playground.stage import Asked, Done, Event, Piece, Stage
from bee.coach.playground.trial import Trial

__all__ = ["Asked", "Done", "Event", "Piece", "Scene", "Stage", "Trial", "made_up", "read_scene"]
