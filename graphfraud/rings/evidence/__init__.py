"""What speaks for and against a suspicion, each measure held against chance on the same platform."""
