"""Firebase Cloud Messaging, through firebase-admin.

======================================  ==============  ====================================================
the service says                        outcome         what follows
======================================  ==============  ====================================================
200 with a name                         accepted        the name is kept
404 UNREGISTERED                        dead_address    the address is given up
400 about ``message.token`` or ``fid``  dead_address    likewise: it never was one
403 SENDER_ID_MISMATCH                  wrong_project   the address is set aside
400 otherwise                           payload         never tried again
401 THIRD_PARTY_AUTH_ERROR              configuration   nothing to that platform for a while
401, 403, 404 otherwise                 configuration   nothing to the project for a while
429                                     throttled       nothing to the project for as long as it says
no connection                           unreachable     nothing to the project for a moment
500, 503, no answer, a broken answer    ambiguous       tried again once, with the same keys
======================================  ==============  ====================================================

Told apart by ``details[].errorCode``, as the library does it, and never by the words of the message.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import firebase_admin
import google.auth.exceptions
import requests
from firebase_admin import credentials, exceptions, messaging
from urllib3.exceptions import NewConnectionError

from bee.errors import Unavailable
from bee.notify.courier import Answer, Device, Outcome, Pause, Via
from bee.notify.payload import Payload

TIMEOUT_S: Final = 10.0
POOL: Final = 100
LEAST_THROTTLE_S: Final = 60.0
LONGEST_THROTTLE_S: Final = 3600.0
CONFIGURATION_PAUSE_S: Final = 900.0
UNREACHABLE_PAUSE_S: Final = 30.0
# The library itself fetches a new token some minutes before the old one ends.
LASTS: Final = timedelta(minutes=10)
ADDRESS_FIELDS: Final = frozenset({"message.token", "message.fid"})
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Fcm:
    """The push service of one project."""

    app: Any
    project: str
    via: Via = "fcm"

    def make_ready(self) -> Answer | None:
        """Fetch an access token where the one at hand runs out while a chunk is posted."""
        session = messaging._get_messaging_service(self.app)._client.session
        if _lasts(session.credentials):
            return None
        try:
            session.credentials.refresh(partial(session._auth_request, timeout=TIMEOUT_S))
        except google.auth.exceptions.GoogleAuthError as error:
            return _no_access(error)
        return None

    def post(self, device: Device, payload: Payload, *, validate_only: bool = False) -> Answer:
        """Post to one device, once; ``validate_only`` has the service check it and deliver nothing."""
        try:
            name = messaging.send(message_of(device, payload), dry_run=validate_only, app=self.app)
        except exceptions.FirebaseError as error:
            return classified(error, device)
        except google.auth.exceptions.GoogleAuthError as error:
            return _no_access(error)
        except ValueError:
            return Answer(Outcome.PAYLOAD, "refused by the client")
        except (KeyError, TypeError):
            return Answer(Outcome.AMBIGUOUS, "accepted without a name")
        return Answer(Outcome.ACCEPTED, message_id=name)


@contextmanager
def fcm_courier(key_file: Path, project: str | None) -> Iterator[Fcm]:
    """Lend the push service that a service account's key opens.

    ``project``: the key's own when None. Raises :class:`Unavailable` for a file that is no such key.
    """
    try:
        credential = credentials.Certificate(str(key_file))
    except (OSError, ValueError) as error:
        raise Unavailable(
            "push_credentials", f"GOOGLE_APPLICATION_CREDENTIALS: {key_file} is no service account's key."
        ) from error
    with opened(credential, project or credential.project_id) as courier:
        yield courier


@contextmanager
def opened(credential: Any, project: str, *, address: str | None = None) -> Iterator[Fcm]:
    """Lend the push service of a project; ``address`` is another one than Google's, as tests need."""
    options = {"projectId": project, "httpTimeout": TIMEOUT_S}
    app = firebase_admin.initialize_app(credential, options, name=f"bee-{next(_numbers)}")
    try:
        _take_retries_away(app, address)
        yield Fcm(app, project)
    finally:
        firebase_admin.delete_app(app)


def message_of(device: Device, payload: Payload) -> messaging.Message:
    """Return a message in which each kind of device finds the key that makes a doubled one show once."""
    key, ttl = payload.collapse_key, str(payload.ttl_s)
    message = messaging.Message(
        notification=messaging.Notification(title=payload.title, body=payload.body),
        data=payload.data,
        fcm_options=messaging.FCMOptions(analytics_label=payload.label),
    )
    match device.platform:
        case "android":
            message.android = messaging.AndroidConfig(
                collapse_key=key,
                priority="high" if payload.is_urgent else "normal",
                ttl=payload.ttl_s,
                notification=messaging.AndroidNotification(tag=key),
            )
        case "ios":
            message.apns = messaging.APNSConfig(
                headers={"apns-collapse-id": key, "apns-priority": "10" if payload.is_urgent else "5"},
                payload=messaging.APNSPayload(aps=messaging.Aps(sound="default")),
            )
        case "web":
            # A topic has room for 32 characters.
            message.webpush = messaging.WebpushConfig(
                headers={"Topic": payload.notification_id.hex, "TTL": ttl},
                notification=messaging.WebpushNotification(tag=key),
            )
    # Set afterwards: the library warns whoever names a token, which is what our older addresses are.
    setattr(message, device.address_kind, device.address)
    return message


def classified(error: exceptions.FirebaseError, device: Device) -> Answer:
    """Return what an error of the library means. The order matters: some kinds are kinds of others."""
    code = str(error.code)
    match error:
        case messaging.UnregisteredError():
            return Answer(Outcome.DEAD_ADDRESS, "UNREGISTERED")
        case messaging.SenderIdMismatchError():
            return Answer(Outcome.WRONG_PROJECT, "SENDER_ID_MISMATCH")
        case messaging.ThirdPartyAuthError():
            pause = Pause(device.platform, CONFIGURATION_PAUSE_S)
            return Answer(Outcome.CONFIGURATION, "THIRD_PARTY_AUTH_ERROR", pause=pause)
        case messaging.QuotaExceededError() | exceptions.ResourceExhaustedError():
            return Answer(Outcome.THROTTLED, code, pause=Pause("all", _throttle_s(error)))
        case exceptions.InvalidArgumentError():
            is_address = not ADDRESS_FIELDS.isdisjoint(_faulty_fields(error))
            return Answer(Outcome.DEAD_ADDRESS if is_address else Outcome.PAYLOAD, code)
        case (
            exceptions.NotFoundError()
            | exceptions.PermissionDeniedError()
            | exceptions.UnauthenticatedError()
            | exceptions.FailedPreconditionError()
        ):
            return Answer(Outcome.CONFIGURATION, code, pause=Pause("all", CONFIGURATION_PAUSE_S))
    if _never_connected(error.cause):
        return Answer(Outcome.UNREACHABLE, code, pause=Pause("all", UNREACHABLE_PAUSE_S))
    return Answer(Outcome.AMBIGUOUS, code)


def _lasts(credential: Any) -> bool:
    """Whether an access token outlasts a chunk; it has no zone and is in UTC."""
    if not credential.valid:
        return False
    return credential.expiry is None or credential.expiry - datetime.now(UTC).replace(tzinfo=None) > LASTS


def _no_access(error: google.auth.exceptions.GoogleAuthError) -> Answer:
    """Return what no access token means; nothing has left."""
    name = type(error).__name__
    if isinstance(error, google.auth.exceptions.TransportError):
        return Answer(Outcome.UNREACHABLE, name, pause=Pause("all", UNREACHABLE_PAUSE_S))
    return Answer(Outcome.CONFIGURATION, name, pause=Pause("all", CONFIGURATION_PAUSE_S))


def _take_retries_away(app: Any, address: str | None) -> None:
    """Leave the tries to the queue: the library would post up to five times, each maybe a notification more.

    It has no option for that, nor for the address: here is all that is touched of its inside.
    """
    service = messaging._get_messaging_service(app)
    session = service._client.session
    assert hasattr(service, "_fcm_url")
    assert hasattr(session, "_max_refresh_attempts")
    assert hasattr(session, "_auth_request")
    session._max_refresh_attempts = 0
    if address is not None:
        service._fcm_url = f"{address}/v1/projects/{app.project_id}/messages:send"
    for prefix in ("https://fcm.googleapis.com", "https://", "http://"):
        session.mount(prefix, requests.adapters.HTTPAdapter(POOL, POOL, max_retries=0))


def _throttle_s(error: exceptions.FirebaseError) -> float:
    told = error.http_response.headers.get("Retry-After", "") if error.http_response is not None else ""
    # Where it is a date, or nonsense, the least will do.
    seconds = float(told) if told.isascii() and told.isdigit() else 0.0
    return min(max(seconds, LEAST_THROTTLE_S), LONGEST_THROTTLE_S)


def _faulty_fields(error: exceptions.FirebaseError) -> set[str]:
    """Return the fields that an error's details name."""
    try:
        details = error.http_response.json()["error"].get("details", [])
        return {
            violation["field"]
            for detail in details
            for violation in detail.get("fieldViolations", [])
            if "field" in violation
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        return set()


def _never_connected(cause: BaseException | None) -> bool:
    """Whether nothing can have left: no connection came about."""
    if isinstance(cause, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
    return isinstance(reason, NewConnectionError)
