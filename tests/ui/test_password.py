"""Account › Password through ``app.py``."""

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.errors import Unauthenticated
from bee.staff import find_viewer, sign_in
from bee.ui.house import House
from tests.dashboard import PASSWORD, Person, add_person, enter, now
from tests.ui.conftest import visit, words

PAGE = "account/password.py"
NEW = "an entirely new sentence"


@pytest.fixture
def person(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ONCALL)


def change(person: Person, old: str, new: str, again: str) -> AppTest:
    app = visit(PAGE, person)
    for field, typed in zip(app.text_input, (old, new, again), strict=True):
        field.set_value(typed)
    next(button for button in app.button if button.label == "Change the password").click()
    app.run()
    assert not app.exception
    return app


def test_a_changed_password_signs_in_and_ends_the_other_sessions_only(
    empty_house: House, person: Person
) -> None:
    elsewhere = enter(empty_house.database, person.email)
    app = change(person, PASSWORD, NEW, NEW)
    assert "Your password is changed" in words(app)
    database = empty_house.database
    assert find_viewer(database, elsewhere, now=now(), touch=False) is None
    assert find_viewer(database, person.token, now=now(), touch=False) is not None
    assert sign_in(database, email=person.email, password=NEW, address="192.0.2.9", now=now(), is_local=True)
    with pytest.raises(Unauthenticated):
        enter(database, person.email)


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("not it", NEW, NEW, "present password is not right"),
        (PASSWORD, NEW, f"{NEW}!", "two passwords differ"),
        (PASSWORD, "short", "short", "too easy to guess"),
        (PASSWORD, "longbutsimple", "longbutsimple", "too easy to guess"),
        (PASSWORD, PASSWORD, PASSWORD, "is the present one"),
        (PASSWORD, "übermütig" * 8, "übermütig" * 8, "at most 72 bytes"),
        (PASSWORD, "", "", "too easy to guess"),
    ],
)
def test_a_change_that_can_not_be_says_why_and_changes_nothing(
    old: str, new: str, again: str, said: str, empty_house: House, person: Person
) -> None:
    app = change(person, old, new, again)
    assert [error for error in app.error if said in error.value]
    assert not app.success
    assert enter(empty_house.database, person.email)
