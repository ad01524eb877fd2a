"""Compositions of several domains that more than one shell needs."""

from bee.settings import Settings


def prepare_data(settings: Settings) -> list[str]:
    """Ready the data of a migrated database for its first visitor.

    Returns lines to show beside the addresses.
    """
    del settings
    return []
