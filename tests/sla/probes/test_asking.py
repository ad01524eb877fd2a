"""Asking: whatever a server does, a probe ends in time and says what was wrong."""

from collections.abc import Iterator
from itertools import count

import pytest

from bee.ports import free_port
from bee.sla.probes.asking import Asker, Failed, see, see_ready
from bee.sla.probes.ticks import Seen, Step
from tests.sla.probes.servers import (
    READY,
    Behaviour,
    behaving,
    cuts,
    hangs,
    is_no_server,
    redirects,
    says,
    sends,
    trickles,
)

UP = says(200, READY)
# Long for this machine, short for a test.
TIMEOUT_S = 20.0
IMPATIENT_S = 0.3


def ready(url: str, timeout_s: float = TIMEOUT_S) -> Seen:
    with Asker(url, {"X-BEE-Probe": "key"}) as asker:
        (seen,) = see_ready(asker, timeout_s=timeout_s)
    return seen


def told(seen: Seen) -> tuple[bool, bool, str]:
    return seen.ok, seen.retried, seen.reason


def test_a_server_that_is_ready_is_asked_once() -> None:
    with behaving(UP) as server:
        assert told(ready(server.url)) == (True, False, "")
        assert len(server.asked) == 1
        assert server.asked[0].startswith(b"GET /ready HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("behaves", "reason"),
    [
        (says(503, {"error": {"code": "database_unavailable"}}), "http_503"),
        (says(404, {}), "http_404"),
        (says(200, {"status": "starting"}), "wrong_answer"),
        (says(200, ["ready"]), "wrong_answer"),
        (sends(b"<html>ready</html>"), "wrong_answer"),
        (sends(b"\xff\xfe"), "wrong_answer"),
        (sends(b" " * 1_200_000), "wrong_answer"),
        (redirects("http://127.0.0.1:1/ready"), "http_302"),
        (cuts, "broken"),
        (is_no_server, "broken"),
        (lambda _client, _ended: None, "broken"),
    ],
)
def test_what_is_no_right_answer_is_tried_again_and_named(behaves: Behaviour, reason: str) -> None:
    with behaving(behaves) as server:
        assert told(ready(server.url)) == (False, True, reason)
        assert len(server.asked) == 2


@pytest.mark.parametrize("behaves", [hangs, trickles])
def test_a_server_that_does_not_come_to_an_end_is_waited_for_no_longer_than_that(behaves: Behaviour) -> None:
    with behaving(behaves) as server:
        seen = ready(server.url, IMPATIENT_S)
    assert told(seen) == (False, True, "timeout")
    assert seen.seconds >= IMPATIENT_S * 0.9


def test_a_server_that_flaps_is_up_and_what_was_wrong_first_is_said() -> None:
    with behaving(says(500, {}), UP) as server:
        assert told(ready(server.url)) == (True, True, "http_500")


def test_nobody_there_is_a_refusal() -> None:
    assert told(ready(f"http://127.0.0.1:{free_port('127.0.0.1', 0)}")) == (False, True, "refused")


def test_a_name_that_nobody_has_is_named() -> None:
    assert told(ready("http://nobody.invalid"))[2] == "unresolved"


def test_a_server_without_tls_where_it_is_expected_is_named() -> None:
    with behaving(UP) as server:
        assert told(ready(server.url.replace("http:", "https:")))[2] == "tls"


def test_the_time_that_counts_is_that_of_the_try_that_decided() -> None:
    moments: Iterator[int] = count(0, 3)
    tries = iter([Failed("refused"), None])

    def attempt() -> str:
        if (failed := next(tries)) is not None:
            raise failed
        return "offline"

    seen = see(Step.COACH, attempt, timer=lambda: float(next(moments)))
    assert seen == Seen(Step.COACH, ok=True, retried=True, seconds=3.0, reason="refused", lasted_s=9.0)
