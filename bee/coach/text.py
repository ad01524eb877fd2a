"""Text as the database can hold it."""


def cleaned(text: str) -> str:
    """Return a text in which signs that are none have become U+FFFD."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
