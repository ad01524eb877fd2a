"""What the processes tell of themselves: logs, errors, traces; one filter stands in front of all three."""

from bee.telemetry.starting import start

__all__ = ["start"]
