"""Passes over the plays, a slice of listeners or tracks at a time.

Memory grows with the subjects, the pairs of listener and track and the uses of means, not with how often, or over how
many days, a pair's plays repeat.
"""
