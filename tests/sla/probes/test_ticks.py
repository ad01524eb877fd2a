"""Ticks: which one is due, whatever the clock does; what is an address."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.errors import Invalid
from bee.sla.probes.ticks import check_name, due_tick, target_of, tick_of

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("now_s", "last_s", "due_s", "why"),
    [
        (0, None, 0, "the first"),
        (14.9, None, 0, "within a quarter of the interval"),
        (15.1, None, None, "too late for this tick, too early for the next"),
        (1, 0, None, "looked at already"),
        (60, 0, 60, "the next"),
        (600, 0, 600, "what was missed in between stays missed"),
        (-3600, 0, -3600, "the clock went back an hour: what was yet to come was a wrong clock's"),
        (-59, 0, None, "the clock went back a little: that tick was looked at"),
    ],
)
def test_the_tick_that_is_due(now_s: float, last_s: float | None, due_s: float | None, why: str) -> None:
    last = None if last_s is None else later(last_s)
    assert due_tick(later(now_s), last, 60) == (None if due_s is None else later(due_s)), why


@given(
    st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 2 < moment.year < 9999), st.integers(1, 3600)
)
def test_a_tick_is_a_whole_number_of_intervals_and_not_after_its_moment(
    moment: datetime, every_s: int
) -> None:
    tick = tick_of(moment, every_s)
    assert tick.timestamp() % every_s == 0
    assert timedelta(0) <= moment - tick < timedelta(seconds=every_s)


def test_nothing_but_the_origin_of_an_address_is_kept() -> None:
    assert (
        target_of(" https://ana:secret@api.example.org:8443/v1?key=secret#x ")
        == "https://api.example.org:8443"
    )
    assert target_of("http://[::1]:54321") == "http://[::1]:54321"
    assert target_of("HTTP://API.example.org/") == "http://api.example.org"


@pytest.mark.parametrize(
    "url",
    ["", "api.example.org", "ftp://a", "http://", "http://a:port", "http://[::1", f"https://{'a' * 250}"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        target_of(url)


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "a" * 61, "a\n"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        check_name(name)
