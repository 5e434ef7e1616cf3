"""What is kept of a closure."""
