"""In which order the parts of a version are to stand, and which are left out, while somebody writes it (pure)."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Order:
    """``places``: where each part stood in the version it began with, in the order wanted; ``out``: left out."""

    places: tuple[int, ...]
    out: frozenset[int] = frozenset()

    @classmethod
    def of(cls, parts: int) -> Self:
        """Return the order in which so many parts stand already."""
        return cls(tuple(range(parts)))

    def can_move(self, place: int, by: int) -> bool:
        """Return whether there is room for a part so many steps on, or back."""
        return 0 <= self.places.index(place) + by < len(self.places)

    def moved(self, place: int, by: int) -> Self:
        """Return the order with a part so many steps further down, or up; as it is where there is no room."""
        if not self.can_move(place, by):
            return self
        at = self.places.index(place)
        others = [other for other in self.places if other != place]
        return replace(self, places=(*others[: at + by], place, *others[at + by :]))

    def turned(self, place: int) -> Self:
        """Return the order with a part left out, or put back where it stood."""
        return replace(self, out=self.out ^ {place})
