"""Attacks: a file each, which names itself in `ATTACK`."""
