"""What in a public text should not be there (pure): what has the shape of a secret, names of what is inside."""

import re
from typing import Final

from bee.telemetry.redaction import SHAPES

# How we call what the public knows by what it does for them, or not at all.
INSIDE: Final = (
    "BigQuery", "Claude", "Cloud SQL", "DuckDB", "FCM", "Firebase", "Gemini", "Grafana", "Kubernetes", "OpenAI",
    "PostgreSQL", "Postgres", "Pub/Sub", "Sentry", "Streamlit", "Supabase", "Vertex", "kill switch", "outbox",
    "prober", "worker",
)  # fmt: skip
# A route, an identifier, a version, a machine, a key of a row.
KINDS: Final = (
    r"(?<![\w/])/(?:v1|auth|rest|functions|graphql|realtime|ready|health|metrics)\b[\w/.{}-]*",
    r"\b[A-Za-z][a-z0-9]*(?:_[a-z0-9]+)+\b",
    r"\bv?\d+\.\d+\.\d+(?:\.\d+)?\b",
    r"\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|lan|svc|corp)\b",
    r"\blocalhost\b",
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
)
_SECRET: Final = re.compile("|".join(SHAPES))
_INSIDE: Final = re.compile(
    "|".join((*(rf"\b{re.escape(word)}s?\b" for word in INSIDE), *KINDS)), re.IGNORECASE
)


def secret_words(text: str) -> list[str]:
    """Return what in a text looks like an address, a number, a key or a token, in order."""
    return _found(_SECRET, text)


def inside_words(text: str) -> list[str]:
    """Return what in a text is a name of something inside, in order."""
    return _found(_INSIDE, text)


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(" ".join(match[0].split()) for match in pattern.finditer(text)))
