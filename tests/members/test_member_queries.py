"""A member is found by whatever staff have in hand."""

import pytest

from bee.db import Database, Login
from bee.errors import NotFound
from bee.members.queries import find_member, get_member
from tests.factories import make_member


def test_a_member_is_found_by_id_external_id_and_number(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        anna = make_member(session, external_id="anna-1")
        make_member(session, external_id="ben-2")
    with database.reading(Login.OWNER) as session:
        found = get_member(session, "anna-1")
        assert (found.id, found.external_id) == (anna, "anna-1")
        names = (str(anna), anna.hex, " anna-1 ", found.pseudonym, f"p{found.number}")
        assert [find_member(session, name) for name in names] == [found] * len(names)


def test_an_external_id_that_looks_like_a_number_is_the_external_id(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, external_id="anna-1")
        odd = make_member(session, external_id="P-1")
    with database.reading(Login.OWNER) as session:
        assert get_member(session, "P-1").id == odd


@pytest.mark.parametrize(
    "text",
    ["", "nobody", "P-999999", "97a25652-88df-462e-bf55-680593e617a9", "a\0b", "P-99999999999999999999"],
)
def test_who_is_not_there_is_not_found(database: Database, text: str) -> None:
    with database.reading(Login.OWNER) as session:
        assert find_member(session, text) is None
        with pytest.raises(NotFound, match="There is no member"):
            get_member(session, text)
