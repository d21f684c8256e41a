"""An answer that is a graph, drawn as a page that asks no network for anything."""
