"""How well a run found what was really fraud, where the truth is known."""
