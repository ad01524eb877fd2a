"""The probers that a process runs: the worker's beside its work, an outside one's by themselves."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from bee.errors import Invalid
from bee.settings import Settings
from bee.sla.probes.asking import Asker, see_ready
from bee.sla.probes.journey import Credentials, Journey
from bee.sla.probes.key import HEADER, anon_key, probe_key
from bee.sla.probes.member import EMAIL, probe_password
from bee.sla.probes.notes import WORKER
from bee.sla.probes.prober import Look, Prober, check_pace, running
from bee.sla.probes.spool import Spool
from bee.sla.probes.telling import ToApi, ToDatabase
from bee.sla.probes.ticks import NotRun, Probe, Seen, check_name, target_of


@contextmanager
def watching(settings: Settings) -> Iterator[None]:
    """Let the worker probe what the settings name for as long as the block lasts. Raises :class:`Invalid`."""
    if settings.probe_url is None:
        yield
        return
    place = _Place(settings, target_of(settings.probe_url), WORKER)
    check_pace(settings.probe_every_s, settings.probe_timeout_s)
    with ExitStack() as stack:
        told = stack.enter_context(ToDatabase(settings))

        def prober(probe: Probe, every_s: int, look: Look) -> Prober:
            found = place.prober(probe, every_s, look, told.tell)
            found.claim = lambda tick: told.claim(
                target=place.target, probe=probe, tick=tick, every_s=every_s
            )
            return found

        probers = [prober(Probe.READY, settings.probe_every_s, place.ready(stack))]
        journey = place.journey(stack, first=told.ensure_member)
        probers.append(prober(Probe.JOURNEY, settings.probe_journey_every_s, journey))
        stack.enter_context(running(probers))
        yield


@contextmanager
def outside(
    settings: Settings, url: str, *, name: str, every_s: int, with_journey: bool = False
) -> Iterator[list[Prober]]:
    """Lend the probers of somebody outside, who tells the API what it saw. Raises :class:`Invalid`."""
    place = _Place(settings, target_of(url), check_name(name))
    check_pace(every_s, settings.probe_timeout_s)
    if name == WORKER:
        raise Invalid("bad_name", f"{WORKER!r} is what the worker itself is called: give another --name.")
    with ExitStack() as stack:
        probers = [place.prober(Probe.READY, every_s, place.ready(stack), place.to_api(stack))]
        if with_journey:
            journey, every_s = place.journey(stack), settings.probe_journey_every_s
            probers.append(place.prober(Probe.JOURNEY, every_s, journey, place.to_api(stack)))
        yield probers


def elsewhere(settings: Settings) -> tuple[str, Credentials] | NotRun:
    """Return where a member of a Supabase project signs in and as whom, or why nobody can."""
    url, api_key = settings.supabase_url, settings.supabase_anon_key
    email, password = settings.probe_member_email, settings.probe_member_password
    if url is None:
        return NotRun("no_issuer")
    if api_key is None:
        return NotRun("no_api_key")
    if email is None or password is None:
        return NotRun("no_credentials")
    return target_of(url), Credentials(api_key.get_secret_value(), email, password.get_secret_value())


def _not_run(reason: NotRun) -> tuple[Seen, ...]:
    raise NotRun(reason.reason)


@dataclass(frozen=True, slots=True)
class _Place:
    """Who looks at what. Each prober has askers of its own, since each runs in a thread of its own."""

    settings: Settings
    target: str
    name: str

    def prober(self, probe: Probe, every_s: int, look: Look, tell: Callable[..., None]) -> Prober:
        release, spool = self.settings.release, self._spool(probe)
        return Prober(probe, self.target, self.name, every_s, release, look, tell, spool)

    def ready(self, stack: ExitStack) -> Look:
        asker, timeout_s = self._asker(stack), self.settings.probe_timeout_s
        return lambda: see_ready(asker, timeout_s=timeout_s)

    def journey(self, stack: ExitStack, *, first: Callable[[], None] = lambda: None) -> Look:
        """Return a look that takes a journey; ``first`` is done before each of a member of our own."""
        asker, key = self._asker(stack), probe_key(self.settings)
        if not self.settings.issues_tokens:
            return self._journey_elsewhere(stack, asker)
        credentials = Credentials(anon_key(self.settings), EMAIL, probe_password(key))

        def look() -> tuple[Seen, ...]:
            first()
            return Journey(asker, credentials).see()

        return look

    def _journey_elsewhere(self, stack: ExitStack, asker: Asker) -> Look:
        """Return a look of a member whom a Supabase project signs in; it says what it lacks, if anything."""
        found = elsewhere(self.settings)
        if isinstance(found, NotRun):
            return partial(_not_run, found)
        # The prober's key is the API's; whoever signs in is not told it.
        url, credentials = found
        issuer = stack.enter_context(Asker(url, {"User-Agent": f"bee-probe/{self.settings.release}"}))
        return lambda: Journey(asker, credentials, issuer).see()

    def to_api(self, stack: ExitStack) -> Callable[..., None]:
        return ToApi(self._asker(stack), self.settings.probe_timeout_s).tell

    def _asker(self, stack: ExitStack) -> Asker:
        headers = {HEADER: probe_key(self.settings), "User-Agent": f"bee-probe/{self.settings.release}"}
        return stack.enter_context(Asker(self.target, headers))

    def _spool(self, probe: Probe) -> Spool:
        place = hashlib.sha256(self.target.encode()).hexdigest()[:12]
        return Spool(self.settings.home / "probes" / self.name / f"{probe}-{place}")
