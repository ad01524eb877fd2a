"""Rows in and out of the real tables through the application, as the real roles."""

import gzip
import json
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import httpx2 as httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.tables.conftest import ROWS, SINGLE, Visitor
from tests.api.tables.test_compile import QUERIES

NASTY = (
    "a,b",
    "(a)",
    '"quoted"',
    "back\\slash",
    "100%s",
    "a+b c",
    "it's; drop table members --",
    "{a}",
    "null",
    "eq.x",
    "ünï→😀",
    ".",
    "*",
)


def told(answer: httpx.Response) -> tuple[int, str]:
    """The status and code of an error, once its body has the form that the clients read."""
    body = answer.json()
    assert set(body) == {"code", "message", "details", "hint", "error"}
    assert isinstance(body["code"], str)
    assert isinstance(body["message"], str)
    assert all(body[key] is None or isinstance(body[key], str) for key in ("details", "hint"))
    assert set(body["error"]) == {"code", "message"}
    return answer.status_code, body["code"]


def kinds(answer: httpx.Response) -> list[str]:
    assert answer.status_code in {200, 206}, answer.text
    return [row["event_type"] for row in answer.json()]


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_an_event_goes_in_and_comes_out(mia: Visitor) -> None:
    row = {
        "id": str(uuid4()),
        "user_id": str(mia.id),
        "event_type": "lesson",
        "metadata": {"minutes": 12.5, "tags": ["a", "b"]},
        "occurred_at": "2026-03-01T22:30:00.25+00:00",
        "time_zone": "Europe/Madrid",
    }
    answer = mia.post("engagement_events", row)
    assert (answer.status_code, answer.text) == (201, "")
    assert answer.headers["content-range"] == "*/*"
    (read,) = mia.get(f"engagement_events?id=eq.{row['id']}").json()
    assert read.items() >= row.items()
    assert read["event_date"] == "2026-03-01"


def test_a_repeated_event_is_a_conflict_or_left_alone_as_asked_for(mia: Visitor) -> None:
    row = {"id": str(uuid4()), "user_id": str(mia.id), "event_type": "lesson"}
    assert mia.post("engagement_events", row).status_code == 201
    assert told(mia.post("engagement_events", row)) == (409, "23505")
    prefer = "resolution=ignore-duplicates, return=representation"
    answer = mia.post("engagement_events?on_conflict=user_id,id", row, Prefer=prefer)
    assert (answer.status_code, answer.json()) == (201, [])
    assert answer.headers["preference-applied"] == prefer
    assert len(mia.get("engagement_events").json()) == 1


def test_several_rows_come_back_in_their_order(mia: Visitor) -> None:
    rows = [{"user_id": str(mia.id), "event_type": f"kind {number}"} for number in range(20)]
    answer = mia.post(
        "engagement_events?select=event_type", rows, Prefer=",return=representation,count=exact"
    )
    assert kinds_of(answer.json()) == [row["event_type"] for row in rows]
    assert answer.headers["content-range"] == "*/20"


def kinds_of(rows: list[dict[str, Any]]) -> list[str]:
    return [row["event_type"] for row in rows]


def test_a_bad_row_keeps_the_good_ones_out(mia: Visitor) -> None:
    rows = [{"user_id": str(mia.id), "event_type": kind} for kind in ("good", "")]
    assert told(mia.post("engagement_events", rows)) == (400, "23514")
    assert mia.get("engagement_events").json() == []


def test_columns_choose_what_is_written_and_gaps_are_filled_as_asked_for(mia: Visitor) -> None:
    rows = [
        {"user_id": str(mia.id), "event_type": "a"},
        {"user_id": str(mia.id), "event_type": "b", "metadata": {"x": "y"}, "source": "theirs"},
    ]
    path = "engagement_events?select=metadata&columns=" + quote('"user_id","event_type","metadata"')
    answer = mia.post(path, rows, Prefer="return=representation, missing=default")
    assert answer.json() == [{"metadata": {}}, {"metadata": {"x": "y"}}]
    assert answer.headers["preference-applied"] == "return=representation, missing=default"
    assert told(mia.post(path, rows)) == (400, "23502")


def test_nothing_to_insert_is_nothing(mia: Visitor) -> None:
    answer = mia.post("engagement_events", [], **ROWS)
    assert (answer.status_code, answer.json()) == (201, [])


def test_a_headers_only_insert_says_where_the_row_is(mia: Visitor) -> None:
    row = {"id": str(uuid4()), "user_id": str(mia.id), "event_type": "lesson"}
    answer = mia.post("engagement_events", row, Prefer="return=headers-only")
    assert answer.text == ""
    location = answer.headers["location"]
    assert kinds(mia.get(location.lstrip("/"))) == ["lesson"]


def test_columns_aliases_casts_and_json(mia: Visitor) -> None:
    metadata = {"a": {"b": [1, "two"]}, "n": 5}
    mia.post("engagement_events", {"user_id": str(mia.id), "event_type": "x", "metadata": metadata})
    select = "kind:event_type,metadata->a->b,second:metadata->a->b->>1,metadata->>n,n5:metadata->n::text"
    (row,) = mia.get(f"engagement_events?select={select}").json()
    assert row == {"kind": "x", "b": [1, "two"], "second": "two", "n": "5", "n5": "5"}
    for twice in ("event_type,event_type", "*,event_type", "page:id,t:id,changed:id,event_type"):
        assert kinds(mia.get(f"engagement_events?select={twice}")) == ["x"]


def test_the_apps_own_client_is_understood(mia: Visitor) -> None:
    """As supabase_flutter writes it: an empty Prefer, quotes around every text, nulls always placed."""
    rows = [{"user_id": str(mia.id), "event_type": kind} for kind in ("a", "b c", "d")]
    columns = quote('"user_id","event_type"')
    assert mia.post(f"engagement_events?columns={columns}", rows, Prefer="", Accept="").status_code == 201
    path = 'engagement_events?select=*&event_type=in.("a","b+c")&order=event_type.desc.nullslast'
    answer = mia.get(path, Accept="application/json", **{"Accept-Profile": "public"})
    assert kinds(answer) == ["b c", "a"]
    counted = mia.ask("HEAD", "engagement_events?event_type=neq.a", Prefer="count=exact")
    assert counted.headers["content-range"].split("/")[1] == "2"
    saved = mia.post("engagement_events?select=*", rows[0], Prefer=",return=representation", **SINGLE)
    assert saved.json()["event_type"] == "a"


def test_a_body_may_be_packed_and_may_not_be_endless(mia: Visitor) -> None:
    sent = {"Authorization": f"Bearer {mia.token}", "Content-Type": "application/json"}
    body = json.dumps({"user_id": str(mia.id), "event_type": "packed"}).encode()
    path = "/rest/v1/engagement_events"
    packed = mia.client.post(path, content=gzip.compress(body), headers=sent | {"Content-Encoding": "gzip"})
    assert packed.status_code == 201
    endless = mia.client.post(path, content=b" " * (5 << 20), headers=sent)
    assert told(endless) == (413, "request_entity_too_large")


# What is asked for, and the kinds of events that it meets.
FILTERS = [
    ("event_type=eq.b", ["b"]),
    ("event_type=neq.b", ["a", "c"]),
    ("event_type=gt.a&event_type=lte.b", ["b"]),
    ("event_type=gte.b", ["b", "c"]),
    ("event_type=lt.b", ["a"]),
    ("event_type=in.(a,c,z)", ["a", "c"]),
    ("event_type=not.in.(a,c)", ["b"]),
    ("event_type=in.()", []),
    ("event_type=like.*", ["a", "b", "c"]),
    ("event_type=ilike.B", ["b"]),
    ("event_type=like.B", []),
    ("event_type=is.null", []),
    ("event_type=not.is.null", ["a", "b", "c"]),
    ("or=(event_type.eq.a,event_type.eq.c)", ["a", "c"]),
    ("not.or=(event_type.eq.a,event_type.eq.c)", ["b"]),
    ("or=(event_type.eq.a,and(event_type.gt.a,event_type.lt.c))", ["a", "b"]),
    ("and=(event_type.gt.a,or(event_type.eq.a,event_type.eq.c))", ["c"]),
    ('metadata=cs.{"n":1}', ["b"]),
    ('metadata=cd.{"n":1,"m":2}', ["b"]),
    ('metadata=eq.{"n":2}', ["c"]),
    ("metadata->>n=eq.1", ["b"]),
    ("metadata->n=gte.1", ["b", "c"]),
    ("metadata->n=is.null", ["a"]),
    ("occurred_at=gt.2020-01-01T00:00:00%2B00:00", ["a", "b", "c"]),
    ("source=eq.app&user_id=not.is.null", ["a", "b", "c"]),
]


def test_filters(mia: Visitor) -> None:
    rows = [
        {"user_id": str(mia.id), "event_type": kind, "metadata": metadata}
        for kind, metadata in (("a", {"x": 1}), ("b", {"n": 1}), ("c", {"n": 2}))
    ]
    assert mia.post("engagement_events", rows).status_code == 201
    for query, expected in FILTERS:
        assert kinds(mia.get(f"engagement_events?order=event_type&{query}")) == expected, query


def test_any_text_is_found_by_what_it_is(mia: Visitor) -> None:
    mia.add_events(*NASTY)
    for value in NASTY:
        for parameters in (
            {"event_type": f"eq.{value}"},
            {"event_type": f"in.({quoted(value)})"},
            {"or": f"(event_type.eq.{quoted(value)},event_type.eq.x)"},
            {"and": f"(event_type.in.({quoted(value)},x))"},
        ):
            assert kinds(mia.get(f"engagement_events?{urlencode(parameters)}")) == [value], parameters
    everything = mia.get("engagement_events?order=event_type&event_type=like.*")
    assert sorted(kinds(everything)) == sorted(NASTY)


def test_everything_may_be_percent_encoded(mia: Visitor) -> None:
    mia.add_events("a b")
    path = "engagement_events?" + "".join(f"%{byte:02x}" for byte in b"event_type") + "=%65%71%2e%61+%62"
    assert kinds(mia.get(path)) == ["a b"]


def test_a_list_may_be_huge(mia: Visitor) -> None:
    mia.add_events("a")
    values = ",".join(f"x{number}" for number in range(8_000))
    assert kinds(mia.get(f"engagement_events?event_type=in.({values},a)")) == ["a"]


def test_order_range_and_count(mia: Visitor) -> None:
    mia.add_events(*"abcde")
    descending = mia.get("engagement_events?order=event_type.desc.nullslast&limit=2")
    assert (kinds(descending), descending.headers["content-range"]) == (["e", "d"], "0-1/*")
    counted = mia.get("engagement_events?order=event_type&offset=1&limit=2", Prefer="count=exact")
    assert (counted.status_code, counted.headers["content-range"]) == (206, "1-2/5")
    assert kinds(counted) == ["b", "c"]
    whole = mia.get("engagement_events?order=event_date,event_type.desc", Prefer="count=planned")
    assert (whole.status_code, whole.headers["content-range"]) == (200, "0-4/5")
    assert kinds(whole) == list("edcba")
    ranged = mia.get("engagement_events?order=event_type", Range="3-9", **{"Range-Unit": "items"})
    assert (kinds(ranged), ranged.headers["content-range"]) == (["d", "e"], "3-4/*")
    empty = mia.get("engagement_events?event_type=eq.z", Prefer="count=exact")
    assert (empty.status_code, empty.json(), empty.headers["content-range"]) == (200, [], "*/0")


def test_head_counts_without_a_body(mia: Visitor) -> None:
    mia.add_events(*"abc")
    answer = mia.ask("HEAD", "engagement_events?event_type=neq.a", Prefer="count=exact")
    assert (answer.status_code, answer.text, answer.headers["content-range"]) == (200, "", "0-1/2")


def test_a_page_beyond_the_rows_can_not_be_had_where_they_are_counted(mia: Visitor) -> None:
    mia.add_events("a")
    answer = mia.get("engagement_events?offset=5", Prefer="count=exact")
    assert told(answer) == (416, "PGRST103")
    assert answer.json()["details"] == "An offset of 5 was requested, but there are only 1 rows."
    assert mia.get("engagement_events?offset=5").json() == []


def test_one_object_or_an_error_that_says_how_many_there_are(mia: Visitor) -> None:
    mia.add_events("a", "b")
    answer = mia.get("engagement_events?select=event_type&event_type=eq.a", **SINGLE)
    assert answer.json() == {"event_type": "a"}
    assert answer.headers["content-type"].startswith("application/vnd.pgrst.object+json")
    for query, count in (("", 2), ("event_type=eq.z", 0)):
        refused = mia.get(f"engagement_events?{query}", **SINGLE)
        assert told(refused) == (406, "PGRST116")
        assert refused.json()["details"] == f"The result contains {count} rows"


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_write_that_is_not_single_as_asked_for_is_undone(mia: Visitor, method: str) -> None:
    for token in ("one", "two"):
        mia.add_token(token)
    before = mia.get("user_fcm_tokens?order=fcm_token").json()
    body: Any = {"platform": "web"}
    if method == "POST":
        body = [
            {"user_id": str(mia.id), "fcm_token": token, "platform": "ios"} for token in ("three", "four")
        ]
    answer = mia.ask(method, "user_fcm_tokens", body, **ROWS, **SINGLE)
    assert told(answer) == (406, "PGRST116")
    assert mia.get("user_fcm_tokens?order=fcm_token").json() == before


def test_a_device_is_registered_again_without_harm(mia: Visitor) -> None:
    first = mia.add_token("device")
    assert (first.status_code, first.headers["preference-applied"]) == (201, "resolution=merge-duplicates")
    again = mia.add_token("device")
    assert (again.status_code, again.text) == (200, "")
    row = {"user_id": str(mia.id), "fcm_token": "device", "platform": "android"}
    answer = mia.post(
        "user_fcm_tokens?on_conflict=user_id,fcm_token&select=platform",
        [row, row | {"fcm_token": "other"}],
        Prefer="resolution=merge-duplicates,return=representation",
    )
    assert (answer.status_code, answer.json()) == (201, [{"platform": "android"}, {"platform": "android"}])
    assert len(mia.get("user_fcm_tokens").json()) == 2


def test_an_upsert_needs_a_key_that_is_one(mia: Visitor) -> None:
    row = {"user_id": str(mia.id), "fcm_token": "device", "platform": "ios"}
    answer = mia.post("user_fcm_tokens?on_conflict=platform", row, Prefer="resolution=merge-duplicates")
    assert told(answer) == (400, "42P10")


def test_changes_and_removals_meet_what_the_filters_meet(mia: Visitor) -> None:
    for token in ("one", "two", "three"):
        mia.add_token(token)
    changed = mia.ask("PATCH", "user_fcm_tokens?fcm_token=eq.one", {"platform": "web"})
    assert (changed.status_code, changed.text, changed.headers["content-range"]) == (204, "", "0-0/*")
    shown = mia.ask(
        "PATCH", "user_fcm_tokens?fcm_token=eq.two&select=platform", {"platform": "android"}, **ROWS
    )
    assert (shown.status_code, shown.json()) == (200, [{"platform": "android"}])
    missed = mia.ask("PATCH", "user_fcm_tokens?fcm_token=eq.none", {"platform": "android"}, **ROWS)
    assert (missed.status_code, missed.json(), missed.headers["content-range"]) == (200, [], "*/*")
    nothing = mia.ask("PATCH", "user_fcm_tokens?fcm_token=eq.one", {}, **ROWS)
    assert (nothing.status_code, nothing.json()) == (200, [])
    gone = mia.ask("DELETE", "user_fcm_tokens?fcm_token=eq.three", {}, Prefer="count=exact")
    assert (gone.status_code, gone.text, gone.headers["content-range"]) == (204, "", "*/1")
    left = mia.get("user_fcm_tokens?select=fcm_token,platform&order=fcm_token").json()
    assert left == [{"fcm_token": "one", "platform": "web"}, {"fcm_token": "two", "platform": "android"}]


def test_a_write_stops_at_the_most_that_its_caller_wants(mia: Visitor) -> None:
    for token in ("one", "two"):
        mia.add_token(token)
    answer = mia.ask("DELETE", "user_fcm_tokens", Prefer="handling=strict, max-affected=1")
    assert told(answer) == (400, "PGRST124")
    assert len(mia.get("user_fcm_tokens").json()) == 2


REFUSED: list[tuple[str, str, object, tuple[int, str]]] = [
    ("GET", "members", None, (404, "PGRST205")),
    ("GET", "pg_class", None, (404, "PGRST205")),
    ("POST", "member_accounts", {}, (404, "PGRST205")),
    ("GET", "a/b", None, (404, "PGRST205")),
    ("POST", "rpc/calculate", {}, (404, "PGRST202")),
    ("GET", "rpc/calculate?a=1", None, (404, "PGRST202")),
    ("PUT", "engagement_events", {}, (405, "PGRST117")),
    ("GET", "engagement_events?nothing=eq.1", None, (400, "42703")),
    ("GET", "engagement_events?id=about.1", None, (400, "PGRST100")),
    ("GET", "engagement_events?id=eq.5", None, (400, "22P02")),
    ("GET", "engagement_events?event_date=eq.someday", None, (400, "22007")),
    ("GET", "engagement_events?metadata=cs.{", None, (400, "22P02")),
    ("GET", "engagement_events?metadata=cs." + "[" * 1000, None, (400, "22P02")),
    ("GET", "engagement_events?id=like.a*", None, (404, "42883")),
    ("GET", "engagement_events?select=id::int4", None, (400, "42846")),
    ("GET", "engagement_events?select=members(*)", None, (400, "PGRST200")),
    ("POST", "engagement_events", {"nothing": 1}, (400, "PGRST204")),
    ("POST", "engagement_events", {"event_type": "a"}, (403, "42501")),
    ("POST", "engagement_events", {"user_id": 5, "event_type": "a"}, (400, "22P02")),
    ("POST", "engagement_events", [{"event_type": "a"}, {"user_id": "b"}], (400, "PGRST102")),
    ("POST", "engagement_events", {"event_type": "a", "metadata": {"x": "\0"}}, (400, "22P05")),
    ("POST", "engagement_events", {"event_type": "a\0"}, (400, "22P05")),
    ("POST", "user_fcm_tokens", {"fcm_token": "a", "platform": "mac"}, (403, "42501")),
]


def test_what_is_refused(mia: Visitor) -> None:
    for method, path, body, expected in REFUSED:
        assert told(mia.ask(method, path, body)) == expected, (method, path, body)
    assert mia.ask("HEAD", "members").status_code == 404
    assert mia.get("engagement_events").json() == []


def test_a_number_is_taken_where_a_text_is_expected(mia: Visitor) -> None:
    answer = mia.post("engagement_events", {"user_id": str(mia.id), "event_type": 5}, **ROWS)
    assert answer.json()[0]["event_type"] == "5"


def test_a_nul_character_in_a_gap_filled_row_is_refused(mia: Visitor) -> None:
    rows = [{"user_id": str(mia.id), "event_type": "a\0"}, {"user_id": str(mia.id)}]
    path = "engagement_events?columns=user_id,event_type,metadata"
    assert told(mia.post(path, rows, Prefer="missing=default")) == (400, "22021")


def test_a_table_that_is_not_there_is_told_in_an_object(mia: Visitor) -> None:
    answer = mia.get("members")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["message"] == "Could not find the table 'public.members' in the schema cache"


@given(pairs=QUERIES)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_is_a_fault(mia: Visitor, pairs: list[tuple[str, str]]) -> None:
    answer = mia.get(f"engagement_events?{urlencode(pairs)}")
    assert answer.status_code < 500, answer.text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    row=st.dictionaries(st.sampled_from(["id", "event_type", "metadata", "occurred_at", "time_zone"]), VALUES)
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_is_a_fault(mia: Visitor, row: dict[str, object]) -> None:
    for sent in (row, [row, {}]):
        body = json.dumps(sent).encode("utf-8", "surrogatepass")
        for query in ("", "?columns=id,event_type,metadata"):
            answer = mia.client.post(
                f"/rest/v1/engagement_events{query}",
                content=body,
                headers={"Authorization": f"Bearer {mia.token}", "Prefer": "missing=default"},
            )
            assert answer.status_code < 500, answer.text
