"""What a member in danger is told: who helps, by country and danger, in plain words. The texts are data."""

import json
from importlib.resources import files
from typing import Final

from bee.coach.safety import Category

GENERAL: Final = "general"
_ANSWERS: Final[dict[str, dict[str, str]]] = json.loads(
    (files(__package__) / "crisis_answers.json").read_text(encoding="utf-8")
)
REGIONS: Final = frozenset(_ANSWERS) - {GENERAL}


def crisis_answer(category: Category, region: str, *, is_handed_on: bool = True) -> str:
    """Return what to tell somebody in danger.

    ``region``: a country's two letters (ISO 3166). A country that we have no numbers of gets the general
    answer, which says where to find them; there is never no answer. ``is_handed_on``: whether a coach is told,
    which the answer then says.
    """
    texts = _ANSWERS.get(region.upper(), _ANSWERS[GENERAL])
    return f"{texts[category]} {texts['handed_on']}" if is_handed_on else texts[category]
