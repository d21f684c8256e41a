"""Honest people who look like an attack: a file each, registered in `graphfraud.simulator.cast`."""
