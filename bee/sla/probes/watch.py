"""The probers that a process runs: the worker's beside its work, an outside one's by themselves."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

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
from bee.sla.probes.ticks import Probe, Seen, check_name, target_of


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
        if settings.issues_tokens:
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
        """Return a look that takes a journey; ``first`` is done before each."""
        asker, key = self._asker(stack), probe_key(self.settings)
        credentials = Credentials(anon_key(self.settings), EMAIL, probe_password(key))

        def look() -> tuple[Seen, ...]:
            first()
            return Journey(asker, credentials).see()

        return look

    def to_api(self, stack: ExitStack) -> Callable[..., None]:
        return ToApi(self._asker(stack), self.settings.probe_timeout_s).tell

    def _asker(self, stack: ExitStack) -> Asker:
        headers = {HEADER: probe_key(self.settings), "User-Agent": f"bee-probe/{self.settings.release}"}
        return stack.enter_context(Asker(self.target, headers))

    def _spool(self, probe: Probe) -> Spool:
        place = hashlib.sha256(self.target.encode()).hexdigest()[:12]
        return Spool(self.settings.home / "probes" / self.name / f"{probe}-{place}")
