"""What was accepted so far: rows by day, what was read to find them, and what waits."""
