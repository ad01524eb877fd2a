"""What needs no socket: messages, topics, filters, what a channel asks for, how often something may happen."""

import asyncio
import itertools
import json
import struct
from typing import Any
from uuid import UUID

import pytest

from bee.api.caller import Caller, Role
from bee.api.realtime.backlog import Backlog
from bee.api.realtime.conditions import parse_condition
from bee.api.realtime.frames import Frame, Version, decode, decode_push, encode
from bee.api.realtime.pace import Pace
from bee.api.realtime.places import Places
from bee.api.realtime.published import PUBLISHED
from bee.api.realtime.subscriptions import Kind, parse_joining
from bee.api.realtime.topics import is_topic, may_join
from bee.errors import Invalid, TooMany, Unavailable

MIA, NOAH = UUID("11111111-1111-4111-8111-111111111111"), UUID("22222222-2222-4222-8222-222222222222")
SCORES, NOTIFICATIONS = PUBLISHED["daily_engagement_scores"], PUBLISHED["momentum_notifications"]
RECORD = {
    "user_id": str(MIA),
    "score_date": "2026-11-23",
    "final_score": 71.5,
    "event_count": 3,
    "is_complete": False,
    "momentum_state": "Rising",
    "calculated_at": "2026-11-23T22:47:04.1+00:00",
    "definition": None,
}


def test_a_message_has_the_layout_of_its_version() -> None:
    frame = Frame("realtime:a", "phx_join", {"config": {}}, "2", "1")
    assert json.loads(encode(frame, Version.V2)) == ["1", "2", "realtime:a", "phx_join", {"config": {}}]
    assert json.loads(encode(frame, Version.V1))["topic"] == "realtime:a"
    for version in Version:
        assert decode(encode(frame, version), version) == frame


def test_a_number_as_ref_is_taken_as_its_text() -> None:
    assert decode('[1, 2, "t", "e", {}]', Version.V2).ref == "2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{}",
        "[1,2]",
        "not json",
        '[null,null,"t","e",[]]',
        '[null,null,"t","e",null]',
        '[null,null,7,"e",{}]',
        '[true,null,"t","e",{}]',
        '[null,{},"t","e",{}]',
        '[null,null,"t","e",{"a":NaN}]',
        "[" * 60_000,
        "[" + "1" * 60_000 + "]",
        '["' + "x" * 256 + '",null,"t","e",{}]',
    ],
)
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        decode(text, Version.V2)
    with pytest.raises(Invalid):
        decode(text, Version.V1)


def push(payload: bytes, *, kind: int = 3, encoding: int = 1, event: str = "typing") -> bytes:
    parts = [part.encode() for part in ("1", "2", "realtime:a", event, "")]
    header = struct.pack("7B", kind, *(len(part) for part in parts), encoding)
    return header + b"".join(parts) + payload


def test_a_broadcast_in_bytes_is_the_same_as_one_in_text() -> None:
    told = {"type": "broadcast", "event": "typing", "payload": {"a": 1}}
    assert decode_push(push(b'{"a":1}')) == Frame("realtime:a", "broadcast", told, "2", "1")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\3",
        push(b"{}", kind=4),
        push(b"{}", encoding=0),
        push(b"{"),
        push(b"\xff\xfe"),
        b"\3\xff\xff\xff\xff\xff\1",
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        decode_push(data)


def member(user_id: UUID) -> Caller:
    return Caller(Role.AUTHENTICATED, "{}", user_id)


@pytest.mark.parametrize(
    ("name", "caller", "is_private", "allowed"),
    [
        ("coach_stream", member(MIA), False, True),
        (f"wearable_live_{MIA}", member(MIA), False, True),
        (f"wearable_live_{MIA}", member(MIA), True, True),
        (f"wearable_live_{NOAH}", member(MIA), False, False),
        (f"wearable_live_{str(NOAH).upper()}", member(MIA), False, False),
        (f"wearable_live_{NOAH.hex}", member(MIA), False, False),
        (f"{MIA}:{NOAH}", member(MIA), False, False),
        ("coach_stream", member(MIA), True, False),
        ("coach_stream", Caller(Role.ANON, "{}"), False, True),
        ("coach_stream", Caller(Role.ANON, "{}"), True, False),
        (f"wearable_live_{MIA}", Caller(Role.ANON, "{}"), False, False),
        (f"wearable_live_{MIA}", Caller(Role.SERVICE, "{}"), True, True),
    ],
)
def test_a_topic_that_names_somebody_else_is_not_joined(
    name: str, caller: Caller, is_private: bool, allowed: bool
) -> None:
    assert may_join(f"realtime:{name}", caller, is_private=is_private) is allowed


@pytest.mark.parametrize(
    "topic", ["", "realtime:", "a", "phoenix", "realtime:a\0", "realtime:\n", "realtime:" + "x" * 99]
)
def test_a_topic_has_the_prefix_and_a_name(topic: str) -> None:
    assert not is_topic(topic, most=100)
    assert is_topic("realtime:ä b", most=100)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (f"user_id=eq.{MIA}", True),
        (f"user_id=eq.{str(MIA).upper()}", True),
        (f"user_id=eq.{NOAH}", False),
        (f"user_id=neq.{NOAH}", True),
        (f"user_id=in.({NOAH},{MIA})", True),
        ('momentum_state=in.("Rising", "Steady")', True),
        ("momentum_state=in.(Steady)", False),
        ("score_date=eq.2026-11-23", True),
        ("score_date=gt.2026-11-23", False),
        ("score_date=gte.2026-11-23", True),
        ("final_score=lt.100", True),
        ("final_score=lte.9", False),
        ("event_count=gt.2", True),
        ("is_complete=eq.false", True),
        ("calculated_at=lt.2026-11-23T22:47:05Z", True),
        ("calculated_at=lt.2026-11-23T22:47:04", False),
        ("definition=neq.v1", False),
    ],
)
def test_a_filter_compares_as_the_column_s_type_does(text: str, holds: bool) -> None:
    assert parse_condition(text, SCORES).holds(RECORD) is holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "user_id",
        "user_id=eq",
        "user_id=eq.7",
        "user_id=eq.",
        "user_id=like.a",
        "password=eq.1",
        "score_date=eq.tomorrow",
        "final_score=eq.nan",
        "final_score=eq.many",
        "is_complete=eq.maybe",
        "momentum_state=in.Rising",
        "momentum_state=in.(" + ",".join("abc"[n % 3] for n in range(101)) + ")",
        "momentum_state=eq." + "x" * 1000,
    ],
)
def test_a_filter_that_can_not_be_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_condition(text, SCORES)


def test_json_is_nothing_to_filter_by() -> None:
    with pytest.raises(Invalid):
        parse_condition("action=eq.{}", NOTIFICATIONS)


def wishes(*wanted: object) -> Any:
    payload: dict[str, Any] = {"config": {"postgres_changes": list(wanted)}}
    return parse_joining(payload, most=3, next_id=itertools.count(7).__next__)


def test_what_was_asked_comes_back_as_it_was_with_an_id() -> None:
    asked = {
        "event": "*",
        "schema": "public",
        "table": "daily_engagement_scores",
        "filter": f"user_id=eq.{MIA}",
    }
    found = wishes(asked, {"event": "INSERT", "schema": "public"})
    assert [wish.told for wish in found.wishes] == [
        asked | {"id": 7},
        {"event": "INSERT", "schema": "public", "id": 8},
    ]
    assert found.faults == []


@pytest.mark.parametrize(
    "asked",
    [
        {"event": "*", "schema": "public", "table": "coach_memory"},
        {"event": "*", "schema": "auth", "table": "daily_engagement_scores"},
        {"event": "TRUNCATE", "schema": "public"},
        {"event": [], "schema": {}, "table": []},
        {"event": "*", "table": ["daily_engagement_scores"]},
        {"event": "*", "filter": "user_id=eq.1"},
        {"event": "*", "table": "daily_engagement_scores", "filter": 7},
        {"event": "*", "table": "daily_engagement_scores", "filter": "user_id=eq.1"},
    ],
)
def test_what_can_not_be_heard_is_a_fault_and_no_subscription(asked: dict[str, Any]) -> None:
    found = wishes(asked)
    assert (len(found.faults), found.subscriptions) == (1, ())


@pytest.mark.parametrize(
    "payload",
    [
        {"config": []},
        {"config": {"broadcast": 1}},
        {"config": {"postgres_changes": {}}},
        {"config": {"postgres_changes": [1]}},
        {"config": {"postgres_changes": [{}] * 4}},
    ],
)
def test_a_configuration_that_is_none_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse_joining(payload, most=3, next_id=itertools.count().__next__)


def test_of_a_row_that_is_gone_only_a_filter_by_key_decides() -> None:
    keys = {"id": str(NOAH), "user_id": str(MIA), "score_date": "2026-11-23"}
    table = {"event": "*", "table": "daily_engagement_scores"}
    by_key, by_other, by_state, updates = wishes_of(
        table | {"filter": f"user_id=eq.{MIA}"},
        table | {"filter": f"user_id=eq.{NOAH}"},
        table | {"filter": "momentum_state=eq.Rising"},
        table | {"event": "UPDATE"},
    )
    heard = [one.wants(Kind.DELETE, SCORES, keys) for one in (by_key, by_other, by_state, updates)]
    assert heard == [True, False, True, False]


def wishes_of(*wanted: object) -> Any:
    payload: dict[str, Any] = {"config": {"postgres_changes": list(wanted)}}
    return parse_joining(payload, most=9, next_id=itertools.count().__next__).subscriptions


def test_a_pace_allows_so_many_a_second() -> None:
    pace = Pace(3, at=0)
    assert [pace.allows(0) for _ in range(4)] == [True, True, True, False]
    assert [pace.allows(0.34), pace.allows(0.35)] == [True, False]
    assert [pace.allows(100) for _ in range(4)] == [True, True, True, False]


def test_a_backlog_has_room_for_so_many_and_so_much() -> None:
    async def fill() -> None:
        backlog: Backlog[str] = Backlog(most=3, most_bytes=10)
        assert [backlog.put("a", 4), backlog.put("b", 7), backlog.put("c", 6), backlog.put("d", 0)] == [
            True, False, True, True,
        ]  # fmt: skip
        assert not backlog.put("e", 0), "there are three"
        assert await backlog.first() == "a"
        assert backlog.drain(2) == ["a", "c"]
        assert backlog.put("f", 10), "what was taken makes room"
        assert backlog.drain() == ["d", "f"]

    asyncio.run(fill())


def test_a_socket_counts_for_its_address_until_it_ends_however_it_ends() -> None:
    places = Places(most=10, most_per_address=1, most_per_member=1)
    with pytest.raises(KeyError), places.seat("192.0.2.1"):
        with pytest.raises(TooMany), places.seat("192.0.2.1"):
            pass
        with places.seat("192.0.2.2"):
            assert places.taken == 2
        raise KeyError
    with places.seat("192.0.2.1"):
        assert places.taken == 1
    assert (places.taken, places.by_owner) == (0, {})


def test_a_socket_counts_once_for_each_member_whose_token_it_brought() -> None:
    places = Places(most=10, most_per_address=10, most_per_member=1)
    with places.seat("192.0.2.1") as first, places.seat("192.0.2.1") as second:
        for member in (MIA, MIA, None, NOAH):
            first.admit(member)
        second.admit(None)
        with pytest.raises(TooMany) as caught:
            second.admit(MIA)
        assert caught.value.code == "too_many_sockets"
        first.leave()
        second.admit(MIA)
    assert places.by_owner == {}


def test_a_process_that_is_full_says_so_and_counts_nobody() -> None:
    places = Places(most=1, most_per_address=10, most_per_member=1)
    with places.seat("192.0.2.1"):
        with pytest.raises(Unavailable), places.seat("192.0.2.2"):
            pass
        assert places.by_owner == {"192.0.2.1": 1}
