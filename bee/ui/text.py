"""Text that people typed, on its way to the screen. Pure."""

MARKS = frozenset("\\`[]!<>*_#~$:|")


def plain(text: str) -> str:
    """Keep text from being read as Markdown: a remote image in it would tell somebody who looked."""
    return "".join(f"\\{letter}" if letter in MARKS else letter for letter in text)
