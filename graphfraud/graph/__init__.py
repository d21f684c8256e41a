"""The graph as arrays: what it is, how it lies on disk, how neighbours are averaged."""
