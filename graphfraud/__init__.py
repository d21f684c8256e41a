"""graphfraud: graph-based fraud detection for music streaming."""

__version__ = "0.1.0"
