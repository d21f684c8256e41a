"""What is there before anybody plays: owners, tracks, and the tables that hold them."""
