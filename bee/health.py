"""The container's health check: whether what process 1 serves answers. A worker is healthy while it lives."""

import sys
from pathlib import Path

from bee.settings import Settings, load_settings
from bee.supervisor import answers

FIRST_PROCESS = Path("/proc/1/cmdline")


def health_address(words: list[str], settings: Settings) -> str | None:
    """Return where a command answers for its health; None for one that serves nothing."""
    if "dashboard" in words:
        return f"http://127.0.0.1:{settings.dashboard_port}/health"
    if "api" in words:
        return f"http://127.0.0.1:{settings.api_port}/health"
    return None


def main() -> int:
    """Return the exit code of the check."""
    words = FIRST_PROCESS.read_bytes().decode(errors="replace").split("\0")
    address = health_address(words, load_settings())
    return 0 if address is None or answers(address) else 1


if __name__ == "__main__":
    sys.exit(main())
