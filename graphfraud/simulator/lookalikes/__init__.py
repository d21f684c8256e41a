"""Honest people who look like an attack: a file each, which names itself in `LOOKALIKE`."""
