"""A Neo4j server of our own on this machine: installed, started, stopped and filled without Docker."""
