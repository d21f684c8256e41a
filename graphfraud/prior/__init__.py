"""What ships with the product: constants from simulated platforms or from reasoning, never from a customer's."""
