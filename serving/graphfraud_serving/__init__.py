"""Answers over gRPC from a finished run."""
