"""The cards of the overview: icon and name, value, change, sparkline."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, assert_never

import streamlit as st

from bee.engage.cards import Card, CardName, Unit
from bee.ui.palette import Tone

NARROWEST_PX: Final = 150
CARDS_IN_A_ROW: Final = 4


@dataclass(frozen=True, slots=True)
class Dress:
    """How a card looks: its words, its icon, its colour, what it means."""

    words: str
    icon: str
    tone: Tone
    meaning: str | None = None


DRESSES: Final = {
    CardName.RISING: Dress("Rising", "trending_up", "green"),
    CardName.NEEDS_CARE: Dress("Needs care", "volunteer_activism", "orange"),
    CardName.MOMENTUM: Dress(
        "Momentum score", "speed", "gray", "The mean of everybody's score on the last day, 0 to 100."
    ),
    CardName.RECOVERED: Dress(
        "Recovered in 7 days",
        "north_east",
        "green",
        "Of those who fell into Needs care, who was out of it within 7 days; the latest 7 such days together.",
    ),
}


def show_cards(cards: Iterable[Card]) -> None:
    """Draw the cards, four to a row, two on a phone."""
    grid = st.grid(CARDS_IN_A_ROW, min_column_width=NARROWEST_PX)
    for card in cards:
        dress = DRESSES[card.name]
        change = change_words(card)
        grid.metric(
            dress.words,
            value_words(card),
            change,
            icon=f":material/{dress.icon}:",
            help=dress.meaning,
            delta_color=dress.tone,
            delta_description="vs last week" if change is not None else None,
            chart_data=sparkline_points(card),
            chart_type="area",
            border=True,
            height="stretch",
        )


def sparkline_points(card: Card) -> list[float] | None:
    """Return a point for each day, a day without a value as a gap; None where no day has one."""
    if all(value is None for value in card.sparkline):
        return None
    return [math.nan if value is None else value for value in card.sparkline]


def value_words(card: Card) -> str:
    """Return a card's value with its unit; a dash where there is nothing to divide by."""
    if card.value is None:
        return "–"
    match card.unit:
        case Unit.PERCENT:
            return f"{card.value:.1f}%"
        case Unit.POINTS:
            return f"{card.value:.1f}"
        case _:
            assert_never(card.unit)


def change_words(card: Card) -> str | int | None:
    """Return a card's change in a week; the number 0 draws no arrow."""
    if card.change is None:
        return None
    rounded = f"{card.change:+.1f}"
    if float(rounded) == 0:
        return 0
    match card.unit:
        case Unit.PERCENT:
            return f"{rounded} pts"
        case Unit.POINTS:
            return rounded
        case _:
            assert_never(card.unit)
