"""Rings: coordinated groups, found without labels, held against chance, with the part that each member plays."""
