"""Logs: one JSON object a line on standard output, as log collectors read them."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

AS_JSON = json.JSONEncoder(ensure_ascii=False)


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time in UTC, severity, where it came from, what was said.

    ``extra={"fields": {...}}`` puts values of their own beside the message, for programs.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "severity": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = told(record.exc_info[1])
        return AS_JSON.encode(line)


def told(error: BaseException | None) -> str:
    """Return an error's kind, its code where it has one, and where it arose; what led to it comes first.

    Never what it says: the database and the decoders quote what somebody wrote.
    """
    if error is None:
        return ""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    code = getattr(error, "sqlstate", None) or getattr(error, "code", None)
    kind = f"{type(error).__module__}.{type(error).__qualname__}{f' ({code})' if code else ''}"
    return "\n".join(filter(None, (told(cause), *traceback.format_tb(error.__traceback__), kind)))


def take_over(*packages: str) -> None:
    """Let packages that brought handlers of their own log like everything else in this process."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in packages:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True


def configure_logs(level: str) -> None:
    """Send what every part of this process logs to standard output, from ``level`` up."""
    # Who logs is in none of the lines, so nobody has to find it out for each.
    logging.logThreads = logging.logMultiprocessing = logging.logProcesses = False
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
