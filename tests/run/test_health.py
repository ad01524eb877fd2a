"""The container's health check asks what its first process serves."""

import pytest

from bee.health import health_address
from bee.settings import Settings


@pytest.mark.parametrize(
    ("words", "address"),
    [
        (["python", "-m", "bee", "dashboard"], "http://127.0.0.1:8501/health"),
        (["python", "-m", "bee", "api"], "http://127.0.0.1:54321/health"),
        (["python", "-m", "bee", "worker"], None),
        (["python", "-m", "bee", "migrate"], None),
    ],
)
def test_each_command_is_asked_where_it_answers(words: list[str], address: str | None) -> None:
    assert health_address(words, Settings(dashboard_port=8501, api_port=54321)) == address
