"""How much of a wording a locked phone shows (pure): about, since letters differ in width and phones in size."""

from dataclasses import dataclass
from typing import Final

from bee.notify.payload import Text


@dataclass(frozen=True, slots=True)
class Phone:
    """A kind of phone, and how many letters of title and text its lock screen has room for."""

    name: str
    title_letters: int
    body_letters: int


# One line of title and four of text; one line of each until somebody unfolds it.
PHONES: Final = (Phone("iPhone", 34, 160), Phone("Android", 38, 46))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a lock screen shows. ``is_cut``: whether anything of it is left out."""

    phone: str
    title: str
    body: str
    is_cut: bool


def shown_on(phone: Phone, text: Text) -> Shown:
    """Return what a phone shows of a text before it is opened."""
    title, body = _cut(text.title, phone.title_letters), _cut(text.body, phone.body_letters)
    return Shown(phone.name, title, body, (title, body) != (text.title, _one_line(text.body)))


def _cut(text: str, letters: int) -> str:
    line = _one_line(text)
    return line if len(line) <= letters else f"{line[: letters - 1].rstrip()}…"


def _one_line(text: str) -> str:
    return " ".join(text.split())
