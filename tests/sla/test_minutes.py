"""What became of a request, as it is counted."""

import pytest

from bee.sla.minutes import Area, Count, Key, Status, minute_of, status_of, totals_of


@pytest.mark.parametrize(
    ("status", "is_whole", "is_client_gone", "seconds", "became"),
    [
        (200, True, False, 0.1, Status.OK),
        (204, True, False, 0.1, Status.OK),
        (302, True, False, 0.1, Status.REDIRECT),
        (404, True, False, 0.1, Status.CLIENT),
        (429, True, False, 0.1, Status.LIMITED),  # by policy, so no fault
        (500, True, False, 0.1, Status.FAULT),
        (503, True, False, 0.1, Status.FAULT),
        (None, False, False, 0.1, Status.FAULT),  # an exception before any answer
        (200, False, False, 0.1, Status.BROKEN),  # a stream cut off after its headers
        (500, False, False, 0.1, Status.FAULT),
        (200, False, True, 0.1, Status.GONE),  # the client's own choice
        (None, False, True, 0.1, Status.GONE),
        (None, False, True, 10.0, Status.TIMEOUT),  # not after ten seconds
        (200, True, True, 0.1, Status.OK),  # all was sent before it left
    ],
)
def test_what_became_of_a_request(
    status: int | None, is_whole: bool, is_client_gone: bool, seconds: float, became: Status
) -> None:
    found = status_of(status, is_whole=is_whole, is_client_gone=is_client_gone, seconds=seconds)
    assert found is became


def test_a_moment_lies_in_the_minute_that_began_last() -> None:
    assert [minute_of(seconds) for seconds in (0, 59.9, 60, 125.5)] == [0, 0, 60, 120]


def test_totals_are_the_sum_over_minutes_and_models() -> None:
    one, other = Count(), Count()
    one.add(0.5, None)
    other.add(0.5, 0.1)
    other.add(2.0, 0.1)
    keys = [Key(minute, "GET /x", Area.API, Status.OK, model=model) for minute, model in ((0, ""), (60, "m"))]
    (total,) = totals_of(dict(zip(keys, (one, other), strict=True))).items()
    assert total[0] == ("GET /x", Status.OK)
    assert (total[1].n, total[1].seconds) == (3, 3.0)
    assert sum(total[1].complete.values()) == 3
    assert sum(total[1].first_byte.values()) == 2
