"""What an app in Python does with Supabase's client, unchanged; run in the client's own environment."""

import os
from collections.abc import Callable
from uuid import uuid4

import pytest
from postgrest.exceptions import APIError
from supabase import Client, ClientOptions, create_client
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError

URL, ANON = os.environ["SUPABASE_URL"], os.environ["SUPABASE_ANON_KEY"]
SERVICE = os.environ["SUPABASE_SERVICE_ROLE_KEY"]
SCORED = {"email": os.environ["BEE_EMAIL"], "password": os.environ["BEE_PASSWORD"]}
PASSWORD = "a long enough one"


def client(key: str = ANON) -> Client:
    return create_client(URL, key, options=ClientOptions(auto_refresh_token=False))


def address() -> str:
    return f"{uuid4()}@example.org"


@pytest.fixture
def member() -> Client:
    """A client of somebody who has just signed up."""
    signed_up = client()
    signed_up.auth.sign_up({"email": address(), "password": PASSWORD})
    return signed_up


@pytest.fixture
def scored() -> Client:
    """A client of the member who has scores."""
    signed_in = client()
    signed_in.auth.sign_in_with_password(SCORED)
    return signed_in


@pytest.fixture
def service() -> Client:
    return client(SERVICE)


def id_of(member: Client) -> str:
    return str(member.auth.get_user().user.id)


def event(member: Client, kind: str, **more: object) -> dict[str, object]:
    return {"id": str(uuid4()), "user_id": id_of(member), "event_type": kind} | more


def refused(call: Callable[[], object]) -> APIError:
    with pytest.raises(APIError) as caught:
        call()
    return caught.value


def test_who_signs_up_has_a_session_and_a_user() -> None:
    app, email = client(), address()
    answer = app.auth.sign_up({"email": email, "password": PASSWORD, "options": {"data": {"name": "Mia"}}})
    assert answer.session is not None
    assert answer.user.email == email
    assert answer.user.user_metadata["name"] == "Mia"
    assert app.auth.get_user().user.id == answer.user.id


def test_an_address_signs_up_once(member: Client) -> None:
    email = member.auth.get_user().user.email
    with pytest.raises(AuthApiError) as caught:
        client().auth.sign_up({"email": email, "password": PASSWORD})
    assert (caught.value.code, caught.value.message) == ("user_already_exists", "User already registered")


def test_a_weak_password_says_why() -> None:
    with pytest.raises(AuthWeakPasswordError) as caught:
        client().auth.sign_up({"email": address(), "password": "short"})
    assert caught.value.reasons == ["length"]


def test_a_wrong_password_and_an_unknown_address_are_told_alike(member: Client) -> None:
    for email in (member.auth.get_user().user.email, address()):
        with pytest.raises(AuthApiError) as caught:
            client().auth.sign_in_with_password({"email": email, "password": "wrong, surely"})
        assert (caught.value.code, caught.value.message) == (
            "invalid_credentials",
            "Invalid login credentials",
        )


def test_a_session_is_refreshed_with_another_token(member: Client) -> None:
    before = member.auth.get_session()
    after = member.auth.refresh_session().session
    assert after.refresh_token != before.refresh_token
    assert after.user.id == before.user.id
    # The answer that was lost: the token before the newest still gives the session.
    assert client().auth.refresh_session(before.refresh_token).session is not None


def test_a_forged_refresh_token_gives_nothing() -> None:
    with pytest.raises(AuthApiError) as caught:
        client().auth.refresh_session("abcdefghijkl")
    assert caught.value.status == 400


def test_a_user_is_changed_and_signs_in_with_the_new_password(member: Client) -> None:
    changed = member.auth.update_user({"data": {"name": "Noa"}, "password": "another long one"})
    assert changed.user.user_metadata["name"] == "Noa"
    again = client().auth.sign_in_with_password({"email": changed.user.email, "password": "another long one"})
    assert again.user.id == changed.user.id


def test_who_signs_out_has_no_session_left(member: Client) -> None:
    session = member.auth.get_session()
    member.auth.sign_out()
    assert member.auth.get_session() is None
    with pytest.raises(AuthApiError):
        client().auth.refresh_session(session.refresh_token)
    with pytest.raises(AuthApiError) as caught:
        client().auth.get_user(session.access_token)
    assert caught.value.code == "session_not_found"


def test_claims_verify_with_the_published_key(member: Client) -> None:
    assert member.auth.get_claims()["claims"]["sub"] == id_of(member)


def test_an_event_is_inserted_and_selected(member: Client) -> None:
    row = event(member, "lesson", metadata={"minutes": 5})
    (inserted,) = member.table("engagement_events").insert(row).execute().data
    assert inserted["event_type"] == "lesson"
    read = member.table("engagement_events").select("id, metadata->minutes").eq("id", row["id"]).execute()
    assert read.data == [{"id": row["id"], "minutes": 5}]


def test_many_events_are_inserted_at_once(member: Client) -> None:
    rows = [event(member, "a"), event(member, "b", metadata={"x": 1})]
    answer = member.table("engagement_events").insert(rows, default_to_null=False, count="exact").execute()
    assert answer.count == 2
    assert [row["metadata"] for row in answer.data] == [{}, {"x": 1}]


def test_a_repeat_is_ignored_where_it_is_asked_for(member: Client) -> None:
    row = event(member, "lesson")
    table = member.table("engagement_events")
    table.insert(row, returning="minimal").execute()
    ignored = member.table("engagement_events").upsert(row, ignore_duplicates=True, on_conflict="user_id,id")
    assert ignored.execute().data == []
    assert refused(lambda: table.insert(row).execute()).code == "23505"


def test_filters_meet_what_they_say(member: Client) -> None:
    kinds = ["a", "b", "c, d", 'e"f', "g(h)"]
    member.table("engagement_events").insert([event(member, kind) for kind in kinds]).execute()

    def met(narrow: Callable[..., object]) -> list[str]:
        read = narrow(member.table("engagement_events").select("event_type")).order("event_type")  # type: ignore[attr-defined]
        return [row["event_type"] for row in read.execute().data]

    assert met(lambda rows: rows.neq("event_type", "a")) == kinds[1:]
    assert met(lambda rows: rows.gt("event_type", "a").lt("event_type", "c")) == ["b"]
    assert met(lambda rows: rows.gte("event_type", "a").lte("event_type", "b")) == ["a", "b"]
    assert met(lambda rows: rows.in_("event_type", ["a", "c, d", 'e"f', "g(h)"])) == [
        "a",
        "c, d",
        'e"f',
        "g(h)",
    ]
    assert met(lambda rows: rows.like("event_type", "%(%")) == ["g(h)"]
    assert met(lambda rows: rows.ilike("event_type", "A")) == ["a"]
    assert met(lambda rows: rows.is_("event_type", "null")) == []
    assert met(lambda rows: rows.not_.is_("event_type", "null")) == kinds
    assert met(lambda rows: rows.or_("event_type.eq.a,and(event_type.gt.a,event_type.lt.c)")) == ["a", "b"]
    assert met(lambda rows: rows.contains("metadata", {})) == kinds
    assert met(lambda rows: rows.match({"event_type": "b", "source": "app"})) == ["b"]


def test_scores_are_read_in_order_by_page_and_counted(scored: Client) -> None:
    table = scored.table("daily_engagement_scores")
    newest = (
        table.select("score_date, final_score").order("score_date", desc=True).limit(1).single().execute()
    )
    assert newest.data == {"score_date": "2026-03-03", "final_score": 80}
    paged = table.select("score_date", count="exact").order("score_date").range(1, 2).execute()
    assert paged.count == 3
    assert [row["score_date"] for row in paged.data] == ["2026-03-02", "2026-03-03"]
    assert table.select("*", count="exact", head=True).execute().count == 3
    assert table.select("*").gte("score_date", "2026-03-04").maybe_single().execute() is None
    one = table.select("final_score").eq("score_date", "2026-03-02").maybe_single().execute()
    assert one.data == {"final_score": 55.5}


def test_one_row_is_demanded_and_there_are_three(scored: Client) -> None:
    error = refused(lambda: scored.table("daily_engagement_scores").select("*").single().execute())
    assert (error.code, error.details) == ("PGRST116", "The result contains 3 rows")


def test_a_device_is_registered_changed_and_removed(member: Client) -> None:
    row = {"user_id": id_of(member), "fcm_token": str(uuid4()), "platform": "ios"}
    table = member.table("user_fcm_tokens")
    for platform in ("ios", "android"):
        (saved,) = table.upsert(row | {"platform": platform}, on_conflict="user_id,fcm_token").execute().data
        assert saved["platform"] == platform
    (changed,) = table.update({"platform": "web"}).eq("id", saved["id"]).execute().data
    assert changed["platform"] == "web"
    removed = table.delete().lt("updated_at", "2100-01-01").execute()
    assert [row["id"] for row in removed.data] == [saved["id"]]
    assert table.select("*").execute().data == []


def test_a_notification_is_read_without_its_reason(scored: Client) -> None:
    read = scored.table("momentum_notifications").select("*").order("sent_at", desc=True).execute()
    (notification,) = read.data
    assert (notification["title"], "reason" in notification) == ("Hello", False)


def test_what_the_service_writes_the_member_reads(member: Client, service: Client) -> None:
    user_id = id_of(member)
    decision = {
        "user_id": user_id, "notification_type": "nudge", "rule": "r", "rule_version": 1, "moment": "m",
        "trigger_date": "2026-03-01", "decision": "send", "reason": "secret", "title": "Hello",
        "message": "A walk?",
    }  # fmt: skip
    service.table("momentum_notifications").insert(decision).execute()
    assert member.table("momentum_notifications").select("*").execute().data == []
    trait = {"user_id": user_id, "trait_key": "goal", "trait_value": "10 km", "source": "coach"}
    service.table("coach_memory").insert(trait).execute()
    memory = member.table("coach_memory").select("trait_value").single().execute()
    assert memory.data == {"trait_value": "10 km"}


def test_members_do_not_see_or_write_for_one_another(member: Client, scored: Client) -> None:
    other = id_of(member)
    assert member.table("daily_engagement_scores").select("*").execute().data == []
    error = refused(lambda: scored.table("engagement_events").insert(event(member, "theirs")).execute())
    assert error.code == "42501"
    assert scored.table("user_fcm_tokens").delete().eq("user_id", other).execute().data == []


def test_nobody_sees_anything() -> None:
    error = refused(lambda: client().table("coach_memory").select("*").execute())
    assert (error.code, error.message) == ("42501", "permission denied for table coach_memory")


def test_errors_come_with_code_message_details_and_hint(member: Client) -> None:
    table = member.table("engagement_events")
    for call, code in (
        (lambda: member.table("nothing").select("*").execute(), "PGRST205"),
        (lambda: member.rpc("nothing", {}).execute(), "PGRST202"),
        (lambda: table.select("nothing").execute(), "42703"),
        (lambda: table.select("members(*)").execute(), "PGRST200"),
        (lambda: table.insert({"nothing": 1}).execute(), "PGRST204"),
        (lambda: table.select("*").filter("id", "about", 1).execute(), "PGRST100"),
        (lambda: table.select("*").eq("id", "five").execute(), "22P02"),
        (lambda: table.select("*", count="exact").range(5, 9).execute(), "PGRST103"),
        (lambda: table.select("*").csv().execute(), "PGRST107"),
        (lambda: member.schema("auth").table("users").select("*").execute(), "PGRST106"),
        (lambda: table.insert(event(member, "")).execute(), "23514"),
        (lambda: table.update({"event_type": "x"}).eq("id", str(uuid4())).execute(), "42501"),
    ):
        error = refused(call)
        assert error.code == code
        assert error.message
