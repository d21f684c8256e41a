"""From admitted events to what is measured of each node, and who touched what."""
