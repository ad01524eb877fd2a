"""The push service: every answer that it can give, through the real client, told apart and posted once."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

import google.auth.exceptions
import pytest

from bee.errors import Unavailable
from bee.notify import fcm
from bee.notify.courier import RECORDER, Answer, Device, Outcome, Pause, courier_of
from bee.notify.fcm import Fcm, opened
from bee.notify.payload import MOST_BYTES, Payload
from bee.settings import Settings
from tests.notify.anonymous import Anonymous, Expiring
from tests.notify.fcm_server import PROJECT, FcmServer, collapse_key, fcm_server

PAYLOAD = Payload(UUID(int=7), "support", "Hello", "There", {"screen": "coach"}, "needs_care-1", True, 3600)


@pytest.fixture
def service() -> Iterator[FcmServer]:
    with fcm_server() as server:
        yield server


@pytest.fixture
def courier(service: FcmServer) -> Iterator[Fcm]:
    with opened(Anonymous(), PROJECT, address=service.address) as found:
        yield found


def device(address: str, platform: Literal["ios", "android", "web"] = "ios", kind: str = "token") -> Device:
    return Device(UUID(int=1), UUID(int=2), address, kind, platform)


@pytest.mark.parametrize(
    ("address", "outcome", "error", "pause"),
    [
        ("unregistered", Outcome.DEAD_ADDRESS, "UNREGISTERED", None),
        ("malformed", Outcome.DEAD_ADDRESS, "INVALID_ARGUMENT", None),
        ("payload", Outcome.PAYLOAD, "INVALID_ARGUMENT", None),
        ("mismatch", Outcome.WRONG_PROJECT, "SENDER_ID_MISMATCH", None),
        # A 404 without the detail is no dead address: it is the wrong project.
        ("missing", Outcome.CONFIGURATION, "NOT_FOUND", Pause("all", 900)),
        ("forbidden", Outcome.CONFIGURATION, "PERMISSION_DENIED", Pause("all", 900)),
        ("unauthenticated", Outcome.CONFIGURATION, "UNAUTHENTICATED", Pause("all", 900)),
        ("apns", Outcome.CONFIGURATION, "THIRD_PARTY_AUTH_ERROR", Pause("ios", 900)),
        ("quota", Outcome.THROTTLED, "RESOURCE_EXHAUSTED", Pause("all", 60)),
        ("quota_told", Outcome.THROTTLED, "RESOURCE_EXHAUSTED", Pause("all", 120)),
        ("internal", Outcome.AMBIGUOUS, "INTERNAL", None),
        ("unavailable", Outcome.AMBIGUOUS, "UNAVAILABLE", None),
        ("drop_before", Outcome.AMBIGUOUS, "UNAVAILABLE", None),
        ("drop_after", Outcome.AMBIGUOUS, "UNAVAILABLE", None),
        ("error_after", Outcome.AMBIGUOUS, "UNAVAILABLE", None),
        ("nameless", Outcome.AMBIGUOUS, "accepted without a name", None),
        ("nonsense", Outcome.AMBIGUOUS, "UNKNOWN", None),
    ],
)
def test_every_answer_is_told_apart_and_asked_for_once(
    service: FcmServer, courier: Fcm, address: str, outcome: Outcome, error: str, pause: Pause | None
) -> None:
    assert courier.post(device(address), PAYLOAD) == Answer(outcome, error, pause=pause)
    assert service.posts == {address: 1}


def test_what_is_accepted_has_the_services_name(courier: Fcm) -> None:
    answer = courier.post(device("fine"), PAYLOAD)
    assert answer == Answer(Outcome.ACCEPTED, message_id=f"projects/{PROJECT}/messages/fine-1")


@pytest.mark.parametrize(("lasts_min", "fetched"), [(-1, 1), (9, 1), (11, 0)])
def test_an_access_token_that_ends_while_a_chunk_is_posted_is_fetched_before_it(
    lasts_min: int, fetched: int
) -> None:
    expiring = Expiring(timedelta(minutes=lasts_min))
    with opened(expiring, PROJECT) as courier:
        assert courier.make_ready() is None
        assert courier.make_ready() is None
    assert expiring.given.fetched == fetched


@pytest.mark.parametrize(
    ("fault", "outcome", "pause_s"),
    [
        (google.auth.exceptions.TransportError("away"), Outcome.UNREACHABLE, 30),  # type: ignore[no-untyped-call]
        (google.auth.exceptions.RefreshError("no such account"), Outcome.CONFIGURATION, 900),  # type: ignore[no-untyped-call]
    ],
)
def test_without_an_access_token_nothing_leaves_and_it_says_why(
    fault: Exception, outcome: Outcome, pause_s: float
) -> None:
    with opened(Expiring(timedelta(0), fault), PROJECT) as courier:
        assert courier.make_ready() == Answer(outcome, type(fault).__name__, pause=Pause("all", pause_s))


def test_no_answer_in_time_may_be_a_delivery(service: FcmServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcm, "TIMEOUT_S", 0.2)
    with opened(Anonymous(), PROJECT, address=service.address) as courier:
        assert courier.post(device("hang"), PAYLOAD).outcome is Outcome.AMBIGUOUS
    assert service.posts == {"hang": 1}


def test_where_nobody_listens_nothing_was_posted() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with opened(Anonymous(), PROJECT, address=address) as courier:
            answer = courier.post(device("fine"), PAYLOAD)
    assert (answer.outcome, answer.pause) == (Outcome.UNREACHABLE, Pause("all", 30))


@pytest.mark.parametrize("platform", ["ios", "android", "web"])
def test_each_kind_of_device_finds_the_same_key_on_every_try(
    service: FcmServer, courier: Fcm, platform: Literal["ios", "android", "web"]
) -> None:
    for _ in range(2):
        courier.post(device("fine", platform), PAYLOAD)
    first, second = (body["message"] for body in service.bodies)
    assert first == second
    assert PAYLOAD.notification_id.hex in collapse_key(first)
    assert len(collapse_key(first)) <= 64
    assert service.shown == {"fine": {collapse_key(first)}}
    assert service.delivered == {"fine": 2}
    assert first["data"] == {
        "action_screen": "coach",
        "notification_id": str(PAYLOAD.notification_id),
        "notification_type": "support",
    }
    assert first["fcm_options"]["analytics_label"] == "needs_care-1"


def test_an_address_is_named_by_its_kind(service: FcmServer, courier: Fcm) -> None:
    courier.post(device("old"), PAYLOAD)
    courier.post(device("new", kind="fid"), PAYLOAD)
    assert [{"token", "fid"} & body["message"].keys() for body in service.bodies] == [{"token"}, {"fid"}]


def test_what_is_only_checked_is_delivered_to_nobody(service: FcmServer, courier: Fcm) -> None:
    assert courier.post(device("fine"), PAYLOAD, validate_only=True).outcome is Outcome.ACCEPTED
    assert service.bodies[0]["validate_only"] is True
    assert service.shown == {}


@pytest.mark.parametrize("platform", ["ios", "android", "web"])
def test_the_size_that_is_checked_is_never_less_than_what_is_sent(
    service: FcmServer, courier: Fcm, platform: Literal["ios", "android", "web"]
) -> None:
    """The limit is on what the message says; all that is around it on the way is counted as well."""
    for length in (1, 500, 900):
        payload = Payload(
            UUID(int=7), "a" * 40, "é" * 100, "x" * length, {"s": "😀" * 50}, "l" * 45, False, 9
        )
        courier.post(device("a" * 300, platform), payload)
        message = service.bodies[-1]["message"]
        said = json.dumps([message["notification"], message["data"]], ensure_ascii=False)
        assert payload.size_bytes >= len(said.encode())
        assert payload.size_bytes <= MOST_BYTES


def test_without_credentials_the_recorder_takes_it_and_says_so() -> None:
    with courier_of(Settings()) as courier:
        assert courier is RECORDER
        assert courier.post(device("fine"), PAYLOAD) == Answer(Outcome.RECORDED)
        assert courier.via == "recorder"


@pytest.mark.parametrize("text", [None, "", "{}", '{"type": "service_account"}'])
def test_a_key_that_is_none_is_named(tmp_path: Path, text: str | None) -> None:
    key = tmp_path / "key.json"
    if text is not None:
        key.write_text(text)
    with pytest.raises(Unavailable, match="GOOGLE_APPLICATION_CREDENTIALS"):
        with courier_of(Settings(GOOGLE_APPLICATION_CREDENTIALS=key)):
            pass
