"""Bad requests that wait to be stored: few of them, a fair sample, and how many it leaves out."""

from collections import Counter

from bee.sla.listing import MOST_A_MINUTE, MOST_AT_ONCE, MOST_WAITING, Bad, Listing
from bee.sla.minutes import Area, Status
from bee.sla.request import Request

NOON = 1_770_000_000.0 // 60 * 60


def bad(at: float = NOON, number: int = 0, spent: tuple[str, ...] = ("errors",)) -> Bad:
    return Bad(at, Request("GET /x", Area.API, Status.FAULT, 0.1, request_id=f"request-{number}"), spent)


def test_few_are_all_kept_in_the_order_in_which_they_came() -> None:
    listing = Listing()
    for number in range(MOST_AT_ONCE):
        listing.add(bad(number=number))
    listed = listing.take()
    assert [each.request.request_id for each in listed.rows] == [f"request-{n}" for n in range(MOST_AT_ONCE)]
    assert not listed.unlisted
    again = listing.take()
    assert not again.rows
    assert not again.unlisted


def test_of_more_each_is_as_likely_as_any_and_the_rest_is_counted_by_objective() -> None:
    kept: Counter[str] = Counter()
    for _ in range(2000):
        listing = Listing()
        for number in range(40):
            listing.add(bad(number=number, spent=("availability", "errors")))
        listed = listing.take()
        assert len(listed.rows) == MOST_AT_ONCE
        assert {key.objective: n for key, n in listed.unlisted.items()} == {"availability": 30, "errors": 30}
        kept.update(each.request.request_id for each in listed.rows)
    # 2,000 times 10 of 40 is 500 each; 6 standard deviations of 19.4 are 117.
    assert all(383 <= kept[f"request-{number}"] <= 617 for number in range(40))


def test_a_minute_has_its_most_however_often_it_is_stored() -> None:
    listing = Listing()
    rows = 0
    for _ in range(30):
        for number in range(50):
            listing.add(bad(number=number))
        rows += len(listing.take().rows)
    assert rows == MOST_A_MINUTE
    listing.add(bad(NOON + 60))
    assert len(listing.take().rows) == 1


def test_while_they_wait_the_oldest_make_room_and_are_counted() -> None:
    listing = Listing()
    minutes = 2 * MOST_WAITING // MOST_AT_ONCE
    for minute in range(minutes):
        for _ in range(MOST_AT_ONCE):
            listing.add(bad(NOON + 60 * minute))
    listed = listing.take()
    assert len(listed.rows) == MOST_WAITING
    assert min(each.at for each in listed.rows) == NOON + 60 * (minutes // 2)
    assert sum(listed.unlisted.values()) == minutes * MOST_AT_ONCE - MOST_WAITING
    assert max(key.minute for key in listed.unlisted) < NOON + 60 * (minutes // 2)


def test_of_a_storm_of_100000_few_stay_in_memory_and_none_is_forgotten() -> None:
    listing = Listing()
    for number in range(100_000):
        listing.add(bad(NOON + number / 1000, number))
    listed = listing.take()
    assert len(listed.rows) == 2 * MOST_AT_ONCE
    assert len(listed.unlisted) == 2
    assert len(listed.rows) + sum(listed.unlisted.values()) == 100_000
