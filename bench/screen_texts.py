"""How long crisis detection takes over texts of a megabyte: prose, and shapes meant to slow it down.

``python -m bench.screen_texts [--rounds 3]``. The smallest processor time of the rounds counts; beside it
stands that of folding alone, which every text pays. Growth is the time of two megabytes over that of one: near 2 is
linear.
"""

import argparse
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bee.coach.safety import screen
from bee.coach.safety.folding import fold

MEGABYTE = 1_000_000
SHAPES = {
    "prose": "I had oatmeal for breakfast and went for a long walk with the dog. ",
    "single letters": "a b ",
    "letters and commas": "a,b,",
    "accents": "é",
    "invisible marks": "\u200b",
    "nothing but matches": "i want to die ",
    "beginnings of matches": "he is so took a ",
    "emoji": "😭 a😭",
}


def main() -> None:
    """Print one row a shape."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    table = Table("text of 1 MB", "fold s", "screen s", "growth")
    for name, piece in SHAPES.items():
        text = piece * (MEGABYTE // len(piece))
        one = _best(screen, text, rounds)
        growth = _best(screen, text * 2, rounds) / one
        table.add_row(name, f"{_best(fold, text, rounds):.2f}", f"{one:.2f}", f"{growth:.1f}")
    Console().print(table)


def _best(function: Callable[[str], object], text: str, rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.process_time()
        function(text)
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    main()
