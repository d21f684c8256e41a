"""Text as people read it; what a feed brought, made harmless to a terminal and to XML."""

from typing import Final
from unicodedata import category

COMMANDS: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
"""Categories of characters that command a terminal, break a line, may not stand in XML, or are not seen: an id could
be shown as another."""
JOINERS: Final = frozenset("\u200c\u200d")
"""Of the invisible characters those that scripts and emoji need."""


def printable(text: str) -> str:
    r"""The text with what could command or deceive written as Python writes it, such as `\x1b`; scripts stay whole."""
    if text.isascii() and text.isprintable():
        return text  # nearly every id
    return "".join(_escaped(c) if category(c) in COMMANDS and c not in JOINERS else c for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def counted(count: int, thing: str) -> str:
    """So many of a thing, as `1 track` or `1,200 tracks`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
