"""A finished run as rows of the graph database."""
