"""A member's journey: what the app does in a day, as a member whom nobody counts.

Each step has a deadline of its own and is tried twice, so whatever a try does, a second one may do again: the event
keeps its id, the coach's request its key. A step whose ground is missing is not taken, and has no row.
"""

import time
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from bee.sla.probes.asking import Answer, Asker, Failed, see
from bee.sla.probes.ticks import NotRun, Seen, Step

# The push waits for the worker's next turn; the coach has twelve seconds in all.
TIMEOUTS_S: Final = {
    Step.SIGN_IN: 10.0,
    Step.EVENT: 10.0,
    Step.MOMENTUM: 10.0,
    Step.COACH: 15.0,
    Step.PUSH: 30.0,
}
LEAST_EVERY_S: Final = 300
EVENT_TYPE: Final = "app_session"
MESSAGE: Final = "I went for a short walk today."
TOKEN: Final = "a-device-of-nobody"  # noqa: S105  # an address that no push service knows
POLL_S: Final = 0.5


# Of sign-in that somebody else does: what it says of credentials that it does not take. The house is not at fault.
REFUSED: Final = frozenset({"invalid_credentials", "email_not_confirmed", "user_banned"})


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """How the member signs in. ``api_key``: the key that every client has."""

    api_key: str
    email: str
    password: str


@dataclass(slots=True, repr=False)
class Journey:
    """One journey through an API. ``issuer``: who signs members in, where the API does not do it itself."""

    asker: Asker
    credentials: Credentials
    issuer: Asker | None = None
    _token: str = ""
    _before: tuple[str, int] | None = None
    _event: str = field(default_factory=lambda: str(uuid4()))
    _request: str = field(default_factory=lambda: str(uuid4()))

    def see(self) -> tuple[Seen, ...]:
        """Take every step that can be taken, and return what each came to.

        Raises :class:`NotRun` where nothing was tried for want of a member who may.
        """
        seen = [see(Step.SIGN_IN, self.sign_in)]
        if not seen[0].ok:
            return tuple(seen)
        seen.append(see(Step.EVENT, self.post_event))
        if seen[-1].ok:
            seen.append(see(Step.MOMENTUM, self.read_momentum))
        seen += [see(Step.COACH, self.ask_coach), see(Step.PUSH, self.push)]
        self.sign_out()
        return tuple(seen)

    def sign_in(self) -> str:
        """Sign in as the app does, and have a member of somebody else's sign-in known as nobody who counts."""
        who = self.credentials
        answer = (self.issuer or self.asker).ask(
            "POST",
            "/auth/v1/token?grant_type=password",
            timeout_s=TIMEOUTS_S[Step.SIGN_IN],
            body={"email": who.email, "password": who.password},
            headers={"apikey": who.api_key},
        )
        if self.issuer is not None and _is_refusal(answer):
            raise NotRun("credentials_refused")
        self._token = _text(answer.expect(), "access_token")
        if self.issuer is not None:
            self._be_nobody()
        return ""

    def _be_nobody(self) -> None:
        status = self._ask(Step.SIGN_IN, "PUT", "/v1/probe-member").status
        if status == 409:
            raise NotRun("member_counts")
        if status != 204:
            raise Failed(f"http_{status}")

    def post_event(self) -> str:
        """Note where the member stands, and post an event."""
        if self._before is None:
            self._before = self._standing(Step.EVENT)
        body = {"id": self._event, "event_type": EVENT_TYPE}
        results = self._ask(Step.EVENT, "POST", "/v1/events", body).expect().get("results")
        if not isinstance(results, list) or len(results) != 1 or not isinstance(results[0], dict):
            raise Failed("wrong_answer")
        if results[0].get("status") not in {"added", "repeated"}:
            raise Failed("event_rejected")
        return ""

    def read_momentum(self) -> str:
        """See that the event counts; at midnight its day is another one."""
        day, events = self._standing(Step.MOMENTUM)
        assert self._before is not None
        counted = events - (self._before[1] if day == self._before[0] else 0)
        if counted < 1:
            raise Failed("unchanged")
        return ""

    def ask_coach(self) -> str:
        """Have the coach answer, and say so where no model but the offline coach did."""
        headers = {"Idempotency-Key": self._request}
        said = self._ask(
            Step.COACH, "POST", "/v1/ai-coaching-engine/generate-response", {"message": MESSAGE}, headers
        ).expect()
        _text(said, "response_text")
        return "offline" if said.get("model") == "offline" else ""

    def push(self) -> str:
        """Register a device, and see that the worker takes a push for it; it is recorded and reaches nobody."""
        deadline = time.monotonic() + TIMEOUTS_S[Step.PUSH]
        device = {"fcm_token": TOKEN, "platform": "android"}
        self._ask(Step.PUSH, "PUT", "/v1/push-tokens", device).expect()
        asked = _text(self._ask(Step.PUSH, "POST", "/v1/probe-pushes").expect(), "id")
        while (outcome := self._outcome(asked)) is None:
            if time.monotonic() + POLL_S >= deadline:
                raise Failed("not_taken")
            time.sleep(POLL_S)
        if outcome != "recorded":
            raise Failed(outcome if outcome == "no_device" else "wrong_answer")
        return ""

    def sign_out(self) -> None:
        """End the session; one that is left is forgotten like any other."""
        try:
            self._ask(Step.SIGN_IN, "POST", "/auth/v1/logout?scope=local", asker=self.issuer)
        except Failed:
            return

    def _standing(self, step: Step) -> tuple[str, int]:
        said = self._ask(step, "GET", "/v1/momentum").expect()
        events = said.get("event_count")
        if not isinstance(events, int):
            raise Failed("wrong_answer")
        return _text(said, "date"), events

    def _outcome(self, asked: str) -> str | None:
        outcome = self._ask(Step.PUSH, "GET", f"/v1/probe-pushes/{asked}").expect().get("outcome")
        return outcome if isinstance(outcome, str) else None

    def _ask(
        self,
        step: Step,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        asker: Asker | None = None,
    ) -> Answer:
        who = {"Authorization": f"Bearer {self._token}", "apikey": self.credentials.api_key}
        return (asker or self.asker).ask(
            method, path, timeout_s=TIMEOUTS_S[step], body=body, headers=who | (headers or {})
        )


def _is_refusal(answer: Answer) -> bool:
    """Return whether the credentials were understood and not taken; versions put the code in two places."""
    said = answer.body if isinstance(answer.body, dict) else {}
    return answer.status in {400, 403} and not REFUSED.isdisjoint(
        code for code in (said.get("code"), said.get("error_code")) if isinstance(code, str)
    )


def _text(said: Any, name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise Failed("wrong_answer")
    return value
