"""Folders that graphfraud writes: whole or absent, self-described, digested by value."""
