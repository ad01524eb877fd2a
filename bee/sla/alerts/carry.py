"""Carrying alerts out of the house: what the outbox holds, by mail and by webhook, until it is taken.

A message is handed over at least once; a repeat bears the same number. Each way out is a topic of its own, so that
one that fails holds up no other, and is tried again within two minutes at the latest. What could not be handed over
for a day is given up: nobody is called about what was yesterday. Nor is anybody called about what is over by then:
who was not told of it while it fired hears only that it is over, and never in the wrong order.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from bee.db import Database, Login
from bee.errors import Invalid, Unavailable
from bee.outbox import Message, deliver_due
from bee.outbox.queue import Carrier
from bee.settings import Settings
from bee.sla.alerts.mail import Mailbox, mail_of, mailbox, refuse_no_mail_address
from bee.sla.alerts.told import TEAM, Channel
from bee.sla.alerts.webhook import Hook, hook, refuse_no_address

LONGEST_RETRY_S: Final = 120.0
GIVEN_UP_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways out that are set up.

    ``team``: the address of whoever is told when nobody is on call. ``watchdog``: that of whoever tells when nobody
    watches any more.
    """

    mailbox: Mailbox | None = None
    team: str = ""
    hook: Hook | None = None
    watchdog: str | None = None

    @property
    def channels(self) -> frozenset[Channel]:
        """Which there are."""
        there = {Channel.MAIL: self.mailbox, Channel.WEBHOOK: self.hook}
        return frozenset(channel for channel, way in there.items() if way is not None)


def ways_of(settings: Settings) -> Ways:
    """Return the ways out that settings name. Raises :class:`bee.errors.Invalid` for one that is none."""
    smtp, url, secret = settings.alert_smtp_url, settings.alert_webhook_url, settings.alert_webhook_secret
    watchdog = settings.alert_watchdog_url
    if watchdog:
        refuse_no_address("BEE_ALERT_WATCHDOG_URL", watchdog.get_secret_value())
    if url and not settings.is_local and not url.get_secret_value().startswith("https://"):
        raise Invalid("alert_webhook_url", "BEE_ALERT_WEBHOOK_URL: outside local it has to be https://.")
    if smtp:
        refuse_no_mail_address("BEE_ALERT_MAIL_FROM", settings.alert_mail_from or "")
        refuse_no_mail_address("BEE_ALERT_MAIL_TO", settings.alert_mail_to or "")
    return Ways(
        mailbox(smtp.get_secret_value(), settings.alert_mail_from or "") if smtp else None,
        settings.alert_mail_to or "",
        hook(url.get_secret_value(), secret.get_secret_value()) if url and secret else None,
        watchdog.get_secret_value() if watchdog else None,
    )


def carry(
    database: Database,
    ways: Ways,
    *,
    spread: random.Random,
    channels: Iterable[Channel] = tuple(Channel),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Hand over what is due, by each of some ways, and return how many messages were taken."""
    return sum(_carry(database, ways, channel, spread=spread, clock=clock) for channel in channels)


def _carry(
    database: Database,
    ways: Ways,
    channel: Channel,
    *,
    spread: random.Random,
    clock: Callable[[], datetime],
) -> int:
    now = clock()
    with database.writing(Login.WORKER) as session:
        session.run("sla/give_up_alert_messages", topic=channel.topic, now=now, before=now - GIVEN_UP_AFTER)
        session.run("sla/withdraw_alert_messages", topic=channel.topic, now=now)
    carrier = _carrier(database, ways, channel, clock)
    if carrier is None:
        return 0
    return deliver_due(
        database,
        {channel.topic: carrier},
        spread=spread,
        longest_retry_s=LONGEST_RETRY_S,
        ends_on_failure=True,
    )


def _carrier(
    database: Database, ways: Ways, channel: Channel, clock: Callable[[], datetime]
) -> Carrier | None:
    match channel:
        case Channel.MAIL:
            return partial(_mail, database, ways.mailbox, ways.team) if ways.mailbox else None
        case Channel.WEBHOOK:
            return partial(_post, ways.hook, clock) if ways.hook else None


def _mail(database: Database, sender: Mailbox, team: str, message: Message) -> None:
    to = _address(database, str(message.payload["receiver"]), team)
    try:
        sender.send(mail_of(message.payload, number=message.id, sender=sender.sender, to=to))
    except ValueError as error:
        # Such as a password or an address with letters that the protocol has no place for.
        raise Unavailable("mail_unsendable", "The mail can't be put as it has to be sent.") from error


def _post(receiver: Hook, clock: Callable[[], datetime], message: Message) -> None:
    payload = {name: value for name, value in message.payload.items() if name != "receiver"}
    receiver.post(payload, number=message.id, now=clock())


def _address(database: Database, receiver: str, team: str) -> str:
    """Return where somebody is reached; whoever can't be any more is stood in for by the team."""
    if receiver == TEAM:
        return team
    with database.reading(Login.WORKER) as session:
        address = session.scalar("sla/oncall_address", staff_id=UUID(receiver))
    found = address or team
    if not found:
        raise Unavailable("no_address", "There is no address to send this to.")
    return str(found)
