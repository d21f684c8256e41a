"""Bringing the graph database to a run: whole at once, or what changed."""
