"""Honest listeners: who they are, when they listen, what they choose."""
