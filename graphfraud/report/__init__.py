"""The page of a run: its rings, and what it did and did not do."""
