"""What attacks are made of: knobs, what an operator puts up, bots, and what it all costs."""
