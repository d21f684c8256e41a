"""Text that a feed brought, made harmless to a terminal and to XML."""


def printable(text: str) -> str:
    r"""The text with its control characters as Python writes them, such as `\x1b`: none can command a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
