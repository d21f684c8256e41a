"""Stubs generated from `protos/` by `make stubs`; only `graphfraud_serving` imports them."""
