"""Colours, words and symbols of the momentum states: the same on cards, chips, areas, ribbons and tables.

Colours of charts are Streamlit's placeholders, which its frontend replaces by the theme's chart colours, so that
one figure serves both themes; alpha follows as two hex digits.
"""

from typing import Final, Literal

from bee.momentum.score import MomentumState

RISING: Final = "#000001"
STEADY: Final = "#000002"
NEEDS_CARE: Final = "#000003"
NEUTRAL: Final = "#000009"  # what is no state
TEXT: Final = "#000037"  # the theme's strong text; the default grey of ticks is too faint to read
GRID: Final = "#8b98ad40"
FONT: Final = "Inter, sans-serif"

Tone = Literal["green", "gray", "orange"]

# Bottom to top in a chart, worst first.
ORDER: Final = (MomentumState.NEEDS_CARE, MomentumState.STEADY, MomentumState.RISING)
COLOURS: Final = {
    MomentumState.RISING: RISING,
    MomentumState.STEADY: STEADY,
    MomentumState.NEEDS_CARE: NEEDS_CARE,
}
TONES: Final[dict[MomentumState, Tone]] = {
    MomentumState.RISING: "green",
    MomentumState.STEADY: "gray",
    MomentumState.NEEDS_CARE: "orange",
}
WORDS: Final = {
    MomentumState.RISING: "Rising",
    MomentumState.STEADY: "Steady",
    MomentumState.NEEDS_CARE: "Needs care",
}
ICONS: Final = {
    MomentumState.RISING: ":material/trending_up:",
    MomentumState.STEADY: ":material/trending_flat:",
    MomentumState.NEEDS_CARE: ":material/volunteer_activism:",
}


def faded(colour: str, alpha: float) -> str:
    """Return a chart colour at an opacity of 0–1."""
    return f"{colour}{round(alpha * 255):02x}"
