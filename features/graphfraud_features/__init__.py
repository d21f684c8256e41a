"""From raw events to the tables and arrays of a graph; knows no model, no database, no server."""
