"""How members are cut into batches: everybody once, and no batch bigger than memory allows."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bee.momentum.batch import DueMember
from bee.momentum.scoring import _batches

TODAY = date(2026, 3, 2)
ZONE = "Europe/London"


@given(st.lists(st.one_of(st.integers(0, 3), st.integers(0, 9_000)), max_size=60), st.integers(1, 20_000))
def test_a_batch_is_as_big_as_its_longest_member_times_its_members(lengths: list[int], most: int) -> None:
    members = [
        DueMember(UUID(int=number), TODAY - timedelta(days=length), None, ZONE, None)
        for number, length in enumerate(lengths)
    ]
    batches = list(_batches(members, {ZONE: TODAY - timedelta(days=1)}, most, 0))
    assert sorted(member.user_id.int for batch in batches for member in batch) == list(range(len(members)))
    for batch in batches:
        longest = max((TODAY - member.start_on).days + 1 for member in batch)
        assert len(batch) == 1 or longest * len(batch) <= most


def test_one_who_has_been_here_for_decades_does_not_swell_the_batch_of_many_newcomers() -> None:
    starts = [TODAY - timedelta(days=1)] * 5_000 + [date(2000, 1, 1)]
    members = [DueMember(UUID(int=n), start, None, ZONE, None) for n, start in enumerate(starts)]
    assert [len(batch) for batch in _batches(members, {ZONE: TODAY}, 100_000, 0)] == [5_000, 1]
