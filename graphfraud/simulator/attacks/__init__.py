"""Attacks: a file each, registered in `graphfraud.simulator.cast`."""
