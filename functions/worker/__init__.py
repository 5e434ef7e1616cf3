"""What the functions that read queues share: one consumer with one error policy."""
