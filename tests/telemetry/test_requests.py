"""The number and the trace of a request: the caller's where they are well-formed, else none of the caller's."""

import re

import pytest

from bee.telemetry.requests import caller_of, request_id_of


@pytest.mark.parametrize("sent", [b"told-by-the-app", b"0123456789abcdef", b"A" * 64])
def test_a_number_of_the_callers_is_kept(sent: bytes) -> None:
    assert request_id_of(sent) == sent.decode()


@pytest.mark.parametrize(
    "sent",
    [b"", b"short", b"A" * 65, b"mia@example.org", b"with space 1", b"line\nline123", "mïa-mïa-mïa".encode()],
)
def test_anything_else_is_replaced_by_a_number_of_ours(sent: bytes) -> None:
    assert re.fullmatch("[0-9a-f]{32}", request_id_of(sent))
    assert request_id_of(sent) != request_id_of(sent)


TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize("sent", [f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-00", f"01-{TRACE}-{SPAN}-01"])
def test_a_trace_is_read_as_the_standard_writes_it(sent: str) -> None:
    assert caller_of(sent.encode()) == (TRACE, SPAN)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-mia@example.org",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_what_is_no_trace_is_none(sent: str) -> None:
    assert caller_of(sent.encode()) is None
