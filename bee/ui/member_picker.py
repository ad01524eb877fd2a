"""Finding the one member whom the viewer means."""

from uuid import UUID

from bee.ui.blocks import card_head
from bee.ui.empty import empty
from bee.ui.member_reads import MOST_MATCHES, SearchQuestion, read_matches
from bee.ui.pickers import search_for
from bee.ui.reads import Scope
from bee.ui.tables import matches_table
from bee.ui.words import matches_words


def find_one(scope: Scope, words: str, otherwise: str) -> UUID | None:
    """Return whom the words mean, None where that is nobody or not only one; then draw whom they may mean.

    ``otherwise``: what else could be done, in a sentence.
    """
    matches = read_matches(SearchQuestion(scope, words))
    if len(matches) == 1:
        return matches[0].id
    if not matches:
        empty("person_search", "Nobody found among the members you may see", otherwise)
        return None
    card_head("Members", matches_words(len(matches), MOST_MATCHES))
    chosen = matches_table(matches, key="open-match")
    if chosen is not None:
        search_for(f"P-{chosen.number}")
    return None
