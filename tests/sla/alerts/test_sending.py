"""Alerts on their way out: by mail with TLS or not at all, by signed webhook, once more after a failure."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import trustme
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bee.db import Database, Login
from bee.errors import Invalid, Unavailable
from bee.settings import Environment, Settings
from bee.sla.alerts.carry import Ways, carry, ways_of
from bee.sla.alerts.mail import Mailbox, mailbox
from bee.sla.alerts.told import Channel
from bee.sla.alerts.webhook import Hook, hook, say_alive
from tests.factories import execute
from tests.sla.alerts.ground import SPREAD, burn, calm, look, on_call, only_rules, rows
from tests.sla.alerts.histories import NOON
from tests.sla.alerts.receivers import HookServer, Mails, client_tls, hook_server, mail_server, silent_server

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SENDER = "bee@bee.example.org"
TEAM = "team@example.org"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def alerting(database: Database) -> Database:
    """A house in which an alert is open and its first step waits to be told, by mail and by webhook."""
    only_rules(database, "availability_burns")
    calm(database)
    burn(database, [(0, 10)] * 60)
    look(database, 9)
    return database


@contextmanager
def boxed(authority: trustme.CA, mails: Mails, *, is_tls_first: bool = False) -> Iterator[Mailbox]:
    with mail_server(mails, authority=authority, is_tls_first=is_tls_first) as url:
        yield mailbox(url, SENDER, tls=client_tls(authority))


def hooked(server: HookServer, authority: trustme.CA) -> Hook:
    return hook(server.url, SECRET, tls=client_tls(authority))


def deliver(database: Database, ways: Ways, *, now: datetime | None = None) -> int:
    return carry(database, ways, spread=SPREAD, clock=lambda: now or datetime.now(UTC))


def hurry(database: Database) -> None:
    """Let the time of what waits for another try be over."""
    with database.writing(Login.OWNER) as session:
        execute(session, "update outbox set available_at = now()")


def waiting(database: Database, channel: str) -> list[tuple[int, str]]:
    """Return how often what was not taken was tried, and why it was not."""
    return rows(
        database, "attempts, last_error", "outbox", f"topic = 'alert.{channel}' and delivered_at is null"
    )


@pytest.mark.parametrize("is_tls_first", [False, True])
def test_a_mail_says_what_burns_and_travels_hidden(
    alerting: Database, authority: trustme.CA, is_tls_first: bool
) -> None:
    mails = Mails()
    with boxed(authority, mails, is_tls_first=is_tls_first) as box:
        assert deliver(alerting, Ways(mailbox=box, team=TEAM)) == 1
        assert deliver(alerting, Ways(mailbox=box, team=TEAM)) == 0
    (mail,) = mails.mails
    assert mails.receivers == [[TEAM]]
    # A server that has TLS from the start understands nothing else.
    assert is_tls_first or mails.were_hidden == [True]
    assert mail["Subject"] == "[page] Availability burns its budget 15 times too fast"
    assert mail["Message-ID"].startswith("<bee-alert-")
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    said = text.decode()
    assert "In the last 1 h: 90 of 600 bad, 15 times too fast." in said
    assert "https://bee.example.org/alerts?alert=1" in said


def test_who_is_on_call_gets_the_mail_at_their_own_address(database: Database, authority: trustme.CA) -> None:
    only_rules(database, "availability_burns")
    on_call(database, email="olga@example.org")
    calm(database)
    burn(database, [(0, 10)] * 60)
    look(database, 9)
    mails = Mails()
    with boxed(authority, mails) as box:
        deliver(database, Ways(mailbox=box, team=TEAM))
    assert mails.receivers == [["olga@example.org"]]


@pytest.mark.parametrize("change", ["is_active = false", "roles = '{product}'", "is_demo = true"])
def test_who_can_not_be_called_any_more_is_stood_in_for_by_the_team(
    database: Database, authority: trustme.CA, change: str
) -> None:
    only_rules(database, "availability_burns")
    on_call(database, email="olga@example.org")
    calm(database)
    burn(database, [(0, 10)] * 60)
    look(database, 9)
    with database.writing(Login.OWNER) as session:
        execute(session, f"update staff set {change}")
    mails = Mails()
    with boxed(authority, mails) as box:
        deliver(database, Ways(mailbox=box, team=TEAM))
    assert mails.receivers == [[TEAM]]


def test_without_tls_nothing_is_said(alerting: Database, authority: trustme.CA) -> None:
    mails = Mails()
    with mail_server(mails, authority=None) as url:
        box = mailbox(url, SENDER, tls=client_tls(authority))
        assert deliver(alerting, Ways(mailbox=box, team=TEAM)) == 0
    assert mails.mails == []
    assert waiting(alerting, "mail") == [
        (1, "mail_unreachable: The mail server was not reached (SMTPNotSupportedError).")
    ]


@pytest.mark.parametrize("is_tls_first", [False, True])
def test_a_server_that_nobody_vouches_for_gets_nothing(
    alerting: Database, authority: trustme.CA, is_tls_first: bool
) -> None:
    mails = Mails()
    with mail_server(mails, authority=trustme.CA(), is_tls_first=is_tls_first) as url:
        box = mailbox(url, SENDER, tls=client_tls(authority))
        assert deliver(alerting, Ways(mailbox=box, team=TEAM)) == 0
    assert mails.mails == []
    assert "SSLCertVerificationError" in waiting(alerting, "mail")[0][1]


def test_a_mail_server_that_refuses_is_asked_again_later(alerting: Database, authority: trustme.CA) -> None:
    mails = Mails(answer="451 try again")
    with boxed(authority, mails) as box:
        assert deliver(alerting, Ways(mailbox=box, team=TEAM)) == 0
        assert waiting(alerting, "mail") == [(1, "mail_refused: The mail server answered 451.")]
        assert deliver(alerting, Ways(mailbox=box, team=TEAM)) == 0
        mails.answer = "250 OK"
        hurry(alerting)
        assert deliver(alerting, Ways(mailbox=box, team=TEAM)) == 1
    # Whoever got both sees one: it is the same message.
    assert len({mail["Message-ID"] for mail in mails.mails}) == 1


def test_a_wrong_password_is_a_failure_that_repeats_none(alerting: Database, authority: trustme.CA) -> None:
    with boxed(authority, Mails(lets_in=b"other")) as box:
        assert deliver(alerting, Ways(mailbox=box, team=TEAM)) == 0
    assert waiting(alerting, "mail") == [(1, "mail_refused: The mail server answered 535.")]


def test_a_mail_that_was_taken_is_not_sent_again_because_of_the_farewell(
    alerting: Database, authority: trustme.CA
) -> None:
    mails = Mails(farewell="421 too busy to say good-bye")
    with boxed(authority, mails) as box:
        assert deliver(alerting, Ways(mailbox=box, team=TEAM)) == 1
    assert waiting(alerting, "mail") == []
    assert len(mails.mails) == 1


def test_a_password_that_can_not_be_sent_is_a_failure_that_repeats_none(
    alerting: Database, authority: trustme.CA
) -> None:
    with boxed(authority, Mails()) as box, hook_server(authority=authority) as server:
        ways = Ways(replace(box, password="p\u00e4ss"), TEAM, hooked(server, authority))
        assert deliver(alerting, ways) == 1
        assert len(server.posts) == 1
    assert waiting(alerting, "mail") == [(1, "mail_unsendable: The mail can't be put as it has to be sent.")]


def test_an_address_that_would_add_to_the_head_of_a_mail_gets_none_and_holds_up_nobody(
    database: Database, authority: trustme.CA
) -> None:
    only_rules(database, "availability_burns")
    on_call(database, email="olga@example.org\nbcc: all@example.org")
    calm(database)
    burn(database, [(0, 10)] * 60)
    look(database, 9)
    look(database, 39)
    mails = Mails()
    with boxed(authority, mails) as box:
        for _ in range(6):
            deliver(database, Ways(mailbox=box, team=TEAM))
    assert {receiver for receivers in mails.receivers for receiver in receivers} == {TEAM}
    assert {why for _, why in waiting(database, "mail")} == {
        "mail_unsendable: The mail can't be put as it has to be sent."
    }


def test_a_mail_server_that_stalls_holds_up_no_webhook(alerting: Database, authority: trustme.CA) -> None:
    with silent_server() as port, hook_server(authority=authority) as server:
        box = replace(mailbox(f"smtp://localhost:{port}", SENDER, tls=client_tls(authority)), timeout_s=0.2)
        ways = Ways(mailbox=box, team=TEAM, hook=hooked(server, authority))
        assert deliver(alerting, ways) == 1
        assert len(server.posts) == 1
    assert waiting(alerting, "mail")[0][1].startswith("mail_unreachable: ")


def test_a_webhook_is_signed_so_that_whoever_has_the_secret_can_tell(
    alerting: Database, authority: trustme.CA
) -> None:
    with hook_server(authority=authority) as server:
        assert deliver(alerting, Ways(hook=hooked(server, authority))) == 1
        (post,) = server.posts
    said = Webhook(SECRET).verify(post.body, post.headers)
    assert (said["type"], said["data"]["severity"], said["data"]["step"]) == ("alert.fires", "page", 1)
    assert said["data"]["evidence"]["long_bad"] == 90
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(post.body.replace(b"page", b"none"), post.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_b3RoZXI=").verify(post.body, post.headers)


@pytest.mark.parametrize("answer", ["500", "503", "429", "404", "301", "308", "drop", "hang"])
def test_a_webhook_that_fails_is_tried_again_under_the_same_number(
    alerting: Database, authority: trustme.CA, answer: str
) -> None:
    with hook_server(answer, authority=authority) as server:
        ways = Ways(hook=replace(hooked(server, authority), timeout_s=0.5 if answer == "hang" else 10))
        assert deliver(alerting, ways) == 0
        ((attempts, why),) = waiting(alerting, "webhook")
        assert attempts == 1
        assert why.startswith(("webhook_refused: The webhook answered", "webhook_unreachable: "))
        assert "localhost" not in why
        hurry(alerting)
        assert deliver(alerting, ways) == 1
        assert len({post.headers["webhook-id"] for post in server.posts}) == 1
        # A redirection would take the signed words to somebody else.
        assert {post.path for post in server.posts} == {"/hook"}


def test_a_webhook_that_never_ends_its_answer_holds_nobody_up(
    alerting: Database, authority: trustme.CA
) -> None:
    with hook_server("trickle", "endless", authority=authority) as server:
        hasty = replace(hooked(server, authority), timeout_s=0.5)
        assert deliver(alerting, Ways(hook=hasty)) == 0
        assert waiting(alerting, "webhook") == [
            (1, "webhook_unreachable: The receiver was not reached (TimeoutError).")
        ]
        hurry(alerting)
        # What it says of a success is not listened to.
        assert deliver(alerting, Ways(hook=hooked(server, authority))) == 1
        assert len(server.posts) == 2


def test_a_watchdog_that_never_ends_its_answer_keeps_nobody_from_watching(authority: trustme.CA) -> None:
    with hook_server("trickle", "endless", authority=authority) as server:
        with pytest.raises(Unavailable):
            say_alive(server.url, tls=client_tls(authority), timeout_s=0.5)
        say_alive(server.url, tls=client_tls(authority))


def test_a_webhook_behind_a_certificate_that_nobody_vouches_for_gets_nothing(
    alerting: Database, authority: trustme.CA
) -> None:
    with hook_server(authority=trustme.CA()) as server:
        assert deliver(alerting, Ways(hook=hooked(server, authority))) == 0
        assert server.posts == []
    assert waiting(alerting, "webhook") == [
        (1, "webhook_unreachable: The receiver was not reached (ConnectError).")
    ]


def test_one_that_fails_keeps_the_others_of_its_way_for_the_next_time(
    alerting: Database, authority: trustme.CA
) -> None:
    look(alerting, 19)
    with hook_server("500", authority=authority) as server:
        ways = Ways(hook=hooked(server, authority))
        assert deliver(alerting, ways) == 0
        assert len(server.posts) == 1
        assert sorted(attempts for attempts, _ in waiting(alerting, "webhook")) == [0, 1]


def test_no_pause_between_two_tries_is_longer_than_two_minutes(
    alerting: Database, authority: trustme.CA
) -> None:
    with alerting.writing(Login.OWNER) as session:
        execute(session, "update outbox set attempts = 15")
    with hook_server("500", authority=authority) as server:
        deliver(alerting, Ways(hook=hooked(server, authority)))
    (pause,) = rows(
        alerting, "extract(epoch from available_at - now()) <= 120", "outbox", "topic = 'alert.webhook'"
    )
    assert pause == (True,)


def test_what_could_not_be_handed_over_for_a_day_is_given_up(
    alerting: Database, authority: trustme.CA
) -> None:
    with hook_server(authority=authority) as server:
        ways = Ways(hook=hooked(server, authority))
        assert deliver(alerting, ways, now=datetime.now(UTC) + timedelta(hours=25)) == 0
        assert server.posts == []
    assert rows(alerting, "id", "outbox") == []
    assert rows(alerting, "channel, given_up_at is not null", "alert_messages") == [
        ("mail", True),
        ("webhook", True),
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"alert_smtp_url": "mail.example.org", "alert_mail_from": SENDER, "alert_mail_to": TEAM},
            "SMTP_URL",
        ),
        ({"alert_webhook_url": "ftp://a.example", "alert_webhook_secret": SECRET}, "WEBHOOK_URL"),
        ({"alert_webhook_url": "https://a.example/secret-path", "alert_webhook_secret": "whsec_ä"}, "SECRET"),
        ({"alert_watchdog_url": "a.example/secret-path"}, "WATCHDOG"),
        (
            {"alert_smtp_url": "smtp://m.example:70000", "alert_mail_from": SENDER, "alert_mail_to": TEAM},
            "SMTP_URL",
        ),
        (
            {"alert_smtp_url": "smtp://m.example", "alert_mail_from": "a\nb: c@d", "alert_mail_to": TEAM},
            "MAIL_FROM",
        ),
        (
            {"alert_smtp_url": "smtp://m.example", "alert_mail_from": SENDER, "alert_mail_to": "the team"},
            "MAIL_TO",
        ),
    ],
)
def test_a_way_out_that_is_none_is_refused_and_not_repeated(more: dict[str, str], said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        ways_of(Settings.model_validate(more))
    assert not any(value in refused.value.message for value in more.values())


@pytest.mark.parametrize(
    "more",
    [
        {"alert_smtp_url": "smtp://a.example"},
        {"alert_webhook_url": "https://a.example"},
        {"alert_webhook_secret": SECRET},
    ],
)
def test_half_a_way_out_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="BEE_ALERT"):
        Settings.model_validate(more)


def test_a_signature_is_the_one_that_the_standard_gives_as_its_example() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    signer = hook("https://a.example", SECRET).signer
    signed = signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_no_way_out_shows_its_secrets_where_it_is_printed() -> None:
    box = mailbox("smtp://bee:p4ssw0rd@mail.example.org", SENDER)
    way = hook("https://a.example/secret-path", SECRET)
    printed = f"{Ways(box, TEAM, way)} {Ways(box, TEAM, way)!r}"
    assert not any(secret in printed for secret in ("p4ssw0rd", "secret-path", SECRET))


def test_a_secret_that_is_empty_is_none() -> None:
    with pytest.raises(Invalid, match="SECRET"):
        hook("https://a.example", "whsec_")


def test_outside_local_a_webhook_travels_hidden() -> None:
    more = {"alert_webhook_url": "http://a.example", "alert_webhook_secret": SECRET}
    assert ways_of(Settings.model_validate(more)).channels == {Channel.WEBHOOK}
    with pytest.raises(Invalid, match="https"):
        ways_of(
            Settings.model_construct(
                **(dict(Settings.model_validate(more)) | {"environment": Environment.PROD})
            )
        )


def test_the_ways_out_are_those_that_are_set_up() -> None:
    assert ways_of(Settings()).channels == frozenset()
    box = mailbox("smtp://b%40e:p%2Fw@mail.example.org", SENDER)
    assert (box.host, box.port, box.user, box.password) == ("mail.example.org", 587, "b@e", "p/w")
    assert mailbox("smtps://mail.example.org", SENDER).port == 465


def test_whoever_watches_from_outside_is_told_that_a_minute_was_watched(authority: trustme.CA) -> None:
    with hook_server("200", "500", authority=authority) as server:
        say_alive(server.url, tls=client_tls(authority))
        with pytest.raises(Unavailable):
            say_alive(server.url, tls=client_tls(authority))
        assert [post.path for post in server.posts] == ["/hook"] * 2


def test_nobody_unknown_has_an_address(database: Database) -> None:
    with database.reading(Login.WORKER) as session:
        assert session.scalar("sla/oncall_address", staff_id=uuid4()) is None


def go_out(database: Database) -> None:
    """Let what burns end, and its alert with it."""
    with database.writing(Login.OWNER) as session:
        execute(session, "update objective_minutes set good = 10, bad = 0 where minute >= :noon", noon=NOON)
    for minute in range(10, 27):
        look(database, minute)


def types_of(server: HookServer) -> list[str]:
    return [json.loads(post.body)["type"] for post in server.posts]


def test_what_is_over_before_it_could_be_told_is_told_only_as_that(
    alerting: Database, authority: trustme.CA
) -> None:
    with hook_server("500", authority=authority) as server:
        ways = Ways(hook=hooked(server, authority))
        assert deliver(alerting, ways) == 0
        go_out(alerting)
        # The one that failed comes back later than the one that tells of the end.
        assert deliver(alerting, ways) == 1
        hurry(alerting)
        assert deliver(alerting, ways) == 0
        assert types_of(server) == ["alert.fires", "alert.ended"]
    assert rows(alerting, "step, given_up_at is not null", "alert_messages", "channel = 'webhook'") == [
        (0, False),
        (1, True),
    ]


def test_what_fires_once_more_is_told_though_its_first_end_was(
    alerting: Database, authority: trustme.CA
) -> None:
    go_out(alerting)
    burn(alerting, [(0, 30)] * 10, since=NOON + timedelta(hours=1))
    look(alerting, 70)
    with hook_server(authority=authority) as server:
        assert deliver(alerting, Ways(hook=hooked(server, authority))) == 2
        assert types_of(server) == ["alert.ended", "alert.fires"]


def test_the_end_of_an_alert_is_told_to_whoever_was_told_of_it(
    alerting: Database, authority: trustme.CA
) -> None:
    with hook_server(authority=authority) as server:
        ways = Ways(hook=hooked(server, authority))
        assert deliver(alerting, ways) == 1
        go_out(alerting)
        assert deliver(alerting, ways) == 1
        said = [json.loads(post.body) for post in server.posts]
    assert [each["type"] for each in said] == ["alert.fires", "alert.ended"]
    assert said[1]["data"]["ended_at"] is not None
