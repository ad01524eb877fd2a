"""Crisis detection on a member's words: pure, the same everywhere, and versioned."""

from bee.coach.safety.screening import RULES_VERSION, Category, Screening, screen

__all__ = ["RULES_VERSION", "Category", "Screening", "screen"]
