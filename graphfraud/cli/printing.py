"""How results are printed: as wide as the terminal, and nothing that a feed brought is obeyed."""

from typing import Final

from rich.console import Console
from rich.markup import escape

from graphfraud.printable import printable

PIPED_WIDTH: Final = 120


def result_console() -> Console:
    """Where results are printed: as wide as the terminal, or plain and of a fixed width into a pipe."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPED_WIDTH)


def cell(text: str) -> str:
    """The text as a cell of a table: its markup and its control characters are shown, not obeyed."""
    return escape(printable(text))
