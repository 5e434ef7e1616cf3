"""Values and rules; imports nothing of ours but itself, and nothing that does input or output."""
