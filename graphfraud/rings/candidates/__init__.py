"""Groups that may be rings, proposed generously and without labels: evidence convicts, not resemblance."""
