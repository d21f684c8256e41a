"""A small platform made by chance, whose truth is known."""
