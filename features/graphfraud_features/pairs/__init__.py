"""From stream events to one row for each listener and track, faster than a general group-by."""
