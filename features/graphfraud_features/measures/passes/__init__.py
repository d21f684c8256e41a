"""Passes over the plays, a slice of listeners or tracks at a time, so that memory does not grow with the days."""
