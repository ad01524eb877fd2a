"""The probers that a process runs: the worker's beside its work, an outside one's by themselves."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bee.errors import Invalid
from bee.settings import Settings
from bee.sla.probes.asking import Asker, see_ready
from bee.sla.probes.key import HEADER, probe_key
from bee.sla.probes.notes import WORKER
from bee.sla.probes.prober import Prober, check_pace, running
from bee.sla.probes.spool import Spool
from bee.sla.probes.telling import ToApi, ToDatabase
from bee.sla.probes.ticks import Probe, check_name, target_of


@contextmanager
def watching(settings: Settings) -> Iterator[None]:
    """Let the worker probe what the settings name for as long as the block lasts. Raises :class:`Invalid`."""
    if settings.probe_url is None:
        yield
        return
    target, every_s, timeout_s = (
        target_of(settings.probe_url),
        settings.probe_every_s,
        settings.probe_timeout_s,
    )
    check_pace(every_s, timeout_s)
    with ToDatabase(settings) as told, _asker(settings, target) as asker:
        ready = Prober(
            Probe.READY,
            target,
            WORKER,
            every_s,
            settings.release,
            look=lambda: see_ready(asker, timeout_s=timeout_s),
            tell=told.tell,
            spool=_spool(settings.home, WORKER, target, Probe.READY),
            claim=lambda tick: told.claim(target=target, probe=Probe.READY, tick=tick, every_s=every_s),
        )
        with running([ready]):
            yield


@contextmanager
def outside(settings: Settings, url: str, *, name: str, every_s: int) -> Iterator[list[Prober]]:
    """Lend the probers of somebody outside, who tells the API what it saw. Raises :class:`Invalid`."""
    target, timeout_s = target_of(url), settings.probe_timeout_s
    check_pace(every_s, timeout_s)
    if check_name(name) == WORKER:
        raise Invalid("bad_name", f"{WORKER!r} is what the worker itself is called: give another --name.")
    with ExitStack() as stack:
        asker = stack.enter_context(_asker(settings, target))
        yield [
            Prober(
                Probe.READY,
                target,
                name,
                every_s,
                settings.release,
                look=lambda: see_ready(asker, timeout_s=timeout_s),
                tell=ToApi(asker, timeout_s).tell,
                spool=_spool(settings.home, name, target, Probe.READY),
            )
        ]


def _asker(settings: Settings, target: str) -> Asker:
    headers = {HEADER: probe_key(settings), "User-Agent": f"bee-probe/{settings.release}"}
    return Asker(target, headers)


def _spool(home: Path, name: str, target: str, probe: Probe) -> Spool:
    place = hashlib.sha256(target.encode()).hexdigest()[:12]
    return Spool(home / "probes" / name / f"{probe}-{place}")
