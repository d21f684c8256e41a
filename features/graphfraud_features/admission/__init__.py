"""What of a store counts as of an instant."""
