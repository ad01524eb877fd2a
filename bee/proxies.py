"""Who asks, seen through the proxies in front (pure)."""


def client_address(peer: str, forwarded: str, trusted_proxies: int) -> str:
    """Return the address to count tries against.

    ``forwarded``: the X-Forwarded-For header. Each trusted proxy appended the address that it saw; whatever
    stands further left was written by the client and is not believed.
    """
    seen = [part.strip() for part in forwarded.split(",") if part.strip()]
    return seen[-trusted_proxies] if 0 < trusted_proxies <= len(seen) else peer
