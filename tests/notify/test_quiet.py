"""Quiet hours by the member's clock: through midnight, in every zone, over both edges of daylight saving."""

import zoneinfo
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.notify.quiet import QuietHours, quiet_until
from tests.notify.people import quiet

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NIGHT = quiet("22:00", "08:00")
ZONES = sorted(
    name
    for name in zoneinfo.available_timezones()
    if "/" in name and not name.startswith(("Etc/", "posix", "right", "SystemV"))
)
MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(minutes // 60, minutes % 60))
HOURS = st.builds(QuietHours, MINUTES, MINUTES)
INSTANTS = st.integers(
    int(datetime(2000, 1, 1, tzinfo=UTC).timestamp() // 60),
    int(datetime(2037, 1, 1, tzinfo=UTC).timestamp() // 60),
).map(lambda minute: datetime.fromtimestamp(60 * minute, UTC))


def at(spoken: str) -> datetime:
    return datetime.fromisoformat(spoken + "+00:00")


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-03-02T20:59", None),  # 21:59 in Berlin
        ("2026-03-02T21:00", "2026-03-03T07:00"),  # 22:00
        ("2026-03-02T23:30", "2026-03-03T07:00"),  # past midnight there
        ("2026-03-03T06:59", "2026-03-03T07:00"),
        ("2026-03-03T07:00", None),  # the end is not quiet
        (
            "2026-03-28T22:00",
            "2026-03-29T06:00",
        ),  # the night in which the clock is set forward is an hour shorter
        ("2026-10-24T21:00", "2026-10-25T07:00"),  # and that in which it is set back an hour longer
    ],
)
def test_the_night_ends_at_eight_by_the_members_clock(now: str, ends: str | None) -> None:
    assert quiet_until(at(now), BERLIN, NIGHT) == (ends and at(ends))


def test_the_same_moment_is_night_here_and_day_there() -> None:
    now = at("2026-03-02T23:00")
    assert quiet_until(now, BERLIN, NIGHT) is not None
    assert quiet_until(now, NEW_YORK, NIGHT) is None


def test_an_end_that_the_clock_skips_is_where_it_is_set() -> None:
    # 02:30 does not exist on that day: from 02:00 the clock goes on to 03:00, at 01:00 UTC.
    assert quiet_until(at("2026-03-29T00:30"), BERLIN, quiet("22:00", "02:30")) == at("2026-03-29T01:00")


def test_an_end_that_the_clock_shows_twice_is_the_first_time() -> None:
    # 02:30 is at 00:30 and again at 01:30 UTC; between the two the clock shows quiet hours once more.
    hours = quiet("22:00", "02:30")
    assert quiet_until(at("2026-10-25T00:00"), BERLIN, hours) == at("2026-10-25T00:30")
    assert quiet_until(at("2026-10-25T00:59"), BERLIN, hours) is None
    assert quiet_until(at("2026-10-25T01:00"), BERLIN, hours) == at("2026-10-25T01:30")


def test_equal_times_are_no_quiet_hours() -> None:
    assert quiet_until(at("2026-03-02T08:00"), BERLIN, quiet("09:00", "09:00")) is None


def test_a_day_that_a_zone_leaves_out_is_no_obstacle() -> None:
    # Samoa went from the 29th to the 31st of December 2011: 22:00 on the 29th is 08:00 UTC on the 30th.
    apia = ZoneInfo("Pacific/Apia")
    assert quiet_until(at("2011-12-30T08:00"), apia, NIGHT) == at("2011-12-30T18:00")


def ends_at_the_first_moment_that_is_not_quiet(now: datetime, zone: ZoneInfo, hours: QuietHours) -> None:
    ends = quiet_until(now, zone, hours)
    if ends is None:
        assert not hours.hold(now.astimezone(zone).time())
        return
    assert now < ends <= now + timedelta(hours=49)
    assert not hours.hold(ends.astimezone(zone).time())
    assert quiet_until(ends, zone, hours) is None
    minutes = int((ends - now) / timedelta(minutes=1))
    for before in {0, 1, minutes // 2, minutes - 1, *range(0, minutes, 15)}:
        assert hours.hold((now + timedelta(minutes=before)).astimezone(zone).time())


@given(INSTANTS, st.sampled_from(ZONES).map(ZoneInfo), HOURS)
def test_quiet_ends_at_the_first_moment_that_is_not_quiet(
    now: datetime, zone: ZoneInfo, hours: QuietHours
) -> None:
    ends_at_the_first_moment_that_is_not_quiet(now, zone, hours)


@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]),
    HOURS,
    st.data(),
)
def test_the_edges_of_daylight_saving_are_no_exception(
    name: str, hours: QuietHours, data: st.DataObject
) -> None:
    zone = ZoneInfo(name)
    hour = timedelta(hours=1)
    year = [datetime(2026, 1, 1, tzinfo=UTC) + n * hour for n in range(365 * 24)]
    edges = [at for at in year if at.astimezone(zone).utcoffset() != (at + hour).astimezone(zone).utcoffset()]
    now = data.draw(st.sampled_from(edges)) + timedelta(minutes=data.draw(st.integers(-600, 600)))
    ends_at_the_first_moment_that_is_not_quiet(now, zone, hours)
