"""Logs: one line a record on standard output, whoever speaks, whatever goes wrong."""

import logging
import sys
import threading
import warnings
from types import TracebackType
from typing import Final, TextIO

from bee.telemetry.entries import Telling
from bee.telemetry.forms import Form, formatter

log = logging.getLogger("bee")
OURS: Final = "bee"
# What other packages say below this are requests and answers as they are.
LEAST_OF_OTHERS: Final = logging.INFO


def configure_logs(
    level: str, telling: Telling | None = None, *, form: Form = Form.JSON, project: str | None = None
) -> None:
    """Send what every part of this process logs to standard output, from ``level`` up.

    ``telling``: what is hidden beside what has the shape of a secret, and what each line says of the process.
    ``project``: see :func:`bee.telemetry.forms.formatter`.
    """
    # Who logs is in none of the lines, so nobody has to find it out for each.
    logging.logThreads = logging.logMultiprocessing = logging.logProcesses = False
    # A handler that fails would print the record itself.
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter(form, telling or Telling(), project=project))
    logging.basicConfig(
        level=max(LEAST_OF_OTHERS, logging.getLevelNamesMapping()[level]), handlers=[handler], force=True
    )
    logging.getLogger(OURS).setLevel(level)
    _tell_what_python_prints()


def take_over(*packages: str) -> None:
    """Let packages that brought handlers of their own log like everything else in this process."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in packages:
            let_through(logging.getLogger(name))


def let_through(logger: logging.Logger) -> None:
    """Let a logger speak through the process's own handlers and no other."""
    logger.handlers.clear()
    logger.propagate = True


def _tell_what_python_prints() -> None:
    """Log what the interpreter would print on standard error with all that it says: faults and warnings.

    A test runner, which counts what goes wrong in threads, keeps the hooks that it put in their place.
    """
    sys.excepthook = _ended
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _thread_ended
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _went_unraised
    warnings.showwarning = _warned


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("the process ends by a fault", exc_info=(kind, error, trace))


def _thread_ended(fault: threading.ExceptHookArgs) -> None:
    if fault.exc_value is None or isinstance(fault.exc_value, SystemExit):
        return
    log.error("a thread ended by a fault", exc_info=fault.exc_value)


def _went_unraised(fault: "sys.UnraisableHookArgs") -> None:
    log.error("a fault could not be raised where it arose", exc_info=fault.exc_value)


def _warned(
    message: Warning | str,  # noqa: ARG001  # may quote what somebody wrote
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    log.warning("Python warns: %s at %s:%d", category.__name__, filename, lineno)
