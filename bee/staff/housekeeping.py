"""What the gate's tables need not keep."""

from bee.db import WriteSession


def forget_what_is_over(session: WriteSession) -> int:
    """Remove old tries, sessions and links, and return how many rows."""
    return (
        session.run("attempts/forget")
        + session.run("staff/forget_sessions")
        + session.run("staff/forget_links")
    )
