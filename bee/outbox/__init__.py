"""What leaves the house: a row written with the act itself, delivered by the worker, once or more."""

from bee.outbox.queue import Message, deliver_due, put

__all__ = ["Message", "deliver_due", "put"]
