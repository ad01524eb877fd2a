"""The container's health check: whether what process 1 serves answers. Without that it is healthy while it lives.

It is run every half minute, so it imports hardly anything.
"""

import sys
import urllib.error
import urllib.request
from pathlib import Path

from bee.settings import Settings, load_settings

FIRST_PROCESS = Path("/proc/1/cmdline")


def health_address(words: list[str], settings: Settings) -> str | None:
    """Return where a command answers for its health; None for one that serves nothing."""
    if "probe" in words:
        # What it looks at may be called anything.
        return None
    if "dashboard" in words:
        return f"http://127.0.0.1:{settings.dashboard_port}/health"
    if "api" in words:
        return f"http://127.0.0.1:{settings.api_port}/health"
    return None


def answers(url: str) -> bool:
    """Return whether an address answers without a fault of its own."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # an address of our own
            return int(answer.status) < 400
    except (urllib.error.URLError, OSError):
        return False


def main() -> int:
    """Return the exit code of the check."""
    words = FIRST_PROCESS.read_bytes().decode(errors="replace").split("\0")
    address = health_address(words, load_settings())
    return 0 if address is None or answers(address) else 1


if __name__ == "__main__":
    sys.exit(main())
