"""Refresh tokens: what they prove, and what each turn of one means."""

import string
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.accounts.refresh import GRACE, Turn, decode_refresh_token, encode_refresh_token, what_turn

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + GRACE + timedelta(microseconds=1)


@given(session_id=st.uuids(), turn=st.integers(0, (1 << 63) - 1))
def test_a_token_says_its_session_and_turn_to_whoever_has_the_key(session_id: UUID, turn: int) -> None:
    decoded = decode_refresh_token(encode_refresh_token(session_id, turn, KEY))
    assert decoded is not None
    assert (decoded.session_id, decoded.turn) == (session_id, turn)
    assert decoded.is_proved(KEY)
    assert not decoded.is_proved(OTHER_KEY)


@given(text=st.text(max_size=300) | st.text("abcdefghijklmnopqrstuvwxyz0123456789-_=", max_size=120))
def test_a_text_that_is_no_token_is_none(text: str) -> None:
    assert decode_refresh_token(text) is None


@given(session_id=st.uuids(), place=st.integers(0, 50))
def test_a_token_with_another_letter_proves_nothing(session_id: UUID, place: int) -> None:
    token = encode_refresh_token(session_id, 5, KEY)
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    decoded = decode_refresh_token(changed)
    assert decoded is None or not decoded.is_proved(KEY)


def test_a_last_letter_with_other_bits_that_mean_nothing_is_no_token() -> None:
    token = encode_refresh_token(UUID(int=0), 5, KEY)
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    assert [end for end in letters if decode_refresh_token(token[:-1] + end)] == [token[-1]]


@pytest.mark.parametrize(
    ("sent", "current", "now", "expected", "cause"),
    [
        (4, 4, LATER, Turn.SWAP, "the current one is swapped"),
        (3, 4, LATER, Turn.SAME, "its predecessor: the answer was lost, however long ago"),
        (2, 4, LATER, Turn.REUSED, "older: somebody has a copy"),
        (0, 4, LATER, Turn.REUSED, "much older"),
        (2, 4, NOW + GRACE, Turn.SAME, "older, but within the grace: a request that was under way"),
        (5, 4, NOW, Turn.UNKNOWN, "not given out yet"),
    ],
)
def test_what_a_turn_means(sent: int, current: int, now: datetime, expected: Turn, cause: str) -> None:
    assert what_turn(sent, current, refreshed_at=NOW, now=now) is expected, cause
