"""What ships learned: constants fitted on simulated platforms, never on a customer's."""
