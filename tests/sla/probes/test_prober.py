"""The prober: on its ticks, once each, and nothing of what it saw is lost while nobody listens."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bee.errors import Invalid, Unavailable
from bee.sla.probes.prober import Prober, check_pace, running
from bee.sla.probes.spool import Spool
from bee.sla.probes.ticks import NotRun, Probe, Round, Seen, Step
from tests.run.test_supervisor import wait_until
from tests.sla.probes.servers import READY, behaving, hangs, says

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UP = (Seen(Step.READY, ok=True, retried=False, seconds=0.1),)


class Ground:
    """A prober's surroundings: its clock, and whoever is told, who may be away or refuse."""

    def __init__(self, folder: Path, *, claims: bool = True, most: int = 100) -> None:
        self.now = NOON
        self.told: list[datetime] = []
        self.is_away = False
        self.refused: set[datetime] = set()
        self.prober = Prober(
            Probe.READY, "https://api.example.org", "outside", 60, "1.0",
            look=lambda: UP, tell=self.tell, spool=Spool(folder, most), claim=lambda _tick: claims,
            clock=lambda: self.now,
        )  # fmt: skip

    def tell(self, rounds: Sequence[Round]) -> None:
        if self.is_away:
            raise Unavailable("away", "Nobody listens.")
        moments = [each.scheduled_at for each in rounds]
        if self.refused.intersection(moments):
            raise Invalid("refused", "Not these.")
        self.told += moments

    def turn_at(self, *seconds: float) -> None:
        for second in seconds:
            self.now = NOON + timedelta(seconds=second)
            self.prober.turn()


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path, most=1000)


def minutes(*numbers: int) -> list[datetime]:
    return [NOON + number * MINUTE for number in numbers]


def test_it_looks_once_a_tick_and_says_which_tick_it_was(ground: Ground) -> None:
    ground.turn_at(0, 1, 30, 59, 61, 62, 120)
    assert ground.told == minutes(0, 1, 2)


def test_a_tick_that_it_slept_through_is_missed_and_nothing_is_told_of_it(ground: Ground) -> None:
    ground.turn_at(0, 60 + 40, 180)
    assert ground.told == minutes(0, 3)


def test_a_clock_that_is_set_back_repeats_no_tick_and_one_that_was_ahead_stops_nothing(
    ground: Ground,
) -> None:
    ground.turn_at(0, 60, 1, 2, 59)
    assert ground.told == minutes(0, 1)
    ground.turn_at(86_400, 120, 121, 180)
    assert ground.told == minutes(0, 1, 24 * 60, 2, 3)


def test_it_begins_with_the_next_tick_where_what_it_looks_at_starts_with_it(ground: Ground) -> None:
    ground.prober.skip_present()
    ground.turn_at(5, 60)
    assert ground.told == minutes(1)


def test_what_another_one_looks_at_it_leaves(tmp_path: Path) -> None:
    ground = Ground(tmp_path, claims=False)
    ground.turn_at(0, 60)
    assert ground.told == []


def test_what_could_not_be_told_is_told_later_in_order_with_its_own_tick(ground: Ground) -> None:
    ground.is_away = True
    ground.turn_at(0, 60, 120)
    assert ground.told == []
    ground.is_away = False
    ground.turn_at(180)
    assert ground.told == minutes(0, 1, 2, 3)
    ground.turn_at(240)
    assert ground.told == minutes(0, 1, 2, 3, 4), "each once"


def test_after_a_long_outage_the_next_tick_is_not_missed_for_the_telling(ground: Ground) -> None:
    ground.is_away = True
    ground.turn_at(*(60 * minute for minute in range(250)))
    ground.is_away, tell = False, ground.prober.tell

    def tell_slowly(rounds: Sequence[Round]) -> None:
        ground.now += timedelta(seconds=40)
        tell(rounds)

    ground.prober.tell = tell_slowly
    ground.turn_at(250 * 60)
    assert ground.told == minutes(*range(100)), "at 40 s it is over for this tick"
    ground.turn_at(251 * 60, 252 * 60)
    assert ground.told == minutes(*range(253))


def test_what_a_prober_kept_that_is_gone_the_next_one_tells(ground: Ground, tmp_path: Path) -> None:
    ground.is_away = True
    ground.turn_at(0)
    other = Ground(tmp_path)
    other.turn_at(60)
    assert other.told == minutes(0, 1)


def test_what_will_never_be_taken_keeps_nothing_else_back(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    ground.is_away = True
    ground.turn_at(0, 60)
    ground.is_away, ground.refused = False, {NOON}
    ground.turn_at(120)
    assert ground.told == minutes(1, 2)
    assert "what a probe saw was refused: Not these." in caplog.text
    assert ground.prober.spool.waiting(9) == []


def test_there_is_room_for_so_much_and_the_oldest_goes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ground = Ground(tmp_path, most=3)
    ground.is_away = True
    ground.turn_at(0, 60, 120, 180, 240)
    ground.is_away = False
    ground.turn_at(300)
    assert ground.told == minutes(3, 4, 5)
    assert "1 rounds of a probe were lost: there is room for 3" in caplog.text


def test_a_file_that_is_no_round_is_removed_and_said(
    ground: Ground, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "20260201T115900Z.json").write_text('{"probe": "rea')
    (tmp_path / "20260201T115800Z.json").write_bytes(b"")
    ground.turn_at(0)
    assert ground.told == minutes(0)
    assert caplog.text.count("a round of a probe can't be read and is lost") == 2


def test_without_a_place_to_keep_it_what_is_seen_is_told_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "no folder").touch()
    ground = Ground(tmp_path / "no folder" / "spool")
    ground.turn_at(0)
    assert ground.told == minutes(0)
    assert "can't be kept" in caplog.text


@pytest.mark.parametrize(("every_s", "timeout_s"), [(60, 20.1), (60, 0), (3, 1.5)])
def test_a_pace_at_which_one_look_runs_into_the_next_is_refused(every_s: int, timeout_s: float) -> None:
    with pytest.raises(Invalid, match="does not fit"):
        check_pace(every_s, timeout_s)


def test_a_fault_of_its_own_ends_one_look_and_not_the_looking(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    again = threading.Event()
    looks = iter(range(2))

    def look() -> tuple[Seen, ...]:
        if next(looks) == 0:
            ground.now += MINUTE
            raise RuntimeError("a fault")
        again.set()
        return UP

    ground.prober.look, ground.prober.every_s = look, 1
    with caplog.at_level(logging.ERROR), running([ground.prober]):
        ground.now += MINUTE
        assert again.wait(30)
    assert "a probe failed to look" in caplog.text


def bee_probe(home: Path, url: str, *words: str, timeout_s: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bee", "probe", url, "--name", "outside", "--json", *words],
        env=os.environ | {"BEE_HOME": str(home), "BEE_PROBE_TIMEOUT_S": timeout_s, "BEE_PROBE_KEY": "key"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def kept(home: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_bytes()) for path in sorted((home / "probes").rglob("*.json"))]


def test_killed_in_the_middle_it_loses_nothing_that_it_saw(tmp_path: Path) -> None:
    # It is ready, and takes nothing: what was seen waits while the prober is killed as it tells.
    with behaving(says(200, READY), hangs) as server:
        process = bee_probe(tmp_path, server.url, "--once", timeout_s="20")
        wait_until(lambda: len(server.asked) == 2, 60)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    (round_,) = kept(tmp_path)
    seconds = pytest.approx(0.1, abs=10)
    assert round_["seen"] == [
        {"step": "ready", "ok": True, "retried": False, "seconds": seconds, "reason": "", "lasted_s": seconds}
    ]
    assert list((tmp_path / "probes").rglob("*.unfinished")) == []


def test_told_to_stop_it_stops(tmp_path: Path) -> None:
    with behaving(says(200, READY)) as server:
        process = bee_probe(tmp_path, server.url, "--every", "1", timeout_s="0.3")
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.terminate()
        process.communicate()
    assert process.returncode == 0
    assert (first["prober"], first["target"], first["every_s"]) == ("outside", server.url, 1)


def test_a_round_says_how_late_it_looked_and_how_many_wait_to_be_told(ground: Ground) -> None:
    ground.is_away = True
    ground.turn_at(0, 61.5, 135)
    told = [kept.round for kept in ground.prober.spool.waiting(10)]
    assert [(each.late_s, each.waiting) for each in told] == [(0, 0), (1.5, 1), (15, 2)]


def test_what_could_not_be_tried_is_a_round_with_its_reason_and_told_like_any_other(ground: Ground) -> None:
    def look() -> tuple[Seen, ...]:
        raise NotRun("no_credentials")

    ground.prober.look = look
    ground.is_away = True
    ground.turn_at(0)
    (kept,) = ground.prober.spool.waiting(10)
    assert (kept.round.seen, kept.round.not_run) == ((), "no_credentials")
    ground.is_away = False
    ground.turn_at(60)
    assert ground.told == minutes(0, 1)
