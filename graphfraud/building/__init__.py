"""The jobs before any scoring: a feed into its store, a store into a graph."""
