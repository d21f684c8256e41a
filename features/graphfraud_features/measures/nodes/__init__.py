"""What is measured of each node, in the columns that are declared for its kind."""
