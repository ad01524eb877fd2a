"""Logs: one JSON object a line on standard output, as log collectors read them."""

import json
import logging
import sys
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time in UTC, severity, where it came from, what was said."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "severity": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def take_over(*packages: str) -> None:
    """Let packages that brought handlers of their own log like everything else in this process."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in packages:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True


def configure_logs(level: str) -> None:
    """Send what every part of this process logs to standard output, from ``level`` up."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
