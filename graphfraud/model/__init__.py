"""A heterogeneous GraphSAGE that learns from a graph and a few labels."""
