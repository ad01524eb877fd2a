"""The public status page: what anybody may know of whether the house is up. It holds nothing of anybody."""

from bee.sla.status.publish import publish

__all__ = ["publish"]
