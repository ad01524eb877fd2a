"""Who asks, seen through the proxies in front (pure)."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

# What a household or a phone gets of IPv6; within it an address can be changed at will.
HOUSEHOLD_BITS: Final = 64


def client_address(peer: str, forwarded: str, trusted_proxies: int) -> str:
    """Return the address to count tries and sockets against: of IPv6, the network of one household.

    ``forwarded``: the X-Forwarded-For header. Each trusted proxy appended the address that it saw; whatever
    stands further left was written by the client and is not believed.
    """
    seen = [part.strip() for part in forwarded.split(",") if part.strip()]
    return _household(seen[-trusted_proxies] if 0 < trusted_proxies <= len(seen) else peer)


def _household(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address.packed, HOUSEHOLD_BITS), strict=False))
