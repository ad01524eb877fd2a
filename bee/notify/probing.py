"""Pushes that a prober asks for: taken as any other, and recorded, whoever carries the members' ones."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bee.db import Database, Login, ReadSession
from bee.notify.addresses import EXPIRED_DAYS, STALE_DAYS
from bee.notify.courier import RECORDER, Device
from bee.notify.payload import Payload

NO_DEVICE: Final = "no_device"


@dataclass(frozen=True, slots=True)
class _Id:
    id: UUID


def take_probe_pushes(database: Database, *, now: datetime) -> int:
    """Record the pushes that wait, each once, and return how many that were."""
    with database.reading(Login.WORKER) as session:
        waiting = session.all(_Id, "notify/waiting_probe_pushes", now=now)
        device = _device(session, now) if waiting else None
    outcomes = {each.id: _outcome(each.id, device) for each in waiting}
    with database.writing(Login.WORKER) as session:
        return sum(
            session.run("notify/take_probe_push", id=push, outcome=outcome)
            for push, outcome in outcomes.items()
        )


def _device(session: ReadSession, now: datetime) -> Device | None:
    members = [each.id for each in session.all(_Id, "notify/synthetic_members")]
    devices = session.all(
        Device, "notify/devices", members=members, now=now, stale_days=STALE_DAYS, expired_days=EXPIRED_DAYS
    )
    return devices[0] if devices else None


def _outcome(push: UUID, device: Device | None) -> str:
    if device is None:
        return NO_DEVICE
    payload = Payload(
        notification_id=push,
        notification_type="probe",
        title="Probe",
        body="Nobody gets this.",
        action={},
        label="probe",
        is_urgent=False,
        ttl_s=60,
    )
    return RECORDER.post(device, payload).outcome
