"""A wording on a device of one's own: asked for on the page, posted once by the worker, the address forgotten."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from bee.audit import Actor, record
from bee.db import Database, Login, ReadSession, WriteSession
from bee.errors import Invalid
from bee.notify.compose.campaign import SAMPLE, campaign_payload, ledger_name, parse_campaign, rendered
from bee.notify.compose.catalogue import CampaignCard
from bee.notify.courier import Answer, Courier, Device, Outcome
from bee.notify.payload import Payload

TEST_TTL_S = 3600
LONGEST_ADDRESS = 4096


@dataclass(frozen=True, slots=True)
class Trial:
    """A test and what became of it; ``outcome`` is None while nobody posted it."""

    asked_at: datetime
    version: int
    variant: str
    platform: str
    who_name: str | None
    posted_at: datetime | None
    via: str | None
    outcome: str | None
    error: str


@dataclass(frozen=True, slots=True)
class _Due:
    id: UUID
    campaign: int
    version: int
    body: str
    variant: str
    platform: Literal["ios", "android", "web"]
    address: str


def ask_trial(
    session: WriteSession, card: CampaignCard, *, variant: str, platform: str, address: str, actor: Actor
) -> None:
    """Have one wording posted to a device of one's own. Raises :class:`Invalid` for an address that is none."""
    said = address.strip()
    if not 1 <= len(said) <= LONGEST_ADDRESS or not said.isprintable() or " " in said:
        raise Invalid("no_address", "That is no push address: the app shows it under its settings.")
    if variant not in {each.name for each in card.campaign.variants}:
        raise Invalid("no_wording", f"The campaign has no wording {variant!r}.")
    session.run(
        "notify/add_campaign_test",
        campaign=card.number, version=card.version, variant=variant, platform=platform, address=said,
        asked_by=actor.id,
    )  # fmt: skip
    record(
        session,
        actor=actor,
        action="campaign.tested",
        subject_kind="campaign",
        subject_id=card.number,
        after={"version": card.version, "variant": variant, "platform": platform},
    )


def trials(session: ReadSession, campaign: int) -> list[Trial]:
    """Return the newest tests of a campaign, newest first."""
    return session.all(Trial, "notify/campaign_tests", campaign=campaign)


def post_trials(database: Database, courier: Courier, *, now: datetime, login: Login = Login.WORKER) -> int:
    """Post what was asked for, each once at most, and return how many that were."""
    with database.writing(login) as session:
        session.run("notify/expire_campaign_tests", now=now)
        due = session.all(_Due, "notify/due_campaign_tests")
    return sum(_post(database, courier, each, now, login) for each in due)


def _post(database: Database, courier: Courier, due: _Due, now: datetime, login: Login) -> int:
    # Taken before it is posted: whoever dies in between posts nothing twice.
    with database.writing(login) as session:
        if not session.run("notify/take_campaign_test", id=due.id, via=courier.via, now=now):
            return 0
    payload = _payload(due)
    device = Device(due.id, due.id, due.address, "token", due.platform)
    answer = courier.post(device, payload) if payload else Answer(Outcome.PAYLOAD)
    with database.writing(login) as session:
        session.run("notify/end_campaign_test", id=due.id, outcome=answer.outcome, error=answer.error)
    return 1


def _payload(due: _Due) -> Payload | None:
    """Return what the device gets; None where the wording that was asked for is none."""
    campaign = parse_campaign(due.body)
    variant = next((each for each in campaign.variants if each.name == due.variant), None)
    text = rendered(variant, SAMPLE) if variant else None
    if text is None:
        return None
    label = f"{ledger_name(due.campaign)}-{due.version}"
    return campaign_payload(due.id, campaign, text, label=label, ttl_s=TEST_TTL_S)
