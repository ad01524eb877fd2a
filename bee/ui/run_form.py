"""The form in which a run is asked for: what it asks for becomes a run, with how many answers that takes."""

from decimal import Decimal
from typing import Final

import streamlit as st

from bee.coach.lab.run import MOST_REPEATS, Wanted
from bee.settings import Settings
from bee.ui.run_reads import Offer
from bee.ui.run_words import version_words
from bee.ui.words import counted

LIVE: Final = "The live version"
ALL_CASES: Final = "All of them"
NUMBER_PX: Final = 165
VERSION_PX: Final = 320


def ask_run(offer: Offer, settings: Settings) -> Wanted | None:
    """Ask what a run shall be and return it once it was asked for."""
    named = {version_words(version): version.number for version in offer.versions}
    with st.container(border=True):
        with st.container(horizontal=True):
            chosen = _choice("Which version", tuple(named), "version", VERSION_PX)
            others = {words: number for words, number in named.items() if words != chosen}
            against = _choice("Against", (LIVE, *others), "against", VERSION_PX)
            tag = _choice("Cases", (ALL_CASES, *offer.tags), "cases", NUMBER_PX)
        with st.container(horizontal=True):
            repeats = st.number_input(
                "Times each", 1, MOST_REPEATS, 3, key="repeats", width=NUMBER_PX, bind="query-params"
            )
            most = st.number_input(
                "May cost at most, $", 0.0, 1000.0, float(settings.coach_run_usd), key="most", width=NUMBER_PX,
                bind="query-params",
            )  # fmt: skip
        reuses = st.toggle(
            "Take answers of earlier runs where there are any",
            key="reuses",
            help="They are marked, and are in no figure of time and cost.",
            bind="query-params",
        )
        wanted = Wanted(
            candidate=named[chosen],
            baseline=others.get(against),
            tag=None if tag == ALL_CASES else tag,
            repeats=repeats,
            reuses_answers=reuses,
            most_usd=Decimal(str(round(most, 4))),
        )
        st.caption(_words(offer, wanted, settings))
        is_asked = st.button("Start the run", icon=":material/play_arrow:")
    return wanted if is_asked else None


def _choice(label: str, choices: tuple[str, ...], key: str, width: int) -> str:
    found = st.selectbox(label, choices, key=key, width=width, required=True, bind="query-params")
    return found if found in choices else choices[0]


def _words(offer: Offer, wanted: Wanted, settings: Settings) -> str:
    """Return how many answers it takes, from whom, and what a run like that is good for."""
    cases = offer.cases if wanted.tag is None else offer.tags[wanted.tag]
    has_other = wanted.baseline is not None or offer.live not in {None, wanted.candidate}
    answers = counted(cases * wanted.repeats * (2 if has_other else 1), "answer", "answers")
    version = next(version for version in offer.versions if version.number == wanted.candidate)
    model = version.model or settings.coach_model
    by = "the offline coach: rules, no model" if model == "offline" else model
    lets_pass = "" if wanted.tag is None else " Over some of the cases only, no version can pass the gate."
    return f"{answers} by {by}.{lets_pass}"
