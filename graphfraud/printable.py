"""Text as people read it; what a feed brought, made harmless to a terminal and to XML."""

from typing import Final
from unicodedata import category

COMMANDS: Final = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})
"""Categories of characters that command a terminal, break a line, or may not stand in XML."""
TURNS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Turn the direction of what follows: an id could be shown as another."""


def printable(text: str) -> str:
    r"""The text with what could command or deceive written as Python writes it, such as `\x1b`; scripts stay whole."""
    return "".join(c.encode("unicode_escape").decode() if category(c) in COMMANDS or c in TURNS else c for c in text)


def counted(count: int, thing: str) -> str:
    """So many of a thing, as `1 track` or `1,200 tracks`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
