"""The order of the parts of a version that somebody writes: nothing is lost, and what is left out comes back."""

from hypothesis import given
from hypothesis import strategies as st

from bee.coach.prompts.order import Order

FIVE = st.permutations(range(5)).map(lambda places: Order(tuple(places), frozenset({1})))
PLACE = st.integers(0, 4)
STEPS = st.integers(-6, 6)


def test_a_part_goes_up_and_down_step_by_step_and_no_further_than_the_ends() -> None:
    order = Order.of(3)
    assert order.moved(2, -1).places == (0, 2, 1)
    assert order.moved(2, -1).moved(2, -1).places == (2, 0, 1)
    assert order.moved(0, 1).places == (1, 0, 2)
    assert [order.can_move(place, -1) for place in range(3)] == [False, True, True]
    assert [order.can_move(place, 1) for place in range(3)] == [True, True, False]
    assert order.moved(0, -1) == order.moved(2, 1) == order


def test_what_is_left_out_comes_back_to_where_it_stood() -> None:
    order = Order.of(3).turned(1)
    assert order == Order((0, 1, 2), frozenset({1}))
    assert order.turned(1) == Order.of(3)


@given(FIVE, PLACE, STEPS)
def test_no_move_loses_a_part_or_puts_one_back(order: Order, place: int, by: int) -> None:
    moved = order.moved(place, by)
    assert sorted(moved.places) == list(range(5))
    assert moved.out == order.out
    others = [other for other in order.places if other != place]
    assert [other for other in moved.places if other != place] == others


@given(FIVE, PLACE, STEPS)
def test_a_move_that_there_is_room_for_is_undone_by_its_opposite(order: Order, place: int, by: int) -> None:
    if order.can_move(place, by):
        assert order.moved(place, by).moved(place, -by) == order
