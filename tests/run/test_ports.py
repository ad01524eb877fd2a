"""Ports: ours, free, or taken by somebody else."""

import socket
from collections.abc import Iterator

import pytest

from bee.errors import Conflict
from bee.ports import free_port, is_free, listen


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_taken_port_is_refused_with_the_setting_to_change(taken: int) -> None:
    with pytest.raises(Conflict, match=f"Port {taken} of 127.0.0.1 can't be used .*BEE_API_PORT") as caught:
        listen("127.0.0.1", taken, "BEE_API_PORT")
    assert caught.value.code == "port_taken"


def test_a_free_port_is_listened_on() -> None:
    with listen("127.0.0.1", 0, "BEE_API_PORT") as listener:
        assert not is_free("127.0.0.1", listener.getsockname()[1])


def test_the_wanted_port_is_kept_when_it_is_free() -> None:
    port = free_port("127.0.0.1", 0)
    assert free_port("127.0.0.1", port) == port


def test_another_port_is_found_when_the_wanted_one_is_taken(taken: int) -> None:
    port = free_port("127.0.0.1", taken)
    assert port != taken
    assert is_free("127.0.0.1", port)
